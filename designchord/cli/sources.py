"""Artifacts in files that anybody may have written: Mermaid, Markdown with Mermaid blocks, OpenAPI, blueprints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from designchord.cli.texts import read_file
from designchord.errors import BadInput
from designchord.notation.markdown_diagrams import find_diagrams
from designchord.notation.openapi.lowering import DERIVED_FROM
from designchord.notation.openapi.reading import Document
from designchord.notation.openapi.reading import read as read_openapi
from designchord.notation.problems import Problem

Notation = Literal["mermaid", "openapi", "blueprint", "markdown"]

_MERMAID = frozenset({".mmd", ".mermaid"})
_MARKDOWN = frozenset({".md", ".markdown"})
_DATA = frozenset({".json", ".yaml", ".yml"})
_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv"})
_OPENAPI = re.compile(r"""^[{ \t]*["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?[1-9]""", re.MULTILINE)
_AT_MARGIN = re.compile(r"""^["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?[1-9]""", re.MULTILINE)
#: What stands beside the version in a description of an API.
_PARTS = ("info", "paths", "webhooks", "components", "definitions")
_VERSION = re.compile(r"[1-9][0-9]*(?:\.[0-9]+){0,2}")
_BEGINNING = 10_000
_BLUEPRINT = ("actors", "entities", "operations", "scenarios")


@dataclass(frozen=True, slots=True)
class Source:
    """One artifact. ``line`` and ``column`` are what its first character's place in the file lies behind 1:1.

    ``document`` is an OpenAPI document that was read already. ``bundled``: the text was put together from several
    files, and its lines are nobody's.
    """

    path: Path
    notation: Notation
    text: str
    line: int = 0
    column: int = 0
    document: Document | None = field(default=None, repr=False)
    bundled: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a file itself: that it was not read, or how. ``read`` is false where nothing of it was."""

    path: Path
    problem: Problem
    read: bool


def find_sources(paths: tuple[Path, ...]) -> Iterator[Source | Remark]:
    """Everything that can be checked under the paths, and what is to be said of files that are not as expected.

    A path that is not there, or a named file of a kind that cannot be checked, is ``BadInput``.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.exists():
            if path.suffix.lower() not in _MERMAID | _MARKDOWN | _DATA:
                kinds = ".mmd, .mermaid, .md, .json, .yaml or .yml"
                raise BadInput(f"{path} is of no kind that can be checked: {kinds}.")
            yield from _in_file(path, named=True)
        else:
            raise BadInput(f"There is no file or folder {path}.", code="not_found")


def _in_folder(folder: Path) -> Iterator[Source | Remark]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        message = "The folder cannot be read."
        problem = Problem(code="file.unreadable", severity="warning", message=message, hint="Check its permissions.")
        yield Remark(folder, problem, read=False)
        return
    for path in entries:
        if path.name.startswith(".") or path.name in _PASSED_OVER or path.is_symlink():
            continue
        if path.is_dir():
            yield from _in_folder(path)
        elif path.suffix.lower() in _MERMAID | _MARKDOWN | _DATA:
            yield from _in_file(path, named=False)


def _in_file(path: Path, *, named: bool) -> Iterator[Source | Remark]:
    """The artifacts of a file; of one that was only found, those that it is certain to mean."""
    suffix = path.suffix.lower()
    found = read_file(path)
    if found.text is None:
        if found.problem and (named or suffix not in _DATA or _speaks_of_openapi(path)):
            yield Remark(path, found.problem, read=False)
        return
    sources = list(_sources(path, suffix, found.text, named=named))
    if found.problem and (sources or suffix not in _DATA):  # how a file of others is written is nobody's business here
        yield Remark(path, found.problem, read=True)
    yield from sources


def _sources(path: Path, suffix: str, text: str, *, named: bool) -> Iterator[Source]:
    if suffix in _MERMAID:
        yield Source(path, "mermaid", text)
    elif suffix in _MARKDOWN:
        for block in find_diagrams(text):
            yield Source(path, "mermaid", block.text, block.line, block.column)
    elif path.name == "blueprint.json":
        if named or _is_blueprint(text):
            yield Source(path, "blueprint", text)
    elif named or _OPENAPI.search(text) or "openapi" in text or "swagger" in text:
        document = read_openapi(text)
        if named or (_is_openapi(document) and not _is_derived(path, document)):
            yield Source(path, "openapi", text, document=document)


def _is_derived(path: Path, document: Document) -> bool:
    """Whether a file was made of another one beside it, where all that there is to say of it is to be mended."""
    origin = document.value.get(DERIVED_FROM) if document.value is not None else None
    return isinstance(origin, str) and Path(origin).name == origin and (path.parent / origin).is_file()


def _speaks_of_openapi(path: Path) -> bool:
    """Whether the beginning of data that cannot be read as a whole has the key of an API's description."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING).replace(b"\0", b"")
    except OSError:
        return False
    return b"openapi" in beginning or b"swagger" in beginning


def _is_blueprint(text: str) -> bool:
    """Whether a file of that name is one of ours; one that is no JSON is, if it names what only ours have."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return all(f'"{key}"' in text for key in _BLUEPRINT)
    return isinstance(value, dict) and sum(isinstance(value.get(key), list) for key in _BLUEPRINT) >= 2


def _is_openapi(document: Document) -> bool:
    """Whether a found file means to be an OpenAPI document; settings and lists of versions may have such a key, too."""
    if document.value is None:
        is_json = document.text.lstrip()[:1] == "{"
        return bool((_OPENAPI if is_json else _AT_MARGIN).search(document.text))
    written = document.value.get("openapi", document.value.get("swagger"))
    is_version = isinstance(written, str | int | float) and not isinstance(written, bool)
    if is_version and _VERSION.match(str(written)):
        return any(part in document.value for part in _PARTS)
    means_to = "openapi" in document.value or "swagger" in document.value
    return means_to and isinstance(document.value.get("paths"), dict) and isinstance(document.value.get("info"), dict)
