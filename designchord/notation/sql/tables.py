"""The tables of a database as statements change them one after another, and what they come to as facts."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Final

from designchord.notation.facts import AttributeFact, EntityFact, Facts, RelationFact

#: Schemas that are not named with their tables.
_USUAL: Final = frozenset({"", "public", "dbo", "main"})


@dataclass(slots=True)
class Column:
    """``type`` is one of the blueprint's; empty where nobody knows. ``declared`` is the name of a type of one's own."""

    name: str
    type: str = ""
    required: bool = False
    unique: bool = False
    values: tuple[str, ...] = ()
    declared: str = ""
    label: str = ""
    file: str = ""
    line: int | None = None


@dataclass(slots=True)
class ForeignKey:
    columns: tuple[str, ...]
    target: str
    file: str = ""
    line: int | None = None


@dataclass(slots=True)
class Table:
    """``columns`` by name in lower case. Unique keys and foreign keys have the names under which they are dropped."""

    name: str
    schema: str = ""
    label: str = ""
    file: str = ""
    line: int | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    primary: tuple[str, ...] = ()
    unique: dict[str, tuple[str, ...]] = field(default_factory=dict)
    foreign: dict[str, ForeignKey] = field(default_factory=dict)

    def add_unique(self, columns: tuple[str, ...], name: str = "") -> None:
        self.unique[name.lower() or f"{self.name}_{'_'.join(columns)}_key".lower()] = columns

    def add_foreign(self, key: ForeignKey, name: str = "") -> None:
        self.foreign[name.lower() or f"{self.name}_{'_'.join(key.columns)}_fkey".lower()] = key

    def drop_constraint(self, name: str) -> None:
        if name.lower() == f"{self.name}_pkey".lower():
            self.primary = ()
        self.unique.pop(name.lower(), None)
        self.foreign.pop(name.lower(), None)

    def take_index(self, index: str, *, primary: bool) -> None:
        """Make a unique index the table's primary key."""
        columns = self.unique.get(index.lower())
        if columns is not None and primary:
            self.primary = columns

    def rename_constraint(self, old: str, new: str) -> None:
        for rules in (self.unique, self.foreign):
            if old.lower() in rules:
                rules[new.lower()] = rules.pop(old.lower())  # type: ignore[assignment]

    def drop_column(self, name: str) -> None:
        """With the keys that it is part of, as every database does."""
        name = name.lower()
        self.columns.pop(name, None)
        if name in self.primary:
            self.primary = ()
        self.unique = {key: columns for key, columns in self.unique.items() if name not in columns}
        self.foreign = {key: one for key, one in self.foreign.items() if name not in one.columns}

    def rename_column(self, old: str, new: str) -> None:
        old = old.lower()
        if old not in self.columns:
            return
        swap = {old: new.lower()}
        renamed = {}
        for key, column in self.columns.items():  # a table's columns keep their order
            if key == old:
                column.name = new
            renamed[swap.get(key, key)] = column
        self.columns = renamed
        self.primary = _swapped(self.primary, swap)
        self.unique = {key: _swapped(columns, swap) for key, columns in self.unique.items()}
        for one in self.foreign.values():
            one.columns = _swapped(one.columns, swap)


def _holder(key: ForeignKey, others: Container[str]) -> str:
    """The column of a key of several that holds it: beside a tenant's, which points elsewhere as well, the other."""
    target = re.sub(r"[^a-z]", "", key.target.lower())
    free = [name for name in key.columns if name not in others] or list(key.columns)
    named = (name for name in free if target.startswith(re.sub(r"[^a-z]|ids?$", "", name)) and name != "id")
    return next(named, free[0])


def _swapped(names: tuple[str, ...], swap: dict[str, str]) -> tuple[str, ...]:
    return tuple(swap.get(name, name) for name in names)


class Tables:
    """The tables that there are, by name without regard to case."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    def __len__(self) -> int:
        return len(self._tables)

    def add(self, table: Table) -> Table:
        """A new table; of the same name in another schema, it is called by both names."""
        known = self._tables.get(table.name.lower())
        if known is not None and known.schema.lower() != table.schema.lower() and table.schema.lower() not in _USUAL:
            table.name = f"{table.schema}.{table.name}"
        self._tables[table.name.lower()] = table
        return table

    def all(self) -> Iterator[Table]:
        return iter(self._tables.values())

    def find(self, name: str, schema: str = "") -> Table | None:
        exact = self._tables.get(f"{schema}.{name}".lower()) if schema else None
        return exact or self._tables.get(name.lower())

    def drop(self, name: str, schema: str = "") -> None:
        table = self.find(name, schema)
        if table is not None:
            del self._tables[table.name.lower()]

    def drop_constraint(self, name: str) -> None:
        """Drop a key by its name alone, as an index is."""
        for table in self._tables.values():
            if name.lower() in table.unique:
                del table.unique[name.lower()]

    def rename(self, table: Table, name: str) -> None:
        """Give a table another name; foreign keys to it follow, as they do in a database."""
        old = table.name.lower()
        self._tables.pop(old, None)
        for other in (*self._tables.values(), table):
            for key in other.foreign.values():
                if key.target.lower() == old:
                    key.target = name
        table.name = name
        self._tables[name.lower()] = table

    def facts(self) -> Facts:
        """Tables as entities; a foreign key of one column is that column's, and each is a relation."""
        tables = self._tables.values()
        return Facts(
            entities=tuple(self._entity(table) for table in tables),
            relations=tuple(relation for table in tables for relation in self._relations(table)),
        )

    def _entity(self, table: Table) -> EntityFact:
        targets = {key.columns[0]: key.target for key in table.foreign.values() if len(key.columns) == 1}
        for key in table.foreign.values():
            if len(key.columns) > 1 and (holder := _holder(key, targets)) not in targets:
                targets[holder] = key.target
        unique = {columns[0] for columns in table.unique.values() if len(columns) == 1}
        attributes = tuple(
            AttributeFact(
                name=column.name,
                type=column.type,
                primary=key in table.primary,
                foreign=key in targets,
                required=column.required or key in table.primary,
                line=column.line,
                references=self._called(targets[key]) if key in targets else "",
                unique=column.unique or key in unique,
                values=column.values,
                label=column.label,
                file=column.file,
            )
            for key, column in table.columns.items()
        )
        return EntityFact(table.name, attributes, table.line, table.label, table.file)

    def _relations(self, table: Table) -> list[RelationFact]:
        unique = {frozenset(columns) for columns in table.unique.values()} | {frozenset(table.primary)}
        unique |= {frozenset((key,)) for key, column in table.columns.items() if column.unique}
        return [
            RelationFact(
                source=self._called(key.target),
                target=table.name,
                cardinality="one_to_one" if frozenset(key.columns) in unique else "one_to_many",
                line=key.line,
                file=key.file,
            )
            for key in table.foreign.values()
        ]

    def _called(self, name: str) -> str:
        known = self._tables.get(name.lower())
        return known.name if known is not None else name
