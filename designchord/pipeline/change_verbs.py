"""What a person can do about a blueprint and what was made of it: edit, restore, settle, change, ask, undo."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from designchord import drafter
from designchord.blueprint import answering, assumptions
from designchord.blueprint.changes import read_operations, write_operations
from designchord.designs import requested, selectors, shapes
from designchord.designs.models import ChangeOrigin, ChangeRequest, Design, Origin, Owner, Part, Revision, StepState
from designchord.designs.services import parts, planning, requests
from designchord.designs.services.changes import NewChange
from designchord.designs.services.parts import NewRevision, refuse_outdated
from designchord.errors import BadInput, Conflict, ModelError, NotFound
from designchord.kinds import registry
from designchord.llm.providers import OFFLINE
from designchord.notation.problems import Problem
from designchord.pipeline import changing
from designchord.pipeline.changing import Cause, Proposal, Wish
from designchord.pipeline.compiling import compile_for
from designchord.pipeline.merging import Merging, with_merged
from designchord.pipeline.steps import Steps
from designchord.pipeline.vetting import vet_request, vet_source
from designchord.runtime.ports import Ports


def check_source(kind: str, source: str) -> tuple[Problem, ...]:
    """Everything that the kind's own check finds; the blueprint counts as a kind."""
    return registry.check(kind, source)


class ChangeVerbs:
    """The verbs of changing, a part of ``verbs.Verbs``."""

    def __init__(self, *, ports: Ports, steps: Steps) -> None:
        self._ports = ports
        self._steps = steps

    def edit(
        self, *, owner: Owner, design_id: UUID | str, kind: str, part: str, source: str, base: int
    ) -> tuple[Part, Revision]:
        """Save an edit made on revision ``base``. Its problems are stored with it; only a blueprint must be right.
        The same text once more says of a part that is out of date that it is right as it stands."""
        design, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind=kind, part=part)
        source = vet_source(source, self._ports.limits)
        if source == current.source and not found.retired and not found.stale:
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

    def propose(self, *, owner: Owner, design_id: UUID | str, wish: Wish) -> tuple[Design, Proposal]:
        """What a wish would make of the blueprint, and what of it could not be carried out; nothing is stored."""
        design, _, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        return design, self._proposed(owner, design, current, wish)

    def change(
        self, *, owner: Owner, design_id: UUID | str, wish: Wish, why: str = "", request: UUID | str | None = None
    ) -> tuple[Design, Proposal, Revision]:
        """Carry out what can be carried out of a wish. Nothing at all is a ``Conflict`` that says why. A ``request``
        that it came of is closed."""
        design, found, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        if request is not None:
            requested.request_step(design=design, request_id=request)
        proposal = self._proposed(owner, design, current, wish)
        changing.refuse_nothing(proposal)
        _, revision = self._change(owner, design, found, proposal, wish.cause(why))
        if request is not None:
            self.dismiss(owner=owner, design_id=design_id, request_id=request)
        return design, proposal, revision

    def is_for_model(self, *, owner: Owner, design_id: UUID | str, words: str) -> bool:
        """Whether words for a change are none that rules read, and the design has a model that may."""
        design, _, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        try:
            drafter.read_request(vet_request(words), answering.load(current.source))
        except BadInput as refusal:
            return refusal.code == "needs_model" and design.model != OFFLINE
        return False

    def ask(
        self, *, owner: Owner, design_id: UUID | str, words: str, answered: tuple[str, str] | None = None
    ) -> ChangeRequest:
        """Have the design's model read words for a change, in a step of its own. ``answered``: a question that they had
        led to, and its answer. The same words, asked again of the same blueprint, are the same request."""
        design, _, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
        words = vet_request(words)
        try:
            self._ports.models.asker(design.model)
        except ModelError as error:
            raise Conflict(error.message, code=error.code) from None
        request, ready, events = requests.request_create(
            owner=owner,
            design_id=design.pk,
            words=words,
            answered=answered,
            base=current.number,
            in_flight=self._ports.limits.designs_in_flight,
        )
        self._ports.publish(events)
        self._steps.enqueue(ready, owner=owner.pk)
        return request

    def request(self, *, owner: Owner, design_id: UUID | str, request_id: UUID | str) -> dict[str, Any]:
        """A request, JSON-ready, with the proposal that it came to, held against the blueprint of today."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        step = requested.request_step(design=design, request_id=request_id)
        proposal, request = None, step.request
        if request is None:
            raise NotFound(code="request_not_found")
        if step.state == StepState.DONE:
            _, _, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
            found = changing.propose(
                base=current.number,
                source=current.source,
                operations=read_operations(request.operations),
                question=request.question,
            )
            proposal = {"number": None, **found.to_dict(design)}
        usage = selectors.usage_of_run(step_id=step.pk, run=step.run)
        return {**shapes.request(step, request), "usage": usage, "proposal": proposal}

    def dismiss(self, *, owner: Owner, design_id: UUID | str, request_id: UUID | str) -> None:
        """Let a request go: one that is being read stops, and nobody is shown it any more."""
        design = selectors.design_get(owner=owner, design_id=design_id)
        step = requested.request_step(design=design, request_id=request_id)
        if step.request_id is not None:
            self._ports.publish(requests.request_close(design_id=design.pk, request_id=step.request_id))

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

    def _proposed(self, owner: Owner, design: Design, current: Revision, wish: Wish) -> Proposal:
        base, source = current.number, current.source
        if wish.number is not None:
            old = selectors.revision_get(
                owner=owner, design_id=design.pk, kind="blueprint", part="", number=wish.number
            )
            return changing.rewritten(base=base, source=source, written=old.source, only=wish.only)
        if wish.source is not None:
            written = vet_source(wish.source, self._ports.limits)
            return changing.rewritten(base=base, source=source, written=written, only=wish.only)
        asked = wish.operations
        if asked is None:
            asked = drafter.read_request(vet_request(wish.words or ""), answering.load(source))
        return changing.propose(base=base, source=source, operations=asked, exact=wish.exact, only=wish.only)

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
        proposal = changing.rewritten(base=current.number, source=current.source, written=new.source)
        if proposal.applied.refused:
            refused = [one.to_dict() for one in proposal.applied.refused]
            raise Conflict(proposal.applied.refused[0].message, code="change_refused", refused=refused)
        if proposal.after != answering.load(new.source):
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
