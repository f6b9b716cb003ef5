"""A blueprint in the compact form that models are asked for; the other way round of reading it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from designchord.blueprint.model import (
    Actor,
    Assumption,
    Attribute,
    Blueprint,
    Entity,
    Operation,
    Relation,
    Requirement,
    Scenario,
    ScenarioStep,
)
from designchord.blueprint.naming import fold, slug, snake, usual_entity, usual_returns
from designchord.blueprint.targets import targets

Fields = dict[str, Any]

_KEYS: Final = {"primary": " pk", "foreign": " fk", "primary_foreign": " pk fk", "none": ""}
_SIGNS: Final = {"one_to_one": "1--1", "one_to_many": "1--n", "many_to_many": "n--n"}


def write_compact(blueprint: Blueprint, *, terse: bool = False) -> str:
    """One JSON object with a line for each thing. ``terse`` is what a model is asked for: no words of requirements,
    which their author has, and nothing that code makes of the rest: keys, labels that are the names, entities that
    paths name and sections that are theirs, the steps of plain stories, sentences about what is marked as assumed."""
    labels = {one.name: one.label for one in blueprint.entities}
    calls = {one.id: one for one in blueprint.operations}
    written: Fields = {
        "title": blueprint.title,
        "summary": blueprint.summary,
        "actors": [_actor(one) for one in blueprint.actors],
        "requirements": [
            _requirement(one, texts=not terse) for one in blueprint.requirements if not (terse and _is_usual(one))
        ],
        "entities": [_entity(one, _made(one, blueprint) if terse else None) for one in blueprint.entities],
        "relations": [_relation(one) for one in blueprint.relations],
        "operations": [_operation(one, labels if terse else None) for one in blueprint.operations],
        "scenarios": [(terse and _story(one, calls)) or _scenario(one, terse=terse) for one in blueprint.scenarios],
        "assumptions": [one.text for one in blueprint.assumptions if not (terse and _is_marked(one, blueprint))],
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


def _is_usual(one: Requirement) -> bool:
    return (one.kind, one.priority) == ("functional", "must")


def _made(entity: Entity, blueprint: Blueprint) -> set[str]:
    """The names of its attributes that code makes: its key, and those that its relations need."""
    sources = [one.source for one in blueprint.relations if one.target == entity.name]
    return {"id", *(f"{snake(source)}_id" for source in sources if sources.count(source) == 1)}


def _entity(entity: Entity, made: set[str] | None) -> Fields:
    """``made`` are attributes that need not be said; None where all is."""
    return _without_empty(
        name=entity.name,
        label=entity.label,
        description=entity.description,
        requirements=list(entity.requirements),
        attributes=[
            _attribute(one, terse=made is not None)
            for one in entity.attributes
            if made is None or one.key == "none" or one.name not in made
        ],
        assumed=entity.assumed,
    )


def _attribute(one: Attribute, *, terse: bool) -> str | Fields:
    values = f"({','.join(one.values)})" if one.values else ""
    line = f"{one.name}: {one.type}{values}{'' if one.required else '?'}{_KEYS[one.key]}"
    line += f" {one.references}" if one.references else ""
    line += " unique" if one.unique else ""
    said = one.label and (not terse or fold(one.label) != fold(one.name))
    return line + (f" | {one.label}" if said else "")


def _relation(one: Relation) -> str:
    return f"{one.source} {_SIGNS[one.cardinality]} {one.target}" + (f" | {one.label}" if one.label else "")


def _operation(one: Operation, labels: Mapping[str, str] | None) -> Fields:
    """``labels`` of the entities, whose sections need not be said; None where they are."""
    section = "" if labels is not None and one.section == labels.get(one.entity or "") else one.section
    told = labels is not None and one.entity == usual_entity(one.path, {fold(name): name for name in labels})
    return _without_empty(
        id=one.id,
        call=f"{one.method} {one.path}",
        summary=one.summary,
        section=section,
        actor=one.actor,
        entity="" if told else one.entity,
        request=list(one.request),
        returns="" if one.returns == usual_returns(one.method, one.path) else one.returns,
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


def _story(scenario: Scenario, operations: Mapping[str, Operation]) -> str | None:
    """A story in a line; None for one that its calls do not tell, or that is named or met in its own way."""
    calls = [operations[step.operation] for step in scenario.steps if step.operation]
    if not calls or not _is_plain(scenario) or scenario.assumed or scenario.description:
        return None
    met = {one for call in calls for one in call.requirements}
    if (scenario.id, scenario.actor) != (slug(calls[0].id), calls[0].actor) or not met <= set(scenario.requirements):
        return None
    words = [*(call.id for call in calls), *(one for one in scenario.requirements if one not in met)]
    told = len(calls) == 1 and scenario.title == calls[0].summary
    return " ".join(words) + ("" if told else f" | {scenario.title}")


def _scenario(scenario: Scenario, *, terse: bool) -> Fields:
    calls = [step.operation for step in scenario.steps if step.operation]
    told = terse and bool(calls) and _is_plain(scenario)
    return _without_empty(
        id=scenario.id,
        title=scenario.title,
        actor=scenario.actor,
        description=scenario.description,
        requirements=list(scenario.requirements),
        calls=calls if told else [],
        steps=[] if told else list(_steps(scenario)),
        assumed=scenario.assumed,
    )


def _is_plain(scenario: Scenario) -> bool:
    """Whether nobody takes part but who asks, the system and its database."""
    ends = {end for step in scenario.steps for end in (step.source, step.target)}
    return ends <= {scenario.actor, "System", "Database"}


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


def _is_marked(assumption: Assumption, blueprint: Blueprint) -> bool:
    """Whether it says of calls and entities what their own mark says."""
    about = targets(blueprint, assumption)
    things = [
        blueprint.operation(one.name) if one.kind == "operation" else blueprint.entity(one.name)
        for one in about
        if one.kind in ("operation", "entity")
    ]
    return bool(about) and len(things) == len(about) and all(one is not None and one.assumed for one in things)


def _without_empty(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value}
