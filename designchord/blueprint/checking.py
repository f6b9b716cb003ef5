"""What a blueprint must be beyond its shape: ids unique, every used name defined, keys and relations agreeing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from designchord.blueprint.model import Blueprint, Entity
from designchord.notation.problems import Problem, Severity

#: Where something stands in a blueprint's JSON: ``("entities", 0, "attributes", 2)``.
Path = tuple[str | int, ...]

SYSTEM_SIDES = frozenset({"System", "Database"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and its place in the JSON; the caller knows the lines."""

    path: Path
    code: str
    severity: Severity
    message: str
    hint: str | None = None

    def to_problem(self, line: int | None = None) -> Problem:
        message = f"{show_path(self.path)}: {self.message}" if self.path else self.message
        return Problem(
            code=f"blueprint.{self.code}", severity=self.severity, message=message, line=line, hint=self.hint
        )


def show_path(path: Path) -> str:
    """``entities[0].attributes[2]``"""
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return shown.removeprefix(".")


def find_contradictions(blueprint: Blueprint) -> Iterator[Finding]:
    """Everything that is wrong in a blueprint whose shape is right."""
    yield from _duplicates(blueprint)
    yield from _entities(blueprint)
    yield from _relations(blueprint)
    yield from _operations(blueprint)
    yield from _scenarios(blueprint)


def _duplicates(blueprint: Blueprint) -> Iterator[Finding]:
    lists: list[tuple[str, list[str]]] = [
        ("actors", [actor.id for actor in blueprint.actors]),
        ("requirements", [requirement.id for requirement in blueprint.requirements]),
        ("former", [requirement.id for requirement in blueprint.former]),
        ("entities", [entity.name.lower() for entity in blueprint.entities]),
        ("operations", [operation.id for operation in blueprint.operations]),
        ("scenarios", [scenario.id for scenario in blueprint.scenarios]),
        ("assumptions", [assumption.id for assumption in blueprint.assumptions]),
    ]
    for name, ids in lists:
        for index, identifier in enumerate(ids):
            if identifier in ids[:index]:
                message = f"'{identifier}' is there already."
                yield Finding((name, index), "duplicate", "error", message, "Rename it or take it out.")
    former = {requirement.id for requirement in blueprint.former}
    for index, requirement in enumerate(blueprint.requirements):
        if requirement.id in former:
            message = f"'{requirement.id}' was another requirement once, and stays its name."
            yield Finding(("requirements", index), "duplicate", "error", message, "Give it a number that is free.")
    calls: dict[str, str] = {}
    for index, operation in enumerate(blueprint.operations):
        call = f"{operation.method} {re.sub(r'{[^}]*}', '{}', operation.path)}"
        first = calls.setdefault(call, operation.id)
        if first != operation.id:
            message = f"{operation.method} {operation.path} is the call of {first} already."
            yield Finding(("operations", index), "duplicate", "error", message, "Give it a path of its own.")
    for index, actor in enumerate(blueprint.actors):
        if actor.id in SYSTEM_SIDES:
            message = f"'{actor.id}' stands for a side of the system and cannot be an actor."
            yield Finding(("actors", index, "id"), "reserved", "error", message, "Name the actor otherwise.")


def _entities(blueprint: Blueprint) -> Iterator[Finding]:
    names = {entity.name for entity in blueprint.entities}
    for index, entity in enumerate(blueprint.entities):
        path: Path = ("entities", index)
        yield from _unknown_requirements(blueprint, entity.requirements, path)
        yield from _attributes(entity, names, path)


def _attributes(entity: Entity, names: set[str], path: Path) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, attribute in enumerate(entity.attributes):
        place = (*path, "attributes", index)
        if attribute.name in seen:
            yield Finding(place, "duplicate", "error", f"'{entity.name}.{attribute.name}' is there already.")
        seen.add(attribute.name)
        foreign = "foreign" in attribute.key
        if attribute.references and attribute.references not in names:
            message = f"'{entity.name}.{attribute.name}' points to '{attribute.references}', which is no entity."
            yield Finding(place, "unknown_entity", "error", message, "Name an entity, or take the reference out.")
        elif foreign and not attribute.references:
            message = f"'{entity.name}.{attribute.name}' is a foreign key that points nowhere."
            yield Finding(place, "unknown_entity", "error", message, "Say in 'references' which entity it points to.")
        elif attribute.references and not foreign:
            message = f"'{entity.name}.{attribute.name}' has 'references' but is no foreign key."
            yield Finding(place, "foreign_key", "error", message, "Set 'key' to 'foreign', or take the reference out.")
        if attribute.type == "enum" and not attribute.values:
            message = f"'{entity.name}.{attribute.name}' is an enum without values."
            yield Finding(place, "enum", "warning", message, "List its values, or make it a string.")
    if not any("primary" in attribute.key for attribute in entity.attributes):
        yield Finding(path, "primary_key", "error", f"'{entity.name}' has no primary key.", "Mark one as 'primary'.")


def _relations(blueprint: Blueprint) -> Iterator[Finding]:
    entities = {entity.name: entity for entity in blueprint.entities}
    for index, relation in enumerate(blueprint.relations):
        path: Path = ("relations", index)
        missing = [name for name in (relation.source, relation.target) if name not in entities]
        for name in missing:
            yield Finding(path, "unknown_entity", "error", f"'{name}' is no entity.", "Name an entity.")
        if missing or relation.cardinality == "many_to_many":
            continue
        pointers = {relation.source} & _targets(entities[relation.target])
        if relation.cardinality == "one_to_one":
            pointers |= {relation.target} & _targets(entities[relation.source])
        if not pointers:
            message = f"No attribute of '{relation.target}' is a foreign key to '{relation.source}'."
            yield Finding(path, "foreign_key", "warning", message, "Add the foreign key that holds the relation.")
    pairs = {frozenset((relation.source, relation.target)) for relation in blueprint.relations}
    for index, entity in enumerate(blueprint.entities):
        for target in sorted(_targets(entity) & entities.keys()):
            if frozenset((entity.name, target)) not in pairs:
                message = f"'{entity.name}' has a foreign key to '{target}', but no relation joins them."
                yield Finding(("entities", index), "foreign_key", "warning", message, "Add the relation.")


def _operations(blueprint: Blueprint) -> Iterator[Finding]:
    actors = {actor.id for actor in blueprint.actors} | SYSTEM_SIDES
    entities = {entity.name for entity in blueprint.entities}
    for index, operation in enumerate(blueprint.operations):
        path: Path = ("operations", index)
        if operation.actor and operation.actor not in actors:
            message = f"'{operation.actor}' is no actor."
            yield Finding((*path, "actor"), "unknown_actor", "error", message, "Name an actor of the blueprint.")
        if operation.entity and operation.entity not in entities:
            message = f"'{operation.entity}' is no entity."
            yield Finding((*path, "entity"), "unknown_entity", "error", message, "Name an entity of the blueprint.")
        for status, _ in operation.errors:
            if not 400 <= status <= 599:
                message = f"{status} is no HTTP error status."
                yield Finding((*path, "errors"), "error_status", "error", message, "Use 400 to 599.")
        yield from _unknown_requirements(blueprint, operation.requirements, path)


def _scenarios(blueprint: Blueprint) -> Iterator[Finding]:
    actors = {actor.id for actor in blueprint.actors}
    operations = {operation.id for operation in blueprint.operations}
    for index, scenario in enumerate(blueprint.scenarios):
        path: Path = ("scenarios", index)
        if scenario.actor not in actors:
            message = f"'{scenario.actor}' is no actor."
            yield Finding((*path, "actor"), "unknown_actor", "error", message, "Name an actor of the blueprint.")
        if not scenario.steps:
            yield Finding(path, "empty", "warning", f"Scenario '{scenario.id}' has no steps.", "Tell its story.")
        for number, step in enumerate(scenario.steps):
            place = (*path, "steps", number)
            for side in dict.fromkeys((step.source, step.target)):
                if side not in actors | SYSTEM_SIDES:
                    message = f"'{side}' is neither an actor nor System or Database."
                    yield Finding(place, "unknown_actor", "error", message, "Name an actor, System or Database.")
            if step.operation and step.operation not in operations:
                message = f"'{step.operation}' is no operation."
                yield Finding(place, "unknown_operation", "error", message, "Name an operation of the blueprint.")
        yield from _unknown_requirements(blueprint, scenario.requirements, path)


def _unknown_requirements(blueprint: Blueprint, used: tuple[str, ...], path: Path) -> Iterator[Finding]:
    known = {requirement.id for requirement in blueprint.requirements}
    for identifier in used:
        if identifier not in known:
            message = f"Requirement '{identifier}' does not exist."
            yield Finding((*path, "requirements"), "unknown_requirement", "error", message, "Name one that exists.")


def _targets(entity: Entity) -> set[str]:
    return {attribute.references for attribute in entity.attributes if attribute.references}
