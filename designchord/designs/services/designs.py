"""Designs: beginning, ending, stopping, deleting."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from designchord.blueprint.model import Brief
from designchord.designs import shapes
from designchord.designs.connections import writing
from designchord.designs.models import SETTLED, TERMINAL, Assume, Design, DesignState, Owner, Step, StepState
from designchord.designs.selectors import usage_of_design
from designchord.designs.services.artifacts import NewRevision, PlannedStep, parts_plan, revision_append
from designchord.designs.services.erasing import erasing
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.designs.services.steps import Lease, step_end, step_entry, step_rerun, twice
from designchord.designs.statements import DESIGNS, STEPS, ask, written
from designchord.errors import Conflict, QuotaExceeded, Stopped
from designchord.events.base import Event

#: How long a deleted design can be taken back.
UNDELETE_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDesign:
    """What is asked for. With a ``blueprint`` of one's own its parts (``planned``) are ready at once."""

    brief: Brief
    kinds: tuple[str, ...]
    model: str
    digest: str
    idempotency_key: str | None
    deadline: float
    in_flight: int | None = None
    assume: Assume = Assume.USUAL
    blueprint: NewRevision | None = None
    planned: Sequence[PlannedStep] = ()


def local_owner() -> Owner:
    """The one owner of the embedded mode."""
    owner, _ = Owner.objects.get_or_create(username="local", defaults={"password": make_password(None)})
    return owner


def design_create(*, owner: Owner, new: NewDesign) -> tuple[Design, bool]:
    """Store a design with its first steps in one transaction; the same key gives the same design again.

    Returns the design and whether it is new. A key used before for another request is a ``Conflict``.
    """
    now = timezone.now()
    with writing(), transaction.atomic():
        if new.idempotency_key is not None or new.in_flight is not None:
            _lock_owner(owner.pk)
        repeated = _find_repeated(owner, new)
        if repeated is not None:
            return repeated, False
        _refuse_crowd(owner_id=owner.pk, at_most=new.in_flight)
        design = Design(
            owner=owner,
            title=new.brief.title,
            content=new.brief.content,
            requirements=new.brief.requirements,
            language=new.brief.language,
            kinds=list(new.kinds),
            model=new.model,
            assume=new.assume,
            idempotency_key=new.idempotency_key,
            request_digest=new.digest,
            created_at=now,
            deadline_at=now + timedelta(seconds=new.deadline),
        )
        DESIGNS.insert([design])
        first = Step(design=design, kind="blueprint", state=StepState.READY, ready_at=now, position=0)
        STEPS.insert([first, Step(design=design, kind="report", state=StepState.WAITING, position=9999)])
        if new.blueprint is not None:
            _take_blueprint(first, new.blueprint, new.planned)
    return design, True


def _lock_owner(owner_id: int) -> None:
    """Let one of an owner's requests at a time look what there is, to the end of its transaction.

    Without it two with one key would both store their design. One would be refused, and PostgreSQL writes a refused
    statement into its log, somebody's idea and all. SQLite has one writer anyway.
    """
    Owner.objects.select_for_update(no_key=True).get(pk=owner_id)


def _find_repeated(owner: Owner, new: NewDesign) -> Design | None:
    """The design that the same key has made before. Raises ``Conflict`` when it was for another request."""
    if new.idempotency_key is None:
        return None
    design = Design.objects.filter(owner=owner, idempotency_key=new.idempotency_key).first()
    if design is not None and design.request_digest != new.digest:
        raise Conflict("This Idempotency-Key was used for another request. Use a new key.", code="idempotency_conflict")
    return design


def _refuse_crowd(*, owner_id: int, at_most: int | None) -> None:
    """Raise ``QuotaExceeded`` when so many designs of an owner, who is locked, are under way."""
    if at_most is None:
        return
    under_way = Design.objects.filter(owner_id=owner_id).exclude(state__in=TERMINAL)
    if under_way.count() >= at_most:
        raise QuotaExceeded(
            f"{at_most} designs are under way: wait until one has ended.", code="designs_in_flight", retry_after=10
        )


def _take_blueprint(step: Step, blueprint: NewRevision, planned: Sequence[PlannedStep]) -> None:
    """Store a blueprint that came with the request, so that there is nothing to make before the parts."""
    step.state, step.started_at, step.finished_at = StepState.DONE, step.ready_at, step.ready_at
    STEPS.update(step, ["state", "started_at", "finished_at"])
    revision_append(step, blueprint, step=step)
    parts_plan(design_id=step.design_id, planned=planned)


def design_end(*, lease: Lease, report: dict[str, Any]) -> list[Event]:
    """End the report's step and with it the design: done, partial or failed by what became of its parts."""
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=4)
        if design is None:
            raise Stopped
        ended = step_end(lease=lease, state=StepState.DONE)
        step = ended.step
        if not ended.last:  # another was run again while the report was made
            return events_append(design=design, entries=[step_entry(_report_waits(step))])
        state, code, message = _outcome(ask(_OTHERS, design.pk))
        design.report, design.finished_at = report, step.finished_at
        design.state, design.error_code, design.error_message = state, code, message
        entries: list[Entry] = [
            step_entry(step),
            report_entry(design.pk, report),
            ("design", *twice(shapes.design(design))),
            ("done", *twice({"state": state.value})),
        ]
        return events_append(design=design, entries=entries, changed=("report", *_ENDED))


_ENDED = ("state", "error_code", "error_message", "finished_at")
_OTHERS = written("""
    SELECT kind, state, error_code, error_message FROM {steps} WHERE design_id = %s AND kind <> 'report'
    ORDER BY position, id
""")


def _report_waits(step: Step) -> Step:
    """Let a report wait once more, as a new run."""
    step.state, step.run, step.attempt = StepState.WAITING, step.run + 1, 0
    step.ready_at = step.started_at = step.finished_at = step.enqueued_at = None
    step.save(update_fields=["state", "run", "attempt", "ready_at", "started_at", "finished_at", "enqueued_at"])
    return step


def report_entry(design_id: UUID, report: dict[str, Any]) -> Entry:
    return ("report", {}, {"report": report, "usage": usage_of_design(design_id=design_id)})


def _outcome(steps: Sequence[tuple[str, str, str, str]]) -> tuple[DesignState, str, str]:
    """What became of a design, by its steps' kinds, states and errors."""
    failed = [(code, message) for _, state, code, message in steps if state != StepState.DONE]
    if not failed:
        return DesignState.DONE, "", ""
    code, message = failed[0][0] or "stopped", failed[0][1] or "Some parts were not made."
    if any(state == StepState.DONE for kind, state, _, _ in steps if kind != "blueprint"):
        return DesignState.PARTIAL, code, message
    return DesignState.FAILED, code, message


def design_report(*, design_id: UUID, report: dict[str, Any]) -> list[Event]:
    """A new report after a change by hand."""
    with transaction.atomic():
        design = design_lock(design_id=design_id, events=1)
        if design is None:
            return []
        design.report = report
        return events_append(design=design, entries=[report_entry(design_id, report)], changed=["report"])


def design_cancel(*, design_id: UUID, state: DesignState, code: str, message: str) -> list[Event]:
    """End a design that is under way: unfinished steps are cancelled and their holders' tokens outdated.

    Cancelling against finishing: whoever changes the state first wins, the other changes nothing.
    """
    now = timezone.now()
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is None or design.state in TERMINAL:
            return []
        design.state, design.error_code, design.error_message, design.finished_at = state, code, message, now
        open_steps = list(
            Step.objects.filter(design_id=design_id).exclude(state__in=SETTLED).values_list("pk", flat=True)
        )
        Step.objects.filter(pk__in=open_steps).exclude(state__in=SETTLED).update(
            state=StepState.CANCELLED, phase="", token=F("token") + 1, lease_until=None, finished_at=now
        )
        entries: list[Entry] = [step_entry(step) for step in Step.objects.filter(pk__in=open_steps)]
        entries += [("design", *twice(shapes.design(design))), ("done", *twice({"state": state.value}))]
        return events_append(design=design, entries=entries, changed=_ENDED)


def design_rerun(
    *,
    design_id: UUID,
    step_ids: Sequence[int],
    seconds: float,
    feedback: str = "",
    cascade: bool = False,
    in_flight: int | None = None,
) -> tuple[list[int], list[Event]]:
    """Run settled steps again: the design is under way once more, its report waits, its deadline moves.

    Returns the steps that are ready now; those still under way are left alone.
    """
    now = timezone.now()
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is not None and design.state in TERMINAL and in_flight is not None:
            _lock_owner(design.owner_id)
            _refuse_crowd(owner_id=design.owner_id, at_most=in_flight)
        again = [step_rerun(step_id=pk, feedback=feedback, cascade=cascade) for pk in step_ids]
        steps = [step for step in again if step is not None]
        if design is None or not steps:
            return [], []
        events = _resume(design, steps=steps, until=now + timedelta(seconds=seconds))
    return [step.pk for step in steps], events


def design_resume(*, design_id: UUID, seconds: float) -> list[Event]:
    """Put a settled design under way again because new steps are ready."""
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        return _resume(design, steps=[], until=timezone.now() + timedelta(seconds=seconds)) if design else []


def _resume(design: Design, *, steps: list[Step], until: datetime) -> list[Event]:
    design.state, design.error_code, design.error_message = DesignState.RUNNING, "", ""
    design.finished_at, design.deadline_at = None, until
    entries: list[Entry] = [("design", *twice(shapes.design(design))), *(step_entry(step) for step in steps)]
    report = Step.objects.filter(design=design, kind="report", state__in=SETTLED).first()
    if report is not None:
        entries.append(step_entry(_report_waits(report)))
    return events_append(design=design, entries=entries, changed=(*_ENDED, "deadline_at"))


def design_delete(*, design_id: UUID) -> None:
    """Hide a design; it is purged after ``UNDELETE_WITHIN``."""
    Design.objects.filter(pk=design_id, deleted_at=None).update(deleted_at=timezone.now())


def design_undelete(*, design_id: UUID) -> bool:
    return bool(Design.objects.filter(pk=design_id).exclude(deleted_at=None).update(deleted_at=None))


def design_erase(*, design_id: UUID) -> None:
    """Delete a design for good, at once."""
    with erasing():
        Design.objects.filter(pk=design_id).delete()


def design_share(*, design_id: UUID) -> str:
    """The token under which a design can be read; a new one when there is none."""
    Design.objects.filter(pk=design_id, share_token=None).update(share_token=secrets.token_urlsafe(24))
    return Design.objects.values_list("share_token", flat=True).get(pk=design_id) or ""


def design_unshare(*, design_id: UUID) -> None:
    Design.objects.filter(pk=design_id).update(share_token=None)


def designs_purge() -> int:
    """Really delete what was deleted long enough ago."""
    over = Design.objects.filter(deleted_at__lt=timezone.now() - UNDELETE_WITHIN)
    if not over.exists():
        return 0
    with erasing():
        return over.delete()[0]
