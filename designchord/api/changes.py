"""Changes of a blueprint: previewed, applied whole or in part, listed, taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from designchord.api import answers, bodies, change_answers
from designchord.api.answers import answer
from designchord.api.callers import editor_of, owner_of, verbs
from designchord.blueprint.changes import read_operations
from designchord.designs import selectors
from designchord.designs.models import Design, Revision
from designchord.errors import BadInput
from designchord.pipeline.changing import Proposal

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 413, 422, 429, 503)


@router.post(
    "/{design_id}/changes",
    response={200: change_answers.ProposedChange},
    openapi_extra=_FAILED,
    operation_id="changeDesign",
    summary="Preview or apply a change",
)
def change_design(request: HttpRequest, design_id: str, body: bodies.Change) -> HttpResponse:
    """What words or operations would make of the blueprint, and for the artifacts; stored only with ``apply``."""
    if (body.words is None) == (body.operations is None):
        raise BadInput("Say in words what should change, or give the operations.", code="change_missing")
    operations = None if body.operations is None else read_operations(body.operations)
    asked: dict[str, Any] = {
        "design_id": design_id,
        "operations": operations,
        "words": body.words,
        "answered": (body.answered.question, body.answered.answer) if body.answered else None,
        "exact": body.exact,
        "only": body.only,
    }
    if not body.apply:
        return answer(_shown(*verbs().propose(owner=owner_of(request), **asked)))
    owner = editor_of(request)
    design, proposal, revision = verbs().change(owner=owner, why=body.why, **asked)
    return answer(_shown(design, proposal, revision))


@router.get(
    "/{design_id}/changes",
    response={200: change_answers.Changes},
    openapi_extra=_FAILED,
    operation_id="listChanges",
    summary="List the changes",
)
def list_changes(request: HttpRequest, design_id: str) -> HttpResponse:
    """Who changed the blueprint, when, why and how, newest first."""
    return answer({"items": selectors.changes_list(owner=owner_of(request), design_id=design_id)})


@router.post(
    "/{design_id}/changes/undo",
    response={200: change_answers.ProposedChange},
    openapi_extra=_FAILED,
    operation_id="undoChange",
    summary="Take a change back",
)
def undo_change(request: HttpRequest, design_id: str, body: bodies.Undo | None = None) -> HttpResponse:
    """The newest change that was not taken back, or that with the ``number``, as far as it still applies."""
    owner = editor_of(request)
    number = body.number if body else None
    design, proposal, revision = verbs().undo(owner=owner, design_id=design_id, number=number)
    return answer(_shown(design, proposal, revision))


def _shown(design: Design, proposal: Proposal, revision: Revision | None = None) -> dict[str, Any]:
    return {"number": revision.number if revision else None, **proposal.to_dict(design)}
