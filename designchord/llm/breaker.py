"""Stops calling a provider that is down, so that nobody waits for it, and tries it again from time to time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Closed: calls pass. Open: none passes for ``rest`` seconds, longer each time. Then one call passes on trial.

    Opens after ``failures`` failed calls in a row; any answer closes it. Each call that passed reports how it went, in
    the thread in which it passed.
    """

    def __init__(
        self,
        failures: int = 5,
        rest: float = 10.0,
        longest: float = 120.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threshold, self._first_rest, self._longest, self._clock = failures, rest, longest, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._rest = rest
        self._open_until: float | None = None
        self._trial: int | None = None  # the thread whose call is on trial

    def wait(self) -> float:
        """Seconds until a call may pass; 0 lets this call pass, and it must be reported by ``report``."""
        with self._lock:
            if self._open_until is None:
                return 0.0
            left = self._open_until - self._clock()
            if left > 0:
                return left
            if self._trial is not None:
                return min(1.0, self._rest)
            self._trial = threading.get_ident()
            return 0.0

    def report(self, *, up: bool | None) -> None:
        """How a call went: the provider is up, is down, or the call tells nothing (``None``)."""
        with self._lock:
            tried = self._trial == threading.get_ident()
            if tried:
                self._trial = None
            if up:
                self._failed, self._rest, self._open_until = 0, self._first_rest, None
            elif up is False:
                self._failed += 1
                if tried or (self._open_until is None and self._failed >= self._threshold):
                    self._open_until = self._clock() + self._rest
                    self._rest = min(self._longest, self._rest * 2)
