"""The traceability matrix: where each requirement is met."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from designchord.blueprint.model import Blueprint, Requirement
from designchord.consistency.messages import Place
from designchord.consistency.names import fold_name, match_path
from designchord.consistency.survey import Survey, called

COLUMNS: Final = ("document", "sequence", "erd", "api")

#: ``R1`` as a word of its own; a Korean particle may follow it without a space.
_ID: Final = re.compile(r"(?<![A-Za-z0-9_-])R[0-9]{1,4}(?![A-Za-z0-9_])")


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
    spoken: dict[str, list[Place]] = {}
    for identifier, place in mentions(survey):
        spoken.setdefault(identifier, []).append(place)
    if survey.blueprint is not None:
        return tuple(
            _row(survey, survey.blueprint, one, spoken.get(one.id, [])) for one in survey.blueprint.requirements
        )
    ids = sorted(spoken, key=lambda identifier: int(identifier[1:]))
    return tuple(Row(one, "", {kind: _mentioned(survey, kind, spoken[one]) for kind in COLUMNS}) for one in ids)


def mentions(survey: Survey) -> Iterator[tuple[str, Place]]:
    """Every requirement id with every place that names it, as far as the artifact's facts know the id."""
    for (kind, part), facts in survey.facts.items():
        if facts.requirements:
            for number, line in enumerate(survey.sources[kind, part].split("\n"), 1):
                for identifier in dict.fromkeys(_ID.findall(line)):
                    if identifier in facts.requirements:
                        yield identifier, Place(kind, part, number)
        for operation in facts.operations:
            for identifier in operation.requirements:
                yield identifier, Place(kind, part, operation.line)


def _row(survey: Survey, blueprint: Blueprint, requirement: Requirement, spoken: list[Place]) -> Row:
    cells = {"document": _mentioned(survey, "document", spoken)}
    demanded = requirement.kind == "functional"
    for kind, find in (("sequence", _in_sequences), ("erd", _in_erd), ("api", _in_api)):
        if not survey.has(kind):
            cells[kind] = Cell()
            continue
        how, places = find(survey, blueprint, requirement.id)
        places = list(dict.fromkeys([*places, *(place for place in spoken if place.kind == kind)]))
        covered = True if places else False if demanded else None
        cells[kind] = Cell(covered, ", ".join(dict.fromkeys(how)), tuple(places))
    return Row(requirement.id, requirement.text, cells)


def _mentioned(survey: Survey, kind: str, spoken: list[Place]) -> Cell:
    places = tuple(place for place in spoken if place.kind == kind)
    return Cell(bool(places), "", places) if survey.has(kind) else Cell()


def _in_sequences(survey: Survey, blueprint: Blueprint, identifier: str) -> tuple[list[str], list[Place]]:
    """Scenarios that are drawn for it, and calls of operations that fulfil it."""
    how: list[str] = []
    places: list[Place] = []
    for scenario in blueprint.scenarios:
        if identifier in scenario.requirements and ("sequence", scenario.id) in survey.facts:
            how.append(scenario.title)
            places.append(Place("sequence", scenario.id))
    doing = [operation for operation in blueprint.operations if identifier in operation.requirements]
    for place, call in survey.calls:
        operation = called(survey, call)
        if operation and any(_is(operation.method, operation.path, one.method, one.path) for one in doing):
            how.append(f"{operation.method} {operation.path}")
            places.append(place)
    return how, places


def _in_erd(survey: Survey, blueprint: Blueprint, identifier: str) -> tuple[list[str], list[Place]]:
    """Entities that are there for it, and those that the operations that fulfil it work on."""
    names = [entity.name for entity in blueprint.entities if identifier in entity.requirements]
    names += [one.entity for one in blueprint.operations if one.entity and identifier in one.requirements]
    found = {name: survey.entities[fold_name(name)] for name in names if fold_name(name) in survey.entities}
    return list(found), [place for place, _ in found.values()]


def _in_api(survey: Survey, blueprint: Blueprint, identifier: str) -> tuple[list[str], list[Place]]:
    """Operations of the API that say so themselves or that are the blueprint's operations for it."""
    doing = [operation for operation in blueprint.operations if identifier in operation.requirements]
    found = [
        (place, one)
        for place, one in survey.operations
        if identifier in one.requirements or any(_is(one.method, one.path, own.method, own.path) for own in doing)
    ]
    return [f"{one.method} {one.path}" for _, one in found], [place for place, _ in found]


def _is(method: str, path: str, other_method: str, other_path: str) -> bool:
    return method == other_method and match_path(path, other_path) == "exact"


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
