"""Who is asking, and what they may ask for."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from designchord import wiring
from designchord.api.doorkeeper import token_of
from designchord.designs.models import Owner
from designchord.designs.services import tokens
from designchord.designs.services.paces import pace_take
from designchord.errors import Forbidden, NotFound, NotSignedIn
from designchord.pipeline.verbs import Verbs


def owner_of(request: HttpRequest) -> Owner:
    """Whose designs the request is about. Without accounts there is one owner and nobody signs in."""
    app = wiring.application()
    if not app.settings.accounts:
        return app.owner()
    user = request.user
    if not isinstance(user, Owner):
        raise NotSignedIn
    return user


def starter_of(request: HttpRequest) -> Owner:
    """The owner, for a request that makes work for models: those are counted, by owner and by address."""
    owner = owner_of(request)
    allowed = wiring.application().settings.limits.starts_per_minute
    pace_take(what="start-owner", who=str(owner.pk), per_minute=allowed)
    pace_take(what="start-address", who=address_of(request), per_minute=allowed and 2 * allowed)
    return owner


def account_of(request: HttpRequest) -> Owner:
    """The owner in person: who holds a token may use designs, not make further tokens or end the account."""
    if not wiring.application().settings.accounts:
        raise NotFound("There are no accounts here.", code="no_accounts")
    owner = owner_of(request)
    if token_of(request) is not None:
        raise Forbidden("A token cannot do this: sign in.", code="session_needed")
    return owner


def permission_of(request: HttpRequest) -> Callable[[], bool]:
    """Whether what let this request in would still do so: asked again while an answer takes hours."""
    if not wiring.application().settings.accounts:
        return lambda: True
    if (token := token_of(request)) is not None:
        token_id = token.pk
        return lambda: tokens.token_is_valid(token_id=token_id)
    key = request.session.session_key

    def signed_in() -> bool:
        again = HttpRequest()
        again.session = SessionStore(session_key=key)
        return get_user(again).is_authenticated

    return signed_in


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: as the trusted proxy says, if there is one."""
    if wiring.application().settings.https == "proxy":
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if told:
            return told
    return str(request.META.get("REMOTE_ADDR", ""))


def verbs() -> Verbs:
    return wiring.application().verbs
