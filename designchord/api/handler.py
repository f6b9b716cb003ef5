"""Django under ASGI, with one thread for a request from its first line to its last.

Django's own handler takes each middleware and each view to a thread and back, and a new thread for each request, which
then opens the database anew. Nothing of ours waits on the event loop but event streams, so a request goes to a thread
once. An event stream passes the same middleware and the same view; what the view answers with is then written by the
event loop, without a thread.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.core import signals
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBadRequest, HttpResponseBase
from django.urls import set_script_prefix

from designchord.api.body_limit import Receive, Send, take_body
from designchord.api.event_stream import EventStreamResponse

#: Requests that are worked on at once; others wait for a moment.
THREADS = 32

#: What asks how the process is must be answered although all those threads wait for a database that is frozen.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
_probe_threads = ThreadPoolExecutor(2, thread_name_prefix="probe")


class Handler(BaseHandler):
    """An ASGI application."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        body = await take_body(receive, send)
        if body is None:
            return
        threads = _probe_threads if scope["path"] in PROBES else _threads
        response, content = await asyncio.get_running_loop().run_in_executor(threads, self._answer, scope, body)
        await send({"type": "http.response.start", "status": response.status_code, "headers": _headers(response)})
        if isinstance(response, EventStreamResponse):
            watch = response.watch
            del body, content, response  # a stream may last for days
            await watch.run(receive, send)
        else:
            await send({"type": "http.response.body", "body": content})

    def _answer(self, scope: dict[str, Any], body: bytes) -> tuple[HttpResponseBase, bytes]:
        """In a thread: what Django answers, and all of its content."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        try:
            request = ASGIRequest(scope, BytesIO(body))
        except UnicodeDecodeError:  # in the query string
            response: HttpResponseBase = HttpResponseBadRequest()
        else:
            response = self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's handlers do
        try:
            return response, b"".join(response)
        finally:
            response.close()


def _headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    cookies = (cookie.output(header="").strip() for cookie in response.cookies.values())
    return headers + [(b"Set-Cookie", cookie.encode("ascii")) for cookie in cookies]
