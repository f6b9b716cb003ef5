"""Who is asking, and what they may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from designchord import wiring
from designchord.api.auth import token_of
from designchord.designs.models import Owner
from designchord.designs.services import tokens
from designchord.designs.services.rate_limits import rate_limit_take
from designchord.designs.services.storage import storage_check
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
    rate_limit_take(what="start-owner", who=str(owner.pk), per_minute=allowed)
    rate_limit_take(what="start-address", who=address_of(request), per_minute=allowed and 2 * allowed)
    return owner


def editor_of(request: HttpRequest) -> Owner:
    """The owner, for a request that stores what a person wrote: those are counted, and so is what is kept."""
    owner = owner_of(request)
    rate_limit_take(what="edit", who=str(owner.pk), per_minute=wiring.application().settings.limits.edits_per_minute)
    check_room(owner)
    return owner


def check_room(owner: Owner) -> None:
    """Raise ``Conflict`` when the owner may keep no more here."""
    storage_check(owner=owner, at_most=wiring.application().settings.limits.storage_bytes)


def account_of(request: HttpRequest) -> Owner:
    """The owner in person: who holds a token may use designs, not make further tokens or end the account."""
    if not wiring.application().settings.accounts:
        raise NotFound("There are no accounts here.", code="no_accounts")
    owner = owner_of(request)
    if token_of(request) is not None:
        raise Forbidden("A token cannot do this: sign in.", code="session_needed")
    return owner


@dataclass(frozen=True, slots=True)
class Permission:
    """What let a request in: a token or a session."""

    token_id: int | None
    session_key: str | None

    def holds(self) -> bool:
        """Whether it would still do so: asked again while an answer takes hours."""
        if self.token_id is not None:
            return tokens.token_is_valid(token_id=self.token_id)
        again = HttpRequest()
        again.session = SessionStore(session_key=self.session_key)
        return get_user(again).is_authenticated


def permission_of(request: HttpRequest) -> Permission | None:
    """None where nobody needs one."""
    if not wiring.application().settings.accounts:
        return None
    if (token := token_of(request)) is not None:
        return Permission(token.pk, None)
    return Permission(None, request.session.session_key)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from."""
    return network_of(str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", ""))


def network_of(remote: str, forwarded: str) -> str:
    """Where a request comes from: the connection's other end or, behind a trusted proxy, what that says.

    Of an IPv6 address only the network, because each customer of a provider has a whole one to choose from.
    """
    told = forwarded.rpartition(",")[2].strip() if settings.DESIGNCHORD.https == "proxy" else ""
    told = told or remote
    try:
        address = ip_address(told)
    except ValueError:
        return told
    if address.version == 4:
        return told
    return str(address.ipv4_mapped or ip_network((address.packed, 64), strict=False))


def verbs() -> Verbs:
    return wiring.application().verbs
