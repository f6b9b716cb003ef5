"""Steps: taking them up, keeping them, giving them back, ending them.

A step is held by whoever has its newest token. Every write here is a conditional update; when it changes no row,
somebody else was first or the work is no longer wanted, and the caller goes away quietly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.models import SETTLED, TERMINAL, DesignState, Step, StepState
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.errors import Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a step until it is lost; ``token`` proves it.

    ``taken`` is the step as it was when it was taken. While the lease lasts nobody else changes what a holder needs of
    it, so it need not be read again.
    """

    step: int
    token: int
    design: UUID
    taken: Step = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """A step that was taken, with its ``design``, and the events of its taking."""

    lease: Lease
    events: list[Event]

    @property
    def step(self) -> Step:
        return self.lease.taken


def step_entry(step: Step) -> Entry:
    shape = shapes.step(step)
    return ("step", shape, shape)


def design_of(step_id: int) -> UUID:
    return Step.objects.values_list("design_id", flat=True).get(pk=step_id)


def step_claim(*, step_id: int, holder: str, seconds: float) -> Claim | None:
    """Take a step that is ready or whose lease ran out; None when it is not to be had."""
    now = timezone.now()
    step = Step.objects.filter(pk=step_id).first()
    if step is None or not (step.state == StepState.READY or (step.state == StepState.RUNNING and ran_out(step, now))):
        return None
    with transaction.atomic():
        design = design_lock(design_id=step.design_id)
        if design is None or design.state in TERMINAL:
            return None
        seen = Step.objects.filter(pk=step_id, token=step.token, state=step.state, run=step.run)
        if step.state == StepState.RUNNING:
            seen = seen.filter(lease_until__lt=now)  # its holder may have renewed it meanwhile
        step.design = design
        step.state, step.phase, step.holder = StepState.RUNNING, "asking", holder
        step.token, step.attempt = step.token + 1, step.attempt + 1
        step.lease_until, step.started_at, step.first_token_at = now + timedelta(seconds=seconds), now, None
        if not update(seen, step, _CLAIMED):
            return None
        entries = [step_entry(step)]
        changed = []
        if design.state == DesignState.QUEUED:
            design.state, changed = DesignState.RUNNING, ["state"]
            entries.insert(0, ("design", *twice(shapes.design(design))))
        events = events_append(design=design, entries=entries, changed=changed)
    return Claim(Lease(step.pk, step.token, step.design_id, step), events)


_CLAIMED = ("state", "phase", "holder", "token", "attempt", "lease_until", "started_at", "first_token_at")


def ran_out(step: Step, now: datetime) -> bool:
    return step.lease_until is not None and step.lease_until < now


def twice(shape: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is stored and what is published, where the two are the same."""
    return shape, shape


def update(rows: QuerySet[Step], step: Step, fields: Sequence[str]) -> bool:
    """Write a step's fields to its row if the row is still among ``rows``."""
    return bool(rows.update(**{field: getattr(step, field) for field in fields}))


def held(lease: Lease) -> Q:
    """The condition under which a holder may still write."""
    return Q(pk=lease.step, token=lease.token, state=StepState.RUNNING)


def leases_lost(*, leases: Sequence[Lease]) -> set[int]:
    """Which of these steps are no longer held by these leases."""
    tokens = dict(
        Step.objects.filter(pk__in=[lease.step for lease in leases], state=StepState.RUNNING).values_list("pk", "token")
    )
    return {lease.step for lease in leases if tokens.get(lease.step) != lease.token}


def leases_renew(*, leases: Iterable[Lease], seconds: float) -> None:
    until = timezone.now() + timedelta(seconds=seconds)
    for lease in leases:
        Step.objects.filter(held(lease)).update(lease_until=until)


def step_phase(*, lease: Lease, phase: str) -> list[Event]:
    """Note a phase that is worth remembering (a repair). Raises ``Stopped`` when the lease is lost."""
    with transaction.atomic():
        design = design_lock(design_id=lease.design)
        if design is None or not Step.objects.filter(held(lease)).update(phase=phase):
            raise Stopped
        return events_append(design=design, entries=[step_entry(Step.objects.get(pk=lease.step))])


def step_release(*, lease: Lease) -> bool:
    """Give a step back unfinished, at once takeable by anybody. An attempt that was not ours to lose is not counted."""
    return bool(
        Step.objects.filter(held(lease)).update(
            state=StepState.READY, phase="", lease_until=None, enqueued_at=None, attempt=F("attempt") - 1
        )
    )


def lease_expire(*, step_id: int, holder: str) -> None:
    """End the lease of a holder that is known to be dead."""
    Step.objects.filter(pk=step_id, holder=holder, state=StepState.RUNNING).update(lease_until=timezone.now())


def step_postpone(*, lease: Lease, seconds: float) -> bool:
    """Leave a step to the sweeper after an unexpected failure: its lease ends in ``seconds``, the attempt counts."""
    until = timezone.now() + timedelta(seconds=seconds)
    return bool(Step.objects.filter(held(lease)).update(lease_until=until))


def step_end(
    *, lease: Lease, state: StepState, code: str = "", message: str = "", first_token_at: datetime | None = None
) -> Step:
    """End a held step, in a transaction that has locked the design. Raises ``Stopped`` when the lease is lost."""
    step = copy(lease.taken)
    step.state, step.phase, step.lease_until, step.feedback = state, "", None, ""
    step.error_code, step.error_message = code, message[:500]
    step.first_token_at, step.finished_at = first_token_at, timezone.now()
    if not update(Step.objects.filter(held(lease)), step, _ENDED):
        raise Stopped
    return step


_ENDED = (
    "state", "phase", "lease_until", "feedback", "error_code", "error_message", "first_token_at", "finished_at",
)  # fmt: skip


def step_fail(*, lease: Lease, code: str, message: str) -> list[Event]:
    """End a held step without any artifact."""
    with transaction.atomic():
        design = design_lock(design_id=lease.design)
        step = step_end(lease=lease, state=StepState.FAILED, code=code, message=message)
        return events_append(design=design, entries=[step_entry(step)]) if design else []


def step_quarantine(*, step_id: int, attempts: int) -> list[Event]:
    """End a step that was taken up ``attempts`` times and never came back."""
    now = timezone.now()
    with transaction.atomic():
        design = design_lock(design_id=design_of(step_id))
        ended = Step.objects.filter(
            pk=step_id, state=StepState.RUNNING, lease_until__lt=now, attempt__gte=attempts
        ).update(
            state=StepState.FAILED,
            phase="",
            token=F("token") + 1,
            lease_until=None,
            error_code="step_poison",
            error_message="This step was begun several times and never finished. Retry it.",
            finished_at=now,
        )
        if design is None or not ended:
            return []
        return events_append(design=design, entries=[step_entry(Step.objects.get(pk=step_id))])


def steps_spoken(*, step_ids: Iterable[int]) -> None:
    """Note that an engine took these over."""
    Step.objects.filter(pk__in=list(step_ids), state__in=[StepState.READY, StepState.RUNNING]).update(
        enqueued_at=timezone.now()
    )


def step_rerun(*, step_id: int, feedback: str = "", cascade: bool = False) -> Step | None:
    """Ask for settled work once more, in a transaction that has locked the design. None when it is not settled."""
    now = timezone.now()
    again = Step.objects.filter(pk=step_id, state__in=SETTLED).update(
        state=StepState.READY,
        phase="",
        run=F("run") + 1,
        attempt=0,
        feedback=feedback,
        cascade=cascade,
        error_code="",
        error_message="",
        enqueued_at=None,
        ready_at=now,
        started_at=None,
        first_token_at=None,
        finished_at=None,
    )
    return Step.objects.get(pk=step_id) if again else None


def report_claimable(*, design_id: UUID) -> int | None:
    """Make the report's step ready when all others have settled; its id for exactly one of many callers.

    Runs after the commit that settled a step, never in the same transaction: two last steps that each saw the other
    as unfinished would leave the report waiting for ever.
    """
    if Step.objects.filter(design_id=design_id).exclude(kind="report").exclude(state__in=SETTLED).exists():
        return None
    report = Step.objects.filter(design_id=design_id, kind="report", state=StepState.WAITING)
    step_id = report.values_list("pk", flat=True).first()
    return step_id if report.update(state=StepState.READY, ready_at=timezone.now()) else None
