"""SQL as text, for what each step asks of the database again and again.

Django builds a query anew each time, which costs ten times what the database does with it. So these few statements are
written once, in the names of the models' own tables and columns; values go in and out by the fields' own conversions,
through Django's connection. Whatever is asked seldom is left to Django.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, UUIDField
from django.db.models.base import ModelState

from designchord.designs.models import SETTLED, Artifact, Call, Design, Event, Owner, Revision, Step

M = TypeVar("M", bound=Model)


class Table(Generic[M]):
    """A model's table. As text it is its name, and ``columns`` are its columns, from whose values ``read`` makes rows.

    Rows are read without the fields named in ``without``, or with those alone that are named in ``only``; Django
    fetches another when somebody asks for it.
    """

    def __init__(self, model: type[M], *, without: Collection[str] = (), only: Collection[str] = ()) -> None:
        meta = model._meta  # noqa: SLF001 - Django documents it
        self._model = model
        self._name = f'"{meta.db_table}"'
        self._key: Any = meta.pk
        self._fields: dict[str, Any] = {field.name: field for field in meta.concrete_fields}
        self._read = [self._fields[name] for name in only or self._fields if name not in without]
        self._read_names = [field.attname for field in self._read]
        self._converters: dict[str, list[tuple[str, Any, Any]]] = {}
        self._inserts: dict[int, str] = {}
        self.columns = _columns(self._read)

    def __str__(self) -> str:
        return self._name

    def read(self, found: Iterable[Sequence[Any]]) -> list[M]:
        """Rows from the values of ``columns``."""
        database = connections[DEFAULT_DB_ALIAS]
        converters = self._converters.get(database.vendor) or self._find_converters(database)
        return [self._row(values, converters, database) for values in found]

    def _row(self, values: Sequence[Any], converters: list[tuple[str, Any, Any]], database: Any) -> M:
        """A row as Django makes one when it is unpickled: its ``__init__`` costs as much as the statement."""
        row = self._model.__new__(self._model)
        row._state = ModelState()  # noqa: SLF001 - Django documents it
        row._state.adding, row._state.db = False, database.alias  # noqa: SLF001
        found = dict(zip(self._read_names, values, strict=True))
        for name, convert, column in converters:
            if found[name] is not None:
                found[name] = convert(found[name], column, database)
        row.__dict__.update(found)
        return row

    def insert(self, rows: Sequence[M]) -> None:
        """Store new rows with one statement. As with Django, they then have their keys."""
        fields = [field for field in self._fields.values() if field is not self._key or rows[0].pk is not None]
        if (statement := self._inserts.get(len(rows))) is None:
            statement = self._inserts[len(rows)] = written(
                "INSERT INTO {table} ({columns}) VALUES {values} RETURNING {key}",
                table=self, columns=_columns(fields), values=marks(len(rows), len(fields)), key=_columns([self._key]),
            )  # fmt: skip
        keys = ask(statement, *[getattr(row, field.attname) for row in rows for field in fields])
        for row, (key,) in zip(rows, keys, strict=True):
            if row.pk is None:
                row.pk = key
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001

    def update(self, row: M, names: Sequence[str]) -> None:
        """Store the named fields of a row."""
        fields = [self._fields[name] for name in names]
        statement = written(
            "UPDATE {table} SET {changes} WHERE {key} = %s",
            table=self, changes=", ".join(f'"{field.column}" = %s' for field in fields), key=_columns([self._key]),
        )  # fmt: skip
        change(statement, *[getattr(row, field.attname) for field in fields], row.pk)

    def _find_converters(self, database: Any) -> list[tuple[str, Any, Any]]:
        """What Django would do with the values that it reads, where it does something."""
        self._converters[database.vendor] = [
            (field.attname, convert, field.cached_col)
            for field in self._read
            for convert in (
                *database.ops.get_db_converters(field.cached_col),
                *field.cached_col.get_db_converters(database),
            )
        ]
        return self._converters[database.vendor]


def _columns(fields: Iterable[Any]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


OWNERS = Table(Owner)
DESIGNS = Table(Design, without=["report"])  # it is large, and whoever locks a design can only replace it
HEADS = Table(Design, only=["id", "owner", "state", "error_code", "error_message", "last_event", "finished_at"])
STEPS = Table(Step)
ARTIFACTS = Table(Artifact)
REVISIONS = Table(Revision)
EVENTS = Table(Event)
CALLS = Table(Call)

_NAMES: dict[str, Any] = {
    "owners": OWNERS,
    "designs": DESIGNS,
    "heads": HEADS,
    "steps": STEPS,
    "artifacts": ARTIFACTS,
    "revisions": REVISIONS,
    "events": EVENTS,
    "calls": CALLS,
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
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(statement, _adapted(values, database))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def change(statement: str, *values: Any) -> int:
    """Run a statement; how many rows it changed."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(statement, _adapted(values, database))
        return int(cursor.rowcount)


#: By the database's vendor: how its driver takes values, for the types that drivers take in different ways.
_ADAPTERS: dict[str, dict[type, Callable[[Any], Any]]] = {}


def _adapted(values: Iterable[Any], database: Any) -> list[Any]:
    adapters = _ADAPTERS.get(database.vendor)
    if adapters is None:
        to_json = partial(database.ops.adapt_json_value, encoder=None)
        adapters = _ADAPTERS[database.vendor] = {
            datetime: database.ops.adapt_datetimefield_value,
            UUID: partial(UUIDField().get_db_prep_value, connection=database),
            dict: to_json,
            list: to_json,
        }
    return [adapters[type(value)](value) if type(value) in adapters else value for value in values]
