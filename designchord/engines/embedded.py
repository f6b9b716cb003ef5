"""Steps in threads of this process: the engine of the embedded mode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from concurrent.futures import Future as Pending

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
        self._pending: set[Pending[None]] = set()

    def start(self) -> None:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="step")

    def enqueue(self, steps: Iterable[int]) -> None:
        with self._lock:
            if self._pool is None:
                raise Unavailable("Steps are not being run in this process at the moment.")
            for step in steps:
                pending = self._pool.submit(self._handle, step)
                self._pending.add(pending)
                pending.add_done_callback(self._forget)

    def stop(self, grace: float) -> None:
        """Wait for running steps up to ``grace`` seconds; threads still waiting for a model do not hold the process."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.shutdown(wait=False, cancel_futures=True)
        wait(tuple(self._pending), timeout=grace)

    def _forget(self, pending: Pending[None]) -> None:
        self._pending.discard(pending)
