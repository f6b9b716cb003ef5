"""An admission limit: a few steps compute at the same time while any number of them wait for a model.

Every step has its thread. Threads that are ready would all compete for one interpreter and for the database, so each
takes one of a few seats before it computes and gives it up while it waits.
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


class Admission:
    """At most ``seats`` threads compute at a time. Owners take turns; of one owner's threads urgent ones go first,
    otherwise whoever came first.

    Urgent is what leads to calls to a model: they take seconds and run side by side, so the sooner they are on their
    way, the sooner everything is done. A thread takes a ``seat`` and may leave it ``vacated`` for a while, as the same
    owner's; it must not do so in the middle of a transaction. ``on_vacate`` is called before a seat is given up.
    """

    def __init__(self, seats: int, *, on_vacate: Callable[[], None] | None = None) -> None:
        self._free = seats
        self._on_vacate = on_vacate
        self._lock = threading.Lock()
        self._count = itertools.count()
        #: By owner, the next one first; an owner's threads are a heap of when, in which order, and whom to let in.
        self._queues: OrderedDict[int, list[tuple[float, int, threading.Lock]]] = OrderedDict()
        self._thread = threading.local()

    @contextmanager
    def seat(self, *, urgent: bool, owner: int = 0) -> Iterator[None]:
        """Wait for a seat and keep it to the end of the block."""
        self._thread.owner = owner
        self._take(urgent)
        try:
            yield
        finally:
            self._vacate()

    @contextmanager
    def vacated(self, *, urgent: bool) -> Iterator[None]:
        """Give up this thread's seat for the block and wait for one after it; ``urgent`` is what comes then."""
        try:
            self._vacate()
            yield
        finally:
            self._take(urgent)

    def waiting(self) -> int:
        """How many threads wait for a seat."""
        with self._lock:
            return sum(map(len, self._queues.values()))

    def _take(self, urgent: bool) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            due = time.monotonic() + (0.0 if urgent else BEHIND_SECONDS)
            queue = self._queues.setdefault(self._thread.owner, [])
            heapq.heappush(queue, (due, next(self._count), turn))
        turn.acquire()  # whoever leaves hands its seat over by letting go of it

    def _vacate(self) -> None:
        try:
            if self._on_vacate is not None:
                self._on_vacate()
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
