"""Connections that keep the server waiting are cut: heads that do not come, answers that nobody takes.

uvicorn has no deadline for either; bodies have theirs in ``body_limit``. A connection is cheap, but strangers open it.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds within which a request's head has to be there.
HEAD_SECONDS = 10.0

#: Seconds within which some of what waits to be sent has to be taken.
STALLED_SECONDS = 30.0

#: Bytes that are read at once from a connection: what a sender can make the server keep before anybody asks for it.
READ_AT_ONCE = 32_768


#: Under this name an ASGI application finds how to cut a connection off.
CUT = "designchord.cut"


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol with these deadlines."""

    _head: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        transport.max_size = READ_AT_ONCE
        self.app_state = {**self.app_state, CUT: transport.abort}  # for whoever answers, as ``scope["state"]``
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look_again()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _await_head(self) -> None:
        """Run the clock while a head is awaited, from its first byte or the connection's beginning on."""
        awaited = self.conn.their_state is h11.IDLE
        if awaited and self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)
        elif not awaited and self._head is not None:
            self._head.cancel()
            self._head = None

    def _look_again(self) -> None:
        self._stalled = self.loop.call_later(STALLED_SECONDS, self._cut_if_stalled, self._to_send())

    def _cut_if_stalled(self, before: int) -> None:
        if self._to_send() < before:
            self._look_again()
        else:
            self.transport.abort()

    def _to_send(self) -> int:
        return self.transport.get_write_buffer_size()
