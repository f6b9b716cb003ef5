"""Reports of designs under way: shown while models elaborate, and made beside them, because nobody waits for one.

A call that begins later ends later, so calls come first. A design that has ended by the time its turn comes has its own
report, and needs none of these.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from designchord.designs.connections import release_connection
from designchord.errors import outcome_of

log = structlog.get_logger("designchord.meanwhile")

#: Designs that may wait for theirs; of more, the newest go without until they end.
MOST: Final = 2000


class Meanwhile:
    """Makes one report after the other in a thread that is there while there are some to make."""

    def __init__(self, make: Callable[[UUID], None]) -> None:
        self._make = make
        self._waiting: deque[UUID] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, design: UUID) -> None:
        """Have a report made of a design that is stored."""
        with self._lock:
            if len(self._waiting) >= MOST:
                return
            self._waiting.append(design)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="meanwhile", daemon=True)
                self._thread.start()

    def stop(self, grace: float) -> None:
        """Make no more; wait up to ``grace`` seconds for the one that is being made."""
        with self._lock:
            self._waiting.clear()
            thread = self._thread
        if thread is not None:
            thread.join(grace)

    def _next(self) -> UUID | None:
        with self._lock:
            if not self._waiting:
                self._thread = None
                return None
            return self._waiting.popleft()

    def _run(self) -> None:
        while (design := self._next()) is not None:
            outcome = outcome_of(partial(self._make, design))
            if isinstance(outcome, Exception):  # it has one when it ends
                log.warning("not_reported", design=str(design), error=type(outcome).__name__)
            release_connection()
