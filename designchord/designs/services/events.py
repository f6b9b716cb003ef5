"""A design's gapless history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from designchord.designs.models import Design
from designchord.designs.models import Event as EventRow
from designchord.events.base import Event, EventType

#: An event's type, what is stored, and what is published (the stored form refers to large values).
Entry = tuple[EventType, dict[str, Any], dict[str, Any]]


def design_lock(*, design_id: UUID) -> str | None:
    """Hold a design's row until the end of the caller's transaction; its state, or None when there is no such design.

    Whoever writes to a design does this first. Since all take this lock before any other, nobody waits in a circle;
    and since what they find under it is the newest, no decision is made on what another has just changed. (A
    condition across tables in the update itself is no substitute: PostgreSQL checks it against what it saw before it
    waited, and gives one step to two claimers.)
    """
    rows = Design.objects.select_for_update(no_key=True).filter(pk=design_id)
    return rows.values_list("state", flat=True).first()


def events_append(*, design_id: UUID, entries: Sequence[Entry]) -> list[Event]:
    """Store entries with the next numbers; must run inside the transaction that makes them true.

    The design's row is locked until the commit, so numbers are handed out in the order of the commits.
    """
    Design.objects.filter(pk=design_id).update(last_event=F("last_event") + len(entries))
    last = Design.objects.values_list("last_event", flat=True).get(pk=design_id)
    first = last - len(entries) + 1
    now = timezone.now()
    EventRow.objects.bulk_create(
        [
            EventRow(design_id=design_id, number=first + index, type=type_, data=stored, created_at=now)
            for index, (type_, stored, _) in enumerate(entries)
        ]
    )
    return [
        Event(design=str(design_id), type=type_, id=first + index, data=published)
        for index, (type_, _, published) in enumerate(entries)
    ]
