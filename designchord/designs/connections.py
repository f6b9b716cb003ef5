"""Letting go of the database while a thread waits for something else."""

from __future__ import annotations

from django.db import connection


def release_connection() -> None:
    """Hand this thread's connection back to the pool, outside any transaction: others may be waiting for one."""
    connection.close()
