"""What every event stream keeps to, and what Redis adds: it may forget everything, freeze and come back."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import redis

from designchord.events.base import RESYNC, Event, EventStream
from designchord.events.memory import MemoryStream
from designchord.events.redis import DATA_BYTES, STREAM_ENTRIES, RedisStream, stream_key
from tests.faults import FaultProxy
from tests.servers import Redis, wait_until


@dataclass
class Bench:
    """A stream as one process publishes to it and as another, or the same, listens."""

    here: EventStream
    there: EventStream


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.servers)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        stream = MemoryStream()
        yield Bench(stream, stream)
        stream.close()
    else:
        url = request.getfixturevalue("redis_server").url
        here, there = RedisStream(url=url), RedisStream(url=url)
        yield Bench(here, there)
        here.close()
        there.close()


@pytest.fixture
def design() -> str:
    return str(uuid.uuid4())


def watch(stream: EventStream, design: str) -> tuple[list[Event], Callable[[], None]]:
    """What is heard from now on (really from now on: a first event has arrived), and how to stop."""
    heard: list[Event] = []
    leave = stream.subscribe(design, heard.append)
    return heard, leave


def settled(bench: Bench, design: str) -> tuple[list[Event], Callable[[], None]]:
    heard, leave = watch(bench.there, design)

    def rings() -> bool:
        bench.here.publish(Event(design, "design", 1, {"state": "queued"}))
        return bool(heard)

    wait_until(rings, 10, "the first event")
    time.sleep(0.3)
    heard.clear()
    return heard, leave


def delta(design: str, offset: int, text: str, kind: str = "erd") -> Event:
    return Event(design, "delta", 0, {"kind": kind, "part": "", "run": 1, "offset": offset, "text": text})


def step(design: str, number: int, state: str, kind: str = "erd") -> Event:
    return Event(design, "step", number, {"kind": kind, "part": "", "state": state})


def until(condition: Callable[[], object]) -> None:
    wait_until(condition, 10, "what was published")


def test_events_arrive_in_the_order_of_their_publication(bench: Bench, design: str) -> None:
    heard, _ = settled(bench, design)

    for number in range(2, 302):
        bench.here.publish(Event(design, "step", number, {"kind": "erd", "part": "", "state": "running"}))

    until(lambda: len(heard) == 300)
    assert [event.id for event in heard] == list(range(2, 302))
    assert heard[0] == Event(design, "step", 2, {"kind": "erd", "part": "", "state": "running"})


def test_nobody_hears_of_another_design_or_after_leaving(bench: Bench, design: str) -> None:
    heard, leave = settled(bench, design)
    others, _ = settled(bench, other := str(uuid.uuid4()))

    leave()
    bench.here.publish(step(design, 2, "running"))
    bench.here.publish(step(other, 3, "running"))

    until(lambda: others)
    assert heard == []
    assert {event.design for event in others} == {other}


def test_two_watchers_of_one_design_hear_the_same(bench: Bench, design: str) -> None:
    first, _ = settled(bench, design)
    second, _ = settled(bench, design)
    first.clear()

    bench.here.publish(step(design, 2, "running"))

    until(lambda: first and second)
    assert first == second


def test_a_late_watcher_gets_the_live_text_so_far_in_one_piece(bench: Bench, design: str) -> None:
    early, _ = settled(bench, design)
    for offset, text in ((0, "erDia"), (5, "gram\n"), (10, "  A {")):
        bench.here.publish(delta(design, offset, text))
    bench.here.publish(delta(design, 0, "# 문서 \ud83d", kind="document"))
    until(lambda: len(early) == 4)

    late, _ = watch(bench.there, design)
    until(lambda: len(late) == 2)
    bench.here.publish(delta(design, 15, "}"))
    until(lambda: len(late) == 3)

    assert {e.data["kind"]: (e.data["offset"], e.data["text"]) for e in late[:2]} == {
        "erd": (0, "erDiagram\n  A {"),
        "document": (0, "# 문서 \ud83d"),
    }
    assert (late[2].data["offset"], late[2].data["text"]) == (15, "}")


def test_live_text_is_forgotten_when_its_part_is_there(bench: Bench, design: str) -> None:
    early, _ = settled(bench, design)
    bench.here.publish(delta(design, 0, "erDiagram"))
    bench.here.publish(delta(design, 0, "# Doc", kind="document"))
    bench.here.publish(step(design, 2, "done"))
    until(lambda: len(early) == 3)

    late, _ = watch(bench.there, design)
    until(lambda: late)
    time.sleep(0.3)
    assert [event.data["kind"] for event in late] == ["document"]


def test_a_design_is_watched_while_somebody_watches(bench: Bench, design: str) -> None:
    assert not bench.here.watched(design)
    _, leave = watch(bench.there, design)

    until(lambda: bench.here.watched(design))
    leave()


def test_a_stream_that_works_says_so(bench: Bench) -> None:
    assert bench.here.answers()


# Redis alone.


@pytest.fixture
def proxy(redis_server: Redis) -> Iterator[FaultProxy]:
    with FaultProxy(redis_server.port) as proxy:
        yield proxy


@pytest.fixture
def link(proxy: FaultProxy) -> Iterator[Bench]:
    """Two processes, both behind the proxy."""
    url = f"redis://127.0.0.1:{proxy.port}/0"
    here, there = RedisStream(url=url), RedisStream(url=url)
    yield Bench(here, there)
    here.close()
    there.close()


def resynced(heard: list[Event]) -> bool:
    return any(event.id == RESYNC for event in heard)


@pytest.mark.servers
def test_after_everything_was_flushed_events_still_arrive(redis_server: Redis, link: Bench, design: str) -> None:
    heard, _ = settled(link, design)
    redis.Redis.from_url(redis_server.url).flushall()

    link.here.publish(step(design, 2, "running"))

    until(lambda: [event.id for event in heard] == [2])
    wait_until(lambda: link.here.watched(design), 10, "the watcher's renewed word")


@pytest.mark.servers
def test_with_a_frozen_redis_nobody_waits_and_watchers_are_sent_to_the_database(
    link: Bench, proxy: FaultProxy, design: str
) -> None:
    heard, _ = settled(link, design)
    proxy.freeze()
    published = threading.Event()

    def publish() -> None:
        for number in range(2, 2_002):
            link.here.publish(step(design, number, "running"))
            link.here.watched(design)
        published.set()

    threading.Thread(target=publish, daemon=True).start()
    assert published.wait(0.5)
    until(lambda: resynced(heard))
    assert not link.here.answers()

    proxy.thaw()
    heard.clear()

    def rings() -> bool:
        link.here.publish(step(design, 5_000, "running"))
        return any(event.id == 5_000 for event in heard)

    wait_until(rings, 20, "an event after the frost")


@pytest.mark.servers
def test_watchers_are_sent_to_the_database_after_a_broken_connection(
    link: Bench, proxy: FaultProxy, design: str
) -> None:
    heard, _ = settled(link, design)
    proxy.cut()

    until(lambda: resynced(heard))
    heard.clear()

    def rings() -> bool:
        link.here.publish(step(design, 9, "running"))
        return any(event.id == 9 for event in heard)

    wait_until(rings, 10, "an event over a new connection")


@pytest.mark.servers
def test_a_watcher_that_comes_while_redis_is_away_is_sent_to_the_database(
    link: Bench, proxy: FaultProxy, design: str
) -> None:
    proxy.refuse()

    heard, _ = watch(link.there, design)

    until(lambda: resynced(heard))


@pytest.mark.servers
def test_a_designs_stream_is_bounded_and_expires(redis_server: Redis, design: str) -> None:
    client = redis.Redis.from_url(redis_server.url)
    stream = RedisStream(url=redis_server.url)
    for offset in range(2 * STREAM_ENTRIES):
        stream.publish(delta(design, offset, "x"))
    until(lambda: client.xlen(stream_key(design)) > 0 and stream._sender._queue.empty())
    time.sleep(0.2)

    assert client.xlen(stream_key(design)) < STREAM_ENTRIES * 1.1
    assert 0 < client.ttl(stream_key(design)) <= 900
    stream.publish(Event(design, "done", 3, {"state": "done"}))
    until(lambda: client.ttl(stream_key(design)) <= 60)
    stream.close()


@pytest.mark.servers
def test_an_entry_that_is_not_ours_sends_watchers_to_the_database(
    redis_server: Redis, link: Bench, design: str
) -> None:
    heard, _ = settled(link, design)

    redis.Redis.from_url(redis_server.url).xadd(stream_key(design), {"e": "nonsense"})
    link.here.publish(step(design, 2, "running"))

    until(lambda: len(heard) == 2)
    assert [event.id for event in heard] == [RESYNC, 2]


@pytest.mark.servers
def test_a_large_stored_event_travels_without_its_data(link: Bench, design: str) -> None:
    heard, _ = settled(link, design)

    link.here.publish(Event(design, "revision", 2, {"kind": "erd", "source": "x" * DATA_BYTES}))

    until(lambda: heard)
    assert heard == [Event(design, "revision", 2, {})]


@pytest.mark.servers
def test_operators_may_listen_to_progress_on_one_channel_that_tells_nothing_of_the_contents(
    redis_server: Redis, design: str
) -> None:
    client = redis.Redis.from_url(redis_server.url)
    listener = client.pubsub()
    listener.subscribe("progress")
    stream = RedisStream(url=redis_server.url, channel="progress")

    stream.publish(Event(design, "step", 2, {"kind": "erd", "part": "", "state": "done", "title": "secret"}))
    stream.publish(delta(design, 0, "secret"))
    stream.publish(Event(design, "revision", 3, {"kind": "erd", "part": "", "source": "secret"}))

    said: list[Any] = []

    def listen() -> bool:
        message = listener.get_message(timeout=0.1)
        if message and message["type"] == "message":
            said.append(json.loads(message["data"]))
        return len(said) == 2

    until(listen)
    assert said == [
        {"design": design, "type": "step", "id": 2, "kind": "erd", "part": "", "state": "done"},
        {"design": design, "type": "revision", "id": 3, "kind": "erd", "part": ""},
    ]
    stream.close()
    listener.close()
