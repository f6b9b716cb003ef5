"""Whether the process is up (``healthz``) and whether it can do its work (``readyz``)."""

from __future__ import annotations

import threading
import time

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from designchord import __version__, metrics, wiring
from designchord.addresses import is_loopback
from designchord.api import event_stream
from designchord.api.auth import open_to_all
from designchord.api.failures import failure
from designchord.designs.troubles import AWAY


@open_to_all
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "up", "version": __version__})


#: Seconds for which an answer holds. Anybody may ask, and a part that is frozen is waited for.
FRESH = 1.0

_lock = threading.Lock()
_known: tuple[float, wiring.App, wiring.Readiness] | None = None


@open_to_all
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when a request that changes something could not be served; ``degraded`` when only something else is away."""
    global _known
    app = wiring.application()
    with _lock:
        if _known is None or _known[1] is not app or time.monotonic() - _known[0] > FRESH:
            readiness = app.readiness()
            _known = time.monotonic(), app, readiness
        readiness = _known[2]
    answer = {"status": readiness.status, "checks": readiness.checks}
    return JsonResponse(answer, status=200 if readiness.ready else 503)


@open_to_all
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, for this machine and for staff: whatever came through a proxy came from elsewhere."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    from_here = not forwarded and is_loopback(request.META.get("REMOTE_ADDR", ""))
    if not from_here and not getattr(getattr(request, "user", None), "is_staff", False):
        return failure(request, 404)
    try:
        shown = metrics.exposition(wiring.application(), live_clients=event_stream.count())
    except Error:
        return failure(request, 503, "unavailable", AWAY)
    return HttpResponse(shown, content_type=metrics.CONTENT_TYPE)
