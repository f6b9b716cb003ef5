"""Statements of SQL one by one: in which language they are, read by sqlglot's parser, and what parts of them mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

#: The languages that scripts are tried in; others as far as sqlglot reads them.
DIALECTS: Final = ("postgres", "mysql", "sqlite", "tsql", "oracle")
_MARKS: Final = {
    "mysql": re.compile(
        r"ENGINE\s*=|AUTO_INCREMENT|^\s*(?:CREATE|ALTER) TABLE (?:IF NOT EXISTS )?`", re.IGNORECASE | re.MULTILINE
    ),
    "postgres": re.compile(
        r"\b(?:BIG|SMALL)?SERIAL\b|TIMESTAMPTZ|WITH(?:OUT)? TIME ZONE|::|CREATE EXTENSION|JSONB|pg_catalog|\bBYTEA\b"
        r"|AS ENUM|CHARACTER VARYING|USING btree|ALTER TABLE ONLY|TIMESTAMP\(3\)|DOUBLE PRECISION",
        re.IGNORECASE,
    ),
    "sqlite": re.compile(r"\bAUTOINCREMENT\b|\bPRAGMA\b|WITHOUT ROWID|sqlite_", re.IGNORECASE),
    "tsql": re.compile(r"\[dbo\]|^GO\s*$|\bNVARCHAR\b|\bIDENTITY\s*\(1", re.IGNORECASE | re.MULTILINE),
    "oracle": re.compile(r"\bVARCHAR2\b|\bNUMBER\s*\(", re.IGNORECASE),
}
_SHAPES: Final = re.compile(
    r"\b(?:(?:CREATE|ALTER|DROP|RENAME)\s+(?:\w+\s+){0,2}(?:TABLE|TYPE|DOMAIN|INDEX)|COMMENT\s+ON)\b", re.IGNORECASE
)
#: What is known of a script's language by its beginning.
_BEGINNING: Final = 200_000
#: What follows the closing bracket of a table and says nothing of its columns.
_TAIL: Final = re.compile(r"\)[^()']*$", re.DOTALL)


def dialect_of(texts: Iterable[str]) -> str:
    """The language that most speaks for; PostgreSQL's where nothing does."""
    found: Counter[str] = Counter()
    for text in texts:
        beginning = text[:_BEGINNING]
        for name, marks in _MARKS.items():
            found[name] += sum(1 for _ in marks.finditer(beginning))
    best = found.most_common(1)
    return best[0][0] if best and best[0][1] else "postgres"


def shapes_tables(text: str) -> bool:
    """Whether a script says anything of tables, types or keys."""
    return _SHAPES.search(text) is not None


def allowed_values(condition: str, dialect: str = "postgres") -> tuple[str, tuple[str, ...]] | None:
    """A column and the texts that a condition allows in it, where that is all that it says."""
    try:
        return values_of(sqlglot.parse_one(condition, dialect=dialect))
    except (SqlglotError, RecursionError, ValueError):
        return None


def values_of(condition: exp.Expr) -> tuple[str, tuple[str, ...]] | None:
    """``kind IN ('a', 'b')``, also as PostgreSQL writes it back: ``(kind)::text = ANY (ARRAY['a'::text, …])``."""
    condition = _inner(condition)
    column, listed = condition.this, condition.args.get("expressions") or []
    if isinstance(condition, exp.EQ) and isinstance(condition.expression, exp.Any):
        array = _inner(condition.expression.this)
        listed = array.expressions if isinstance(array, exp.Array) else []
    elif not isinstance(condition, exp.In):
        return None
    column = _inner(column) if isinstance(column, exp.Expr) else None
    values = [_inner(one) for one in listed]
    if not isinstance(column, exp.Column) or not values:
        return None
    if not all(isinstance(one, exp.Literal) and one.is_string for one in values):
        return None
    return column.name, tuple(one.name for one in values)


def _inner(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def parse(text: str, dialect: str) -> exp.Expr | None:
    """A statement as sqlglot reads it: in its language, without what follows the table, or in another language."""
    tries = [(text, dialect)]
    if cut := _TAIL.search(text):
        tries.append((text[: cut.start() + 1], dialect))
    tries += [(text, other) for other in DIALECTS if other != dialect]
    for source, language in tries:
        try:
            parsed = sqlglot.parse_one(source, dialect=language or None)
        except (SqlglotError, RecursionError, ValueError):
            continue
        if not isinstance(parsed, exp.Command):
            return parsed
    return None


def pieces(text: str) -> Iterator[str]:
    """The changes of a statement, cut at its commas outside of brackets and quotes."""
    depth, start, quote = 0, 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"`":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()


def columns_of(node: exp.Expr) -> tuple[str, ...]:
    """The columns of a key, in lower case; what is sorted or cut to a length is the column all the same."""
    found = (
        one if isinstance(one, exp.Identifier | exp.Column) else one.find(exp.Identifier) for one in node.expressions
    )
    return tuple(one.name.lower() for one in found if one is not None)


def target_of(reference: exp.Expr) -> str:
    named = reference.find(exp.Table)
    return named.name if named is not None else reference.name
