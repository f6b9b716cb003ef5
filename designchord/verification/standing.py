"""What of a design is there, thing by thing and requirement by requirement, as a verification saw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from designchord.blueprint.model import Blueprint
from designchord.verification.findings import Thing
from designchord.verification.verifying import Verification

#: ``unchecked``: the verification did not look at things of this kind. Worst first.
Standing = Literal["missing", "differs", "unchecked", "exists"]
STANDINGS: Final[tuple[Standing, ...]] = ("missing", "differs", "unchecked", "exists")


def standings(verification: Verification) -> dict[Thing, Standing]:
    """Every thing of the design with how it stands. An accepted difference is one, too; more than was designed is
    none."""
    found: dict[Thing, Standing] = dict.fromkeys(verification.unseen, "unchecked")
    found |= dict.fromkeys(verification.seen, "exists")
    differing = [one for one in (*verification.findings, *verification.accepted) if one.severity != "info"]
    for one in sorted(differing, key=lambda one: one.absent):  # what is not there is not merely different
        found |= dict.fromkeys(one.about, "missing" if one.absent else "differs")
    return found


@dataclass(frozen=True, slots=True)
class Built:
    """A requirement with the things that are there for it. Without any, a verification says nothing of it."""

    id: str
    things: tuple[tuple[Thing, Standing], ...]

    @property
    def standing(self) -> Standing | None:
        """How the requirement stands as a whole: as the worst of its things does."""
        there = {standing for _, standing in self.things}
        return next((one for one in STANDINGS if one in there), None)

    def to_dict(self) -> dict[str, Any]:
        grouped: dict[str, Any] = {
            standing: [{"what": thing.what, "id": thing.id} for thing, one in self.things if one == standing]
            for standing in STANDINGS
        }
        return {"id": self.id, "standing": self.standing, **grouped}


def built(blueprint: Blueprint, known: Mapping[Thing, Standing]) -> tuple[Built, ...]:
    """A row for each requirement; of what a verification did not know, it did not look for it."""
    return tuple(
        Built(one.id, tuple((thing, known.get(thing, "unchecked")) for thing in _things(blueprint, one.id)))
        for one in blueprint.requirements
    )


def _things(blueprint: Blueprint, requirement: str) -> list[Thing]:
    """What is there for a requirement: operations, or the calls of its stories where none is named for it itself; the
    entities that are named for it, and those that the operations work on."""
    doing = [one.id for one in blueprint.operations if requirement in one.requirements]
    if not doing:
        known = {one.id for one in blueprint.operations}
        stories = [one for one in blueprint.scenarios if requirement in one.requirements]
        doing = [step.operation for one in stories for step in one.steps if step.operation in known]
    worked = {one.entity for one in blueprint.operations if one.id in doing}
    kept = [one.name for one in blueprint.entities if requirement in one.requirements or one.name in worked]
    found = [*(Thing("entity", one) for one in kept), *(Thing("operation", one) for one in doing)]
    return list(dict.fromkeys(found))
