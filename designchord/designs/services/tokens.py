"""Personal API tokens. The text is shown once; what is kept cannot be turned back into it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from designchord.designs.models import ApiToken, Owner, Scope
from designchord.errors import BadInput, Conflict, NotFound

PREFIX = "dc_"

#: Tokens that one owner may have.
MAX_TOKENS = 100

#: How exactly the last use is noted: a write for each request would cost more than it tells.
_USED_EVERY = timedelta(minutes=1)


def token_create(*, owner: Owner, name: str, scope: str = Scope.READ, days: int | None = 90) -> tuple[ApiToken, str]:
    """A token that ends after ``days`` (None: never) and its text, which nobody can read again."""
    name = name.strip()
    if not name or len(name) > 100:
        raise BadInput("A token needs a name of at most 100 characters.", code="bad_name")
    if scope not in Scope.values:
        raise BadInput(f"A scope is one of: {', '.join(Scope.values)}.", code="unknown_scope")
    text = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = ApiToken(
        owner=owner,
        name=name,
        prefix=text[:8],
        digest=_digest(text),
        scope=scope,
        created_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    with transaction.atomic():
        Owner.objects.select_for_update(no_key=True).get(pk=owner.pk)  # one of an owner's requests counts at a time
        if ApiToken.objects.filter(owner=owner).count() >= MAX_TOKENS:
            raise Conflict("There are too many tokens: revoke some.", code="too_many_tokens")
        token.save(force_insert=True)
    return token, text


def tokens_list(*, owner: Owner) -> list[ApiToken]:
    return list(ApiToken.objects.filter(owner=owner))


def token_revoke(*, owner: Owner, token_id: int) -> None:
    """From now on the token is not known any more."""
    if not ApiToken.objects.filter(owner=owner, pk=token_id).delete()[0]:
        raise NotFound("There is no such token.", code="token_not_found")


def token_find(text: str) -> ApiToken | None:
    """The valid token of that text, with its ``owner``; notes its use."""
    if not text.startswith(PREFIX):
        return None
    token = ApiToken.objects.select_related("owner").filter(_valid(), digest=_digest(text)).first()
    now = timezone.now()
    if token is not None and (token.last_used_at is None or now - token.last_used_at > _USED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def token_is_valid(*, token_id: int) -> bool:
    return ApiToken.objects.filter(_valid(), pk=token_id).exists()


def _valid() -> Q:
    return Q(owner__is_active=True) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def _digest(text: str) -> str:
    """The text has 256 random bits, so one round of a fast digest keeps it as well as a slow one."""
    return hashlib.sha256(text.encode()).hexdigest()
