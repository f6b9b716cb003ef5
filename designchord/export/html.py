"""Artifacts as HTML that is safe to show, by the notation that they are written in."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from designchord.export.api_html import api_html
from designchord.kinds import registry
from designchord.notation.markdown import to_html


def artifact_html(kind: str, source: str, *, language: str = "en") -> SafeString | None:
    """An artifact to read; None where its notation is no text to read, or where the source is not written in it."""
    about = registry.about(kind)
    notation = about.notation if about is not None else None
    if notation == "markdown":
        return mark_safe(to_html(source))  # noqa: S308 (sanitised)
    document = _json_object(source) if notation == "openapi" else None
    return None if document is None else api_html(document, language=language)


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
