"""What happens to a design, heard once, put in order once and encoded once for everybody who watches it here.

Whatever the stream loses leaves a gap in the numbers and is read from the database; while that is read, what comes
waits. Everything here belongs to the event loop, except that events may be heard in any thread.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import orjson
import structlog
from django.db import Error

from designchord.api.shares import Share
from designchord.designs import selectors
from designchord.designs.connections import release_connection
from designchord.events.base import Event, EventStream
from designchord.events.texts import LiveTexts

log = structlog.get_logger("designchord.broadcast")

#: Seconds of silence after which a comment keeps connections open, and between two questions whether one may watch.
HEARTBEAT = 15.0

#: Events that may wait while a gap is read from the database; later ones are found there too.
MAX_WAITING = 2_000

PAGE = 500

#: Histories that are sent at once, of everybody and of one owner, and seconds that the next may wait for its turn. Each
#: holds a page of its history until its client has taken it, or is cut off.
REPLAYS, REPLAYS_EACH, REPLAY_WAIT = 64, 4, 45.0

_COMMENT = b": still here\n\n"

_T = TypeVar("_T")

#: A few for all watchers: none of them holds one while it waits. One owner's histories are read one after another.
READERS, READERS_EACH = 4, 1
_readers = ThreadPoolExecutor(READERS, thread_name_prefix="watching")


class Member(Protocol):
    """Somebody who watches."""

    def take(self, number: int, frame: bytes) -> None:
        """One frame, in order; the number is 0 for what is not stored."""

    def is_due(self, now: float) -> bool:
        """Whether it is time to ask again whether this one may watch."""

    def is_permitted(self) -> bool:
        """Asked in a thread with a database."""

    def end(self) -> None:
        """Let the client go."""


async def read(query: Callable[[], _T]) -> _T:
    """Run a query in a thread that lets go of the database afterwards."""

    def reading() -> _T:
        try:
            return query()
        finally:
            release_connection()

    return await asyncio.get_running_loop().run_in_executor(_readers, reading)


def frame_of(name: str, data: object, number: int = 0) -> bytes:
    """One event on the wire. JSON escapes line breaks, so a value can never begin a field of its own."""
    head = f"id: {number}\nevent: {name}\ndata: " if number else f"event: {name}\ndata: "
    try:
        text = orjson.dumps(data)
    except TypeError:  # half a character: live text may be cut in the middle of one
        text = orjson.dumps(_mended(data))
    return b"%s%s\n\n" % (head.encode(), text)


def _mended(value: object) -> object:
    """The same with a question mark for what is not text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_mended(name): _mended(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return value


class Broadcast:
    """One design's events for all its members in this process."""

    def __init__(self, design_id: str, stream: EventStream) -> None:
        self.design_id = design_id
        self.members: set[Member] = set()
        self._loop = asyncio.get_running_loop()
        self._last: int | None = None
        self._behind = False
        self._waiting: deque[Event] = deque()
        self._reading: asyncio.Task[None] | None = None
        self._texts = LiveTexts()
        self._spoke = time.monotonic()
        self._leave = stream.subscribe(design_id, self._hear)

    def join(self, member: Member) -> None:
        """From now on the member gets every frame; first of all the live text that it has missed."""
        for event in self._texts.missed():
            member.take(0, frame_of(event.type, event.data))
        self.members.add(member)

    def caught_up(self, last: int) -> None:
        """A member has all events up to this one from the database."""
        if self._last is None:
            self._last = last
            if self._behind:
                self._look()

    def beat(self, now: float) -> None:
        """After a long silence: say so, and look whether it was one."""
        if now - self._spoke >= HEARTBEAT:
            self._tell(0, _COMMENT)
            self._look()

    def close(self) -> None:
        self._leave()
        if self._reading is not None:
            self._reading.cancel()

    def _hear(self, event: Event) -> None:
        """Called from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._take, event)
        except RuntimeError:  # the server is going away
            return

    def _take(self, event: Event) -> None:
        if self._reading is None:
            self._pass_on(event)
        elif len(self._waiting) < MAX_WAITING:
            self._waiting.append(event)

    def _pass_on(self, event: Event) -> None:
        if event.id == 0:
            self._tell_event(event)
        elif event.data and (self._last is None or event.id == self._last + 1):
            self._last = event.id
            self._tell_event(event)
        elif self._last is None or event.id > self._last:
            self._look()

    def _tell_event(self, event: Event) -> None:
        self._texts.note(event)
        self._tell(event.id, frame_of(event.type, event.data, event.id))

    def _tell(self, number: int, frame: bytes) -> None:
        self._spoke = time.monotonic()
        for member in tuple(self.members):
            member.take(number, frame)

    def _look(self) -> None:
        """Read what is stored; as long as nobody knows from where on, later."""
        self._behind = self._last is None
        if self._last is not None and self._reading is None:
            self._reading = self._loop.create_task(self._read_stored())

    async def _read_stored(self) -> None:
        try:
            while events := await read(self._stored):
                for event in events:
                    self._last = event.id
                    self._tell_event(event)
        except Error as error:  # the next event that is missing, or the next silence, leads here again
            log.warning("events_unread", error=type(error).__name__)
        finally:
            self._reading = None
        while self._waiting and self._reading is None:
            self._pass_on(self._waiting.popleft())

    def _stored(self) -> list[Event]:
        return selectors.events_after(design_id=self.design_id, after=self._last or 0, limit=PAGE)


class Broadcasts:
    """The broadcasts of one process, and the one clock that all watchers share."""

    def __init__(self, stream: EventStream) -> None:
        self.replays = Share(total=REPLAYS, each=REPLAYS_EACH, wait=REPLAY_WAIT)
        self._readers = Share(total=READERS, each=READERS_EACH, wait=REPLAY_WAIT, queue=MAX_WAITING)
        self._stream = stream
        self._broadcasts: dict[str, Broadcast] = {}
        self._clock: asyncio.Task[None] | None = None

    def join(self, design_id: str, member: Member) -> Broadcast:
        broadcast = self._broadcasts.get(design_id)
        if broadcast is None:
            broadcast = self._broadcasts[design_id] = Broadcast(design_id, self._stream)
        broadcast.join(member)
        if self._clock is None or self._clock.done():
            self._clock = asyncio.get_running_loop().create_task(self._tick())
        return broadcast

    def leave(self, broadcast: Broadcast, member: Member) -> None:
        broadcast.members.discard(member)
        if not broadcast.members and self._broadcasts.get(broadcast.design_id) is broadcast:
            del self._broadcasts[broadcast.design_id]
            broadcast.close()

    async def read(self, caller: str, query: Callable[[], _T]) -> _T:
        """Run a query that may have much to read and to encode, when it is the caller's turn."""
        async with self._readers.hold(caller):
            return await read(query)

    async def _tick(self) -> None:
        while self._broadcasts:
            await asyncio.sleep(HEARTBEAT / 15)
            now = time.monotonic()
            for broadcast in tuple(self._broadcasts.values()):
                broadcast.beat(now)
            due = [
                member for broadcast in self._broadcasts.values() for member in broadcast.members if member.is_due(now)
            ]
            if due:
                await self._ask(due)

    async def _ask(self, members: list[Member]) -> None:
        """End those that may not watch any longer."""
        try:
            refused = await read(lambda: [member for member in members if not member.is_permitted()])
        except Error as error:  # nothing new can be read either
            log.warning("permission_unread", error=type(error).__name__)
            return
        for member in refused:
            member.end()
