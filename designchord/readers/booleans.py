"""What a database without booleans keeps as integers, and the API beside it calls a boolean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from designchord.notation.facts import AttributeFact, EntityFact
from designchord.readers.conventions import bare_names, pair_columns
from designchord.readers.reading import STORED, Reading

#: Which have no type of their own for yes and no.
WITHOUT_BOOLEANS: Final = frozenset({"mysql", "sqlite"})

Shown = Callable[[Sequence[str]], Mapping[str, Sequence[tuple[Reading, EntityFact]]]]


def with_booleans(reading: Reading, shown: Shown) -> Reading:
    """A reading whose integers are booleans where callers are shown booleans. ``shown`` gives each table's schemas."""
    if reading.notation not in STORED or reading.dialect not in WITHOUT_BOOLEANS:
        return reading
    bare = bare_names([entity.name for entity in reading.facts.entities])
    schemas = shown(list(bare.values()))
    entities = tuple(
        _settled(entity, bare[entity.name], [schema for _, schema in schemas.get(bare[entity.name], ())])
        for entity in reading.facts.entities
    )
    return replace(reading, facts=replace(reading.facts, entities=entities))


def _settled(entity: EntityFact, name: str, schemas: Sequence[EntityFact]) -> EntityFact:
    flags = {
        id(column)
        for schema in schemas
        for column, field in pair_columns(entity.attributes, schema.attributes, name)[0]
        if field.type == "boolean" and column.type == "integer" and not (column.primary or column.foreign)
    }
    return replace(entity, attributes=tuple(_flag(one) if id(one) in flags else one for one in entity.attributes))


def _flag(column: AttributeFact) -> AttributeFact:
    return replace(column, type="boolean")
