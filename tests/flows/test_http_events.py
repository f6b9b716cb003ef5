"""The event stream: a snapshot and the events after it are the same as a later snapshot."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.api import watching
from designchord.api.watching import Watch, frame_of
from designchord.designs.models import Design, Owner
from designchord.designs.services import designs
from designchord.events.base import Event
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
    return Watch(stream=stream, owner=watched[0], design_id=str(watched[1].pk), after=None)


async def _append(design: Design, count: int) -> list[Event]:
    """Store a design's end in several events."""

    def append() -> list[Event]:
        from designchord.designs.services.events import events_append

        data = {"state": "running", "error": None, "finished_at": None}
        design.refresh_from_db()
        return events_append(design=design, entries=[("design", data, data)] * count)

    return await sync_to_async(append)()


async def _take(frames: AsyncIterator[bytes], count: int) -> list[bytes]:
    return [await asyncio.wait_for(anext(frames), 5) for _ in range(count)]


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
    monkeypatch.setattr(watching, "HEARTBEAT", 0.05)
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
    monkeypatch.setattr(watching, "MAX_WAITING", 10)
    stream = MemoryStream()
    watch = _watch(stream, watched)
    design_id = str(watched[1].pk)
    begun = asyncio.Event()

    async def read_one_and_stop() -> None:
        async for _ in watch:
            begun.set()
            await asyncio.sleep(60)

    def flood() -> None:
        data = {"kind": "erd", "part": "", "run": 1, "offset": 1, "text": "x"}
        for _ in range(200):
            stream.publish(Event(design_id, "delta", 0, data))

    reader = asyncio.create_task(read_one_and_stop())
    await begun.wait()
    await asyncio.to_thread(flood)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(reader, 10)
    assert not stream.watched(design_id)


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
    watching.end_all()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(frames), 5)


async def test_a_deleted_design_ends_its_streams(
    watched: tuple[Owner, Design], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, design = watched
    watch = Watch(stream=MemoryStream(), owner=owner, design_id=str(design.pk), after=0)
    await sync_to_async(designs.design_delete)(design_id=design.pk)
    frames = aiter(watch)
    await _take(frames, 1)
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(frames), 5)
