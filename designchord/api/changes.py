"""Changes of a blueprint: previewed, applied whole or in part, listed, taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from designchord.api import answers, bodies, change_answers
from designchord.api.answers import answer
from designchord.api.callers import check_room, editor_of, owner_of, starter_of, verbs
from designchord.blueprint.changes import read_operations
from designchord.designs import selectors
from designchord.designs.models import Design, Revision
from designchord.errors import BadInput, Conflict
from designchord.pipeline.changing import Proposal, Wish

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 413, 422, 429, 503)


@router.post(
    "/{design_id}/changes",
    response={200: change_answers.ProposedChange, 202: change_answers.ChangeRequest},
    openapi_extra=_FAILED,
    operation_id="changeDesign",
    summary="Preview or apply a change",
)
def change_design(request: HttpRequest, design_id: str, body: bodies.Change) -> HttpResponse:
    """What words, operations or another text would make of the blueprint, and for the artifacts; stored only with
    ``apply``. Words that no rule reads are read by the design's model: 202, with ``Location`` for where to look."""
    if [body.words, body.operations, body.source, body.revision].count(None) != 3:
        raise BadInput(
            "Say in words what should change, or give the operations, the text or the revision.", code="change_missing"
        )
    if body.words is not None and verbs().is_for_model(owner=owner_of(request), design_id=design_id, words=body.words):
        return _ask(request, design_id, body)
    wish = Wish(
        operations=None if body.operations is None else read_operations(body.operations),
        words=body.words,
        source=body.source,
        number=body.revision,
        exact=body.exact,
        only=body.only,
    )
    if not body.apply:
        return answer(_shown(*verbs().propose(owner=owner_of(request), design_id=design_id, wish=wish)))
    made = verbs().change(owner=editor_of(request), design_id=design_id, wish=wish, why=body.why, request=body.request)
    return answer(_shown(*made))


def _ask(request: HttpRequest, design_id: str, body: bodies.Change) -> HttpResponse:
    """Have a model read words, which takes its time; what it proposes is applied by its operations."""
    if body.apply or body.only is not None:
        raise Conflict(
            "A model reads these words, and what it proposes is looked at first: leave out apply and only, and apply "
            "the operations that it proposes.",
            code="proposal_first",
        )
    owner = starter_of(request)
    check_room(owner)
    answered = (body.answered.question, body.answered.answer) if body.answered else None
    asked = verbs().ask(owner=owner, design_id=design_id, words=body.words or "", answered=answered)
    found = verbs().request(owner=owner, design_id=design_id, request_id=asked.pk)
    response = answer(found, status=202)
    response["Location"] = f"/api/v1/designs/{asked.design_id}/requests/{asked.pk}"
    return response


@router.get(
    "/{design_id}/requests/{request_id}",
    response={200: change_answers.ChangeRequest},
    openapi_extra=_FAILED,
    operation_id="getRequest",
    summary="Read a request",
)
def get_request(request: HttpRequest, design_id: str, request_id: str) -> HttpResponse:
    """How far a model is with words for a change, and what it proposes, held against the blueprint of today."""
    return answer(verbs().request(owner=owner_of(request), design_id=design_id, request_id=request_id))


@router.delete(
    "/{design_id}/requests/{request_id}",
    response={204: None},
    openapi_extra=_FAILED,
    operation_id="dismissRequest",
    summary="Let a request go",
)
def dismiss_request(request: HttpRequest, design_id: str, request_id: str) -> HttpResponse:
    """A model that is reading it stops; what it has proposed is shown to nobody any more."""
    verbs().dismiss(owner=owner_of(request), design_id=design_id, request_id=request_id)
    return HttpResponse(status=204)


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
