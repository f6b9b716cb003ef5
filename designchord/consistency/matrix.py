"""The traceability matrix: where each requirement is met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from designchord.blueprint.model import Blueprint, Operation, Requirement
from designchord.consistency.facts import DesignFacts
from designchord.consistency.figures import figures_carried, figures_in
from designchord.consistency.grades import Grade, best, grade_entity, grade_operation, grade_scenario
from designchord.consistency.messages import Place
from designchord.consistency.names import CallKey, call_key, fold_name
from designchord.kinds.about import About
from designchord.kinds.registry import KINDS
from designchord.language.deeds import undone


@dataclass(frozen=True, slots=True)
class Cell:
    """``covered`` is ``None`` where the question does not arise: no such artifact, or a quality that no diagram shows.

    ``how`` names what is there for it (scenario, entities, calls), ``places`` where, and ``grade`` how sure it is that
    this fulfils it; only what is *said* is covered. Without a grade nothing is there for it.
    """

    covered: bool | None = None
    how: str = ""
    places: tuple[Place, ...] = ()
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """``grade`` is the best of what carries the requirement out (operations, scenarios; a document only repeats it).

    ``missing`` are the words of what it asks for besides, where only a part of it is there. ``former`` is there for a
    requirement that no longer counts: ``by`` which, since when, and why.
    """

    id: str
    text: str = ""
    cells: dict[str, Cell] = field(default_factory=dict)
    grade: Grade | None = None
    missing: tuple[str, ...] = ()
    former: dict[str, str | None] | None = None


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


def former(design: DesignFacts) -> tuple[Row, ...]:
    """A row for each requirement that was dropped or replaced; nothing has to be there for it."""
    if design.blueprint is None:
        return ()
    moot = {kind: Cell() for kind in KINDS}
    return tuple(
        Row(one.id, one.text, moot, former={"by": one.by, "on": one.on or None, "reason": one.reason})
        for one in design.blueprint.former
    )


def _mentioned(design: DesignFacts, kind: str, spoken: list[Place]) -> Cell:
    places = tuple(place for place in spoken if place.kind == kind)
    if not design.has_kind(kind):
        return Cell()
    return Cell(bool(places), "", places, "said" if places else None)


def _is_covered(about: About, requirement: Requirement, grade: Grade | None) -> bool | None:
    """A quality may well show nowhere in a diagram."""
    if grade == "said":
        return True
    expected = about.covers == "all" or (about.covers == "functional" and requirement.kind == "functional")
    return False if expected else None


class Link(NamedTuple):
    """Something that is there for a requirement: where, in words, and how sure."""

    place: Place
    how: str
    grade: Grade


class _Tracer:
    """Follows the requirements of a blueprint through the artifacts; what is looked up often is indexed once."""

    def __init__(self, design: DesignFacts, blueprint: Blueprint) -> None:
        self.design = design
        self.blueprint = blueprint
        self.carrying = [name for name, kind in KINDS.items() if kind.about.provides & {"operations", "scenarios"}]
        self.doing: dict[str, dict[CallKey, Operation]] = {}
        for one in blueprint.operations:
            for identifier in one.requirements:
                self.doing.setdefault(identifier, {})[call_key(one.method, one.path)] = one

    def row(self, requirement: Requirement, spoken: list[Place]) -> Row:
        finders = (self._scenarios, self._calls, self._entities, self._operations)
        links = [link for find in finders for link in find(requirement)]
        missing = self._missing(requirement)
        if missing:  # of what asks for two things and has one, nothing says that it is fulfilled
            links = [one._replace(grade="inferred") if self._is_partial(one) else one for one in links]
        cells = {name: self._cell(kind.about, requirement, links, spoken) for name, kind in KINDS.items()}
        grades = [grade for name in self.carrying if (grade := cells[name].grade) is not None]
        return Row(requirement.id, requirement.text, cells, best(grades), missing)

    def _is_partial(self, link: Link) -> bool:
        return link.place.kind in self.carrying and link.grade == "said"

    def _missing(self, requirement: Requirement) -> tuple[str, ...]:
        """What the requirement asks for that no operation named for it does, where one does the rest."""
        doing = tuple(self.doing.get(requirement.id, {}).values())
        if not doing or requirement.kind != "functional":
            return ()
        figures = figures_in(requirement.text).items()
        lost = tuple(words for figure, words in figures if figure not in self._carried)
        stories = [one for one in self.blueprint.scenarios if requirement.id in one.requirements]
        return (*undone(requirement.text, doing, stories), *lost)

    def _cell(self, about: About, requirement: Requirement, found: list[Link], spoken: list[Place]) -> Cell:
        """Whatever artifacts of the kind say of the requirement: in their facts, or by its id."""
        if not self.design.has_kind(about.name):
            return Cell()
        links = [link for link in found if link.place.kind == about.name]
        named = [place for place in spoken if place.kind == about.name]
        grade = best([link.grade for link in links])
        if grade is None and named:
            grade = "said" if about.covers == "all" else "undecided"  # who lists all of them repeats their words
        chosen = [link for link in links if link.grade == grade]
        places = tuple(dict.fromkeys([*(link.place for link in chosen), *named]))
        how = ", ".join(dict.fromkeys(link.how for link in chosen))
        return Cell(_is_covered(about, requirement, grade), how, places, grade)

    def _scenarios(self, requirement: Requirement) -> Iterator[Link]:
        """Parts that draw a scenario which is there for it."""
        stories = {one.id: one for one in self.blueprint.scenarios if requirement.id in one.requirements}
        for kind, part in self.design.facts:
            if part in stories and "scenarios" in KINDS[kind].about.provides:
                story = stories[part]
                yield Link(Place(kind, part), story.title, grade_scenario(requirement, story))

    def _calls(self, requirement: Requirement) -> Iterator[Link]:
        """Calls of operations that fulfil it."""
        for key, operation in self.doing.get(requirement.id, {}).items():
            for place, how in self._called.get(key, ()):
                yield Link(place, how, self._grade(requirement, operation))

    def _entities(self, requirement: Requirement) -> Iterator[Link]:
        """Entities that are there for it, and those that the operations that fulfil it work on."""
        names = [one.name for one in self.blueprint.entities if requirement.id in one.requirements]
        doing = self.doing.get(requirement.id, {}).values()
        names += [one.entity for one in doing if one.entity]
        touched = self._touched({one.entity for one in doing if one.entity})
        drawn = self.design.entities
        for name in dict.fromkeys(names):
            entity = self.blueprint.entity(name)
            if entity is not None and fold_name(name) in drawn:
                grade = grade_entity(requirement, entity)
                if grade == "said" and touched and name not in touched:  # its word is there, and nothing is done to it
                    grade = "inferred"
                yield Link(drawn[fold_name(name)][0], name, grade)

    def _touched(self, names: set[str]) -> set[str]:
        """What is worked on, and what that refers to."""
        columns = (column for one in self.blueprint.entities if one.name in names for column in one.attributes)
        return names | {column.references for column in columns if column.references}

    def _operations(self, requirement: Requirement) -> Iterator[Link]:
        """Operations of the API that say so themselves or that are the blueprint's operations for it."""
        doing = self.doing.get(requirement.id, {})
        for place, one in self.design.operations:
            operation = doing.get(call_key(one.method, one.path))
            if operation is not None:
                yield Link(place, f"{one.method} {one.path}", self._grade(requirement, operation))
            elif requirement.id in one.requirements:
                other = self._known.get(call_key(one.method, one.path))
                grade = self._grade(requirement, other) if other is not None else "undecided"
                yield Link(place, f"{one.method} {one.path}", grade)

    def _grade(self, requirement: Requirement, operation: Operation) -> Grade:
        entity = self.blueprint.entity(operation.entity) if operation.entity else None
        return grade_operation(requirement, operation, entity)

    @cached_property
    def _carried(self) -> frozenset[str]:
        return figures_carried(self.blueprint)

    @cached_property
    def _known(self) -> dict[CallKey, Operation]:
        return {call_key(one.method, one.path): one for one in self.blueprint.operations}

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
    """JSON-ready: ``{rows: [{id, text, grade, missing, cells: {kind: {covered, grade, how, places: [{kind, part,
    line}]}}}]}``, and ``former`` (``{by, on, reason}``) in the rows of requirements that no longer count."""
    return {
        "rows": [
            {
                "id": row.id,
                "text": row.text,
                "grade": row.grade,
                "missing": list(row.missing),
                "cells": {
                    kind: {
                        "covered": cell.covered,
                        "grade": cell.grade,
                        "how": cell.how,
                        "places": [
                            {"kind": place.kind, "part": place.part, "line": place.line} for place in cell.places
                        ],
                    }
                    for kind, cell in row.cells.items()
                },
                **({"former": row.former} if row.former else {}),
            }
            for row in rows
        ]
    }
