"""What a person can do with designs. Faces parse, call one of these, and render; nothing else changes anything."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from designchord.blueprint import answering, assumptions
from designchord.blueprint.model import Brief
from designchord.designs import selectors
from designchord.designs.models import (
    TERMINAL,
    Artifact,
    Assume,
    Design,
    DesignState,
    Origin,
    Owner,
    Revision,
    Step,
    StepState,
)
from designchord.designs.services import accounts, artifacts, designs
from designchord.designs.services.artifacts import NewRevision, PlannedStep
from designchord.errors import BadInput, Conflict, NotFound
from designchord.kinds import registry
from designchord.kinds.base import Part
from designchord.llm.providers import OFFLINE
from designchord.notation.problems import Problem, has_errors
from designchord.pipeline.estimate import Estimate, estimate
from designchord.pipeline.making import digest, planned_parts
from designchord.pipeline.steps import Steps
from designchord.pipeline.vetting import vet_brief, vet_source
from designchord.runtime.ports import Ports


def check_source(kind: str, source: str) -> tuple[Problem, ...]:
    """Everything that the kind's own check finds; the blueprint counts as a kind."""
    return registry.check(kind, source)


def invalid_blueprint(problems: Sequence[Problem]) -> BadInput:
    return BadInput(
        "Everything else is made from the blueprint, so it is taken only without errors.",
        code="invalid_blueprint",
        problems=[problem.to_dict() for problem in problems],
    )


class Verbs:
    """The verbs, with the ports they need. ``owner`` is whoever asks; foreign designs do not exist for them."""

    def __init__(self, *, ports: Ports, steps: Steps) -> None:
        self._ports = ports
        self._steps = steps

    def start(
        self,
        *,
        owner: Owner,
        brief: Brief,
        kinds: Sequence[str] = (),
        model: str = "",
        idempotency_key: str | None = None,
        blueprint: str = "",
        assume: str = Assume.USUAL,
    ) -> tuple[Design, bool]:
        """Accept an idea: the design and whether it is new (the same key gives the same design again).

        With a ``blueprint`` (its source) that somebody already has, only the parts are made. ``assume`` says what the
        drafter may add where it makes or stands in for the blueprint.
        """
        brief = vet_brief(brief, self._ports.limits)
        for kind in kinds:
            registry.kind(kind)
        chosen = tuple(name for name in registry.KINDS if not kinds or name in kinds)
        request = [brief.title, brief.content, brief.requirements, brief.language, list(chosen), model]
        if assume not in Assume.values:
            raise BadInput("What to assume is either none or usual.", code="unknown_assume", field="assume")
        if assume != Assume.USUAL:
            request.append(assume)
        given, planned = self._given(blueprint, chosen) if blueprint else (None, [])
        if given is not None:
            request.append(given.source)
        new = designs.NewDesign(
            brief=brief,
            kinds=chosen,
            model=self._ports.models.resolve(model),
            digest=digest(json.dumps(request)),
            idempotency_key=idempotency_key,
            deadline=self._ports.limits.design_deadline,
            in_flight=self._ports.limits.designs_in_flight,
            assume=Assume(assume),
            blueprint=given,
            planned=planned,
        )
        design, created = designs.design_create(owner=owner, new=new)
        if created:
            self._steps.enqueue(selectors.steps_ready(design_id=design.pk), owner=owner.pk)
        return design, created

    def estimate(self, *, brief: Brief, kinds: Sequence[str] = (), model: str = "") -> tuple[str, Estimate]:
        """The model that would be asked, and what the design would probably take; nothing is stored."""
        brief = vet_brief(brief, self._ports.limits)
        name = self._ports.models.resolve(model)
        if name == OFFLINE:
            return name, Estimate(calls=0, input_tokens=0, output_tokens=0, cost_usd=0.0, seconds=None)
        chosen = [kind for kind in registry.KINDS if not kinds or kind in kinds]
        found = estimate(
            brief,
            chosen,
            cost=lambda usage: self._ports.models.price(name, usage),
            tokens_per_second=selectors.tokens_per_second(model=name),
        )
        return name, found

    def cancel(self, *, owner: Owner, design_id: UUID | str) -> None:
        """Stop a design that is under way; what is there stays. One that has ended is left as it is."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        self._cancel(design)

    def retry(self, *, owner: Owner, design_id: UUID | str, kind: str = "", part: str | None = None) -> int:
        """Run again what failed or was cancelled, or of that only one kind or part; the number of steps that run."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        lost = Step.objects.filter(design=design, state__in=[StepState.FAILED, StepState.CANCELLED])
        lost = lost.exclude(kind="report")
        if kind:
            lost = lost.filter(kind=kind)
        if part is not None:
            lost = lost.filter(part=part)
        wanted = list(lost)
        if not wanted:
            raise Conflict("There is nothing to retry: no such step failed or was cancelled.", code="nothing_to_retry")
        blueprint = [step.pk for step in wanted if step.kind == "blueprint"]
        if blueprint:  # the parts follow from it
            return self._steps.rerun(design.pk, blueprint, cascade=True)
        return self._steps.rerun(design.pk, [step.pk for step in wanted])

    def regenerate(self, *, owner: Owner, design_id: UUID | str, kind: str, part: str = "", feedback: str = "") -> None:
        """Make one artifact anew, following a wish in words."""
        design, artifact, _ = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        if len(feedback) > 10_000:
            raise BadInput("The feedback is too long: 10,000 characters at most.", code="too_large")
        if feedback and design.model == "offline":
            raise Conflict(
                "This design was made without a model, so there is nobody to follow feedback. Configure a model, "
                "or edit the artifact.",
                code="offline_feedback",
            )
        steps = Step.objects.filter(design=design, kind=kind, part=artifact.part)
        if not self._steps.rerun(design.pk, [step.pk for step in steps], feedback=feedback.strip()):
            raise Conflict("This artifact is being made at the moment. Wait until it is there.", code="step_busy")

    def refresh(self, *, owner: Owner, design_id: UUID | str, with_edited: bool = False) -> int:
        """Make again every artifact that is out of date; ones edited by hand only ``with_edited``."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        return self._steps.rerun_stale(design.pk, with_edited=with_edited)

    def edit(
        self, *, owner: Owner, design_id: UUID | str, kind: str, part: str, source: str, base: int
    ) -> tuple[Artifact, Revision]:
        """Save an edit made on revision ``base``. Its problems are stored with it; only a blueprint must be right."""
        design, artifact, current = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        source = vet_source(source, self._ports.limits)
        if source == current.source:
            return artifact, current
        return self._replace(design, artifact, source, Origin.EDITED, base)

    def restore(
        self, *, owner: Owner, design_id: UUID | str, kind: str, part: str, number: int
    ) -> tuple[Artifact, Revision]:
        """Make an earlier revision the newest again; nothing of the history is lost."""
        design, artifact, current = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        old = selectors.revision_get(owner=owner, design_id=design_id, kind=kind, part=part, number=number)
        if old.number == current.number:
            return artifact, current
        return self._replace(design, artifact, old.source, Origin.RESTORED, None, restored=old)

    def settle(
        self, *, owner: Owner, design_id: UUID | str, confirmed: Collection[str] = (), struck: Collection[str] = ()
    ) -> tuple[Artifact, Revision]:
        """Confirm or strike assumptions (ids) of the blueprint, all or nothing; what is made from it becomes stale."""
        design, artifact, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        settled = assumptions.settle(answering.load(current.source), confirmed=confirmed, struck=struck)
        return self._replace(design, artifact, answering.dump(settled), Origin.EDITED, current.number)

    def delete(self, *, owner: Owner, design_id: UUID | str) -> None:
        """Delete a design; for a day it can be taken back."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        self._cancel(design)
        designs.design_delete(design_id=design.pk)

    def erase(self, *, design_id: UUID) -> None:
        """Stop a design and delete it for good, whoever's it is. For staff; owners have a day to change their mind."""
        for design in Design.objects.filter(pk=design_id):
            self._cancel(design)
            designs.design_erase(design_id=design.pk)

    def share(self, *, owner: Owner, design_id: UUID | str) -> str:
        """A token under which anybody can read the design, until ``unshare``."""
        return designs.design_share(design_id=selectors.design_get(owner=owner, design_id=design_id).pk)

    def unshare(self, *, owner: Owner, design_id: UUID | str) -> None:
        designs.design_unshare(design_id=selectors.design_get(owner=owner, design_id=design_id).pk)

    def undelete(self, *, owner: Owner, design_id: UUID | str) -> None:
        design = selectors.design_get(owner=owner, design_id=design_id, deleted=True)
        if not designs.design_undelete(design_id=design.pk):
            raise NotFound("This design is not deleted.", code="design_not_deleted")

    def everything_of(self, *, owner: Owner) -> Iterator[tuple[str, dict[str, Any]]]:
        """All that is kept of an owner: names and JSON-ready values."""
        return selectors.everything_of(owner=owner)

    def delete_owner(self, *, owner: Owner) -> None:
        """Stop and delete everything of an owner, and the owner. Nothing can be taken back."""
        for design in selectors.designs_under_way(owner=owner):
            self._cancel(design)
        accounts.owner_delete(owner=owner)

    def _given(self, source: str, kinds: Sequence[str]) -> tuple[NewRevision, list[PlannedStep]]:
        source = vet_source(source, self._ports.limits)
        blueprint, problems = answering.check(source)
        if blueprint is None or has_errors(problems):
            raise invalid_blueprint(problems)
        new = NewRevision(source=source, origin=Origin.EDITED, problems=[problem.to_dict() for problem in problems])
        return new, planned_parts(kinds, blueprint)

    def _cancel(self, design: Design) -> None:
        self._ports.publish(
            designs.design_cancel(
                design_id=design.pk, state=DesignState.CANCELLED, code="cancelled", message="Stopped on request."
            )
        )

    def _replace(
        self,
        design: Design,
        artifact: Artifact,
        source: str,
        origin: Origin,
        base: int | None,
        *,
        restored: Revision | None = None,
    ) -> tuple[Artifact, Revision]:
        problems = check_source(artifact.kind, source)
        if artifact.kind == "blueprint" and has_errors(problems):
            raise invalid_blueprint(problems)
        provenance = {"restored": restored.number, "model": restored.provenance.get("model")} if restored else {}
        new = NewRevision(
            source=source,
            origin=origin,
            problems=[problem.to_dict() for problem in problems],
            provenance=provenance,
            inputs=restored.inputs if restored else self._inputs(design, artifact),
        )
        revision, events = artifacts.revision_add(artifact_id=artifact.pk, base=base, new=new)
        self._ports.publish(events)
        if artifact.kind == "blueprint":
            self._replan(design, source)
        self._report_again(design)
        artifact.refresh_from_db()
        return artifact, revision

    def _inputs(self, design: Design, artifact: Artifact) -> str:
        """An edit is made in view of the blueprint as it stands now."""
        if artifact.kind == "blueprint":
            return ""
        source = selectors.blueprint_source(design_id=design.pk)
        if source is None:
            return ""
        kind, blueprint = registry.kind(artifact.kind), answering.load(source)
        if artifact.part not in {part.key for part in kind.parts(blueprint)}:
            return artifact.inputs
        return digest(kind.skeleton(blueprint, Part(artifact.part, artifact.title)))

    def _replan(self, design: Design, source: str) -> None:
        planned = planned_parts(design.kinds, answering.load(source))
        ready, events = artifacts.parts_plan(design_id=design.pk, planned=planned)
        self._ports.publish(events)
        if ready:
            seconds = self._ports.limits.design_deadline
            self._ports.publish(designs.design_resume(design_id=design.pk, seconds=seconds))
            self._steps.enqueue(ready)

    def _report_again(self, design: Design) -> None:
        design.refresh_from_db(fields=["state"])
        if design.state in TERMINAL:
            report = self._steps.compile_report(design)
            self._ports.publish(designs.design_report(design_id=design.pk, report=report))
