"""Where the things of a blueprint stand: found by ``what`` and ``id``, put back into a new blueprint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from designchord.blueprint.model import (
    Actor,
    Assumption,
    Attribute,
    Blueprint,
    Entity,
    FormerRequirement,
    Operation,
    Relation,
    Requirement,
    Scenario,
    ScenarioStep,
)

#: What is told by an operation on each sort: the class, the list of the blueprint (or of its owner), the naming field.
MODELS: Final[dict[str, type[BaseModel]]] = {
    "actor": Actor,
    "requirement": Requirement,
    "former": FormerRequirement,
    "entity": Entity,
    "attribute": Attribute,
    "relation": Relation,
    "operation": Operation,
    "scenario": Scenario,
    "step": ScenarioStep,
    "assumption": Assumption,
}
LISTS: Final = {
    "actor": "actors",
    "requirement": "requirements",
    "former": "former",
    "entity": "entities",
    "relation": "relations",
    "operation": "operations",
    "scenario": "scenarios",
    "assumption": "assumptions",
}
#: Sorts that stand inside another: the list that owns them, and its field.
OWNERS: Final = {"attribute": ("entity", "attributes"), "step": ("scenario", "steps")}
KEYS: Final = {"entity": "name", "attribute": "name"}
#: Fields by which a thing is known, and lists of things that have operations of their own: no ``change`` sets them.
FIXED: Final = {
    "relation": {"source", "target"},
    "entity": {"name", "attributes"},
    "scenario": {"id", "steps"},
    "attribute": {"name"},
    "step": set[str](),
}
OF_DESIGN: Final = ("title", "summary", "language", "questions")

_NUMBERED = re.compile(r"(.+)#([0-9]{1,4})")


class Refusal(Exception):
    """An operation cannot be carried out as things stand; ``values`` are what the message speaks of, by name."""

    def __init__(self, code: str, message: str, **values: str) -> None:
        super().__init__(message)
        self.code, self.message, self.values = f"change.{code}", message, values


@dataclass(frozen=True, slots=True)
class Place:
    """A thing in its list. ``owner`` is the address of what the list is in, empty for the blueprint's own lists."""

    what: str
    owner: str
    items: tuple[Any, ...]
    index: int

    @property
    def thing(self) -> Any:
        return self.items[self.index]


def items_of(blueprint: Blueprint, what: str, owner: str = "") -> tuple[Any, ...]:
    """The list that things of a sort stand in; refuses an owner that is not there."""
    if what in OWNERS:
        above, field = OWNERS[what]
        return tuple(getattr(find(blueprint, above, owner).thing, field))
    return tuple(getattr(blueprint, LISTS[what]))


def with_items(blueprint: Blueprint, what: str, owner: str, items: Iterable[Any]) -> Blueprint:
    """The blueprint with another list."""
    if what not in OWNERS:
        return blueprint.model_copy(update={LISTS[what]: tuple(items)})
    above, field = OWNERS[what]
    place = find(blueprint, above, owner)
    changed = place.thing.model_copy(update={field: tuple(items)})
    return put(blueprint, place, changed)


def put(blueprint: Blueprint, place: Place, thing: Any) -> Blueprint:
    """The blueprint with another thing in that place."""
    items = (*place.items[: place.index], thing, *place.items[place.index + 1 :])
    return with_items(blueprint, place.what, place.owner, items)


def key_of(what: str, thing: Any) -> str:
    """What a thing is called within its list; relations by their sides, steps by nothing."""
    if what == "relation":
        return f"{thing.source}-{thing.target}"
    return str(getattr(thing, KEYS.get(what, "id")))


def find(blueprint: Blueprint, what: str, address: str) -> Place:
    """A thing by its address; refuses one that is not there."""
    owner, name = address.rpartition(".")[::2] if what in OWNERS else ("", address)
    items = items_of(blueprint, what, owner)
    index = _step(items, name) if what == "step" else _index(items, what, name)
    if index is None:
        message = f"There is no {what} {address or '(without a name)'} in the blueprint."
        raise Refusal("not_found", message, what=what, id=address)
    return Place(what, owner, items, index)


def address_of(place: Place) -> str:
    """By what a place is found again."""
    if place.what == "step":
        return f"{place.owner}.{place.index + 1}"
    key = key_of(place.what, place.thing)
    if place.what == "relation":
        before = sum(key_of("relation", one) == key for one in place.items[: place.index])
        return f"{key}#{before + 1}" if before else key
    return f"{place.owner}.{key}" if place.owner else key


def has(blueprint: Blueprint, what: str, address: str) -> bool:
    try:
        find(blueprint, what, address)
    except Refusal:
        return False
    return True


def _step(items: tuple[Any, ...], name: str) -> int | None:
    if not re.fullmatch(r"[0-9]{1,4}", name, re.ASCII) or not 1 <= int(name) <= len(items):
        return None
    return int(name) - 1


def _index(items: tuple[Any, ...], what: str, name: str) -> int | None:
    numbered = _NUMBERED.fullmatch(name) if what == "relation" else None
    key, number = (numbered[1], int(numbered[2])) if numbered else (name, 1)
    found = [index for index, one in enumerate(items) if key_of(what, one) == key]
    return found[number - 1] if 1 <= number <= len(found) else None


def said(thing: BaseModel, fields: Iterable[str] | None = None) -> dict[str, Any]:
    """A thing as JSON holds it: without what has its usual value, or exactly these fields."""
    if fields is None:
        return thing.model_dump(mode="json", exclude_defaults=True)
    whole = thing.model_dump(mode="json", include=set(fields))
    return {name: whole[name] for name in fields}


def read(what: str, value: dict[str, Any]) -> Any:
    """A thing from JSON; refuses what is none, saying the field."""
    try:
        return MODELS[what].model_validate(value)
    except ValidationError as error:
        raise wrong(what, error) from None


def wrong(what: str, error: ValidationError) -> Refusal:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    message = f"This is no {what} that a blueprint could hold: {where or what}: {first['msg']}."
    return Refusal("invalid", message, what=what, field=where)


def placed(items: tuple[Any, ...], at: int | None, thing: Any) -> tuple[tuple[Any, ...], int]:
    """A list with one more thing, and where that stands; a place beyond the end is the end."""
    index = len(items) if at is None else min(at, len(items))
    return (*items[:index], thing, *items[index:]), index
