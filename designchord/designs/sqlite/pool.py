"""Open connections to SQLite that nobody uses at the moment, kept for whoever comes next.

Opening one costs as much as many queries, and each has a cache of its own. So a thread that waits for a model lends its
connection to the others, and a few serve hundreds of threads.
"""

from __future__ import annotations

import atexit
import os
import sqlite3
import threading
from dataclasses import dataclass

#: Idle connections that are kept. Threads that work at the same moment may have more between them.
SIZE = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """How a connection was opened, and which file it found there: another may have taken its place since."""

    settings: str
    device: int
    inode: int

    @classmethod
    def at(cls, path: str, settings: str) -> Opened | None:
        """None when there is no such file, as with databases in memory."""
        try:
            found = os.stat(path)  # noqa: PTH116 - a Path takes five times as long, forty times a design
        except OSError:
            return None
        return cls(settings, found.st_dev, found.st_ino)


class Pool:
    """The idle connections of a process: at the end the one that wrote last, at the beginning the one that read last.
    So those in the middle have been idle for longest."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._idle: list[tuple[Opened, sqlite3.Connection]] = []
        self._parents: list[sqlite3.Connection] = []

    def take(self, opened: Opened, *, writing: bool) -> sqlite3.Connection | None:
        """One that was opened like this, to be used by nobody else until it is given back."""
        with self._lock:
            places = [place for place, (known, _) in enumerate(self._idle) if known == opened]
            return self._idle.pop(places[-1 if writing else 0])[1] if places else None

    def give(self, opened: Opened, connection: sqlite3.Connection, *, writing: bool) -> sqlite3.Connection | None:
        """Keep a connection; the one that is too many, to be closed, if there is one."""
        with self._lock:
            self._idle.insert(len(self._idle) if writing else 0, (opened, connection))
            return self._idle.pop(self._size // 2)[1] if len(self._idle) > self._size else None

    def clear(self) -> list[sqlite3.Connection]:
        """Keep none any longer; what was kept."""
        with self._lock:
            kept, self._idle = [connection for _, connection in self._idle], []
        return kept

    def abandon(self) -> None:
        """Forget all in a forked process: to use or close its parent's connections would undo the parent's locks."""
        self._lock = threading.Lock()  # nobody here could release the old one
        self._parents = self.clear()


POOL = Pool()


def _close_all() -> None:
    for connection in POOL.clear():
        connection.close()


atexit.register(_close_all)
os.register_at_fork(after_in_child=POOL.abandon)
