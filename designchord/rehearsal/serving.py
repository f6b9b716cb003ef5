"""A mock behind a socket: an ASGI application for one design, on this machine alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from designchord.rehearsal.mock import MOST_BODY, Answer, Mock

_Message = MutableMapping[str, Any]
_ALLOWED: Final = "GET, POST, PUT, PATCH, DELETE, OPTIONS"


class MockServer:
    """Requests one after another: a mock keeps one state, and each takes well under a millisecond."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self._lock = threading.Lock()

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive)
        if body is None:
            answer = Answer(413, {"code": "too_large", "message": "The body is too large."})
        elif scope["method"] == "OPTIONS":
            answer = Answer(204)
        else:
            target = scope.get("raw_path", scope["path"].encode()).decode("latin-1").partition("?")[0]
            query = scope.get("query_string", b"").decode("latin-1")
            with self._lock:
                answer = self._mock.handle(scope["method"], f"{target}?{query}" if query else target, headers, body)
        await _send(send, answer, headers.get("origin", "*"), scope["method"])

    async def _lifespan(
        self, receive: Callable[[], Awaitable[_Message]], send: Callable[[_Message], Awaitable[None]]
    ) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _body(receive: Callable[[], Awaitable[_Message]]) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BODY:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Callable[[_Message], Awaitable[None]], answer: Answer, origin: str, method: str) -> None:
    body = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
    headers = {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": _ALLOWED,
        "access-control-allow-headers": "authorization, content-type, prefer",
        "vary": "origin",
        **answer.headers,
    }
    if body:
        headers |= {"content-type": "application/json", "content-length": str(len(body))}
    encoded = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
