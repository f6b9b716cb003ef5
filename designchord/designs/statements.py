"""SQL as text, for the few statements that Django cannot say in one, and that each step makes.

They are written once, in the names of the models' own tables and columns; values go in and out by the conversions of
Django's database backends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, UUIDField

from designchord.designs.models import SETTLED, Call, Design, Event, Part, Revision, Step, Storage

M = TypeVar("M", bound=Model)


class Table(Generic[M]):
    """A model's table: as text its name, and ``columns`` the names of its columns, or of those of some fields."""

    def __init__(self, model: type[M], *only: str) -> None:
        meta = model._meta  # noqa: SLF001 - Django documents it
        self._model = model
        self._name = f'"{meta.db_table}"'
        self._fields = [field for field in meta.concrete_fields if not only or field.name in only]
        self._names = [field.attname for field in self._fields]
        self._converters: dict[str, list[tuple[int, Any, Any]]] = {}
        self._inserts: dict[int, str] = {}
        self._updates: dict[tuple[str, ...], str] = {}
        self.columns = _columns(self._fields)

    def __str__(self) -> str:
        return self._name

    def rows(self, statement: str, *values: Any) -> list[M]:
        """Run a statement that gives ``columns``; its rows."""
        return [self.row(told) for told in ask(statement, *values)]

    def row(self, told: Sequence[Any]) -> M:
        """A row from the values of ``columns``, whatever follows them. Django's ``raw`` works out anew each time what
        they are, which took a tenth of a design's CPU."""
        database = connections[DEFAULT_DB_ALIAS]
        converters = self._converters.get(database.vendor) or self._find_converters(database)
        row = list(told[: len(self._names)])
        for at, convert, column in converters:
            if row[at] is not None:
                row[at] = convert(row[at], column, database)
        return self._model.from_db(database.alias, self._names, row)

    def _find_converters(self, database: Any) -> list[tuple[int, Any, Any]]:
        """What Django does with the values that it reads, where it does something."""
        self._converters[database.vendor] = [
            (at, convert, field.cached_col)
            for at, field in enumerate(self._fields)
            for convert in (
                *database.ops.get_db_converters(field.cached_col),
                *field.cached_col.get_db_converters(database),
            )
        ]
        return self._converters[database.vendor]

    def insert(self, rows: Sequence[M]) -> None:
        """Store new rows, if there are any, with one statement; as with Django, they then have their keys. Django
        builds an insert anew each time, which took a twentieth of a design's CPU."""
        if not rows:
            return
        fields = [field for field in self._fields if not field.primary_key or rows[0].pk is not None]
        if (statement := self._inserts.get(len(rows))) is None:
            statement = self._inserts[len(rows)] = written(
                "INSERT INTO {table} ({columns}) VALUES {values} RETURNING id",
                table=self, columns=_columns(fields), values=marks(len(rows), len(fields)),
            )  # fmt: skip
        keys = ask(statement, *[getattr(row, field.attname) for row in rows for field in fields])
        for row, (key,) in zip(rows, keys, strict=True):
            row.pk = row.pk or key
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - Django documents it

    def update(self, row: M, *names: str) -> None:
        """Store these fields of a row that is there. Django builds an update anew each time, too."""
        if (statement := self._updates.get(names)) is None:
            columns = {field.name: field.column for field in self._fields}
            statement = self._updates[names] = written(
                "UPDATE {table} SET {changes} WHERE id = %s",
                table=self, changes=", ".join(f'"{columns[name]}" = %s' for name in names),
            )  # fmt: skip
        change(statement, *[getattr(row, name) for name in names], row.pk)


def _columns(fields: Iterable[Any]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


DESIGNS = Table(Design)
#: What a step is made from. Most do not ask for the report, which is large: it is read when one does.
TAKEN = Table(Design, *(field.name for field in Design._meta.concrete_fields if field.name != "report"))  # noqa: SLF001
#: What is needed of a design to go on with it; its texts and its report are large.
HEADS = Table(Design, "id", "owner", "state", "error_code", "error_message", "report_due", "last_event", "finished_at")
PARTS = Table(Part)
STEPS = Table(Step)
REVISIONS = Table(Revision)

_NAMES: dict[str, Any] = {
    "designs": DESIGNS,
    "heads": HEADS,
    "taken": TAKEN,
    "parts": PARTS,
    "steps": STEPS,
    "revisions": REVISIONS,
    "events": Table(Event),
    "calls": Table(Call),
    "storage": Table(Storage),
    "settled": ", ".join(f"'{state}'" for state in SETTLED),
}


def written(text: str, **names: Any) -> str:
    """A statement in which ``{steps}``, ``{steps.columns}`` and the like, ``{settled}`` and ``names`` are filled in."""
    return text.format(**_NAMES, **names)


def marks(count: int, width: int = 0) -> str:
    """So many placeholders, or so many rows of them."""
    return ", ".join([f"({marks(width)})" if width else "%s"] * count)


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement; its rows as they come."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, _adapted(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def change(statement: str, *values: Any) -> int:
    """Run a statement; how many rows it changed."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, _adapted(values))
        return int(cursor.rowcount)


#: By the database's vendor: how its driver takes values, for the types that drivers take in different ways.
_ADAPTERS: dict[str, dict[type, Callable[[Any], Any]]] = {}


def _adapted(values: Iterable[Any]) -> list[Any]:
    database = connections[DEFAULT_DB_ALIAS]
    adapters = _ADAPTERS.get(database.vendor)
    if adapters is None:
        adapters = _ADAPTERS[database.vendor] = {
            datetime: database.ops.adapt_datetimefield_value,
            UUID: partial(UUIDField().get_db_prep_value, connection=database),
            dict: _to_json,
            list: _to_json,
        }
    return [adapters[type(value)](value) if type(value) in adapters else value for value in values]


def _to_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # halves of surrogate pairs, large numbers
        return json.dumps(value)
