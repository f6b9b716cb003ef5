"""Lets a few steps work at the same time while any number of them wait.

Every step has its thread, and most threads only wait for a model. Those that have something to do would all compete
for one interpreter and for the database; so they pass here one by one, and whoever waits stands outside.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds by which work that nobody waits for lets other work go first. Not for ever: a stream of new designs must not
#: keep the old ones from being finished.
BEHIND_SECONDS = 60.0


class Turnstile:
    """``places`` threads are inside at a time. Owners take turns; of an owner's, urgent work goes first, otherwise
    whoever came first.

    Urgent is what leads to calls to a model: they take seconds and run side by side, so the sooner they are on their
    way, the sooner everything is done. A thread enters with ``working`` and may step outside with ``away``; it must not
    do so in the middle of a transaction, and comes back as the same owner's. ``on_leaving`` is called before a place is
    given up.
    """

    def __init__(self, places: int, *, on_leaving: Callable[[], None] | None = None) -> None:
        self._free = places
        self._on_leaving = on_leaving
        self._lock = threading.Lock()
        self._count = itertools.count()
        #: By owner, whose turn it is comes first; an owner's are a heap of when, in which order, and whom to let in.
        self._queues: OrderedDict[int, list[tuple[float, int, threading.Lock]]] = OrderedDict()
        self._thread = threading.local()

    @contextmanager
    def working(self, *, urgent: bool, owner: int = 0) -> Iterator[None]:
        """Wait for a place and keep it to the end of the block."""
        self._thread.owner = owner
        self._enter(urgent)
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def away(self, *, urgent: bool) -> Iterator[None]:
        """Give up this thread's place for the block; ``urgent`` is what comes after it."""
        try:
            self._leave()
            yield
        finally:
            self._enter(urgent)

    def waiting(self) -> int:
        """How many threads wait for a place."""
        with self._lock:
            return sum(map(len, self._queues.values()))

    def _enter(self, urgent: bool) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            due = time.monotonic() + (0.0 if urgent else BEHIND_SECONDS)
            queue = self._queues.setdefault(self._thread.owner, [])
            heapq.heappush(queue, (due, next(self._count), turn))
        turn.acquire()  # whoever leaves hands its place over by letting go of it

    def _leave(self) -> None:
        try:
            if self._on_leaving is not None:
                self._on_leaving()
        finally:
            with self._lock:
                if self._queues:
                    self._next().release()
                else:
                    self._free += 1

    def _next(self) -> threading.Lock:
        """Whom to let in. Under the lock."""
        owner, queue = self._queues.popitem(last=False)
        turn = heapq.heappop(queue)[2]
        if queue:
            self._queues[owner] = queue  # at the end: the others come first
        return turn
