"""Mermaid diagrams, alone or in Markdown, and DBML: data models and stories as people drew them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any, Final

from designchord.kinds.registry import KINDS
from designchord.notation import mermaid
from designchord.notation.facts import AttributeFact, Cardinality, EntityFact, Facts, RelationFact
from designchord.notation.markdown_diagrams import find_diagrams
from designchord.notation.problems import Problem, has_errors
from designchord.readers.reading import Reading, Remark

#: DBML of more characters takes its parser longer than anybody waits.
MAX_DBML: Final = 500_000
_CARDINALITIES: Final[dict[str, Cardinality]] = {
    ">": "many_to_one",
    "<": "one_to_many",
    "-": "one_to_one",
    "<>": "many_to_many",
}


def read_markdown(name: str, text: str) -> Iterator[Reading]:
    """The diagrams of a Markdown file; places are those in the file."""
    for block in find_diagrams(text):
        yield read_mermaid(name, block.text, block.line)


def read_mermaid(name: str, text: str, above: int = 0) -> Reading:
    """A diagram; ``above`` lines of the file stand before it."""
    diagram = mermaid.parse(text)
    remarks = tuple(
        Remark(name, replace(one, line=one.line + above if one.line else one.line))
        for one in diagram.problems
        if one.severity == "error"
    )
    if diagram.er is not None and not has_errors(diagram.problems):
        facts = KINDS["erd"].facts(text) or Facts()
        return Reading(name, "er", _moved(facts, above), remarks=remarks)
    if diagram.sequence is not None and not has_errors(diagram.problems):
        facts = KINDS["sequence"].facts(text) or Facts()
        title = _title(text) or ("" if above else _story_of(name))
        return Reading(name, "sequence", facts, title=title, diagram=diagram.sequence, remarks=remarks)
    if not remarks:
        message = "This diagram is neither an ER nor a sequence diagram, so it was not read."
        line = above + 1
        remarks = (Remark(name, Problem(code="mermaid.not_read", severity="info", message=message, line=line)),)
    return Reading(name, "er", Facts(), remarks=remarks)


def _story_of(name: str) -> str:
    """What a file of one story is called; of a design of ours, the story's own name."""
    stem = name.rpartition("/")[2].partition(".")[0]
    return KINDS["sequence"].about.part_of(stem) or stem


def _title(text: str) -> str:
    found = re.search(r"^\s*(?:title:?|accTitle\s*:)[ \t]+(.+)$", text, re.MULTILINE)
    return found[1].strip().strip("\"'") if found else ""


def _moved(facts: Facts, above: int) -> Facts:
    if not above:
        return facts

    def down(line: int | None) -> int | None:
        return line + above if line is not None else None

    return replace(
        facts,
        entities=tuple(
            replace(
                entity,
                line=down(entity.line),
                attributes=tuple(replace(one, line=down(one.line)) for one in entity.attributes),
            )
            for entity in facts.entities
        ),
        relations=tuple(replace(one, line=down(one.line)) for one in facts.relations),
    )


def read_dbml(name: str, text: str) -> Reading:
    """A data model in DBML."""
    if len(text) > MAX_DBML:
        message = f"The file has {len(text):,} characters; of DBML at most {MAX_DBML:,} are read."
        return _unread(name, Problem(code="dbml.too_large", severity="warning", message=message))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from pydbml import PyDBML
        from pydbml import exceptions as refused
    from pyparsing import ParseBaseException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of its own parser
            found = PyDBML(text)
    except ParseBaseException as error:
        message = "This line is not DBML as it is understood here."
        return _unread(name, Problem(code="dbml.syntax", severity="error", message=message, line=error.lineno))
    except _errors_of(refused):
        message = "This is not DBML as it is understood here: names that do not exist, or stand twice."
        return _unread(name, Problem(code="dbml.syntax", severity="error", message=message))
    lines = _Lines(text)
    targets = {
        (one.col1[0].table.name, one.col1[0].name): one.col2[0].table.name
        for ref in found.refs
        for one in (ref, _turned(ref))
        if one.type in (">", "-") and len(one.col1) == 1
    }
    entities = tuple(_table(table, targets, lines) for table in found.tables)
    relations = tuple(
        RelationFact(ref.col1[0].table.name, ref.col2[0].table.name, _CARDINALITIES.get(ref.type, "one_to_many"))
        for ref in found.refs
    )
    return Reading(name, "dbml", Facts(entities=entities, relations=relations))


def _errors_of(module: ModuleType) -> tuple[type[Exception], ...]:
    """The errors of a library that have nothing in common but where they stand, and those that it lets through."""
    own = tuple(one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Exception))
    return (*own, ValueError, KeyError, AttributeError, TypeError, RecursionError)


class _turned:  # noqa: N801 - a reference seen from its other end
    def __init__(self, ref: Any) -> None:
        self.col1, self.col2 = ref.col2, ref.col1
        self.type = {">": "<", "<": ">", "-": ""}.get(ref.type, ref.type)


def _unread(name: str, problem: Problem) -> Reading:
    return Reading(name, "dbml", Facts(), remarks=(Remark(name, problem),))


def _table(table: Any, targets: dict[tuple[str, str], str], lines: _Lines) -> EntityFact:
    at = lines.of_table(table.name)
    attributes = tuple(
        AttributeFact(
            name=column.name,
            type=_type(column.type),
            primary=bool(column.pk),
            foreign=(table.name, column.name) in targets,
            required=bool(column.not_null or column.pk),
            line=lines.of_column(column.name, at),
            references=targets.get((table.name, column.name), ""),
            unique=bool(column.unique),
            values=tuple(item.name for item in getattr(column.type, "items", ())),
            label=str(column.note.text) if column.note else "",
        )
        for column in table.columns
    )
    return EntityFact(table.name, attributes, at, str(table.note.text) if table.note else "")


def _type(kind: Any) -> str:
    """A type in the blueprint's words, by the parser that knows those of databases."""
    if hasattr(kind, "items"):
        return "enum"
    import sqlglot
    from sqlglot import exp

    from designchord.notation.sql.types import type_of

    try:
        built = exp.DataType.build(str(kind), dialect="postgres", udt=True)
    except (sqlglot.errors.SqlglotError, ValueError):
        return ""
    return type_of(built)[0] or str(kind)


class _Lines:
    """Lines of tables and columns, which the parser does not tell."""

    def __init__(self, text: str) -> None:
        self._rows = text.split("\n")

    def of_table(self, name: str) -> int | None:
        wanted = re.compile(rf'\s*Table\s+(?:\S+\.)?"?{re.escape(name)}"?[\s{{\[]', re.IGNORECASE)
        return next((at for at, row in enumerate(self._rows, 1) if wanted.match(f"{row} ")), None)

    def of_column(self, name: str, table: int | None) -> int | None:
        if table is None:
            return None
        wanted = re.compile(rf'\s*"?{re.escape(name)}"?\s')
        for at, row in enumerate(self._rows[table:], table + 1):
            if wanted.match(row):
                return at
            if row.strip() == "}":
                return None
        return None
