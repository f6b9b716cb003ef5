"""How a design as a whole stands, by its steps. All of this runs in transactions that have locked the design."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.models import SETTLED, TERMINAL, Design, DesignState, Step, StepState
from designchord.designs.services.events import Entry, twice
from designchord.designs.services.steps import step_entry

#: The fields of a design that say how it stands.
STANDING = ("state", "error_code", "error_message", "finished_at")


def design_entry(design: Design) -> Entry:
    return ("design", *twice(shapes.design(design)))


def judge(design: Design) -> None:
    """Set a design's state and error by what became of the parts that its blueprint has."""
    wanted = Step.objects.filter(design=design).exclude(part=None).exclude(part__retired=True)
    steps = wanted.order_by(F("part__position").asc(), "pk")
    found = list(steps.values_list("part__kind", "state", "error_code", "error_message"))
    failed = [(code, message) for _, state, code, message in found if state != StepState.DONE]
    if not failed:
        design.state, design.error_code, design.error_message = DesignState.DONE, "", ""
        return
    made = any(state == StepState.DONE for kind, state, _, _ in found if kind != "blueprint")
    design.state = DesignState.PARTIAL if made else DesignState.FAILED
    design.error_code = failed[0][0] or "stopped"
    design.error_message = failed[0][1] or "Some parts were not made."


def resume(design: Design, *, seconds: float, steps: Sequence[Step] = ()) -> list[Entry]:
    """Put a design under way again for these ready ``steps``, or for others: its report waits, its deadline moves.

    The caller stores ``RESUMED``.
    """
    design.state, design.error_code, design.error_message = DesignState.RUNNING, "", ""
    design.finished_at, design.deadline_at = None, timezone.now() + timedelta(seconds=seconds)
    entries: list[Entry] = [design_entry(design), *(step_entry(step) for step in steps)]
    report = Step.objects.filter(Q(part=None), design=design, state__in=SETTLED).first()
    if report is not None:
        entries.append(step_entry(report_waits(report)))
    return entries


RESUMED = (*STANDING, "deadline_at")


def judge_again(design: Design) -> list[Entry]:
    """After a change by hand of a design that has ended: whether what it lacked is still wanted."""
    if design.state not in TERMINAL or design.state == DesignState.CANCELLED:
        return []
    before = design.state
    judge(design)
    return [design_entry(design)] if design.state != before else []


def report_waits(step: Step) -> Step:
    """Let a report wait once more, as a new run."""
    step.state, step.run, step.attempt = StepState.WAITING, step.run + 1, 0
    step.error_code = step.error_message = ""
    step.ready_at = step.started_at = step.finished_at = step.enqueued_at = None
    step.save(
        update_fields=[
            "state", "run", "attempt", "error_code", "error_message", "ready_at", "started_at", "finished_at",
            "enqueued_at",
        ]
    )  # fmt: skip
    return step
