"""What every engine keeps to, and what RabbitMQ adds: it may freeze, die and come back, and nobody waits for it."""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import amqp
import pytest

from designchord.engines.base import Engine
from designchord.engines.embedded import EmbeddedEngine
from designchord.engines.rabbitmq import DEAD, DELIVERY_LIMIT, RabbitMQEngine
from designchord.errors import Unavailable
from tests.faults import FaultProxy
from tests.servers import Kept, RabbitMQ, wait_until


@dataclass
class Bench:
    """An engine with something behind it that takes 0.2 s a step; ``began`` and ``ended`` list ids."""

    engine: Engine
    read: Callable[[str], list[int]]

    def began(self) -> list[int]:
        return self.read("began")

    def ended(self) -> list[int]:
        return self.read("ended")


@dataclass
class Log:
    lines: list[tuple[str, int]] = field(default_factory=list)

    def handle(self, step: int, _: int = 0) -> None:
        self.lines.append(("began", step))
        time.sleep(0.2)
        self.lines.append(("ended", step))

    def read(self, word: str) -> list[int]:
        return [step for said, step in tuple(self.lines) if said == word]


@pytest.fixture(scope="module")
def worker_log(rabbitmq: RabbitMQ, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("worker")
    file = folder / "steps"
    file.touch()
    worker = Kept(
        [sys.executable, "-m", "tests.conformance.engine_worker", rabbitmq.url, str(file)],
        log=folder / "output.log",
    )
    yield file
    worker.end()


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.servers)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    engine: Engine
    if request.param == "embedded":
        log = Log()
        engine = EmbeddedEngine(handle=log.handle, concurrency=8)
        bench = Bench(engine, log.read)
    else:
        file: Path = request.getfixturevalue("worker_log")
        file.write_text("")
        engine = RabbitMQEngine(url=request.getfixturevalue("rabbitmq").url)

        def read(word: str) -> list[int]:
            return [int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(word)]

        bench = Bench(engine, read)
    engine.start()
    yield bench
    engine.stop(1.0)


def test_every_step_that_is_handed_over_is_run(bench: Bench) -> None:
    bench.engine.enqueue(range(1, 21))
    bench.engine.enqueue([21])

    wait_until(lambda: set(bench.ended()) == set(range(1, 22)), 30, "the end of 21 steps")


def test_steps_run_at_the_same_time(bench: Bench) -> None:
    bench.engine.enqueue(range(8))

    def together() -> bool:
        return len(bench.began()) - len(bench.ended()) >= 4

    wait_until(together, 30, "four steps at once")
    wait_until(lambda: len(bench.ended()) == 8, 30, "the end")


def test_a_step_may_be_handed_over_again_after_it_began(bench: Bench) -> None:
    bench.engine.enqueue([5])
    wait_until(lambda: 5 in bench.began(), 30, "its beginning")
    bench.engine.enqueue([5])

    wait_until(lambda: bench.ended() == [5, 5], 30, "its second end")


def test_an_engine_that_works_says_so(bench: Bench) -> None:
    assert bench.engine.answers()


def test_an_embedded_engine_that_does_not_run_takes_nothing() -> None:
    engine = EmbeddedEngine(handle=print, concurrency=1)

    with pytest.raises(Unavailable):
        engine.enqueue([1])
    assert not engine.answers()


def test_an_embedded_engine_waits_for_running_steps_and_drops_the_others() -> None:
    log = Log()
    engine = EmbeddedEngine(handle=log.handle, concurrency=1)
    engine.start()
    engine.enqueue([1, 2, 3])
    wait_until(log.lines.__len__, 5, "the first step")

    stopped = threading.Thread(target=engine.stop, args=(60,))
    stopped.start()
    stopped.join(10)

    assert not stopped.is_alive()
    assert log.read("ended") == log.read("began") == [1]


def test_an_embedded_engine_lets_owners_take_turns() -> None:
    log = Log()
    engine = EmbeddedEngine(handle=log.handle, concurrency=2)
    engine.start()
    engine.enqueue(range(100, 120), owner=1)
    engine.enqueue([1, 2], owner=2)
    engine.enqueue([3], owner=3)
    wait_until(lambda: {1, 2, 3} <= set(log.read("began")), 30, "the others' steps")

    assert len([step for step in log.read("began") if step >= 100]) < 12
    engine.stop(5)


# RabbitMQ alone.


@pytest.fixture
def proxy(rabbitmq: RabbitMQ) -> Iterator[FaultProxy]:
    with FaultProxy(rabbitmq.port) as proxy:
        yield proxy


@pytest.fixture
def channel(rabbitmq: RabbitMQ) -> Iterator[amqp.Channel]:
    with amqp.Connection(f"127.0.0.1:{rabbitmq.port}") as connection:
        yield connection.channel()


@pytest.fixture
def unread(rabbitmq: RabbitMQ, channel: amqp.Channel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Publishing goes to a queue without workers; the result takes the next message from it."""
    from kombu import Exchange, Queue

    from designchord.engines import rabbitmq as adapter

    queue = Queue("unread", Exchange("unread"), routing_key="unread", queue_arguments=adapter._queue.queue_arguments)
    monkeypatch.setattr(adapter, "_queue", queue)
    yield lambda: channel.basic_get("unread", no_ack=True)
    channel.queue_delete("unread")


def steps_in(message: Any) -> list[int]:
    (_, steps), *_ = json.loads(message.body)
    return list(steps)


def through(proxy: FaultProxy) -> RabbitMQEngine:
    return RabbitMQEngine(url=f"amqp://guest:guest@127.0.0.1:{proxy.port}//")


@pytest.mark.servers
def test_a_message_holds_a_name_and_numbers_and_survives_a_restart(
    rabbitmq: RabbitMQ, unread: Callable[[], Any]
) -> None:
    engine = RabbitMQEngine(url=rabbitmq.url)
    engine.enqueue([42], owner=7)
    wait_until(lambda: not engine.waiting(), 15, "the confirmation")
    engine.stop(2)

    message = unread()
    assert json.loads(message.body) == [[7, [42]], {}, {}]
    assert message.headers["task"] == "designchord.handle"
    assert message.properties["delivery_mode"] == 2
    assert message.properties["content_type"] == "application/json"


@pytest.mark.servers
def test_a_frozen_broker_keeps_nobody_waiting_and_gets_everything_in_the_end(
    proxy: FaultProxy, unread: Callable[[], Any]
) -> None:
    engine = through(proxy)
    engine.enqueue([1])
    wait_until(lambda: not engine.waiting(), 15, "the first confirmation")
    proxy.freeze()

    handed_over = threading.Event()

    def hand_over() -> None:
        for step in range(2, 52):
            engine.enqueue([step])
        handed_over.set()

    threading.Thread(target=hand_over, daemon=True).start()
    assert handed_over.wait(0.5)
    assert engine.waiting() == 50
    assert not engine.answers()

    proxy.thaw()
    wait_until(lambda: not engine.waiting(), 30, "the confirmations")
    engine.stop(2)
    got = {step for message in iter(unread, None) for step in steps_in(message)}
    assert got == set(range(1, 52))


@pytest.mark.servers
def test_steps_handed_over_while_the_broker_is_away_arrive_when_it_is_back(
    proxy: FaultProxy, unread: Callable[[], Any]
) -> None:
    proxy.refuse()
    engine = through(proxy)
    engine.enqueue(range(10))
    time.sleep(0.5)
    assert engine.waiting() == 10

    proxy.refuse(False)
    wait_until(lambda: not engine.waiting(), 30, "the confirmations")
    engine.stop(2)
    assert {step for message in iter(unread, None) for step in steps_in(message)} == set(range(10))


@pytest.mark.servers
def test_steps_are_shared_by_workers_and_what_one_had_taken_is_run_by_others_when_it_dies(
    rabbitmq: RabbitMQ, worker_log: Path, tmp_path: Path
) -> None:
    file = tmp_path / "steps"
    file.touch()
    worker_log.write_text("")
    other = Kept(
        [sys.executable, "-m", "tests.conformance.engine_worker", rabbitmq.url, str(file)], log=tmp_path / "output.log"
    )
    engine = RabbitMQEngine(url=rabbitmq.url)
    warm_up = itertools.count(1_000)

    def both_take() -> bool:
        engine.enqueue([next(warm_up)])
        return bool(file.read_text())

    wait_until(both_take, 30, "a step for the new worker")
    engine.enqueue(range(200))
    wait_until(lambda: file.read_text().count("ended") > 8, 30, "some of its steps")
    other.kill()

    def ended() -> set[int]:
        lines = (worker_log.read_text() + file.read_text()).splitlines()
        return {int(line.split()[1]) for line in lines if line.startswith("ended")}

    wait_until(lambda: ended() >= set(range(200)), 30, "the end of all steps")
    engine.stop(1)


@pytest.mark.servers
def test_what_cannot_wait_any_longer_is_refused(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("designchord.engines.rabbitmq.MAX_WAITING", 5)
    proxy.refuse()
    engine = through(proxy)

    with pytest.raises(Unavailable):
        engine.enqueue(range(10))
    engine.stop(1)


@pytest.mark.servers
def test_a_message_that_kills_whoever_takes_it_is_put_aside(
    rabbitmq: RabbitMQ, unread: Callable[[], Any], channel: amqp.Channel
) -> None:
    engine = RabbitMQEngine(url=rabbitmq.url)
    engine.enqueue([666])
    wait_until(lambda: not engine.waiting(), 15, "the confirmation")
    channel.queue_purge(DEAD)
    engine.stop(2)

    for _ in range(DELIVERY_LIMIT + 1):
        message = _get(channel, "unread")
        channel.basic_reject(message.delivery_tag, requeue=True)

    dead = _get(channel, DEAD)
    assert steps_in(dead) == [666]
    assert channel.basic_get("unread") is None
    channel.basic_ack(dead.delivery_tag)


@pytest.mark.servers
@pytest.mark.parametrize("body", ["nonsense", "[]", "7", "[[1]]", "[[1, []]]", "[[1, [[2]]]]", '{"a": [1, [2]]}'])
def test_a_message_that_nobody_can_read_is_put_aside_and_others_are_run(
    rabbitmq: RabbitMQ, worker_log: Path, channel: amqp.Channel, body: str
) -> None:
    worker_log.write_text("")
    engine = RabbitMQEngine(url=rabbitmq.url)
    engine.enqueue([1])
    wait_until(lambda: "ended 1" in worker_log.read_text(), 30, "a step before it")
    channel.queue_purge(DEAD)
    message = amqp.Message(body, content_type="application/json", application_headers={"task": "designchord.handle"})
    channel.basic_publish(message, "designchord", "designchord")

    dead = _get(channel, DEAD)
    assert dead.body == body
    channel.basic_ack(dead.delivery_tag)
    engine.enqueue([2])
    wait_until(lambda: "ended 2" in worker_log.read_text(), 30, "a step after it")
    engine.stop(1)


@pytest.mark.servers
def test_confirmed_messages_survive_the_death_of_the_broker(
    rabbitmq: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kombu import Exchange, Queue

    from designchord.engines import rabbitmq as adapter

    monkeypatch.setattr(
        adapter,
        "_queue",
        Queue("kept", Exchange("kept"), routing_key="kept", queue_arguments=adapter._queue.queue_arguments),
    )
    engine = RabbitMQEngine(url=rabbitmq.url)
    engine.enqueue(range(100))
    wait_until(lambda: not engine.waiting(), 15, "the confirmations")

    time.sleep(3)  # RabbitMQ 3.10 loses a quorum queue whose first seconds are its last
    rabbitmq.restart()
    engine.enqueue([100])  # over a connection that is dead by now
    wait_until(lambda: not engine.waiting(), 30, "the last confirmation")
    engine.stop(2)

    with amqp.Connection(f"127.0.0.1:{rabbitmq.port}") as connection:
        channel = connection.channel()
        got: set[int] = set()
        while len(got) < 101:
            got.update(steps_in(_get(channel, "kept")))
        channel.queue_delete("kept")
    assert got == set(range(101))


def _get(channel: amqp.Channel, queue: str) -> Any:
    """The next message; a quorum queue may need a moment to give one back."""
    found: list[Any] = []

    def get() -> bool:
        message = channel.basic_get(queue)
        if message is not None:
            found.append(message)
        return bool(found)

    wait_until(get, 10, f"a message in {queue}")
    return found[0]
