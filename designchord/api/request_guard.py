"""What every request passes first: a request id, the right host, no foreign page behind it, JSON where a body is.

A page of another site can make a browser send requests to this machine (and, by rebinding its name's address, read the
answers). So only known hosts are answered, and what changes something must come from our own origin or from no page.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

from designchord.addresses import is_loopback
from designchord.api.failures import REQUEST_ID, failure, known_failure, of_status

API = "/api/"
#: A request's body, in bytes.
MAX_BODY = 1_000_000

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestGuard:
    """Middleware around all others but what adds headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        refused = _enter(request)
        return _leave(request, self._get_response(request) if refused is None else refused)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """What a view of ours raised, where nothing nearer has answered it; None for what is an error of ours."""
        return known_failure(request, error)


def _enter(request: HttpRequest) -> HttpResponseBase | None:
    """Name the request; a response when it may not go on."""
    given = request.headers.get("X-Request-ID", "")
    request.META[REQUEST_ID] = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request.META[REQUEST_ID])
    if "\0" in request.path:  # no database takes it, and nothing is called like that
        return failure(request, 404)
    if "%00" in request.META.get("QUERY_STRING", ""):
        return failure(request, 422, "not_text", "The question holds characters that are not text.")
    if not settings.DESIGNCHORD.accounts and not _is_local(request):
        return failure(request, 403, "not_local", "Without accounts this server answers only its own machine.")
    try:
        host = request.get_host()
    except DisallowedHost:
        return failure(request, 421, "wrong_host", "This server does not answer under that name.")
    if request.method in SAFE or not request.path.startswith(API):
        return None
    return _refuse_foreign(request, host) or _refuse_body(request)


def _is_local(request: HttpRequest) -> bool:
    """Whether the request comes from this machine; over a Unix socket there is no address, and it does."""
    return is_loopback(request.META.get("REMOTE_ADDR") or "127.0.0.1")


def _refuse_foreign(request: HttpRequest, host: str) -> HttpResponseBase | None:
    origin = request.headers.get("Origin")
    # A proxy may speak TLS for us, so the scheme is not compared.
    if origin is not None and _host_of(origin) != host:
        return failure(request, 403, "foreign_origin", "Pages of other sites may not change anything here.")
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        return failure(request, 403, "foreign_origin", "Pages of other sites may not change anything here.")
    return None


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # it is no address at all
        return None


def _refuse_body(request: HttpRequest) -> HttpResponseBase | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > MAX_BODY:
        return failure(request, 413, "too_large", f"The request is too large: {MAX_BODY:,} bytes at most.")
    if (length != "0" or "Transfer-Encoding" in request.headers) and request.content_type != "application/json":
        return failure(request, 415, "unsupported_media_type", "Send JSON with Content-Type: application/json.")
    return None


def _leave(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The request's id on every answer, the one shape on every failure of the API."""
    foreign_failure = response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(
        "application/json"
    )
    if foreign_failure and request.path.startswith(API):
        shaped = of_status(request, response.status_code)
        if "Allow" in response.headers:
            shaped["Allow"] = response.headers["Allow"]
        response.close()
        response = shaped
    response.headers["X-Request-ID"] = request.META[REQUEST_ID]
    if request.path.startswith(API):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
