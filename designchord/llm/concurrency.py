"""How many calls to a provider may run at once: as many as it takes without complaint, shared fairly by owners."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class _Slot:
    """A turn in the queue, and later the slot of a running call."""

    owner: str
    granted: Future[None] = field(default_factory=Future)
    round: int = 0


class ConcurrencyLimit:
    """Additive increase, multiplicative decrease; the queue goes round by owner, so nobody waits behind a flood.

    ``limit`` calls run at once; it begins at the ceiling, because until a provider complains only the number of
    workers is a bound. A rate limit or overload lowers it to seven tenths of what was running, once for all calls that
    were under way together, but not below the floor; each full round of successes raises it by one. Thread-safe.
    """

    def __init__(self, ceiling: float = 16_384, *, floor: float = 4) -> None:
        self.limit = self._ceiling = float(ceiling)
        self._floor = min(float(floor), self._ceiling)
        self._lock = threading.Lock()
        self._running = 0
        self._round = 0
        self._queues: OrderedDict[str, deque[_Slot]] = OrderedDict()

    def acquire(self, owner: str, *, wait: Callable[[Future[None]], None]) -> _Slot:
        """Take a slot, to be released. When there is none, ``wait`` is called with what says that there is one; what it
        raises (``TimeoutError``, ``Stopped``) gives it up."""
        slot = _Slot(owner)
        with self._lock:
            self._queues.setdefault(owner, deque()).append(slot)
            self._admit()
        if not slot.granted.done():
            try:
                wait(slot.granted)
            except BaseException:
                self._withdraw(slot)
                raise
        return slot

    def release(self, slot: _Slot, *, well: bool | None) -> None:
        """End a call: ``well`` it went, or the provider complained (false), or neither (``None``)."""
        with self._lock:
            running = self._running
            self._running -= 1
            if well and running >= self.limit - 1:
                self.limit = min(self._ceiling, self.limit + 1 / self.limit)
            elif well is False and slot.round == self._round:
                self.limit = max(self._floor, min(self.limit, running) * 0.7)
                self._round += 1
            self._admit()

    def _withdraw(self, slot: _Slot) -> None:
        with self._lock:
            queue = self._queues.get(slot.owner) or deque()
            if slot in queue:
                queue.remove(slot)
                if not queue:
                    del self._queues[slot.owner]
            elif not slot.granted.cancelled():
                self._running -= 1
            self._admit()

    def _admit(self) -> None:
        """Grant free slots, one per owner in turn. The lock is held."""
        while self._queues and self._running < int(self.limit):
            owner, queue = next(iter(self._queues.items()))
            slot = queue.popleft()
            if queue:
                self._queues.move_to_end(owner)
            else:
                del self._queues[owner]
            if slot.granted.set_running_or_notify_cancel():
                slot.round = self._round
                self._running += 1
                slot.granted.set_result(None)
