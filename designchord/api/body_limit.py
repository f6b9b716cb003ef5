"""Takes in request bodies, and cuts those off that are over the limit while they arrive."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from designchord.api.request_guard import MAX_BODY

#: How many times the limit may go by unread before the connection is closed in the client's face.
DRAINED_TIMES = 16

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def take_body(receive: Receive, send: Send) -> bytes | None:
    """A request's whole body; None when its client has left, or when it was too large and was refused."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
        if len(body) > MAX_BODY:
            if not more or await _drained(receive):
                await _refuse(send)
            return None
    return bytes(body)


async def _drained(receive: Receive) -> bool:
    """Let the rest go by: a client that is still sending would never read the answer. False when it left."""
    passed = 0
    while passed < DRAINED_TIMES * MAX_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        passed += len(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return True


async def _refuse(send: Send) -> None:
    request_id = uuid.uuid4().hex
    error = {
        "code": "too_large",
        "message": f"The request is too large: {MAX_BODY:,} bytes at most.",
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
