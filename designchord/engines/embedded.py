"""Steps in threads of this process: the engine of the embedded mode."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from designchord.errors import Unavailable


class EmbeddedEngine:
    """``Engine`` on a thread pool. Most threads wait for models, so there may be many more than cores.

    Owners take turns, and a few threads are beyond what one owner may have at a time: so whoever comes after a flood
    neither waits behind it nor for one of its steps to end. What was enqueued and not begun when the process ends is
    found by the sweeper of the next one.
    """

    def __init__(self, *, handle: Callable[[int], None], concurrency: int, per_owner: int | None = None) -> None:
        self._handle = handle
        self._per_owner = per_owner or concurrency
        self._threads = max(concurrency, self._per_owner + max(1, self._per_owner // 8))
        self._lock = threading.Condition()
        self._pool: ThreadPoolExecutor | None = None
        self._pending: set[int] = set()
        self._queues: OrderedDict[int, deque[int]] = OrderedDict()  # by owner; whose turn it is comes first
        self._running: Counter[int] = Counter()

    def start(self) -> None:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="step")

    def answers(self) -> bool:
        return self._pool is not None

    def waiting(self) -> int:
        return len(self._pending)

    def enqueue(self, steps: Iterable[int], *, owner: int = 0) -> None:
        with self._lock:
            if self._pool is None:
                raise Unavailable("Steps are not being run in this process at the moment.")
            for step in steps:
                if step not in self._pending:  # the sweeper may hand over again what still waits in this queue
                    self._pending.add(step)
                    self._queues.setdefault(owner, deque()).append(step)
            self._begin()

    def stop(self, grace: float) -> None:
        """Wait for running steps up to ``grace`` seconds; threads still waiting for a model do not hold the process."""
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is None:
                return
            self._pending.clear()
            self._queues.clear()
            pool.shutdown(wait=False)
            self._lock.wait_for(lambda: not self._running.total(), grace)

    def _begin(self) -> None:
        """Begin what there is a thread for. Under the lock."""
        while self._pool is not None and self._running.total() < self._threads:
            owner = next((owner for owner in self._queues if self._running[owner] < self._per_owner), None)
            if owner is None:
                return
            queue = self._queues.pop(owner)
            step = queue.popleft()
            if queue:
                self._queues[owner] = queue  # at the end: the others come first
            self._pending.discard(step)  # from here on the same step may be asked for again
            self._running[owner] += 1
            self._pool.submit(self._run, owner, step)

    def _run(self, owner: int, step: int) -> None:
        try:
            self._handle(step)
        finally:
            with self._lock:
                self._running[owner] -= 1
                if not self._running[owner]:
                    del self._running[owner]
                self._begin()
                self._lock.notify_all()
