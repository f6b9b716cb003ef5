"""What changed between two revisions of a blueprint, as a migration of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designchord.blueprint.model import Blueprint
from designchord.blueprint.naming import fold
from designchord.notation.sql.migrating import Migration, Name, migrate
from designchord.notation.sql.model import Column, Table
from designchord.rehearsal.tables import tables_of


def migration(
    before: Blueprint, after: Blueprint, name: Name, *, renamed: Mapping[str, str] | None = None
) -> Migration:
    """The migration from one revision to another.

    ``renamed`` says what was renamed: entities (``Loan`` → ``Lending``), attributes (``Loan.due`` → ``due_at``). Beside
    it, what has gone and what has come count as one thing where their labels are the same and nobody else's.
    """
    old, new = tables_of(before), tables_of(after)
    said = dict(renamed or {})
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    told = {fold(one): other for one, other in said.items() if "." not in one}
    gone = [table for table in old.tables if table.entity and new.of_entity(table.entity) is None]
    come = [table for table in new.tables if table.entity and old.of_entity(table.entity) is None]
    for table in gone:
        wanted = told.get(fold(table.entity))
        same = [one for one in come if one.entity == wanted] if wanted else _same(table, gone, come)
        if len(same) == 1:
            tables[table.name] = same[0].name
    for table in old.tables:
        other = new.table(tables.get(table.name, table.name))
        if other is None:
            continue
        lost = [one for one in table.columns if other.column(one.name) is None]
        found = [one for one in other.columns if table.column(one.name) is None]
        for column in lost:
            wanted = said.get(f"{table.entity}.{column.name}")
            alike = (
                [one for one in found if one.name == wanted]
                if wanted
                else _same_column(table, other, column, lost, found, tables)
            )
            if len(alike) == 1:
                columns[table.name, column.name] = alike[0].name
    return migrate(old, new, name, tables=tables, columns=columns)


def _same(table: Table, gone: Sequence[Table], come: Sequence[Table]) -> list[Table]:
    """What has come under the label of what has gone, where nothing else bears it."""
    alone = [one for one in gone if one.label == table.label]
    return [one for one in come if one.label == table.label] if table.label and len(alone) == 1 else []


def _same_column(
    table: Table, other: Table, column: Column, lost: Sequence[Any], found: Sequence[Column], tables: Mapping[str, str]
) -> list[Column]:
    key = table.foreign_key(column.name)
    if key is not None:  # it points to the same table, perhaps under its new name
        target = tables.get(key.table, key.table)
        return [one for one in found if (new := other.foreign_key(one.name)) and new.table == target]
    alone = [one for one in lost if one.label == column.label]
    same = [one for one in found if one.label == column.label and one.type == column.type]
    return same if column.label and len(alone) == 1 else []
