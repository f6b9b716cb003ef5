"""An OpenAPI document as a page of its own: the reference of an HTTP API, without any script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html

from designchord.export.api_html import api_html
from designchord.export.assets import looks, looks_hash

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body class="single"><main><header><h1>{title} {version}</h1><p><a href="{source}">openapi.json</a></p></header>
{content}</main></body>
</html>
"""


def reference_html(document: Mapping[str, Any], *, source: str) -> str:
    """``source`` is where the document itself can be fetched."""
    info = document.get("info") or {}
    return format_html(
        _PAGE,
        title=info.get("title", "API"),
        version=info.get("version", ""),
        style=looks(),
        source=source,
        content=api_html(document),
    )


def reference_policy() -> str:
    """The page's Content-Security-Policy: its own style and nothing else."""
    return f"default-src 'none'; style-src 'sha256-{looks_hash()}'; base-uri 'none'; frame-ancestors 'self'"
