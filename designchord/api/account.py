"""One's own account and its API tokens. Only where there are accounts; signing in is the pages' affair."""

from __future__ import annotations

from typing import Annotated, Literal

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from designchord.api import answers
from designchord.api.answers import answer
from designchord.api.callers import account_of, verbs
from designchord.designs import shapes
from designchord.designs.services import tokens
from designchord.designs.services.rate_limits import rate_limit_take
from designchord.designs.services.storage import storage_used
from designchord.errors import BadInput
from designchord.export.account import account_zip
from designchord.wiring import application

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 422, 429, 503)


class Token(BaseModel):
    """``prefix`` is how the text begins; the text itself is told once."""

    model_config = ConfigDict(extra="forbid")

    id: int
    name: str
    prefix: str
    scope: Literal["read", "write"]
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class NewToken(Token):
    text: str


class Tokens(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[Token]


class Account(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    joined_at: str
    stored_bytes: int
    stored_bytes_allowed: int | None


class CreateToken(BaseModel):
    """``days`` null: a token that never ends."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scope: Literal["read", "write"] = "read"
    days: Annotated[int, Field(ge=1, le=3650)] | None = 90


class DeleteAccount(BaseModel):
    """The password once more, so that a page left open cannot end the account."""

    model_config = ConfigDict(extra="forbid")

    password: Annotated[str, Field(max_length=1000)]


@router.get(
    "/account", response={200: Account}, openapi_extra=_FAILED, operation_id="getAccount", summary="Read the account"
)
def get_account(request: HttpRequest) -> HttpResponse:
    """Who is signed in."""
    owner = account_of(request)
    return answer(
        {
            "name": owner.username,
            "joined_at": shapes.moment(owner.date_joined),
            "stored_bytes": storage_used(owner=owner),
            "stored_bytes_allowed": application().settings.limits.storage_bytes,
        }
    )


@router.get(
    "/account/export",
    response={200: None},
    openapi_extra=_FAILED,
    operation_id="exportAccount",
    summary="Take everything away",
)
def export_account(request: HttpRequest) -> StreamingHttpResponse:
    """A zip archive with all designs and their histories as JSON."""
    pieces = account_zip(verbs().everything_of(owner=account_of(request)))
    headers = {"Content-Disposition": 'attachment; filename="designchord-account.zip"'}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


@router.delete(
    "/account", response={204: None}, openapi_extra=_FAILED, operation_id="deleteAccount", summary="Delete the account"
)
def delete_account(request: HttpRequest, body: DeleteAccount) -> HttpResponse:
    """Designs, histories, tokens and sessions are gone at once and cannot be taken back."""
    owner = account_of(request)
    rate_limit_take(what="password", who=str(owner.pk), per_minute=application().settings.limits.sign_ins_per_minute)
    if not owner.check_password(body.password):
        raise BadInput("That is not the password.", code="wrong_password")
    verbs().delete_owner(owner=owner)
    logout(request)
    return HttpResponse(status=204)


@router.get(
    "/tokens", response={200: Tokens}, openapi_extra=_FAILED, operation_id="listTokens", summary="List API tokens"
)
def list_tokens(request: HttpRequest) -> HttpResponse:
    """Newest first, without their texts."""
    return answer({"items": [shapes.token(token) for token in tokens.tokens_list(owner=account_of(request))]})


@router.post(
    "/tokens", response={201: NewToken}, openapi_extra=_FAILED, operation_id="createToken", summary="Make an API token"
)
def create_token(request: HttpRequest, body: CreateToken) -> HttpResponse:
    """``text`` is told this once: ``Authorization: Bearer <text>``."""
    token, text = tokens.token_create(owner=account_of(request), name=body.name, scope=body.scope, days=body.days)
    return answer({**shapes.token(token), "text": text}, status=201)


@router.delete(
    "/tokens/{token_id}", response={204: None}, openapi_extra=_FAILED, operation_id="revokeToken", summary="Revoke"
)
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """The token is not known any more from now on."""
    tokens.token_revoke(owner=account_of(request), token_id=token_id)
    return HttpResponse(status=204)
