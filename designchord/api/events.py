"""The event stream of a design."""

from __future__ import annotations

from typing import Annotated

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from ninja import Header, Query, Router

from designchord import wiring
from designchord.api import answers
from designchord.api.callers import owner_of, permission_of
from designchord.api.watching import Watch, refuse_crowd
from designchord.designs import selectors
from designchord.designs.models import Owner
from designchord.errors import BadInput

router = Router()


_STREAM = {"200": {"description": "Events until the client leaves", "content": {"text/event-stream": {}}}}


@router.get(
    "/{design_id}/events",
    response=dict.fromkeys((401, 404, 422, 429, 503), answers.Failed),
    operation_id="watchDesign",
    summary="Watch",
    openapi_extra={"responses": _STREAM},
)
async def watch_design(
    request: HttpRequest,
    design_id: str,
    after: Annotated[str | None, Query(max_length=20)] = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)] = None,
) -> HttpResponseBase:
    """Server-sent events. Begins with a snapshot, or after the event that ``Last-Event-ID`` or ``after`` names."""
    number = _number(last_event_id or after)
    owner = await sync_to_async(_owner_of_design)(request, design_id)
    app = wiring.application()
    refuse_crowd(owner=owner, at_most=app.settings.limits.streams)
    watch = Watch(stream=app.stream, owner=owner, design_id=design_id, after=number, permitted=permission_of(request))
    return StreamingHttpResponse(
        watch, content_type="text/event-stream", headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )


def _owner_of_design(request: HttpRequest, design_id: str) -> Owner:
    owner = owner_of(request)
    selectors.design_get(owner=owner, design_id=design_id)
    return owner


def _number(text: str | None) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit()):
        raise BadInput("An event id is a number.", code="bad_event_id")
    return int(text)
