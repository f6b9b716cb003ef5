"""Connecting a model while the program runs: by whoever owns the machine, or by staff, and only in one process."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from designchord import wiring
from designchord.api import answers, bodies
from designchord.api.answers import answer
from designchord.api.auth import token_of
from designchord.api.callers import owner_of
from designchord.errors import Forbidden
from designchord.llm.connecting import Connection
from designchord.llm.secret import Secret

router = Router()

_FAILED = answers.failing(401, 403, 422, 503)


@router.get(
    "/models/connection",
    response={200: answers.ModelConnection},
    openapi_extra=_FAILED,
    operation_id="readConnection",
    summary="Read what is connected",
)
def get_connection(request: HttpRequest) -> HttpResponse:
    """What was connected here, without its key, and what can be."""
    return answer({"allowed": _may(request), **wiring.application().models.connection()})


@router.put(
    "/models/connection",
    response={200: answers.Tried},
    openapi_extra=_FAILED,
    operation_id="connectModel",
    summary="Connect a model",
)
def put_connection(request: HttpRequest, body: bodies.Connect) -> HttpResponse:
    """Asks the model for one word. When it answers it is the default from now on; else nothing changes."""
    _refuse_others(request)
    key = Secret(body.key.get_secret_value().strip()) if body.key is not None else None
    wish = Connection(body.provider, body.model.strip(), body.url.strip(), key or None)
    return answer({"allowed": True, **wiring.application().models.connect(wish, remember=body.remember)})


@router.delete(
    "/models/connection",
    response={200: answers.ModelConnection},
    openapi_extra=_FAILED,
    operation_id="disconnectModel",
    summary="Disconnect the model",
)
def delete_connection(request: HttpRequest) -> HttpResponse:
    """Forgets the model and its key, also where it was kept."""
    _refuse_others(request)
    wiring.application().models.disconnect()
    return answer({"allowed": True, **wiring.application().models.connection()})


def _may(request: HttpRequest) -> bool:
    settings = wiring.application().settings
    if not settings.embedded:
        return False  # workers are processes of their own, which the operator sets up
    return not settings.accounts or (owner_of(request).is_staff and token_of(request) is None)


def _refuse_others(request: HttpRequest) -> None:
    if not _may(request):
        raise Forbidden("Models are connected by whoever runs this designchord.", code="not_here")
