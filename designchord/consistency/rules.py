"""What must hold between the artifacts of one design. Each rule is a function from a design to violations.

A rule says nothing where it has nothing to compare: any subset of artifacts, with or without a blueprint, will do.
Errors are contradictions only (a call to what does not exist); what is merely absent is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final

from designchord.blueprint.model import Blueprint
from designchord.consistency.facts import DesignFacts
from designchord.consistency.matrix import trace
from designchord.consistency.messages import Place, Violation
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
from designchord.kinds.registry import KINDS
from designchord.notation.facts import AttributeFact, EntityFact, OperationFact, RelationFact

Rule = Callable[[DesignFacts], Iterator[Violation]]

#: Names in one message; more are counted.
_MAX_NAMES = 8


def unreadable(design: DesignFacts) -> Iterator[Violation]:
    for kind, part in design.unreadable:
        yield Violation("unreadable", Place(kind, part))


# Entities: ERD ↔ blueprint ↔ API


def entities_of_blueprint_and_erd(design: DesignFacts) -> Iterator[Violation]:
    if design.blueprint is None or not design.has("entities"):
        return
    wanted = {fold_name(entity.name): entity for entity in design.blueprint.entities}
    for key, entity in wanted.items():
        if key not in design.entities:
            yield Violation("entity_missing", design.place_of("entities"), {"name": entity.name})
            continue
        place, drawn = design.entities[key]
        have = {fold_name(attribute.name): attribute for attribute in drawn.attributes}
        kept = [one for one in entity.attributes if one.visibility != "computed"]
        missing = [one.name for one in kept if fold_name(one.name) not in have]
        if missing and have:
            yield Violation("attribute_missing", place, {"name": drawn.name, "attributes": _names(missing)})
        for attribute in entity.attributes:
            here = have.get(fold_name(attribute.name))
            if here is not None and not compatible(here.type, attribute.type):
                yield _mismatch(place, drawn.name, here, "blueprint", attribute.type)
    for key, (place, drawn) in design.entities.items():
        if key not in wanted and drawn.attributes:
            yield Violation("entity_unknown", place, {"name": drawn.name})


def schemas_of_entities(design: DesignFacts) -> Iterator[Violation]:
    if not design.has("schemas") or not (design.blueprint or design.has("entities")):
        return
    shapes = design.shapes
    used = {fold_name(one.entity): one.entity for one in (design.blueprint or _NOTHING).operations if one.entity}
    for key, name in used.items():
        if key not in shapes:
            yield Violation("schema_missing", design.place_of("schemas"), {"name": name})
    for key, (place, entity) in design.entities.items():
        if key not in shapes and key not in used and entity.attributes and not _is_junction(entity):
            yield Violation("entity_without_schema", place, {"name": entity.name})
    known = design.known_entities | set(design.entities)
    for place, schema in design.schemas:
        identified = any(fold_name(attribute.name) == "id" for attribute in schema.attributes)
        if identified and entity_of_schema(schema.name, known) is None:
            yield Violation("schema_unknown", place, {"name": schema.name})


def fields_of_schemas(design: DesignFacts) -> Iterator[Violation]:
    shapes = design.shapes
    hidden = {
        (fold_name(entity.name), fold_name(one.name))
        for entity in (design.blueprint.entities if design.blueprint else ())
        for one in entity.attributes
        if one.visibility == "hidden"
    }
    for key, (_, entity) in design.entities.items():
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
                if not is_secret(attribute.name) and (key, names[0]) not in hidden:
                    missing.append(attribute.name)
            elif fold_name(shown.name) == names[0] and not compatible(shown.type, attribute.type):
                yield _mismatch(place, name, shown, "ERD", attribute.type)
        if missing:
            yield Violation("field_missing", place, {"name": name, "attributes": _names(missing)})


# Keys and relations inside the ERD


def foreign_keys(design: DesignFacts) -> Iterator[Violation]:
    for key, (place, entity) in design.entities.items():
        for attribute in entity.attributes:
            if not attribute.foreign:
                continue
            spot = Place(place.kind, place.part, attribute.line or place.line)
            name = f"{entity.name}.{attribute.name}"
            target, sure = _target(design, entity, attribute)
            if target is None:
                if not _others(design, key):
                    yield Violation("foreign_key_unclear", spot, {"name": name})
            elif fold_name(target) not in design.entities:
                code = "foreign_key_without_entity" if sure else "foreign_key_unclear"
                yield Violation(code, spot, {"name": name, "target": target})
            elif not _joined(design, key, fold_name(target)):
                yield Violation("foreign_key_without_relation", spot, {"name": name, "target": target})


def relations_have_foreign_keys(design: DesignFacts) -> Iterator[Violation]:
    keyed = any(one.foreign for _, entity in design.entities.values() for one in entity.attributes)
    if not keyed:
        return  # a conceptual diagram, which draws no keys at all
    for place, relation in design.relations:
        source, target = _ends(relation)
        holders = {
            "one_to_many": [(target, source)],
            "many_to_one": [(source, target)],
            "one_to_one": [(target, source), (source, target)],
        }.get(relation.cardinality, [])
        described = all(end in design.entities and design.entities[end][1].attributes for end in (source, target))
        if holders and described and not any(_may_point(design, holder, other) for holder, other in holders):
            holder, other = (design.entities[end][1].name for end in holders[0])
            yield Violation("relation_without_foreign_key", place, {"source": other, "target": holder})


def relations_name_entities(design: DesignFacts) -> Iterator[Violation]:
    described = {key for key, (_, entity) in design.entities.items() if entity.attributes}
    if design.blueprint is None and not described:
        return  # a diagram of relations alone
    known = described | (design.known_entities if design.blueprint else set(design.entities))
    seen: set[str] = set()
    for place, relation in design.relations:
        for name in (relation.source, relation.target):
            key = fold_name(name)
            if key not in known and key not in seen:
                seen.add(key)
                spellings = {fold_name(one): one for one in _entity_names(design) if fold_name(one) in known}
                values = {"name": name, "suggestion": _suggest(key, spellings)}
                yield Violation("relation_unknown_entity", place, values)


def relations_of_blueprint(design: DesignFacts) -> Iterator[Violation]:
    if design.blueprint is None or not design.relations:
        return
    for wanted in design.blueprint.relations:
        ends = (fold_name(wanted.source), fold_name(wanted.target))
        if not all(end in design.entities for end in ends):
            continue
        drawn = [(place, one) for place, one in design.relations if {*_ends(one)} == {*ends}]
        if not drawn:
            if not _bridged(design, *ends):
                values = {"source": wanted.source, "target": wanted.target}
                yield Violation("relation_missing", design.place_of("relations"), values)
            continue
        kinds = {_turned(one, ends[0]) for _, one in drawn}
        if wanted.cardinality not in kinds and len(drawn) == 1 and ends[0] != ends[1]:
            values = {"source": wanted.source, "target": wanted.target}
            values |= {"here": _SIGNS[kinds.pop()], "there": _SIGNS[wanted.cardinality]}
            yield Violation("cardinality", drawn[0][0], values)


# Calls and participants


def calls_exist(design: DesignFacts) -> Iterator[Violation]:
    if not design.callable:
        return
    answered = {fold_name(call.fact.target) for call in design.calls if call.meant}
    outside = {fold_name(one.id) for one in (design.blueprint or _NOTHING).actors if one.kind == "external"}
    spellings = {f"{one.method} {one.path}": f"{one.method} {one.path}" for one in design.callable}
    for call in design.calls:
        text = f"{call.fact.method} {call.fact.path}"
        target = fold_name(call.fact.target)
        if call.meant is not None:
            fit, operation = call.meant
            if fit == "literal":
                values = {"call": text, "operation": f"{operation.method} {operation.path}"}
                yield Violation("literal_in_call", call.place, values)
        elif target in outside or (target and target not in answered and not _ours(design, call.fact.target)):
            yield Violation("foreign_call", call.place, {"call": text, "target": call.fact.target})
        elif any(fit == "exact" for fit, _ in call.fits):
            methods = ", ".join(sorted({one.method for _, one in call.fits}))
            yield Violation("wrong_method", call.place, {"call": text, "methods": methods})
        else:
            values = {"call": text, "suggestion": _suggest(text, spellings)}
            yield Violation("unknown_operation", call.place, values)


def refusals_exist(design: DesignFacts) -> Iterator[Violation]:
    """What a story refuses, the API refuses too, and what the blueprint does; who only reads refuses no change."""
    for operation in (design.blueprint or _NOTHING).operations:
        for status, _ in operation.errors:
            if operation.method == "GET" and status in _REFUSED_CHANGES:
                yield Violation("get_refuses", None, {"call": f"GET {operation.path}", "status": str(status)})
    wanted = {call_key(one.method, one.path): one for one in (design.blueprint or _NOTHING).operations}
    for place, stated in design.operations:
        planned = wanted.get(call_key(stated.method, stated.path))
        missing = [str(s) for s, _ in planned.errors if not _responds(stated, s)] if planned is not None else []
        if missing and stated.responses:
            values = {"call": f"{stated.method} {stated.path}", "status": _names(list(dict.fromkeys(missing)))}
            yield Violation("refusal_missing", place, values)
    for call in design.calls:
        for status, line in call.fact.refusals:
            values = {"call": f"{call.fact.method} {call.fact.path}", "status": str(status)}
            place = Place(call.place.kind, call.place.part, line)
            if call.fact.method == "GET" and status in _REFUSED_CHANGES:
                yield Violation("get_refuses", place, values)
            elif call.meant is not None and call.meant[1].responses and not _responds(call.meant[1], status):
                yield Violation("refusal_unknown", place, values)


def _responds(operation: OperationFact, status: int) -> bool:
    return bool({str(status), f"{status // 100}XX", f"{status // 100}xx", "default"} & set(operation.responses))


def operations_are_called(design: DesignFacts) -> Iterator[Violation]:
    if not design.calls or not design.operations:
        return
    used = {call_key(call.meant[1].method, call.meant[1].path) for call in design.calls if call.meant}
    unused = [f"{one.method} {one.path}" for _, one in design.operations if call_key(one.method, one.path) not in used]
    if unused and len(unused) < len(design.operations):
        values = {"count": str(len(unused)), "total": str(len(design.operations)), "operations": _names(unused)}
        yield Violation("operations_unused", design.place_of("operations"), values)


def operations_of_blueprint(design: DesignFacts) -> Iterator[Violation]:
    if design.blueprint is None or not design.operations:
        return
    present = {call_key(one.method, one.path) for _, one in design.operations}
    wanted = {call_key(one.method, one.path): one for one in design.blueprint.operations}
    for key, own in wanted.items():
        if key not in present:
            values = {"name": own.id, "call": f"{own.method} {own.path}"}
            yield Violation("operation_missing", design.place_of("operations"), values)
    for place, one in design.operations:
        if call_key(one.method, one.path) not in wanted:
            yield Violation("operation_unknown", place, {"call": f"{one.method} {one.path}"})


def participants_are_known(design: DesignFacts) -> Iterator[Violation]:
    if design.blueprint is None:
        return
    known = {fold_name(name) for actor in design.blueprint.actors for name in (actor.id, actor.label)}
    known |= design.known_entities
    for place, name in design.participants:
        if fold_name(name) not in known and not is_infrastructure(name):
            actors = ", ".join(actor.id for actor in design.blueprint.actors)
            yield Violation("participant_unknown", place, {"name": name, "known": f"{actors}, System, Database"})


def scenarios_are_drawn(design: DesignFacts) -> Iterator[Violation]:
    if design.blueprint is None or not design.has("scenarios"):
        return
    present = {part for kind, part in design.sources if "scenarios" in KINDS[kind].about.provides}
    for scenario in design.blueprint.scenarios:
        if scenario.id not in present:
            yield Violation("scenario_missing", None, {"name": scenario.id})


# Requirements


def requirements_are_met(design: DesignFacts) -> Iterator[Violation]:
    """Judged by the artifacts at hand; where the API or the sequences are not there, the blueprint's word counts."""
    if design.blueprint is None:
        return
    by_operations = {name for one in design.blueprint.operations for name in one.requirements}
    by_scenarios = {name for one in design.blueprint.scenarios for name in one.requirements}
    declared = {
        name: by_operations if "operations" in kind.about.provides else by_scenarios
        for name, kind in KINDS.items()
        if kind.about.provides & {"operations", "scenarios"}
    }
    whole = [name for name, kind in KINDS.items() if kind.about.covers == "all"]
    for row in trace(design):
        text = row.text if len(row.text) <= 100 else row.text[:99] + "…"
        values = {"id": row.id, "text": text}
        unsure = [row.cells[kind] for kind in declared if row.cells[kind].grade in ("inferred", "undecided")]
        wanted = [kind for kind in declared if row.cells[kind].covered is False]
        met = any(row.cells[kind].covered for kind in declared)
        if wanted and not met and not any(row.id in declared[kind] for kind in declared if not design.has_kind(kind)):
            named = next((cell.how for cell in unsure if cell.how), "")
            if unsure and row.missing:
                missing = ", ".join(row.missing)
                yield Violation("requirement_partly", None, {**values, "how": named or row.id, "missing": missing})
            elif unsure:
                yield Violation("requirement_unsure", None, {**values, "how": named or row.id})
            else:
                yield Violation("requirement_uncovered", None, values)
        for kind in whole:
            if row.cells[kind].covered is False:
                yield Violation("requirement_not_in_document", _first_part(design, kind), values)


def mentioned_requirements_exist(design: DesignFacts) -> Iterator[Violation]:
    if design.blueprint is not None:
        known = {requirement.id for requirement in design.blueprint.requirements}
        known |= {requirement.id for requirement in design.blueprint.former}
    else:  # what names every requirement says which ones there are
        known = {
            one
            for (kind, _), facts in design.facts.items()
            if KINDS[kind].about.covers == "all"
            for one in facts.requirements
        }
    if not known:
        return  # nobody numbers requirements here
    seen: set[tuple[str, str, str]] = set()
    for identifier, place in design.mentions:
        key = (identifier, place.kind, place.part)
        if identifier not in known and key not in seen:
            seen.add(key)
            yield Violation("unknown_requirement", place, {"id": identifier})


def _first_part(design: DesignFacts, kind: str) -> Place | None:
    return next((Place(name, part) for name, part in design.facts if name == kind), None)


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
    refusals_exist,
    scenarios_are_drawn,
    requirements_are_met,
    mentioned_requirements_exist,
    operations_are_called,
)

#: Statuses that say that something cannot be changed as it is.
_REFUSED_CHANGES: Final = frozenset({409, 412, 422, 423})

_SIGNS: Final = {"one_to_one": "1:1", "one_to_many": "1:N", "many_to_one": "N:1", "many_to_many": "N:M"}


class _Nothing:
    """Stands where there is no blueprint."""

    operations: tuple[()] = ()
    actors: tuple[()] = ()


_NOTHING: Final = _Nothing()


def _mismatch(place: Place, owner: str, here: AttributeFact, other: str, other_type: str) -> Violation:
    spot = Place(place.kind, place.part, here.line or place.line)
    values = {"name": f"{owner}.{here.name}", "type": here.type, "other": other, "other_type": other_type}
    return Violation("type_mismatch", spot, values)


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMES])
    return f"{shown}, … (+{len(names) - _MAX_NAMES})" if len(names) > _MAX_NAMES else shown


def _suggest(wanted: str, spellings: dict[str, str]) -> str:
    near = get_close_matches(wanted, spellings, n=1, cutoff=0.6)
    return f" ({spellings[near[0]]}?)" if near else ""


def _entity_names(design: DesignFacts) -> list[str]:
    own = [entity.name for entity in design.blueprint.entities] if design.blueprint else []
    return own + [entity.name for _, entity in design.entities.values()]


def _is_junction(entity: EntityFact) -> bool:
    """Nothing but keys, times and a number: callers see it through the entities it joins."""
    foreign = sum(attribute.foreign for attribute in entity.attributes)
    return foreign >= 2 and len(entity.attributes) - foreign <= 2


def _target(design: DesignFacts, entity: EntityFact, attribute: AttributeFact) -> tuple[str | None, bool]:
    """Where a foreign key points, and whether that is sure: said by the blueprint, or a name that exists elsewhere."""
    said = _said_target(design.blueprint, entity.name, attribute.name) if design.blueprint else None
    if said:
        return said, True
    guess = pointed_entity(attribute.name)
    spellings = {fold_name(schema.name): schema.name for _, schema in design.schemas}
    spellings = {key: name for key, name in spellings.items() if key == guess}
    spellings |= {fold_name(name): name for name in _entity_names(design)}
    if guess in spellings:
        return spellings[guess], True
    ending = [name for key, name in spellings.items() if guess.endswith(key)]
    if ending:
        return max(ending, key=len), True  # a role before the entity: home_address_id, parent_category_id
    return None, False


def _may_point(design: DesignFacts, holder: str, other: str) -> bool:
    """Whether an entity has a foreign key to another, or one that nobody can place."""
    entity = design.entities[holder][1]
    targets = [_target(design, entity, attribute)[0] for attribute in entity.attributes if attribute.foreign]
    return any(target is None or fold_name(target) == other for target in targets)


def _said_target(blueprint: Blueprint, entity: str, attribute: str) -> str | None:
    """What the blueprint says that an attribute points to."""
    for own in blueprint.entities:
        if fold_name(own.name) == fold_name(entity):
            return next((one.references for one in own.attributes if fold_name(one.name) == fold_name(attribute)), None)
    return None


def _ends(relation: RelationFact) -> tuple[str, str]:
    return fold_name(relation.source), fold_name(relation.target)


def _others(design: DesignFacts, key: str) -> list[str]:
    """What an entity is joined to."""
    return [end for _, one in design.relations if key in _ends(one) for end in _ends(one)]


def _joined(design: DesignFacts, one: str, other: str) -> bool:
    return any({*_ends(relation)} == {one, other} for _, relation in design.relations)


def _bridged(design: DesignFacts, one: str, other: str) -> bool:
    return any(_joined(design, one, middle) and _joined(design, middle, other) for middle in design.entities)


def _turned(relation: RelationFact, source: str) -> str:
    """The cardinality as seen from ``source``."""
    if fold_name(relation.source) == source:
        return relation.cardinality
    return {"one_to_many": "many_to_one", "many_to_one": "one_to_many"}.get(relation.cardinality, relation.cardinality)


def _ours(design: DesignFacts, target: str) -> bool:
    """Whether a participant must be part of this system: named like it, or no actor of the blueprint."""
    if design.blueprint is None:
        return is_own_system(target)
    return fold_name(target) not in {fold_name(actor.id) for actor in design.blueprint.actors}
