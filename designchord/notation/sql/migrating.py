"""From one schema to the next over rows that are there: what is renamed is renamed, and what is lost is said.

All tables are put aside, the new ones are created, and the rows are brought over. That copies everything once, and in
return no order of changes matters and every constraint of the new schema is checked against every row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from designchord.notation.sql import sqlite
from designchord.notation.sql.model import Column, Schema, Table
from designchord.notation.sql.writing import literal, metadata, quoting, statements

#: The dialects in which migrations are executed by the tests; there are no others.
Name = Literal["postgresql", "sqlite"]
#: Tables by their old name → new name; columns by (old table, old column) → new column.
Renamed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Migration:
    """Statements in their order, and what the rows lose, in words (``table.column`` or ``table``)."""

    statements: tuple[str, ...]
    losses: tuple[str, ...] = ()

    def script(self) -> str:
        lost = [f"-- Loses data: {one}" for one in self.losses]
        return "\n".join([*lost, *(f"{one};" for one in self.statements), ""])


@dataclass(slots=True)
class _Plan:
    losses: list[str] = field(default_factory=list)
    #: New table → (old table, new column → expression over the old row); None for a table that is new.
    copies: dict[str, tuple[Table, dict[str, str]] | None] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)


def migrate(
    before: Schema,
    after: Schema,
    name: Name,
    *,
    tables: Renamed | None = None,
    columns: Mapping[tuple[str, str], str] | None = None,
) -> Migration:
    """The statements that turn a database of one schema into one of the other, keeping the rows.

    ``tables`` and ``columns`` say what was renamed; all other names that are gone are gone. A column that became
    required takes its default, or the plainest value of its type, where a row has none.
    """
    plan = _plan(before, after, dict(tables or {}), dict(columns or {}), name)
    changed = [table for table in after.tables if _is_changed(table, plan)]
    if not changed and not plan.dropped:
        return Migration((), ())
    return Migration(tuple(_statements(before, after, plan, name)), tuple(plan.losses))


def _plan(
    before: Schema, after: Schema, tables: dict[str, str], columns: dict[tuple[str, str], str], name: Name
) -> _Plan:
    plan = _Plan()
    origins = {tables.get(table.name, table.name): table for table in before.tables}
    for table in after.tables:
        old = origins.get(table.name)
        plan.copies[table.name] = None if old is None else (old, _sources(old, table, columns, name, plan))
    kept = {copy[0].name for copy in plan.copies.values() if copy}
    for table in before.tables:
        if table.name not in kept:
            plan.dropped.append(table.name)
            plan.losses.append(table.name)
    return plan


def _sources(old: Table, table: Table, columns: dict[tuple[str, str], str], name: Name, plan: _Plan) -> dict[str, str]:
    """Where each column of a table has its value from."""
    quote = quoting(name)
    origins = {columns.get((old.name, column.name), column.name): column for column in old.columns}
    sources = {}
    for column in table.columns:
        origin = origins.pop(column.name, None)
        if origin is None:
            sources[column.name] = _filler(column, table, name)
            if column.required and table.foreign_key(column.name) and not column.primary:
                plan.losses.append(f"{table.name}: rows have nobody for {column.name} and are left out")
            continue
        source = quote(origin.name)
        if origin.type != column.type:
            source = _cast(source, column, name)
        if column.values and set(origin.values) - set(column.values):
            allowed = ", ".join(literal(value, name) for value in column.values)
            other = literal(column.values[0], name) if column.required else "NULL"
            source = f"CASE WHEN {source} IN ({allowed}) THEN {source} ELSE {other} END"
            plan.losses.append(f"{table.name}.{column.name}: values that there are no longer")
        if column.required and not origin.required:
            source = f"coalesce({source}, {_filler(column, table, name)})"
        sources[column.name] = source
    plan.losses += [f"{old.name}.{column.name}" for column in origins.values()]
    return sources


def _cast(source: str, column: Column, name: Name) -> str:
    if name == "sqlite" or column.type == "enum":
        return source
    words = {
        "uuid": "uuid", "integer": "bigint", "decimal": f"numeric({column.precision}, {column.scale})",
        "boolean": "boolean", "date": "date", "datetime": "timestamptz", "time": "time", "json": "jsonb",
    }  # fmt: skip
    kind = words.get(column.type, "text")
    return f"CAST(CAST({source} AS text) AS {kind})" if kind != "text" else f"CAST({source} AS text)"


def _filler(column: Column, table: Table, name: Name) -> str:
    """A value for rows that have none."""
    if not column.required or table.foreign_key(column.name):
        return "NULL"
    default = column.default
    if default is not None and default not in ("now()", "uuid()"):
        if isinstance(default, bool):
            return ("true" if default else "false") if name == "postgresql" else str(int(default))
        return str(default) if isinstance(default, int) else literal(str(default), name)
    if column.values:
        return literal(column.values[0], name)
    plain = {
        "integer": "0", "decimal": "0", "boolean": "false" if name == "postgresql" else "0",
        "datetime": "CURRENT_TIMESTAMP", "date": "CURRENT_DATE", "time": "CURRENT_TIME", "json": "'{}'",
        "uuid": "gen_random_uuid()" if name == "postgresql" else "lower(hex(randomblob(16)))",
    }  # fmt: skip
    return plain.get(column.type, "''")


def _is_changed(table: Table, plan: _Plan) -> bool:
    copy = plan.copies[table.name]
    return copy is None or replace(copy[0], label=table.label, entity=table.entity) != table


def _statements(before: Schema, after: Schema, plan: _Plan, name: Name) -> Iterator[str]:
    """All tables are put aside, the new ones made, and the rows brought over; so no order of changes matters."""
    quote = quoting(name)
    if name == "sqlite":
        yield "PRAGMA foreign_keys = OFF"
    aside = {table.name: f"old_{number}" for number, table in enumerate(before.tables, 1)}
    for table in before.tables:
        if name == "postgresql":  # names of constraints and indexes belong to the schema
            yield from _unnamed(table)
        yield f"ALTER TABLE {quote(table.name)} RENAME TO {aside[table.name]}"
    if name == "sqlite":
        for _, created in sqlite.create(before):
            yield from (f"DROP INDEX IF EXISTS {quote(one)}" for one in created.indexes)
    yield from statements(after, name)
    emptied: set[str] = set()
    for table in after.in_order():
        copy = plan.copies[table.name]
        if copy is None:
            continue
        old, sources = copy
        for key in table.foreign_keys:  # what pointed to rows that are left out
            if key.table in emptied:
                sources[key.column] = "NULL"
        required = {column.name for column in table.columns if column.required and table.foreign_key(column.name)}
        if any(sources[column] == "NULL" for column in required):
            emptied.add(table.name)
            continue
        names = ", ".join(quote(column) for column in sources)
        source = f"SELECT {', '.join(sources.values())} FROM {aside[old.name]}"  # noqa: S608 - names are quoted
        yield f"INSERT INTO {quote(table.name)} ({names}) {source}"
        if name == "postgresql":
            yield from _numbered_on(table)
    for table in reversed(before.in_order()):
        cascade = " CASCADE" if name == "postgresql" else ""
        yield f"DROP TABLE {aside[table.name]}{cascade}"
    if name == "sqlite":
        yield "PRAGMA foreign_keys = ON"


def _numbered_on(table: Table) -> Iterator[str]:
    """Numbers that PostgreSQL hands out go on after those that were brought over."""
    key = table.primary_key[0] if len(table.primary_key) == 1 else ""
    column = table.column(key)
    if column is not None and column.type == "integer" and not table.foreign_key(key):
        quote = quoting("postgresql")
        sequence = f"pg_get_serial_sequence({literal(quote(table.name), 'postgresql')}, {literal(key, 'postgresql')})"
        yield f"SELECT setval({sequence}, coalesce(max({quote(key)}), 0) + 1, false) FROM {quote(table.name)}"  # noqa: S608 - names are quoted


def _unnamed(table: Table) -> Iterator[str]:
    """Drop what bears a name that the new table wants: constraints but the columns' own, and indexes."""
    quote = quoting("postgresql")
    made = metadata(Schema("", (replace(table, foreign_keys=()),)), "postgresql").tables[table.name]
    for index in made.indexes:
        yield f"DROP INDEX IF EXISTS {quote(str(index.name))}"
    for constraint in made.constraints:
        if constraint.name:
            yield f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT IF EXISTS {quote(str(constraint.name))} CASCADE"
    yield f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT IF EXISTS {quote(f'{table.name}_pkey')} CASCADE"
