"""The model of a relational schema, the same for all dialects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Delete = Literal["CASCADE", "RESTRICT", "SET NULL"]
#: What the database writes where nothing is given: a literal, the present moment, or a new UUID.
Default = bool | int | str | None
NOW: Final = "now()"
NEW_UUID: Final = "uuid()"

#: Of characters, where a dialect wants to know; a ``text`` has no bound.
LENGTHS: Final = {"string": 255, "enum": 64, "email": 320, "url": 2048, "file": 1024}
#: A unique text must fit into an index of MySQL, which holds 3,072 bytes at 4 a character; three keys into one.
LONGEST_UNIQUE: Final = 700
LONGEST_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class Column:
    """``type`` is one of the blueprint's words; ``values`` are an enum's; ``precision`` and ``scale`` a decimal's."""

    name: str
    type: str = "string"
    label: str = ""
    required: bool = True
    primary: bool = False
    unique: bool = False
    values: tuple[str, ...] = ()
    default: Default = None
    precision: int = 14
    scale: int = 2


def length_of(column: Column) -> int | None:
    """How many characters a column of text holds; None where there is no bound."""
    length = LENGTHS.get(column.type)
    if column.type == "enum":
        length = max([LENGTHS["enum"], *map(len, column.values)])
    if column.primary:
        return min(length or LONGEST_KEY, LONGEST_KEY)
    if column.unique:
        return min(length or LONGEST_UNIQUE, LONGEST_UNIQUE)
    return length


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """One column that holds the key of another table's row."""

    column: str
    table: str
    target: str
    on_delete: Delete = "RESTRICT"


@dataclass(frozen=True, slots=True)
class Table:
    """``entity`` names what of the design it keeps; empty for a table that only joins two others."""

    name: str
    entity: str = ""
    label: str = ""
    columns: tuple[Column, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()

    @property
    def primary_key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.primary)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def foreign_key(self, column: str) -> ForeignKey | None:
        return next((key for key in self.foreign_keys if key.column == column), None)


@dataclass(frozen=True, slots=True)
class Schema:
    title: str = ""
    tables: tuple[Table, ...] = ()

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)

    def in_order(self) -> list[Table]:
        """What is pointed to first, as far as there is such an order."""
        done: dict[str, Table] = {}
        waiting = list(self.tables)
        while waiting:
            ready = [
                one for one in waiting if all(key.table in done or key.table == one.name for key in one.foreign_keys)
            ] or waiting[:1]
            done |= {one.name: one for one in ready}
            waiting = [one for one in waiting if one.name not in done]
        return list(done.values())

    def of_entity(self, entity: str) -> Table | None:
        return next((table for table in self.tables if table.entity == entity), None)
