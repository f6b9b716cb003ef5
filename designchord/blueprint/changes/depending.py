"""Which operations of a change set cannot be carried out without which others of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from designchord.blueprint.changes.applying import carry_out
from designchord.blueprint.changes.model import Add, Change, Move, Reinstate, Remove, Rename, Replace, Retire
from designchord.blueprint.changes.places import OWNERS, Refusal, find, has, said
from designchord.blueprint.model import Blueprint

#: A name in a blueprint: ``("entity", "Tool")``, ``("attribute", "Tool.name")``; of calls also their method and path.
Name = tuple[str, str]
#: What later operations meet of a thing: its place among others, its content, one field.
Shape = tuple[str, ...]

#: What names other things, by the sort of thing that does so: field → sort of what is named.
_REFERENCES: Final = {
    "attribute": {"references": "entity"},
    "relation": {"source": "entity", "target": "entity"},
    "operation": {"actor": "actor", "entity": "entity"},
    "scenario": {"actor": "actor"},
    "step": {"source": "actor", "target": "actor", "operation": "operation"},
}


@dataclass(slots=True)
class _Effect:
    """What an operation does to names: those that exist from it on (``gives``) or no longer (``takes``), those that
    have to exist before it (``uses``) or at last (``refers``), and those that a thing no longer refers to (``drops``).
    """

    gives: set[Name] = field(default_factory=set)
    takes: set[Name] = field(default_factory=set)
    uses: set[Name] = field(default_factory=set)
    refers: set[Name] = field(default_factory=set)
    drops: set[Name] = field(default_factory=set)
    #: What it makes another of, and what it takes as it finds it.
    shapes: set[Shape] = field(default_factory=set)
    meets: set[Shape] = field(default_factory=set)
    removes: bool = False


def needs(blueprint: Blueprint, operations: Sequence[Any]) -> list[tuple[int, ...]]:
    """For each operation the places of those that it cannot do without, in their order, directly."""
    effects = []
    for operation in operations:
        effects.append(_effect(blueprint, operation))
        effects[-1].uses.update(_addressed(operation))
        try:
            blueprint = carry_out(blueprint, operation)
        except Refusal:
            continue
    found: list[set[int]] = [set() for _ in effects]
    given: dict[Name, int] = {}
    taken: dict[Name, int] = {}
    shaped: dict[Shape, list[int]] = {}
    last = {name: at for at, effect in enumerate(effects) for name in effect.gives}
    freed = {name: at for at, effect in enumerate(effects) for name in effect.takes if name[0] == "call"}
    for at, effect in enumerate(effects):
        found[at] |= {given[name] for name in effect.uses if name in given}
        found[at] |= {given.get(name, last[name]) for name in effect.refers if name in last}
        found[at] |= {taken[name] for name in effect.gives if name in taken}
        # Two calls may be one for a moment, while one makes room for the other.
        found[at] |= {freed[name] for name in effect.gives if name in freed}
        for shape in effect.meets:
            found[at] |= set(shaped.get(shape, ()))
        given |= dict.fromkeys(effect.gives, at)
        taken |= dict.fromkeys(effect.takes, at)
        for shape in effect.shapes:
            shaped.setdefault(shape, []).append(at)
    _without_dangling(effects, found)
    return [tuple(sorted(one - {at})) for at, one in enumerate(found)]


def _without_dangling(effects: Sequence[_Effect], found: list[set[int]]) -> None:
    """What is removed is named by nothing any more, and an entity keeps a primary key."""
    dropping: dict[Name, list[int]] = {}
    for at, effect in enumerate(effects):
        for name in effect.drops:
            dropping.setdefault(name, []).append(at)
    for at, effect in enumerate(effects):
        if effect.removes:
            for name in effect.takes:
                found[at] |= set(dropping.get(name, ()))
        found[at] |= {
            other
            for what, name in effect.takes
            if what == "primary"
            for other, each in enumerate(effects)
            if ("primary", name) in each.gives
        }


def _addressed(operation: Any) -> Iterator[Name]:
    """The names by which an operation finds its thing."""
    if operation.do == "add":
        return
    if operation.what in OWNERS:
        yield _cased(OWNERS[operation.what][0], operation.id.rpartition(".")[0])
    if operation.what == "relation":
        yield from (_cased("entity", side) for side in re.sub(r"#\d+$", "", operation.id).split("-"))


def _effect(blueprint: Blueprint, operation: Any) -> _Effect:
    match operation:
        case Add():
            return _added(blueprint, operation)
        case Remove() if has(blueprint, operation.what, operation.id):
            return _removed(blueprint, operation)
        case Change() if operation.what != "design":
            return _changed(blueprint, operation)
        case Rename():
            return _renamed(blueprint, operation)
        case Move():
            shapes, meets = _around(operation.what, operation.id, moves=True)
            return _Effect(uses={_cased(operation.what, operation.id)}, shapes=shapes, meets=meets)
        case Retire() | Replace() | Reinstate():
            return _lineage(operation)
        case _:
            return _Effect()


def _added(blueprint: Blueprint, operation: Add) -> _Effect:
    value, what = operation.value, operation.what
    key = _key(what, value)
    address = f"{operation.owner}.{key}" if what in OWNERS else key
    effect = _Effect(gives=set(_names(what, address, value)), refers=set(_named(blueprint, what, address, value)))
    if what in OWNERS:
        effect.uses.add(_cased(OWNERS[what][0], operation.owner))
    effect.shapes, effect.meets = _around(what, address, moves=True)
    return effect


def _removed(blueprint: Blueprint, operation: Remove) -> _Effect:
    what, address = operation.what, operation.id
    value = said(find(blueprint, what, address).thing)
    names, named = set(_names(what, address, value)), set(_named(blueprint, what, address, value))
    effect = _Effect(takes=names, uses={_cased(what, address)}, drops=named, removes=True)
    if operation.was is not None:
        effect.uses |= named
    effect.shapes, effect.meets = _around(what, address, moves=True)
    if operation.was is not None:
        effect.meets.add(("content", what, address))
    return effect


def _changed(blueprint: Blueprint, operation: Change) -> _Effect:
    what, address = operation.what, operation.id
    if not has(blueprint, what, address):
        return _Effect(uses={_cased(what, address)})
    now = said(find(blueprint, what, address).thing)
    names, kept = set(_names(what, address, now)), set(_names(what, address, now | operation.set))
    # Of these fields alone: what another field names as well may be dropped by another operation.
    before = set(_named(blueprint, what, address, {name: now.get(name) for name in operation.set}))
    after = set(_named(blueprint, what, address, operation.set))
    held = set(_named(blueprint, what, address, {name: now.get(name) for name in operation.was or ()}))
    effect = _Effect(
        gives=kept - names,
        takes=names - kept,
        uses={_cased(what, address)} | held,
        refers=after - before,
        drops=before - after,
    )
    fields = {("field", what, address, name) for name in operation.set}
    effect.shapes = fields | {("content", what, address)} | ({("content", "scenario", address.rpartition(".")[0])})
    effect.meets = fields | _around(what, address, moves=False)[1]
    return effect


def _renamed(blueprint: Blueprint, operation: Rename) -> _Effect:
    what, old = operation.what, operation.id
    owner = old.rpartition(".")[0] if what == "attribute" else ""
    new = f"{owner}.{operation.to}" if owner else operation.to
    effect = _Effect(gives={_cased(what, new)}, takes={_cased(what, old)}, uses={_cased(what, old)})
    entity = blueprint.entity(old) if what == "entity" else None
    for one in entity.attributes if entity is not None else ():
        effect.gives.add(("attribute", f"{new}.{one.name}"))
    return effect


def _lineage(operation: Any) -> _Effect:
    old = ("requirement", operation.id)
    match operation:
        case Retire():
            return _Effect(takes={old}, gives={("former", operation.id)}, uses={old}, removes=True)
        case Replace():
            new = ("requirement", str(operation.value.get("id")))
            return _Effect(takes={old}, gives={new, ("former", operation.id)}, uses={old})
        case _:
            gone = {("requirement", operation.instead_of)} if operation.instead_of else set()
            return _Effect(takes=gone, gives={old}, uses={("former", operation.id)} | gone)


def _around(what: str, address: str, *, moves: bool) -> tuple[set[Shape], set[Shape]]:
    """Steps go by their numbers, relations by their sides: what changes those has to come first."""
    owner = address.rpartition(".")[0]
    if what == "attribute":
        return {("content", "entity", owner)}, set()
    place: set[Shape] = set()
    if what == "step":
        place = {("step", owner)}
    elif what == "relation":
        place = {("relation", re.sub(r"#\d+$", "", address))}
    content: set[Shape] = {("content", "scenario", owner)} if what == "step" else set()
    return (place | content if moves else set()), place


def _key(what: str, value: dict[str, Any]) -> str:
    if what == "relation":
        return f"{value.get('source')}-{value.get('target')}"
    return str(value.get("name") or value.get("id") or "")


def _cased(what: str, address: str) -> Name:
    """Names of entities differ by more than their letters' case."""
    return (what, address.lower() if what == "entity" else address)


def _names(what: str, address: str, value: dict[str, Any]) -> Iterator[Name]:
    """The names that there are because of a thing."""
    if what not in ("step", "relation"):
        yield _cased(what, address)
    if what == "operation":
        path = re.sub(r"{[^}]*}", "{}", str(value.get("path")))
        yield ("call", f"{value.get('method')} {path}")
        if value.get("section"):
            yield ("section", str(value["section"]))
    for one in _dicts(value.get("attributes")) if what == "entity" else ():
        yield ("attribute", f"{address}.{one.get('name')}")
    if what == "attribute" and "primary" in str(value.get("key")):
        yield ("primary", address.rpartition(".")[0])


def _named(blueprint: Blueprint, what: str, address: str, value: dict[str, Any]) -> Iterator[Name]:
    """The names that a thing needs."""
    for name, sort in _REFERENCES.get(what, {}).items():
        if value.get(name):
            yield _cased(sort, str(value[name]))
    for one in _list(value.get("requirements")):
        yield ("requirement", str(one))
    if what == "operation":
        call = blueprint.operation(address)
        entity = value.get("entity") or (call.entity if call is not None else None)
        for one in (*_list(value.get("request")), *_list(value.get("filters"))):
            yield ("attribute", f"{entity}.{one}")
    for name in re.findall(r"[A-Za-z0-9_.-]+", str(value.get("about") or "")) if what == "assumption" else ():
        for sort, named in (("operation", name.split(".")[0]), ("attribute", name), ("actor", name)):
            yield (sort, named)
        yield from (_cased("entity", one) for one in (name.split(".")[0], *name.split("-")))
    for inner in ("attribute", "step"):
        above, listed = OWNERS[inner]
        for one in _dicts(value.get(listed)) if what == above else ():
            yield from _named(blueprint, inner, f"{address}.", one)


def _dicts(value: object) -> Iterator[dict[str, Any]]:
    return (one for one in _list(value) if isinstance(one, dict))


def _list(value: object) -> Sequence[Any]:
    """What an operation holds for a list; whoever wrote it may have written anything."""
    return value if isinstance(value, list | tuple) else ()
