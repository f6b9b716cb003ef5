"""A blueprint of what was read: of a system that is there, a design that is like any other.

What the readings say is taken as it is. What a blueprint needs and they do not say is filled in as an assumption to
confirm; requirements are proposals, one for each group of operations, and listed as such.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args

from designchord.blueprint.model import (
    Actor,
    Assumption,
    Attribute,
    AttributeType,
    Blueprint,
    Entity,
    Operation,
    Relation,
    Requirement,
    Scenario,
)
from designchord.blueprint.naming import camel, fold, pascal, snake, split_words
from designchord.consistency.names import bare_schema, entity_of_schema, fold_name, is_secret, pointed_entity
from designchord.notation.facts import AttributeFact, EntityFact, RelationFact
from designchord.notation.particles import settle_particles
from designchord.readers.conventions import column_key, is_own_key, pair_columns, thing_of_path
from designchord.readers.naming import Beginnings, free_name, one_line, singular_name, snake_names, spaced
from designchord.readers.stories import given_stories, proposed_stories
from designchord.readers.system import Call, System, Table
from designchord.readers.wording import Words, words_of

MAX_ENTITIES, MAX_OPERATIONS, MAX_RELATIONS = 60, 200, 200
_TYPES: Final = frozenset(get_args(AttributeType))
_PATH: Final = re.compile(r"(/([a-z0-9][a-z0-9-]*|\{[a-z][a-z0-9_]*\}))+")
_PERSON: Final = "User"


@dataclass(frozen=True, slots=True)
class Given:
    """What is said beside the readings. ``requirements`` are an author's; without them some are proposed."""

    title: str = ""
    summary: str = ""
    language: str = "en"
    requirements: tuple[Requirement, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """``left_out`` names what the blueprint has no room or no form for, each with the reason."""

    blueprint: Blueprint
    left_out: tuple[tuple[str, str], ...] = ()


def join(system: System, given: Given) -> Joined | None:
    """The blueprint of a system; ``None`` where nothing was read that it could be made of."""
    return _Joiner(system, given).run()


@dataclass(slots=True)
class _Thing:
    """An entity on its way: the table that keeps it and the schemas that show it."""

    name: str
    table: Table | None
    schemas: list[EntityFact]


class _Joiner:
    def __init__(self, system: System, given: Given) -> None:
        self._system = system
        self._given = given
        self._words: Words = words_of(given.language)
        self._assumptions: list[tuple[str, str]] = []
        self._left_out: list[tuple[str, str]] = []
        self._things: list[_Thing] = []
        self._of_table: dict[str, str] = {}

    def run(self) -> Joined | None:
        self._find_things()
        operations = self._operations()
        entities = self._entities()
        if not entities:
            return None
        if not operations:
            operations = [self._stand_in(entities[0])]
        requirements, links = self._requirements(operations)
        operations = [one.model_copy(update={"requirements": links.get(one.id, ())}) for one in operations]
        relations = self._relations(entities)
        actors, scenarios = self._stories(operations, entities)
        title = self._given.title or next((r.title for r in self._system.readings if r.title), "") or "Imported system"
        blueprint = Blueprint(
            title=title[:200],
            summary=self._given.summary[:2000],
            language=self._given.language,
            actors=tuple(actors),
            requirements=requirements,
            entities=tuple(entities),
            relations=tuple(relations),
            operations=tuple(operations),
            scenarios=tuple(scenarios),
            assumptions=tuple(self._listed()),
        )
        return Joined(blueprint, tuple(self._left_out))

    # Entities.

    def _find_things(self) -> None:
        taken: set[str] = set()
        spelled = {fold(schema.name): schema.name for _, schema in self._system.schemas}
        tables = self._room_for([table for table in self._system.tables if self._is_wanted(table.bare)])
        for table in tables:
            # The API may know where the words are in a name that a framework has run together.
            written = spelled.get(fold(table.bare), "")
            bare = written if len(split_words(written)) > len(split_words(table.bare)) else table.bare
            name = free_name(pascal(singular_name(bare)) or f"Table{len(taken) + 1}", taken)
            self._of_table[table.fact.name.lower()] = name
            self._things.append(_Thing(name, table, []))
        if not tables:
            for name in self._resources():
                self._things.append(_Thing(free_name(pascal(singular_name(name)) or name, taken), None, []))
        shown = self._system.shown([thing.name for thing in self._things])
        for thing in self._things:
            thing.schemas = [schema for _, schema in shown.get(thing.name, ())]
        if not tables:
            self._things = [thing for thing in self._things if thing.schemas]

    def _is_wanted(self, name: str) -> bool:
        only = {fold(one) for one in self._given.only}
        return not only or fold(name) in only

    def _room_for(self, tables: list[Table]) -> list[Table]:
        """The tables that there is room for: those that the API speaks of and that others point to come first."""
        if len(tables) <= MAX_ENTITIES:
            return tables
        spoken = {
            fold_name(name)
            for call in self._system.calls
            for name in (*call.described.bodies, thing_of_path(call.path))
        }
        spoken |= {fold_name(name) for call in self._system.calls for name, _ in call.described.answers}
        pointed = Counter(one.references for table in tables for one in table.fact.attributes if one.references)
        order = sorted(tables, key=lambda one: (fold_name(one.bare) not in spoken, -pointed[one.fact.name]))
        kept = {id(one) for one in order[:MAX_ENTITIES]}
        for one in order[MAX_ENTITIES:]:
            self._left_out.append((one.fact.name, f"a design holds {MAX_ENTITIES} entities"))
        return [one for one in tables if id(one) in kept]

    def _resources(self) -> Iterator[str]:
        """Schemas of an API without a data model that are things: they have an own key, or paths are about them."""
        about = {fold(thing_of_path(call.path)) for call in self._system.calls}
        answered = {name for call in self._system.calls for name, _ in call.described.answers}
        names = Beginnings(schema.name for _, schema in self._system.schemas)
        seen: set[str] = set()
        for _, schema in self._system.schemas:
            bare = bare_schema(schema.name)
            direct = fold(bare) in about
            keyed = schema.name in answered and any(is_own_key(one.name, bare) for one in schema.attributes)
            if not schema.attributes or fold(bare) in seen or not (direct or keyed):
                continue
            if not direct and names.has_one_of(bare):
                continue  # another shape of that one
            if len(seen) == MAX_ENTITIES:
                self._left_out.append((schema.name, f"a design holds {MAX_ENTITIES} entities"))
                continue
            seen.add(fold(bare))
            yield bare

    def _entities(self) -> list[Entity]:
        entities = []
        for thing in self._things:
            attributes = self._attributes(thing)
            label = thing.table.fact.label if thing.table else ""
            entities.append(
                Entity(name=thing.name, label=(one_line(label) or spaced(thing.name)), attributes=tuple(attributes))
            )
        return entities

    def _attributes(self, thing: _Thing) -> list[Attribute]:
        stored = thing.table.fact.attributes if thing.table else ()
        shown = self._fields(thing)
        taken: set[str] = set()
        attributes: list[Attribute] = []
        if thing.table is None:
            for field in shown:
                attributes.append(self._attribute(thing, field, taken, primary=is_own_key(field.name, thing.name)))
        else:
            pairs, _, computed = pair_columns(stored, shown, thing.name)
            if thing.table.reading.notation == "er":
                stored, pairs = self._fuller(thing, pairs)
            seen = {id(column) for column, _ in pairs}
            for column in stored:
                made = self._attribute(thing, column, taken)
                if shown and id(column) not in seen:
                    made = made.model_copy(update={"visibility": "hidden"})
                attributes.append(made)
            attributes += [
                self._attribute(thing, field, taken).model_copy(update={"visibility": "computed"})
                for field in computed
                if field.type in _TYPES and field.type != "json" and not is_secret(field.name)
            ]
        return self._with_key(thing, attributes)

    def _fuller(
        self, thing: _Thing, pairs: Sequence[tuple[AttributeFact, AttributeFact]]
    ) -> tuple[tuple[AttributeFact, ...], list[tuple[AttributeFact, AttributeFact]]]:
        """What a drawing does not say of an attribute, the API does: whether it must be there, values, target."""
        assert thing.table is not None  # noqa: S101 - only called for what is drawn
        said = {id(column): field for column, field in pairs}
        joined = [one for _, one in self._system.relations if fold(thing.table.fact.name) == fold(_many_end(one))]
        full: dict[int, AttributeFact] = {}
        for column in thing.table.fact.attributes:
            field = said.get(id(column))
            target = (field.references if field else "") or (
                self._drawn_target(column, joined) if column.foreign else ""
            )
            required = column.primary or (field.required if field else True)
            values = field.values if field else ()
            full[id(column)] = replace(column, required=required, references=target, values=values)
        return tuple(full.values()), [(full[id(column)], field) for column, field in pairs]

    def _drawn_target(self, column: AttributeFact, joined: Sequence[RelationFact]) -> str:
        """Where a key that is only marked points: to what it is named for, else to the one thing it is joined to."""
        owners = list(dict.fromkeys(one.target if one.cardinality == "many_to_one" else one.source for one in joined))
        named = [one for one in owners if pointed_entity(column.name).endswith(fold_name(one))]
        known = {fold_name(name): name for name in self._of_table}
        return next(iter([*named, *(owners if len(owners) == 1 else [])]), known.get(pointed_entity(column.name), ""))

    def _fields(self, thing: _Thing) -> list[AttributeFact]:
        """What callers are shown of a thing, once each."""
        fields: dict[str, AttributeFact] = {}
        for schema in sorted(thing.schemas, key=lambda one: fold_name(one.name) != fold_name(thing.name)):
            for attribute in schema.attributes:
                fields.setdefault(column_key(attribute.name), attribute)
        return list(fields.values())

    def _attribute(
        self, thing: _Thing, fact: AttributeFact, taken: set[str], *, primary: bool | None = None
    ) -> Attribute:
        name = free_name(snake(fact.name) or f"field_{len(taken) + 1}", taken)
        known = fact.type if fact.type in _TYPES else "json" if fact.type == "array" else ""
        if not known:
            known = "json" if fact.type and fact.type[0].isupper() else "string"
            if not fact.type:
                self._assume(self._words.unknown_type.format(name=f"{thing.name}.{name}"), "")
        if known == "enum" and not fact.values:
            known = "string"
        target = self._of_table.get(fact.references.lower(), "") if fact.references else ""
        key = {
            (False, False): "none",
            (True, False): "primary",
            (False, True): "foreign",
            (True, True): "primary_foreign",
        }[(fact.primary if primary is None else primary, bool(target))]
        return Attribute(
            name=name,
            type=known,  # type: ignore[arg-type]
            label=one_line(fact.label),
            key=key,  # type: ignore[arg-type]
            references=target or None,
            required=fact.required or "primary" in key,
            unique=fact.unique,
            values=fact.values if known == "enum" else (),
        )

    def _with_key(self, thing: _Thing, attributes: list[Attribute]) -> list[Attribute]:
        """A blueprint's entity has a primary key, and it stands first."""
        if not any("primary" in one.key for one in attributes):
            named = next((one for one in attributes if is_own_key(one.name, thing.name)), None)
            unique = next((one for one in attributes if one.unique and one.required), None)
            chosen = named or unique or (attributes[0] if attributes else None)
            if chosen is None:
                chosen = Attribute(name="id", type="string", key="primary", assumed=True)
                attributes = [chosen]
            key = "primary_foreign" if chosen.references else "primary"
            self._assume(self._words.no_key.format(name=f"{thing.name}.{chosen.name}", entity=thing.name), "")
            attributes = [one.model_copy(update={"key": key}) if one is chosen else one for one in attributes]
        return sorted(attributes, key=lambda one: "primary" not in one.key)

    # Relations.

    def _relations(self, entities: Sequence[Entity]) -> list[Relation]:
        names = {entity.name for entity in entities}
        found: dict[tuple[str, str], Relation] = {}
        for _, fact in self._system.relations:
            source, target = self._name_of(fact.source), self._name_of(fact.target)
            cardinality = fact.cardinality
            if cardinality == "many_to_one":
                source, target, cardinality = target, source, "one_to_many"
            if source not in names or target not in names or (source, target) in found or (target, source) in found:
                continue
            held = next((entity for entity in entities if entity.name == target), None)
            keys = [one for one in held.attributes if one.references == source] if held else []
            found[source, target] = Relation(
                source=source,
                target=target,
                cardinality=cardinality,
                label=one_line(fact.label),
                required=any(one.required for one in keys) if keys else True,
            )
        for join in self._system.joins:
            ends = tuple(self._name_of(end) for end in join.ends)
            if ends[0] in names and ends[1] in names:
                label = spaced(join.table.bare).lower()
                found[join.table.fact.name, ""] = Relation(
                    source=ends[0], target=ends[1], cardinality="many_to_many", label=label, required=False
                )
        if not self._system.has_keys and not found:
            self._guess_relations(entities, found)
        if len(found) > MAX_RELATIONS:
            self._left_out += [
                (f"{a}–{b}", f"a design holds {MAX_RELATIONS} relations") for a, b in list(found)[MAX_RELATIONS:]
            ]
        return list(found.values())[:MAX_RELATIONS]

    def _guess_relations(self, entities: Sequence[Entity], found: dict[tuple[str, str], Relation]) -> None:
        """Where no foreign key is declared at all, columns say by their names where they point."""
        known = {fold(entity.name): entity.name for entity in entities}
        for entity in entities:
            for attribute in entity.attributes:
                words = split_words(attribute.name)
                target = known.get(pointed_entity(attribute.name)) if words[-1:] in (["id"], ["uuid"]) else None
                if not target or target == entity.name or {(target, entity.name), (entity.name, target)} & found.keys():
                    continue
                found[target, entity.name] = Relation(
                    source=target,
                    target=entity.name,
                    cardinality="one_to_many",
                    required=attribute.required,
                    assumed=True,
                )
                text = self._words.guessed_relation.format(name=f"{entity.name}.{attribute.name}", target=target)
                self._assume(text, f"relation:{target}-{entity.name}")

    def _name_of(self, table: str) -> str:
        if table.lower() in self._of_table:
            return self._of_table[table.lower()]
        return next((name for known, name in self._of_table.items() if fold(known) == fold(table)), "")

    # Operations.

    def _operations(self) -> list[Operation]:
        taken: set[str] = set()
        shapes: set[tuple[str, str]] = set()
        operations: list[Operation] = []
        for call in self._system.calls:
            shape = (call.method, re.sub(r"\{[^}]*\}", "{}", call.path))
            reason = self._reason_against(call, shape, shapes, len(operations))
            if reason:
                self._left_out.append((f"{call.method} {call.described.operation.path}", reason))
                continue
            shapes.add(shape)
            operations.append(self._operation(call, taken))
        return [one if one.entity else self._with_neighbour(one, operations) for one in operations]

    def _with_neighbour(self, operation: Operation, operations: Sequence[Operation]) -> Operation:
        """What says nothing of its entity works on that of its path's other operations."""
        above = re.sub(r"/\{[^}]*\}$", "", operation.path)
        near = [one for path in (operation.path, above) for one in operations if one.path == path and one.entity]
        return operation.model_copy(update={"entity": near[0].entity}) if near else operation

    def _reason_against(self, call: Call, shape: tuple[str, str], shapes: set[tuple[str, str]], count: int) -> str:
        only = {fold(one) for one in self._given.only}
        if only and fold(call.described.section) not in only and fold(thing_of_path(call.path)) not in only:
            return "it is none of the groups asked for"
        if not _PATH.fullmatch(call.path) or len(call.path) > 200:
            return "its path cannot be written in a blueprint"
        if shape in shapes:
            return "another operation has the same call"
        return f"a design holds {MAX_OPERATIONS} operations" if count >= MAX_OPERATIONS else ""

    def _operation(self, call: Call, taken: set[str]) -> Operation:
        described = call.described
        written = described.operation.operation_id
        name = camel(written) if " " not in written else camel(f"{call.method} {call.path}")
        entity = self._worked_on(call)
        return Operation(
            id=free_name(name or "call", taken),
            method=call.method,  # type: ignore[arg-type]
            path=call.path,
            summary=one_line(described.summary) or spaced(name) or call.path,
            section=one_line(described.section),
            entity=entity or None,
            request=tuple(snake_names(described.request)) if call.method != "GET" else (),
            filters=tuple(snake_names(described.filters)),
            returns=described.returns,
            errors=tuple(sorted({status: text[:200] for status, text in described.refusals}.items())),
        )

    def _worked_on(self, call: Call) -> str:
        """The entity that an operation answers, is sent, or has in its path."""
        names = {fold(thing.name): thing.name for thing in self._things}
        for schema in (*(name for name, _ in call.described.answers), *call.described.bodies):
            key = entity_of_schema(schema, names)
            if key is not None:
                return names[key]
        return names.get(fold(thing_of_path(call.path)), "")

    def _stand_in(self, entity: Entity) -> Operation:
        """A design has at least one operation; a data model has none."""
        name = f"list{entity.name}"
        self._assume(self._words.stand_in, f"operation:{name}")
        return Operation(
            id=name,
            method="GET",
            path="/" + "-".join(split_words(entity.name)),
            summary=entity.label,
            entity=entity.name,
            returns="page",
            assumed=True,
        )

    # Requirements, stories, assumptions.

    def _requirements(
        self, operations: Sequence[Operation]
    ) -> tuple[tuple[Requirement, ...], dict[str, tuple[str, ...]]]:
        if self._given.requirements:
            return self._given.requirements, {}
        groups: dict[str, list[Operation]] = {}
        for one in operations:
            groups.setdefault(one.section or spaced(pascal(thing_of_path(one.path))) or one.path, []).append(one)
        made: list[Requirement] = []
        links: dict[str, tuple[str, ...]] = {}
        for number, (group, members) in enumerate(groups.items(), 1):
            did = "; ".join(dict.fromkeys(one.summary.rstrip(".") for one in members))
            text = self._words.proposal.format(group=group, did=did)[:1500]
            made.append(Requirement(id=f"R{number}", text=text, section=group[:500]))
            links |= {one.id: (f"R{number}",) for one in members}
        ids = ", ".join(one.id for one in made[:3]) + (" …" if len(made) > 3 else "")
        self._assume(self._words.proposed.format(count=len(made), ids=ids), "")
        return tuple(made), links

    def _stories(
        self, operations: Sequence[Operation], entities: Sequence[Entity]
    ) -> tuple[list[Actor], list[Scenario]]:
        actors, scenarios = given_stories(self._system, operations)
        if not actors:
            actors = [Actor(id=_PERSON, label=self._words.user)]
            self._assume(self._words.nobody, "")
        if not scenarios:
            scenarios = proposed_stories(operations, actors[0].id, entities, self._words)
            for scenario in scenarios:
                self._assume(self._words.story.format(title=scenario.title), f"scenario:{scenario.id}")
        return actors, scenarios

    def _assume(self, text: str, about: str) -> None:
        korean = self._words is words_of("ko")
        self._assumptions.append((settle_particles(text) if korean else text, about))

    def _listed(self) -> Iterable[Assumption]:
        known = list(dict.fromkeys(self._assumptions))[:200]
        return (Assumption(id=f"A{at}", text=text[:200], about=about) for at, (text, about) in enumerate(known, 1))


def _many_end(relation: RelationFact) -> str:
    """The end of a relation that holds its key."""
    return relation.source if relation.cardinality == "many_to_one" else relation.target
