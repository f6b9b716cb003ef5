"""Accounts: made, given a password, deleted with everything that is theirs."""

from __future__ import annotations

import secrets
import time

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.http import urlsafe_base64_encode

from designchord.designs.models import Owner
from designchord.designs.services.erasing import erasing
from designchord.errors import BadInput, NotFound

_INVITATION = "designchord.invitation"


def owner_create(*, name: str, password: str, staff: bool = False, invitation: str | None = None) -> Owner:
    """A new account. Raises ``BadInput``: ``bad_name``, ``name_taken``, ``weak_password``, ``invitation_used``.

    ``details["reasons"]`` of ``weak_password`` has the codes of Django's password validators.
    """
    owner = Owner(username=Owner.normalize_username(name), is_staff=staff, is_superuser=staff, invitation=invitation)
    try:
        owner.clean_fields(exclude=["password", "invitation"])
    except ValidationError:
        raise BadInput("A name has at most 150 characters: letters, digits and @ . + - _", code="bad_name") from None
    if Owner.objects.filter(username__iexact=owner.username).exists():
        raise BadInput("This name is taken.", code="name_taken")
    _set_password(owner, password)
    try:
        with transaction.atomic():
            owner.save()
    except IntegrityError:
        if invitation and Owner.objects.filter(invitation=invitation).exists():
            raise BadInput("This invitation was used already.", code="invitation_used") from None
        raise BadInput("This name is taken.", code="name_taken") from None
    return owner


def owner_set_password(*, owner: Owner, password: str) -> None:
    """A new password; every session of the owner ends with the old one."""
    _set_password(owner, password)
    owner.save(update_fields=["password"])


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
        for session in Session.objects.iterator():
            if session.get_decoded().get("_auth_user_id") == str(owner.pk):
                session.delete()
        owner.delete()


def owner_named(name: str) -> Owner:
    owner = Owner.objects.filter(username=name).first()
    if owner is None:
        raise NotFound(f"There is no account called {name!r}.", code="owner_not_found")
    return owner


def reset_path(*, owner: Owner) -> str:
    """The path of a link that lets its holder choose the owner's password, until one is chosen."""
    uid = urlsafe_base64_encode(str(owner.pk).encode())
    return f"/reset/{uid}/{default_token_generator.make_token(owner)}/"


def invitation_create(*, seconds: float) -> str:
    """A signed text that allows one registration until ``seconds`` from now."""
    return signing.dumps({"id": secrets.token_urlsafe(12), "until": time.time() + seconds}, salt=_INVITATION)


def invitation_id(text: str) -> str | None:
    """What tells an invitation from others, or None when it is not ours or is over."""
    try:
        told = signing.loads(text, salt=_INVITATION)
    except signing.BadSignature:
        return None
    return str(told["id"]) if told["until"] > time.time() else None


def _set_password(owner: Owner, password: str) -> None:
    try:
        validate_password(password, owner)
    except ValidationError as error:
        raise BadInput(
            " ".join(error.messages), code="weak_password", reasons=[each.code for each in error.error_list]
        ) from None
    owner.set_password(password)
