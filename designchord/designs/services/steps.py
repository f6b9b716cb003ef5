"""Steps: taking them up, keeping them, giving them back, ending them.

A step is held by whoever has its newest token. Every write here is a conditional update; when it changes no row,
somebody else was first or the work is no longer wanted, and the caller goes away quietly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.models import SETTLED, TERMINAL, Design, DesignState, Step, StepState
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.errors import Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a step until it is lost; ``token`` proves it."""

    step: int
    token: int
    design: UUID


def step_entry(step: Step) -> Entry:
    shape = shapes.step(step)
    return ("step", shape, shape)


def step_claim(*, step_id: int, holder: str, seconds: float) -> tuple[Lease, list[Event]] | None:
    """Take a step that is ready or whose lease ran out; None when it is not to be had."""
    now = timezone.now()
    takeable = Q(state=StepState.READY) | Q(state=StepState.RUNNING, lease_until__lt=now)
    design_id = Step.objects.filter(takeable, pk=step_id).values_list("design_id", flat=True).first()
    if design_id is None:
        return None
    with transaction.atomic():
        state = design_lock(design_id=design_id)
        if state is None or state in TERMINAL:
            return None
        taken = Step.objects.filter(takeable, pk=step_id).update(
            state=StepState.RUNNING,
            phase="asking",
            token=F("token") + 1,
            attempt=F("attempt") + 1,
            holder=holder,
            lease_until=now + timedelta(seconds=seconds),
            started_at=now,
            first_token_at=None,
        )
        if not taken:
            return None
        step = Step.objects.get(pk=step_id)
        entries = [step_entry(step)]
        if state == DesignState.QUEUED:
            Design.objects.filter(pk=step.design_id).update(state=DesignState.RUNNING)
            shape = {"state": DesignState.RUNNING.value, "error": None, "finished_at": None}
            entries.insert(0, ("design", shape, shape))
        events = events_append(design_id=step.design_id, entries=entries)
    return Lease(step.pk, step.token, step.design_id), events


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
        design_lock(design_id=lease.design)
        if not Step.objects.filter(held(lease)).update(phase=phase):
            raise Stopped
        return events_append(design_id=lease.design, entries=[step_entry(Step.objects.get(pk=lease.step))])


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
    """End a held step; must run inside a transaction that has locked the design. ``Stopped`` when the lease is lost."""
    ended = Step.objects.filter(held(lease)).update(
        state=state,
        phase="",
        lease_until=None,
        feedback="",
        error_code=code,
        error_message=message[:500],
        first_token_at=first_token_at,
        finished_at=timezone.now(),
    )
    if not ended:
        raise Stopped
    return Step.objects.get(pk=lease.step)


def step_fail(*, lease: Lease, code: str, message: str) -> list[Event]:
    """End a held step without any artifact."""
    with transaction.atomic():
        design_lock(design_id=lease.design)
        step = step_end(lease=lease, state=StepState.FAILED, code=code, message=message)
        return events_append(design_id=lease.design, entries=[step_entry(step)])


def step_quarantine(*, step_id: int, attempts: int) -> list[Event]:
    """End a step that was taken up ``attempts`` times and never came back."""
    now = timezone.now()
    with transaction.atomic():
        design_lock(design_id=Step.objects.values_list("design_id", flat=True).get(pk=step_id))
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
        if not ended:
            return []
        step = Step.objects.get(pk=step_id)
        return events_append(design_id=step.design_id, entries=[step_entry(step)])


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
