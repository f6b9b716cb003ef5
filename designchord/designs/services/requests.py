"""Requests for changes that a model reads: asked, answered, let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from designchord.designs.connections import writing
from designchord.designs.models import ChangeRequest, Design, Owner, Step, StepState
from designchord.designs.services.crowds import owner_lock, refuse_crowd
from designchord.designs.services.events import design_lock, events_append
from designchord.designs.services.steps import Lease, Outcome, step_end, step_entry, step_get, steps_cancel
from designchord.designs.services.storage import storage_add
from designchord.errors import Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True)
class Found:
    """What a model's answers to a request came to: JSON-ready ``operations`` or a ``question``, and ``problems`` of the
    last answer where it is neither."""

    base: int
    operations: Sequence[dict[str, Any]] = ()
    question: str = ""
    problems: Sequence[dict[str, Any]] = ()


def request_create(
    *,
    owner: Owner,
    design_id: UUID,
    words: str,
    answered: tuple[str, str] | None,
    base: int,
    in_flight: int | None,
) -> tuple[ChangeRequest, list[int], list[Event]]:
    """Store a request with its step. The same words, asked again of revision ``base`` while nobody has closed them,
    are the same request. Returns it, the steps that are ready now, and events."""
    told = list(answered) if answered else None
    with writing(), transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is None:
            raise Stopped
        for step in _open_steps(design):
            asked = step.request
            same = asked is not None and (asked.words, asked.answered) == (words, told)
            if asked is not None and same and (step.state != StepState.DONE or asked.base == base):
                return asked, [], []
        if in_flight is not None:
            owner_lock(owner.pk)
            refuse_crowd(owner_id=owner.pk, at_most=in_flight)
        now = timezone.now()
        request = ChangeRequest.objects.create(design=design, words=words, answered=told, created_at=now)
        step = Step.objects.create(design=design, request=request, state=StepState.READY, ready_at=now)
        storage_add(design_id=design_id, texts=[words, *(answered or ())])
        return request, [step.pk], events_append(design=design, entries=[step_entry(step)])


def _open_steps(design: Design) -> list[Step]:
    """Steps of requests that nobody has closed, those that came to nothing excepted."""
    lost = (StepState.FAILED, StepState.CANCELLED)
    found = Step.objects.filter(design=design, request__isnull=False, request__closed_at=None).exclude(state__in=lost)
    return list(found.select_related("request"))


def request_answer(*, lease: Lease, outcome: Outcome, found: Found) -> list[Event]:
    """End the step of a request with what was found. Raises ``Stopped`` when the lease is lost."""
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=1)
        step = step_end(lease=lease, outcome=outcome).step
        if design is None or step.request is None:
            raise Stopped
        request = step.request
        request.base, request.question = found.base, found.question
        request.operations, request.problems = list(found.operations), list(found.problems)
        request.save(update_fields=["base", "question", "operations", "problems"])
        return events_append(design=design, entries=[step_entry(step)])


def request_close(*, design_id: UUID, request_id: UUID) -> list[Event]:
    """Let a request go: what reads it stops, and nobody is shown it any more."""
    return _close(design_id, Step.objects.filter(request_id=request_id))


def requests_close(*, design_id: UUID) -> list[Event]:
    """Let go all requests of a design."""
    return _close(design_id, Step.objects.filter(request__isnull=False))


def _close(design_id: UUID, steps: Any) -> list[Event]:
    with writing(), transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is None:
            return []
        open_ = steps.filter(design_id=design_id, request__closed_at=None)
        keys = list(open_.values_list("pk", "request_id"))
        steps_cancel(Step.objects.filter(pk__in=[step for step, _ in keys]))
        ChangeRequest.objects.filter(pk__in=[request for _, request in keys]).update(closed_at=timezone.now())
        return events_append(design=design, entries=[step_entry(step_get(step)) for step, _ in keys])
