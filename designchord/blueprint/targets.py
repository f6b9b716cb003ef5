"""What assumptions are about: the things of a blueprint that one stands behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from designchord.blueprint.model import Assumption, Blueprint

_TARGET = re.compile(r"(actor|entity|attribute|relation|operation|scenario|name):\s*([A-Za-z0-9_.-]+)")
_REFUSAL = re.compile(r"refusal:([A-Za-z0-9]+)\.(\d{3}) (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that an assumption stands behind. ``member`` is an attribute, or the other side of a relation, or the
    text of a refusal with its ``status``."""

    kind: str
    name: str
    member: str = ""
    status: int = 0


def targets(blueprint: Blueprint, assumption: Assumption) -> tuple[Target, ...]:
    """The things of the blueprint that an assumption stands behind; a bare name (as models write it) is looked up."""
    refusal = _REFUSAL.fullmatch(assumption.about)
    if refusal is not None:
        operation, status, reason = refusal.groups()
        found = [Target("refusal", operation, reason, int(status))]
    else:
        found = [target for written in assumption.about.split(",") for target in _read(blueprint, written.strip())]
    return tuple(target for target in found if _stands(blueprint, target))


def _read(blueprint: Blueprint, written: str) -> Iterator[Target]:
    match = _TARGET.fullmatch(written)
    if match is None:
        kinds = ("attribute",) if "." in written else ("entity", "operation", "actor", "scenario")
        yield from (target for kind in kinds if _stands(blueprint, target := _target(kind, written)))
    else:
        yield _target(*match.groups())


def _target(kind: str, name: str) -> Target:
    separator = {"attribute": ".", "relation": "-"}.get(kind)
    first, _, second = name.partition(separator) if separator else (name, "", "")
    return Target(kind, first, second)


def _stands(blueprint: Blueprint, target: Target) -> bool:
    match target.kind:
        case "entity" | "name":
            return blueprint.entity(target.name) is not None
        case "attribute":
            entity = blueprint.entity(target.name)
            return entity is not None and any(one.name == target.member for one in entity.attributes)
        case "relation":
            ends = {target.name, target.member}
            return any({one.source, one.target} == ends for one in blueprint.relations)
        case "operation" | "refusal":
            return blueprint.operation(target.name) is not None
        case "scenario":
            return blueprint.scenario(target.name) is not None
        case _:
            return any(actor.id == target.name for actor in blueprint.actors)
