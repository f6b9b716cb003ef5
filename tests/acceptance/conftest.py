"""A scaled designchord for each test, on the servers of the whole run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.servers import PostgreSQL, RabbitMQ, Redis
from tests.stack import Stack


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer(pace=Pace(latency=0.5)) as server:
        yield server


@pytest.fixture
def new_stack(
    rabbitmq: RabbitMQ, redis_server: Redis, postgresql: PostgreSQL, model: ModelServer, tmp_path: Path
) -> Iterator[Callable[..., Stack]]:
    """Makes a stack that asks ``model``; whatever it started ends with the test."""
    with ExitStack() as leaving:

        def new(**options: Any) -> Stack:
            stack = Stack(
                rabbitmq=rabbitmq,
                redis_server=redis_server,
                postgresql=postgresql,
                folder=tmp_path,
                model_url=model.base_url,
                **options,
            )
            return leaving.enter_context(stack)

        yield new


@pytest.fixture
def stack(new_stack: Callable[..., Stack]) -> Stack:
    return new_stack()
