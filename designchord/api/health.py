"""Whether the process is up (``healthz``) and whether it can do its work (``readyz``)."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from designchord import __version__, wiring


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "up", "version": __version__})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 when a request that changes something could not be served; ``degraded`` when only something else is away."""
    readiness = wiring.application().readiness()
    answer = {"status": readiness.status, "checks": readiness.checks}
    return JsonResponse(answer, status=200 if readiness.ready else 503)
