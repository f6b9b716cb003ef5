"""Operations carried out on a blueprint: each exactly as written or refused with a code; and how each is undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from designchord.blueprint.changes.model import (
    Add,
    Change,
    Fields,
    Move,
    Operations,
    Reinstate,
    Remove,
    Rename,
    Replace,
    Retire,
)
from designchord.blueprint.changes.places import (
    FIXED,
    MODELS,
    OF_DESIGN,
    OWNERS,
    Place,
    Refusal,
    address_of,
    find,
    items_of,
    key_of,
    placed,
    put,
    read,
    said,
    with_items,
    wrong,
)
from designchord.blueprint.changes.renaming import rename, requirement_named
from designchord.blueprint.checking import find_contradictions
from designchord.blueprint.model import Blueprint, FormerRequirement, Requirement

_LIMITS: Final = {"actors": 20, "entities": 60, "relations": 200, "operations": 200, "scenarios": 12}
_LIMITS_OF_LISTS: Final = {**_LIMITS, "requirements": 9999, "former": 9999, "assumptions": 200}
_NEEDED: Final = {"actors": "actor", "entities": "entity", "operations": "operation", "scenarios": "scenario"}
_OF_REQUIREMENT: Final = tuple(Requirement.model_fields)


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that was not carried out: its place in the change set, and why; ``values`` are what the message
    speaks of, by name, for those who say it in other words."""

    index: int
    code: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"operation": self.index, "code": self.code, "message": self.message, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Applied:
    """The blueprint after a change set. ``done`` are the operations carried out, in their order, by their places in the
    set; ``inverse`` takes them back; ``refused`` are the others."""

    blueprint: Blueprint
    done: tuple[int, ...]
    inverse: Operations
    refused: tuple[Refused, ...] = ()


def apply(blueprint: Blueprint, operations: Sequence[Any]) -> Applied:
    """Carry out what can be carried out. The result is always a blueprint without errors.

    All at once where that comes out right. Where it does not, what belongs together (an operation and what is
    ``because`` of it) is taken or left as one.
    """
    whole = _run(blueprint, list(enumerate(operations)))
    if not whole.refused and defect(whole.blueprint) is None:
        return whole
    return _one_by_one(blueprint, operations)


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a blueprint is none: the ``last`` of a sort is gone, there are too ``many``, or a code of the check."""

    code: str
    message: str
    what: str = ""
    limit: int = 0

    def refused(self, index: int) -> Refused:
        values = {"reason": self.code, "what": self.what, "limit": str(self.limit)}
        return Refused(index, "change.invalid_result", self.message, values)


def defect(blueprint: Blueprint) -> Defect | None:
    """What is wrong with a blueprint that operations led to, if anything is."""
    for name, what in _NEEDED.items():
        if not getattr(blueprint, name):
            return Defect("last", f"It is the last {what}, and a design has at least one.", what)
    for name, limit in _LIMITS_OF_LISTS.items():
        if len(getattr(blueprint, name)) > limit:
            return Defect("many", f"A design has at most {limit} {name}.", name, limit)
    wrong_now = next((one for one in find_contradictions(blueprint) if one.severity == "error"), None)
    return Defect(wrong_now.code, wrong_now.message) if wrong_now is not None else None


def _one_by_one(blueprint: Blueprint, operations: Sequence[Any]) -> Applied:
    """Bundle after bundle, those that need another one after it; what never comes out right is refused."""
    left = _bundles(operations)
    done: list[int] = []
    inverse: Operations = ()
    refused: dict[int, list[Refused]] = {}
    progress = True
    while left and progress:
        progress, waiting = False, []
        for bundle in left:
            tried = _run(blueprint, bundle)
            problem = None if tried.refused else defect(tried.blueprint)
            if tried.refused or problem is not None:
                refused[bundle[0][0]] = _refusals(bundle, tried, problem)
                waiting.append(bundle)
                continue
            blueprint, progress = tried.blueprint, True
            done += tried.done
            inverse = tried.inverse + inverse
        left = waiting
    told = [each for bundle in left for each in refused[bundle[0][0]]]
    return Applied(blueprint, tuple(done), inverse, tuple(sorted(told, key=lambda one: one.index)))


def _bundles(operations: Sequence[Any]) -> list[list[tuple[int, Any]]]:
    """Operations with what follows from them, in their order, each with its place in the set."""
    heads: dict[int, list[tuple[int, Any]]] = {}
    head_of: dict[int, int] = {}
    for index, operation in enumerate(operations):
        because = operation.because
        head = index if because is None or because == index else head_of.get(because, because)
        if head not in heads and head != index and head >= len(operations):
            head = index
        head_of[index] = head
        heads.setdefault(head, []).append((index, operation))
    return list(heads.values())


def _refusals(bundle: list[tuple[int, Any]], tried: Applied, problem: Defect | None) -> list[Refused]:
    if problem is not None:
        return [problem.refused(bundle[0][0])]
    first = tried.refused[0]
    others = [
        Refused(
            index,
            first.code,
            f"It belongs to operation {first.index}, which cannot be carried out.",
            {"belongs": str(first.index)},
        )
        for index, _ in bundle
        if index != first.index
    ]
    return [first, *others]


def _run(blueprint: Blueprint, operations: Iterable[tuple[int, Any]]) -> Applied:
    """One after another, whatever they lead to."""
    done: list[int] = []
    inverse: list[Any] = []
    refused: list[Refused] = []
    for index, operation in operations:
        try:
            after = carry_out(blueprint, operation)
            inverse[:0] = _undoing(operation, blueprint, after)
        except Refusal as refusal:
            refused.append(Refused(index, refusal.code, refusal.message, refusal.values))
            continue
        blueprint = after
        done.append(index)
    return Applied(blueprint, tuple(done), tuple(inverse), tuple(refused))


def carry_out(blueprint: Blueprint, operation: Any) -> Blueprint:
    """The blueprint after one operation, with no look at the whole. Raises :class:`Refusal`."""
    match operation:
        case Add():
            return _add(blueprint, operation)
        case Change():
            return _change(blueprint, operation)
        case Rename():
            return rename(blueprint, operation.what, operation.id, operation.to)
        case Move():
            return _move(blueprint, operation)
        case Remove():
            place = find(blueprint, operation.what, operation.id)
            _refuse_other(place, operation.was)
            items = (*place.items[: place.index], *place.items[place.index + 1 :])
            return with_items(blueprint, place.what, place.owner, items)
        case Retire():
            return _retire(blueprint, operation.id, operation)
        case Replace():
            return _replace(blueprint, operation)
        case _:
            return _reinstate(blueprint, operation)


def _add(blueprint: Blueprint, operation: Add) -> Blueprint:
    thing = read(operation.what, operation.value)
    items = items_of(blueprint, operation.what, operation.owner)
    if operation.what not in ("step", "relation"):
        key = key_of(operation.what, thing)
        if any(key_of(operation.what, one) == key for one in items):
            name = _full(operation, key)
            raise Refusal("taken", f"There is a {operation.what} {name} already.", what=operation.what, id=name)
    if operation.what == "requirement":
        _refuse_former(blueprint, thing.id)
    return with_items(blueprint, operation.what, operation.owner, placed(items, operation.at, thing)[0])


def _full(operation: Add, key: str) -> str:
    return f"{operation.owner}.{key}" if operation.owner else key


def _refuse_former(blueprint: Blueprint, identifier: str) -> None:
    if any(one.id == identifier for one in blueprint.former):
        raise Refusal("id_used", f"{identifier} was another requirement once, and stays its name.", id=identifier)


def _change(blueprint: Blueprint, operation: Change) -> Blueprint:
    if operation.what == "design":
        return _change_design(blueprint, operation)
    place = find(blueprint, operation.what, operation.id)
    model = MODELS[operation.what]
    fixed = FIXED.get(operation.what, {"id"})
    for name in operation.set:
        if name not in model.model_fields:
            message = f"A {operation.what} has no field {name[:64]}."
            raise Refusal("unknown_field", message, what=operation.what, field=name[:64])
        if name in fixed:
            message = f"{name} of a {operation.what} is not changed but renamed, added or removed."
            raise Refusal("fixed_field", message, what=operation.what, field=name)
    _refuse_moved_on(said(place.thing, operation.set), operation)
    try:
        # In JSON's terms, so that a value that came from JSON is read as it would be in a blueprint.
        changed = model.model_validate(said(place.thing) | operation.set)
    except ValidationError as error:
        raise wrong(operation.what, error) from None
    return put(blueprint, place, changed)


def _change_design(blueprint: Blueprint, operation: Change) -> Blueprint:
    for name in operation.set:
        if name not in OF_DESIGN:
            message = f"Of a design {', '.join(OF_DESIGN)} can be changed, not {name[:64]}."
            raise Refusal("unknown_field", message, what="design", field=name[:64])
    _refuse_moved_on(said(blueprint, operation.set), operation)
    fields = {name: getattr(blueprint, name) for name in Blueprint.model_fields}
    try:
        return Blueprint.model_validate(fields | operation.set)
    except ValidationError as error:
        raise wrong("design", error) from None


def _refuse_moved_on(now: Fields, operation: Change) -> None:
    was = operation.was or {}
    moved = [name for name in operation.set if name in was and was[name] != now[name]]
    if moved:
        named = " ".join(filter(None, (operation.what, operation.id)))
        message = f"{', '.join(moved)} of {named} was changed meanwhile."
        raise Refusal("moved_on", message, what=operation.what, id=operation.id)


def _refuse_other(place: Place, was: Fields | None) -> None:
    if was is not None and said(place.thing) != said(read(place.what, was)):
        message = f"The {place.what} {address_of(place)} was changed meanwhile."
        raise Refusal("moved_on", message, what=place.what, id=address_of(place))


def _move(blueprint: Blueprint, operation: Move) -> Blueprint:
    place = find(blueprint, operation.what, operation.id)
    rest = (*place.items[: place.index], *place.items[place.index + 1 :])
    return with_items(blueprint, place.what, place.owner, placed(rest, operation.to, place.thing)[0])


# Requirements and their lineage.


def _retire(blueprint: Blueprint, identifier: str, fate: Retire | Replace, by: str | None = None) -> Blueprint:
    place = find(blueprint, "requirement", identifier)
    fields = {name: getattr(place.thing, name) for name in _OF_REQUIREMENT}
    given = {"by": fate.by if isinstance(fate, Retire) else by, "reason": fate.reason, "on": fate.on}
    former = read("former", fields | given)
    if any(one.id == identifier for one in blueprint.former):
        message = f"There is a former requirement {identifier} already."
        raise Refusal("taken", message, what="former", id=identifier)
    requirements = (*place.items[: place.index], *place.items[place.index + 1 :])
    update = {"requirements": requirements, "former": placed(blueprint.former, fate.at, former)[0]}
    return blueprint.model_copy(update=update)


def _replace(blueprint: Blueprint, operation: Replace) -> Blueprint:
    old = find(blueprint, "requirement", operation.id)
    new = read("requirement", operation.value)
    if any(one.id == new.id for one in blueprint.requirements):
        raise Refusal("taken", f"There is a requirement {new.id} already.", what="requirement", id=new.id)
    _refuse_former(blueprint, new.id)
    blueprint = _retire(blueprint, operation.id, operation, new.id)
    requirements, _ = placed(blueprint.requirements, old.index, new)
    return requirement_named(blueprint.model_copy(update={"requirements": requirements}), operation.id, new.id)


def _reinstate(blueprint: Blueprint, operation: Reinstate) -> Blueprint:
    place = find(blueprint, "former", operation.id)
    former: FormerRequirement = place.thing
    if any(one.id == former.id for one in blueprint.requirements):
        raise Refusal("taken", f"There is a requirement {former.id} already.", what="requirement", id=former.id)
    back = Requirement.model_construct(**{name: getattr(former, name) for name in _OF_REQUIREMENT})
    left = (*place.items[: place.index], *place.items[place.index + 1 :])
    if operation.instead_of is None:
        requirements, _ = placed(blueprint.requirements, operation.at, back)
        return blueprint.model_copy(update={"former": left, "requirements": requirements})
    if former.by != operation.instead_of:
        message = f"{former.id} was not superseded by {operation.instead_of}."
        raise Refusal("not_found", message, what="requirement", id=operation.instead_of)
    successor = find(blueprint, "requirement", operation.instead_of)
    _refuse_other(successor, operation.was)
    requirements = (*successor.items[: successor.index], back, *successor.items[successor.index + 1 :])
    blueprint = blueprint.model_copy(update={"former": left, "requirements": requirements})
    return requirement_named(blueprint, operation.instead_of, former.id)


# Taking back.


#: Where names of other things stand, which a name that is taken back may have had before.
_NAMING: Final = {
    "entities": ("entity", ("requirements",)),
    "operations": ("operation", ("requirements", "request", "filters")),
    "scenarios": ("scenario", ("requirements",)),
    "assumptions": ("assumption", ("about",)),
}


def _undoing(operation: Any, before: Blueprint, after: Blueprint) -> list[Any]:
    """The operations that make ``before`` of ``after``: one, and after a new name also what had that name before."""
    back = _taken_back(operation, before, after)
    if not isinstance(operation, Rename | Replace | Reinstate):
        return [back]
    found, now = [back], carry_out(after, back)
    for listed, (what, fields) in _NAMING.items():
        for one, other in zip(getattr(now, listed), getattr(before, listed), strict=True):
            changed = [name for name in fields if getattr(one, name) != getattr(other, name)]
            if changed:
                put_back = said(other, changed)
                address = key_of(what, other)
                found.append(Change(what=what, id=address, set=put_back, was=said(one, changed)))  # type: ignore[arg-type]
    return found


def _taken_back(operation: Any, before: Blueprint, after: Blueprint) -> Any:
    """The operation that makes ``before`` of ``after``."""
    match operation:
        case Add():
            owner = operation.owner if operation.what in OWNERS else ""
            items, now = items_of(before, operation.what, owner), items_of(after, operation.what, owner)
            index = len(items) if operation.at is None else min(operation.at, len(items))
            place = Place(operation.what, owner, now, index)
            return Remove(what=operation.what, id=address_of(place), was=said(place.thing))
        case Remove():
            place = find(before, operation.what, operation.id)
            return Add(what=operation.what, owner=place.owner, at=place.index, value=said(place.thing))
        case Change():
            thing = before if operation.what == "design" else find(before, operation.what, operation.id).thing
            now_thing = after if operation.what == "design" else find(after, operation.what, operation.id).thing
            was = said(now_thing, operation.set)
            return Change(what=operation.what, id=operation.id, set=said(thing, operation.set), was=was)
        case Rename():
            owner = operation.id.rpartition(".")[0] if operation.what == "attribute" else ""
            # Names of sections may have dots of their own.
            renamed = f"{owner}.{operation.to}" if owner else operation.to.strip()
            return Rename(what=operation.what, id=renamed, to=operation.id[len(owner) + 1 if owner else 0 :])
        case Move():
            place = find(before, operation.what, operation.id)
            items = items_of(after, operation.what, place.owner)
            index = min(operation.to, len(items) - 1)
            moved = address_of(Place(operation.what, place.owner, items, index))
            return Move(what=operation.what, id=moved, to=place.index)
        case Retire():
            at = find(before, "requirement", operation.id).index
            return Reinstate(id=operation.id, at=at)
        case Replace():
            new = find(after, "requirement", operation.value["id"]).thing
            return Reinstate(id=operation.id, instead_of=new.id, was=said(new))
        case _:
            return _gone_again(operation, before)


def _gone_again(operation: Reinstate, before: Blueprint) -> Any:
    place = find(before, "former", operation.id)
    former: FormerRequirement = place.thing
    told: dict[str, Any] = {"reason": former.reason, "on": former.on, "at": place.index}
    if operation.instead_of is None:
        return Retire(id=operation.id, by=former.by, **told)
    successor = find(before, "requirement", operation.instead_of).thing
    return Replace(id=operation.id, value=said(successor), **told)
