"""The schema file of Rails (``db/schema.rb``): tables as facts, without running any Ruby.

Rails writes it by itself, one call a line, so it is read as such lines; what is none of them is passed over.
"""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.facts import Facts
from designchord.notation.sql.tables import Column, ForeignKey, Table, Tables

_SIGN: Final = re.compile(r"ActiveRecord::Schema(?:\[[\d.]+\])?\.define")
_TABLE: Final = re.compile(r'\s*create_table "(?P<name>[^"]+)"(?P<options>.*?) do \|t\|')
_COLUMN: Final = re.compile(r'\s*t\.(?P<type>\w+) "(?P<name>[^"]+)"(?P<options>.*)')
_INDEX: Final = re.compile(r"\s*(?:t\.index|add_index \"(?P<table>[^\"]+)\",) \[(?P<columns>[^\]]*)\](?P<options>.*)")
_FOREIGN: Final = re.compile(r'\s*add_foreign_key "(?P<table>[^"]+)", "(?P<target>[^"]+)"(?P<options>.*)')
_ENUM: Final = re.compile(r'\s*create_enum "(?P<name>[^"]+)", \[(?P<values>[^\]]*)\]')
_NAMES: Final = re.compile(r'"([^"]+)"')
#: Rails' words for types that are not the blueprint's own.
_TYPES: Final = {
    **dict.fromkeys(("bigint", "bigserial", "serial", "primary_key"), "integer"),
    **dict.fromkeys(("float", "numeric", "money"), "decimal"),
    **dict.fromkeys(("timestamp", "timestamptz"), "datetime"),
    **dict.fromkeys(("citext", "inet", "cidr", "macaddr", "ltree", "xml"), "string"),
    **dict.fromkeys(("tsvector",), "text"),
    **dict.fromkeys(("jsonb", "hstore", "point", "geometry", "st_point", "vector", "daterange", "tsrange"), "json"),
    **dict.fromkeys(("interval",), "time"),
    **dict.fromkeys(("binary",), "file"),
}
_OWN: Final = frozenset(
    ("string", "text", "integer", "decimal", "boolean", "date", "datetime", "time", "json", "uuid", "enum")
)


def is_schema(text: str) -> bool:
    """Whether a file of Ruby is such a schema."""
    return _SIGN.search(text[:20_000]) is not None


def read(text: str) -> Facts:
    """The tables of a schema file, with their lines."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(line, number)
    return reader.tables.facts()


class _Reader:
    def __init__(self) -> None:
        self.tables = Tables()
        self._table: Table | None = None
        self._enums: dict[str, tuple[str, ...]] = {}

    def take(self, line: str, number: int) -> None:
        if (made := _TABLE.match(line)) is not None:
            self._begin(made, number)
        elif self._table is not None and line.strip() == "end":
            self._table = None
        elif (index := _INDEX.match(line)) is not None:
            self._key(index)
        elif self._table is not None and (column := _COLUMN.match(line)) is not None:
            self._column(self._table, column, number)
        elif (foreign := _FOREIGN.match(line)) is not None:
            self._foreign(foreign, number)
        elif (enum := _ENUM.match(line)) is not None:
            self._enums[enum["name"].rpartition(".")[2]] = tuple(_NAMES.findall(enum["values"]))

    def _begin(self, made: re.Match[str], number: int) -> None:
        schema, _, name = made["name"].rpartition(".")
        self._table = self.tables.add(Table(name, schema, label=_text(made["options"], "comment"), line=number))
        if "id: false" in made["options"]:
            return
        several = re.search(r"primary_key: \[([^\]]*)\]", made["options"])
        if several is not None:
            self._table.primary = tuple(one.lower() for one in _NAMES.findall(several[1]))
            return
        # Rails does not write the key that every table has.
        name = _text(made["options"], "primary_key") or "id"
        kind = re.search(r"id: :(\w+)", made["options"])
        typed = _typed(kind[1]) if kind else "integer"
        self._table.columns[name.lower()] = Column(name, typed, required=True, line=number)
        self._table.primary = (name.lower(),)

    def _column(self, table: Table, found: re.Match[str], number: int) -> None:
        options = found["options"]
        kind = "json" if "array: true" in options else _typed(found["type"])
        values = self._enums.get(_text(options, "enum_type").rpartition(".")[2], ()) if kind == "enum" else ()
        table.columns[found["name"].lower()] = Column(
            found["name"],
            kind,
            required="null: false" in options,
            values=values,
            label=_text(options, "comment"),
            line=number,
        )

    def _key(self, index: re.Match[str]) -> None:
        table = self.tables.find(index["table"]) if index["table"] else self._table
        if table is not None and "unique: true" in index["options"] and "where:" not in index["options"]:
            table.add_unique(
                tuple(one.lower() for one in _NAMES.findall(index["columns"])), _text(index["options"], "name")
            )

    def _foreign(self, found: re.Match[str], number: int) -> None:
        table = self.tables.find(found["table"].rpartition(".")[2])
        if table is None:
            return
        target = found["target"].rpartition(".")[2]
        column = _text(found["options"], "column") or next(iter(_pointing(table, target)), "")
        if column.lower() in table.columns:
            table.add_foreign(ForeignKey((column.lower(),), target, line=number))


def _pointing(table: Table, target: str) -> list[str]:
    """The column that Rails takes where none is named: the other table in the singular, and ``_id``."""
    base = target.lower()
    stems = (
        base,
        base.removesuffix("s"),
        base.removesuffix("es"),
        re.sub(r"ies$", "y", base),
        re.sub(r"people$", "person", base),
    )
    return [f"{stem}_id" for stem in stems if f"{stem}_id" in table.columns]


def _typed(kind: str) -> str:
    return _TYPES.get(kind, kind if kind in _OWN else "")


def _text(options: str, name: str) -> str:
    found = re.search(rf'\b{name}: "((?:[^"\\]|\\.)*)"', options)
    return found[1] if found else ""
