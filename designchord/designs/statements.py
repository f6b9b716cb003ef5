"""SQL as text, for the few statements that Django cannot say in one, and that each step makes.

They are written once, in the names of the models' own tables and columns. Rows come back through Django's ``raw``, and
values go in by the conversions of its database backends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, UUIDField

from designchord.designs.models import SETTLED, Call, Design, Event, Part, Revision, Step

M = TypeVar("M", bound=Model)


class Table:
    """A model's table: as text its name, and ``columns`` the names of its columns, or of those of some fields."""

    def __init__(self, model: type[Model], *only: str) -> None:
        meta = model._meta  # noqa: SLF001 - Django documents it
        self._name = f'"{meta.db_table}"'
        fields = [field for field in meta.concrete_fields if not only or field.name in only]
        self.columns = ", ".join(f'"{field.column}"' for field in fields)

    def __str__(self) -> str:
        return self._name


_NAMES: dict[str, Any] = {
    "designs": Table(Design),
    # What is needed of a design to go on with it; its texts and its report are large.
    "heads": Table(
        Design, "id", "owner", "state", "error_code", "error_message", "report_due", "last_event", "finished_at"
    ),
    "parts": Table(Part),
    "steps": Table(Step),
    "revisions": Table(Revision),
    "events": Table(Event),
    "calls": Table(Call),
    "settled": ", ".join(f"'{state}'" for state in SETTLED),
}


def written(text: str, **names: Any) -> str:
    """A statement in which ``{steps}``, ``{steps.columns}`` and the like, ``{settled}`` and ``names`` are filled in."""
    return text.format(**_NAMES, **names)


def marks(count: int, width: int = 0) -> str:
    """So many placeholders, or so many rows of them."""
    return ", ".join([f"({marks(width)})" if width else "%s"] * count)


def rows(model: type[M], statement: str, *values: Any) -> list[M]:
    """Run a statement that gives rows of a model."""
    return list(model._default_manager.raw(statement, _adapted(values)))  # noqa: SLF001 - Django documents it


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
        to_json = partial(database.ops.adapt_json_value, encoder=None)
        adapters = _ADAPTERS[database.vendor] = {
            datetime: database.ops.adapt_datetimefield_value,
            UUID: partial(UUIDField().get_db_prep_value, connection=database),
            dict: to_json,
            list: to_json,
        }
    return [adapters[type(value)](value) if type(value) in adapters else value for value in values]
