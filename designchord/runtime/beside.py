"""What other processes write to the same SQLite file: they share no memory, so nothing rings here when they do."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol

import structlog

from designchord.designs import selectors
from designchord.designs.connections import release_connection
from designchord.errors import outcome_of

log = structlog.get_logger("designchord.beside")

#: Seconds between two looks while somebody watches.
LOOK_SECONDS = 1.0


class Watched(Protocol):
    """What it needs of a stream: ``events.memory``."""

    def designs(self) -> list[str]: ...

    def catch_up(self, stored: Mapping[str, int]) -> None: ...


class Beside:
    """Looks in a thread of its own, in one query for all that is watched, and asks nothing while nobody watches."""

    def __init__(self, stream: Watched) -> None:
        self._stream = stream
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="beside", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(LOOK_SECONDS)

    def _look_on(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            watched = self._stream.designs()
            if watched:
                outcome = outcome_of(lambda: self._stream.catch_up(selectors.last_events(watched)))  # noqa: B023
                if isinstance(outcome, Exception):  # it looks again in a moment
                    log.warning("not_looked", error=type(outcome).__name__)
                release_connection()
