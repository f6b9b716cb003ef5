"""Artifacts in files that anybody may have written: Mermaid, Markdown with Mermaid fences, OpenAPI, blueprints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from designchord.errors import BadInput
from designchord.notation.openapi.reading import read as read_openapi

#: Larger files are not read at all.
MAX_BYTES = 5_000_000

Notation = Literal["mermaid", "openapi", "blueprint"]

_MERMAID = frozenset({".mmd", ".mermaid"})
_MARKDOWN = frozenset({".md", ".markdown"})
_DATA = frozenset({".json", ".yaml", ".yml"})
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv"})
_FENCE = re.compile(r"^(?P<indent>[ >\t]*)(?P<mark>`{3,}|~{3,})[ \t]*\{?\.?(?P<info>[\w-]*)")
_OPENAPI = re.compile(r"""^[{\s]*["']?(?:openapi|swagger)["']?\s*:""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """One artifact. ``line`` and ``column`` are what its first character's place in the file lies behind 1:1."""

    path: Path
    notation: Notation
    text: str
    line: int = 0
    column: int = 0


def find_sources(paths: tuple[Path, ...]) -> Iterator[Source]:
    """Everything that can be checked under the paths. A named file that cannot be is ``BadInput``, a found one not."""
    for path in paths:
        if path.is_dir():
            for found in sorted(_walk(path)):
                yield from _in_file(found, named=False)
        elif path.exists():
            yield from _in_file(path, named=True)
        else:
            raise BadInput(f"There is no file or folder {path}.", code="not_found")


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in _PASSED_OVER or path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.suffix.lower() in _MERMAID | _MARKDOWN | _DATA:
            yield path


def _in_file(path: Path, *, named: bool) -> Iterator[Source]:
    suffix = path.suffix.lower()
    if suffix not in _MERMAID | _MARKDOWN | _DATA:
        raise BadInput(f"{path} is of no kind that can be checked: .mmd, .mermaid, .md, .json, .yaml or .yml.")
    text = read_text(path)
    if suffix in _MERMAID:
        yield Source(path, "mermaid", text)
    elif suffix in _MARKDOWN:
        yield from _fences(path, text)
    elif path.name == "blueprint.json":
        yield Source(path, "blueprint", text)
    elif named or _is_openapi(text):
        yield Source(path, "openapi", text)


def _is_openapi(text: str) -> bool:
    """Whether a found file means to be an OpenAPI document; one that cannot be read does, if a line of it says so."""
    if not _OPENAPI.search(text) and "openapi" not in text and "swagger" not in text:
        return False
    value = read_openapi(text).value
    return bool(_OPENAPI.search(text)) if value is None else "openapi" in value or "swagger" in value


def read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(f"{path} is larger than {MAX_BYTES:,} bytes.", code="too_large")
        data = path.read_bytes()
    except OSError:
        raise BadInput(f"{path} cannot be read: check its permissions.") from None
    if b"\0" in data:
        raise BadInput(f"{path} is not text: it holds NUL bytes.", code="binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text: save it as UTF-8.", code="bad_encoding") from None


def _fences(path: Path, text: str) -> Iterator[Source]:
    """The Mermaid blocks of a Markdown file, also inside lists and quotations; an unclosed one ends with the file."""
    opened: re.Match[str] | None = None
    began, lines = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None:
            if fence:
                opened, began, lines = fence, number, []
        elif fence and not fence["info"] and fence["mark"].startswith(opened["mark"]):
            yield from _fenced(path, opened, began, lines)
            opened = None
        else:
            lines.append(line.removeprefix(opened["indent"]))
    if opened is not None:
        yield from _fenced(path, opened, began, lines)


def _fenced(path: Path, opened: re.Match[str], began: int, lines: list[str]) -> Iterator[Source]:
    if opened["info"].lower() == "mermaid":
        yield Source(path, "mermaid", "\n".join(lines), line=began, column=len(opened["indent"]))
