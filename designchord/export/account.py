"""Everything of an account as one archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any


def account_zip(everything: Iterable[tuple[str, dict[str, Any]]]) -> bytes:
    """A zip archive with one JSON file for each name and value."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for name, value in everything:
            files.writestr(f"{name}.json", json.dumps(value, ensure_ascii=False, indent=1))
    return archive.getvalue()
