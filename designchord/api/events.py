"""The event stream of a design."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from django.http import HttpRequest, HttpResponseBase
from ninja import Header, Query, Router

from designchord import wiring
from designchord.api import answers
from designchord.api.broadcast import Broadcasts
from designchord.api.callers import owner_of, permission_of
from designchord.api.event_stream import EventStreamResponse, Watch
from designchord.designs import selectors
from designchord.errors import BadInput

router = Router()


_STREAM = {200: {"description": "Events until the client leaves", "content": {"text/event-stream": {}}}}


@router.get(
    "/{design_id}/events",
    response={200: None},
    operation_id="watchDesign",
    summary="Watch",
    openapi_extra={"responses": _STREAM | answers.failing(401, 404, 422, 429, 503)["responses"]},
)
def watch_design(
    request: HttpRequest,
    design_id: str,
    after: Annotated[str | None, Query(max_length=20)] = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)] = None,
) -> HttpResponseBase:
    """Server-sent events. Begins with a snapshot, or after the event that ``Last-Event-ID`` or ``after`` names."""
    number = _number(last_event_id or after)
    owner = owner_of(request)
    design = selectors.design_get(owner=owner, design_id=design_id)
    return EventStreamResponse(
        Watch(
            broadcasts=_broadcasts(),
            owner=owner,
            design_id=str(design.pk),
            after=number,
            permission=permission_of(request),
            at_most=wiring.application().settings.limits.streams,
        )
    )


@cache
def _broadcasts() -> Broadcasts:
    """This process's."""
    return Broadcasts(wiring.application().stream)


def _number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit()):
        raise BadInput("An event id is a number.", code="bad_event_id")
    return int(text)
