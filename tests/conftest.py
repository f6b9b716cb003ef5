"""What all tests share: where foreign corpora may be, and a design's cast."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

pytest_plugins = ["tests.server_fixtures"]

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("designchord", deadline=None)
hypothesis.settings.load_profile("designchord")

CORPORA = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"


@pytest.fixture
def corpus() -> Callable[[str], list[dict[str, Any]]]:
    """Reads a corpus by name; the corpora lie beside the checkout where they exist and are not part of it."""

    def read(name: str) -> list[dict[str, Any]]:
        path = CORPORA / f"{name}.jsonl"
        if not path.exists():
            pytest.skip(f"the corpus {name} is not beside this checkout")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read
