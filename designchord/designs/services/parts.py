"""Parts and their immutable revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.connections import writing
from designchord.designs.folding import LEAST, folded, folds
from designchord.designs.models import Origin, Part, Revision
from designchord.designs.services.events import Entry, design_lock, events_append
from designchord.designs.services.staleness import Blueprints
from designchord.designs.services.steps import Ended, Lease, Outcome, step_end, step_entry
from designchord.designs.services.storage import storage_add
from designchord.designs.statements import REVISIONS, ask, change, written
from designchord.errors import Conflict, NotFound, Stopped
from designchord.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """What is to be stored. ``blueprint`` is the number of the blueprint's revision that it was made from; None: the
    one that stands when it is stored."""

    source: str
    origin: Origin
    problems: Sequence[dict[str, Any]] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    blueprint: int | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a step made, and how it ended: ``FAILED`` with a code when nothing came of it, or what stands in for it."""

    new: NewRevision | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Stored:
    """What is to be published; and whether this was the ``last`` step of its design, so that the report can be made."""

    events: list[Event]
    last: bool


@dataclass(frozen=True, slots=True)
class MadeAgain:
    """What a held step made: how it ended, and the revision that is current then; ``new`` when it came of it."""

    ended: Ended
    revision: Revision
    new: bool


def revision_entry(part: Part, revision: Revision) -> Entry:
    return ("revision", {"artifact": part.pk, "number": revision.number}, shapes.artifact(part, revision))


# The part's next number, and that of its design's blueprint.
_ADVANCE = written("""
    UPDATE {parts} SET current = current + 1 WHERE id = %s RETURNING current, (
        SELECT blueprint.current FROM {parts} AS blueprint
        WHERE blueprint.design_id = {parts}.design_id AND blueprint.kind = 'blueprint'
    )
""")


def revision_append(part: Part, new: NewRevision, *, run: int | None = None) -> Revision:
    """The next revision of a part, or its first, in the caller's transaction, which has locked the design; and what the
    blueprint has changed since it was made. ``run`` is that of the part's step, if it was not a person who made it."""
    ((part.current, newest),) = ask(_ADVANCE, part.pk)
    made_from = None if part.kind == "blueprint" else new.blueprint or newest
    revision = revision_of(part, replace(new, blueprint=made_from), run=run)
    REVISIONS.insert([revision])
    _fold_before(revision)
    if revision.origin not in _BY_MODELS:
        storage_add(design_id=part.design_id, texts=[revision.source])
    stale = None if made_from is None else Blueprints(part.design_id, newest).stale(part, made_from)
    if stale != part.stale:
        part.stale = stale
        part.save(update_fields=["stale"])
    return revision


def revision_end(*, lease: Lease, outcome: Outcome, new: NewRevision) -> MadeAgain:
    """End a held step whose part it made, in a transaction that has locked the design. Where it made again what is
    there, no revision is added: a history without differences hides those that there are. What a person wrote in a part
    while it was made stands: what was made comes before it in the history."""
    part = lease.taken.part
    assert part is not None  # noqa: S101 - the report makes no revision
    same = _same(part, new) if part.current and (lease.taken.run > 1 or new.origin in BY_RULES) else None
    ended = step_end(lease=lease, outcome=replace(outcome, unchanged=same is not None))
    if same is None:
        written = _by_hand_since(part, ended.step.ready_at)
        revision = revision_append(part, new, run=ended.step.run)
        return MadeAgain(ended, revision if written is None else revision_append(part, written), new=True)
    if part.stale is not None:
        part.stale = None
        part.save(update_fields=["stale"])
    return MadeAgain(ended, same, new=False)


_BY_HAND = written("""
    SELECT {revisions.columns} FROM {revisions}
    WHERE part_id = %s AND number = (SELECT current FROM {parts} WHERE id = %s) AND by_hand AND created_at > %s
""")


def _by_hand_since(part: Part, asked: datetime | None) -> NewRevision | None:
    """What a person wrote in a part after it was ``asked`` for."""
    if asked is None or part.kind == "blueprint":
        return None
    for found in REVISIONS.rows(_BY_HAND, part.pk, part.pk, asked):
        return NewRevision(
            source=found.source,
            origin=Origin(found.origin),
            problems=list(found.problems),
            provenance=dict(found.provenance),
            blueprint=found.blueprint,
            by_hand=True,
        )
    return None


def _same(part: Part, new: NewRevision) -> Revision | None:
    """A part's current revision, if a new one would say nothing else: the same text with the same findings, by the same
    hand (a model, or rules), and by a model also of the same blueprint, which says what it may be out of date with."""
    current = Revision.objects.filter(part_id=part.pk, number=F("part__current")).first()
    if current is None or (current.source, current.problems) != (new.source, list(new.problems)):
        return None
    current.part = part
    if {current.origin, new.origin} <= BY_RULES:
        return current
    by_models = {current.origin, new.origin} <= _BY_MODELS
    return current if by_models and current.blueprint == new.blueprint else None


#: Revisions that rules made of a blueprint alone: another blueprint, another of these, and nothing is lost.
BY_RULES = frozenset({Origin.COMPILED, Origin.OFFLINE, Origin.SKELETON})

#: Revisions of which a ledger bounds how many there are.
_BY_MODELS = frozenset({Origin.GENERATED, Origin.REPAIRED, Origin.REGENERATED})

_LONG = written("SELECT id, source FROM {revisions} WHERE part_id = %s AND number = %s AND LENGTH(source) >= %s")
_FOLD = written("UPDATE {revisions} SET source = %s WHERE id = %s")


def _fold_before(revision: Revision) -> None:
    """Compress what a revision takes the place of, if it is long."""
    if revision.number > 1 and folds():
        for key, source in ask(_LONG, revision.part_id, revision.number - 1, LEAST):
            change(_FOLD, folded(source), key)


def revision_of(part: Part, new: NewRevision, *, run: int | None = None) -> Revision:
    """The row of a part's current revision."""
    return Revision(
        part=part,
        number=part.current,
        source=new.source,
        origin=new.origin,
        problems=list(new.problems),
        provenance=dict(new.provenance),
        blueprint=new.blueprint,
        by_hand=new.by_hand,
        run=run,
        created_at=timezone.now(),
    )


def revision_store(*, lease: Lease, made: Made) -> Stored:
    """End a held step with what it made. Raises ``Stopped`` when the lease is lost: then nothing is stored."""
    with writing(), transaction.atomic():
        design = design_lock(design_id=lease.design, events=2)
        if design is None:
            raise Stopped
        if made.new is None:
            ended = step_end(lease=lease, outcome=made.outcome)
            return Stored(events_append(design=design, entries=[step_entry(ended.step)]), ended.last)
        made_again = revision_end(lease=lease, outcome=made.outcome, new=made.new)
        ended = made_again.ended
        entries = [revision_entry(made_again.revision.part, made_again.revision), step_entry(ended.step)]
        return Stored(events_append(design=design, entries=entries), ended.last)


def revision_add(*, part_id: int, base: int | None, new: NewRevision) -> tuple[Revision, list[Event]]:
    """A revision of a part other than the blueprint, made by a person.

    ``base`` is the number they started from; another in between is a ``Conflict``, and so is a part that the blueprint
    has no more.
    """
    with transaction.atomic():
        design = design_lock(design_id=design_of(part_id), events=1)
        part = Part.objects.get(pk=part_id)
        if design is None:
            raise NotFound
        refuse_outdated(part, base)
        revision = revision_append(part, new)
        design.report_due = True
        events = events_append(design=design, entries=[revision_entry(part, revision)], changed=["report_due"])
    return revision, events


def design_of(part_id: int) -> UUID:
    return Part.objects.values_list("design_id", flat=True).get(pk=part_id)


def refuse_outdated(part: Part, base: int | None = None) -> None:
    """Raise ``Conflict`` when a part has gone, or has another revision than the one that somebody started from."""
    if part.retired:
        raise Conflict(
            "The blueprint has no such part any more. Bring it back in the blueprint first.", code="part_retired"
        )
    if base is not None and part.current != base:
        raise Conflict(
            f"Revision {part.current} was made after the one you edited ({base}). Compare them and save again.",
            current=part.current,
        )
