"""A design that runs: its stories played with requests and answers, its API tried out in a sandbox."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from designchord import wiring
from designchord.api import answers, bodies, running_answers
from designchord.api.answers import answer
from designchord.api.callers import owner_of
from designchord.pipeline import running
from designchord.rehearsal.requests import Tried

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 413, 422, 503)


@router.get(
    "/{design_id}/rehearsal",
    response={200: running_answers.Played},
    openapi_extra=_FAILED,
    operation_id="rehearseDesign",
    summary="Play the stories",
)
def rehearse_design(
    request: HttpRequest, design_id: str, story: Annotated[str | None, Query(max_length=100)] = None
) -> HttpResponse:
    """Play every story of the newest revisions, or the one of that id, and give what was sent and answered."""
    return answer(running.play(owner=owner_of(request), design_id=design_id, story=story))


@router.get(
    "/{design_id}/mock",
    response={200: running_answers.TrialOffer},
    openapi_extra=_FAILED,
    operation_id="readMock",
    summary="What can be tried",
)
def read_mock(request: HttpRequest, design_id: str) -> HttpResponse:
    """The operations of the design's API with values that a mock of it takes, and who may call them."""
    limits = wiring.application().settings.limits
    return answer(running.offer(owner=owner_of(request), design_id=design_id, limits=limits))


@router.post(
    "/{design_id}/mock",
    response={200: running_answers.TrialAnswer},
    openapi_extra=_FAILED,
    operation_id="tryRequest",
    summary="Try a request",
)
def try_request(request: HttpRequest, design_id: str, body: bodies.Trial) -> HttpResponse:
    """What a mock of the design answers. It remembers nothing: the requests before this one are told it again."""
    found = running.try_out(
        owner=owner_of(request),
        design_id=design_id,
        before=[_tried(one) for one in body.before],
        request=_tried(body.request),
        limits=wiring.application().settings.limits,
    )
    return answer(found)


def _tried(given: bodies.Tried) -> Tried:
    prefer = f"code={given.answer}" if given.answer is not None else ""
    return Tried(given.method, given.target, given.token.strip(), given.body, prefer)
