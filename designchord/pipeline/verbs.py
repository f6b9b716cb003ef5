"""What a person can do with designs. Faces parse, call one of these, and render; nothing else changes anything."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from designchord import drafter
from designchord.blueprint import answering, assumptions
from designchord.blueprint.changes import Operations, read_operations, write_operations
from designchord.blueprint.model import Blueprint, Brief
from designchord.designs import selectors
from designchord.designs.models import (
    Assume,
    ChangeOrigin,
    Design,
    DesignState,
    Effort,
    Origin,
    Owner,
    Part,
    Revision,
    Verification,
)
from designchord.designs.services import accounts, designs, parts, planning
from designchord.designs.services.changes import NewChange
from designchord.designs.services.parts import NewRevision, refuse_outdated
from designchord.designs.services.verifications import NewVerification, verification_add
from designchord.errors import BadInput, Conflict, NotFound
from designchord.kinds import registry
from designchord.kinds.about import EFFORTS
from designchord.llm.providers import OFFLINE
from designchord.notation.problems import Problem, has_errors
from designchord.pipeline import changing
from designchord.pipeline.asking import ask_for_change
from designchord.pipeline.changing import Cause, Proposal, Wish
from designchord.pipeline.compiling import compile_design, compile_for
from designchord.pipeline.estimate import NOTHING_ASKED, Estimate, estimate
from designchord.pipeline.making import digest
from designchord.pipeline.merging import Merging, with_merged
from designchord.pipeline.steps import Steps
from designchord.pipeline.verifications import find_blueprint
from designchord.pipeline.vetting import vet_brief, vet_request, vet_source, vet_title
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
        effort: str = "",
    ) -> tuple[Design, bool]:
        """Accept an idea: the design and whether it is new (the same key gives the same design again).

        With a ``blueprint`` (its source) that somebody already has, only the parts are made. ``assume`` says what the
        drafter may add where it makes or stands in for the blueprint, ``effort`` how much a model writes (``""``: what
        is usual here).
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
        if effort:
            request.append(effort)
        effort = self._effort(effort)
        name = self._ports.models.resolve(model)
        given, compiled = None, None
        if blueprint:
            given, read = self._given(blueprint)
            asked = "" if name == OFFLINE else effort
            compiled = compile_design(chosen, read, effort=asked, language=brief.language)
            request.append(given.source)
        new = designs.NewDesign(
            brief=brief,
            kinds=chosen,
            model=name,
            digest=digest(json.dumps(request)),
            idempotency_key=idempotency_key,
            deadline=self._ports.limits.design_deadline,
            in_flight=self._ports.limits.designs_in_flight,
            assume=Assume(assume),
            effort=Effort(effort),
            blueprint=given,
            compiled=compiled,
        )
        design, created = designs.design_create(owner=owner, new=new)
        if created:
            self._steps.enqueue(selectors.steps_ready(design_id=design.pk), owner=owner.pk)
        return design, created

    def estimate(
        self, *, brief: Brief, kinds: Sequence[str] = (), model: str = "", effort: str = ""
    ) -> tuple[str, str, dict[str, Estimate]]:
        """The model that would be asked, the effort, and what the design would probably take with each effort; nothing
        is stored."""
        brief, effort = vet_brief(brief, self._ports.limits), self._effort(effort)
        name = self._ports.models.resolve(model)
        if name == OFFLINE:
            return name, effort, dict.fromkeys(EFFORTS, NOTHING_ASKED)
        chosen = [kind for kind in registry.KINDS if not kinds or kind in kinds]
        found = estimate(
            brief,
            chosen,
            cost=lambda usage: self._ports.models.price(name, usage),
            tokens_per_second=selectors.tokens_per_second(model=name),
        )
        return name, effort, found

    def cancel(self, *, owner: Owner, design_id: UUID | str) -> None:
        """Stop a design that is under way; what is there stays. One that has ended is left as it is."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        self._cancel(design)

    def retry(self, *, owner: Owner, design_id: UUID | str, kind: str = "", part: str | None = None) -> int:
        """Run again what failed or was cancelled, or of that only one kind or part; the number of steps that run."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        lost = selectors.steps_lost(design=design, kind=kind, part=part)
        if not lost:
            raise Conflict("There is nothing to retry: no such step failed or was cancelled.", code="nothing_to_retry")
        return self._steps.rerun_lost(design, lost)

    def regenerate(self, *, owner: Owner, design_id: UUID | str, kind: str, part: str = "", feedback: str = "") -> None:
        """Make one artifact anew, following a wish in words."""
        design, found, _ = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        refuse_outdated(found)
        if len(feedback) > 10_000:
            raise BadInput("The feedback is too long: 10,000 characters at most.", code="too_large")
        if feedback and design.model == OFFLINE:
            raise Conflict(
                "This design was made without a model, so there is nobody to follow feedback. Configure a model, "
                "or edit the artifact.",
                code="offline_feedback",
            )
        if not self._steps.rerun(design.pk, [found.step.pk], feedback=feedback.strip()):
            raise Conflict("This artifact is being made at the moment. Wait until it is there.", code="step_busy")

    def refresh(self, *, owner: Owner, design_id: UUID | str, with_edited: bool = False) -> int:
        """Make again every artifact that is out of date; ones edited by hand only ``with_edited``."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        return self._steps.rerun_stale(design.pk, with_edited=with_edited)

    def edit(
        self, *, owner: Owner, design_id: UUID | str, kind: str, part: str, source: str, base: int
    ) -> tuple[Part, Revision]:
        """Save an edit made on revision ``base``. Its problems are stored with it; only a blueprint must be right."""
        design, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        source = vet_source(source, self._ports.limits)
        if source == current.source and not found.retired:
            return found, current
        new = NewRevision(source=source, origin=Origin.EDITED, by_hand=True)
        if kind != "blueprint":
            return self._put(found, new, base)
        refuse_outdated(found, base)
        return self._rewrite(owner, design, found, current, new, Cause(origin=ChangeOrigin.EDITED))

    def restore(
        self, *, owner: Owner, design_id: UUID | str, kind: str, part: str, number: int
    ) -> tuple[Part, Revision]:
        """Make an earlier revision the newest again; nothing of the history is lost."""
        design, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        old = selectors.revision_get(owner=owner, design_id=design_id, kind=kind, part=part, number=number)
        if old.number == current.number:
            return found, current
        new = NewRevision(
            source=old.source,
            origin=Origin.RESTORED,
            provenance={"restored": old.number, "model": old.provenance.get("model")},
            blueprint=old.blueprint,
            by_hand=old.by_hand,
        )
        if kind != "blueprint":
            return self._put(found, new, None)
        cause = Cause(origin=ChangeOrigin.RESTORED, why=f"Revision {old.number}")
        return self._rewrite(owner, design, found, current, new, cause)

    def settle(
        self, *, owner: Owner, design_id: UUID | str, confirmed: Collection[str] = (), struck: Collection[str] = ()
    ) -> tuple[Part, Revision]:
        """Confirm or strike assumptions (ids) of the blueprint, all or nothing; what is made from it becomes stale."""
        design, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        settled = assumptions.settle(answering.load(current.source), confirmed=confirmed, struck=struck)
        proposal = changing.difference(base=current.number, source=current.source, after=settled)
        told = [f"{word}: {', '.join(ids)}" for word, ids in (("Confirmed", confirmed), ("Struck", struck)) if ids]
        cause = Cause(origin=ChangeOrigin.SETTLED, why="; ".join(told))
        return self._change(owner, design, found, proposal, cause)

    def propose(
        self,
        *,
        owner: Owner,
        design_id: UUID | str,
        operations: Sequence[Any] | None = None,
        words: str | None = None,
        exact: bool = False,
        only: Collection[int] | None = None,
        answered: tuple[str, str] | None = None,
    ) -> tuple[Design, Proposal]:
        """What operations, or words for them, would make of the blueprint, and what could not be carried out; nothing
        is stored. ``answered``: a question that the words had led to, and its answer."""
        design, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        asked = Wish(words or "", answered) if operations is None else operations
        return design, self._proposed(design, found, current, asked, exact=exact, only=only)

    def change(
        self,
        *,
        owner: Owner,
        design_id: UUID | str,
        operations: Sequence[Any] | None = None,
        words: str | None = None,
        exact: bool = False,
        only: Collection[int] | None = None,
        answered: tuple[str, str] | None = None,
        why: str = "",
    ) -> tuple[Design, Proposal, Revision]:
        """Carry out what can be carried out of them. Nothing at all is a ``Conflict`` that says why."""
        design, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        asked = Wish(words or "", answered) if operations is None else operations
        proposal = self._proposed(design, found, current, asked, exact=exact, only=only)
        changing.refuse_nothing(proposal)
        cause = Cause(origin=ChangeOrigin.CHANGED, why=why.strip() or (words or "").strip())
        _, revision = self._change(owner, design, found, proposal, cause)
        return design, proposal, revision

    def undo(
        self, *, owner: Owner, design_id: UUID | str, number: int | None = None
    ) -> tuple[Design, Proposal, Revision]:
        """Take a change back, the newest without a ``number``: as far as nobody changed the same things since."""
        design, change = selectors.change_get(owner=owner, design_id=design_id, number=number)
        undone = selectors.change_of(design_id=design.pk, undoes=change.result)
        if undone is not None:
            raise Conflict(f"Change {change.result} was taken back by {undone}.", code="change_undone", by=undone)
        _, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        inverse = read_operations(change.inverse)
        proposal = changing.undoing(base=current.number, source=current.source, inverse=inverse)
        changing.refuse_nothing(proposal)
        cause = Cause(origin=ChangeOrigin.UNDONE, why=change.why, undoes=change.result)
        _, revision = self._change(owner, design, found, proposal, cause)
        return design, proposal, revision

    def conflict(self, *, owner: Owner, design_id: UUID | str, kind: str, part: str) -> dict[str, Any]:
        """Where a part that somebody edited and the blueprint of today do not go together: both sides of each place,
        and what stands between them. Stored is what they make of it, by ``edit``."""
        design, found, revision = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        _, _, blueprint = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        now = answering.load(blueprint.source)
        there = Merging(design, now, blueprint.number, now).of(found.kind, found.key)
        if there is None or not found.stale:
            raise NotFound("Nothing here clashes with the blueprint.", code="no_conflict")
        return there.to_dict() | {"number": revision.number}

    def keep_verification(
        self, *, owner: Owner, design_id: UUID | str, fingerprint: str, new: NewVerification
    ) -> tuple[Verification, bool]:
        """Keep what a verification found, and whether it is new. ``fingerprint`` names the blueprint that it speaks
        of."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        number = find_blueprint(design_id=design.pk, wanted=fingerprint) if fingerprint else None
        new = replace(new, who=owner.username, blueprint=number)
        row, events = verification_add(design_id=design.pk, new=new)
        self._ports.publish(events)
        return row, bool(events)

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

    def rename(self, *, owner: Owner, design_id: UUID | str, title: str) -> None:
        """Call a design otherwise."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        self._ports.publish(designs.design_rename(design_id=design.pk, title=vet_title(title, self._ports.limits)))

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

    def _effort(self, wish: str) -> str:
        effort = wish or self._ports.effort
        if effort not in EFFORTS:
            raise BadInput(f"An effort is one of {', '.join(EFFORTS)}.", code="unknown_effort", field="effort")
        return effort

    def _given(self, source: str) -> tuple[NewRevision, Blueprint]:
        source = vet_source(source, self._ports.limits)
        blueprint, problems = answering.check(source)
        if blueprint is None or has_errors(problems):
            raise invalid_blueprint(problems)
        found = [problem.to_dict() for problem in problems]
        new = NewRevision(source=source, origin=Origin.EDITED, problems=found, by_hand=True)
        return new, blueprint

    def _cancel(self, design: Design) -> None:
        self._ports.publish(
            designs.design_cancel(
                design_id=design.pk, state=DesignState.CANCELLED, code="cancelled", message="Stopped on request."
            )
        )

    def _proposed(
        self,
        design: Design,
        part: Part,
        current: Revision,
        asked: Sequence[Any] | Wish,
        *,
        exact: bool,
        only: Collection[int] | None,
    ) -> Proposal:
        base, source, question = current.number, current.source, ""
        if isinstance(asked, Wish):
            asked, question = self._read(design, part, answering.load(source), asked)
        return changing.propose(base=base, source=source, operations=asked, exact=exact, only=only, question=question)

    def _read(self, design: Design, part: Part, blueprint: Blueprint, wish: Wish) -> tuple[Operations, str]:
        """Words as operations: by rules where they are plain, else by the design's model, which may ask back."""
        words = vet_request(wish.words)
        try:
            return drafter.read_request(words, blueprint), ""
        except BadInput as refusal:
            asker = None if refusal.code != "needs_model" else self._ports.models.asker(design.model)
            if asker is None:
                raise
        found = ask_for_change(
            ports=self._ports,
            asker=asker,
            design=design,
            part=part,
            blueprint=blueprint,
            words=words,
            answered=wish.answered,
        )
        return found.operations, found.question

    def _put(self, part: Part, new: NewRevision, base: int | None) -> tuple[Part, Revision]:
        """Store what a person made of a part other than the blueprint; then cross-check the design again."""
        problems = check_source(part.kind, new.source)
        new = replace(new, problems=[problem.to_dict() for problem in problems])
        revision, events = parts.revision_add(part_id=part.pk, base=base, new=new)
        self._ports.publish(events)
        self._steps.report_again(part.design_id)
        part.refresh_from_db()
        return part, revision

    def _rewrite(
        self, owner: Owner, design: Design, part: Part, current: Revision, new: NewRevision, cause: Cause
    ) -> tuple[Part, Revision]:
        """Store a blueprint as somebody wrote it; its text stays theirs where no requirement has to be kept."""
        blueprint, problems = answering.check(new.source)
        if blueprint is None or has_errors(problems):
            raise invalid_blueprint(problems)
        proposal = changing.difference(base=current.number, source=current.source, after=blueprint)
        if proposal.applied.refused:
            refused = [one.to_dict() for one in proposal.applied.refused]
            raise Conflict(proposal.applied.refused[0].message, code="change_refused", refused=refused)
        if proposal.after != blueprint:
            new = replace(new, source=answering.dump(proposal.after))
        return self._change(owner, design, part, proposal, cause, new)

    def _change(
        self,
        owner: Owner,
        design: Design,
        part: Part,
        proposal: Proposal,
        cause: Cause,
        new: NewRevision | None = None,
    ) -> tuple[Part, Revision]:
        """Store a blueprint with the change that made it and all that follows from it; then cross-check again."""
        new = new or NewRevision(source=answering.dump(proposal.after), origin=Origin.EDITED, by_hand=True)
        problems = check_source("blueprint", new.source)
        change = NewChange(
            origin=cause.origin,
            who=owner.username,
            why=cause.why,
            operations=write_operations(proposal.done),
            inverse=write_operations(proposal.applied.inverse),
            undoes=cause.undoes,
        )
        revision, planned = planning.blueprint_replace(
            part_id=part.pk,
            base=proposal.base,
            new=replace(new, problems=[problem.to_dict() for problem in problems], blueprint=None),
            compiled=with_merged(compile_for(design, proposal.after), proposal.merging(design)),
            seconds=self._ports.limits.design_deadline,
            change=change if change.operations else None,
        )
        self._ports.publish(planned.events)
        self._steps.enqueue(planned.ready)
        self._steps.report_again(design.pk)
        part.refresh_from_db()
        return part, revision
