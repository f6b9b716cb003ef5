"""Everything that is known of a design's artifacts, gathered so that rules can compare it. Names are folded keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from designchord.blueprint.model import Blueprint
from designchord.consistency.messages import Place
from designchord.consistency.names import entity_of_schema, fold_name, match_path
from designchord.notation.facts import AttributeFact, CallFact, EntityFact, Facts, OperationFact, RelationFact


@dataclass(frozen=True, slots=True)
class Survey:
    """One design. ``facts`` holds only artifacts that could be read; ``unreadable`` names the others."""

    facts: Mapping[tuple[str, str], Facts]
    sources: Mapping[tuple[str, str], str]
    blueprint: Blueprint | None
    unreadable: tuple[tuple[str, str], ...] = ()
    entities: dict[str, tuple[Place, EntityFact]] = field(init=False, default_factory=dict)
    relations: list[tuple[Place, RelationFact]] = field(init=False, default_factory=list)
    schemas: list[tuple[Place, EntityFact]] = field(init=False, default_factory=list)
    operations: list[tuple[Place, OperationFact]] = field(init=False, default_factory=list)
    calls: list[tuple[Place, CallFact]] = field(init=False, default_factory=list)
    participants: list[tuple[Place, str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        for (kind, part), facts in self.facts.items():
            for entity in facts.entities:
                known = self.entities.get(fold_name(entity.name))
                if known is None or len(known[1].attributes) < len(entity.attributes):
                    self.entities[fold_name(entity.name)] = (Place(kind, part, entity.line), entity)
            self.relations.extend((Place(kind, part, relation.line), relation) for relation in facts.relations)
            self.schemas.extend((Place(kind, part, schema.line), schema) for schema in facts.schemas)
            self.operations.extend((Place(kind, part, one.line), one) for one in facts.operations)
            self.calls.extend((Place(kind, part, call.line), call) for call in facts.calls)
            self.participants.extend((Place(kind, part), name) for name in facts.participants)

    def has(self, kind: str) -> bool:
        return any(name == kind for name, _ in self.facts)

    def place(self, kind: str) -> Place | None:
        """The first artifact of a kind, where a finding is about the whole of it."""
        return next((Place(name, part) for name, part in self.facts if name == kind), None)

    def known_entities(self) -> set[str]:
        """The folded names of entities, as the blueprint says or else as the ERD draws."""
        if self.blueprint is not None:
            return {fold_name(entity.name) for entity in self.blueprint.entities}
        return set(self.entities)

    def shapes(self) -> dict[str, tuple[Place, str, dict[str, AttributeFact]]]:
        """For each entity that the API shows: its own schema's place and name, and the fields of all its schemas."""
        known = self.known_entities() | set(self.entities)
        shapes: dict[str, tuple[Place, str, dict[str, AttributeFact]]] = {}
        ordered = sorted(self.schemas, key=lambda item: fold_name(item[1].name) not in known)
        for place, schema in ordered:
            entity = entity_of_schema(schema.name, known)
            if entity is None:
                continue
            _, _, fields = shapes.setdefault(entity, (place, schema.name, {}))
            for attribute in schema.attributes:
                fields.setdefault(fold_name(attribute.name), attribute)
        return shapes

    def find_operations(self, path: str) -> Iterator[tuple[str, OperationFact]]:
        """How a called path fits each operation's template, for those that it fits."""
        for operation in self.callable():
            fit = match_path(path, operation.path)
            if fit is not None:
                yield fit, operation

    def callable(self) -> list[OperationFact]:
        """What can be called: the API's operations, or the blueprint's while there is no API."""
        if self.operations:
            return [operation for _, operation in self.operations]
        if self.blueprint is None:
            return []
        return [
            OperationFact(operation.id, operation.method, operation.path, operation.requirements)
            for operation in self.blueprint.operations
        ]


def called(survey: Survey, call: CallFact) -> OperationFact | None:
    """The operation that a call means, if there is one."""
    fits = [(fit, one) for fit, one in survey.find_operations(call.path) if one.method == call.method.upper()]
    return min(fits, key=lambda item: item[0] != "exact")[1] if fits else None
