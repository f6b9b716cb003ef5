"""Where the faces hang."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("designchord.api.urls")),
    path("", include("designchord.web.urls")),
]
if settings.DESIGNCHORD.accounts:
    urlpatterns.append(path("", include("designchord.web.admin.urls")))

handler404 = "designchord.web.views.show_missing"
handler500 = "designchord.api.failures.server_error"
