"""What a person made of a part, brought in line with a changed blueprint: where that is exact, and else not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from designchord.blueprint import answering
from designchord.blueprint.changes import Rename, diff
from designchord.blueprint.model import Blueprint
from designchord.designs import selectors
from designchord.designs.models import Design, Origin, Revision
from designchord.designs.services.parts import NewRevision
from designchord.designs.services.planning import Compiled, PlannedPart
from designchord.kinds import registry
from designchord.kinds.base import Kind
from designchord.notation.merging import Clash, merge
from designchord.notation.problems import has_errors


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A part edited by hand and a changed blueprint: the ``source`` that follows both, or where they clash."""

    number: int
    source: str | None
    clashes: tuple[Clash, ...] = ()
    pieces: tuple[str | Clash, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for somebody to choose a side of each clash."""
        return {
            "number": self.number,
            "pieces": [
                {"text": one, "clash": None} if isinstance(one, str) else {"text": None, "clash": one.to_dict()}
                for one in self.pieces
            ],
        }


class Merging:
    """The parts of a design that people edited, held against another blueprint. Reads, and writes nothing."""

    def __init__(self, design: Design, before: Blueprint, base: int, after: Blueprint) -> None:
        self._design, self._after = design, after
        self._blueprints = {base: before}
        self._renames: dict[int, dict[str, str]] = {}
        self._edited = {
            (part.kind, part.key): revision
            for part, revision in selectors.current_revisions(design.pk)
            if revision.by_hand and part.kind in registry.KINDS
        }

    def parts(self) -> Iterator[tuple[tuple[str, str], Reconciled]]:
        for (kind, key), revision in self._edited.items():
            found = self._reconciled(registry.kind(kind), key, revision)
            if found is not None:
                yield (kind, key), found

    def of(self, kind: str, key: str) -> Reconciled | None:
        """One part; None where nobody edited it, or the blueprint says nothing else of it."""
        revision = self._edited.get((kind, key))
        return None if revision is None else self._reconciled(registry.kind(kind), key, revision)

    def _reconciled(self, kind: Kind, key: str, revision: Revision) -> Reconciled | None:
        if revision.blueprint is None:
            return None
        before = self._blueprint(revision.blueprint)
        old = next((part for part in kind.parts(before) if part.key == key), None)
        new = next((part for part in kind.parts(self._after) if part.key == key), None)
        if old is None or new is None:
            return None
        base, theirs = kind.skeleton(before, old), kind.skeleton(self._after, new)
        if base == theirs:
            return None
        merged = merge(base, revision.source, theirs, renamed=self._renamed(revision.blueprint))
        source = merged.text
        if source is None or (has_errors(kind.check(source)) and not has_errors(kind.check(revision.source))):
            whole = _whole(revision.source, theirs)
            return Reconciled(
                revision.number, None, merged.clashes or whole, merged.pieces if merged.clashes else whole
            )
        return Reconciled(revision.number, source)

    def _blueprint(self, number: int) -> Blueprint:
        if number not in self._blueprints:
            source = selectors.blueprint_source(design_id=self._design.pk, number=number)
            self._blueprints[number] = answering.load(source)
        return self._blueprints[number]

    def _renamed(self, number: int) -> dict[str, str]:
        if number not in self._renames:
            operations = diff(self._blueprint(number), self._after)
            self._renames[number] = dict(_names(operations))
        return self._renames[number]


def with_merged(compiled: Compiled, merging: Merging) -> Compiled:
    """What was compiled, with what people edited brought in line beside it."""
    found = {place: one for place, one in merging.parts() if one.source is not None}
    parts = [_with(part, found.get((part.kind, part.key))) for part in compiled.parts]
    return replace(compiled, parts=parts)


def _with(part: PlannedPart, found: Reconciled | None) -> PlannedPart:
    if found is None or found.source is None:
        return part
    kind = registry.kind(part.kind)
    new = NewRevision(
        source=found.source,
        origin=Origin.EDITED,
        problems=[problem.to_dict() for problem in kind.check(found.source)],
        provenance={"merged": found.number, "unchecked": list(kind.unchecked)},
        by_hand=True,
    )
    return replace(part, merged=(found.number, new))


def _names(operations: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Identifiers that became others. A name of an attribute may stand for other things, too, but for keys."""
    for one in operations:
        if isinstance(one, Rename) and one.what in ("actor", "entity", "operation"):
            yield one.id, one.to
        elif isinstance(one, Rename) and one.what == "attribute" and one.id.endswith("_id"):
            yield one.id.rpartition(".")[2], one.to


def _whole(yours: str, theirs: str) -> tuple[Clash, ...]:
    """Where each line fits and the whole does not: then the texts are to be compared."""
    return (Clash(1, yours, theirs),)
