"""Our own scripts, styles and pictures: the files below ``STATIC_ROOT``, found once when the process starts.

Under ``STATIC_URL``, which holds a hash of all of them, a file never changes, and browsers are told so; without the
hash they ask again. What is text is compressed once, when it is first asked for.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from servestatic import ServeStatic

_PREFIX = "/static/"
_FOR_GOOD = "public, max-age=31536000, immutable"
_TEXT = ("text/", "application/json", "image/svg+xml")
#: Smaller files gain nothing by being compressed.
_LEAST_BYTES = 1024


class StaticFiles:
    """Middleware that answers for files and lets everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._files = ServeStatic(None, root=settings.STATIC_ROOT, prefix=_PREFIX).files
        self._compressed: dict[str, bytes] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        for_good = path.startswith(settings.STATIC_URL)
        if for_good:
            path = _PREFIX + path.removeprefix(settings.STATIC_URL)
        file = self._files.get(path)
        if file is None:
            return self._get_response(request)
        # The head of a file is what comes before it, so it is read for that as well.
        is_head = request.method == "HEAD"
        found = file.get_response("GET" if is_head else request.method or "GET", request.META)
        content = b""
        if found.file is not None:
            with found.file:
                content = found.file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            if value is not None:
                response[name] = value
        if for_good:
            response["Cache-Control"] = _FOR_GOOD
        self._compress(request, response, path)
        if is_head:
            length = str(len(response.content))
            response.content = b""
            response["Content-Length"] = length
        return response

    def _compress(self, request: HttpRequest, response: HttpResponse, path: str) -> None:
        if response.status_code != 200 or len(response.content) < _LEAST_BYTES:
            return
        if not response.get("Content-Type", "").startswith(_TEXT):
            return
        response["Vary"] = "Accept-Encoding"
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return
        if path not in self._compressed:
            self._compressed[path] = gzip.compress(response.content, 6, mtime=0)
        response.content = self._compressed[path]
        response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
