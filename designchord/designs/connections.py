"""Letting go of the database while a thread waits for something else."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from django.db import DEFAULT_DB_ALIAS, connection, connections


def release_connection() -> None:
    """Hand this thread's connection back to the pool, outside any transaction: others may be waiting for one."""
    connection.close()


def writing() -> AbstractContextManager[None]:
    """For a write that every step makes, alone or as a transaction: on SQLite all of these share one connection, one
    after another, whose cache knows what the others wrote."""
    lent: AbstractContextManager[None] = getattr(connections[DEFAULT_DB_ALIAS], "writing", nullcontext)()
    return lent
