"""What a changed blueprint makes out of date, and because of what.

A part is made from some things of its blueprint (``Kind.made_from``): entities, operations, requirements, its scenario.
It is out of date when one of them was added, removed or changed since; how a kind words its artifacts plays no role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from designchord.blueprint.model import Blueprint
from designchord.blueprint.things import Thing
from designchord.kinds.base import Kind, Part

How = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing: ``entity Member`` was ``changed``."""

    what: str
    id: str
    how: How

    def to_dict(self) -> dict[str, str]:
        return {"what": self.what, "id": self.id, "how": self.how}


def changes(kind: Kind, part: Part, *, before: Blueprint, after: Blueprint) -> tuple[Change, ...]:
    """What changed of all that a part is about, in the blueprint's order. Both blueprints have the part."""
    old, new = kind.made_from(before, part), kind.made_from(after, part)
    found = [Change(*thing, how) for thing in new if (how := _became(thing, old, new)) is not None]
    return (*found, *(Change(*thing, "removed") for thing in old if thing not in new))


def _became(thing: Thing, old: Mapping[Thing, Any], new: Mapping[Thing, Any]) -> How | None:
    if thing not in old:
        return "added"
    return None if old[thing] == new[thing] else "changed"
