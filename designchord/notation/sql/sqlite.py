"""SQL for SQLite: the statements that create a schema. Each rehearsal of a design creates its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from designchord.notation.sql.model import NEW_UUID, NOW, Column, Default, Schema, Table, length_of
from designchord.notation.sql.naming import Names

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        add after all alter analyze and as asc attach autoincrement before begin between by cascade case cast check
        collate column commit conflict constraint create cross current_date current_time current_timestamp database
        default deferrable deferred delete desc detach distinct drop each else end escape except exclusive exists
        explain fail false for foreign from full glob group having if ignore immediate in index indexed initially inner
        insert instead intersect into is isnull join key left like limit match natural not nothing notnull null of
        offset on or order outer plan pragma primary query raise references reindex rename replace restrict returning
        right rollback row select set table temp temporary then to transaction trigger true union unique update using
        vacuum values view virtual when where
        """,
    )
)
_TYPES: Final = {
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "DATETIME",
    "integer": "INTEGER",
    "time": "TIME",
    "uuid": "VARCHAR(36)",
}
_MOMENTS: Final = {"datetime": "CURRENT_TIMESTAMP", "date": "(CURRENT_DATE)", "time": "(CURRENT_TIME)"}


@dataclass(frozen=True, slots=True)
class Created:
    """The statements that create a table and its indexes, and what the indexes are called."""

    table: str
    indexes: dict[str, str]


def create(schema: Schema) -> Iterator[tuple[Table, Created]]:
    """The tables of a schema, those that others point to first where there is such an order."""
    names = Names()
    made = {table.name: _create(table, names) for table in schema.tables}
    return ((table, made[table.name]) for table in schema.in_order())


def statements(schema: Schema) -> Iterator[str]:
    """Each statement alone, for a driver that executes one at a time."""
    for _, created in create(schema):
        yield created.table
        yield from created.indexes.values()


def quote(name: str) -> str:
    """A name as it stands in a statement."""
    if _PLAIN.fullmatch(name) and name not in _WORDS:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def literal(value: str) -> str:
    """A text as it stands in a statement."""
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _create(table: Table, names: Names) -> Created:
    key = table.primary_key
    lines = [_column(column, key) for column in table.columns]
    if key:
        lines.append(f"PRIMARY KEY ({_listed(key)})")
    for one in table.foreign_keys:
        named = quote(names("fk", table.name, one.column))
        target = f"REFERENCES {quote(one.table)} ({quote(one.target)}) ON DELETE {one.on_delete}"
        lines.append(f"CONSTRAINT {named} FOREIGN KEY({quote(one.column)}) {target}")
    alone = [(column.name,) for column in table.columns if column.unique and key != (column.name,)]
    for group in (*alone, *table.uniques):
        lines.append(f"CONSTRAINT {quote(names('uq', table.name, *group))} UNIQUE ({_listed(group)})")
    for column in table.columns:
        if column.values:
            values = ", ".join(map(literal, column.values))
            named = quote(names("ck", table.name, column.name))
            lines.append(f"CONSTRAINT {named} CHECK ({quote(column.name)} IN ({values}))")
    indexes = {names("ix", table.name, *group): group for group in table.indexes}
    return Created(
        "CREATE TABLE {} (\n    {}\n)".format(quote(table.name), ",\n    ".join(lines)),
        {
            name: f"CREATE INDEX {quote(name)} ON {quote(table.name)} ({_listed(group)})"
            for name, group in sorted(indexes.items())
        },
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(quote, names))


def _column(column: Column, key: tuple[str, ...]) -> str:
    # SQLite hands out numbers itself where an integer is the key.
    default = None if column.type == "integer" and key == (column.name,) else _default(column.default, column.type)
    words = (
        quote(column.name),
        _type(column),
        "" if default is None else f"DEFAULT {default}",
        "NOT NULL" if column.required or column.primary else "",
    )
    return " ".join(filter(None, words))


def _type(column: Column) -> str:
    if column.type == "decimal":
        return f"NUMERIC({column.precision}, {column.scale})"
    if column.type == "json" and not column.primary:
        return "JSON"
    length = length_of(column)
    return _TYPES.get(column.type) or ("TEXT" if length is None else f"VARCHAR({length})")


def _default(value: Default, kind: str) -> str | None:
    if value is None or (value == NEW_UUID and kind == "uuid"):
        return None
    if value == NOW and kind in _MOMENTS:
        return _MOMENTS[kind]
    if isinstance(value, int):
        return f"({int(value)})" if value < 0 else str(int(value))
    return literal(value)
