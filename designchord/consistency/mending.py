"""How a violation is mended where there is one exact way: by a change of the blueprint, or by lines that a part lacks.

Offered is only what was carried out and found to help. Whoever would have to guess offers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final, get_args

from designchord.blueprint.changes import Add, Change, Rename, apply, expand, write_operations
from designchord.blueprint.changes.places import said
from designchord.blueprint.model import AttributeType, Entity, Operation
from designchord.blueprint.naming import split_words
from designchord.consistency.facts import DesignFacts, Key
from designchord.consistency.messages import Violation
from designchord.consistency.names import fold_name, match_path
from designchord.consistency.taking_over import Judge, TakingOver
from designchord.notation.facts import AttributeFact, EntityFact
from designchord.notation.particles import settle_particles

#: Each mend costs a compilation and some checks, and nobody reads more at a time.
_MOST: Final = 20
#: Entities with fewer attributes look alike.
_LEAST_ALIKE: Final = 3

#: What a mend does, in English and Korean.
TEXTS: Final[dict[str, tuple[str, str]]] = {
    "rename_entity": ("Rename {name} to {to} everywhere", "{name}을(를) 모든 곳에서 {to}(으)로 바꾸기"),
    "add_entity": ("Add {name} to the blueprint", "설계 모델에 {name} 추가"),
    "add_refusal": ("Add {status} to the API", "API에 {status} 추가"),
    "draw_entity": ("Draw {name} in the ERD", "ERD에 {name} 그리기"),
    "draw_attributes": ("Add to {name} in the ERD: {attributes}", "ERD의 {name}에 추가: {attributes}"),
    "draw_relation": ("Draw {source} – {target} in the ERD", "ERD에 {source} – {target} 그리기"),
    "answer_refusal": ("Add {status} to the API", "API에 {status} 추가"),
    "add_call": ("Add {call} to the API", "API에 {call} 추가"),
    "add_schema": ("Add the schema of {name} to the API", "API에 {name}의 스키마 추가"),
    "add_fields": ("Add to the schema {name}: {attributes}", "스키마 {name}에 추가: {attributes}"),
}
#: Which lines a part takes over: the mend, and the values of the violation that they name.
_TAKEN: Final[dict[str, tuple[str, str]]] = {
    "entity_missing": ("draw_entity", "name"),
    "attribute_missing": ("draw_attributes", "attributes"),
    "relation_missing": ("draw_relation", "target"),
    "refusal_missing": ("answer_refusal", "status"),
    "operation_missing": ("add_call", "path"),
    "schema_missing": ("add_schema", "name"),
    "field_missing": ("add_fields", "attributes"),
}


class Mending:
    """The mends of a design's violations, in words of a language."""

    def __init__(self, design: DesignFacts, judge: Judge, language: str) -> None:
        self._design = design
        self._lines = TakingOver(design, judge)
        self._korean = language.split("-")[0].lower() == "ko"
        self._left = _MOST
        self._by_code: Mapping[str, Callable[[Violation], dict[str, Any] | None]] = {
            "entity_missing": lambda violation: self._rename(violation) or self._take_over(violation),
            "entity_unknown": lambda violation: self._rename(violation) or self._add_entity(violation),
            "refusal_unknown": self._refuse,
        }

    def of(self, violation: Violation) -> dict[str, Any] | None:
        """The mend as JSON, as ``docs/http.md`` shows it."""
        find = self._by_code.get(violation.code) or (self._take_over if violation.code in _TAKEN else None)
        if find is None or self._design.blueprint is None or not self._left:
            return None
        self._left -= 1
        return find(violation)

    def _told(self, code: str, values: Mapping[str, str]) -> dict[str, Any]:
        text = TEXTS[code][self._korean].format_map(values)
        return {"code": code, "message": settle_particles(text) if self._korean else text}

    # By the blueprint

    def _change(self, code: str, values: Mapping[str, str], operation: Any) -> dict[str, Any] | None:
        """A change of the blueprint, if it can be carried out with all that follows from it."""
        blueprint = self._design.blueprint
        if blueprint is None or apply(blueprint, expand(blueprint, [operation])).refused:
            return None
        return {**self._told(code, values), "operations": write_operations([operation])}

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """Entities of the blueprint that the ERD draws under another name: one of each has the same attributes."""
        blueprint, drawn = self._design.blueprint, self._design.entities
        if blueprint is None:
            return {}
        own = {fold_name(one.name) for one in blueprint.entities}
        gone = {one.name: _attributes(one) for one in blueprint.entities if fold_name(one.name) not in drawn}
        new = {one.name: _attributes(one) for key, (_, one) in drawn.items() if key not in own}
        pairs = [(old, name) for old, known in gone.items() for name, has in new.items() if has == known]
        single = [
            (old, name)
            for old, name in pairs
            if [one for one, _ in pairs].count(old) == 1 and [one for _, one in pairs].count(name) == 1
        ]
        return {old: name for old, name in single if len(gone[old]) >= _LEAST_ALIKE}

    def _rename(self, violation: Violation) -> dict[str, Any] | None:
        name = violation.values["name"]
        for old, new in self._renamed.items():
            if name in (old, new):
                return self._change("rename_entity", {"name": old, "to": new}, Rename(what="entity", id=old, to=new))
        return None

    def _add_entity(self, violation: Violation) -> dict[str, Any] | None:
        _, drawn = self._design.entities[fold_name(violation.values["name"])]
        attributes = [_as_planned(one) for one in drawn.attributes]
        if not all(attributes):
            return None
        words = " ".join(split_words(drawn.name))
        value = {
            "name": drawn.name,
            "label": drawn.label or words[:1].upper() + words[1:],
            "attributes": attributes,
        }
        return self._change("add_entity", {"name": drawn.name}, Add(what="entity", value=value))

    def _refuse(self, violation: Violation) -> dict[str, Any] | None:
        """A story refuses with a status that the API does not have: in the story's words, or as the blueprint says."""
        method, _, path = violation.values["call"].partition(" ")
        status = violation.values["status"]
        operation = self._operation(method, path)
        place = violation.place
        if operation is None or place is None:
            return None
        if any(str(known) == status for known, _ in operation.errors):
            return self._taken("answer_refusal", violation, self._api, [status])
        line = self._design.sources[place.kind, place.part].split("\n")[(place.line or 1) - 1]
        told = re.search(rf"\b{status}\b[\s:,.–-]*(\S.*)", line)
        if told is None:
            return None
        errors = [*said(operation, ["errors"])["errors"], [int(status), told[1].strip()]]
        change = Change(what="operation", id=operation.id, set={"errors": errors}, was=said(operation, ["errors"]))
        return self._change("add_refusal", {"status": status}, change)

    def _operation(self, method: str, path: str) -> Operation | None:
        known = self._design.blueprint.operations if self._design.blueprint else ()
        fit = [one for one in known if one.method == method.upper() and match_path(path, one.path) == "exact"]
        return fit[0] if len(fit) == 1 else None

    # By the part

    @cached_property
    def _api(self) -> Key | None:
        place = self._design.place_of("operations")
        return (place.kind, place.part) if place else None

    def _take_over(self, violation: Violation) -> dict[str, Any] | None:
        code, named = _TAKEN[violation.code]
        values = dict(violation.values)
        values["path"] = values.get("call", "").partition(" ")[2]
        key = (violation.place.kind, violation.place.part) if violation.place else None
        return self._taken(code, violation, key, values[named].split(", "))

    def _taken(self, code: str, violation: Violation, key: Key | None, needles: list[str]) -> dict[str, Any] | None:
        edits = self._lines.missing_lines(violation, key, needles) if key else ()
        if not edits or key is None:
            return None
        told = self._told(code, violation.values)
        return {**told, "kind": key[0], "part": key[1], "edits": [edit.to_dict() for edit in edits]}


def _attributes(entity: Entity | EntityFact) -> frozenset[str]:
    kept = [one for one in entity.attributes if getattr(one, "visibility", "") != "computed"]
    return frozenset(fold_name(one.name) for one in kept)


def _as_planned(fact: AttributeFact) -> dict[str, Any]:
    """An attribute of the ERD as the blueprint has it; nothing where the ERD does not say enough."""
    if fact.type not in get_args(AttributeType) or (fact.foreign and not fact.references):
        return {}
    if fact.type == "enum" and not fact.values:
        return {}
    key = {(True, False): "primary", (False, True): "foreign", (True, True): "primary_foreign"}
    value: dict[str, Any] = {"name": fact.name, "type": fact.type}
    if fact.primary or fact.foreign:
        value["key"] = key[fact.primary, fact.foreign]
    if fact.references:
        value["references"] = fact.references
    if fact.values:
        value["values"] = list(fact.values)
    return value | ({"unique": True} if fact.unique else {}) | ({"label": fact.label} if fact.label else {})
