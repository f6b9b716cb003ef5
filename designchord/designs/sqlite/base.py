"""SQLite for a process of many threads: they lend each other connections, and writers take turns.

SQLite waits for another writer by trying again after ever longer pauses, in no order: of several hundred threads some
got nothing for longer than its timeout and gave up, and each pause was time in which nobody wrote. So inside the
process they take turns instead of knocking at the file's lock all at once. Other processes are met by SQLite's own
waiting, as ever.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

from django.db.backends.sqlite3 import base, features

from designchord.designs.sqlite.pool import POOL, Opened

#: Seconds after which a thread tries without its turn; SQLite then decides.
TURN_SECONDS = 20.0

_turn = threading.Lock()


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (3, 35)  # the first with RETURNING


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection, for as long as it needs one. It has its turn while it opens and closes the file, and from
    the beginning of a write to the end of the transaction."""

    features_class = DatabaseFeatures
    _has_turn = False
    _keeps_turn = False
    _opened: Opened | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cursors: WeakSet[Cursor] = WeakSet()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """One from the pool, or a new one, opened in turn: who opens the write-ahead log is refused while the last of
        the others puts it away."""
        path, settings = Path(conn_params["database"]), repr(self.settings_dict["OPTIONS"])
        self._opened = Opened.at(path, settings)
        pooled = POOL.take(self._opened, writing=self._keeps_turn) if self._opened is not None else None
        if pooled is not None:
            return pooled
        self.take_turn()
        try:
            opened = super().get_new_connection(conn_params)
        finally:
            self.end_turn()
        self._opened = Opened.at(path, settings)
        return opened

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        self._cursors.add(cursor)
        return cursor

    def take_turn(self) -> None:
        if not self._has_turn:
            self._has_turn = _turn.acquire(timeout=TURN_SECONDS)

    def end_turn(self) -> None:
        """Let the next one write, unless there is a transaction to finish first."""
        if self._has_turn and not self._keeps_turn and not (self.connection and self.connection.in_transaction):
            self._has_turn = False
            _turn.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write on the connection that wrote last, whoever had it: another would have to read anew what that one did.

        So the turn is taken before the connection, and given up after it.
        """
        if self.in_atomic_block or self._keeps_turn:
            yield
            return
        self.close()
        self.take_turn()
        self._keeps_turn = True
        try:
            yield
        finally:
            self.close()
            self._keeps_turn = False
            self.end_turn()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            self.end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self.end_turn()

    def _close(self) -> None:
        """Give the connection back; close it when nobody should get it as it is, or when there are enough."""
        for cursor in list(self._cursors):  # one that was not read to its end would show its moment to the next one
            cursor.close()
        self._cursors.clear()  # one that somebody still holds belongs to this connection, not to the next
        surplus = self.connection
        if self._opened is not None and not (self.errors_occurred or surplus.in_transaction):
            surplus = POOL.give(self._opened, surplus, writing=self._keeps_turn)
        try:
            if surplus is not None:
                self.take_turn()
                with self.wrap_database_errors:
                    surplus.close()
        finally:
            if self._has_turn:
                self._has_turn = False
                _turn.release()


class Cursor(base.SQLiteCursorWrapper):
    """Takes its connection's turn before whatever may write outside a transaction, ``BEGIN`` included."""

    database: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        if self.connection.in_transaction or query.startswith(("SELECT", "PRAGMA")):
            return super().execute(query, params)
        self.database.take_turn()
        try:
            return super().execute(query, params)
        finally:
            if self.description is None:  # else the write is committed when its rows have been read
                self.database.end_turn()

    def close(self) -> None:
        super().close()
        self.database.end_turn()

    def convert_query(self, query: str, *, param_names: Sequence[str] | None = None) -> str:
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _with_question_marks(query)


@lru_cache(maxsize=1024)
def _with_question_marks(query: str) -> str:
    """SQLite's placeholders in place of Django's."""
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
