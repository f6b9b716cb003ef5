"""How requests come to Django and answers go back, without a server between."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from designchord import wiring
from designchord.api import handler
from designchord.api.handler import Handler


def scope(path: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path, "root_path": "",
        "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"localhost")],
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 4000), **more,
    }  # fmt: skip


async def ask(asked: dict[str, Any], *messages: dict[str, Any], server: Handler | None = None) -> list[dict[str, Any]]:
    """What is sent for a request that arrives in these messages."""
    sent: list[Any] = []
    arriving = iter(messages or ({"type": "http.request"},))

    async def receive() -> dict[str, Any]:
        return next(arriving)

    async def send(message: Any) -> None:
        sent.append(message)

    await asyncio.wait_for((server or Handler())(asked, receive, send), 20)
    return sent


async def test_the_process_says_how_it_is_while_every_thread_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(held.wait)
        monkeypatch.setattr(handler, "_threads", threads)
        start, body = await ask(scope("/healthz"))
        held.set()
    assert start["status"] == 200
    assert b'"up"' in body["body"]


async def test_the_process_says_how_it_is_while_a_part_of_it_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who asks whether it is ready waits for the same answer, and nobody else does."""
    began, frozen, asked = threading.Event(), threading.Event(), []

    class Frozen:
        def readiness(self) -> wiring.Readiness:
            asked.append(1)
            began.set()
            frozen.wait(20)
            return wiring.Readiness({"database": False}, frozenset({"database"}))

    app = Frozen()
    monkeypatch.setattr(wiring, "application", lambda: app)
    server = Handler()
    waiting = [asyncio.create_task(ask(scope("/readyz"), server=server)) for _ in range(9)]
    assert await asyncio.to_thread(began.wait, 20)
    start, _ = await ask(scope("/healthz"), server=server)
    frozen.set()
    answers = [(await answer)[0]["status"] for answer in waiting]

    assert start["status"] == 200
    assert answers == [503] * 9
    assert asked == [1]


async def test_who_leaves_before_the_request_is_whole_is_not_answered() -> None:
    beginning = {"type": "http.request", "body": b"{", "more_body": True}
    assert await ask(scope("/healthz"), beginning, {"type": "http.disconnect"}) == []


async def test_a_query_that_is_not_text_is_refused() -> None:
    start, _ = await ask(scope("/healthz", query_string=b"\xff"))
    assert start["status"] == 400


async def test_only_http_is_served() -> None:
    with pytest.raises(ValueError, match="websocket"):
        await ask({"type": "websocket"})
