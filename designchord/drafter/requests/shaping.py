"""Requests that take several operations: how many belong to how many, marks of several attributes, one made of two."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from designchord.blueprint.changes import Add, Remove, next_requirement
from designchord.blueprint.changes.places import said
from designchord.blueprint.changes.wording import segment
from designchord.blueprint.naming import snake
from designchord.drafter.requests.naming import find_calls
from designchord.drafter.requests.writing import Writing, split_list
from designchord.errors import BadInput

#: What a person does, and the call that does it: method, the first word of its id.
_CALLS: Final = {
    "delete remove erase 삭제 제거": ("DELETE", "delete"),
    "edit update change modify 수정 변경 편집": ("PATCH", "update"),
    "list search browse find 검색 목록": ("GET", "list"),
    "view see read 조회 열람": ("GET", "get"),
    "add create register record 등록 추가 생성 작성": ("POST", "create"),
}


def join(writing: Writing, one: str, cardinality: str, other: str) -> list[Any] | None:
    """How many of one there are to how many of the other: another relation in the place of the present one."""
    first, second = writing.sought(one, "entity"), writing.sought(other, "entity")
    if first is None or second is None:
        return None
    sides = {first.id, second.id}
    present = [each for each in writing.blueprint.relations if {each.source, each.target} == sides]
    if any(each.cardinality == cardinality for each in present):
        raise BadInput(f"{first.id} and {second.id} are so already.", code="request_done")
    gone = [Remove(what="relation", id=f"{each.source}-{each.target}") for each in present[:1]]
    value = {"source": first.id, "target": second.id, "cardinality": cardinality}
    if present and present[0].label:
        value["label"] = present[0].label
    return [*gone, Add(what="relation", value=value)]


def mark(writing: Writing, listed: str, entity: str, fields: dict[str, Any]) -> list[Any] | None:
    """``email and phone of Member``: each of them becomes so; those that are so already stay."""
    owner = writing.sought(entity, "entity")
    if owner is None:
        return None
    found: list[Any] = []
    for name in split_list(listed):
        attribute = writing.thing(f"{owner.id}.{re.sub(r'[ ]+', '_', name.strip())}", "attribute")
        if any(getattr(attribute.thing, field) != value for field, value in fields.items()):
            found += writing.set(attribute.id, **fields)
    if not found:
        raise BadInput(f"{listed} of {owner.id} are so already.", code="request_done")
    return found


def split(writing: Writing, thing: str, listed: str) -> list[Any]:
    """Two attributes, or more, in the place of one."""
    old = writing.thing(thing, "attribute")
    kept = {name: value for name, value in said(old.thing).items() if name in ("type", "required", "values")}
    parts = [{**kept, **writing.attribute(name)} for name in split_list(listed)]
    added = [Add(what="attribute", owner=old.owner, value={**part, "type": old.thing.type}) for part in parts]
    return [*added, Remove(what="attribute", id=old.id)]


def allow(writing: Writing, who: str, verb: str, thing: str, clause: str) -> list[Any] | None:
    """A call that is not there yet; the author's words become the requirement that it serves."""
    entity = writing.sought(thing, "entity")
    known = next((call for verbs, call in _CALLS.items() if verb.lower() in verbs.split()), None)
    if entity is None or known is None:
        return None
    if find_calls(writing.blueprint, verb, thing):
        raise BadInput(f"There is an operation for that already: {verb} {entity.id}.", code="request_done")
    actor = writing.sought(who, "actor") if who else None
    if who and actor is None:
        return None
    method, word = known
    own = [call for call in writing.blueprint.operations if call.entity == entity.id]
    roots = Counter("/" + call.path.strip("/").split("/")[0] for call in own)
    root = roots.most_common(1)[0][0] if roots else f"/{segment(entity.id)}"
    path = root if word in ("list", "create") else f"{root}/{{{snake(entity.id)}_id}}"
    requirement = next_requirement(writing.blueprint)
    value: dict[str, Any] = {
        "id": f"{word}{entity.id}s" if word == "list" else f"{word}{entity.id}",
        "method": method,
        "path": path,
        "summary": clause,
        "entity": entity.id,
        "actor": actor.id if actor else next((call.actor for call in own if call.actor), None),
        "requirements": [requirement],
    }
    if method in ("POST", "PATCH"):
        value["request"] = [one.name for one in entity.thing.attributes if "primary" not in one.key]
    value["returns"] = "none" if method == "DELETE" else "page" if word == "list" else "one"
    asked = Add(what="requirement", value={"id": requirement, "text": clause})
    return [asked, Add(what="operation", value={name: given for name, given in value.items() if given is not None})]
