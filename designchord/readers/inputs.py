"""Texts of any kind that is read, by their names and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from designchord.blueprint import answering
from designchord.notation import rails_schema
from designchord.notation.facts import Facts
from designchord.notation.openapi.bundling import Files
from designchord.notation.openapi.reading import Document
from designchord.notation.sql.reading import Script
from designchord.readers.apis import read_api
from designchord.readers.diagrams import read_dbml, read_markdown, read_mermaid
from designchord.readers.reading import Reading, Remark
from designchord.readers.scripts import read_scripts

MERMAID: Final = frozenset({".mmd", ".mermaid"})
MARKDOWN: Final = frozenset({".md", ".markdown"})
DATA: Final = frozenset({".json", ".yaml", ".yml"})
SQL: Final = frozenset({".sql", ".ddl"})
DBML: Final = frozenset({".dbml"})
RUBY: Final = frozenset({".rb"})
#: What is read, by the end of a file's name.
SUFFIXES: Final = MERMAID | MARKDOWN | DATA | SQL | DBML | RUBY


@dataclass(frozen=True, slots=True)
class Input:
    """A text and its name, with ``/`` between folders. ``document``: OpenAPI that was read already."""

    name: str
    text: str
    document: Document | None = field(default=None, repr=False)


def read_inputs(inputs: Iterable[Input], files: Files | None = None, dialect: str = "") -> list[Reading]:
    """What the inputs say. Scripts of SQL are taken together; what is nothing of ours is passed over."""
    scripts: list[Script] = []
    readings: list[Reading] = []
    for given in inputs:
        suffix = PurePosixPath(given.name).suffix.lower()
        if suffix in SQL:
            scripts.append(Script(given.name, given.text))
        else:
            readings += _read(given, suffix, files)
    readings += read_scripts(scripts, dialect)
    return _without_derived(readings)


def _read(given: Input, suffix: str, files: Files | None) -> Iterator[Reading]:
    if suffix in MERMAID:
        yield read_mermaid(given.name, given.text)
    elif suffix in MARKDOWN:
        yield from read_markdown(given.name, given.text)
    elif suffix in DBML:
        yield read_dbml(given.name, given.text)
    elif suffix in RUBY:
        if rails_schema.is_schema(given.text):
            yield Reading(given.name, "rails", rails_schema.read(given.text), dialect="postgres")
    elif suffix in DATA:
        if PurePosixPath(given.name).name == "blueprint.json":
            yield _read_blueprint(given)
        elif given.document is not None or speaks_of_openapi(given.text):
            yield read_api(given.name, given.text, files, given.document)


_OPENAPI: Final = re.compile(r"""^[{ \t]*["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?[1-9]""", re.MULTILINE)


def speaks_of_openapi(text: str) -> bool:
    """Whether data says that it is an OpenAPI document."""
    return _OPENAPI.search(text) is not None or (text.lstrip()[:1] == "{" and _minified(text))


def _minified(text: str) -> bool:
    return re.search(r'"(?:openapi|swagger)"\s*:\s*"[1-9]', text[:100_000]) is not None


def _read_blueprint(given: Input) -> Reading:
    blueprint, problems = answering.check(given.text)
    remarks = tuple(Remark(given.name, one) for one in problems if one.severity == "error")
    return Reading(given.name, "blueprint", Facts(), blueprint=blueprint, remarks=remarks)


def _without_derived(readings: list[Reading]) -> list[Reading]:
    """A design's API lies in its folder twice, as JSON and as YAML; and its parts say what its blueprint says."""
    names = {reading.name for reading in readings if reading.notation == "openapi"}
    twins = {name for name in names if name.endswith((".yaml", ".yml")) and f"{name.rpartition('.')[0]}.json" in names}
    return [reading for reading in readings if reading.name not in twins]
