"""What was built of a design: verifications that are reported, and their history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from designchord.api import answers, bodies, verification_answers
from designchord.api.answers import answer
from designchord.api.callers import editor_of, owner_of, verbs
from designchord.designs.services.verifications import NewVerification
from designchord.pipeline import verifications

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 413, 422, 429, 503)


@router.post(
    "/{design_id}/verifications",
    response={200: verification_answers.Verification, 201: verification_answers.Verification},
    openapi_extra=_FAILED,
    operation_id="reportVerification",
    summary="Report what was built",
)
def report_verification(request: HttpRequest, design_id: str, body: bodies.Verification) -> HttpResponse:
    """Keep what a verification found. Reported once more it is the one that is there already (200)."""
    owner = editor_of(request)
    new = NewVerification(**body.model_dump(exclude={"blueprint"}))
    row, created = verbs().keep_verification(owner=owner, design_id=design_id, fingerprint=body.blueprint, new=new)
    found = verifications.whole(owner=owner, design_id=design_id, number=row.number)
    return answer(found, status=201 if created else 200)


@router.get(
    "/{design_id}/verifications",
    response={200: verification_answers.Verifications},
    openapi_extra=_FAILED,
    operation_id="listVerifications",
    summary="What was built, over time",
)
def list_verifications(request: HttpRequest, design_id: str) -> HttpResponse:
    """Every verification that was reported, newest first; of the last one all that it found."""
    return answer(verifications.history(owner=owner_of(request), design_id=design_id))


@router.get(
    "/{design_id}/verifications/{number}",
    response={200: verification_answers.Verification},
    openapi_extra=_FAILED,
    operation_id="readVerification",
    summary="One verification",
)
def read_verification(request: HttpRequest, design_id: str, number: int) -> HttpResponse:
    """What one verification found, and what it says of each requirement of the blueprint of today."""
    return answer(verifications.whole(owner=owner_of(request), design_id=design_id, number=number))
