"""Why the database refused, in words that send its operator to the right place. What it said itself stays unsaid."""

from __future__ import annotations

import sqlite3

from django.db import Error, connection

from designchord.errors import Unavailable

_FULL = "There is no space left for the database {place}: make some."
_DAMAGED = "{place} is damaged, or no database of SQLite: put a backup in its place."
_CLOSED = "The database {place} cannot be opened or written: check its folder, whose it is and its permissions."
_BUSY = "Another process keeps the database {place} to itself for longer than one can wait."
_AWAY = "The database does not answer. Check DESIGNCHORD_DATABASE_URL."

#: By SQLite's primary result codes.
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_IOERR: _CLOSED,
    sqlite3.SQLITE_BUSY: _BUSY,
}


#: PostgreSQL's code for the same.
_PG_FULL = "53100"

#: What people are told who cannot do anything about it. Where the database is, is none of their business.
AWAY = "The database does not answer at the moment. Try again."
FULL = "There is no space left to store anything here. Nothing is lost; try again when there is."


def told(error: Error) -> Unavailable:
    """The same for whoever sent a request."""
    full = _sqlite_code(error.__cause__) == sqlite3.SQLITE_FULL or getattr(error.__cause__, "sqlstate", "") == _PG_FULL
    return Unavailable(FULL, code="no_space") if full else Unavailable(AWAY)


def trouble(error: Error) -> Unavailable:
    """What to tell about an error of the default database."""
    code = _sqlite_code(error.__cause__)
    if code is not None:
        return Unavailable(_OF_SQLITE.get(code, _AWAY).format(place=connection.settings_dict["NAME"]))
    return Unavailable(_AWAY)


def _sqlite_code(cause: BaseException | None) -> int | None:
    """SQLite's primary result code; None for an error of another database."""
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF if isinstance(cause, sqlite3.Error) else None
