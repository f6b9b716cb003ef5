"""The traceability matrix: where each requirement is met."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from designchord.blueprint.model import Blueprint, Requirement
from designchord.consistency.facts import DesignFacts
from designchord.consistency.messages import Place
from designchord.consistency.names import CallKey, call_key, fold_name
from designchord.kinds.about import About
from designchord.kinds.registry import KINDS


@dataclass(frozen=True, slots=True)
class Cell:
    """``covered`` is ``None`` where the question does not arise: no such artifact, or a quality that no diagram shows.

    ``how`` names what covers it (scenario, entities, calls), ``places`` where.
    """

    covered: bool | None = None
    how: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    text: str = ""
    cells: dict[str, Cell] = field(default_factory=dict)


def trace(design: DesignFacts) -> tuple[Row, ...]:
    """A row for each requirement of the blueprint; without one, for each id that is mentioned anywhere."""
    if design.rows is None:
        design.rows = _trace(design)
    return design.rows


def _trace(design: DesignFacts) -> tuple[Row, ...]:
    spoken: dict[str, list[Place]] = {}
    for identifier, place in design.mentions:
        spoken.setdefault(identifier, []).append(place)
    if design.blueprint is not None:
        tracer = _Tracer(design, design.blueprint)
        return tuple(tracer.row(one, spoken.get(one.id, [])) for one in design.blueprint.requirements)
    ids = sorted(spoken, key=lambda identifier: int(identifier[1:]))
    return tuple(Row(one, "", {kind: _mentioned(design, kind, spoken[one]) for kind in KINDS}) for one in ids)


def _mentioned(design: DesignFacts, kind: str, spoken: list[Place]) -> Cell:
    places = tuple(place for place in spoken if place.kind == kind)
    return Cell(bool(places), "", places) if design.has_kind(kind) else Cell()


def _is_covered(about: About, requirement: Requirement, places: tuple[Place, ...]) -> bool | None:
    """A quality may well show nowhere in a diagram."""
    if places:
        return True
    expected = about.covers == "all" or (about.covers == "functional" and requirement.kind == "functional")
    return False if expected else None


#: Where a requirement is covered, and by what, in words.
Found = list[tuple[Place, str]]


class _Tracer:
    """Follows the requirements of a blueprint through the artifacts; what is looked up often is indexed once."""

    def __init__(self, design: DesignFacts, blueprint: Blueprint) -> None:
        self.design = design
        self.blueprint = blueprint
        self.doing: dict[str, dict[CallKey, None]] = {}
        for one in blueprint.operations:
            for identifier in one.requirements:
                self.doing.setdefault(identifier, {})[call_key(one.method, one.path)] = None

    def row(self, requirement: Requirement, spoken: list[Place]) -> Row:
        return Row(
            requirement.id,
            requirement.text,
            {name: self._cell(kind.about, requirement, spoken) for name, kind in KINDS.items()},
        )

    def _cell(self, about: About, requirement: Requirement, spoken: list[Place]) -> Cell:
        """Whatever artifacts of the kind say of the requirement: in their facts, or by its id."""
        if not self.design.has_kind(about.name):
            return Cell()
        shown = [
            spot
            for find in (self._scenarios, self._calls, self._entities, self._operations)
            for spot in find(requirement.id)
            if spot[0].kind == about.name
        ]
        named = [place for place in spoken if place.kind == about.name]
        places = tuple(dict.fromkeys([*(place for place, _ in shown), *named]))
        return Cell(_is_covered(about, requirement, places), ", ".join(dict.fromkeys(how for _, how in shown)), places)

    def _scenarios(self, identifier: str) -> Found:
        """Parts that draw a scenario which is there for it."""
        titles = {one.id: one.title for one in self.blueprint.scenarios if identifier in one.requirements}
        return [
            (Place(kind, part), titles[part])
            for kind, part in self.design.facts
            if part in titles and "scenarios" in KINDS[kind].about.provides
        ]

    def _calls(self, identifier: str) -> Found:
        """Calls of operations that fulfil it."""
        return [spot for key in self.doing.get(identifier, ()) for spot in self._called.get(key, ())]

    def _entities(self, identifier: str) -> Found:
        """Entities that are there for it, and those that the operations that fulfil it work on."""
        names = [entity.name for entity in self.blueprint.entities if identifier in entity.requirements]
        names += [one.entity for one in self.blueprint.operations if one.entity and identifier in one.requirements]
        drawn = self.design.entities
        return [(drawn[fold_name(name)][0], name) for name in dict.fromkeys(names) if fold_name(name) in drawn]

    def _operations(self, identifier: str) -> Found:
        """Operations of the API that say so themselves or that are the blueprint's operations for it."""
        doing = self.doing.get(identifier, {})
        return [
            (place, f"{one.method} {one.path}")
            for place, one in self.design.operations
            if identifier in one.requirements or call_key(one.method, one.path) in doing
        ]

    @cached_property
    def _called(self) -> dict[CallKey, list[tuple[Place, str]]]:
        """Where each operation is called."""
        called: dict[CallKey, list[tuple[Place, str]]] = {}
        for call in self.design.calls:
            if call.meant is not None:
                operation = call.meant[1]
                spot = (call.place, f"{operation.method} {operation.path}")
                called.setdefault(call_key(operation.method, operation.path), []).append(spot)
        return called


def to_dict(rows: tuple[Row, ...]) -> dict[str, Any]:
    """JSON-ready: ``{rows: [{id, text, cells: {kind: {covered, how, places: [{kind, part, line}]}}}]}``."""
    return {
        "rows": [
            {
                "id": row.id,
                "text": row.text,
                "cells": {
                    kind: {
                        "covered": cell.covered,
                        "how": cell.how,
                        "places": [
                            {"kind": place.kind, "part": place.part, "line": place.line} for place in cell.places
                        ],
                    }
                    for kind, cell in row.cells.items()
                },
            }
            for row in rows
        ]
    }
