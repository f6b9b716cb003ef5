"""Letting go of the database while a thread waits for something else."""

from __future__ import annotations

from django.db import connection


def release_connection() -> None:
    """Hand this thread's connection back, outside any transaction.

    PostgreSQL's goes to the pool, where others wait for it. Nobody waits for a thread's connection to SQLite, and
    opening one costs as much as several queries, so it is kept; it holds no lock between transactions.
    """
    if connection.vendor != "sqlite":
        connection.close()
