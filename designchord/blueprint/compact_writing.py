"""A blueprint in the compact form that models are asked for; the other way round of reading it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from designchord.blueprint.model import (
    Actor,
    Attribute,
    Blueprint,
    Entity,
    Operation,
    Relation,
    Requirement,
    Scenario,
    ScenarioStep,
)

Fields = dict[str, Any]

_KEYS: Final = {"primary": " pk", "foreign": " fk", "primary_foreign": " pk fk", "none": ""}
_SIGNS: Final = {"one_to_one": "1--1", "one_to_many": "1--n", "many_to_many": "n--n"}


def write_compact(blueprint: Blueprint, *, texts: bool = True) -> str:
    """One JSON object with a line for each thing; without ``texts`` the requirements' words, which their author has."""
    written: Fields = {
        "title": blueprint.title,
        "summary": blueprint.summary,
        "actors": [_actor(one) for one in blueprint.actors],
        "requirements": [_requirement(one, texts=texts) for one in blueprint.requirements],
        "entities": [_entity(one) for one in blueprint.entities],
        "relations": [_relation(one) for one in blueprint.relations],
        "operations": [_operation(one) for one in blueprint.operations],
        "scenarios": [_scenario(one) for one in blueprint.scenarios],
        "assumptions": [one.text for one in blueprint.assumptions],
        "questions": list(blueprint.questions),
    }
    return "{\n" + ",\n".join(_lines(name, value) for name, value in written.items() if value) + "\n}"


def _lines(name: str, value: Any) -> str:
    if not isinstance(value, list):
        return f"{_dense(name)}:{_dense(value)}"
    items = ",\n".join(map(_dense, value))
    return f"{_dense(name)}:[\n{items}\n]"


def _dense(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _actor(actor: Actor) -> str:
    return f"{actor.id}{' external' if actor.kind == 'external' else ''}: {actor.label}"


def _requirement(one: Requirement, *, texts: bool) -> str:
    kind = "" if one.kind == "functional" else f" {one.kind}"
    return f"{one.id} {one.priority}{kind}" + (f": {' '.join(one.text.split())}" if texts else "")


def _entity(entity: Entity) -> Fields:
    return _without_empty(
        name=entity.name,
        label=entity.label,
        description=entity.description,
        requirements=list(entity.requirements),
        attributes=[_attribute(one) for one in entity.attributes],
        assumed=entity.assumed,
    )


def _attribute(one: Attribute) -> str | Fields:
    values = f"({','.join(one.values)})" if one.values else ""
    line = f"{one.name}: {one.type}{values}{'' if one.required else '?'}{_KEYS[one.key]}"
    line += f" {one.references}" if one.references else ""
    line += " unique" if one.unique else ""
    return line + (f" | {one.label}" if one.label else "")


def _relation(one: Relation) -> str:
    return f"{one.source} {_SIGNS[one.cardinality]} {one.target}" + (f" | {one.label}" if one.label else "")


def _operation(one: Operation) -> Fields:
    usual = "none" if one.method == "DELETE" else "one"
    return _without_empty(
        id=one.id,
        call=f"{one.method} {one.path}",
        summary=one.summary,
        section=one.section,
        actor=one.actor,
        entity=one.entity,
        request=list(one.request),
        returns="" if one.returns == usual else one.returns,
        filters=list(one.filters),
        errors=_errors(one),
        requirements=list(one.requirements),
        assumed=one.assumed,
    )


def _errors(one: Operation) -> object:
    """By status; as lines where one of them has several reasons."""
    by_status = {str(status): reason for status, reason in one.errors}
    if len(by_status) == len(one.errors):
        return by_status
    return [f"{status}: {reason}" for status, reason in one.errors]


def _scenario(scenario: Scenario) -> Fields:
    return _without_empty(
        id=scenario.id,
        title=scenario.title,
        actor=scenario.actor,
        description=scenario.description,
        requirements=list(scenario.requirements),
        steps=list(_steps(scenario)),
        assumed=scenario.assumed,
    )


def _steps(scenario: Scenario) -> Iterator[str | Fields]:
    for when, steps in groupby(scenario.steps, key=lambda step: step.when):
        lines = [_step(step) for step in steps]
        if when:
            yield {"when": when, "steps": lines}
        else:
            yield from lines


def _step(step: ScenarioStep) -> str:
    arrow = "-->" if step.kind == "reply" else "->"
    called = f" [{step.operation}]" if step.operation else ""
    return f"{step.source} {arrow} {step.target}: {step.message}{called}"


def _without_empty(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value}
