"""Many threads of one process write to one SQLite file: all of them get their turn, in transactions and without."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler

from designchord.djangoconf import database_settings

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, WRITES = 40, 8


def test_every_writer_of_a_process_gets_its_turn(tmp_path: Path) -> None:
    settings = database_settings(f"sqlite:///{tmp_path / 'turns.sqlite3'}")
    settings["OPTIONS"]["timeout"] = 0  # nobody waits at the file: whoever comes out of turn fails
    connections = ConnectionHandler({"default": settings})
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE counter (value integer)")
        cursor.execute("INSERT INTO counter VALUES (0)")
    connections["default"].close()

    def write(number: int) -> None:
        connection = connections["default"]
        try:
            for _ in range(WRITES):
                if number % 2:
                    with connection.cursor() as cursor:
                        cursor.execute("UPDATE counter SET value = value + 1")
                    continue
                connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
                with connection.cursor() as cursor:
                    (value,) = cursor.execute("SELECT value FROM counter").fetchone()
                    cursor.execute("UPDATE counter SET value = %s", [value + 1])
                connection.commit()
                connection.set_autocommit(True)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with connections["default"].cursor() as cursor:
        assert cursor.execute("SELECT value FROM counter").fetchone() == (WRITERS * WRITES,)
    connections["default"].close()
