"""Events of a design, and the port that carries them to whoever watches.

The stream is a doorbell, the database the memory: stored events have gapless ids per design and can be read again
from the database; only ``delta`` (live text) is not stored and has no id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

EventType = Literal["design", "step", "delta", "revision", "change", "verification", "request", "report", "done"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a design. ``data`` is JSON-ready; ``docs/http.md`` lists its fields by type.

    ``id`` counts from 1 per design without gaps; 0 for ``delta``. Between processes a stored event may arrive without
    its data: the database has it.
    """

    design: str
    type: EventType
    id: int = 0
    data: dict[str, Any] = field(default_factory=dict)


#: An id beyond all others: the stream may have lost events, read what is stored.
RESYNC = 2**62

#: Called from any thread; must return at once and never raise.
OnEvent = Callable[[Event], None]


class EventStream(Protocol):
    """Carries events between processes. May lose any of them: readers fall back on the database."""

    def publish(self, event: Event) -> None:
        """Tell everybody who watches this design. Never blocks for long, never raises."""

    def subscribe(self, design: str, on_event: OnEvent) -> Callable[[], None]:
        """Call ``on_event`` for each event from now on; the result ends it. Missed live text comes first."""

    def watched(self, design: str) -> bool:
        """Whether anybody may be watching, so that live text is worth sending."""

    def watchers(self) -> int:
        """How many watch in this process."""

    def answers(self) -> bool:
        """Whether events reach other processes at the moment; may take a second."""

    def close(self) -> None: ...
