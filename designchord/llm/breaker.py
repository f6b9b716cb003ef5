"""Stops calling a model that is down, so that nobody waits for it, and tries it again from time to time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from designchord.errors import ModelError


class Breaker:
    """Closed: calls pass. Open: none passes for ``rest`` seconds, longer each time. Then one call passes on trial.

    Opens after ``failures`` failed calls in a row; any answer closes it. While all of them were one owner's, it is open
    for that owner alone: what is wrong may be what they ask. Each call that passed reports how it went, in the thread
    in which it passed. ``reason`` is the failure that it last opened for. ``nobody`` answers at the model's address: so
    somebody found who tried for long enough. That is tried again at the same pace, because it costs nothing.
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
        self._failed = Counter[str]()
        self._rest = rest
        self._open_until: float | None = None
        self._for_all = False
        self._trial: int | None = None  # the thread whose call is on trial
        self.reason: ModelError | None = None
        self.failed_trials = 0
        self.nobody = False

    def wait(self, owner: str = "") -> float:
        """Seconds until a call may pass; 0 lets this call pass, and it must be reported by ``report``."""
        with self._lock:
            if self._open_until is None or not (self._for_all or self._failed[owner]):
                return 0.0
            left = self._open_until - self._clock()
            if left > 0:
                return left
            if self._trial is not None:
                return min(1.0, self._rest)
            self._trial = threading.get_ident()
            return 0.0

    def report(self, owner: str = "", *, up: bool | None, error: ModelError | None = None) -> None:
        """How a call went: the model is up, is down, or the call tells nothing (``None``)."""
        with self._lock:
            tried = self._trial == threading.get_ident()
            if tried:
                self._trial = None
            if up:
                self._failed.clear()
                self._rest, self._open_until, self._for_all, self.nobody = self._first_rest, None, False, False
            elif up is False:
                self._failed[owner] += 1
                self._for_all = self._for_all or len(self._failed) > 1
                self.failed_trials += tried
                if tried or (self._open_until is None and self._failed.total() >= self._threshold):
                    self._open(error)

    def give_up(self, error: ModelError) -> None:
        """Nobody answers at the model's address, as often as it was tried: leave it alone for a while, whoever asks."""
        with self._lock:
            self._for_all = self.nobody = True
            self._rest = self._first_rest
            self._open(error)

    def _open(self, error: ModelError | None) -> None:
        self._open_until = self._clock() + self._rest
        if not self.nobody:
            self._rest = min(self._longest, self._rest * 2)
        self.reason = error
