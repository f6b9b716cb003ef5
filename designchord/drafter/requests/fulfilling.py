"""What would fulfil a requirement that nothing fulfils yet: as the drafter reads its words, by the design's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from designchord.blueprint.changes import Add, Change
from designchord.blueprint.changes.places import said
from designchord.blueprint.model import Blueprint, Brief, Operation
from designchord.blueprint.naming import fold
from designchord.drafter.drafting import draft
from designchord.drafter.requests.writing import NotPlain, Writing
from designchord.errors import BadInput


def fulfil(writing: Writing, identifier: str) -> list[Any]:
    """Operations that name the requirement: those that are there, and those that its words ask for."""
    requirement = writing.thing(identifier, "requirement")
    blueprint = writing.blueprint
    if any(requirement.id in one.requirements for one in blueprint.operations):
        raise BadInput(f"An operation fulfils {requirement.id} already.", code="request_done")
    brief = Brief(blueprint.title, "", f"- {requirement.thing.text}", blueprint.language)
    drafted = draft(brief, assume="none")
    calls = [one for one in drafted.operations if one.requirements]
    found = [*_entities(blueprint, drafted, calls), *_calls(blueprint, calls, requirement.id)]
    if not found:
        raise NotPlain
    return found


def _entities(blueprint: Blueprint, drafted: Blueprint, calls: list[Operation]) -> Iterator[Any]:
    """Things that the calls are about and that the design does not have; keys to others that it has not, either, go."""
    wanted = {one.entity for one in calls if one.entity}
    for entity in drafted.entities:
        if entity.name not in wanted or _known(blueprint, entity.name):
            continue
        kept = [
            one
            for one in entity.attributes
            if not one.references or one.references in wanted or _known(blueprint, one.references)
        ]
        value = said(entity.model_copy(update={"attributes": tuple(kept), "requirements": ()}))
        yield Add(what="entity", value=value | {"assumed": True})


def _calls(blueprint: Blueprint, calls: list[Operation], requirement: str) -> Iterator[Any]:
    people = {one.id for one in blueprint.actors}
    for call in calls:
        same = next((one for one in blueprint.operations if _does_the_same(one, call)), None)
        if same is not None:
            was = list(same.requirements)
            changed = {"requirements": [*was, requirement]}
            yield Change(what="operation", id=same.id, set=changed, was={"requirements": was})
            continue
        actor = call.actor if call.actor in people else None
        value = said(call.model_copy(update={"actor": actor, "requirements": (requirement,)}))
        yield Add(what="operation", value=value)


def _does_the_same(one: Operation, call: Operation) -> bool:
    return one.id == call.id or (one.method, one.path) == (call.method, call.path)


def _known(blueprint: Blueprint, name: str) -> bool:
    return any(fold(one.name) == fold(name) for one in blueprint.entities)
