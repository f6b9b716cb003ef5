"""Steps in threads of this process: the engine of the embedded mode."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable

from designchord.errors import Unavailable

#: Seconds after which a thread that has nothing to do ends.
IDLE_SECONDS = 5.0


class EmbeddedEngine:
    """``Engine`` on threads, made when needed. Most of them wait for models, so there may be thousands.

    Owners take turns, and a few threads are beyond what one owner may have at a time: so whoever comes after a flood
    neither waits behind it nor for one of its steps to end. What was enqueued and not begun when the process ends is
    found by the sweeper of the next one.
    """

    def __init__(self, *, handle: Callable[[int, int], None], concurrency: int) -> None:
        self._handle = handle
        self._per_owner = concurrency
        self._most = concurrency + max(1, concurrency // 8)
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # there is something to begin, or this is over
        self._rest = threading.Condition(self._lock)  # nothing runs any more
        self._started = False
        self._threads = 0
        self._busy = 0
        self._pending: set[int] = set()
        self._queues: OrderedDict[int, deque[int]] = OrderedDict()  # by owner; whose turn it is comes first
        self._running: Counter[int] = Counter()

    def start(self) -> None:
        with self._lock:
            self._started = True

    def answers(self) -> bool:
        return self._started

    def waiting(self) -> int:
        return len(self._pending)

    def enqueue(self, steps: Iterable[int], *, owner: int = 0) -> None:
        with self._lock:
            if not self._started:
                raise Unavailable("Steps are not being run in this process at the moment.")
            new = [step for step in steps if step not in self._pending]  # the sweeper may hand over what waits here
            if new:
                self._pending.update(new)
                self._queues.setdefault(owner, deque()).extend(new)
            self._work.notify(len(new))
            missing = min(self._startable() - (self._threads - self._busy), self._most - self._threads)
            self._threads += max(0, missing)
        self._start_threads(missing)

    def stop(self, grace: float) -> None:
        """Wait for running steps up to ``grace`` seconds; threads still waiting for a model do not hold the process."""
        with self._lock:
            self._started = False
            self._pending.clear()
            self._queues.clear()
            self._work.notify_all()
            self._rest.wait_for(lambda: not self._busy, grace)

    def _startable(self) -> int:
        """How many steps a free thread could take. Under the lock."""
        return sum(min(len(queue), self._per_owner - self._running[owner]) for owner, queue in self._queues.items())

    def _start_threads(self, count: int) -> None:
        for started in range(count):
            try:
                threading.Thread(target=self._run, name="step", daemon=True).start()
            except RuntimeError:  # the machine allows no more: those that there are take what waits
                with self._lock:
                    self._threads -= count - started
                    if not self._threads:
                        raise Unavailable("This machine starts no more threads.") from None
                return

    def _run(self) -> None:
        try:
            while (turn := self._next()) is not None:
                owner, step = turn
                try:
                    self._handle(step, owner)
                finally:
                    self._end(owner)
        finally:
            with self._lock:
                self._threads -= 1

    def _next(self) -> tuple[int, int] | None:
        """A step and its owner, as soon as there is one for this thread; None when the thread is to end."""
        with self._lock:
            while (turn := self._begin()) is None and self._started:
                if not self._work.wait(IDLE_SECONDS):
                    return self._begin()
            return turn

    def _begin(self) -> tuple[int, int] | None:
        """Take a step of the first owner who may have another one. Under the lock."""
        owner = next((owner for owner in self._queues if self._running[owner] < self._per_owner), None)
        if owner is None:
            return None
        queue = self._queues.pop(owner)
        step = queue.popleft()
        if queue:
            self._queues[owner] = queue  # at the end: the others come first
        self._pending.discard(step)  # from here on the same step may be asked for again
        self._running[owner] += 1
        self._busy += 1
        return owner, step

    def _end(self, owner: int) -> None:
        with self._lock:
            self._running[owner] -= 1
            if not self._running[owner]:
                del self._running[owner]
            self._busy -= 1
            if not self._busy:
                self._rest.notify_all()
