"""One client's view of a design's events: subscribe, replay what the database has, then pass on what comes.

The order matters: whatever happens between the subscription and the replay arrives twice and is dropped by its number;
whatever the stream loses leaves a gap in the numbers and is read from the database.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any
from weakref import WeakSet

from asgiref.sync import sync_to_async
from django.db import connection

from designchord.designs import selectors
from designchord.designs.models import Owner
from designchord.errors import NotFound, QuotaExceeded
from designchord.events.base import Event, EventStream

#: Seconds of silence after which a comment keeps the connection open.
HEARTBEAT = 15.0

#: Events that may wait for a slow reader before it is cut off; it can resume where it was.
MAX_WAITING = 2_000

_PAGE = 500

#: Weak, so that a watch whose client left before the first byte counts for nothing.
_open: WeakSet[Watch] = WeakSet()


def end_all() -> None:
    """End every watch of this process; called on the event loop when the server goes away."""
    for watch in tuple(_open):
        watch.end()


def refuse_crowd(*, owner: Owner, at_most: int | None) -> None:
    """Raise ``QuotaExceeded`` when an owner watches that much in this process already; called on the event loop."""
    if at_most is not None and sum(watch.owner_id == owner.pk for watch in _open) >= at_most:
        raise QuotaExceeded(
            f"{at_most} event streams are open already: close some.", code="too_many_streams", retry_after=HEARTBEAT
        )


class Watch:
    """An asynchronous iterator of bytes; ``close`` may be called from anywhere, also before the first one."""

    def __init__(
        self,
        *,
        stream: EventStream,
        owner: Owner,
        design_id: str,
        after: int | None,
        permitted: Callable[[], bool] = lambda: True,
    ) -> None:
        self.owner_id = owner.pk
        self._permitted = permitted
        self._seen_permitted = time.monotonic()
        self._stream = stream
        self._owner = owner
        self._design_id = design_id
        self._last = after
        self._waiting: deque[Event] = deque()
        self._heard = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._reader: asyncio.Task[Any] | None = None
        self._leave: Callable[[], None] | None = None
        self._ending = False
        _open.add(self)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._frames()

    def end(self) -> None:
        """Let the client go after what it has been sent; it will come back and resume."""
        self._ending = True
        self._heard.set()

    def close(self) -> None:
        _open.discard(self)
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()

    async def _frames(self) -> AsyncIterator[bytes]:
        self._reader = asyncio.current_task()
        self._leave = self._stream.subscribe(self._design_id, self._hear)
        try:
            yield b"retry: 2000\n\n"
            async for frame in self._replay():
                yield frame
            while not self._ending and await self._is_permitted():
                try:
                    await asyncio.wait_for(self._heard.wait(), HEARTBEAT)
                except TimeoutError:
                    yield b": still here\n\n"
                    async for frame in self._missed():
                        yield frame
                    continue
                self._heard.clear()
                while self._waiting:
                    async for frame in self._passed_on(self._waiting.popleft()):
                        yield frame
        except NotFound:
            return  # deleted while it was watched
        finally:
            self.close()

    async def _replay(self) -> AsyncIterator[bytes]:
        """The snapshot, or the events since the one that the client has seen, if that one can have existed."""
        if self._last is not None:
            newest = await self._read(self._newest)
            if self._last <= newest:
                async for frame in self._missed():
                    yield frame
                return
        snapshot = await self._read(self._snapshot)
        self._last = snapshot["last_event_id"]
        yield frame_of("snapshot", snapshot, self._last)

    async def _passed_on(self, event: Event) -> AsyncIterator[bytes]:
        last = self._last or 0
        if event.id == 0:
            yield frame_of(event.type, event.data)
        elif event.id == last + 1 and event.data:
            self._last = event.id
            yield frame_of(event.type, event.data, event.id)
        elif event.id > last:
            async for frame in self._missed():
                yield frame

    async def _missed(self) -> AsyncIterator[bytes]:
        while events := await self._read(self._stored):
            for event in events:
                self._last = event.id
                yield frame_of(event.type, event.data, event.id)

    def _hear(self, event: Event) -> None:
        """Called from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._take, event)
        except RuntimeError:  # the server is going away
            return

    def _take(self, event: Event) -> None:
        if len(self._waiting) >= MAX_WAITING:
            self.close()
            if self._reader is not None:
                self._reader.cancel()
            return
        self._waiting.append(event)
        self._heard.set()

    async def _read(self, query: Callable[[], Any]) -> Any:
        """Run a query and give the connection back at once: a watcher holds none while it waits."""

        def closing() -> Any:
            try:
                return query()
            finally:
                connection.close()

        return await sync_to_async(closing)()

    async def _is_permitted(self) -> bool:
        """Whether whoever watches is still signed in; asked once a heartbeat."""
        if time.monotonic() - self._seen_permitted < HEARTBEAT * 0.9:
            return True
        self._seen_permitted = time.monotonic()
        return bool(await self._read(self._permitted))

    def _newest(self) -> int:
        return selectors.design_get(owner=self._owner, design_id=self._design_id).last_event

    def _snapshot(self) -> dict[str, Any]:
        return selectors.snapshot(owner=self._owner, design_id=self._design_id)

    def _stored(self) -> list[Event]:
        return selectors.events_after(design_id=self._design_id, after=self._last or 0, limit=_PAGE)


def frame_of(name: str, data: dict[str, Any], number: int | None = None) -> bytes:
    """One event on the wire. JSON escapes line breaks, so a value can never begin a field of its own."""
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
