"""Django under ASGI, with one thread for a request from its first line to its last.

Django's own handler takes each middleware and each view to a thread and back, and a new thread for each request, which
then opens the database anew. Nothing of ours waits on the event loop but event streams and requests whose turn has not
come (``shares``), so a request goes to a thread once. An event stream passes the same middleware and the same view;
what the view answers with is then written by the event loop, without a thread.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

from django.conf import settings
from django.core import signals
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBadRequest, HttpResponseBase
from django.urls import set_script_prefix

from designchord.api.auth import OWNER
from designchord.api.body_limit import Receive, Send, TooSlow, declared_size, refuse, take_body
from designchord.api.callers import network_of
from designchord.api.connections import CUT
from designchord.api.event_stream import EventStreamResponse
from designchord.api.shares import Callers, Share, is_costly
from designchord.designs.connections import release_connection
from designchord.errors import Busy

#: Requests that are worked on at once, and of these so many of one caller; others wait for their turn. One interpreter
#: works on all of them, so whoever has four has four fifths of it where another has one.
THREADS, THREADS_EACH = 32, 2

#: The same for requests that cost much.
COSTLY, COSTLY_EACH = 8, 1

#: Seconds after which strangers for whose body there is no room are cut off; nothing of it is read meanwhile.
LINGER_SECONDS = 2.0

#: Bytes of bodies that are held at once.
BODIES, BODIES_EACH = 32_000_000, 4_000_000

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
_costly_threads = ThreadPoolExecutor(COSTLY, thread_name_prefix="costly")

#: What asks how the process is must be answered although all those threads wait for a database that is frozen, and so
#: does another such question: each has a thread of its own.
_probe_threads = {
    path: ThreadPoolExecutor(1, thread_name_prefix="probe") for path in ("/healthz", "/readyz", "/metrics")
}

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Django answered; ``content`` is all of it, unless it is streamed. ``owner`` is whose request it was."""

    response: HttpResponseBase
    content: bytes
    owner: int | None


class Handler(BaseHandler):
    """An ASGI application."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        alone = not settings.DESIGNCHORD.accounts  # one owner: there is nobody to share with
        self._requests = Share(total=THREADS, each=THREADS if alone else THREADS_EACH)
        self._costly = Share(total=COSTLY, each=COSTLY if alone else COSTLY_EACH)
        self._probes = {path: Share(total=1, each=1) for path in _probe_threads}
        self._bodies = Share(total=BODIES, each=BODIES if alone else BODIES_EACH)
        self._callers = Callers()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        headers = dict(scope["headers"])
        credential = _credential(headers)
        caller = self._callers.of(credential, _address(scope, headers))
        body: bytes | None = None
        try:
            async with AsyncExitStack() as held:
                if size := declared_size(headers):
                    await held.enter_async_context(self._bodies.hold(caller, size))
                body = await take_body(receive, send)
                if body is None:
                    return
                turn, threads = self._turn(scope)
                await held.enter_async_context(turn.hold(caller))
                answer = await _in_thread(threads, lambda: self._answer(scope, body))
        except (Busy, TooSlow) as error:
            await _turn_away(error, scope, send, cut=body is None and not self._callers.is_known(credential))
            return
        self._callers.learn(credential, answer.owner)
        response = answer.response
        await send({"type": "http.response.start", "status": response.status_code, "headers": _headers(response)})
        if isinstance(response, EventStreamResponse):
            watch = response.watch
            del body, answer, response  # a stream may last for days
            await watch.run(receive, send)
        elif response.streaming:
            await self._send_pieces(response, caller, send)
        else:
            await send({"type": "http.response.body", "body": answer.content})

    def _turn(self, scope: dict[str, Any]) -> tuple[Share, ThreadPoolExecutor]:
        """What a request has to have a share of, and the threads that answer it."""
        path = scope["path"]
        if path in _probe_threads:
            return self._probes[path], _probe_threads[path]
        if is_costly(scope["method"], path, scope["query_string"].decode("latin1")):
            return self._costly, _costly_threads
        return self._requests, _threads

    def _answer(self, scope: dict[str, Any], body: bytes) -> _Answer:
        """In a thread: what Django answers."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        owner = None
        try:
            request = ASGIRequest(scope, BytesIO(body))
        except UnicodeDecodeError:  # in the query string
            response: HttpResponseBase = HttpResponseBadRequest()
        else:
            response = self.get_response(request)
            owner = request.META.get(OWNER)
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's handlers do
        if response.streaming and not isinstance(response, EventStreamResponse):
            release_connection()
            return _Answer(response, b"", owner)
        try:
            return _Answer(response, b"".join(response), owner)
        finally:
            response.close()

    async def _send_pieces(self, response: HttpResponseBase, caller: str, send: Send) -> None:
        """Write a long answer, making each piece when the last has been taken. Pieces are made in any thread, so they
        leave no connection to the database open."""
        pieces: Iterator[bytes] = iter(response)
        try:
            piece: bytes | None = b""
            while piece is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                async with self._costly.hold(caller):
                    piece = await _in_thread(_costly_threads, lambda: _released(lambda: next(pieces, None)))
            await send({"type": "http.response.body", "body": b""})
        except Busy:
            return  # the server sees that the answer is not whole, and closes the connection
        finally:
            await _in_thread(_threads, response.close)


async def _in_thread(threads: ThreadPoolExecutor, work: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(threads, work)


async def _turn_away(error: Busy | TooSlow, scope: dict[str, Any], send: Send, *, cut: bool) -> None:
    """Say that a request is not answered. Strangers who are still sending, or only say so, are cut off without a word:
    they would have to be listened to until they have heard it."""
    cut_off = scope.get("state", {}).get(CUT)
    if cut and cut_off is not None:
        if isinstance(error, Busy):  # not in the middle of what is on its way: that is a fault in the sender's eyes
            await asyncio.sleep(LINGER_SECONDS)
        cut_off()
        await asyncio.sleep(0)  # until the server has noticed
        await asyncio.sleep(0)
    else:
        await refuse(send, 503 if isinstance(error, Busy) else 408, error.code, error.message)


def _released(query: Callable[[], _T]) -> _T:
    try:
        return query()
    finally:
        release_connection()


def _credential(headers: dict[bytes, bytes]) -> str | None:
    """What a request shows of who sends it, as a digest; None when it shows nothing."""
    session = re.search(rb"(?:^|;\s*)%s=([^;]+)" % settings.SESSION_COOKIE_NAME.encode(), headers.get(b"cookie", b""))
    shown = headers.get(b"authorization") or (session and session[1])
    return hashlib.sha256(shown).hexdigest() if shown else None


def _address(scope: dict[str, Any], headers: dict[bytes, bytes]) -> str:
    client = scope.get("client") or ("", 0)
    return network_of(str(client[0]), headers.get(b"x-forwarded-for", b"").decode("latin1"))


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    cookies = (cookie.output(header="").strip() for cookie in response.cookies.values())
    return headers + [(b"Set-Cookie", cookie.encode("ascii")) for cookie in cookies]
