"""The admin site: for staff who signed in by our own page, closed and unseen for everybody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

import django.contrib.admin
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.messages.middleware import MessageMiddleware
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import decorator_from_middleware
from django.views.static import serve

from designchord.api.auth import token_of

_STATIC = Path(django.contrib.admin.__file__).parent / "static" / "admin"

#: Django's views that are ours already (signing in, the password), or would tell more than our lists do.
_LEFT_OUT = {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])

#: Messages are told by these pages alone, so no other request pays for them.
_with_messages = decorator_from_middleware(MessageMiddleware)


class StaffSite(AdminSite):
    """Django's, without a door of its own."""

    site_header = site_title = "designchord"
    index_title = "Staff"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """A session of a member of staff; a token is for programs, also when a member of staff made it."""
        return super().has_permission(request) and token_of(request) is None

    def admin_view(self, view: _View, cacheable: bool = False) -> _View:
        shown = _with_messages(super().admin_view(view, cacheable))

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                raise Http404
            response: HttpResponseBase = shown(request, *args, **kwargs)
            # With "no-referrer" a browser sends forms with "Origin: null", which looks like a foreign page.
            response.headers["Referrer-Policy"] = "same-origin"
            return response

        return cast("_View", update_wrapper(guarded, view))

    def get_log_entries(self, request: HttpRequest) -> Any:
        """None: what staff did is in the logs of the process; a table of it would keep names of deleted accounts."""
        return ()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        kept = [entry for entry in super().get_urls() if getattr(entry, "name", None) not in _LEFT_OUT]
        for entry in kept:
            if isinstance(entry, URLPattern):
                vars(entry.callback).pop("login_url", None)  # so that our own page is where people sign in
        return kept

    def own_urls(self) -> list[URLPattern | URLResolver]:
        """The pages, and Django's own styles and scripts for them, which come with Django wherever it is installed."""
        return [
            path("admin/", self.urls),
            *(
                path(f"{prefix.strip('/')}/admin/<path:path>", self.admin_view(_show_file, cacheable=True))
                for prefix in ("/static/", settings.STATIC_URL)
            ),
        ]


def _show_file(request: HttpRequest, path: str) -> HttpResponseBase:
    response = serve(request, path, document_root=str(_STATIC))
    response.headers["Cache-Control"] = "private, max-age=3600"
    return HttpResponse(b"".join(response), headers=dict(response.items()), status=response.status_code)


site = StaffSite()
