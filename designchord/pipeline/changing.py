"""Changes of a blueprint on their way: what they would come to, and what is stored of them. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from designchord.blueprint import answering
from designchord.blueprint.changes import (
    Applied,
    Operations,
    apply,
    dated,
    diff,
    expand,
    needs,
    tell,
    write_operations,
)
from designchord.blueprint.changes.lineage import carried_over
from designchord.blueprint.model import Blueprint
from designchord.designs import selectors
from designchord.designs.models import ChangeOrigin, Design, Origin
from designchord.designs.services.changes import NewChange
from designchord.designs.services.parts import NewRevision
from designchord.errors import BadInput, Conflict
from designchord.notation.problems import Problem, has_errors
from designchord.pipeline.merging import Merging
from designchord.pipeline.previewing import Standing, preview

#: Revisions that code compiled from the blueprint.
_COMPILED = frozenset({Origin.COMPILED, Origin.OFFLINE, Origin.SKELETON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """How somebody came to a change."""

    origin: ChangeOrigin
    why: str = ""
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A change as it was asked for: by ``operations``, in plain ``words``, as the ``source`` of another blueprint, or
    as the ``number`` of an earlier revision: one of the four. ``exact`` and ``only`` as in ``propose``."""

    operations: Sequence[Any] | None = None
    words: str | None = None
    source: str | None = None
    number: int | None = None
    exact: bool = False
    only: Collection[int] | None = None

    def cause(self, why: str) -> Cause:
        """What is kept with the change."""
        if self.number is not None:
            return Cause(origin=ChangeOrigin.RESTORED, why=why.strip() or f"Revision {self.number}")
        origin = ChangeOrigin.CHANGED if self.source is None else ChangeOrigin.EDITED
        return Cause(origin=origin, why=why.strip() or (self.words or "").strip())


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of revision ``base`` that is not stored. ``operations`` are all that was asked for and follows from it;
    ``applied`` says which of them can be carried out, and what comes of it. Where words could mean too much, there is a
    ``question`` to their author instead."""

    base: int
    before: Blueprint
    operations: Operations
    applied: Applied
    question: str = ""

    @property
    def after(self) -> Blueprint:
        return self.applied.blueprint

    @property
    def done(self) -> Operations:
        """What can be carried out, each with the place of its cause among these."""
        return picked(self.operations, self.applied.done)

    def merging(self, design: Design) -> Merging:
        """What people edited of the design, held against what the blueprint becomes."""
        return Merging(design, self.before, self.base, self.after)

    def to_dict(self, design: Design) -> dict[str, Any]:
        """JSON-ready, as ``docs/http.md`` shows it."""
        return {
            "base": self.base,
            "question": self.question,
            "operations": [
                {**one, "line": tell(operation), "needs": list(needed)}
                for one, operation, needed in zip(
                    write_operations(self.operations),
                    self.operations,
                    needs(self.before, self.operations),
                    strict=True,
                )
            ],
            "blueprint": answering.dump(self.after),
            "refused": [one.to_dict() for one in self.applied.refused],
            "preview": preview(
                self.before,
                self.after,
                self.done,
                kinds=design.kinds,
                standing=_standing(design),
                merged=dict(self.merging(design).parts()),
            ),
        }


def propose(
    *,
    base: int,
    source: str,
    operations: Sequence[Any],
    exact: bool = False,
    only: Collection[int] | None = None,
    question: str = "",
) -> Proposal:
    """What operations would make of a blueprint. Unless they are ``exact``, what follows from them is added; ``only``
    leaves all others out, by their places."""
    before = answering.load(source)
    written = dated(operations, before, today()) if exact else expand(before, operations, on=today())
    written = _chosen(written, only)
    return Proposal(base, before, written, apply(before, written), question)


def _chosen(operations: Operations, only: Collection[int] | None) -> Operations:
    if only is None:
        return operations
    unknown = sorted(set(only) - set(range(len(operations))))
    if unknown:
        raise BadInput(f"There is no operation {unknown[0]} in this change.", code="operation_not_found")
    return picked(operations, sorted(set(only)))


def picked(operations: Sequence[Any], places: Sequence[int]) -> Operations:
    """Some operations, with the places of their causes among these; one whose cause is left out has none."""
    now = {place: index for index, place in enumerate(places)}
    return tuple(
        operations[place].model_copy(update={"because": now.get(operations[place].because)}) for place in places
    )


def rewritten(*, base: int, source: str, written: str, only: Collection[int] | None = None) -> Proposal:
    """``difference`` for a blueprint's text; ``BadInput`` where that has errors."""
    after, problems = answering.check(written)
    if after is None or has_errors(problems):
        raise invalid_blueprint(problems)
    return difference(base=base, source=source, after=after, only=only)


def invalid_blueprint(problems: Sequence[Problem]) -> BadInput:
    return BadInput(
        "Everything else is made from the blueprint, so it is taken only without errors.",
        code="invalid_blueprint",
        problems=[problem.to_dict() for problem in problems],
    )


def difference(*, base: int, source: str, after: Blueprint, only: Collection[int] | None = None) -> Proposal:
    """The change that makes another blueprint, as somebody wrote it, of the present one; requirements that are not in
    it are retired, and those that were before stay to be seen. ``only`` as in ``propose``."""
    before = answering.load(source)
    operations = tuple(one for one in diff(before, after) if not (one.do == "remove" and one.what == "former"))
    operations = _chosen(dated(operations, before, today()), only)
    return Proposal(base, before, operations, apply(before, operations))


def remade(*, source: str, new: NewRevision, who: str, why: str) -> tuple[NewRevision, NewChange | None]:
    """A blueprint that was made anew, with the requirements of the one before it kept in sight, and the change that
    this is; None where nothing is another."""
    (before, _), made = answering.check(source), answering.load(new.source)
    if before is None:  # as an earlier version may have stored it
        return new, None
    after = carried_over(before, made, on=today())
    operations = diff(before, after)
    if not operations:
        return new, None
    change = NewChange(
        origin=ChangeOrigin.CHANGED,
        who=who[:150],
        why=why,
        operations=write_operations(operations),
        inverse=write_operations(apply(before, operations).inverse),
    )
    return (new if after == made else replace(new, source=answering.dump(after))), change


def undoing(*, base: int, source: str, inverse: Sequence[Any]) -> Proposal:
    """What taking a change back would make of the present blueprint."""
    before = answering.load(source)
    operations = dated(inverse, before, today())
    return Proposal(base, before, operations, apply(before, operations))


def refuse_nothing(proposal: Proposal, *, strictly: bool = False) -> None:
    """Raise ``Conflict`` when nothing of a proposal, or ``strictly`` not all of it, can be carried out."""
    if proposal.question:
        raise Conflict(proposal.question, code="change_question", question=proposal.question)
    refused = proposal.applied.refused
    if refused and (strictly or not proposal.applied.done):
        raise Conflict(refused[0].message, code="change_refused", refused=[one.to_dict() for one in refused])
    if proposal.after == proposal.before:
        raise Conflict("Nothing would be another than it is.", code="change_nothing")


def today() -> str:
    return timezone.now().date().isoformat()


def _standing(design: Design) -> dict[tuple[str, str], Standing]:
    return {
        (part.kind, part.key): Standing(by_hand=revision.by_hand, compiled=revision.origin in _COMPILED)
        for part, revision in selectors.current_revisions(design.pk)
    }
