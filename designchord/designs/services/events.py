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


def events_append(*, design_id: UUID, entries: Sequence[Entry]) -> list[Event]:
    """Store entries with the next numbers; must run inside the transaction that makes them true.

    Counting up locks the design's row until the commit, so numbers are handed out in the order of the commits.
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
