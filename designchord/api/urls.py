"""Where the API and the health checks live."""

from __future__ import annotations

from django.urls import path

from designchord.api import health, sharing
from designchord.api.root import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("share/<str:token>", sharing.show_shared),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.figures),
]
