"""How work that waits is told that it is no longer wanted."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any, TypeVar

from designchord.errors import Stopped

T = TypeVar("T")


class Stop:
    """Said once, from any thread. Whoever works waits with ``wait`` and is woken when it is said."""

    __slots__ = ("_lock", "_said", "_waited")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said = False
        self._waited: Future[Any] | None = None

    def said(self) -> bool:
        return self._said

    def say(self) -> None:
        with self._lock:
            self._said = True
            waited = self._waited
        if waited is not None:
            waited.cancel()

    def check(self) -> None:
        """Raises ``Stopped`` when it was said."""
        if self._said:
            raise Stopped

    def wait(self, future: Future[T], seconds: float) -> T:
        """The future's result. Raises ``TimeoutError`` after ``seconds``, and ``Stopped`` when it is cancelled."""
        with self._lock:
            self._waited = future
        try:
            self.check()
            return future.result(max(0.0, seconds))
        except CancelledError:
            raise Stopped from None
        finally:
            with self._lock:
                self._waited = None

    def pause(self, seconds: float) -> None:
        """Wait for nothing but the time, or the stop."""
        nothing: Future[None] = Future()
        with suppress(TimeoutError):
            self.wait(nothing, seconds)
