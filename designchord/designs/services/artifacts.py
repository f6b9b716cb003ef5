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
from designchord.designs.models import Artifact, Origin, Revision, Step, StepState
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.designs.services.steps import Lease, step_end, step_entry
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


def revision_append(artifact: Artifact, new: NewRevision, *, step: Step | None = None) -> Revision:
    """The next revision of an artifact, in the caller's transaction, which has locked the design."""
    artifact.current, artifact.retired = artifact.current + 1, False
    artifact.save()
    return Revision.objects.create(
        artifact=artifact,
        number=artifact.current,
        source=new.source,
        origin=new.origin,
        problems=list(new.problems),
        provenance=dict(new.provenance),
        inputs=new.inputs,
        step=step,
        run=step.run if step else None,
        created_at=timezone.now(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a step ended. ``state`` is ``FAILED`` with a code when ``new`` is a stand-in for what was asked."""

    new: NewRevision
    state: StepState = StepState.DONE
    code: str = ""
    message: str = ""
    first_token_at: datetime | None = None


def revision_store(*, lease: Lease, made: Outcome) -> list[Event]:
    """End a held step with what it made. Raises ``Stopped`` when the lease is lost: then nothing is stored."""
    new = made.new
    with transaction.atomic():
        design = design_lock(design_id=lease.design)
        if design is None:
            raise Stopped
        step = step_end(
            lease=lease,
            state=made.state,
            code=made.code,
            message=made.message,
            first_token_at=made.first_token_at,
        )
        where = {"design_id": design.pk, "kind": step.kind, "part": step.part}
        artifact = Artifact.objects.filter(**where).first()
        if artifact is None:
            artifact = Artifact(**where, title=step.title, position=step.position, inputs=new.inputs)
        revision = revision_append(artifact, new, step=step)
        return events_append(design=design, entries=[revision_entry(artifact, revision), step_entry(step)])


def blueprint_store(*, lease: Lease, made: Outcome, planned: Sequence[PlannedStep]) -> tuple[list[int], list[Event]]:
    """End the blueprint's step and make ready the parts that it calls for, all or nothing. Returns the ready steps."""
    with transaction.atomic():
        events = revision_store(lease=lease, made=made)
        ready, more = parts_plan(design_id=lease.design, planned=planned)
    return ready, events + more


def revision_add(*, artifact_id: int, base: int | None, new: NewRevision) -> tuple[Revision, list[Event]]:
    """A revision made by a person. ``base`` is the number they started from; another in between is a ``Conflict``."""
    with transaction.atomic():
        design = design_lock(design_id=Artifact.objects.values_list("design_id", flat=True).get(pk=artifact_id))
        artifact = Artifact.objects.get(pk=artifact_id)
        if design is None:
            raise NotFound
        if base is not None and artifact.current != base:
            raise Conflict(
                f"Revision {artifact.current} was made after the one you edited ({base}). Compare them and save again.",
                current=artifact.current,
            )
        revision = revision_append(artifact, new)
        events = events_append(design=design, entries=[revision_entry(artifact, revision)])
    return revision, events


def parts_plan(*, design_id: UUID, planned: Sequence[PlannedStep]) -> tuple[list[int], list[Event]]:
    """Bring steps and artifacts in line with a blueprint's parts.

    New parts get a step that is ready to run; parts that are gone are retired, ones that are back are taken out of
    retirement; each artifact learns what it should be made from now. Returns the ready steps.
    """
    now = timezone.now()
    with transaction.atomic():
        design = design_lock(design_id=design_id)
        if design is None:
            raise NotFound
        steps = {(s.kind, s.part): s for s in Step.objects.filter(design_id=design_id)}
        artifacts = {
            (a.kind, a.part): a for a in Artifact.objects.filter(design_id=design_id).exclude(kind="blueprint")
        }
        wanted = {(p.kind, p.part): p for p in planned}
        new = Step.objects.bulk_create(
            [
                Step(
                    design=design,
                    kind=plan.kind,
                    part=plan.part,
                    title=plan.title,
                    position=plan.position,
                    inputs=plan.inputs,
                    state=StepState.READY,
                    ready_at=now,
                )
                for key, plan in wanted.items()
                if key not in steps
            ]
        )
        for key, step in steps.items():
            if key in wanted and step.inputs != wanted[key].inputs:
                Step.objects.filter(pk=step.pk).update(inputs=wanted[key].inputs)
        entries = [step_entry(step) for step in new]
        for key, artifact in artifacts.items():
            entries += _align(artifact, wanted.get(key))
        events = events_append(design=design, entries=entries) if entries else []
    return [step.pk for step in new], events


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
