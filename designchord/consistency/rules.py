"""What must hold between the artifacts of one design. Each rule is a function from a survey to findings.

A rule says nothing where it has nothing to compare: any subset of artifacts, with or without a blueprint, will do.
Errors are contradictions only (a call to what does not exist); what is merely absent is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final

from designchord.blueprint.model import Blueprint
from designchord.consistency.matrix import trace
from designchord.consistency.messages import Finding, Place
from designchord.consistency.names import (
    call_key,
    compatible,
    entity_of_schema,
    fold_name,
    is_infrastructure,
    is_own_system,
    is_secret,
    pointed_entity,
)
from designchord.consistency.survey import Survey
from designchord.notation.facts import AttributeFact, EntityFact, RelationFact

Rule = Callable[[Survey], Iterator[Finding]]

#: Names in one message; more are counted.
_MAX_NAMES = 8


def unreadable(survey: Survey) -> Iterator[Finding]:
    for kind, part in survey.unreadable:
        yield Finding("unreadable", Place(kind, part))


# Entities: ERD ↔ blueprint ↔ API


def entities_of_blueprint_and_erd(survey: Survey) -> Iterator[Finding]:
    if survey.blueprint is None or not survey.has("erd"):
        return
    wanted = {fold_name(entity.name): entity for entity in survey.blueprint.entities}
    for key, entity in wanted.items():
        if key not in survey.entities:
            yield Finding("entity_missing", survey.place("erd"), {"name": entity.name})
            continue
        place, drawn = survey.entities[key]
        have = {fold_name(attribute.name): attribute for attribute in drawn.attributes}
        missing = [one.name for one in entity.attributes if fold_name(one.name) not in have]
        if missing and have:
            yield Finding("attribute_missing", place, {"name": drawn.name, "attributes": _names(missing)})
        for attribute in entity.attributes:
            here = have.get(fold_name(attribute.name))
            if here is not None and not compatible(here.type, attribute.type):
                yield _mismatch(place, drawn.name, here, "blueprint", attribute.type)
    for key, (place, drawn) in survey.entities.items():
        if key not in wanted and drawn.attributes:
            yield Finding("entity_unknown", place, {"name": drawn.name})


def schemas_of_entities(survey: Survey) -> Iterator[Finding]:
    if not survey.has("api") or not (survey.blueprint or survey.has("erd")):
        return
    shapes = survey.shapes
    used = {fold_name(one.entity): one.entity for one in (survey.blueprint or _NOTHING).operations if one.entity}
    for key, name in used.items():
        if key not in shapes:
            yield Finding("schema_missing", survey.place("api"), {"name": name})
    for key, (place, entity) in survey.entities.items():
        if key not in shapes and key not in used and entity.attributes and not _is_junction(entity):
            yield Finding("entity_without_schema", place, {"name": entity.name})
    known = survey.known_entities | set(survey.entities)
    for place, schema in survey.schemas:
        identified = any(fold_name(attribute.name) == "id" for attribute in schema.attributes)
        if identified and entity_of_schema(schema.name, known) is None:
            yield Finding("schema_unknown", place, {"name": schema.name})


def fields_of_schemas(survey: Survey) -> Iterator[Finding]:
    shapes = survey.shapes
    for key, (_, entity) in survey.entities.items():
        if key not in shapes or not shapes[key][2]:
            continue
        place, name, fields = shapes[key]
        missing = []
        for attribute in entity.attributes:
            names = [fold_name(attribute.name)]
            if attribute.foreign or attribute.name.lower().endswith("_id"):
                names.append(pointed_entity(attribute.name))  # shown whole instead of by its id
            shown = next((fields[one] for one in names if one in fields), None)
            if shown is None:
                if not is_secret(attribute.name):
                    missing.append(attribute.name)
            elif fold_name(shown.name) == names[0] and not compatible(shown.type, attribute.type):
                yield _mismatch(place, name, shown, "ERD", attribute.type)
        if missing:
            yield Finding("field_missing", place, {"name": name, "attributes": _names(missing)})


# Keys and relations inside the ERD


def foreign_keys(survey: Survey) -> Iterator[Finding]:
    for key, (place, entity) in survey.entities.items():
        for attribute in entity.attributes:
            if not attribute.foreign:
                continue
            spot = Place(place.kind, place.part, attribute.line or place.line)
            name = f"{entity.name}.{attribute.name}"
            target, sure = _target(survey, entity, attribute)
            if target is None:
                if not _others(survey, key):
                    yield Finding("foreign_key_unclear", spot, {"name": name})
            elif fold_name(target) not in survey.entities:
                code = "foreign_key_without_entity" if sure else "foreign_key_unclear"
                yield Finding(code, spot, {"name": name, "target": target})
            elif not _joined(survey, key, fold_name(target)):
                yield Finding("foreign_key_without_relation", spot, {"name": name, "target": target})


def relations_have_foreign_keys(survey: Survey) -> Iterator[Finding]:
    keyed = any(one.foreign for _, entity in survey.entities.values() for one in entity.attributes)
    if not keyed:
        return  # a conceptual diagram, which draws no keys at all
    for place, relation in survey.relations:
        source, target = _ends(relation)
        holders = {
            "one_to_many": [(target, source)],
            "many_to_one": [(source, target)],
            "one_to_one": [(target, source), (source, target)],
        }.get(relation.cardinality, [])
        described = all(end in survey.entities and survey.entities[end][1].attributes for end in (source, target))
        if holders and described and not any(_may_point(survey, holder, other) for holder, other in holders):
            holder, other = (survey.entities[end][1].name for end in holders[0])
            yield Finding("relation_without_foreign_key", place, {"source": other, "target": holder})


def relations_name_entities(survey: Survey) -> Iterator[Finding]:
    described = {key for key, (_, entity) in survey.entities.items() if entity.attributes}
    if survey.blueprint is None and not described:
        return  # a diagram of relations alone
    known = described | (survey.known_entities if survey.blueprint else set(survey.entities))
    seen: set[str] = set()
    for place, relation in survey.relations:
        for name in (relation.source, relation.target):
            key = fold_name(name)
            if key not in known and key not in seen:
                seen.add(key)
                spellings = {fold_name(one): one for one in _entity_names(survey) if fold_name(one) in known}
                values = {"name": name, "suggestion": _suggest(key, spellings)}
                yield Finding("relation_unknown_entity", place, values)


def relations_of_blueprint(survey: Survey) -> Iterator[Finding]:
    if survey.blueprint is None or not survey.relations:
        return
    for wanted in survey.blueprint.relations:
        ends = (fold_name(wanted.source), fold_name(wanted.target))
        if not all(end in survey.entities for end in ends):
            continue
        drawn = [(place, one) for place, one in survey.relations if {*_ends(one)} == {*ends}]
        if not drawn:
            if not _bridged(survey, *ends):
                values = {"source": wanted.source, "target": wanted.target}
                yield Finding("relation_missing", survey.place("erd"), values)
            continue
        kinds = {_turned(one, ends[0]) for _, one in drawn}
        if wanted.cardinality not in kinds and len(drawn) == 1 and ends[0] != ends[1]:
            values = {"source": wanted.source, "target": wanted.target}
            values |= {"here": _SIGNS[kinds.pop()], "there": _SIGNS[wanted.cardinality]}
            yield Finding("cardinality", drawn[0][0], values)


# Calls and participants


def calls_exist(survey: Survey) -> Iterator[Finding]:
    if not survey.callable:
        return
    answered = {fold_name(call.fact.target) for call in survey.calls if call.meant}
    outside = {fold_name(one.id) for one in (survey.blueprint or _NOTHING).actors if one.kind == "external"}
    spellings = {f"{one.method} {one.path}": f"{one.method} {one.path}" for one in survey.callable}
    for call in survey.calls:
        text = f"{call.fact.method} {call.fact.path}"
        target = fold_name(call.fact.target)
        if call.meant is not None:
            fit, operation = call.meant
            if fit == "literal":
                values = {"call": text, "operation": f"{operation.method} {operation.path}"}
                yield Finding("literal_in_call", call.place, values)
        elif target in outside or (target and target not in answered and not _ours(survey, call.fact.target)):
            yield Finding("foreign_call", call.place, {"call": text, "target": call.fact.target})
        elif any(fit == "exact" for fit, _ in call.fits):
            methods = ", ".join(sorted({one.method for _, one in call.fits}))
            yield Finding("wrong_method", call.place, {"call": text, "methods": methods})
        else:
            values = {"call": text, "suggestion": _suggest(text, spellings)}
            yield Finding("unknown_operation", call.place, values)


def operations_are_called(survey: Survey) -> Iterator[Finding]:
    if not survey.calls or not survey.operations:
        return
    used = {call_key(call.meant[1].method, call.meant[1].path) for call in survey.calls if call.meant}
    unused = [f"{one.method} {one.path}" for _, one in survey.operations if call_key(one.method, one.path) not in used]
    if unused and len(unused) < len(survey.operations):
        values = {"count": str(len(unused)), "total": str(len(survey.operations)), "operations": _names(unused)}
        yield Finding("operations_unused", survey.place("api"), values)


def operations_of_blueprint(survey: Survey) -> Iterator[Finding]:
    if survey.blueprint is None or not survey.operations:
        return
    present = {call_key(one.method, one.path) for _, one in survey.operations}
    wanted = {call_key(one.method, one.path): one for one in survey.blueprint.operations}
    for key, own in wanted.items():
        if key not in present:
            values = {"name": own.id, "call": f"{own.method} {own.path}"}
            yield Finding("operation_missing", survey.place("api"), values)
    for place, one in survey.operations:
        if call_key(one.method, one.path) not in wanted:
            yield Finding("operation_unknown", place, {"call": f"{one.method} {one.path}"})


def participants_are_known(survey: Survey) -> Iterator[Finding]:
    if survey.blueprint is None:
        return
    known = {fold_name(name) for actor in survey.blueprint.actors for name in (actor.id, actor.label)}
    known |= survey.known_entities
    for place, name in survey.participants:
        if fold_name(name) not in known and not is_infrastructure(name):
            actors = ", ".join(actor.id for actor in survey.blueprint.actors)
            yield Finding("participant_unknown", place, {"name": name, "known": f"{actors}, System, Database"})


def scenarios_are_drawn(survey: Survey) -> Iterator[Finding]:
    if survey.blueprint is None or not survey.has("sequence"):
        return
    present = {part for kind, part in survey.sources if kind == "sequence"}
    for scenario in survey.blueprint.scenarios:
        if scenario.id not in present:
            yield Finding("scenario_missing", None, {"name": scenario.id})


# Requirements


def requirements_are_met(survey: Survey) -> Iterator[Finding]:
    """Judged by the artifacts at hand; where the API or the sequences are not there, the blueprint's word counts."""
    if survey.blueprint is None:
        return
    declared = {
        "api": {name for one in survey.blueprint.operations for name in one.requirements},
        "sequence": {name for one in survey.blueprint.scenarios for name in one.requirements},
    }
    for row in trace(survey):
        text = row.text if len(row.text) <= 100 else row.text[:99] + "…"
        values = {"id": row.id, "text": text}
        wanted = [kind for kind in declared if row.cells[kind].covered is False]
        met = any(row.cells[kind].covered for kind in declared)
        if wanted and not met and not any(row.id in declared[kind] for kind in declared if not survey.has(kind)):
            yield Finding("requirement_uncovered", None, values)
        if row.cells["document"].covered is False:
            yield Finding("requirement_not_in_document", survey.place("document"), values)


def mentioned_requirements_exist(survey: Survey) -> Iterator[Finding]:
    if survey.blueprint is not None:
        known = {requirement.id for requirement in survey.blueprint.requirements}
    elif survey.has("document"):
        known = {one for (kind, _), facts in survey.facts.items() if kind == "document" for one in facts.requirements}
    else:
        return
    if not known:
        return  # nobody numbers requirements here
    seen: set[tuple[str, str, str]] = set()
    for identifier, place in survey.mentions:
        key = (identifier, place.kind, place.part)
        if identifier not in known and key not in seen:
            seen.add(key)
            yield Finding("unknown_requirement", place, {"id": identifier})


RULES: Final[tuple[Rule, ...]] = (
    unreadable,
    calls_exist,
    relations_name_entities,
    foreign_keys,
    entities_of_blueprint_and_erd,
    schemas_of_entities,
    fields_of_schemas,
    relations_of_blueprint,
    relations_have_foreign_keys,
    operations_of_blueprint,
    participants_are_known,
    scenarios_are_drawn,
    requirements_are_met,
    mentioned_requirements_exist,
    operations_are_called,
)

_SIGNS: Final = {"one_to_one": "1:1", "one_to_many": "1:N", "many_to_one": "N:1", "many_to_many": "N:M"}


class _Nothing:
    """Stands where there is no blueprint."""

    operations: tuple[()] = ()
    actors: tuple[()] = ()


_NOTHING: Final = _Nothing()


def _mismatch(place: Place, owner: str, here: AttributeFact, other: str, other_type: str) -> Finding:
    spot = Place(place.kind, place.part, here.line or place.line)
    values = {"name": f"{owner}.{here.name}", "type": here.type, "other": other, "other_type": other_type}
    return Finding("type_mismatch", spot, values)


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMES])
    return f"{shown}, … (+{len(names) - _MAX_NAMES})" if len(names) > _MAX_NAMES else shown


def _suggest(wanted: str, spellings: dict[str, str]) -> str:
    near = get_close_matches(wanted, spellings, n=1, cutoff=0.6)
    return f" ({spellings[near[0]]}?)" if near else ""


def _entity_names(survey: Survey) -> list[str]:
    own = [entity.name for entity in survey.blueprint.entities] if survey.blueprint else []
    return own + [entity.name for _, entity in survey.entities.values()]


def _is_junction(entity: EntityFact) -> bool:
    """Nothing but keys, times and a number: callers see it through the entities it joins."""
    foreign = sum(attribute.foreign for attribute in entity.attributes)
    return foreign >= 2 and len(entity.attributes) - foreign <= 2


def _target(survey: Survey, entity: EntityFact, attribute: AttributeFact) -> tuple[str | None, bool]:
    """Where a foreign key points, and whether that is sure: said by the blueprint, or a name that exists elsewhere."""
    said = _said_target(survey.blueprint, entity.name, attribute.name) if survey.blueprint else None
    if said:
        return said, True
    guess = pointed_entity(attribute.name)
    spellings = {fold_name(schema.name): schema.name for _, schema in survey.schemas}
    spellings = {key: name for key, name in spellings.items() if key == guess}
    spellings |= {fold_name(name): name for name in _entity_names(survey)}
    if guess in spellings:
        return spellings[guess], True
    ending = [name for key, name in spellings.items() if guess.endswith(key)]
    if ending:
        return max(ending, key=len), True  # a role before the entity: home_address_id, parent_category_id
    return None, False


def _may_point(survey: Survey, holder: str, other: str) -> bool:
    """Whether an entity has a foreign key to another, or one that nobody can place."""
    entity = survey.entities[holder][1]
    targets = [_target(survey, entity, attribute)[0] for attribute in entity.attributes if attribute.foreign]
    return any(target is None or fold_name(target) == other for target in targets)


def _said_target(blueprint: Blueprint, entity: str, attribute: str) -> str | None:
    """What the blueprint says that an attribute points to."""
    for own in blueprint.entities:
        if fold_name(own.name) == fold_name(entity):
            return next((one.references for one in own.attributes if fold_name(one.name) == fold_name(attribute)), None)
    return None


def _ends(relation: RelationFact) -> tuple[str, str]:
    return fold_name(relation.source), fold_name(relation.target)


def _others(survey: Survey, key: str) -> list[str]:
    """What an entity is joined to."""
    return [end for _, one in survey.relations if key in _ends(one) for end in _ends(one)]


def _joined(survey: Survey, one: str, other: str) -> bool:
    return any({*_ends(relation)} == {one, other} for _, relation in survey.relations)


def _bridged(survey: Survey, one: str, other: str) -> bool:
    return any(_joined(survey, one, middle) and _joined(survey, middle, other) for middle in survey.entities)


def _turned(relation: RelationFact, source: str) -> str:
    """The cardinality as seen from ``source``."""
    if fold_name(relation.source) == source:
        return relation.cardinality
    return {"one_to_many": "many_to_one", "many_to_one": "one_to_many"}.get(relation.cardinality, relation.cardinality)


def _ours(survey: Survey, target: str) -> bool:
    """Whether a participant must be part of this system: named like it, or no actor of the blueprint."""
    if survey.blueprint is None:
        return is_own_system(target)
    return fold_name(target) not in {fold_name(actor.id) for actor in survey.blueprint.actors}
