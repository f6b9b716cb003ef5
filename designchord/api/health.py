"""Whether the process is up (``healthz``) and whether it can do its work (``readyz``)."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from designchord import __version__, wiring


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "up", "version": __version__})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 and what is missing when a request that changes something could not be served."""
    checks = {"database": _database_answers(), "engine": wiring.application().running}
    ready = all(checks.values())
    return JsonResponse({"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
