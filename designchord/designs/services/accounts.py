"""Accounts: made, given a password, deleted with everything that is theirs."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from designchord.designs.models import ApiToken, Owner
from designchord.designs.services.erasing import erasing
from designchord.designs.services.lookalikes import resembles_any
from designchord.designs.services.past_calls import calls_remember
from designchord.designs.services.rate_limits import taken_once
from designchord.errors import BadInput, NotFound

_INVITATION = "designchord.invitation"


class _ResetLinks(PasswordResetTokenGenerator):
    """Django's, but signing in does not end a link: else whoever took over an account could keep its owner out."""

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        return f"{user.pk}{user.password}{timestamp}"


_reset_links = _ResetLinks()


@dataclass(frozen=True, slots=True)
class Invitation:
    """What tells an invitation from others, and until when (Unix seconds) it is valid."""

    id: str
    until: float


def owner_create(*, name: str, password: str, staff: bool = False, invitation: Invitation | None = None) -> Owner:
    """A new account. Raises ``BadInput``: ``bad_name``, ``name_taken``, ``weak_password``, ``invitation_used``.

    ``details["reasons"]`` of ``weak_password`` has the codes of Django's password validators.
    """
    owner = Owner(username=Owner.normalize_username(name), is_staff=staff, is_superuser=staff)
    owner.invitation = invitation.id if invitation else None
    try:
        owner.clean_fields(exclude=["password", "invitation"])
    except ValidationError:
        raise BadInput("A name has at most 150 characters: letters, digits and @ . + - _", code="bad_name") from None
    if resembles_any(owner.username, Owner.objects.values_list("username", flat=True).iterator()):
        raise BadInput("This name is taken, or looks like one that is.", code="name_taken")
    _set_password(owner, password)
    try:
        with transaction.atomic():
            # Remembered apart from the account: it is used up although the account may be deleted.
            if invitation and not taken_once(what="invitation", who=invitation.id, until=invitation.until):
                raise BadInput("This invitation was used already.", code="invitation_used")
            owner.save()
    except IntegrityError:
        if invitation and Owner.objects.filter(invitation=invitation.id).exists():
            raise BadInput("This invitation was used already.", code="invitation_used") from None
        raise BadInput("This name is taken.", code="name_taken") from None
    return owner


def owner_set_password(*, owner: Owner, password: str, revoke_tokens: bool) -> None:
    """A new password; every session of the owner ends with the old one, and so do tokens if they are to."""
    _set_password(owner, password)
    with transaction.atomic():
        owner.save(update_fields=["password"])
        if revoke_tokens:
            tokens_revoke_all(owner=owner)


def sessions_end(*, owner: Owner) -> int:
    """Sign somebody out wherever they are signed in; how many sessions that were."""
    ended = [session.pk for session in Session.objects.iterator() if _is_of(session, owner)]
    return Session.objects.filter(pk__in=ended).delete()[0]


def tokens_revoke_all(*, owner: Owner) -> int:
    return ApiToken.objects.filter(owner=owner).delete()[0]


def sessions_purge() -> int:
    """Delete sessions that are over; nobody else does."""
    over = Session.objects.filter(expire_date__lt=timezone.now())
    return over.delete()[0] if over.exists() else 0  # looking takes no lock


def owner_change(*, owner: Owner, staff: bool | None = None, active: bool | None = None) -> None:
    """Make somebody staff, or lock an account: its sessions and tokens open nothing until it is unlocked."""
    if staff is not None:
        owner.is_staff = owner.is_superuser = staff
    if active is not None:
        owner.is_active = active
    owner.save(update_fields=["is_staff", "is_superuser", "is_active"])


def owner_delete(*, owner: Owner) -> None:
    """Delete an account with its designs, tokens, ledger and sessions. Nothing can be taken back."""
    with erasing():
        sessions_end(owner=owner)
        calls_remember(Q(owner=owner))
        owner.delete()


def owner_named(name: str) -> Owner:
    owner = Owner.objects.filter(username=name).first()
    if owner is None:
        raise NotFound(f"There is no account called {name!r}.", code="owner_not_found")
    return owner


def reset_path(*, owner: Owner) -> str:
    """The path of a link that lets its holder choose the owner's password, until one is chosen."""
    uid = urlsafe_base64_encode(str(owner.pk).encode())
    return f"/reset/{uid}/{_reset_links.make_token(owner)}/"


def reset_owner(uid: str, token: str) -> Owner | None:
    """Whose password the two parts of such a link let its holder choose; None when it is not ours, used or over."""
    try:
        key = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    owner = Owner.objects.filter(pk=key, is_active=True).first() if 0 < key < 2**63 else None
    return owner if owner is not None and _reset_links.check_token(owner, token) else None


def invitation_create(*, seconds: float) -> str:
    """A signed text that allows one registration until ``seconds`` from now."""
    return signing.dumps({"id": secrets.token_urlsafe(12), "until": time.time() + seconds}, salt=_INVITATION)


def invitation_of(text: str) -> Invitation | None:
    """The invitation that a text is, or None when it is not ours or is over."""
    try:
        told = signing.loads(text, salt=_INVITATION)
    except signing.BadSignature:
        return None
    return Invitation(str(told["id"]), float(told["until"])) if told["until"] > time.time() else None


def _is_of(session: Session, owner: Owner) -> bool:
    return bool(session.get_decoded().get(SESSION_KEY) == str(owner.pk))


def _set_password(owner: Owner, password: str) -> None:
    try:
        validate_password(password, owner)
    except ValidationError as error:
        raise BadInput(
            " ".join(error.messages), code="weak_password", reasons=[each.code for each in error.error_list]
        ) from None
    owner.set_password(password)
