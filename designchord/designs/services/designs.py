"""Designs: beginning, ending, stopping, deleting."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from designchord.blueprint.model import Brief
from designchord.designs import shapes
from designchord.designs.connections import writing
from designchord.designs.models import (
    TERMINAL,
    Assume,
    Design,
    DesignState,
    Effort,
    Owner,
    Part,
    Step,
    StepState,
)
from designchord.designs.services.crowds import owner_lock, refuse_crowd
from designchord.designs.services.erasing import erasing
from designchord.designs.services.events import Entry, design_lock, events_append, twice
from designchord.designs.services.parts import NewRevision, revision_append
from designchord.designs.services.past_calls import calls_remember
from designchord.designs.services.planning import Compiled, parts_add
from designchord.designs.services.standing import (
    ENDED,
    RESUMED,
    STANDING,
    design_entry,
    judge,
    report_entry,
    report_waits,
    resume,
)
from designchord.designs.services.steps import (
    Lease,
    Outcome,
    design_of,
    step_discard,
    step_end,
    step_entry,
    step_retry,
    steps_cancel,
)
from designchord.designs.services.storage import storage_add
from designchord.designs.statements import DESIGNS, PARTS, STEPS
from designchord.errors import Conflict, Stopped
from designchord.events.base import Event

#: How long a deleted design can be taken back.
UNDELETE_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDesign:
    """What is asked for. With a ``blueprint`` of one's own everything that was ``compiled`` of it is there at once."""

    brief: Brief
    kinds: tuple[str, ...]
    model: str
    digest: str
    idempotency_key: str | None
    deadline: float
    in_flight: int | None = None
    assume: Assume = Assume.USUAL
    effort: Effort = Effort.STANDARD
    blueprint: NewRevision | None = None
    compiled: Compiled | None = None


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
            owner_lock(owner.pk)
        repeated = _find_repeated(owner, new)
        if repeated is not None:
            return repeated, False
        refuse_crowd(owner_id=owner.pk, at_most=new.in_flight)
        design = Design(
            owner=owner,
            title=new.brief.title,
            content=new.brief.content,
            requirements=new.brief.requirements,
            language=new.brief.language,
            kinds=list(new.kinds),
            model=new.model,
            assume=new.assume,
            effort=new.effort,
            report=new.compiled and new.compiled.report,
            idempotency_key=new.idempotency_key,
            request_digest=new.digest,
            created_at=now,
            deadline_at=now + timedelta(seconds=new.deadline),
        )
        DESIGNS.insert([design])
        storage_add(design_id=design.pk, texts=[design.title, design.content, design.requirements])
        _plan_first_steps(design, new)
    return design, True


def _find_repeated(owner: Owner, new: NewDesign) -> Design | None:
    """The design that the same key has made before. Raises ``Conflict`` when it was for another request."""
    if new.idempotency_key is None:
        return None
    design = Design.objects.filter(owner=owner, idempotency_key=new.idempotency_key).first()
    if design is not None and design.request_digest != new.digest:
        raise Conflict("This Idempotency-Key was used for another request. Use a new key.", code="idempotency_conflict")
    return design


def _plan_first_steps(design: Design, new: NewDesign) -> None:
    """The blueprint's step and the report's, and with a blueprint that came with the request its parts' as well.

    Where nothing of these is elaborated, the report is all that is left to be made.
    """
    now = design.created_at
    part = Part(design=design, kind="blueprint")
    PARTS.insert([part])
    first = Step(design=design, part=part, state=StepState.READY, ready_at=now)
    if new.blueprint is not None:
        first.state, first.started_at, first.finished_at = StepState.DONE, now, now
        revision_append(part, new.blueprint, run=first.run)
    report = Step(design=design, state=StepState.WAITING)
    STEPS.insert([first, report])
    if new.compiled is None:
        return
    steps, _ = parts_add(design, new.compiled.parts, part.current)
    if all(step.state == StepState.DONE for step in steps):
        report.state, report.ready_at = StepState.READY, now
        report.save(update_fields=["state", "ready_at"])


def design_end(*, lease: Lease, report: dict[str, Any], seen: int) -> list[Event] | None:
    """End the report's step and with it the design: done, partial or failed by what became of its parts.

    ``seen`` is the number of the design's last event before the report's sources were read. When something has
    happened since, nothing is stored: None, make another report.
    """
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=4)
        if design is None:
            raise Stopped
        if design.last_event != seen:
            transaction.set_rollback(True)
            return None
        ended = step_end(lease=lease, outcome=Outcome())
        step = ended.step
        if not ended.last:  # another was run again while the report was made
            return events_append(design=design, entries=[step_entry(report_waits(step))])
        judge(design)
        design.report, design.report_due, design.finished_at = report, False, step.finished_at
        entries: list[Entry] = [
            step_entry(step),
            report_entry(design.pk, report),
            design_entry(design),
            ("done", *twice({"state": design.state})),
        ]
        return events_append(design=design, entries=entries, changed=ENDED)


def design_report(*, design_id: UUID, report: dict[str, Any], seen: int) -> list[Event] | None:
    """A new report after a change by hand of a design that has ended; ``seen`` and None as in ``design_end``."""
    with transaction.atomic():
        design = design_lock(design_id=design_id, events=1)
        if design is None:
            return []
        if design.last_event != seen:
            transaction.set_rollback(True)
            return None
        design.report, design.report_due = report, False
        entries = [report_entry(design_id, report)]
        return events_append(design=design, entries=entries, changed=["report", "report_due"])


def design_cancel(*, design_id: UUID, state: DesignState, code: str, message: str) -> list[Event]:
    """End a design that is under way: unfinished steps are cancelled and their holders' tokens outdated.

    Cancelling against finishing: whoever changes the state first wins, the other changes nothing.
    """
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is None or design.state in TERMINAL:
            return []
        design.state, design.error_code, design.error_message = state, code, message
        design.finished_at = timezone.now()
        entries = steps_cancel(Step.objects.filter(design_id=design_id))
        entries += [design_entry(design), ("done", *twice({"state": design.state}))]
        return events_append(design=design, entries=entries, changed=STANDING)


def design_discard(*, step_id: int, attempts: int) -> list[Event]:
    """Put a step aside that was taken up ``attempts`` times and never came back.

    When it was the report's, the design ends without one: what was made is there, and a retry makes the report.
    """
    with transaction.atomic():
        design = design_lock(design_id=design_of(step_id))
        entry = step_discard(step_id=step_id, attempts=attempts)
        if design is None or entry is None:
            return []
        step = Step.objects.get(pk=step_id)
        if step.kind != "report":
            return events_append(design=design, entries=[entry])
        judge(design)
        if design.state == DesignState.DONE:
            design.state, design.error_code = DesignState.PARTIAL, step.error_code
            design.error_message = "The cross-check could not be made. Retry it."
        design.finished_at = step.finished_at
        entries = [entry, design_entry(design), ("done", *twice({"state": design.state}))]
        return events_append(design=design, entries=entries, changed=STANDING)


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

    Returns the steps that are ready now; those still under way are left alone, and so are those of retired parts.
    """
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is not None and design.state in TERMINAL and in_flight is not None:
            owner_lock(design.owner_id)
            refuse_crowd(owner_id=design.owner_id, at_most=in_flight)
        again = [step_retry(step_id=pk, feedback=feedback, cascade=cascade) for pk in step_ids]
        steps = [step for step in again if step is not None]
        if design is None or not steps:
            return [], []
        events = events_append(design=design, entries=resume(design, seconds=seconds, steps=steps), changed=RESUMED)
    return [step.pk for step in steps], events


def design_delete(*, design_id: UUID) -> None:
    """Hide a design; it is purged after ``UNDELETE_WITHIN``."""
    Design.objects.filter(pk=design_id, deleted_at=None).update(deleted_at=timezone.now())


def design_undelete(*, design_id: UUID) -> bool:
    return bool(Design.objects.filter(pk=design_id).exclude(deleted_at=None).update(deleted_at=None))


def design_erase(*, design_id: UUID) -> None:
    """Delete a design for good, at once."""
    with erasing():
        calls_remember(Q(pk=design_id))
        Design.objects.filter(pk=design_id).delete()


def design_rename(*, design_id: UUID, title: str) -> list[Event]:
    """Call a design otherwise; what is made of it keeps the names that it has."""
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is None or design.title == title:
            return []
        design.title = title
        entry: Entry = ("design", *twice({**shapes.design(design), "title": title}))
        return events_append(design=design, entries=[entry], changed=("title",))


def design_share(*, design_id: UUID) -> str:
    """The token under which a design can be read; a new one when there is none."""
    Design.objects.filter(pk=design_id, share_token=None).update(share_token=secrets.token_urlsafe(24))
    return Design.objects.values_list("share_token", flat=True).get(pk=design_id) or ""


def design_unshare(*, design_id: UUID) -> None:
    Design.objects.filter(pk=design_id).update(share_token=None)


def designs_purge() -> int:
    """Really delete what was deleted long enough ago."""
    over = Q(deleted_at__lt=timezone.now() - UNDELETE_WITHIN)
    if not Design.objects.filter(over).exists():
        return 0
    with erasing():
        calls_remember(over)
        return Design.objects.filter(over).delete()[0]
