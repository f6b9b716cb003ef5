"""SQLite for a process of many threads: they lend each other connections, and those that write much use one of them.

Everything else is Django's: a transaction takes the file's lock when it begins (IMMEDIATE), and whoever comes meanwhile
is met by SQLite's own waiting. Reads wait for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from weakref import WeakSet

from django.db.backends.sqlite3 import base, features

from designchord.designs.sqlite.pool import POOL, Opened

#: Held by whoever writes on the shared connection.
_writing = threading.Lock()

#: Held while the file is opened or closed: who opens the write-ahead log is refused while the last of the others puts
#: it away.
_opening = threading.Lock()


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (3, 35)  # the first with RETURNING


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection, for as long as it needs one."""

    features_class = DatabaseFeatures
    _is_writing = False
    _opened: Opened | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cursors: WeakSet[Cursor] = WeakSet()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """One from the pool, or a new one."""
        path, settings = str(conn_params["database"]), repr(self.settings_dict["OPTIONS"])
        self._opened = Opened.at(path, settings)
        pooled = POOL.take(self._opened, writing=self._is_writing) if self._opened is not None else None
        if pooled is not None:
            return pooled
        with _opening:
            opened = super().get_new_connection(conn_params)
        self._opened = Opened.at(path, settings)
        return opened

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        self._cursors.add(cursor)
        return cursor

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write on the connection that wrote last, whoever had it: another has to read anew what that one did."""
        if self.in_atomic_block or self._is_writing:
            yield
            return
        self.close()
        with _writing:
            self._is_writing = True
            try:
                yield
            finally:
                self.close()
                self._is_writing = False

    def _close(self) -> None:
        """Give the connection back; close it when nobody should get it as it is, or when there are enough."""
        for cursor in list(self._cursors):  # one that was not read to its end would show its moment to the next one
            cursor.close()
        self._cursors.clear()  # one that somebody still holds belongs to this connection, not to the next
        surplus = self.connection
        if self._opened is not None and not (self.errors_occurred or surplus.in_transaction):
            surplus = POOL.give(self._opened, surplus, writing=self._is_writing)
        if surplus is not None:
            with _opening, self.wrap_database_errors:
                surplus.close()


class Cursor(base.SQLiteCursorWrapper):
    """Remembers how a statement is written for SQLite, which Django works out each time."""

    def convert_query(self, query: str, *, param_names: Sequence[str] | None = None) -> str:
        return (
            super().convert_query(query, param_names=param_names)
            if param_names is not None
            else _with_question_marks(query)
        )


@lru_cache(maxsize=1024)
def _with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
