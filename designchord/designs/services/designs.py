"""Designs: beginning, ending, stopping, deleting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from designchord.blueprint.model import Brief
from designchord.designs import shapes
from designchord.designs.models import SETTLED, TERMINAL, Design, DesignState, Owner, Step, StepState
from designchord.designs.selectors import usage_of_design
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.designs.services.steps import Lease, step_end, step_entry, step_rerun
from designchord.errors import Conflict
from designchord.events.base import Event

#: How long a deleted design can be taken back.
UNDELETE_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDesign:
    brief: Brief
    kinds: tuple[str, ...]
    model: str
    digest: str
    idempotency_key: str | None
    deadline: float


def local_owner() -> Owner:
    """The one owner of the embedded mode."""
    owner, _ = Owner.objects.get_or_create(username="local", defaults={"is_active": True})
    return owner


def design_create(*, owner: Owner, new: NewDesign) -> tuple[Design, bool]:
    """Store a design with its first steps in one transaction; the same key gives the same design again.

    Returns the design and whether it is new. A key used before for another request is a ``Conflict``.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            design = Design.objects.create(
                owner=owner,
                title=new.brief.title,
                content=new.brief.content,
                requirements=new.brief.requirements,
                language=new.brief.language,
                kinds=list(new.kinds),
                model=new.model,
                idempotency_key=new.idempotency_key,
                request_digest=new.digest,
                created_at=now,
                deadline_at=now + timedelta(seconds=new.deadline),
            )
            Step.objects.bulk_create(
                [
                    Step(design=design, kind="blueprint", state=StepState.READY, ready_at=now, position=0),
                    Step(design=design, kind="report", state=StepState.WAITING, position=9999),
                ]
            )
    except IntegrityError:
        design = Design.objects.get(owner=owner, idempotency_key=new.idempotency_key)
        if design.request_digest != new.digest:
            raise Conflict(
                "This Idempotency-Key was used for another request. Use a new key.", code="idempotency_conflict"
            ) from None
        return design, False
    return design, True


def design_end(*, lease: Lease, report: dict[str, Any]) -> list[Event]:
    """End the report's step and with it the design: done, partial or failed by what became of its parts."""
    now = timezone.now()
    with transaction.atomic():
        design_lock(design_id=lease.design)
        step = step_end(lease=lease, state=StepState.DONE)
        design = Design.objects.get(pk=lease.design)
        state, code, message = _outcome(Step.objects.filter(design_id=lease.design))
        design.report = report
        design.state, design.error_code, design.error_message, design.finished_at = state, code, message, now
        design.save(update_fields=["report", "state", "error_code", "error_message", "finished_at"])
        shape = shapes.design(design)
        entries: list[Entry] = [
            step_entry(step),
            report_entry(design.pk, report),
            ("design", shape, shape),
            ("done", {"state": state.value}, {"state": state.value}),
        ]
        return events_append(design_id=design.pk, entries=entries)


def report_entry(design_id: UUID, report: dict[str, Any]) -> Entry:
    return ("report", {}, {"report": report, "usage": usage_of_design(design_id=design_id)})


def _outcome(steps: Any) -> tuple[DesignState, str, str]:
    parts = [step for step in steps if step.kind not in ("blueprint", "report")]
    failed = [step for step in steps if step.kind != "report" and step.state != StepState.DONE]
    if not failed:
        return DesignState.DONE, "", ""
    first = failed[0]
    code, message = first.error_code or "stopped", first.error_message or "Some parts were not made."
    if any(part.state == StepState.DONE for part in parts):
        return DesignState.PARTIAL, code, message
    return DesignState.FAILED, code, message


def design_report(*, design_id: UUID, report: dict[str, Any]) -> list[Event]:
    """A new report after a change by hand."""
    with transaction.atomic():
        design_lock(design_id=design_id)
        Design.objects.filter(pk=design_id).update(report=report)
        return events_append(design_id=design_id, entries=[report_entry(design_id, report)])


def design_cancel(*, design_id: UUID, state: DesignState, code: str, message: str) -> list[Event]:
    """End a design that is under way: unfinished steps are cancelled and their holders' tokens outdated.

    Cancelling against finishing: whoever changes the state first wins, the other changes nothing.
    """
    now = timezone.now()
    with transaction.atomic():
        design_lock(design_id=design_id)
        ended = (
            Design.objects.filter(pk=design_id)
            .exclude(state__in=TERMINAL)
            .update(state=state, error_code=code, error_message=message, finished_at=now)
        )
        if not ended:
            return []
        open_steps = list(
            Step.objects.filter(design_id=design_id).exclude(state__in=SETTLED).values_list("pk", flat=True)
        )
        Step.objects.filter(pk__in=open_steps).exclude(state__in=SETTLED).update(
            state=StepState.CANCELLED, phase="", token=F("token") + 1, lease_until=None, finished_at=now
        )
        shape = shapes.design(Design.objects.get(pk=design_id))
        entries: list[Entry] = [step_entry(step) for step in Step.objects.filter(pk__in=open_steps)]
        entries += [("design", shape, shape), ("done", {"state": state.value}, {"state": state.value})]
        return events_append(design_id=design_id, entries=entries)


def design_rerun(
    *, design_id: UUID, step_ids: Sequence[int], seconds: float, feedback: str = "", cascade: bool = False
) -> tuple[list[int], list[Event]]:
    """Run settled steps again: the design is under way once more, its report waits, its deadline moves.

    Returns the steps that are ready now; those still under way are left alone.
    """
    now = timezone.now()
    with transaction.atomic():
        design_lock(design_id=design_id)
        again = [step_rerun(step_id=pk, feedback=feedback, cascade=cascade) for pk in step_ids]
        steps = [step for step in again if step is not None]
        if not steps:
            return [], []
        events = _resume(design_id=design_id, steps=steps, until=now + timedelta(seconds=seconds))
    return [step.pk for step in steps], events


def design_resume(*, design_id: UUID, seconds: float) -> list[Event]:
    """Put a settled design under way again because new steps are ready."""
    with transaction.atomic():
        design_lock(design_id=design_id)
        return _resume(design_id=design_id, steps=[], until=timezone.now() + timedelta(seconds=seconds))


def _resume(*, design_id: UUID, steps: list[Step], until: Any) -> list[Event]:
    Design.objects.filter(pk=design_id).update(
        state=DesignState.RUNNING, error_code="", error_message="", finished_at=None, deadline_at=until
    )
    report = Step.objects.filter(design_id=design_id, kind="report", state__in=SETTLED)
    report.update(
        state=StepState.WAITING,
        run=F("run") + 1,
        attempt=0,
        ready_at=None,
        started_at=None,
        finished_at=None,
        enqueued_at=None,
    )
    shape = shapes.design(Design.objects.get(pk=design_id))
    entries: list[Entry] = [("design", shape, shape)]
    entries += [step_entry(step) for step in steps]
    entries += [step_entry(step) for step in Step.objects.filter(design_id=design_id, kind="report")]
    return events_append(design_id=design_id, entries=entries)


def design_delete(*, design_id: UUID) -> None:
    """Hide a design; it is purged after ``UNDELETE_WITHIN``."""
    Design.objects.filter(pk=design_id, deleted_at=None).update(deleted_at=timezone.now())


def design_undelete(*, design_id: UUID) -> bool:
    return bool(Design.objects.filter(pk=design_id).exclude(deleted_at=None).update(deleted_at=None))


def designs_purge() -> int:
    """Really delete what was deleted long enough ago."""
    return Design.objects.filter(deleted_at__lt=timezone.now() - UNDELETE_WITHIN).delete()[0]
