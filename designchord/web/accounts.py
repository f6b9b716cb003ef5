"""Signing in and one's own account: forms that work without JavaScript. In use only where there are accounts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from designchord.api.auth import open_to_all
from designchord.api.callers import account_of, address_of, verbs
from designchord.api.failures import of_error
from designchord.designs.models import Owner
from designchord.designs.services import accounts, tokens
from designchord.designs.services.rate_limits import rate_limit_take
from designchord.errors import BadInput, Forbidden, QuotaExceeded
from designchord.export.account import account_zip
from designchord.web.languages import COOKIE, LANGUAGES, WORDS, language_of

_MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
_DAYS = {"30": 30, "90": 90, "365": 365, "never": None}
_CAN_GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


class SignIn(LoginView):
    """Django's own, with our page and a limit to guessing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _count_attempt(request, request.POST.get("username", ""))
        except QuotaExceeded as error:
            return _sign_in_page(request, {"next": self.get_redirect_url()}, error=error)
        return super().post(request, *args, **kwargs)

    def render_to_response(self, context: dict[str, Any], **_: Any) -> HttpResponse:
        wrong = BadInput(code="wrong") if context["form"].errors else None
        return _sign_in_page(self.request, {"next": context["next"]}, error=wrong)


sign_in = open_to_all(method_decorator(never_cache, name="dispatch")(SignIn).as_view())


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("web:sign-in")


def _in_person(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For pages of the account: whoever shows a token instead of signing in is refused."""

    @wraps(view)
    def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            account_of(request)
        except Forbidden as error:
            return of_error(request, error)
        return view(request, *args, **kwargs)

    return refusing


@require_POST
@_in_person
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    accounts.sessions_end(owner=account_of(request))
    logout(request)
    return redirect("web:sign-in")


@open_to_all
@never_cache
@_CAN_GET_AND_POST
def register(request: HttpRequest) -> HttpResponse:
    """Open to everybody or to those with an invitation, as the operator chose."""
    invitation = None
    if settings.DESIGNCHORD.registration == "off":
        return redirect("web:sign-in")
    if settings.DESIGNCHORD.registration == "invitation":
        invitation = accounts.invitation_of(request.GET.get("invitation", ""))
        if invitation is None:
            return page(request, "notice", error=BadInput(code="no_invitation"))
    if request.method != "POST":
        return page(request, "register")
    name, password = request.POST.get("username", ""), request.POST.get("password", "")
    try:
        _count_attempt(request, name)
        owner = accounts.owner_create(name=name, password=password, invitation=invitation)
    except BadInput as error:
        return page(request, "register", {"username": name}, error=error)
    login(request, owner, backend=_MODEL_BACKEND)
    return redirect("web:start")


@open_to_all
@never_cache
@_CAN_GET_AND_POST
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """A new password for whoever has the link that an operator made; it works once and for a day."""
    owner = accounts.reset_owner(uid, token)
    if owner is None:
        return page(request, "notice", error=BadInput(code="link_over"))
    if request.method != "POST":
        return page(request, "reset", {"username": owner.username})
    try:
        # Whoever needs a new password may have lost the account to somebody, who then has made tokens of their own.
        accounts.owner_set_password(owner=owner, password=request.POST.get("password", ""), revoke_tokens=True)
    except BadInput as error:
        return page(request, "reset", {"username": owner.username}, error=error)
    return redirect("web:sign-in")


@never_cache
@require_GET
@_in_person
def show_account(request: HttpRequest) -> HttpResponse:
    return _account_page(request)


@require_POST
@_in_person
def change_password(request: HttpRequest) -> HttpResponse:
    try:
        owner = _confirmed(request, request.POST.get("old", ""))
        revoke = request.POST.get("tokens") == "revoke"
        accounts.owner_set_password(owner=owner, password=request.POST.get("password", ""), revoke_tokens=revoke)
    except BadInput as error:
        return _account_page(request, error=error)
    update_session_auth_hash(request, owner)  # this session goes on, all others end
    return _account_page(request, done="password")


@require_POST
@_in_person
def make_token(request: HttpRequest) -> HttpResponse:
    given = request.POST
    try:
        days = _DAYS.get(given.get("days", ""), 90)
        _, text = tokens.token_create(
            owner=account_of(request), name=given.get("name", ""), scope=given.get("scope", ""), days=days
        )
    except BadInput as error:
        return _account_page(request, error=error)
    return _account_page(request, made=text)


@require_POST
@_in_person
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    try:
        tokens.token_revoke(owner=account_of(request), token_id=token_id)
    except BadInput as error:
        return _account_page(request, error=error)
    return _account_page(request, done="revoked")


@require_GET
@_in_person
def export_account(request: HttpRequest) -> StreamingHttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="designchord-account.zip"', "Cache-Control": "no-store"}
    pieces = account_zip(verbs().everything_of(owner=account_of(request)))
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


@require_POST
@_in_person
def delete_account(request: HttpRequest) -> HttpResponse:
    try:
        owner = _confirmed(request, request.POST.get("password", ""))
    except BadInput as error:
        return _account_page(request, error=error)
    verbs().delete_owner(owner=owner)
    logout(request)
    return redirect("web:sign-in")


def page(
    request: HttpRequest, name: str, context: dict[str, Any] | None = None, *, error: BadInput | None = None
) -> HttpResponse:
    """One of the plain pages, in the language of whoever asks."""
    language = language_of(request)
    words = WORDS[language]
    shown = {
        "t": {key.replace(".", "_"): word for key, word in words.items()},
        "language": language,
        "languages": LANGUAGES.items(),
        "errors": _sentences(error, words) if error else [],
        "registration": settings.DESIGNCHORD.registration,
        **(context or {}),
    }
    status = 200 if error is None else 429 if isinstance(error, QuotaExceeded) else 422
    response = render(request, f"account/{name}.html", shown, status=status)
    if isinstance(error, QuotaExceeded):
        response["Retry-After"] = str(round(error.retry_after))
    # With "no-referrer" a browser sends forms with "Origin: null", which looks like a foreign page.
    response["Referrer-Policy"] = "same-origin"
    if request.GET.get("lang") in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=365 * 86_400, samesite="Lax", httponly=True)
    return response


def _sentences(error: BadInput, words: dict[str, str]) -> list[str]:
    codes = error.details.get("reasons") or [error.code]
    return [words.get(f"error.{code}", words["error.bad_input"]) for code in codes]


def _sign_in_page(request: HttpRequest, context: dict[str, Any], *, error: BadInput | None) -> HttpResponse:
    return page(request, "sign_in", {"username": request.POST.get("username", ""), **context}, error=error)


def _account_page(
    request: HttpRequest, *, error: BadInput | None = None, done: str = "", made: str = ""
) -> HttpResponse:
    owner = account_of(request)
    done = WORDS[language_of(request)][f"done.{done}"] if done else ""
    context = {"owner": owner, "tokens": tokens.tokens_list(owner=owner), "done": done, "made": made}
    response = page(request, "account", context, error=error)
    response["Cache-Control"] = "no-store"
    return response


def _confirmed(request: HttpRequest, password: str) -> Owner:
    """The owner, who has just said the password once more."""
    owner = account_of(request)
    _count_attempt(request, owner.username)
    if not owner.check_password(password):
        raise BadInput("That is not the password.", code="wrong_password")
    return owner


def _count_attempt(request: HttpRequest, name: str) -> None:
    """Guessing is limited for each address, and for each name over all addresses."""
    allowed = settings.DESIGNCHORD.limits.sign_ins_per_minute
    rate_limit_take(what="sign-in-address", who=address_of(request), per_minute=allowed)
    rate_limit_take(what="sign-in-name", who=name.casefold(), per_minute=3 * allowed)
