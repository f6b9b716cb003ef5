"""SQL out: the statements that create a schema, in the order in which they can be executed."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, MetaData, UniqueConstraint, text
from sqlalchemy import Column as SaColumn
from sqlalchemy import Table as SaTable
from sqlalchemy.schema import (
    AddConstraint,
    CreateIndex,
    CreateTable,
    DDLElement,
    SetColumnComment,
    SetTableComment,
    sort_tables_and_constraints,
)

from designchord.notation.sql.dialects import TITLES, Name, dialect, type_of
from designchord.notation.sql.model import NEW_UUID, NOW, Column, Default, Schema, Table

#: PostgreSQL cuts longer names off; MySQL takes one more.
LONGEST_NAME = 63
#: MySQL takes comments of 1,024 characters on a column.
LONGEST_COMMENT = 1000


def script(schema: Schema, name: Name) -> str:
    """The file of statements, with a line of comment before each table."""
    tables = {table.name: table for table in schema.tables}
    lines = [f"-- {one_line(schema.title)}: {TITLES[name]}" if schema.title else f"-- {TITLES[name]}", ""]
    if name == "sqlite":
        lines += ["PRAGMA foreign_keys = ON;", ""]
    for element, statement in _statements(schema, name):
        if isinstance(element, CreateTable) and name == "sqlite":
            table = tables[str(element.element.name)]
            if label := one_line(table.label):
                lines.append(f"-- {label}")
        lines += [f"{statement};", ""]
    return "\n".join(lines)


# A design is rehearsed anew at each of its reports, mostly with the same tables.
@lru_cache(maxsize=64)
def statements(schema: Schema, name: Name) -> tuple[str, ...]:
    """Each statement alone, for a driver that executes one at a time."""
    return tuple(statement for _, statement in _statements(schema, name))


def one_line(written: str) -> str:
    """Text that stands in a comment: on one line, without what no database keeps."""
    kept = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in written)
    return " ".join(kept.split())


def short(name: str) -> str:
    """A name within the limit of every dialect; what is cut off is told apart by a digest."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    kept = name.encode()[: LONGEST_NAME - 9].decode(errors="ignore")
    return f"{kept.rstrip('_')}_{digest}"


def _statements(schema: Schema, name: Name) -> Iterator[tuple[DDLElement, str]]:
    for element in _elements(metadata(schema, name), name):
        written = str(element.compile(dialect=dialect(name))).strip()
        lines = (line.rstrip().replace("\t", "    ") for line in written.splitlines())
        yield element, "\n".join(") " + line[1:] if line.startswith(")ENGINE") else line for line in lines)


def _elements(made: MetaData, name: Name) -> Iterator[DDLElement]:
    tables = sorted(made.tables.values(), key=lambda table: list(made.tables).index(table.name))
    later: list[ForeignKeyConstraint] = []
    for table, keys in sort_tables_and_constraints(tables):  # type: ignore[no-untyped-call]
        if table is None:
            later = list(keys)
            continue
        # SQLite adds no constraint to a table that is there, and checks none before there are rows.
        inside = table.foreign_key_constraints if name == "sqlite" else keys
        yield CreateTable(table, include_foreign_key_constraints=[*inside])
        yield from (CreateIndex(index) for index in sorted(table.indexes, key=lambda one: str(one.name)))
        if name == "postgresql":
            yield from _comments(table)
    if name != "sqlite":
        yield from map(AddConstraint, later)


def _comments(table: SaTable) -> Iterator[DDLElement]:
    if table.comment:
        yield SetTableComment(table)
    yield from (SetColumnComment(column) for column in table.columns if column.comment)


def metadata(schema: Schema, name: Name) -> MetaData:
    """The schema as SQLAlchemy knows it, for one dialect."""
    made = MetaData()
    names = _Names()
    for table in schema.tables:
        _table(made, table, name, names)
    return made


class _Names:
    """Names of constraints and indexes, which share one room in some dialects."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __call__(self, prefix: str, *parts: str) -> str:
        wish = short("_".join((prefix, *parts)))
        name, number = wish, 2
        while name.lower() in self._taken:
            name, number = short(f"{wish}_{number}"), number + 1
        self._taken.add(name.lower())
        return name


def _table(made: MetaData, table: Table, name: Name, names: _Names) -> SaTable:
    key = table.primary_key
    parts: list[Any] = [_column(column, key, name) for column in table.columns]
    parts += [
        ForeignKeyConstraint(
            [one.column],
            [f"{one.table}.{one.target}"],
            name=names("fk", table.name, one.column),
            ondelete=one.on_delete,
            link_to_name=True,
        )
        for one in table.foreign_keys
    ]
    for column in table.columns:
        if column.unique and key != (column.name,):
            parts.append(UniqueConstraint(column.name, name=names("uq", table.name, column.name)))
    parts += [UniqueConstraint(*group, name=names("uq", table.name, *group)) for group in table.uniques]
    parts += [_one_of(column, name, names("ck", table.name, column.name)) for column in table.columns if column.values]
    comment = one_line(table.label)[:LONGEST_COMMENT] or None
    keywords: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"} if name == "mysql" else {}
    sa_table = SaTable(table.name, made, *parts, comment=comment, **keywords)
    for group in table.indexes:
        Index(names("ix", table.name, *group), *(sa_table.c[column] for column in group))
    return sa_table


def _column(column: Column, key: tuple[str, ...], name: Name) -> SaColumn[Any]:
    numbered = column.type == "integer" and key == (column.name,)
    parts: list[Any] = [type_of(column)]
    if numbered and name == "postgresql":
        parts.append(Identity())
    return SaColumn(
        column.name,
        *parts,
        primary_key=column.primary,
        nullable=not (column.required or column.primary),
        autoincrement=numbered,
        server_default=None if numbered else _default(column.default, column.type, name),
        comment=_remark(column),
    )


def _remark(column: Column) -> str | None:
    """The label, where it says more than the name."""
    label = one_line(column.label)[:LONGEST_COMMENT]
    return label if label and "_".join(label.lower().split()) != column.name.lower() else None


def _default(value: Default, kind: str, name: Name) -> Any:
    if value is None:
        return None
    if value == NOW and kind in ("datetime", "date", "time"):
        # MySQL takes an expression in brackets where its own types have no word for the present.
        return text({"datetime": "CURRENT_TIMESTAMP", "date": "(CURRENT_DATE)", "time": "(CURRENT_TIME)"}[kind])
    if value == NEW_UUID and kind == "uuid":
        written = {"postgresql": "gen_random_uuid()", "mysql": "(uuid())"}.get(name)
        return text(written) if written else None
    if isinstance(value, bool):
        return text(("true" if value else "false") if name == "postgresql" else str(int(value)))
    if isinstance(value, int):
        return text(str(value))
    return str(value)


def _one_of(column: Column, name: Name, constraint: str) -> CheckConstraint:
    quote = dialect(name).identifier_preparer.quote
    values = ", ".join(literal(value, name) for value in column.values)
    # A colon would be read as the name of a value to be filled in.
    return CheckConstraint(text(f"{quote(column.name)} IN ({values})".replace(":", "\\:")), name=constraint)


def literal(value: str, name: Name) -> str:
    """A text as a literal of the dialect."""
    doubled = value.replace("'", "''")
    return f"'{doubled.replace(chr(92), chr(92) * 2) if name == 'mysql' else doubled}'"
