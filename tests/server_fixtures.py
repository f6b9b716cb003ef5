"""Fixtures of private servers, and of the database that a test runs on. One set of servers for a process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import POSTGRES, RABBITMQ, PostgreSQL, RabbitMQ, Redis


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    if not RABBITMQ.exists():
        pytest.skip("rabbitmq-server is not installed")
    with RabbitMQ() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    with Redis() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    if not POSTGRES.exists():
        pytest.skip("postgresql is not installed")
    with PostgreSQL() as server:
        yield server


_DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]


@pytest.fixture(scope="module", params=_DATABASES)
def empty_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[str]:
    """Django's default database is, for a module, a fresh one of each kind, without any table; its URL."""
    from django.db import connections

    from designchord.djangoconf import database_settings

    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'designchord.sqlite3'}"
        drop = None
    else:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        name = f"module_{os.getpid()}_{abs(hash(request.node.nodeid))}"
        url, drop = server.create_database(name), lambda: server.drop_database(name)
    previous, previous_connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = connections.configure_settings({"default": database_settings(url)})["default"]
    del connections["default"]
    with django_db_blocker.unblock():
        yield url
        _close(connections["default"])
    connections.settings["default"] = previous
    connections["default"] = previous_connection
    if drop is not None:
        drop()


@pytest.fixture(scope="module")
def migrated(empty_database: str) -> str:
    """The module's database with all migrations applied."""
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0, interactive=False)
    connections["default"].close()
    return empty_database


@pytest.fixture
def database(migrated: str) -> Iterator[str]:
    """The module's database, empty; its URL. Any thread may use it."""
    from django.db import connection

    from designchord.designs.models import Owner

    Owner.objects.all().delete()
    yield migrated
    connection.close()


def _close(connection: Any) -> None:
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
