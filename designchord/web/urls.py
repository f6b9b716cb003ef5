"""Where the pages live."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from designchord.web import reports, views

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.show_start, name="start"),
    path("designs/<uuid:id>/", views.show_design, name="design"),
    path("designs/<uuid:id>", RedirectView.as_view(pattern_name="web:design")),
    path("frames/diagram/", views.show_diagram_frame, name="diagram-frame"),
    path("csp-reports", reports.take_reports, name="csp-reports"),
]
if settings.DESIGNCHORD.accounts:
    urlpatterns.append(path("", include("designchord.web.account_urls")))
