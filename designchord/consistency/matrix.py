"""The traceability matrix: where each requirement is met."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from designchord.blueprint.model import Blueprint, Requirement
from designchord.consistency.messages import Place
from designchord.consistency.names import CallKey, call_key, fold_name
from designchord.consistency.survey import Survey

COLUMNS: Final = ("document", "sequence", "erd", "api")


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


def trace(survey: Survey) -> tuple[Row, ...]:
    """A row for each requirement of the blueprint; without one, for each id that is mentioned anywhere."""
    if survey.rows is None:
        survey.rows = _trace(survey)
    return survey.rows


def _trace(survey: Survey) -> tuple[Row, ...]:
    spoken: dict[str, list[Place]] = {}
    for identifier, place in survey.mentions:
        spoken.setdefault(identifier, []).append(place)
    if survey.blueprint is not None:
        tracer = _Tracer(survey, survey.blueprint)
        return tuple(tracer.row(one, spoken.get(one.id, [])) for one in survey.blueprint.requirements)
    ids = sorted(spoken, key=lambda identifier: int(identifier[1:]))
    return tuple(Row(one, "", {kind: _mentioned(survey, kind, spoken[one]) for kind in COLUMNS}) for one in ids)


def _mentioned(survey: Survey, kind: str, spoken: list[Place]) -> Cell:
    places = tuple(place for place in spoken if place.kind == kind)
    return Cell(bool(places), "", places) if survey.has(kind) else Cell()


#: What covers a requirement, in words, and where.
Found = tuple[list[str], list[Place]]


class _Tracer:
    """Follows the requirements of a blueprint through the artifacts; what is looked up often is indexed once."""

    def __init__(self, survey: Survey, blueprint: Blueprint) -> None:
        self.survey = survey
        self.blueprint = blueprint
        self.doing: dict[str, dict[CallKey, None]] = {}
        for one in blueprint.operations:
            for identifier in one.requirements:
                self.doing.setdefault(identifier, {})[call_key(one.method, one.path)] = None

    def row(self, requirement: Requirement, spoken: list[Place]) -> Row:
        cells = {"document": _mentioned(self.survey, "document", spoken)}
        for kind, find in (("sequence", self._sequences), ("erd", self._entities), ("api", self._operations)):
            if not self.survey.has(kind):
                cells[kind] = Cell()
                continue
            how, found = find(requirement.id)
            places = tuple(dict.fromkeys([*found, *(place for place in spoken if place.kind == kind)]))
            # A quality may well show nowhere in a diagram.
            covered = True if places else False if requirement.kind == "functional" else None
            cells[kind] = Cell(covered, ", ".join(dict.fromkeys(how)), places)
        return Row(requirement.id, requirement.text, cells)

    def _sequences(self, identifier: str) -> Found:
        """Scenarios that are drawn for it, and calls of operations that fulfil it."""
        drawn = [
            scenario
            for scenario in self.blueprint.scenarios
            if identifier in scenario.requirements and ("sequence", scenario.id) in self.survey.facts
        ]
        how = [scenario.title for scenario in drawn]
        places = [Place("sequence", scenario.id) for scenario in drawn]
        for key in self.doing.get(identifier, ()):
            for place, name in self._called.get(key, ()):
                how.append(name)
                places.append(place)
        return how, places

    def _entities(self, identifier: str) -> Found:
        """Entities that are there for it, and those that the operations that fulfil it work on."""
        names = [entity.name for entity in self.blueprint.entities if identifier in entity.requirements]
        names += [one.entity for one in self.blueprint.operations if one.entity and identifier in one.requirements]
        drawn = self.survey.entities
        found = {name: drawn[fold_name(name)][0] for name in names if fold_name(name) in drawn}
        return list(found), list(found.values())

    def _operations(self, identifier: str) -> Found:
        """Operations of the API that say so themselves or that are the blueprint's operations for it."""
        doing = self.doing.get(identifier, {})
        found = [
            (place, f"{one.method} {one.path}")
            for place, one in self.survey.operations
            if identifier in one.requirements or call_key(one.method, one.path) in doing
        ]
        return [name for _, name in found], [place for place, _ in found]

    @cached_property
    def _called(self) -> dict[CallKey, list[tuple[Place, str]]]:
        """Where each operation is called."""
        called: dict[CallKey, list[tuple[Place, str]]] = {}
        for call in self.survey.calls:
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
