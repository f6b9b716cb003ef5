"""Threads lend each other connections to SQLite, and nobody notices that there was somebody before."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from designchord.djangoconf import database_settings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lent.sqlite3"


@pytest.fixture
def connections(file: Path) -> Iterator[ConnectionHandler]:
    handler = ConnectionHandler({"default": database_settings(f"sqlite:///{file}")})
    run(handler, "CREATE TABLE word (text varchar(20))")
    run(handler, "INSERT INTO word VALUES ('first'), ('second')")
    handler["default"].close()
    yield handler
    handler["default"].close()


def run(connections: ConnectionHandler, sql: str) -> list[Any]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_a_thread_gets_the_connection_that_another_has_given_back(connections: ConnectionHandler) -> None:
    def use(_: int) -> Any:
        assert len(run(connections, "SELECT * FROM word")) == 2
        used = connections["default"].connection
        connections["default"].close()
        return used

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        assert one.submit(use, 1).result() is other.submit(use, 2).result()


def test_two_at_the_same_moment_have_two(connections: ConnectionHandler) -> None:
    run(connections, "SELECT * FROM word")

    def use() -> Any:
        run(connections, "SELECT * FROM word")
        used = connections["default"].connection
        connections["default"].close()
        return used

    with ThreadPoolExecutor(1) as other:
        assert other.submit(use).result() is not connections["default"].connection


def test_writers_at_the_same_moment_use_one_connection_one_after_another(connections: ConnectionHandler) -> None:
    rounds = 20
    together = threading.Barrier(4)

    def write(number: int) -> list[int]:
        used = []
        for _ in range(rounds):
            run(connections, "SELECT * FROM word")  # on a connection that it keeps
            together.wait(10)
            with connections["default"].writing():
                run(connections, f"INSERT INTO word VALUES ('{number}')")
                used.append(id(connections["default"].connection))
            together.wait(10)
        connections["default"].close()
        return used

    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(write, range(4)))

    assert [len(set(each)) for each in zip(*used, strict=True)] == [1] * rounds
    assert len(run(connections, "SELECT * FROM word")) == 2 + 4 * rounds


def test_what_an_open_transaction_wrote_is_not_passed_on(connections: ConnectionHandler) -> None:
    connection = connections["default"]
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    run(connections, "INSERT INTO word VALUES ('third')")
    connection.close()

    assert run(connections, "SELECT text FROM word") == [("first",), ("second",)]
    assert not connection.connection.in_transaction


def test_rows_that_nobody_read_do_not_hold_the_next_one_to_their_moment(connections: ConnectionHandler) -> None:
    cursor = connections["default"].cursor()
    cursor.execute("SELECT text FROM word")
    assert cursor.fetchone() == ("first",)

    def add() -> None:
        run(connections, "INSERT INTO word VALUES ('third')")
        connections["default"].close()

    with ThreadPoolExecutor(1) as other:
        other.submit(add).result()
    connections["default"].close()

    assert len(run(connections, "SELECT text FROM word")) == 3


def test_a_file_that_took_the_place_of_another_is_opened_anew(connections: ConnectionHandler, file: Path) -> None:
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()

    assert run(connections, "SELECT name FROM sqlite_master") == []


def test_a_forked_process_opens_its_own(connections: ConnectionHandler, file: Path) -> None:
    script = f"""
import os
import django
from django.conf import settings
settings.configure(DATABASES={{"default": {{"ENGINE": "designchord.designs.sqlite", "NAME": {str(file)!r}}}}})
django.setup()
from django.db import connection
connection.ensure_connection()
parents = connection.connection
connection.close()
child = os.fork()
connection.ensure_connection()
if child == 0:
    os._exit(connection.connection is parents)
assert connection.connection is parents
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, timeout=60)
