"""The side of the design: its blueprint as facts, each with its place in the blueprint's text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from designchord.blueprint import answering
from designchord.blueprint.model import Attribute, Blueprint, Entity, Operation, Relation
from designchord.notation.facts import AttributeFact
from designchord.notation.openapi.locating import Path, locate
from designchord.readers.system import Spot
from designchord.verification.findings import Thing


@dataclass(frozen=True, slots=True)
class Planned:
    """An entity. ``kept`` are the attributes that a database has, ``shown`` those that callers see."""

    name: str
    label: str
    kept: tuple[AttributeFact, ...]
    shown: tuple[AttributeFact, ...]
    spot: Spot
    lines: dict[str, int | None] = field(default_factory=dict, compare=False)

    @property
    def thing(self) -> Thing:
        return Thing("entity", self.name)

    def at(self, attribute: str) -> Spot:
        return Spot(self.spot.name, self.lines.get(attribute) or self.spot.line, f"{self.name}.{attribute}")


@dataclass(frozen=True, slots=True)
class PlannedCall:
    operation: Operation
    spot: Spot

    @property
    def thing(self) -> Thing:
        return Thing("operation", self.operation.id)


@dataclass(frozen=True, slots=True)
class Plan:
    """``fingerprint`` says which blueprint it is of, however that is written."""

    entities: tuple[Planned, ...]
    calls: tuple[PlannedCall, ...]
    joins: tuple[tuple[Relation, Spot], ...]
    fingerprint: str = ""


def plan_of(blueprint: Blueprint, name: str = "design", source: str | None = None) -> Plan:
    """A blueprint as a plan. ``source`` is its text, where findings are to have lines in it."""
    places = _Places(name, source, blueprint)
    return Plan(
        entities=tuple(_planned(at, entity, places) for at, entity in enumerate(blueprint.entities)),
        calls=tuple(
            PlannedCall(one, places.spot(("operations", at), f"{one.method} {one.path}"))
            for at, one in enumerate(blueprint.operations)
        ),
        joins=tuple(
            (one, places.spot(("relations", at), f"{one.source}–{one.target}"))
            for at, one in enumerate(blueprint.relations)
            if one.cardinality == "many_to_many"
        ),
        fingerprint=fingerprint(blueprint),
    )


def fingerprint(blueprint: Blueprint) -> str:
    """The same for every text of the same blueprint, and another for any other."""
    return hashlib.sha256(answering.dump(blueprint).encode("utf-8", "replace")).hexdigest()[:32]


class _Places:
    def __init__(self, name: str, source: str | None, blueprint: Blueprint) -> None:
        self._name = name
        paths: list[Path] = []
        if source is not None:
            paths += [("entities", at) for at in range(len(blueprint.entities))]
            paths += [
                ("entities", at, "attributes", number, "name")
                for at, entity in enumerate(blueprint.entities)
                for number in range(len(entity.attributes))
            ]
            paths += [("operations", at) for at in range(len(blueprint.operations))]
            paths += [("relations", at) for at in range(len(blueprint.relations))]
        self._found = locate(source, True, paths) if source is not None else {}

    def line(self, path: Path) -> int | None:
        place = self._found.get(path)
        return place.line if place else None

    def spot(self, path: Path, item: str) -> Spot:
        return Spot(self._name, self.line(path), item)


def _planned(at: int, entity: Entity, places: _Places) -> Planned:
    kept = _facts(one for one in entity.attributes if one.visibility != "computed")
    shown = _facts(one for one in entity.attributes if one.visibility != "hidden")
    lines = {
        one.name: places.line(("entities", at, "attributes", number, "name"))
        for number, one in enumerate(entity.attributes)
    }
    return Planned(entity.name, entity.label, kept, shown, places.spot(("entities", at), entity.name), lines)


def _facts(attributes: Iterable[Attribute]) -> tuple[AttributeFact, ...]:
    return tuple(
        AttributeFact(
            name=one.name,
            type=one.type,
            primary="primary" in one.key,
            foreign="foreign" in one.key,
            required=one.required,
            references=one.references or "",
            unique=one.unique,
            values=one.values,
        )
        for one in attributes
    )
