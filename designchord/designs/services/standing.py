"""How a design as a whole stands, by its steps. All of this runs in transactions that have locked the design."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.models import SETTLED, TERMINAL, Design, DesignState, Step, StepState
from designchord.designs.selectors import usage_of_design
from designchord.designs.services.events import Entry, twice
from designchord.designs.services.steps import step_entry
from designchord.designs.statements import PARTS, STEPS, ask, written
from designchord.kinds import registry

#: The fields of a design that say how it stands.
STANDING = ("state", "error_code", "error_message", "finished_at")


def design_entry(design: Design) -> Entry:
    return ("design", *twice(shapes.design(design)))


def report_entry(design_id: UUID, report: dict[str, Any]) -> Entry:
    return ("report", {}, {"report": report, "usage": usage_of_design(design_id=design_id)})


_REPORTED = written("""
    UPDATE {steps} SET state = 'done', ready_at = %s, started_at = %s, finished_at = %s
    WHERE design_id = %s AND part_id IS NULL AND request_id IS NULL AND state = 'waiting' RETURNING {steps.columns}
""")


def end(design: Design, report: dict[str, Any]) -> list[Entry] | None:
    """End a design all steps of which have settled, with a report that was waited for; None when somebody makes one.

    The caller stores ``ENDED``.
    """
    now = timezone.now()
    waited = STEPS.rows(_REPORTED, now, now, now, design.pk)
    if not waited:
        return None
    judge(design)
    design.report, design.report_due, design.finished_at = report, False, now
    return [
        step_entry(waited[0]),
        report_entry(design.pk, report),
        design_entry(design),
        ("done", *twice({"state": design.state})),
    ]


_LACKING = written("""
    SELECT 1 FROM {steps} AS step JOIN {parts} AS part ON part.id = step.part_id
    WHERE step.design_id = %s AND step.state <> 'done' AND NOT part.retired LIMIT 1
""")
_SHOWN = written("SELECT {parts.columns} FROM {parts} WHERE design_id = %s AND NOT retired ORDER BY position, id")
_STEPS = written("SELECT {steps.columns} FROM {steps} WHERE design_id = %s AND part_id IS NOT NULL")


def judge(design: Design) -> None:
    """Set a design's state and error by what became of the parts that its blueprint has.

    What is compiled from a blueprint that only stands in for the one that was asked for, is not as asked for.
    """
    if not ask(_LACKING, design.pk):
        design.state, design.error_code, design.error_message = DesignState.DONE, "", ""
        return
    steps = {step.part_id: step for step in STEPS.rows(_STEPS, design.pk)}
    found: list[Step] = []
    for part in PARTS.rows(_SHOWN, design.pk):
        if part.pk in steps:
            steps[part.pk].part = part
            found.append(steps[part.pk])
    failed = [step for step in found if step.state != StepState.DONE]
    made = any(step.state == StepState.DONE and step.run > 0 for step in found)
    design.state = DesignState.PARTIAL if made else DesignState.FAILED
    design.error_code = failed[0].error_code or "stopped"
    design.error_message = _missing(failed)[:500]


def _missing(failed: Sequence[Step]) -> str:
    """What was asked for and did not come, and why."""
    reason = failed[0].error_message or "They were not made."
    if failed[0].kind == "blueprint" or any(step.part is None or not step.part.current for step in failed):
        return reason
    named = ", ".join(dict.fromkeys(_name(step) for step in failed))
    return f"Compiled from the blueprint, and not elaborated: {named}. {reason}"


def _name(step: Step) -> str:
    about = registry.about(step.kind)
    noun = about.noun if about else step.kind
    return f"{noun} “{step.part.title}”" if step.part and step.part.key else noun


def resume(design: Design, *, seconds: float, steps: Sequence[Step] = ()) -> list[Entry]:
    """Put a design under way again for these ready ``steps``, or for others: its report waits, its deadline moves.

    The caller stores ``RESUMED``.
    """
    design.state, design.error_code, design.error_message = DesignState.RUNNING, "", ""
    design.finished_at, design.deadline_at = None, timezone.now() + timedelta(seconds=seconds)
    entries: list[Entry] = [design_entry(design), *(step_entry(step) for step in steps)]
    report = Step.objects.filter(Q(part=None, request=None), design=design, state__in=SETTLED).first()
    if report is not None:
        entries.append(step_entry(report_waits(report)))
    return entries


RESUMED = (*STANDING, "deadline_at")
ENDED = ("report", "report_due", *STANDING)


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
