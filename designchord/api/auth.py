"""Who may pass where there are accounts: whoever has a session or a token. What is open says so itself.

A route that says nothing is closed, so a new one cannot be forgotten. Where there are no accounts this is not in use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from designchord.api.failures import failure, of_error
from designchord.api.request_guard import API, SAFE
from designchord.designs.models import ApiToken, Scope
from designchord.designs.services import tokens
from designchord.errors import Forbidden, NotSignedIn

#: Where the token of a request is noted.
TOKEN = "designchord.token"  # noqa: S105 - a name

#: Where the number of the owner is noted, once it is known whose request this is.
OWNER = "designchord.owner"

_VIEW = TypeVar("_VIEW", bound=Callable[..., Any])


def open_to_all(view: _VIEW) -> _VIEW:
    """Mark a view that strangers may see."""
    return login_not_required(view)


def knows_nobody(view: _VIEW) -> _VIEW:
    """Mark a view that strangers may send something to: it looks at no session, so none can be misused for it."""
    view.knows_nobody = True  # type: ignore[attr-defined]
    return open_to_all(view)


def token_of(request: HttpRequest) -> ApiToken | None:
    found = request.META.get(TOKEN)
    return found if isinstance(found, ApiToken) else None


class AuthMiddleware(LoginRequiredMiddleware):
    """Knows tokens besides sessions, and closes every view that is not ``open_to_all``."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        given = request.headers.get("Authorization")
        if given is None:
            return None
        word, _, text = given.partition(" ")
        token = tokens.token_find(text.strip()) if word.lower() == "bearer" else None
        if token is None:
            return of_error(request, NotSignedIn("This token is not valid: it is unknown, revoked or over."))
        if token.scope != Scope.WRITE and request.method not in SAFE:
            return of_error(request, Forbidden("This token may only read.", code="read_only_token"))
        request.META[TOKEN], request.META[OWNER] = token, token.owner.pk
        request.user = token.owner
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - a page cannot add a token
        return None

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None  # who asks is not looked up, so it is answered without a database
        refused: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        if refused is not None and (request.path.startswith(API) or request.method not in SAFE):
            return of_error(request, NotSignedIn())
        if refused is None:
            request.META[OWNER] = request.user.pk
        return refused


class Csrf(CsrfViewMiddleware):
    """Django's, for every view that could know somebody: an exemption by a library does not count here."""

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], callback_args: Any, callback_kwargs: Any
    ) -> Any:
        if getattr(callback, "knows_nobody", False):
            return None
        return super().process_view(request, _never_exempt, callback_args, callback_kwargs)


def _never_exempt() -> HttpResponse:
    """Stands in for a view: whether one is exempt is all that Django asks of it."""
    return HttpResponse()


def show_csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = "The page is too old, or the request did not come from it. Load it again."
    if request.path.startswith(API):
        return failure(request, 403, "csrf_failed", message)
    return HttpResponse(f"{message}\n", status=403, content_type="text/plain; charset=utf-8")
