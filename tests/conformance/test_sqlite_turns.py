"""Many threads of one process use one SQLite file: every writer gets its turn, and readers wait for none of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from designchord.djangoconf import database_settings

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, WRITES = 40, 8


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[ConnectionHandler]:
    handler = ConnectionHandler({"default": database_settings(f"sqlite:///{tmp_path / 'turns.sqlite3'}")})
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE counter (value integer)")
        cursor.execute("INSERT INTO counter VALUES (0)")
    handler["default"].close()
    yield handler
    handler["default"].close()


def test_every_writer_of_a_process_gets_its_turn(connections: ConnectionHandler) -> None:
    def write(number: int) -> None:
        connection: Any = connections["default"]
        try:
            for _ in range(WRITES):
                with connection.writing() if number % 2 else nullcontext():
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


@pytest.mark.parametrize("query", ["SELECT value FROM counter", "\n  SELECT value FROM counter", "/* a */ SELECT 1"])
def test_whoever_reads_does_not_wait_for_one_who_writes(connections: ConnectionHandler, query: str) -> None:
    in_the_middle, go_on = threading.Event(), threading.Event()

    def write() -> None:
        connection: Any = connections["default"]
        with connection.writing():
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE counter SET value = 1")
            in_the_middle.set()
            assert go_on.wait(30)
            connection.rollback()
            connection.set_autocommit(True)

    def read() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(query).fetchall()
        connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        assert in_the_middle.wait(10)
        try:
            pool.submit(read).result(10)
        finally:
            go_on.set()
        writing.result(10)
