"""What a person names of a system that is there: files, folders, addresses on the web and of databases."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from designchord.cli.fetching import fetch, is_address, shown_address
from designchord.cli.neighbours import Folder
from designchord.cli.texts import read_file
from designchord.errors import BadInput, TooLarge
from designchord.notation.openapi.reading import Document
from designchord.readers.inputs import DATA, SUFFIXES, Input, read_inputs, speaks_of_openapi
from designchord.readers.reading import Reading, Remark

_DATABASE: Final = re.compile(r"(?:postgres(?:ql)?|mysql|mariadb|sqlite)(?:\+\w+)?://")
_SQLITE: Final = frozenset({".db", ".sqlite", ".sqlite3"})
_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "venv", "vendor", "target", "dist", "build"})
#: Bounds of a folder; more is a sentence, not a wait.
MAX_FILES, MAX_CHARS = 20_000, 200_000_000


class _Around:
    """The files around a description, called as a person would call them from here."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = Folder(root)

    def find(self, base: str, reference: str) -> str | None:
        found = self._folder.find(self._folder.name(Path(base)), reference)
        return None if found is None else shown(self._root / found)

    def read(self, name: str) -> Document | None:
        return self._folder.read(self._folder.name(Path(name)))


def shown(path: Path) -> str:
    """A path from here, where it lies below."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def secret_of(text: str, what: str = "address of a database") -> str:
    """Something that may stand in the environment (``env:NAME``) or in a file (``@FILE``) instead."""
    if text.startswith("env:"):
        value = os.environ.get(text[4:], "").strip()
        if not value:
            raise BadInput(f"There is no variable {text[4:][:80]} in the environment.", code="database_address")
        return value
    if text.startswith("@"):
        found = read_file(Path(text[1:])).text
        lines = [line.strip() for line in (found or "").splitlines() if line.strip()]
        if not lines:
            raise BadInput(f"The file {text[1:]} holds no {what}.", code="database_address")
        return lines[0]
    return text


def is_database(text: str) -> bool:
    named = text.startswith(("env:", "@")) or _DATABASE.match(text) is not None
    return named or (Path(text).suffix.lower() in _SQLITE and Path(text).is_file())


def read_given(given: Sequence[str], *, dialect: str = "", schema: str = "") -> list[Reading]:
    """All that is read of what was named. Raises ``BadInput`` for what is not there."""
    files: list[Input] = []
    readings: list[Reading] = []
    for text in given:
        if is_database(text):
            from designchord.readers.databases import read_database

            readings.append(read_database(secret_of(text), schema=schema))
        elif is_address(text):
            name = shown_address(text)
            answer = fetch(text)
            if not speaks_of_openapi(answer):
                raise BadInput(f"What {name} answers is no OpenAPI document.", code="not_openapi")
            suffix = ".json" if answer.lstrip()[:1] == "{" else ".yaml"
            for one in read_inputs([Input(f"{name}#{suffix}", answer)]):
                readings.append(_renamed(one, f"{name}#{suffix}", name))
        else:
            found, read = _in_path(Path(text), dialect)
            files += found
            readings += read
    return readings + read_inputs(files, dialect=dialect)


def _renamed(reading: Reading, old: str, new: str) -> Reading:
    from dataclasses import replace

    remarks = tuple(Remark(new if one.name == old else one.name, one.problem) for one in reading.remarks)
    return replace(reading, name=new, remarks=remarks)


def _in_path(path: Path, dialect: str) -> tuple[list[Input], list[Reading]]:
    """The scripts of a path, which are read with all others, and what else it says."""
    if not path.exists():
        raise BadInput(f"There is no file or folder {path}.", code="not_found")
    root = path if path.is_dir() else path.absolute().parent
    named = path.is_file()
    if named and path.suffix.lower() not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise BadInput(f"{path} is of no kind that is read: {known}, or a database.", code="bad_input")
    around = _Around(root)
    scripts: list[Input] = []
    others: list[Input] = []
    left = MAX_CHARS
    remarks: list[Remark] = []
    for file in [path] if named else _walk(path):
        found = read_file(file)
        if found.text is None:
            if found.problem is not None and (named or file.suffix.lower() not in DATA):
                remarks.append(Remark(shown(file), found.problem))
            continue
        left -= len(found.text)
        if left < 0:
            raise TooLarge(f"{path} holds more than {MAX_CHARS:,} characters that could be read: name its parts.")
        given = Input(shown(file), found.text)
        (scripts if file.suffix.lower() in (".sql", ".ddl") else others).append(given)
    readings = read_inputs(others, around, dialect)
    if remarks:
        from designchord.notation.facts import Facts

        readings.append(Reading(shown(path), "er", Facts(), remarks=tuple(remarks)))
    return scripts, readings


def _walk(folder: Path) -> Iterator[Path]:
    for count, file in enumerate(_files(folder), 1):
        if count > MAX_FILES:
            raise TooLarge(f"{folder} holds more than {MAX_FILES:,} files that could be read: name its parts.")
        yield file


def _files(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        raise BadInput(f"The folder {folder} cannot be read: check its permissions.") from None
    for path in entries:
        if path.name.startswith(".") or path.name in _PASSED_OVER or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.suffix.lower() in SUFFIXES:
            yield path


def told_of(readings: Iterable[Reading]) -> list[Remark]:
    return [remark for reading in readings for remark in reading.remarks]
