"""Our own scripts, styles and pictures: the files below ``STATIC_ROOT``, found once when the process starts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from servestatic import ServeStatic


class StaticFiles:
    """Middleware that answers for files and lets everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        found = ServeStatic(None, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
        self._files = found.files

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        file = self._files.get(request.path_info)
        if file is None:
            return self._get_response(request)
        found = file.get_response(request.method or "GET", request.META)
        content = b""
        if found.file is not None:
            with found.file:
                content = found.file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            if value is not None:
                response[name] = value
        return response
