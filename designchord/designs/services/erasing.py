"""Deleting for good: what is gone from the tables is gone from the files as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def erasing() -> Iterator[None]:
    """A transaction whose deletions leave no text behind.

    SQLite overwrites what it deletes (``secure_delete``, on every connection), and here its log is emptied, too;
    PostgreSQL clears deleted rows with its own vacuum.
    """
    with transaction.atomic():
        yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
