"""The one way in which a blueprint is stored: together with all that follows from it.

One transaction stores the revision, plans the parts that it calls for, retires the others and cancels their work, marks
what is out of date, and puts the design under way again where there is something to make. So there is no moment at
which a blueprint and its parts disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from designchord.designs.connections import writing
from designchord.designs.models import SETTLED, TERMINAL, Design, Part, Revision, Step, StepState
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.designs.services.parts import (
    Made,
    NewRevision,
    design_of,
    refuse_outdated,
    revision_append,
    revision_entry,
)
from designchord.designs.services.staleness import Blueprints
from designchord.designs.services.standing import RESUMED, STANDING, judge_again, resume
from designchord.designs.services.steps import Lease, step_end, step_entry, step_get, step_retry, steps_cancel
from designchord.designs.statements import PARTS, STEPS, written
from designchord.errors import NotFound, Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPart:
    """A part that a blueprint calls for."""

    kind: str
    key: str
    title: str
    position: int


@dataclass(frozen=True, slots=True)
class Planned:
    """Steps that are ready now, and what is to be published."""

    ready: list[int]
    events: list[Event]


def blueprint_store(*, lease: Lease, made: Made, parts: Sequence[PlannedPart]) -> Planned:
    """End the blueprint's step with what it made, and plan. Raises ``Stopped`` when the lease is lost.

    When the step was asked to (``cascade``), parts that are out of date or were not made are made again.
    """
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=2 + len(parts))
        if design is None:
            raise Stopped
        ended = step_end(lease=lease, outcome=made.outcome)
        part = ended.step.part
        assert part is not None  # noqa: S101 - a blueprint's step has one
        revision = revision_append(part, made.new, run=ended.step.run)
        entries = [revision_entry(part, revision), step_entry(ended.step)]
        plan = _Plan(design, parts, blueprint=revision.number)
        entries += plan.carry_out()
        if ended.step.cascade:
            entries += plan.make_again()
        return Planned(plan.ready, events_append(design=design, entries=entries))


def blueprint_replace(
    *, part_id: int, base: int | None, new: NewRevision, parts: Sequence[PlannedPart], seconds: float
) -> tuple[Revision, Planned]:
    """A blueprint made by a person, and the plan that follows. ``base`` is the number they started from; another in
    between is a ``Conflict``. A design that had ended gets ``seconds`` for what is to be made."""
    with transaction.atomic():
        design = design_lock(design_id=design_of(part_id), events=2)
        blueprint = Part.objects.get(pk=part_id)
        if design is None:
            raise NotFound
        refuse_outdated(blueprint, base)
        revision = revision_append(blueprint, new)
        plan = _Plan(design, parts, blueprint=revision.number)
        entries = [revision_entry(blueprint, revision), *plan.carry_out()]
        if design.state in TERMINAL and plan.ready:
            entries += resume(design, seconds=seconds)
        else:
            entries += judge_again(design)
        design.report_due = True
        changed = RESUMED if plan.ready else STANDING
        events = events_append(design=design, entries=entries, changed=(*changed, "report_due"))
    return revision, Planned(plan.ready, events)


def parts_add(design: Design, parts: Sequence[PlannedPart]) -> list[Step]:
    """New parts with steps that are ready to run."""
    rows = [
        Part(design=design, kind=each.kind, key=each.key, title=each.title, position=each.position) for each in parts
    ]
    PARTS.insert(rows)
    now = timezone.now()
    steps = [Step(design=design, part=part, state=StepState.READY, ready_at=now) for part in rows]
    STEPS.insert(steps)
    return steps


_PARTS = written("SELECT {parts.columns} FROM {parts} WHERE design_id = %s AND kind <> 'blueprint'")


class _Plan:
    """Brings a locked design's parts in line with those that its newest blueprint calls for."""

    def __init__(self, design: Design, parts: Sequence[PlannedPart], *, blueprint: int) -> None:
        self._design = design
        self._blueprints = Blueprints(design.pk, blueprint)
        self._wanted = {(each.kind, each.key): each for each in parts}
        self._known = {(part.kind, part.key): part for part in PARTS.rows(_PARTS, design.pk)}
        #: The steps that are ready to run now.
        self.ready: list[int] = []

    def carry_out(self) -> list[Entry]:
        """Store the plan; an entry for everything of which a watcher would see a difference."""
        steps = parts_add(self._design, [each for key, each in self._wanted.items() if key not in self._known])
        self.ready = [step.pk for step in steps]
        entries = [step_entry(step) for step in steps]
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
        before = (part.retired, part.title, part.position, part.stale)
        back = part.retired
        current = part.revisions.filter(number=part.current).first()
        part.retired, part.title, part.position = False, planned.title, planned.position
        if current is not None and current.blueprint is not None:
            part.stale = self._blueprints.stale(part, current.blueprint)
        if (part.retired, part.title, part.position, part.stale) == before:
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
