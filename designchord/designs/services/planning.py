"""The one way in which a blueprint is stored: together with all that follows from it.

One transaction stores the revision, plans the parts that it calls for and stores what was compiled of each, retires
the others and cancels their work, marks what is out of date, and puts the design under way again where there is
something to elaborate, or ends it where there is not. So a blueprint and its parts never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from designchord.designs.connections import writing
from designchord.designs.models import SETTLED, TERMINAL, Design, Part, Revision, Step, StepState
from designchord.designs.services.changes import NewChange, change_append
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.designs.services.parts import (
    BY_RULES,
    NewRevision,
    design_of,
    refuse_outdated,
    revision_append,
    revision_end,
    revision_entry,
    revision_of,
)
from designchord.designs.services.staleness import Blueprints
from designchord.designs.services.standing import ENDED, RESUMED, STANDING, end, judge_again, report_entry, resume
from designchord.designs.services.steps import Lease, Outcome, step_entry, step_get, step_retry, steps_cancel
from designchord.designs.services.storage import storage_add
from designchord.designs.statements import PARTS, REVISIONS, STEPS, written
from designchord.errors import NotFound, Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPart:
    """A part that a blueprint calls for, with what code ``compiled`` of it (None when that failed), and whether it is
    ``elaborated`` then. ``merged`` is what comes of revision number … of it, which a person edited, where that goes
    together with the blueprint."""

    kind: str
    key: str
    title: str
    position: int
    compiled: NewRevision | None
    elaborated: bool
    merged: tuple[int, NewRevision] | None = None


@dataclass(frozen=True, slots=True)
class Compiled:
    """What code made of a blueprint: its parts, and the ``report`` of a design that consists of nothing else."""

    parts: Sequence[PlannedPart]
    report: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Planned:
    """Steps that are ready now, and what is to be published; ``ended``: so has the design."""

    ready: list[int]
    events: list[Event]
    ended: bool = False


def blueprint_store(
    *, lease: Lease, outcome: Outcome, new: NewRevision, compiled: Compiled, change: NewChange | None = None
) -> Planned:
    """End the blueprint's step with what it made, and plan. Raises ``Stopped`` when the lease is lost.

    When the step was asked to (``cascade``), parts that are out of date or were not made are made again. When nothing
    is to be made any more, the design ends with its compiled report; else that is shown until everything is there.
    ``change`` is what it has otherwise than the blueprint of the lease.
    """
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=3 + 2 * len(compiled.parts))
        if design is None:
            raise Stopped
        made = revision_end(lease=lease, outcome=outcome, new=new)
        ended, revision = made.ended, made.revision
        entries = [revision_entry(revision.part, revision), step_entry(ended.step)]
        if made.new and change is not None and lease.blueprint is not None:
            entries.append(change_append(design, change, base=lease.blueprint.number, result=revision.number))
        plan = _Plan(design, compiled.parts, blueprint=revision.number)
        entries += plan.carry_out()
        if ended.step.cascade:
            entries += plan.make_again()
        if compiled.report is None or not plan.only_compiled:
            return Planned(plan.ready, events_append(design=design, entries=entries))
        at_end = end(design, compiled.report) if ended.last and not plan.ready else None
        if at_end is not None:
            return Planned([], events_append(design=design, entries=entries + at_end, changed=ENDED), ended=True)
        design.report = compiled.report
        entries.append(report_entry(design.pk, compiled.report))
        return Planned(plan.ready, events_append(design=design, entries=entries, changed=["report"]))


def blueprint_replace(
    *,
    part_id: int,
    base: int,
    new: NewRevision,
    compiled: Compiled,
    seconds: float,
    change: NewChange | None = None,
) -> tuple[Revision, Planned]:
    """A blueprint made by a person, and the plan that follows. ``base`` is the number they started from; another in
    between is a ``Conflict``. A design that had ended gets ``seconds`` for what is to be made. Without a ``change``
    nothing but the text is another."""
    with transaction.atomic():
        design = design_lock(design_id=design_of(part_id), events=3)
        blueprint = Part.objects.get(pk=part_id)
        if design is None:
            raise NotFound
        refuse_outdated(blueprint, base)
        revision = revision_append(blueprint, new)
        plan = _Plan(design, compiled.parts, blueprint=revision.number)
        entries = [revision_entry(blueprint, revision)]
        if change is not None:
            entries.append(change_append(design, change, base=base, result=revision.number))
        entries += plan.carry_out()
        had_ended = design.state in TERMINAL
        if had_ended and plan.ready:
            entries += resume(design, seconds=seconds)
        else:
            entries += judge_again(design)
        design.report_due = True
        changed = {*(RESUMED if plan.ready else STANDING), "report_due"}
        if compiled.report is not None and plan.only_compiled:
            design.report, design.report_due = compiled.report, not had_ended or bool(plan.ready)
            entries.append(report_entry(design.pk, compiled.report))
            changed.add("report")
        events = events_append(design=design, entries=entries, changed=sorted(changed))
    return revision, Planned(plan.ready, events)


def parts_add(design: Design, parts: Sequence[PlannedPart], blueprint: int) -> tuple[list[Step], list[Entry]]:
    """New parts of a revision of the blueprint, each with what was compiled of it. The steps of those that are to be
    elaborated are ready to run; those of the others are done, and were never run."""
    now = timezone.now()
    rows = [
        Part(
            design=design,
            kind=each.kind,
            key=each.key,
            title=each.title,
            position=each.position,
            current=0 if each.compiled is None else 1,
        )
        for each in parts
    ]
    PARTS.insert(rows)
    revisions = [
        revision_of(part, replace(each.compiled, blueprint=blueprint))
        for part, each in zip(rows, parts, strict=True)
        if each.compiled is not None
    ]
    REVISIONS.insert(revisions)
    storage_add(design_id=design.pk, texts=[revision.source for revision in revisions])
    steps = [
        Step(design=design, part=part, state=StepState.READY, ready_at=now)
        if each.elaborated
        else Step(design=design, part=part, state=StepState.DONE, run=0, ready_at=now, started_at=now, finished_at=now)
        for part, each in zip(rows, parts, strict=True)
    ]
    STEPS.insert(steps)
    entries = [revision_entry(revision.part, revision) for revision in revisions]
    return steps, entries + [step_entry(step) for step in steps]


_PARTS = written("SELECT {parts.columns} FROM {parts} WHERE design_id = %s AND kind <> 'blueprint'")


class _Plan:
    """Brings a locked design's parts in line with those that its newest blueprint calls for."""

    def __init__(self, design: Design, parts: Sequence[PlannedPart], *, blueprint: int) -> None:
        self._design = design
        self._blueprint = blueprint
        self._blueprints = Blueprints(design.pk, blueprint)
        self._wanted = {(each.kind, each.key): each for each in parts}
        self._known = {(part.kind, part.key): part for part in PARTS.rows(_PARTS, design.pk)}
        #: The steps that are ready to run now.
        self.ready: list[int] = []
        #: Whether every part is shown as it was compiled just now.
        self.only_compiled = True

    def carry_out(self) -> list[Entry]:
        """Store the plan; an entry for everything of which a watcher would see a difference."""
        new = [each for key, each in self._wanted.items() if key not in self._known]
        steps, entries = parts_add(self._design, new, self._blueprint)
        self.ready = [step.pk for step in steps if step.state == StepState.READY]
        for key, part in self._known.items():
            planned = self._wanted.get(key)
            entries += self._retire(part) if planned is None else self._keep(part, planned)
        return entries

    def _retire(self, part: Part) -> list[Entry]:
        if part.retired:
            return []
        part.retired = True
        part.save(update_fields=["retired"])
        steps_cancel(Step.objects.filter(part=part))
        return self._shown(part)

    def _keep(self, part: Part, planned: PlannedPart) -> list[Entry]:
        before = (part.current, part.retired, part.title, part.position, part.stale)
        back = part.retired
        current = part.revisions.filter(number=part.current).first()
        part.retired, part.title, part.position = False, planned.title, planned.position
        if planned.compiled is not None and (current is None or current.origin in BY_RULES):
            part.stale = None
            if current is None or current.source != planned.compiled.source:
                current = revision_append(part, planned.compiled)
        elif planned.merged is not None and current is not None and current.number == planned.merged[0]:
            self.only_compiled = False
            current = revision_append(part, planned.merged[1])
        else:
            self.only_compiled = False
            if current is not None and current.blueprint is not None:
                part.stale = self._blueprints.stale(part, current.blueprint)
        if (part.current, part.retired, part.title, part.position, part.stale) == before:
            return []
        part.save(update_fields=["retired", "title", "position", "stale"])
        if back:  # what was stopped when it went goes on
            self._make(Step.objects.filter(part=part, state=StepState.CANCELLED))
        return self._shown(part, current)

    def make_again(self) -> list[Entry]:
        """Have everything made once more that is out of date or stands in for what was asked."""
        steps = Step.objects.filter(design=self._design, state__in=SETTLED, part__retired=False)
        steps = steps.exclude(part__kind="blueprint")
        return self._make(steps.exclude(part__stale=None, state=StepState.DONE))

    def _make(self, steps: QuerySet[Step]) -> list[Entry]:
        again = [step_retry(step_id=pk) for pk in steps.values_list("pk", flat=True)]
        made = [step for step in again if step is not None]
        self.ready += [step.pk for step in made]
        return [step_entry(step) for step in made]

    def _shown(self, part: Part, current: Revision | None = None) -> list[Entry]:
        current = current or part.revisions.filter(number=part.current).first()
        step = Step.objects.filter(part=part).values_list("pk", flat=True).first()
        entries = [step_entry(step_get(step))] if step is not None else []
        return [*entries, revision_entry(part, current)] if current else entries
