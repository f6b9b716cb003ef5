"""The wall clock, and what it skipped: while the machine slept, or when somebody set it.

Rows hold times of the wall clock, and a process measures what it waits for by another that only ever goes on. When the
two disagree about how much time has passed, nothing was done in it: whoever sweeps next makes up for it in the database
(``designs.services.beats``), and until this process has seen that ``now`` goes on as before.
"""

from __future__ import annotations

import time


class Clock:
    """This process's. Thread-safe, as a float is read and written at once."""

    def __init__(self) -> None:
        self._ahead = self._offset()

    def now(self) -> float:
        """Unix seconds, without what was skipped since the last ``mind``; by a clock that was set back at once, because
        another process may have made up for that already."""
        return min(time.monotonic() + self._ahead, time.time())

    def skipped(self) -> float:
        """Seconds that the wall clock has skipped and nobody has made up for; less than none when it was set back."""
        return self._offset() - self._ahead

    def mind(self) -> None:
        """What was skipped has been made up for."""
        self._ahead = self._offset()

    @staticmethod
    def _offset() -> float:
        return time.time() - time.monotonic()
