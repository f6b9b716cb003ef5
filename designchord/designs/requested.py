"""Reading requests for changes, of a design that the caller may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from designchord.designs import shapes
from designchord.designs.models import Design, Step
from designchord.errors import NotFound


def requests_open(design: Design) -> list[dict[str, Any]]:
    """The requests of a design that a model reads or has read, and that nobody has closed, in their order."""
    steps = design.steps.filter(request__closed_at=None, request__isnull=False).select_related("request")
    return [shapes.request(step, step.request) for step in steps.order_by("pk") if step.request is not None]


def requests_of(design_id: UUID) -> Iterator[dict[str, Any]]:
    """All requests of a design with what they came to, each read when it is asked for."""
    rows = Step.objects.filter(design_id=design_id, request__isnull=False).select_related("request")
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        for row in rows.filter(pk=pk):
            if row.request is not None:
                yield {**shapes.request(row, row.request), "operations": row.request.operations}


def request_step(*, design: Design, request_id: UUID | str) -> Step:
    """The step that reads a request of a design."""
    try:
        step = design.steps.filter(request_id=UUID(str(request_id))).select_related("request").first()
    except ValueError:
        step = None
    if step is None:
        raise NotFound("There is no such request in this design.", code="request_not_found")
    return step
