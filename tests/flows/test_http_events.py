"""The event stream: a snapshot and the events after it are the same as a later snapshot."""

from __future__ import annotations

import asyncio
import random
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.api import broadcast, event_stream
from designchord.api.broadcast import Broadcasts, frame_of
from designchord.api.event_stream import Watch
from designchord.designs.models import Design, Owner
from designchord.designs.services import designs
from designchord.events.base import RESYNC, Event
from designchord.events.memory import MemoryStream
from tests.flows.apps import LIBRARY
from tests.flows.serving import Client, serving


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("home")) as address, Client(address) as opened:
        yield opened


def _apply(snapshot: dict[str, Any], event: dict[str, Any]) -> None:
    """What a page does with an event."""
    data, kind = event["data"], event["event"]
    if kind == "delta":
        return
    if kind in {"step", "revision"}:
        items = snapshot["steps" if kind == "step" else "artifacts"]
        place = (data["kind"], data["part"])
        known = [position for position, item in enumerate(items) if (item["kind"], item["part"]) == place]
        items[known[0] if known else len(items) : (known[0] + 1) if known else len(items)] = [data]
    elif kind in {"design", "report"}:
        snapshot |= data
    snapshot["last_event_id"] = int(event["id"])


def _sorted(snapshot: dict[str, Any]) -> dict[str, Any]:
    def place(item: dict[str, Any]) -> tuple[str, str]:
        return item["kind"], item["part"]

    steps, artifacts = (sorted(snapshot[name], key=place) for name in ("steps", "artifacts"))
    return {**snapshot, "steps": steps, "artifacts": artifacts}


def test_a_snapshot_and_the_events_after_it_are_a_later_snapshot(client: Client) -> None:
    design_id = client.start()
    events = list(client.events(design_id))
    assert events[0]["event"] == "snapshot"
    snapshot = events[0]["data"]
    ids = [int(event["id"]) for event in events if "id" in event]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    for event in events[1:]:
        _apply(snapshot, event)
    assert _sorted(snapshot) == _sorted(client.finished(design_id))


def test_a_watcher_who_was_cut_off_resumes_without_gap(client: Client) -> None:
    design_id = client.make()["id"]
    whole = list(client.events(design_id, Last_Event_ID="1"))
    assert [int(event["id"]) for event in whole] == list(range(2, 2 + len(whole)))
    middle = whole[len(whole) // 2]["id"]
    rest = list(client.events(design_id, Last_Event_ID=middle))
    assert rest == whole[len(whole) // 2 + 1 :]


def test_a_watcher_from_the_future_gets_a_snapshot(client: Client) -> None:
    design_id = client.make()["id"]
    (first,) = client.events(design_id, until="snapshot", Last_Event_ID="999999")
    assert first["event"] == "snapshot"


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", "²", "1e9"])
def test_a_nonsense_event_id_is_refused(client: Client, number: str) -> None:
    design_id = client.make()["id"]
    response = client.http.get(f"/designs/{design_id}/events", params={"after": number})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "bad_event_id"


@pytest.mark.parametrize(
    ("method", "name", "headers", "status"),
    [
        ("GET", "3f0c4e0e-0000-4000-8000-000000000000", {}, 404),
        ("GET", "nonsense", {}, 404),
        ("GET", "nonsense", {"Host": "rebound.example"}, 421),
        ("PATCH", "nonsense", {}, 405),
        ("POST", "nonsense", {"Origin": "https://evil.example"}, 403),
        ("POST", "nonsense", {"Content-Type": "text/plain"}, 415),
    ],
)
def test_a_stream_is_refused_as_everything_else_is(
    client: Client, method: str, name: str, headers: dict[str, str], status: int
) -> None:
    def ask(path: str) -> tuple[int, dict[str, Any], list[str]]:
        content = "x" if method == "POST" else None
        answer = client.http.request(method, path, headers={"X-Request-ID": "a-request", **headers}, content=content)
        return answer.status_code, answer.json(), sorted(answer.headers)

    stream = ask(f"/designs/{name}/events")
    assert stream[0] == status
    assert stream == ask(f"/designs/{name}/changes" if method == "PATCH" else f"/designs/{name}")


def test_operators_see_how_many_clients_watch_not_how_many_designs(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as address, Client(address) as client:
        design_id = client.make()["id"]
        streams = [client.events(design_id, until="never") for _ in range(2)]
        for stream in streams:
            next(stream)
        figures = client.http.get(f"{address}/metrics").text
        for stream in streams:
            stream.close()
    assert "designchord_live_clients 2.0" in figures


def test_live_text_is_told_while_a_model_writes(tmp_path: Path) -> None:
    with ModelServer(pace=Pace(latency=1.5)) as model:
        environ = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "key", "DESIGNCHORD_MODEL": "openai:gpt-4o"}
        with serving(tmp_path / "home", **environ) as address, Client(address) as watcher:
            design_id = watcher.start(kinds=["erd"])
            events = list(watcher.events(design_id))
            snapshot = watcher.finished(design_id)
    texts: dict[str, str] = {}
    for event in events:
        if event["event"] == "delta":
            assert "id" not in event
            data = event["data"]
            before = texts.get(data["kind"], "")[: data["offset"]]
            assert len(before) == data["offset"], "a piece is missing"
            texts[data["kind"]] = before + data["text"]
    assert "erDiagram" in texts["erd"]
    assert snapshot["artifacts"][-1]["revision"]["provenance"]["model"] == "openai:gpt-4o"


def test_the_server_leaves_although_somebody_watches(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as address:
        watcher = Client(address)
        design_id = watcher.make()["id"]
        told: list[str] = []

        def watch() -> None:
            told.extend(event["event"] for event in watcher.events(design_id, until="never"))

        thread = threading.Thread(target=watch)
        thread.start()
        until = time.monotonic() + 10
        while not told and time.monotonic() < until:
            time.sleep(0.02)
    thread.join(10)
    watcher.http.close()
    assert told == ["snapshot"]


def test_text_cannot_begin_a_field_of_its_own() -> None:
    frame = frame_of("delta", {"text": "a\n\nevent: done\r\ndata: {}\n\n\u2028\x00"}).decode()
    assert frame.count("\n") == 3
    assert "\r" not in frame
    assert frame.endswith("\n\n")


@pytest.fixture
async def watched(transactional_db: None) -> tuple[Owner, Design]:
    def make() -> tuple[Owner, Design]:
        owner = designs.local_owner()
        new = designs.NewDesign(
            brief=LIBRARY, kinds=("erd",), model="offline", digest="d", idempotency_key=None, deadline=60
        )
        return owner, designs.design_create(owner=owner, new=new)[0]

    return await sync_to_async(make)()


def _watch(stream: MemoryStream, watched: tuple[Owner, Design]) -> Watch:
    return _watches(stream, watched, 1)[0]


def _watches(stream: MemoryStream, watched: tuple[Owner, Design], count: int) -> list[Watch]:
    broadcasts = Broadcasts(stream)
    return [
        Watch(broadcasts=broadcasts, owner=watched[0], design_id=str(watched[1].pk), after=None) for _ in range(count)
    ]


async def test_who_reads_many_histories_keeps_nobody_else_from_theirs() -> None:
    broadcasts, go_on, order = Broadcasts(MemoryStream()), threading.Event(), list[str]()

    def reading() -> None:
        go_on.wait(20)
        order.append("many")

    many = [asyncio.create_task(broadcasts.read("owner 1", reading)) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.wait_for(broadcasts.read("owner 2", lambda: order.append("one")), 20)
    go_on.set()
    await asyncio.gather(*many)

    assert order == ["one", *["many"] * 20]


async def _append(design: Design, count: int) -> list[Event]:
    """Store a design's end in several events."""

    def append() -> list[Event]:
        from designchord.designs.services.events import events_append

        data = {"state": "running", "error": None, "finished_at": None}
        design.refresh_from_db()
        return events_append(design=design, entries=[("design", data, data)] * count)

    return await sync_to_async(append)()


async def _take(frames: AsyncIterator[bytes], count: int) -> list[bytes]:
    """The next frames, however many came in one piece."""
    told: list[bytes] = []
    while len(told) < count:
        piece = await asyncio.wait_for(anext(frames), 5)
        told += [frame + b"\n\n" for frame in piece.split(b"\n\n")[:-1]]
    return told


async def test_events_that_arrive_twice_are_told_once_and_lost_ones_are_read(watched: tuple[Owner, Design]) -> None:
    stream = MemoryStream()
    watch = _watch(stream, watched)
    frames = aiter(watch)
    await _take(frames, 2)
    first, second, third = await _append(watched[1], 3)
    for event in (first, first, third, second, third):
        stream.publish(event)
    told = await _take(frames, 3)
    assert [frame.split(b"\n")[0] for frame in told] == [b"id: 1", b"id: 2", b"id: 3"]
    (fourth,) = await _append(watched[1], 1)
    stream.publish(fourth)
    assert (await _take(frames, 1))[0].startswith(b"id: 4\n")
    watch.close()


async def test_silence_is_broken_by_a_comment_and_a_look_at_the_database(
    watched: tuple[Owner, Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "HEARTBEAT", 0.05)
    watch = _watch(MemoryStream(), watched)
    frames = aiter(watch)
    await _take(frames, 2)
    await _append(watched[1], 1)
    comment, found = await _take(frames, 2)
    assert comment.startswith(b":")
    assert found.startswith(b"id: 1\n")
    watch.close()


async def test_a_reader_who_falls_behind_is_cut_off(
    watched: tuple[Owner, Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "MAX_WAITING", 10)
    stream = MemoryStream()
    watch = _watch(stream, watched)
    design_id = str(watched[1].pk)
    frames = aiter(watch)
    await _take(frames, 2)

    def flood() -> None:
        data = {"kind": "erd", "part": "", "run": 1, "offset": 1, "text": "x"}
        for _ in range(200):
            stream.publish(Event(design_id, "delta", 0, data))

    await asyncio.to_thread(flood)
    with pytest.raises(StopAsyncIteration):
        await _take(frames, 2)
    assert not stream.watched(design_id)


async def test_all_watchers_of_a_design_get_the_same_bytes(watched: tuple[Owner, Design]) -> None:
    stream = MemoryStream()
    all_frames = [aiter(watch) for watch in _watches(stream, watched, 3)]
    for frames in all_frames:
        await _take(frames, 2)
    (event,) = await _append(watched[1], 1)
    stream.publish(event)
    first, *others = [await asyncio.wait_for(anext(frames), 5) for frames in all_frames]
    assert all(frame is first for frame in others)


async def test_over_a_stream_that_loses_repeats_and_mixes_up_every_watcher_is_told_everything_once(
    watched: tuple[Owner, Design],
) -> None:
    stream, chance = MemoryStream(), random.Random(7)
    watches = iter(_watches(stream, watched, 8))
    rounds, last = 8, 0
    readers: list[asyncio.Task[list[int]]] = []

    async def read(watch: Watch) -> list[int]:
        numbers: list[int] = []
        async for piece in watch:
            numbers += [int(number) for number in re.findall(rb"^id: (\d+)$", piece, re.MULTILINE)]
            numbers += [0] * (b"event: snapshot" in piece and not numbers)
            if numbers and numbers[-1] == rounds * 5:
                break
        watch.close()
        return numbers

    for _ in range(rounds):
        readers.append(asyncio.create_task(read(next(watches))))
        events = await _append(watched[1], 5)
        last = events[-1].id
        for event in chance.sample(events * 2, 6):
            stream.publish(event)
    stream.publish(Event(str(watched[1].pk), "design", RESYNC))
    for numbers in await asyncio.wait_for(asyncio.gather(*readers), 20):
        assert numbers == list(range(numbers[0], last + 1))


async def test_a_reader_who_stopped_reading_keeps_nobody_waiting(
    watched: tuple[Owner, Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "MAX_WAITING", 10)
    stream = MemoryStream()
    stopped, reading = (aiter(watch) for watch in _watches(stream, watched, 2))
    for frames in (stopped, reading):
        await _take(frames, 2)
    for event in await _append(watched[1], 30):
        stream.publish(event)
        (told,) = await _take(reading, 1)
        assert told.startswith(f"id: {event.id}\n".encode())


async def test_who_comes_late_gets_the_live_text_so_far(watched: tuple[Owner, Design]) -> None:
    stream = MemoryStream()
    early, late = _watches(stream, watched, 2)
    frames = aiter(early)
    await _take(frames, 2)
    where = {"kind": "erd", "part": "", "run": 1}
    for offset, text in ((0, "erDia"), (5, "gram")):
        stream.publish(Event(str(watched[1].pk), "delta", 0, {**where, "offset": offset, "text": text}))
    await _take(frames, 2)
    _, _, missed = await _take(aiter(late), 3)
    assert b'"erDiagram"' in missed


async def test_half_a_character_is_told_as_a_question_mark() -> None:
    assert b'"text":"a?"' in frame_of("delta", {"text": "a\ud83d"})


async def test_a_watcher_leaves_nothing_behind(watched: tuple[Owner, Design]) -> None:
    stream = MemoryStream()
    watch = _watch(stream, watched)
    frames = aiter(watch)
    await _take(frames, 2)
    assert stream.watched(str(watched[1].pk))
    watch.close()
    watch.close()
    assert not stream.watched(str(watched[1].pk))


async def test_the_server_can_let_all_watchers_go(watched: tuple[Owner, Design]) -> None:
    watch = _watch(MemoryStream(), watched)
    frames = aiter(watch)
    await _take(frames, 2)
    event_stream.end_all()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(frames), 5)


async def test_a_deleted_design_ends_its_streams(
    watched: tuple[Owner, Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, design = watched
    watch = Watch(broadcasts=Broadcasts(MemoryStream()), owner=owner, design_id=str(design.pk), after=0)
    await sync_to_async(designs.design_delete)(design_id=design.pk)
    frames = aiter(watch)
    await _take(frames, 1)
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(frames), 5)


@pytest.mark.slow
def test_who_watches_beside_another_process_on_the_same_home_hears_what_that_one_does(tmp_path: Path) -> None:
    with ModelServer(pace=Pace(latency=1.5)) as model:
        environ = {
            "DESIGNCHORD_MODEL": "openai:gpt-4o",
            "DESIGNCHORD_EFFORT": "quick",
            "OPENAI_BASE_URL": model.base_url,
            "OPENAI_API_KEY": "sk-test",
        }
        with (
            serving(tmp_path / "home", **environ) as one,
            serving(tmp_path / "home", **environ) as other,
            Client(one) as maker,
            Client(other) as watcher,
        ):
            design_id = maker.start()
            told = []
            with watcher.http.stream("GET", f"/designs/{design_id}/events") as response:
                for line in response.iter_lines():
                    told.append(line)
                    if line == "event: done":
                        break
    assert "event: revision" in told
    assert not any(line.startswith(":") for line in told), "it was found out only after a long silence"
