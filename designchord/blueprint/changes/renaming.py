"""Another name for a thing, wherever a blueprint refers to it: exactly, and so that it can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from designchord.blueprint.changes.places import KEYS, MODELS, Refusal, find, has, put, said, wrong
from designchord.blueprint.model import Assumption, Attribute, Blueprint, Operation, Relation, Scenario, ScenarioStep

_REFUSAL = re.compile(r"(refusal:)([A-Za-z0-9]+)(\.\d{3} .+)", re.DOTALL)
_TARGET = re.compile(r"(\s*)(?:([a-z]+):(\s*))?([A-Za-z0-9_.-]+)(\s*)")

#: Which kinds of target name each sort, in what an assumption is about.
_ABOUT = {"actor": ("actor",), "operation": ("operation",), "scenario": ("scenario",)}


def rename(blueprint: Blueprint, what: str, address: str, to: str) -> Blueprint:
    """The blueprint in which a thing has another name; refuses one that is taken or cannot be a name."""
    if what == "section":
        return _section(blueprint, address, to)
    place = find(blueprint, what, address)
    new_address = f"{place.owner}.{to}" if place.owner else to
    if has(blueprint, what, new_address):
        raise Refusal("taken", f"There is a {what} {new_address} already.", what=what, id=new_address)
    field = KEYS.get(what, "id")
    try:
        to = getattr(MODELS[what].model_validate(said(place.thing) | {field: to}), field)
    except ValidationError as error:
        raise wrong(what, error) from None
    blueprint = put(blueprint, place, place.thing.model_copy(update={field: to}))
    match what:
        case "actor":
            blueprint = _actor(blueprint, address, to)
        case "entity":
            blueprint = _entity(blueprint, address, to)
        case "attribute":
            blueprint = _attribute(blueprint, place.owner, address.rpartition(".")[2], to)
        case "operation":
            blueprint = _operation(blueprint, address, to)
    return _assumptions(blueprint, what, address, new_address)


def requirement_named(blueprint: Blueprint, old: str, new: str) -> Blueprint:
    """Everything that named one requirement names another."""

    def renamed(one: Any) -> Any:
        if old not in one.requirements:
            return one
        return one.model_copy(update={"requirements": tuple(new if each == old else each for each in one.requirements)})

    return blueprint.model_copy(
        update={name: tuple(map(renamed, getattr(blueprint, name))) for name in ("entities", "operations", "scenarios")}
    )


def _section(blueprint: Blueprint, name: str, to: str) -> Blueprint:
    sections = {one.section for one in blueprint.operations}
    if not name or name not in sections:
        message = f"There is no section {name or '(without a name)'} in the blueprint."
        raise Refusal("not_found", message, what="section", id=name)
    to = to.strip()
    if not to:
        raise Refusal("invalid", "A section needs a name.", what="section", field="name")
    if to in sections:
        raise Refusal("taken", f"There is a section {to} already.", what="section", id=to)
    operations = (
        one.model_copy(update={"section": to}) if one.section == name else one for one in blueprint.operations
    )
    return blueprint.model_copy(update={"operations": tuple(operations)})


def _actor(blueprint: Blueprint, old: str, new: str) -> Blueprint:
    def call(one: Operation) -> Operation:
        return one.model_copy(update={"actor": new}) if one.actor == old else one

    def story(one: Scenario) -> Scenario:
        steps = tuple(_sided(step, old, new) for step in one.steps)
        return one.model_copy(update={"steps": steps, "actor": new if one.actor == old else one.actor})

    return _mapped(blueprint, operations=call, scenarios=story)


def _sided(step: ScenarioStep, old: str, new: str) -> ScenarioStep:
    if old not in (step.source, step.target):
        return step
    sides = {name: new for name in ("source", "target") if getattr(step, name) == old}
    return step.model_copy(update=sides)


def _entity(blueprint: Blueprint, old: str, new: str) -> Blueprint:
    def attribute(one: Attribute) -> Attribute:
        return one.model_copy(update={"references": new}) if one.references == old else one

    def entity(one: Any) -> Any:
        return one.model_copy(update={"attributes": tuple(map(attribute, one.attributes))})

    def relation(one: Relation) -> Relation:
        return one.model_copy(update={end: new for end in ("source", "target") if getattr(one, end) == old})

    def call(one: Operation) -> Operation:
        return one.model_copy(update={"entity": new}) if one.entity == old else one

    return _mapped(blueprint, entities=entity, relations=relation, operations=call)


def _attribute(blueprint: Blueprint, owner: str, old: str, new: str) -> Blueprint:
    def call(one: Operation) -> Operation:
        if one.entity != owner:
            return one
        changed = {}
        for field in ("request", "filters"):
            names = getattr(one, field)
            if new in names and old in names:
                message = f"The operation {one.id} has a field {new} of its own already."
                raise Refusal("taken", message, what="attribute", id=f"{one.id}: {new}")
            if old in names:
                changed[field] = tuple(new if name == old else name for name in names)
        return one.model_copy(update=changed)

    return _mapped(blueprint, operations=call)


def _operation(blueprint: Blueprint, old: str, new: str) -> Blueprint:
    def story(one: Scenario) -> Scenario:
        steps = (step.model_copy(update={"operation": new}) if step.operation == old else step for step in one.steps)
        return one.model_copy(update={"steps": tuple(steps)})

    return _mapped(blueprint, scenarios=story)


def _mapped(blueprint: Blueprint, **lists: Callable[[Any], Any]) -> Blueprint:
    return blueprint.model_copy(
        update={name: tuple(map(change, getattr(blueprint, name))) for name, change in lists.items()}
    )


# What assumptions are about.


def _assumptions(blueprint: Blueprint, what: str, old: str, new: str) -> Blueprint:
    def assumption(one: Assumption) -> Assumption:
        about = _about(one.about, what, old, new)
        return one if about == one.about else one.model_copy(update={"about": about})

    return _mapped(blueprint, assumptions=assumption)


def _about(about: str, what: str, old: str, new: str) -> str:
    refusal = _REFUSAL.fullmatch(about)
    if refusal is not None:
        named = what == "operation" and refusal[2] == old
        return f"{refusal[1]}{new}{refusal[3]}" if named else about
    return ",".join(_target(written, what, old, new) for written in about.split(","))


def _target(written: str, what: str, old: str, new: str) -> str:
    match = _TARGET.fullmatch(written)
    if match is None:
        return written
    before, kind, space, name, after = match.groups()
    renamed = _named(name, kind or "", what, old, new)
    return f"{before}{f'{kind}:{space}' if kind else ''}{renamed}{after}"


def _named(name: str, kind: str, what: str, old: str, new: str) -> str:
    if what == "entity":
        if kind in ("entity", "name", "") and name == old:
            return new
        if kind in ("attribute", "") and name.startswith(f"{old}."):
            return new + name[len(old) :]
        if kind == "relation":
            return "-".join(new if side == old else side for side in name.split("-"))
        return name
    if what == "attribute":
        return new if kind in ("attribute", "") and name == old else name
    return new if kind in (*_ABOUT.get(what, ()), "") and name == old else name
