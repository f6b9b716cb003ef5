"""What becomes of a blueprint when a person confirms or strikes what it took for granted.

Confirming takes the mark off the things that the assumption stands behind; striking takes the things themselves out,
and with them all that cannot be without them. Both give a blueprint that passes :func:`answering.check`, or refuse.
"""

from __future__ import annotations

from collections.abc import Collection

from designchord.blueprint import answering
from designchord.blueprint.cutting import Cut
from designchord.blueprint.model import (
    Assumption,
    Attribute,
    Blueprint,
    Entity,
    Operation,
    Relation,
    Scenario,
)
from designchord.blueprint.targets import Target, targets
from designchord.errors import Conflict, NotFound


def settle(blueprint: Blueprint, *, confirmed: Collection[str] = (), struck: Collection[str] = ()) -> Blueprint:
    """The blueprint with these assumptions (ids) settled; struck ones first, all or nothing.

    Raises ``NotFound`` for an id that no assumption has, and ``Conflict`` when one cannot be struck, saying why.
    """
    known = {assumption.id: assumption for assumption in blueprint.assumptions}
    for identifier in (*struck, *confirmed):
        if identifier not in known:
            raise NotFound(f"There is no assumption {identifier} in the blueprint.", code="assumption_not_found")
    both = set(struck) & set(confirmed)
    if both:
        raise Conflict(f"{', '.join(sorted(both))}: confirm it or strike it.", code="assumption_contradiction")
    for identifier in dict.fromkeys(struck):
        # What went with one that was struck before is settled by that.
        if any(assumption.id == identifier for assumption in blueprint.assumptions):
            blueprint = _strike(blueprint, known[identifier])
    for identifier in dict.fromkeys(confirmed):
        if any(assumption.id == identifier for assumption in blueprint.assumptions):
            blueprint = _confirm(blueprint, known[identifier])
    return blueprint


# Confirming.


def _confirm(blueprint: Blueprint, assumption: Assumption) -> Blueprint:
    for target in targets(blueprint, assumption):
        blueprint = _unmarked(blueprint, target)
    left = tuple(one for one in blueprint.assumptions if one.id != assumption.id)
    return blueprint.model_copy(update={"assumptions": left})


def _unmarked(blueprint: Blueprint, target: Target) -> Blueprint:
    def entity(one: Entity) -> Entity:
        if target.kind == "entity" and one.name == target.name:
            return one.model_copy(update={"assumed": False})
        attributes = tuple(_sure(each) if _is_meant(target, one, each) else each for each in one.attributes)
        return one.model_copy(update={"attributes": attributes})

    def relation(one: Relation) -> Relation:
        meant = target.kind == "relation" and {one.source, one.target} == {target.name, target.member}
        return one.model_copy(update={"assumed": False}) if meant else one

    def operation(one: Operation) -> Operation:
        if one.id != target.name or target.kind not in {"operation", "refusal"}:
            return one
        if target.kind == "operation":
            return one.model_copy(update={"assumed": False})
        error = (target.status, target.member)
        return one if error in one.errors else one.model_copy(update={"errors": (*one.errors, error)})

    def scenario(one: Scenario) -> Scenario:
        named = target.kind == "scenario" and one.id == target.name
        called = target.kind == "operation" and any(step.operation == target.name for step in one.steps)
        return one.model_copy(update={"assumed": False}) if named or called else one

    return blueprint.model_copy(
        update={
            "entities": tuple(entity(one) for one in blueprint.entities),
            "relations": tuple(relation(one) for one in blueprint.relations),
            "operations": tuple(operation(one) for one in blueprint.operations),
            "scenarios": tuple(scenario(one) for one in blueprint.scenarios),
        }
    )


def _sure(attribute: Attribute) -> Attribute:
    return attribute.model_copy(update={"assumed": False})


def _is_meant(target: Target, entity: Entity, attribute: Attribute) -> bool:
    """The attribute itself, or the foreign key that holds a relation."""
    if target.kind == "attribute":
        return (entity.name, attribute.name) == (target.name, target.member)
    ends = (entity.name, attribute.references)
    return target.kind == "relation" and ends in {(target.member, target.name), (target.name, target.member)}


# Striking.


def _strike(blueprint: Blueprint, assumption: Assumption) -> Blueprint:
    found = targets(blueprint, assumption)
    if not found or any(target.kind == "name" for target in found):
        raise Conflict(
            f"{assumption.id} names nothing that could be taken out. Edit the blueprint, or make it again with a wish.",
            code="assumption_unnamed",
        )
    cut = Cut(blueprint)
    for target in found:
        cut.take_out(target)
    cut.keep_a_story()
    kinds = (
        ("actor", cut.actors),
        ("entity", cut.entities),
        ("operation", cut.operations),
        ("scenario", cut.scenarios),
    )
    for name, left in kinds:
        if not left:
            raise _needed(assumption, f"it is the last {name}, and a design has at least one")
    result = cut.result(assumption)
    _, problems = answering.check(answering.dump(result))
    wrong = next((problem for problem in problems if problem.severity == "error"), None)
    if wrong is not None:
        raise _needed(assumption, wrong.message.rstrip("."))
    return result


def _needed(assumption: Assumption, why: str) -> Conflict:
    return Conflict(f"{assumption.id} cannot be struck: {why}.", code="assumption_needed")
