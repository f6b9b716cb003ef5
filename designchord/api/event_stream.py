"""One client's view of a design's events: join the broadcast, replay what the database has, pass on what is broadcast.

The order matters: whatever happens between the joining and the replay arrives twice and is dropped by its number.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakSet

from django.db import Error
from django.http import HttpResponseBase

from designchord.api import broadcast
from designchord.api.body_limit import Receive, Send
from designchord.api.broadcast import Broadcast, Broadcasts, frame_of
from designchord.api.callers import Permission
from designchord.designs import selectors
from designchord.designs.models import Owner
from designchord.errors import Busy, NotFound, QuotaExceeded

#: Frames that may wait for a slow reader before it is let go; it can resume where it was.
MAX_WAITING = 2_000

#: The same in bytes: what one watcher lets the others' frames hold, if nobody else needs them any more.
MAX_WAITING_BYTES = 4_000_000

#: Bytes that are gathered into one write.
_GATHERED = 65_536

#: Weak, so that a watch whose client left before the first byte counts for nothing.
_open: WeakSet[Watch] = WeakSet()
_lock = threading.Lock()


def end_all() -> None:
    """End every watch of this process; called on the event loop when the server goes away."""
    with _lock:
        watches = tuple(_open)
    for watch in watches:
        watch.end()


def count() -> int:
    """How many clients watch through this process."""
    with _lock:
        return len(_open)


class Watch:
    """An asynchronous iterator of bytes. Made in any thread, then used on the event loop alone.

    Raises ``QuotaExceeded`` when its owner watches ``at_most`` times in this process already.
    """

    def __init__(
        self,
        *,
        broadcasts: Broadcasts,
        owner: Owner,
        design_id: str,
        after: int | None,
        permission: Permission | None = None,
        at_most: int | None = None,
    ) -> None:
        self.owner_id = owner.pk
        self._caller = f"owner {owner.pk}"
        self._broadcasts = broadcasts
        self._broadcast: Broadcast | None = None
        self._owner = owner
        self._design_id = design_id
        self._last = after
        self._permission = permission
        self._asked = time.monotonic()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._waiting_bytes = 0
        self._replaying = False
        self._heard = asyncio.Event()
        self._ending = False
        with _lock:
            if at_most is not None and sum(watch.owner_id == owner.pk for watch in _open) >= at_most:
                raise QuotaExceeded(
                    f"{at_most} event streams are open already: close some.",
                    code="too_many_streams",
                    retry_after=broadcast.HEARTBEAT,
                )
            _open.add(self)

    async def run(self, receive: Receive, send: Send) -> None:
        """Write to a client until it leaves or is let go."""
        leaving = asyncio.create_task(self._await_leaving(receive))
        try:
            async for frames in self:
                await send({"type": "http.response.body", "body": frames, "more_body": True})
                del frames  # a snapshot may be large, and the next event far
            await send({"type": "http.response.body"})
        finally:
            self.close()
            leaving.cancel()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._frames()

    def take(self, number: int, frame: bytes) -> None:
        if self._ending:
            return
        if len(self._waiting) >= MAX_WAITING or self._waiting_bytes >= MAX_WAITING_BYTES:
            self._waiting.clear()
            self.close()
            self.end()
            return
        self._waiting.append((number, frame))
        self._waiting_bytes += len(frame)
        self._heard.set()

    def is_due(self, now: float) -> bool:
        if self._permission is None or now - self._asked < broadcast.HEARTBEAT * 0.9:
            return False
        self._asked = now
        return True

    def is_permitted(self) -> bool:
        return self._permission is None or self._permission.holds()

    def end(self) -> None:
        """Let the client go after what it has been sent; it will come back and resume."""
        self._ending = True
        self._heard.set()

    def close(self) -> None:
        with _lock:
            _open.discard(self)
        self._end_turn()
        joined, self._broadcast = self._broadcast, None
        if joined is not None:
            self._broadcasts.leave(joined, self)

    async def _await_leaving(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.close()
        self.end()

    async def _frames(self) -> AsyncIterator[bytes]:
        self._broadcast = joined = self._broadcasts.join(self._design_id, self)
        try:
            yield b"retry: 2000\n\n"
            await self._broadcasts.replays.take(self._caller)
            self._replaying = True
            async for frame in self._replay():
                yield frame
                del frame
            self._end_turn()
            joined.caught_up(self._last or 0)
            while True:
                await self._heard.wait()
                self._heard.clear()
                while self._waiting:
                    if self._waiting[0][0] > (self._last or 0) + 1:
                        self._next_waiting()  # the database has it, and what is missing before it
                        async for frame in self._missed():
                            yield frame
                    elif frames := self._gathered():
                        yield frames
                if self._ending:
                    return
        except (NotFound, Error, Busy):
            return  # it was deleted; or its client comes back, and is told what is the matter if it still is
        finally:
            self.close()

    async def _replay(self) -> AsyncIterator[bytes]:
        """The snapshot, or the events since the one that the client has seen, if that one can have existed."""
        if self._last is not None:
            newest = await self._broadcasts.read(self._caller, self._newest)
            if self._last <= newest:
                async for frame in self._missed():
                    yield frame
                return
        self._last, frame = await self._broadcasts.read(self._caller, self._snapshot)
        yield frame

    def _end_turn(self) -> None:
        if self._replaying:
            self._replaying = False
            self._broadcasts.replays.give_back(self._caller)

    def _next_waiting(self) -> None:
        _, frame = self._waiting.popleft()
        self._waiting_bytes -= len(frame)

    def _gathered(self) -> bytes:
        """What waits and is not known yet, up to a gap and not too much at once."""
        gathered, size = [], 0
        last = self._last or 0
        while self._waiting and size < _GATHERED:
            number, frame = self._waiting[0]
            if number > last + 1:
                break
            self._next_waiting()
            if number == 0 or number == last + 1:
                last = number or last
                gathered.append(frame)
                size += len(frame)
        self._last = last
        return b"".join(gathered)

    async def _missed(self) -> AsyncIterator[bytes]:
        while not self._ending and (frames := await self._broadcasts.read(self._caller, self._stored)):
            for self._last, frame in frames:
                yield frame

    def _newest(self) -> int:
        return selectors.design_get(owner=self._owner, design_id=self._design_id).last_event

    # Frames may be large: they are encoded where they are read, so that the event loop need not.

    def _snapshot(self) -> tuple[int, bytes]:
        snapshot = selectors.snapshot(owner=self._owner, design_id=self._design_id)
        number = snapshot["last_event_id"]
        return number, frame_of("snapshot", snapshot, number)

    def _stored(self) -> list[tuple[int, bytes]]:
        events = selectors.events_after(design_id=self._design_id, after=self._last or 0, limit=broadcast.PAGE)
        return [(event.id, frame_of(event.type, event.data, event.id)) for event in events]


class EventStreamResponse(HttpResponseBase):
    """The beginning of an event stream: what middleware sees of it."""

    streaming = True

    def __init__(self, watch: Watch) -> None:
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__(content_type="text/event-stream", headers=headers)
        self.watch = watch

    def __iter__(self) -> Any:
        """Nothing: the event loop writes it."""
        return iter(())
