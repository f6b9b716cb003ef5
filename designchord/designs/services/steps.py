"""Steps: taking them up, keeping them, giving them back, ending them.

A step is held by whoever has its newest token. Every write here is a conditional update; when it changes no row,
somebody else was first or the work is no longer wanted, and the caller goes away quietly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.connections import writing
from designchord.designs.models import SETTLED, TERMINAL, ChangeRequest, DesignState, Part, Step, StepState
from designchord.designs.services.events import Entry, design_lock, events_append, twice
from designchord.designs.statements import PARTS, STEPS, ask, change, marks, written
from designchord.errors import Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True)
class BlueprintAt:
    """A revision of a design's blueprint."""

    number: int
    source: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a step until it is lost; ``token`` proves it.

    ``taken`` is the step with its part and design as they were when it was taken. While the lease lasts nobody else
    changes what a holder needs of them, so they need not be read again. ``blueprint`` is the design's blueprint at the
    same moment; None while there is none, and for the report.
    """

    step: int
    token: int
    design: UUID
    taken: Step = field(compare=False, repr=False)
    blueprint: BlueprintAt | None = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """A step that was taken, and the events of its taking."""

    lease: Lease
    events: list[Event]


def step_entry(step: Step) -> Entry:
    """How a step stands; of a request what it asks for is not stored once more."""
    if step.request is not None:
        shape = shapes.request(step, step.request)
        return ("request", {name: value for name, value in shape.items() if name not in shapes.ASKED}, shape)
    shape = shapes.step(step)
    return ("step", shape, shape)


def step_get(step_id: int) -> Step:
    return Step.objects.select_related("part", "request").get(pk=step_id)


def design_of(step_id: int) -> UUID:
    return Step.objects.values_list("design_id", flat=True).get(pk=step_id)


_CLAIM = written("""
    UPDATE {steps} SET state = 'running', phase = 'asking', holder = %s, token = token + 1, attempt = attempt + 1,
        lease_until = %s, started_at = %s, first_token_at = NULL
    WHERE id = %s AND (state = 'ready' OR (state = 'running' AND lease_until < %s)) AND (request_id IS NOT NULL OR %s)
    RETURNING {steps.columns}
""")
_BLUEPRINT = written("""
    SELECT revision.number, revision.source FROM {parts} AS part
    JOIN {revisions} AS revision ON revision.part_id = part.id AND revision.number = part.current
    WHERE part.design_id = %s AND part.kind = 'blueprint'
""")
# A part, and the blueprint that its design has.
_PART = written("""
    SELECT {parts.columns}, blueprint.number, blueprint.source FROM {parts} LEFT JOIN (
        SELECT revision.number, revision.source FROM {parts} AS part
        JOIN {revisions} AS revision ON revision.part_id = part.id AND revision.number = part.current
        WHERE part.design_id = %s AND part.kind = 'blueprint'
    ) AS blueprint ON true WHERE id = %s
""")


def step_claim(*, step_id: int, holder: str, seconds: float) -> Claim | None:
    """Take a step that is ready or whose lease ran out; None when it is not to be had. Requests are read of designs
    that have ended, too."""
    now = timezone.now()
    with writing(), transaction.atomic():
        design = design_lock(step_id=step_id, events=1)
        found: list[Step] = []
        if design is not None:
            under_way = design.state not in TERMINAL
            found = STEPS.rows(_CLAIM, holder, now + timedelta(seconds=seconds), now, step_id, now, under_way)
        if design is None or not found:
            transaction.set_rollback(True)  # the number that was taken for the event
            return None
        (step,) = found
        step.design = design
        blueprint = None
        for told in ask(_PART, design.pk, step.part_id) if step.part_id else ():
            step.part = PARTS.row(told)
            *_, number, source = told
            blueprint = BlueprintAt(number, source) if number else None
        if step.request_id is not None:
            step.request = ChangeRequest.objects.get(pk=step.request_id)
            blueprint = next((BlueprintAt(*told) for told in ask(_BLUEPRINT, design.pk)), None)
        entries, changed = [step_entry(step)], []
        if design.state == DesignState.QUEUED:
            design.state, changed = DesignState.RUNNING, ["state"]
            entries.insert(0, ("design", *twice(shapes.design(design))))
        events = events_append(design=design, entries=entries, changed=changed)
    return Claim(Lease(step_id, step.token, design.pk, step, blueprint), events)


def held(lease: Lease) -> Q:
    """The condition under which a holder may still write."""
    return Q(pk=lease.step, token=lease.token, state=StepState.RUNNING)


def leases_lost(*, leases: Sequence[Lease]) -> set[int]:
    """Which of these steps are no longer held by these leases."""
    if not leases:
        return set()
    held_by = written("SELECT id, token FROM {steps} WHERE state = 'running' AND id IN ({ids})", ids=marks(len(leases)))
    tokens = dict(ask(held_by, *[lease.step for lease in leases]))
    return {lease.step for lease in leases if tokens.get(lease.step) != lease.token}


def leases_renew(*, leases: Iterable[Lease], seconds: float) -> None:
    pairs = [(lease.step, lease.token) for lease in leases]
    if pairs:
        renew = written(
            "UPDATE {steps} SET lease_until = %s WHERE state = 'running' AND (id, token) IN (VALUES {pairs})",
            pairs=", ".join(["(%s, %s)"] * len(pairs)),
        )
        change(renew, timezone.now() + timedelta(seconds=seconds), *chain.from_iterable(pairs))


def lease_renew(*, lease: Lease, seconds: float) -> bool:
    """Renew one lease, also one that has run out and that nobody has taken since; whether it is still held."""
    until = timezone.now() + timedelta(seconds=seconds)
    return bool(Step.objects.filter(held(lease)).update(lease_until=until))


def step_phase(*, lease: Lease, phase: str, waiting: dict[str, str | None] | None = None) -> list[Event]:
    """Note a phase that is worth remembering (a repair, a wait). Raises ``Stopped`` when the lease is lost."""
    with transaction.atomic():
        design = design_lock(design_id=lease.design, events=1)
        if design is None or not Step.objects.filter(held(lease)).update(phase=phase, waiting=waiting):
            raise Stopped
        return events_append(design=design, entries=[step_entry(step_get(lease.step))])


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


def step_snooze(*, lease: Lease, seconds: float) -> bool:
    """Leave a step to the sweeper after an unexpected failure: its lease ends in ``seconds``, the attempt counts."""
    until = timezone.now() + timedelta(seconds=seconds)
    return bool(Step.objects.filter(held(lease)).update(lease_until=until))


@dataclass(frozen=True, slots=True)
class Ended:
    """A step that has ended; ``last`` when all others of its design had settled, except for the report."""

    step: Step
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a step ended: ``DONE``, or ``FAILED`` with a code and a sentence; ``refused`` are the codes of the errors for
    which answers were refused; ``unchanged``: it made again what was there."""

    state: StepState = StepState.DONE
    code: str = ""
    message: str = ""
    refused: tuple[str, ...] = ()
    first_token_at: datetime | None = None
    unchanged: bool = False


_END = written("""
    UPDATE {steps} SET state = %s, phase = '', lease_until = NULL, feedback = '', error_code = %s, error_message = %s,
        refused = %s, first_token_at = %s, unchanged = %s, finished_at = %s
    WHERE id = %s AND token = %s AND state = 'running'
    RETURNING NOT EXISTS (
        SELECT 1 FROM {steps} AS other
        WHERE other.design_id = {steps}.design_id AND other.id <> {steps}.id AND other.part_id IS NOT NULL
            AND other.state NOT IN ({settled})
    )
""")


def step_end(*, lease: Lease, outcome: Outcome) -> Ended:
    """End a held step, in a transaction that has locked the design. Raises ``Stopped`` when the lease is lost.

    Since all steps of a design end one after another under its lock, exactly one of them is the last.
    """
    step = copy(lease.taken)
    step.state, step.phase, step.lease_until, step.feedback = outcome.state, "", None, ""
    step.error_code, step.error_message = outcome.code, outcome.message[:500]
    step.refused, step.first_token_at = list(outcome.refused), outcome.first_token_at
    step.unchanged = outcome.unchanged
    step.finished_at = timezone.now()
    ended = ask(
        _END, step.state.value, step.error_code, step.error_message, step.refused, step.first_token_at,
        step.unchanged, step.finished_at, lease.step, lease.token,
    )  # fmt: skip
    if not ended:
        raise Stopped
    return Ended(step, bool(ended[0][0]))


def step_fail(*, lease: Lease, code: str, message: str) -> list[Event]:
    """End a held step without any artifact."""
    with transaction.atomic():
        design = design_lock(design_id=lease.design, events=1)
        ended = step_end(lease=lease, outcome=Outcome(state=StepState.FAILED, code=code, message=message))
        return events_append(design=design, entries=[step_entry(ended.step)]) if design else []


def step_discard(*, step_id: int, attempts: int) -> Entry | None:
    """End a step that was taken up ``attempts`` times and never came back, in a transaction that has locked the
    design; None when it was not so."""
    now = timezone.now()
    lost = Step.objects.filter(pk=step_id, state=StepState.RUNNING, lease_until__lt=now, attempt__gte=attempts)
    discarded = lost.update(
        state=StepState.FAILED,
        phase="",
        token=F("token") + 1,
        lease_until=None,
        error_code="step_poison",
        error_message="This step was begun several times and never finished. Retry it.",
        finished_at=now,
    )
    return step_entry(step_get(step_id)) if discarded else None


def steps_cancel(steps: QuerySet[Step]) -> list[Entry]:
    """End what has not settled of these, in a transaction that has locked the design: holders lose their leases."""
    now = timezone.now()
    keys = list(steps.exclude(state__in=SETTLED).values_list("pk", flat=True))
    Step.objects.filter(pk__in=keys).update(
        state=StepState.CANCELLED, phase="", token=F("token") + 1, lease_until=None, finished_at=now
    )
    return [step_entry(step) for step in Step.objects.filter(pk__in=keys).select_related("part", "request")]


def steps_enqueued(*, step_ids: Collection[int]) -> None:
    """Note that an engine took these over."""
    if step_ids:
        noted = written(
            "UPDATE {steps} SET enqueued_at = %s WHERE state IN ('ready', 'running') AND id IN ({ids})",
            ids=marks(len(step_ids)),
        )
        with writing():
            change(noted, timezone.now(), *step_ids)


def step_retry(*, step_id: int, feedback: str = "", cascade: bool = False) -> Step | None:
    """Ask for settled work once more, in a transaction that has locked the design.

    None when it is not settled, or when the blueprint has no such part any more.
    """
    wanted = Q(part=None) | Q(part__in=Part.objects.filter(retired=False))
    again = Step.objects.filter(wanted, pk=step_id, state__in=SETTLED).update(
        state=StepState.READY,
        phase="",
        run=F("run") + 1,
        attempt=0,
        feedback=feedback,
        cascade=cascade,
        error_code="",
        error_message="",
        refused=[],
        unchanged=False,
        enqueued_at=None,
        ready_at=timezone.now(),
        started_at=None,
        first_token_at=None,
        finished_at=None,
    )
    return step_get(step_id) if again else None


_REPORT = written("""
    UPDATE {steps} SET state = 'ready', ready_at = %s
    WHERE design_id = %s AND part_id IS NULL AND request_id IS NULL AND state = 'waiting' AND NOT EXISTS (
        SELECT 1 FROM {steps} AS other
        WHERE other.design_id = {steps}.design_id AND other.part_id IS NOT NULL AND other.state NOT IN ({settled})
    )
    RETURNING id
""")


def report_claimable(*, design_id: UUID) -> int | None:
    """Make the report's step ready when all others have settled; its id for exactly one of many callers.

    Runs after the commit that settled a step, never in the same transaction: two last steps that each saw the other
    as unfinished would leave the report waiting for ever.
    """
    with writing():
        found = ask(_REPORT, timezone.now(), design_id)
    return found[0][0] if found else None
