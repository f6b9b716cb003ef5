"""Steps in threads of this process: the engine of the embedded mode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future as Pending
from concurrent.futures import ThreadPoolExecutor, wait

from designchord.errors import Unavailable


class EmbeddedEngine:
    """``Engine`` on a thread pool. Most threads wait for models, so there may be many more than cores.

    What was enqueued and not begun when the process ends is found by the sweeper of the next one.
    """

    def __init__(self, *, handle: Callable[[int], None], concurrency: int) -> None:
        self._handle = handle
        self._concurrency = concurrency
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._pending: dict[int, Pending[None]] = {}

    def start(self) -> None:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="step")

    def answers(self) -> bool:
        return self._pool is not None

    def enqueue(self, steps: Iterable[int]) -> None:
        with self._lock:
            if self._pool is None:
                raise Unavailable("Steps are not being run in this process at the moment.")
            for step in steps:
                if step not in self._pending:  # the sweeper may hand over again what still waits in this queue
                    self._pending[step] = self._pool.submit(self._run, step)

    def stop(self, grace: float) -> None:
        """Wait for running steps up to ``grace`` seconds; threads still waiting for a model do not hold the process."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.shutdown(wait=False, cancel_futures=True)
        wait(tuple(self._pending.values()), timeout=grace)

    def _run(self, step: int) -> None:
        with self._lock:  # from here on the same step may be asked for again
            self._pending.pop(step, None)
        self._handle(step)
