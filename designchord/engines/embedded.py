"""Steps in threads of this process: the engine of the embedded mode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from designchord.errors import Unavailable


class EmbeddedEngine:
    """``Engine`` on a thread pool. Most threads wait for models, so there may be many more than cores.

    What was enqueued and not begun when the process ends is found by the sweeper of the next one.
    """

    def __init__(self, *, handle: Callable[[int], None], concurrency: int) -> None:
        self._handle = handle
        self._concurrency = concurrency
        self._lock = threading.Condition()
        self._pool: ThreadPoolExecutor | None = None
        self._pending: set[int] = set()
        self._running = 0

    def start(self) -> None:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="step")

    def answers(self) -> bool:
        return self._pool is not None

    def waiting(self) -> int:
        return len(self._pending)

    def enqueue(self, steps: Iterable[int]) -> None:
        with self._lock:
            if self._pool is None:
                raise Unavailable("Steps are not being run in this process at the moment.")
            for step in steps:
                if step not in self._pending:  # the sweeper may hand over again what still waits in this queue
                    self._pending.add(step)
                    self._pool.submit(self._run, step)

    def stop(self, grace: float) -> None:
        """Wait for running steps up to ``grace`` seconds; threads still waiting for a model do not hold the process."""
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is None:
                return
            pool.shutdown(wait=False, cancel_futures=True)
            self._pending.clear()
            self._lock.wait_for(lambda: not self._running, grace)

    def _run(self, step: int) -> None:
        with self._lock:  # from here on the same step may be asked for again
            if step not in self._pending:  # stopped between the queue and here
                return
            self._pending.discard(step)
            self._running += 1
        try:
            self._handle(step)
        finally:
            with self._lock:
                self._running -= 1
                self._lock.notify_all()
