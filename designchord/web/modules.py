"""Which modules a page is made of, read out of its modules once, so that its head can name them all.

A browser that finds imports by itself asks for one level after the other. What a page imports comes first, led by what
runs ahead of it (``ahead.js``); what it fetches beside its first picture, with ``fetched(() => import("./x.js"), …)``,
is named as well, to come after that. What is fetched when somebody asks for it (``await import``) is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = (Path(__file__).parent / "static").resolve()
_IMPORT = re.compile(
    r"""^(?:import|export)\b[^;'"]*?\bfrom ["'](\.[^"']+)["']|^import ["'](\.[^"']+)["']""", re.MULTILINE
)
_FETCHED = re.compile(r"=>\s*import\(\"(\.[^\"]+)\"\)")


@dataclass(frozen=True, slots=True)
class Modules:
    """Addresses below the static files: of what a page runs first, and of what it fetches beside that."""

    first: tuple[str, ...]
    beside: tuple[str, ...]


@cache
def list_modules(page: str) -> Modules:
    folder = STATIC / "js" / page
    first = _closure(path for path in (folder / "ahead.js", folder / "page.js") if path.exists())
    beside: list[Path] = []
    while begun := [
        path
        for module in (*first, *beside)
        for path in _paths(module, _FETCHED)
        if path not in first and path not in beside
    ]:
        beside += [path for path in _closure(begun) if path not in first and path not in beside]
    return Modules(_addresses(first), _addresses(beside))


def _closure(begun: Iterable[Path]) -> list[Path]:
    """Modules and all that they import, level by level."""
    found = list(dict.fromkeys(begun))
    for module in found:
        found += [path for path in _paths(module, _IMPORT) if path not in found]
    return found


def _paths(module: Path, imports: re.Pattern[str]) -> list[Path]:
    named = (next(filter(None, found.groups())) for found in imports.finditer(module.read_text(encoding="utf-8")))
    return list(dict.fromkeys((module.parent / path).resolve() for path in named))


def _addresses(modules: Iterable[Path]) -> tuple[str, ...]:
    return tuple(path.relative_to(STATIC).as_posix() for path in modules)
