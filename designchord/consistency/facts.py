"""Everything that is known of a design's artifacts, gathered so that rules can compare it. Names are folded keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_letters, digits
from typing import Any, Final, TypeVar

from designchord.blueprint.model import Blueprint
from designchord.consistency.messages import Place
from designchord.consistency.names import Fit, entity_of_schema, fold_name, match_path
from designchord.kinds.about import Fact
from designchord.kinds.registry import KINDS
from designchord.notation.facts import AttributeFact, CallFact, EntityFact, Facts, OperationFact, RelationFact

#: Kind and part.
Key = tuple[str, str]
F = TypeVar("F", EntityFact, RelationFact, OperationFact, CallFact)
#: A schema: where it is, what it is called, its fields by folded name.
Shape = tuple[Place, str, dict[str, AttributeFact]]


@dataclass(frozen=True, slots=True)
class Call:
    """A call with the operations whose path it fits: ``exact``, or ``literal`` where a word stands for a parameter."""

    place: Place
    fact: CallFact
    fits: tuple[tuple[Fit, OperationFact], ...]

    @property
    def meant(self) -> tuple[Fit, OperationFact] | None:
        """The operation that is called, if there is one."""
        same = [(fit, one) for fit, one in self.fits if one.method == self.fact.method.upper()]
        return min(same, key=lambda item: item[0] != "exact") if same else None


class DesignFacts:
    """All artifacts of a design. ``facts`` holds only those that could be read; ``unreadable`` names the others."""

    def __init__(
        self,
        facts: Mapping[Key, Facts],
        sources: Mapping[Key, str],
        blueprint: Blueprint | None,
        unreadable: tuple[Key, ...] = (),
    ) -> None:
        self.facts = facts
        self.sources = sources
        self.blueprint = blueprint
        self.unreadable = unreadable
        #: The traceability matrix, once ``matrix.trace`` has made it.
        self.rows: tuple[Any, ...] | None = None

    def has_kind(self, kind: str) -> bool:
        return any(name == kind for name, _ in self.facts)

    def has(self, fact: Fact) -> bool:
        """Whether there is an artifact of a kind that tells such facts, if only that there are none."""
        return self.place_of(fact) is not None

    def place_of(self, fact: Fact) -> Place | None:
        """The first artifact of a kind that tells such facts, where a violation is about the whole of it."""
        return next((Place(name, part) for name, part in self.facts if fact in KINDS[name].about.provides), None)

    @cached_property
    def entities(self) -> dict[str, tuple[Place, EntityFact]]:
        """What ERDs draw, by folded name; drawn twice, the fuller one counts."""
        entities: dict[str, tuple[Place, EntityFact]] = {}
        for place, entity in self._gather(lambda facts: facts.entities):
            known = entities.get(fold_name(entity.name))
            if known is None or len(known[1].attributes) < len(entity.attributes):
                entities[fold_name(entity.name)] = (place, entity)
        return entities

    @cached_property
    def relations(self) -> list[tuple[Place, RelationFact]]:
        return list(self._gather(lambda facts: facts.relations))

    @cached_property
    def schemas(self) -> list[tuple[Place, EntityFact]]:
        return list(self._gather(lambda facts: facts.schemas))

    @cached_property
    def operations(self) -> list[tuple[Place, OperationFact]]:
        return list(self._gather(lambda facts: facts.operations))

    @cached_property
    def participants(self) -> list[tuple[Place, str]]:
        return [(Place(*key), name) for key, facts in self.facts.items() for name in facts.participants]

    @cached_property
    def mentions(self) -> list[tuple[str, Place]]:
        """Every requirement id with every place that names it, as far as the artifact's facts know the id."""
        found: list[tuple[str, Place]] = []
        for key, facts in self.facts.items():
            if facts.requirements:
                found += ((one, Place(*key, line)) for one, line in _lines_of(facts.requirements, self.sources[key]))
            for operation in facts.operations:
                found += ((one, Place(*key, operation.line)) for one in operation.requirements)
        return found

    @cached_property
    def callable(self) -> list[OperationFact]:
        """What can be called: the API's operations, or the blueprint's while there is no API."""
        if self.operations:
            return [operation for _, operation in self.operations]
        return [
            OperationFact(one.id, one.method, one.path, one.requirements)
            for one in (self.blueprint.operations if self.blueprint else ())
        ]

    @cached_property
    def calls(self) -> list[Call]:
        fits: dict[str, tuple[tuple[Fit, OperationFact], ...]] = {}
        calls = []
        for place, call in self._gather(lambda facts: facts.calls):
            if call.path not in fits:
                found = ((match_path(call.path, one.path), one) for one in self.callable)
                fits[call.path] = tuple((fit, one) for fit, one in found if fit)
            calls.append(Call(place, call, fits[call.path]))
        return calls

    @cached_property
    def known_entities(self) -> set[str]:
        """The folded names of entities, as the blueprint says or else as the ERD draws."""
        if self.blueprint is not None:
            return {fold_name(entity.name) for entity in self.blueprint.entities}
        return set(self.entities)

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """For each entity that the API shows: its own schema's place and name, and the fields of all its schemas."""
        known = self.known_entities | set(self.entities)
        shapes: dict[str, Shape] = {}
        for place, schema in sorted(self.schemas, key=lambda item: fold_name(item[1].name) not in known):
            entity = entity_of_schema(schema.name, known)
            if entity is None:
                continue
            _, _, fields = shapes.setdefault(entity, (place, schema.name, {}))
            for attribute in schema.attributes:
                fields.setdefault(fold_name(attribute.name), attribute)
        return shapes

    def _gather(self, pick: Callable[[Facts], Iterable[F]]) -> Iterator[tuple[Place, F]]:
        """The same facts of all artifacts, each with its place."""
        for (kind, part), facts in self.facts.items():
            for fact in pick(facts):
                yield Place(kind, part, fact.line), fact


#: ``R1`` before anything but a word; what stands before it is looked at only where one is found.
_ID: Final = re.compile(r"R[0-9]{1,4}(?![A-Za-z0-9_])")
_PART_OF_WORD: Final = frozenset(f"{ascii_letters}{digits}_-")


def _lines_of(ids: frozenset[str], source: str) -> Iterator[tuple[str, int]]:
    """Each line that names an id as a word of its own; a Korean particle may follow it without a space."""
    line, counted = 1, 0
    seen: set[str] = set()
    for found in _ID.finditer(source):
        start = found.start()
        if passed := source.count("\n", counted, start):
            line, seen = line + passed, set()
        counted = start
        if found[0] in ids and found[0] not in seen and source[start - 1 : start] not in _PART_OF_WORD:
            seen.add(found[0])
            yield found[0], line
