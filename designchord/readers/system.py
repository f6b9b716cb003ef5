"""All that was read of one system, put side by side: what it keeps and what can be called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from designchord.blueprint.naming import path_template, split_words
from designchord.consistency.names import entity_of_schema, fold_name
from designchord.evaluation.matching import Made, match_entities
from designchord.notation.facts import AttributeFact, EntityFact, RelationFact
from designchord.notation.openapi.describing import Described
from designchord.readers.booleans import with_booleans
from designchord.readers.conventions import bare_names, is_bookkeeping, joined_ends
from designchord.readers.reading import STORED, Reading, Remark

#: Words in the names of schemas that hold many of a thing and are not one.
_WRAPPERS = frozenset(("page", "list", "paged", "collection", "results", "paginated"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: a file with a line, or a database with a name such as ``loans.due_on``."""

    name: str
    line: int | None = None
    item: str = ""

    def __str__(self) -> str:
        return f"{self.name}:{self.line}" if self.line else f"{self.name} {self.item}".rstrip()


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read. ``bare`` is its name without what conventions put before it."""

    fact: EntityFact
    reading: Reading
    bare: str

    def spot(self, column: AttributeFact | None = None) -> Spot:
        fact = column or self.fact
        item = f"{self.fact.name}.{column.name}" if column else self.fact.name
        return Spot(fact.file or self.fact.file or self.reading.name, fact.line or self.fact.line, item)


@dataclass(frozen=True, slots=True)
class Join:
    """A table that does nothing but join two others."""

    table: Table
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """An operation as it was read. ``path`` is its template in the blueprint's spelling."""

    described: Described
    reading: Reading
    path: str

    @property
    def method(self) -> str:
        return self.described.operation.method

    @property
    def spot(self) -> Spot:
        fact = self.described.operation
        return Spot(fact.file or self.reading.name, fact.line, f"{fact.method} {fact.path}")


@dataclass(frozen=True, slots=True)
class Match:
    """The same thing named in two ways, and the rule by which it was recognised."""

    name: str
    other: str
    rule: str


class System:
    """The readings of one system. Of tables that are read twice, the first reading's count; the others are matched."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings = tuple(readings)
        self.matches: list[Match] = []
        if self.schemas:
            self.readings = tuple(with_booleans(one, self.shown) for one in readings)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return tuple(remark for reading in self.readings for remark in reading.remarks)

    @cached_property
    def stored(self) -> tuple[Reading, ...]:
        """What says how things are kept; a database says it best, drawings least."""
        order = ("database", "sql", "rails", "dbml", "er")
        found = [one for one in self.readings if one.notation in STORED and one.facts.entities]
        return tuple(sorted(found, key=lambda one: order.index(one.notation)))

    @cached_property
    def all_tables(self) -> tuple[Table, ...]:
        """Every table that is no tool's own, each once."""
        kept: list[Table] = []
        for reading in self.stored:
            bare = bare_names([entity.name for entity in reading.facts.entities])
            own = [one for one in reading.facts.entities if not is_bookkeeping(one.name) and one.attributes]
            tables = [Table(one, reading, bare[one.name]) for one in own]
            kept += self._new(kept, tables)
        return tuple(kept)

    def _new(self, kept: list[Table], tables: list[Table]) -> list[Table]:
        if not kept:
            return tables
        score = match_entities([(one.bare, one.fact.name) for one in kept], [Made(one.bare) for one in tables])
        for match in score.matched:
            if match.rule != "name":
                self.matches.append(Match(match.expected, match.made, match.rule))
        known = {match.made for match in score.matched}
        return [one for one in tables if one.bare not in known]

    @cached_property
    def joins(self) -> tuple[Join, ...]:
        """Tables that only join two others, and are not called by a name of their own in the API."""
        names = [table.fact.name for table in self.all_tables]
        shown = {fold_name(schema.name) for _, schema in self.schemas}
        found = []
        for table in self.all_tables:
            ends = joined_ends(table.fact, names)
            if ends and fold_name(table.bare) not in shown and not self._is_pointed_at(table):
                found.append(Join(table, ends))
        return tuple(found)

    def _is_pointed_at(self, table: Table) -> bool:
        return any(one.references == table.fact.name for other in self.all_tables for one in other.fact.attributes)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables that keep something of their own."""
        joining = {id(join.table) for join in self.joins}
        return tuple(table for table in self.all_tables if id(table) not in joining)

    @cached_property
    def relations(self) -> tuple[tuple[Reading, RelationFact], ...]:
        return tuple((reading, relation) for reading in self.stored for relation in reading.facts.relations)

    @cached_property
    def has_keys(self) -> bool:
        """Whether the tables say at all where they point: many databases are without foreign keys."""
        return any(one.references for table in self.all_tables for one in table.fact.attributes)

    @cached_property
    def schemas(self) -> tuple[tuple[Reading, EntityFact], ...]:
        return tuple((reading, schema) for reading in self.readings for schema in reading.facts.schemas)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """What can be called; a call that is described twice counts once."""
        calls: dict[tuple[str, str], Call] = {}
        for reading in self.readings:
            for described in reading.described:
                operation = described.operation
                if operation.method in METHODS:
                    path = path_template(operation.path)
                    calls.setdefault((operation.method, path), Call(described, reading, path))
        return tuple(calls.values())

    @property
    def has_api(self) -> bool:
        return any(reading.notation == "openapi" and reading.facts.operations for reading in self.readings)

    @cached_property
    def answered(self) -> frozenset[str]:
        """The schemas that callers are shown, as far as operations say so; all where none does."""
        names = {name for call in self.calls for name, _ in call.described.answers}
        sent = {name for call in self.calls for name in call.described.bodies}
        listed = {schema.name for _, schema in self.schemas}
        return frozenset((names | (listed - sent)) & listed) or frozenset(listed)

    def shown(self, entities: Sequence[str]) -> dict[str, list[tuple[Reading, EntityFact]]]:
        """For each entity (any spelling) the schemas that show it to callers."""
        known = {fold_name(name): name for name in entities}
        found: dict[str, list[tuple[Reading, EntityFact]]] = {}
        bare = bare_names([schema.name for _, schema in self.schemas])
        for reading, schema in self.schemas:
            key = entity_of_schema(schema.name, known) or entity_of_schema(bare[schema.name], known)
            if key is None or schema.name not in self.answered or not schema.attributes:
                continue
            if not _wraps(schema.name, known[key]):
                found.setdefault(known[key], []).append((reading, schema))
        return found


def _wraps(schema: str, entity: str) -> bool:
    """Whether a schema holds many of an entity: ``PageLoanDto``, ``ListLoansResponse``; not ``List`` of a list."""
    words = split_words(schema)
    own = {fold_name(word) for word in split_words(entity)}
    return any(word in _WRAPPERS and fold_name(word) not in own for word in words)
