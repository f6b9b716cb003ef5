"""What a blueprint rests on: the words that led to it, and what it takes for granted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from designchord.api import answers, bodies
from designchord.api.answers import answer
from designchord.api.callers import editor_of, owner_of, verbs
from designchord.designs import shapes
from designchord.pipeline.explaining import explanation

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 422, 429, 503)


@router.get(
    "/{design_id}/explain",
    response={200: answers.Explanation},
    openapi_extra=_FAILED,
    operation_id="explainDesign",
    summary="Why",
)
def explain_design(request: HttpRequest, design_id: str) -> HttpResponse:
    """For each thing of a blueprint that rules drafted: the words of the text that led to it, and the rule."""
    return answer(explanation(owner=owner_of(request), design_id=design_id))


@router.post(
    "/{design_id}/assumptions/{assumption_id}",
    response={200: answers.Artifact},
    openapi_extra=_FAILED,
    operation_id="settleAssumption",
    summary="Confirm or strike an assumption",
)
def settle_assumption(
    request: HttpRequest, design_id: str, assumption_id: str, body: bodies.Settlement
) -> HttpResponse:
    """A new revision of the blueprint: without the mark, or without what was assumed. 409 when it is needed."""
    ids = (assumption_id,)
    owner = editor_of(request)
    found = verbs().settle(
        owner=owner,
        design_id=design_id,
        confirmed=ids if body.verdict == "confirm" else (),
        struck=ids if body.verdict == "strike" else (),
    )
    return answer(shapes.artifact(*found))


@router.post(
    "/{design_id}/assumptions",
    response={200: answers.Artifact},
    openapi_extra=_FAILED,
    operation_id="settleAssumptions",
    summary="Confirm and strike assumptions",
)
def settle_assumptions(request: HttpRequest, design_id: str, body: bodies.Settlements) -> HttpResponse:
    """Several at once, all or none."""
    owner = editor_of(request)
    found = verbs().settle(owner=owner, design_id=design_id, confirmed=tuple(body.confirm), struck=tuple(body.strike))
    return answer(shapes.artifact(*found))
