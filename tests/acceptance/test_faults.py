"""Whatever dies, freezes or forgets: every accepted design ends once, nothing is made twice, nothing is told.

Signals go to processes that the test started; networks fail in a proxy.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.acceptance.watching import Watcher
from tests.faults import FaultProxy
from tests.servers import PostgreSQL, RabbitMQ, Redis, wait_until
from tests.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.slow]

NewStack = Callable[..., Stack]

#: Long enough for anything here, and far shorter than what a request would wait for a frozen server.
SOON = 3.0


@pytest.fixture
def broker_proxy(rabbitmq: RabbitMQ) -> Iterator[FaultProxy]:
    with FaultProxy(rabbitmq.port) as proxy:
        yield proxy


@pytest.fixture
def redis_proxy(redis_server: Redis) -> Iterator[FaultProxy]:
    with FaultProxy(redis_server.port) as proxy:
        yield proxy


@pytest.fixture
def database_proxy(postgresql: PostgreSQL) -> Iterator[FaultProxy]:
    with FaultProxy(postgresql.port) as proxy:
        yield proxy


# Processes.


def test_a_web_process_killed_after_its_answer_loses_nothing(
    new_stack: NewStack, broker_proxy: FaultProxy, model: ModelServer
) -> None:
    stack = new_stack(ports={"amqp": broker_proxy.port})
    broker_proxy.refuse()  # so that nothing of it can have reached the broker
    web = stack.serve()
    designs = [stack.submit()["id"] for _ in range(3)]
    web.kill()

    broker_proxy.refuse(False)
    stack.worker()
    stack.serve()

    assert set(stack.await_end(*designs)) == {"done"}
    stack.check(accepted=designs, model_calls=model.count)


def test_workers_killed_at_random_moments_lose_nothing_and_make_nothing_twice(stack: Stack, model: ModelServer) -> None:
    stack.serve()
    luck = random.Random(5)
    workers = [stack.worker(), stack.worker()]
    designs = [stack.submit()["id"] for _ in range(10)]

    for _ in range(4):
        time.sleep(luck.uniform(0.2, 1.5))
        workers.pop(0).kill()
        workers.append(stack.worker(wait=False))

    assert set(stack.await_end(*designs, seconds=90)) == {"done"}
    found = stack.check(accepted=designs)
    # A kill between the note in the ledger and the request leaves a note without a call, never the reverse.
    assert model.count <= found.calls


def test_a_worker_suspended_past_its_leases_does_no_harm_when_it_wakes(stack: Stack, model: ModelServer) -> None:
    model.pace = Pace(latency=3)
    stack.serve()
    sleeper = stack.worker(concurrency=2)  # no room for messages that would wait for it to wake
    designs = [stack.submit()["id"] for _ in range(2)]
    wait_until(lambda: model.count == 2, 20, "two calls")

    sleeper.signal(signal.SIGSTOP)
    model.pace = Pace(latency=0.1)
    stack.worker()
    states = stack.await_end(*designs)
    before = stack.sql("SELECT max(id) FROM designs_revision"), stack.sql("SELECT max(id) FROM designs_event")
    sleeper.signal(signal.SIGCONT)
    time.sleep(3)

    assert set(states) == {"done"}
    assert (stack.sql("SELECT max(id) FROM designs_revision"), stack.sql("SELECT max(id) FROM designs_event")) == before
    assert sleeper.alive()
    more = stack.submit()["id"]
    stack.await_end(more)
    stack.check(accepted=[*designs, more])


# RabbitMQ.


def test_with_a_frozen_broker_designs_are_accepted_and_made_when_it_thaws(
    new_stack: NewStack, broker_proxy: FaultProxy, model: ModelServer
) -> None:
    stack = new_stack(ports={"amqp": broker_proxy.port})
    stack.serve()
    stack.worker()
    first = stack.submit()["id"]
    stack.await_end(first)

    broker_proxy.freeze()
    designs = [stack.submit(timeout=SOON)["id"] for _ in range(3)]
    status, body = stack.ask("GET", "/readyz")
    assert (status, body["status"], body["checks"]["engine"]) == (200, "degraded", False)
    broker_proxy.thaw()

    assert set(stack.await_end(*designs)) == {"done"}
    stack.check(accepted=[first, *designs], model_calls=model.count)


def test_a_broker_that_dies_in_the_middle_of_steps_costs_nothing(stack: Stack, model: ModelServer) -> None:
    model.pace = Pace(latency=2)
    stack.serve()
    stack.worker()
    early = [stack.submit()["id"] for _ in range(3)]
    wait_until(lambda: model.count >= 3, 20, "three calls")
    time.sleep(2)  # RabbitMQ 3.10 loses a quorum queue whose first seconds are its last

    stack.rabbitmq.kill()
    late = [stack.submit(timeout=SOON)["id"] for _ in range(2)]
    stack.rabbitmq.start()

    assert set(stack.await_end(*early, *late, seconds=90)) == {"done"}
    stack.check(accepted=[*early, *late], model_calls=model.count)


# Redis.


def test_with_a_frozen_redis_designs_are_accepted_made_and_still_watched(
    new_stack: NewStack, redis_proxy: FaultProxy, model: ModelServer
) -> None:
    stack = new_stack(ports={"redis": redis_proxy.port})
    stack.serve()
    stack.worker()
    redis_proxy.freeze()

    design = stack.submit(timeout=SOON)["id"]
    with Watcher(stack.url, design) as watcher:
        assert watcher.ended.wait(60)
        assert watcher.snapshot is not None
        first = watcher.snapshot["last_event_id"] + 1
        assert watcher.numbers == list(range(first, first + len(watcher.numbers)))
    status, body = stack.ask("GET", "/readyz")
    assert (status, body["status"], body["checks"]["events"]) == (200, "degraded", False)

    stack.check(accepted=[design], model_calls=model.count)


def test_a_redis_that_dies_and_forgets_everything_is_not_missed(stack: Stack, model: ModelServer) -> None:
    stack.serve()
    stack.worker()
    designs = [stack.submit()["id"] for _ in range(2)]

    with Watcher(stack.url, designs[0]) as watcher:
        wait_until(lambda: watcher.snapshot, 20, "the snapshot")
        stack.redis.restart()
        watcher.drop()
        assert watcher.ended.wait(60)
        assert watcher.numbers == sorted(set(watcher.numbers))

    assert set(stack.await_end(*designs)) == {"done"}
    stack.check(accepted=designs, model_calls=model.count)


# PostgreSQL.


def test_without_its_database_the_web_says_so_and_goes_on_when_it_is_back(
    new_stack: NewStack, database_proxy: FaultProxy, model: ModelServer
) -> None:
    stack = new_stack(ports={"postgres": database_proxy.port})
    stack.serve()
    stack.worker()
    designs = [stack.submit()["id"] for _ in range(2)]

    database_proxy.refuse()
    status, body = stack.ask("POST", "/api/v1/designs", {"title": "t", "content": "c"}, timeout=30)
    assert (status, body["error"]["code"]) == (503, "unavailable")
    status, body = stack.ask("GET", "/readyz", timeout=30)
    assert (status, body["checks"]["database"]) == (503, False)
    assert stack.ask("GET", "/healthz")[0] == 200
    database_proxy.refuse(False)

    wait_until(lambda: stack.ask("GET", "/readyz", timeout=30)[0] == 200, 30, "readiness")
    designs.append(stack.submit(timeout=30)["id"])
    assert set(stack.await_end(*designs, seconds=90)) == {"done"}
    found = stack.check(accepted=designs)
    assert model.count <= found.calls
