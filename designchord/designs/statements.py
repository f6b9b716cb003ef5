"""SQL as text, for what each step asks of the database again and again.

Django builds a query anew each time, which costs ten times what the database does with it. So these few statements are
written once, in the names of the models' own tables and columns; values go in and out by the fields' own conversions,
through Django's connection. Whatever is asked seldom is left to Django.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models

from designchord.designs.models import SETTLED, Artifact, Call, Design, Event, Owner, Revision, Step

M = TypeVar("M", bound=models.Model)


class Table(Generic[M]):
    """A model's table. As text it is its name, and ``columns`` are its columns, from whose values ``read`` makes rows.

    Rows are read without the fields named in ``without``, which are large and seldom wanted.
    """

    def __init__(self, model: type[M], *, without: Collection[str] = ()) -> None:
        meta = model._meta  # noqa: SLF001 - Django documents it
        self._model = model
        self._name = f'"{meta.db_table}"'
        self._key: Any = meta.pk
        self._fields: dict[str, Any] = {field.name: field for field in meta.concrete_fields}
        self._read = [field for name, field in self._fields.items() if name not in without]
        self._read_names = [field.attname for field in self._read]
        self._converters: dict[str, list[tuple[int, Any, Any]]] = {}
        self._inserts: dict[int, str] = {}
        self._updates: dict[tuple[str, ...], str] = {}
        self.columns = _columns(self._read)

    def __str__(self) -> str:
        return self._name

    def read(self, found: Iterable[Sequence[Any]]) -> list[M]:
        """Rows from the values of ``columns``."""
        converters = self._converters.get(connection.vendor) or self._find_converters()
        rows = []
        for values in map(list, found):
            for place, convert, column in converters:
                values[place] = convert(values[place], column, connection)
            rows.append(self._model.from_db(connection.alias, self._read_names, values))
        return rows

    def insert(self, rows: Sequence[M]) -> None:
        """Store new rows with one statement. As with Django, they then have their keys."""
        fields = [field for field in self._fields.values() if field is not self._key or rows[0].pk is not None]
        if len(rows) not in self._inserts:
            values = ", ".join([f"({marks(len(fields))})"] * len(rows))
            self._inserts[len(rows)] = written(
                "INSERT INTO {table} ({columns}) VALUES {values} RETURNING {key}",
                table=self, columns=_columns(fields), values=values, key=_columns([self._key]),
            )  # fmt: skip
        stored = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
        for row, (key,) in zip(rows, ask(self._inserts[len(rows)], *stored), strict=True):
            if row.pk is None:
                row.pk = key
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - Django documents it

    def update(self, row: M, names: Sequence[str]) -> None:
        """Store the named fields of a row."""
        fields = [self._fields[name] for name in (*names, self._key.name)]
        if tuple(names) not in self._updates:
            changes = ", ".join(f'"{field.column}" = %s' for field in fields[:-1])
            self._updates[tuple(names)] = written(
                "UPDATE {table} SET {changes} WHERE {key} = %s",
                table=self, changes=changes, key=_columns([self._key]),
            )  # fmt: skip
        stored = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        change(self._updates[tuple(names)], *stored)

    def _find_converters(self) -> list[tuple[int, Any, Any]]:
        """What Django would do with the values that it reads, where it does something."""
        self._converters[connection.vendor] = [
            (place, convert, field.cached_col)
            for place, field in enumerate(self._read)
            for convert in (
                *connection.ops.get_db_converters(field.cached_col),
                *field.cached_col.get_db_converters(connection),
            )
        ]
        return self._converters[connection.vendor]


def _columns(fields: Iterable[Any]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


OWNERS = Table(Owner)
DESIGNS = Table(Design, without=["report"])
STEPS = Table(Step)
ARTIFACTS = Table(Artifact)
REVISIONS = Table(Revision)
EVENTS = Table(Event)
CALLS = Table(Call)

_NAMES: dict[str, Any] = {
    "owners": OWNERS,
    "designs": DESIGNS,
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


def marks(count: int) -> str:
    """So many placeholders."""
    return ", ".join(["%s"] * count)


def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement; its rows as they come."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [_adapted(value) for value in values])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def change(statement: str, *values: Any) -> int:
    """Run a statement; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [_adapted(value) for value in values])
        return int(cursor.rowcount)


def _adapted(value: Any) -> Any:
    """A value as the database's driver takes it, for the types that drivers take in different ways."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return value
