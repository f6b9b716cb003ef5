"""SQLite whose writers take turns inside the process, instead of knocking at the file's lock all at once.

SQLite waits by trying again after ever longer pauses, in no order: of several hundred threads some got nothing for
longer than its timeout and gave up, and each pause was time in which nobody wrote. Other processes are met by SQLite's
own waiting, as ever.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db.backends.sqlite3 import base

#: Seconds after which a thread tries without its turn; SQLite then decides.
TURN_SECONDS = 20.0

_turn = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection. It has its turn while it opens and closes, and from the beginning of a write to the end of
    the transaction."""

    _has_turn = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open in turn, too: who opens the write-ahead log is refused while the last of the others puts it away."""
        self.take_turn()
        try:
            return super().get_new_connection(conn_params)
        finally:
            self.end_turn()

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    def take_turn(self) -> None:
        if not self._has_turn:
            self._has_turn = _turn.acquire(timeout=TURN_SECONDS)

    def end_turn(self) -> None:
        """Let the next one write, unless there is a transaction to finish first."""
        if self._has_turn and not (self.connection is not None and self.connection.in_transaction):
            self._has_turn = False
            _turn.release()

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
        self.take_turn()
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
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
            self.database.end_turn()
