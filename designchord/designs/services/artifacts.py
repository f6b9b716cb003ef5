"""Artifacts and their immutable revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.connections import writing
from designchord.designs.models import Artifact, Origin, Revision, Step, StepState
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.designs.services.steps import Ended, Lease, step_end, step_entry
from designchord.designs.statements import ARTIFACTS, REVISIONS, STEPS, ask, written
from designchord.errors import Conflict, NotFound, Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """What is to be stored. ``inputs`` is the digest of what it was made from."""

    source: str
    origin: Origin
    problems: Sequence[dict[str, Any]] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    inputs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A part that a new blueprint calls for; ``inputs`` as in ``NewRevision``."""

    kind: str
    part: str
    title: str
    position: int
    inputs: str


def revision_entry(artifact: Artifact, revision: Revision) -> Entry:
    return ("revision", {"artifact": artifact.pk, "number": revision.number}, shapes.artifact(artifact, revision))


_ADVANCE = written("""
    INSERT INTO {artifacts} AS artifact (design_id, kind, part, title, position, current, inputs, retired)
    VALUES (%s, %s, %s, %s, %s, 1, %s, %s)
    ON CONFLICT (design_id, kind, part) DO UPDATE SET current = artifact.current + 1, retired = excluded.retired
    RETURNING {artifacts.columns}
""")


def revision_append(part: Step | Artifact, new: NewRevision, *, step: Step | None = None) -> tuple[Artifact, Revision]:
    """The next revision of a part's artifact, or its first, in the caller's transaction, which has locked the design.

    ``step`` is the one that made it, if it was not a person.
    """
    found = ask(_ADVANCE, part.design_id, part.kind, part.part, part.title, part.position, new.inputs, False)
    (artifact,) = ARTIFACTS.read(found)
    revision = Revision(
        artifact_id=artifact.pk,
        number=artifact.current,
        source=new.source,
        origin=new.origin,
        problems=list(new.problems),
        provenance=dict(new.provenance),
        inputs=new.inputs,
        step_id=step.pk if step else None,
        run=step.run if step else None,
        created_at=timezone.now(),
    )
    REVISIONS.insert([revision])
    return artifact, revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a step ended. ``state`` is ``FAILED`` with a code when ``new`` is a stand-in for what was asked."""

    new: NewRevision
    state: StepState = StepState.DONE
    code: str = ""
    message: str = ""
    first_token_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What is to be published; and whether this was the ``last`` step of its design, so that the report can be made."""

    events: list[Event]
    last: bool


def revision_store(*, lease: Lease, made: Outcome) -> Stored:
    """End a held step with what it made. Raises ``Stopped`` when the lease is lost: then nothing is stored."""
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=2)
        if design is None:
            raise Stopped
        ended, entries = _store(lease, made)
        return Stored(events_append(design=design, entries=entries), ended.last)


def blueprint_store(*, lease: Lease, made: Outcome, planned: Sequence[PlannedStep]) -> tuple[list[int], list[Event]]:
    """End the blueprint's step and make ready the parts that it calls for, all or nothing. Returns the ready steps."""
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=2 + len(planned))
        if design is None:
            raise Stopped
        _, entries = _store(lease, made)
        ready, more = _plan(lease.design, planned)
        return ready, events_append(design=design, entries=[*entries, *more])


def _store(lease: Lease, made: Outcome) -> tuple[Ended, list[Entry]]:
    ended = step_end(
        lease=lease,
        state=made.state,
        code=made.code,
        message=made.message,
        first_token_at=made.first_token_at,
    )
    artifact, revision = revision_append(ended.step, made.new, step=ended.step)
    return ended, [revision_entry(artifact, revision), step_entry(ended.step)]


def revision_add(*, artifact_id: int, base: int | None, new: NewRevision) -> tuple[Revision, list[Event]]:
    """A revision made by a person. ``base`` is the number they started from; another in between is a ``Conflict``."""
    with transaction.atomic():
        design_id = Artifact.objects.values_list("design_id", flat=True).get(pk=artifact_id)
        design = design_lock(design_id=design_id, events=1)
        artifact = Artifact.objects.get(pk=artifact_id)
        if design is None:
            raise NotFound
        if base is not None and artifact.current != base:
            raise Conflict(
                f"Revision {artifact.current} was made after the one you edited ({base}). Compare them and save again.",
                current=artifact.current,
            )
        artifact, revision = revision_append(artifact, new)
        events = events_append(design=design, entries=[revision_entry(artifact, revision)])
    return revision, events


def parts_plan(*, design_id: UUID, planned: Sequence[PlannedStep]) -> tuple[list[int], list[Event]]:
    """Bring steps and artifacts in line with a blueprint's parts.

    New parts get a step that is ready to run; parts that are gone are retired, ones that are back are taken out of
    retirement; each artifact learns what it should be made from now. Returns the ready steps.
    """
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is None:
            raise NotFound
        ready, entries = _plan(design_id, planned)
        return ready, events_append(design=design, entries=entries)


def _plan(design_id: UUID, planned: Sequence[PlannedStep]) -> tuple[list[int], list[Entry]]:
    """``parts_plan`` in a transaction that has locked the design."""
    now = timezone.now()
    wanted = {(plan.kind, plan.part): plan for plan in planned}
    known = {(kind, part): (pk, inputs) for pk, kind, part, inputs in ask(_PARTS, design_id)}
    new = [
        Step(
            design_id=design_id,
            kind=plan.kind,
            part=plan.part,
            title=plan.title,
            position=plan.position,
            inputs=plan.inputs,
            state=StepState.READY,
            ready_at=now,
        )
        for key, plan in wanted.items()
        if key not in known
    ]
    if new:
        STEPS.insert(new)
    entries = [step_entry(step) for step in new]
    for key, (pk, inputs) in known.items():
        if key in wanted and inputs != wanted[key].inputs:
            Step.objects.filter(pk=pk).update(inputs=wanted[key].inputs)
    if known:  # else there is nothing of an earlier blueprint
        for artifact in Artifact.objects.filter(design_id=design_id).exclude(kind="blueprint"):
            entries += _align(artifact, wanted.get((artifact.kind, artifact.part)))
    return [step.pk for step in new], entries


_PARTS = written(
    "SELECT id, kind, part, inputs FROM {steps} WHERE design_id = %s AND kind NOT IN ('blueprint', 'report')"
)


def _align(artifact: Artifact, plan: PlannedStep | None) -> list[Entry]:
    """Tell an artifact what the blueprint now asks of it; an entry when a watcher would see a difference."""
    before = (artifact.inputs, artifact.retired, artifact.title)
    artifact.retired = plan is None
    if plan is not None:
        artifact.inputs, artifact.title = plan.inputs, plan.title
    if (artifact.inputs, artifact.retired, artifact.title) == before:
        return []
    artifact.save(update_fields=["inputs", "retired", "title"])
    current = artifact.revisions.filter(number=artifact.current).first()
    return [revision_entry(artifact, current)] if current else []
