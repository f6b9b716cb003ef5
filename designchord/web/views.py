"""The pages are shells: their modules read and write through the HTTP API and nothing else.

So no view touches the database, and what a page can do, any client can do.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from designchord.web.languages import LANGUAGES, WORDS, language_of
from designchord.web.security import CSP, FRAME_POLICY
from designchord.web.vendor import list_modules

_MODULES = Path(__file__).parent / "static" / "js"
#: Folders of modules that a page takes besides its own.
_SHARED = {"design": ("design/modelling", "viewer", "erd", "sequence", "running", "apidoc")}


@require_safe
def show_start(request: HttpRequest) -> HttpResponse:
    return _render_page(request, "start")


@require_safe
def show_design(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002 - the name in the URL
    return _render_page(request, "design", {"design": id})


@require_safe
def show_diagram_frame(request: HttpRequest) -> HttpResponse:
    return _render_frame(request, "web/diagram_frame.html", {"modules": list_modules("mermaid")})


def show_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is not there, in the language of whoever asks. Which of many reasons it has is nobody's business."""
    language = language_of(request)
    words = WORDS[language]
    why = words["missing_share" if request.path.startswith("/share/") else "missing_page"]
    context = {"t": words, "language": language, "languages": LANGUAGES.items(), "why": why}
    return render(request, "404.html", context, status=404)


def _render_page(request: HttpRequest, name: str, more: dict[str, Any] | None = None) -> HttpResponse:
    context: dict[str, Any] = {"modules": _list_modules(name), **(more or {})}
    if settings.DESIGNCHORD.accounts:
        context["account"] = request.user.get_username()
    return render(request, f"web/{name}.html", context)


def _render_frame(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response.headers[CSP] = FRAME_POLICY
    return response


@cache
def _list_modules(page: str) -> tuple[str, ...]:
    """The modules of a page, so that the browser fetches them at once instead of import by import."""
    folders = (_MODULES, _MODULES / page, *(_MODULES / folder for folder in _SHARED.get(page, ())))
    return tuple(path.relative_to(_MODULES.parent).as_posix() for folder in folders for path in folder.glob("*.js"))
