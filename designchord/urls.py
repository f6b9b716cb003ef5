"""Where the faces hang."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("designchord.api.urls")),
    path("", include("designchord.web.urls")),
]
