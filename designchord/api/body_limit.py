"""Takes in request bodies, cuts off those that are over the limit or too slow, and refuses what Django never sees."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from designchord.api.failures import RETRY_AFTER, shaped
from designchord.api.request_guard import MAX_BODY
from designchord.errors import DesignchordError

#: Seconds within which a body has to be there.
BODY_SECONDS = 30.0

#: How many times the limit may go by unread before the connection is closed in the client's face.
DRAINED_TIMES = 16

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class TooSlow(DesignchordError):
    """The request has not come within 30 seconds."""

    code = "too_slow"


def declared_size(headers: Mapping[bytes, bytes]) -> int:
    """How many bytes of body a request may be about to send; 0 when it has none."""
    if b"transfer-encoding" in headers:
        return MAX_BODY
    length = headers.get(b"content-length", b"0")
    return min(int(length), MAX_BODY) if length.isdigit() and len(length) < 20 else MAX_BODY


async def take_body(receive: Receive, send: Send) -> bytes | None:
    """A request's whole body; None when its client has left or it was refused as too large. Raises ``TooSlow``."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _taken(receive, send)
    except TimeoutError:
        raise TooSlow from None


async def _taken(receive: Receive, send: Send) -> bytes | None:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
        if len(body) > MAX_BODY:
            body.clear()
            if not more or await _drained(receive):
                await refuse(send, 413, "too_large", f"The request is too large: {MAX_BODY:,} bytes at most.")
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


async def refuse(send: Send, status: int, code: str, message: str) -> None:
    """Answer in the one shape of failures and close the connection, with whatever was not read of it."""
    request_id = uuid.uuid4().hex
    body = shaped(code, message, None, request_id)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", request_id.encode()),
        (b"connection", b"close"),
    ]
    if status == 503:
        headers.append((b"retry-after", str(RETRY_AFTER).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
