"""A design's gapless history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

from django.utils import timezone

from designchord.designs.models import Design
from designchord.designs.statements import DESIGNS, HEADS, TAKEN, change, marks, written
from designchord.events.base import Event, EventType

#: An event's type, what is stored, and what is published (the stored form refers to large values).
Entry = tuple[EventType, dict[str, Any], dict[str, Any]]

_LOCK = written("UPDATE {designs} SET last_event = last_event + %s WHERE id = %s RETURNING {heads.columns}")
_LOCK_OF_STEP = written("""
    UPDATE {designs} SET last_event = last_event + %s
    WHERE id = (SELECT design_id FROM {steps} WHERE id = %s) RETURNING {taken.columns}
""")


def design_lock(*, design_id: UUID | None = None, step_id: int | None = None, events: int = 0) -> Design | None:
    """A design, by itself or by one of its steps, its row held until the end of the caller's transaction; None when
    there is no such design.

    Whoever writes to a design does this first. Since all take this lock before any other, nobody waits in a circle;
    and since what they find under it is the newest, no decision is made on what another has just changed. (A
    condition across tables in the update itself is no substitute: PostgreSQL checks it against what it saw before it
    waited, and gives one step to two claimers.)

    ``events`` is how many the caller will probably append: their numbers are taken by the same statement.
    """
    found = HEADS.rows(_LOCK, events, design_id) if step_id is None else TAKEN.rows(_LOCK_OF_STEP, events, step_id)
    for design in found:
        design.numbered = design.last_event
        design.last_event -= events
        return design
    return None


def events_append(*, design: Design, entries: Sequence[Entry], changed: Sequence[str] = ()) -> list[Event]:
    """Store entries with the next numbers, and the ``changed`` fields of their design with them.

    Must run inside the transaction that makes them true, on a design that it has locked; so numbers are handed out in
    the order of the commits.
    """
    first = design.last_event + 1
    design.last_event += len(entries)
    if changed or design.last_event != design.numbered:
        DESIGNS.update(design, "last_event", *changed)
        design.numbered = design.last_event
    if entries:
        now = timezone.now()
        values = [(design.pk, number, type_, stored, now) for number, (type_, stored, _) in enumerate(entries, first)]
        change(_append_of(len(values)), *chain.from_iterable(values))
    return [
        Event(design=str(design.pk), type=type_, id=number, data=published)
        for number, (type_, _, published) in enumerate(entries, first)
    ]


def twice(shape: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is stored and what is published, where the two are the same."""
    return shape, shape


@cache
def _append_of(count: int) -> str:
    return written(
        "INSERT INTO {events} (design_id, number, type, data, created_at) VALUES {rows}", rows=marks(count, 5)
    )
