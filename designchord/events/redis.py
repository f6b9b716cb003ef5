"""Events between processes on Redis Streams: one short stream a design, bounded and expiring.

Redis is a doorbell and a short memory for live text, never the truth. It may lose everything, freeze or be away:
publishing goes through a thread that gives up quickly, and whoever watches is told to look into the database while
Redis cannot be heard. Two threads a process, started when first needed:

- the sender publishes in batches, and learns which designs anybody watches when somebody asks;
- the reader listens to all designs watched in this process at once, and keeps telling the others that they are.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Any

import orjson
import redis
import structlog
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from designchord.events.base import RESYNC, Event, OnEvent
from designchord.events.texts import LiveTexts

log = structlog.get_logger("designchord.events")

#: A design's stream holds about this many entries, and this long after the last one; shortly after its end. Told anew
#: only once in a while.
STREAM_ENTRIES = 4_000
STREAM_SECONDS = 900
ENDED_SECONDS = 60
RETOLD_SECONDS = 60

#: Larger stored events travel without their data; whoever gets one reads it from the database.
DATA_BYTES = 8_192

#: Events waiting to be sent; more of them are dropped.
MAX_WAITING = 20_000

#: Seconds that one command may take, and the longest pause before Redis is tried again.
COMMAND_SECONDS = 0.5
LONGEST_PAUSE = 4.0

#: Seconds for which the sender lets events gather before it sends them: the frames of many parts come together.
GATHER_SECONDS = 0.005

#: Seconds between two looks at who watches; a watcher's word holds for ``WATCH_SECONDS``.
LOOK_SECONDS = 0.5
WATCH_SECONDS = 8.0

#: Milliseconds that the reader waits for events before it looks whether somebody else wants to watch.
LISTEN_MS = 200

#: Seconds between two calls to read the database again while Redis cannot be heard.
RESYNC_SECONDS = 2.0

_WATCHED = "designchord:watched"

#: What the sender's queue holds beside events.
_LOOK, _OVER = object(), object()


def stream_key(design: str) -> str:
    return f"designchord:live:{design}"


def _client(url: str, seconds: float) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=seconds, socket_connect_timeout=COMMAND_SECONDS, retry=Retry(NoBackoff(), 0), protocol=2
    )


class RedisStream:
    """``EventStream`` on Redis. ``channel`` names a pub/sub channel that repeats progress for operators."""

    def __init__(self, *, url: str, channel: str | None = None) -> None:
        self._sender = _Sender(url, channel)
        self._reader = _Reader(url)

    def publish(self, event: Event) -> None:
        self._sender.send(event)

    def subscribe(self, design: str, on_event: OnEvent) -> Callable[[], None]:
        self._reader.add(design, on_event)
        return lambda: self._reader.remove(design, on_event)

    def watched(self, design: str) -> bool:
        return self._reader.has(design) or self._sender.watched(design)

    def answers(self) -> bool:
        """Whether Redis answers now."""
        return self._sender.answers()

    def watchers(self) -> int:
        """How many watch in this process."""
        return self._reader.watchers()

    def close(self) -> None:
        self._sender.close()
        self._reader.close()


class _Sender:
    """Publishes from a queue, so that nobody waits for Redis."""

    def __init__(self, url: str, channel: str | None) -> None:
        self._redis = _client(url, COMMAND_SECONDS)
        self._channel = channel
        self._queue: SimpleQueue[Event | object] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._watched: frozenset[str] = frozenset()
        self._asked_at = self._silent_until = 0.0
        self._pause = 0.0
        self._kept: dict[str, float] = {}

    def send(self, event: Event) -> None:
        if self._queue.qsize() < MAX_WAITING:
            self._queue.put(event)
            self._ensure_thread()

    def watched(self, design: str) -> bool:
        """What was last heard; where that was a while ago, the thread looks again."""
        now = time.monotonic()
        if now - self._asked_at >= LOOK_SECONDS:
            self._asked_at = now
            self._queue.put(_LOOK)
            self._ensure_thread()
        return design in self._watched

    def answers(self) -> bool:
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False

    def close(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(_OVER)
            thread.join(2 * COMMAND_SECONDS)
        self._redis.close()

    def _ensure_thread(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="events-out", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        over = False
        while not over:
            items = self._gather()
            over = _OVER in items
            if time.monotonic() < self._silent_until:
                continue  # dropped: the database has what matters
            try:
                if _LOOK in items:
                    self._look()
                self._publish([item for item in items if isinstance(item, Event)])
            except RedisError as error:
                self._fail(error)
            else:
                self._pause = 0.0

    def _gather(self) -> list[Event | object]:
        """What waits, up to a batch."""
        items = [self._queue.get()]
        if items[0] is not _OVER:
            time.sleep(GATHER_SECONDS)
        with contextlib.suppress(Empty):
            while len(items) < 500:
                items.append(self._queue.get_nowait())
        return items

    def _publish(self, events: Sequence[Event]) -> None:
        if not events:
            return
        packed: dict[str, list[bytes]] = {}
        with self._redis.pipeline(transaction=False) as batch:
            for event in events:
                packed.setdefault(event.design, []).append(_packed(event))
                if self._channel and event.id:
                    batch.publish(self._channel, _told(event))
            for design, entry in packed.items():
                fields = {b"e": b"[" + b",".join(entry) + b"]"}
                batch.xadd(stream_key(design), fields, maxlen=STREAM_ENTRIES, approximate=True)  # type: ignore[arg-type]
            for design, seconds in self._to_keep(events):
                batch.expire(stream_key(design), seconds)
            batch.execute()

    def _to_keep(self, events: Sequence[Event]) -> Iterator[tuple[str, int]]:
        """For how long to keep the streams for which that has to be told now."""
        now = time.monotonic()
        if len(self._kept) > MAX_WAITING:
            self._kept = {design: until for design, until in self._kept.items() if until > now}
        for event in events:
            if event.type == "done":
                self._kept.pop(event.design, None)
                yield event.design, ENDED_SECONDS
            elif self._kept.get(event.design, 0.0) <= now:
                self._kept[event.design] = now + RETOLD_SECONDS
                yield event.design, STREAM_SECONDS

    def _look(self) -> None:
        names = self._redis.zrangebyscore(_WATCHED, time.time(), "+inf")
        self._watched = frozenset(name.decode() for name in names)  # type: ignore[union-attr]

    def _fail(self, error: RedisError) -> None:
        if not self._pause:
            log.warning("events_unheard", error=type(error).__name__)
        self._pause = min(max(0.5, self._pause * 2), LONGEST_PAUSE)
        self._silent_until = time.monotonic() + self._pause
        self._watched = frozenset()
        self._kept.clear()  # Redis may have forgotten everything
        self._redis.connection_pool.disconnect()


class _Reader:
    """Listens to every design that is watched in this process, over one connection."""

    def __init__(self, url: str) -> None:
        self._redis = _client(url, LISTEN_MS / 1000 + 4 * COMMAND_SECONDS)
        self._changed = threading.Condition()
        self._watchers: dict[str, list[OnEvent]] = {}
        self._newcomers: list[tuple[str, OnEvent]] = []
        self._cursors: dict[str, bytes] = {}
        self._renewed_at = 0.0
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, design: str, on_event: OnEvent) -> None:
        with self._changed:
            self._newcomers.append((design, on_event))
            self._renewed_at = 0.0
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="events-in", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def remove(self, design: str, on_event: OnEvent) -> None:
        with self._changed:
            if (design, on_event) in self._newcomers:
                self._newcomers.remove((design, on_event))
            watchers = self._watchers.get(design, [])
            if on_event in watchers:
                watchers.remove(on_event)
            if not watchers:
                self._watchers.pop(design, None)
                self._cursors.pop(design, None)

    def has(self, design: str) -> bool:
        return design in self._watchers or any(name == design for name, _ in tuple(self._newcomers))

    def watchers(self) -> int:
        with self._changed:
            return len(self._newcomers) + sum(map(len, self._watchers.values()))

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._watchers.clear()
            self._newcomers.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(2.0)
        self._redis.close()

    def _run(self) -> None:
        heard = True
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._newcomers or self._watchers)
                if self._closed:
                    return
            try:
                self._renew()
                self._admit()
                self._listen()
            except RedisError as error:
                if heard:
                    log.warning("events_unheard", error=type(error).__name__)
                self._redis.connection_pool.disconnect()
                heard = False
                self._resync()
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, RESYNC_SECONDS)
            else:
                if not heard:  # whatever rang in the meantime was not heard
                    self._resync()
                heard = True

    def _renew(self) -> None:
        """Tell every sender that these designs are watched."""
        now = time.time()
        if now - self._renewed_at < WATCH_SECONDS / 4:
            return
        with self._changed:
            names = {*self._watchers, *(design for design, _ in self._newcomers)}
            self._renewed_at = now
        with self._redis.pipeline(transaction=False) as batch:
            if names:
                batch.zadd(_WATCHED, dict.fromkeys(names, now + WATCH_SECONDS))
            batch.zremrangebyscore(_WATCHED, "-inf", now)
            batch.expire(_WATCHED, int(4 * WATCH_SECONDS))
            batch.execute()

    def _admit(self) -> None:
        """Give newcomers the live text so far, up to where the others are; from then on they hear with them."""
        with self._changed:
            newcomers = tuple(self._newcomers)
        for design, on_event in newcomers:
            texts, last = self._remembered(design)
            with self._changed:
                if (design, on_event) not in self._newcomers:
                    continue
                self._newcomers.remove((design, on_event))
                self._watchers.setdefault(design, []).append(on_event)
                self._cursors.setdefault(design, last)
            for event in texts.missed():
                on_event(event)

    def _remembered(self, design: str) -> tuple[LiveTexts, bytes]:
        """What a design's stream says of its live text, up to this reader's place in it, and that place."""
        texts = LiveTexts()
        last = self._cursors.get(design)
        entries: Any = self._redis.xrange(stream_key(design), max=last.decode() if last else "+")
        for _, fields in entries:
            for event in _unpacked(design, fields):
                texts.note(event)
        return texts, last or (entries[-1][0] if entries else b"0-0")

    def _listen(self) -> None:
        with self._changed:
            places: Any = {stream_key(design): place for design, place in self._cursors.items()}
        if not places:
            return
        heard: Any = self._redis.xread(places, count=500, block=LISTEN_MS)
        for key, entries in heard:
            design = key.decode().removeprefix(stream_key(""))
            with self._changed:
                watchers = tuple(self._watchers.get(design, ()))
                if watchers:
                    self._cursors[design] = entries[-1][0]
            for _, fields in entries:
                for event in _unpacked(design, fields):
                    for on_event in watchers:
                        on_event(event)
        if len(places) > 20:  # naming many streams costs: let a few events gather
            time.sleep(0.02)

    def _resync(self) -> None:
        """Send everybody to the database."""
        with self._changed:
            everybody = [(d, w) for d, watchers in self._watchers.items() for w in watchers] + self._newcomers
        for design, on_event in everybody:
            on_event(Event(design, "design", RESYNC))


def _packed(event: Event) -> bytes:
    try:
        packed = orjson.dumps((event.type, event.id, event.data))
    except TypeError:  # lone surrogates of live text survive as ASCII
        packed = json.dumps((event.type, event.id, event.data)).encode()
    if event.id and len(packed) > DATA_BYTES:
        return orjson.dumps((event.type, event.id, {}))
    return packed


def _unpacked(design: str, fields: dict[bytes, bytes]) -> list[Event]:
    """The events of an entry as they were published; a resync when it is of another release or not ours at all."""
    try:
        return [Event(design, type_, number, data) for type_, number, data in json.loads(fields[b"e"])]
    except (KeyError, ValueError, TypeError):
        return [Event(design, "design", RESYNC)]


def _told(event: Event) -> bytes:
    """An event as operators see it: how a design goes, nothing of what it says."""
    seen = {name: event.data[name] for name in ("kind", "part", "state", "phase") if name in event.data}
    return json.dumps({"design": event.design, "type": event.type, "id": event.id, **seen}).encode()
