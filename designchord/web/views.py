"""The pages are shells: their modules read and write through the HTTP API and nothing else.

So no view touches the database, and what a page can do, any client can do.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from designchord.kinds import registry
from designchord.web import vendor
from designchord.web.languages import LANGUAGES, WORDS, language_of
from designchord.web.modules import list_modules
from designchord.web.security import CSP, FRAME_POLICY


@require_safe
def show_start(request: HttpRequest) -> HttpResponse:
    return _render_page(request, "start")


@require_safe
def show_design(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the name in the URL
    return _render_page(request, "design", {"design": id, "framed": " ".join(_framed())})


@require_safe
def show_diagram_frame(request: HttpRequest) -> HttpResponse:
    return _render_frame(request, "web/diagram_frame.html", {"modules": vendor.list_modules("mermaid")})


def show_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is not there, in the language of whoever asks. Which of many reasons it has is nobody's business."""
    language = language_of(request)
    words = WORDS[language]
    why = words["missing_share" if request.path.startswith("/share/") else "missing_page"]
    context = {"t": words, "language": language, "languages": LANGUAGES.items(), "why": why}
    return render(request, "404.html", context, status=404)


def _render_page(request: HttpRequest, name: str, more: dict[str, Any] | None = None) -> HttpResponse:
    context: dict[str, Any] = {"modules": list_modules(name), **(more or {})}
    if settings.DESIGNCHORD.accounts:
        context["account"] = request.user.get_username()
    return render(request, f"web/{name}.html", context)


def _framed() -> list[str]:
    """The kinds whose diagrams are drawn in the frame; the page draws entities and their relations itself."""
    return [about.name for about in registry.shown() if about.drawn and about.family != "er"]


def _render_frame(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers[CSP] = FRAME_POLICY
    return response
