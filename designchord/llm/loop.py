"""One asyncio loop in a thread of its own per process, where all model calls run."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from designchord.llm.sessions import close_sessions

T = TypeVar("T")


class _LoopThread:
    """A running loop; ends with the process."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="model-calls", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.loop.close()

    def stop(self, grace: float) -> None:
        if self.loop.is_running():
            asyncio.run_coroutine_threadsafe(_wind_up(), self.loop).result(grace)
            self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(grace)


_lock = threading.Lock()
_thread: _LoopThread | None = None


def run(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Start ``work`` on the shared loop. Cancelling the future cancels the work."""
    global _thread
    with _lock:
        if _thread is None:
            _thread = _LoopThread()
        return asyncio.run_coroutine_threadsafe(work, _thread.loop)


def stop(grace: float = 5.0) -> None:
    """Cancel what runs, close the connections, end the thread; a later ``run`` starts a new one."""
    global _thread
    with _lock:
        thread, _thread = _thread, None
    if thread is not None:
        thread.stop(grace)


async def _wind_up() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await close_sessions()


def _forget() -> None:
    """A forked child has the variable but not the thread."""
    global _lock, _thread
    _lock, _thread = threading.Lock(), None


os.register_at_fork(after_in_child=_forget)
