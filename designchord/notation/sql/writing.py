"""SQL out: the statements that create a schema, in the order in which they can be executed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

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

from designchord.notation.sql import sqlite
from designchord.notation.sql.dialects import TITLES, Name, Server, dialect, type_of
from designchord.notation.sql.model import NEW_UUID, NOW, Column, Default, Schema, Table
from designchord.notation.sql.naming import Names, one_line

#: MySQL takes comments of 1,024 characters on a column.
LONGEST_COMMENT: Final = 1000


def script(schema: Schema, name: Name) -> str:
    """The file of statements."""
    title = f"{one_line(schema.title)}: {TITLES[name]}" if schema.title else TITLES[name]
    written = _commented(schema) if name == "sqlite" else (f"{one};\n" for one in statements(schema, name))
    return "\n".join([f"-- {title}\n", *written])


def _commented(schema: Schema) -> Iterator[str]:
    """Statements of SQLite, which keeps no labels: they stand in lines of comment."""
    yield "PRAGMA foreign_keys = ON;\n"
    for table, created in sqlite.create(schema):
        label = one_line(table.label)
        yield (f"-- {label}\n" if label else "") + f"{created.table};\n"
        yield from (f"{index};\n" for index in created.indexes.values())


def statements(schema: Schema, name: Name) -> tuple[str, ...]:
    """Each statement alone, for a driver that executes one at a time."""
    return tuple(sqlite.statements(schema) if name == "sqlite" else _statements(schema, name))


def quoting(name: Name) -> Callable[[str], str]:
    """How a dialect writes names."""
    return sqlite.quote if name == "sqlite" else dialect(name).identifier_preparer.quote


def literal(value: str, name: Name) -> str:
    """A text as a literal of the dialect."""
    doubled = sqlite.literal(value)
    return doubled.replace("\\", "\\\\") if name == "mysql" else doubled


def _statements(schema: Schema, name: Server) -> Iterator[str]:
    for element in _elements(metadata(schema, name), name):
        written = str(element.compile(dialect=dialect(name))).strip()
        lines = (line.rstrip().replace("\t", "    ") for line in written.splitlines())
        yield "\n".join(") " + line[1:] if line.startswith(")ENGINE") else line for line in lines)


def _elements(made: MetaData, name: Server) -> Iterator[DDLElement]:
    tables = sorted(made.tables.values(), key=lambda table: list(made.tables).index(table.name))
    later: list[ForeignKeyConstraint] = []
    for table, keys in sort_tables_and_constraints(tables):  # type: ignore[no-untyped-call]
        if table is None:
            later = list(keys)
            continue
        yield CreateTable(table, include_foreign_key_constraints=[*keys])
        yield from (CreateIndex(index) for index in sorted(table.indexes, key=lambda one: str(one.name)))
        if name == "postgresql":
            yield from _comments(table)
    yield from map(AddConstraint, later)


def _comments(table: SaTable) -> Iterator[DDLElement]:
    if table.comment:
        yield SetTableComment(table)
    yield from (SetColumnComment(column) for column in table.columns if column.comment)


def metadata(schema: Schema, name: Server) -> MetaData:
    """The schema as SQLAlchemy knows it, for one dialect."""
    made = MetaData()
    names = Names()
    for table in schema.tables:
        _table(made, table, name, names)
    return made


def _table(made: MetaData, table: Table, name: Server, names: Names) -> SaTable:
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


def _column(column: Column, key: tuple[str, ...], name: Server) -> SaColumn[Any]:
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


def _default(value: Default, kind: str, name: Server) -> Any:
    if value is None:
        return None
    if value == NOW and kind in ("datetime", "date", "time"):
        # MySQL takes an expression in brackets where its own types have no word for the present.
        return text({"datetime": "CURRENT_TIMESTAMP", "date": "(CURRENT_DATE)", "time": "(CURRENT_TIME)"}[kind])
    if value == NEW_UUID and kind == "uuid":
        return text({"postgresql": "gen_random_uuid()", "mysql": "(uuid())"}[name])
    if isinstance(value, bool):
        return text(("true" if value else "false") if name == "postgresql" else str(int(value)))
    if isinstance(value, int):
        return text(str(value))
    return str(value)


def _one_of(column: Column, name: Server, constraint: str) -> CheckConstraint:
    values = ", ".join(literal(value, name) for value in column.values)
    # A colon would be read as the name of a value to be filled in.
    return CheckConstraint(text(f"{quoting(name)(column.name)} IN ({values})".replace(":", "\\:")), name=constraint)
