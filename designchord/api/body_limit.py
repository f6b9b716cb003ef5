"""Cuts off request bodies over a limit while they arrive, before anything is kept of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

#: How many times the limit may go by unread before the connection is closed in the client's face.
DRAINED_TIMES = 16

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class _TooLarge(Exception):
    """More arrived than is allowed."""


class BodyLimit:
    """An ASGI application in front of another. A declared length is judged by the other one, which can say more."""

    def __init__(self, application: Application, max_bytes: int) -> None:
        self._application = application
        self._max_bytes = max_bytes

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        arrived, answered, more = 0, False, False

        async def limited() -> Message:
            nonlocal arrived, more
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self._max_bytes:
                more = bool(message.get("more_body", False))
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._application(scope, limited, noted)
        except _TooLarge:
            if not answered and (not more or await self._drained(receive)):
                await self._refuse(send)

    async def _drained(self, receive: Receive) -> bool:
        """Let the rest go by: a client that is still sending would never read the answer. False when it left."""
        passed = 0
        while passed < DRAINED_TIMES * self._max_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            passed += len(message.get("body", b""))
            if not message.get("more_body", False):
                break
        return True

    async def _refuse(self, send: Send) -> None:
        request_id = uuid.uuid4().hex
        error = {
            "code": "too_large",
            "message": f"The request is too large: {self._max_bytes:,} bytes at most.",
            "details": {},
            "request_id": request_id,
        }
        headers = [
            (b"content-type", b"application/json"),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"error": error}).encode()})
