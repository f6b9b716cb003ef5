"""What follows from an operation: what a removal takes along, what a rename reaches, what holds something new.

Each consequence is an operation of its own that says what it is ``because`` of, so that it is seen and can be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from designchord.blueprint.changes.applying import carry_out
from designchord.blueprint.changes.differing import diff
from designchord.blueprint.changes.model import Add, Change, Move, Operations, Remove, Rename, Replace, Retire
from designchord.blueprint.changes.places import Refusal, find, has, said
from designchord.blueprint.changes.renamed import Course, follow_label, follow_rename
from designchord.blueprint.cutting import Cut
from designchord.blueprint.model import Blueprint, Entity, Operation, Relation
from designchord.blueprint.naming import snake
from designchord.blueprint.targets import Target


def expand(blueprint: Blueprint, operations: Sequence[Any], *, on: str = "") -> Operations:
    """The operations, each followed by what follows from it. ``on`` is the day that requirements are retired.

    What could not be carried out stays as it is, to be refused when it is applied.
    """
    written: list[Any] = []
    joined = [_sides(one) for one in operations if isinstance(one, Add) and one.what == "relation"]
    for operation in operations:
        head = _dated(blueprint, operation, on).model_copy(update={"because": None})
        try:
            after = carry_out(blueprint, head)
        except Refusal:
            written.append(head)
            continue
        place = len(written)
        written.append(head)
        course = Course(after)
        for follower in _following(blueprint, head, course):
            if isinstance(follower, Add) and follower.what == "relation" and _sides(follower) in joined:
                continue  # it is asked for by itself, perhaps with more said of it
            try:
                course.now = carry_out(course.now, follower)
            except Refusal:
                continue
            written.append(follower.model_copy(update={"because": place}))
        blueprint = course.now
    return tuple(written)


def dated(operations: Sequence[Any], blueprint: Blueprint, on: str) -> Operations:
    """The same operations as they are stored: no requirement is removed, it is retired; what has no date gets one."""
    return tuple(_dated(blueprint, one, on) for one in operations)


def _dated(blueprint: Blueprint, operation: Any, on: str) -> Any:
    match operation:
        case Remove(what="requirement") if has(blueprint, "requirement", operation.id):
            return Retire(id=operation.id, on=on, because=operation.because)
        case Retire(on="") | Replace(on=""):
            return operation.model_copy(update={"on": on})
        case _:
            return operation


def _following(before: Blueprint, operation: Any, course: Course) -> Iterator[Any]:
    after = course.now
    match operation:
        case Remove():
            yield from _fallen(before, operation, after)
        case Retire():
            yield from _unnamed(after, operation)
        case Rename():
            yield from follow_rename(before, operation, course)
        case Change(what="entity" | "actor"):
            yield from follow_label(before, operation, course)
        case Add(what="attribute"):
            yield from _sent(after, operation)
            yield from _joined(after, operation)
        case Add(what="relation"):
            yield from _held(after, operation)
        case Add(what="entity"):
            yield from _pointed(after, operation)


def _fallen(before: Blueprint, operation: Remove, after: Blueprint) -> Iterator[Any]:
    """What cannot be without a thing that is removed."""
    target = _target(operation, before)
    if target is None:
        return
    cut = Cut(before)
    cut.take_out(target)
    cut.keep_a_story()
    left = cut.result()
    if all((left.actors, left.entities, left.operations, left.scenarios)):
        yield from (one for one in diff(after, left) if not isinstance(one, Move))


def _target(operation: Remove, blueprint: Blueprint) -> Target | None:
    name = operation.id
    match operation.what:
        case "actor" | "entity" | "operation" | "scenario":
            return Target(operation.what, name)
        case "attribute":
            owner, _, member = name.partition(".")
            return Target("attribute", owner, member)
        case "relation":
            thing = find(blueprint, "relation", name).thing
            pair = [one for one in blueprint.relations if {one.source, one.target} == {thing.source, thing.target}]
            # Of several between the same sides one goes, and nobody knows which key was its own.
            return Target("relation", thing.source, thing.target) if len(pair) == 1 else None
        case _:
            return None


def _unnamed(after: Blueprint, operation: Retire) -> Iterator[Any]:
    """What named a retired requirement names what took its place, or nothing."""
    known = {one.id for one in after.requirements}
    for what, things in (("entity", after.entities), ("operation", after.operations), ("scenario", after.scenarios)):
        for one in things:
            if operation.id not in one.requirements:
                continue
            instead = [operation.by] if operation.by in known else []
            swapped = [name for each in one.requirements for name in (instead if each == operation.id else [each])]
            names = list(dict.fromkeys(name for name in swapped if name))
            address = one.name if isinstance(one, Entity) else one.id
            yield Change(what=what, id=address, set={"requirements": names}, was=said(one, ["requirements"]))  # type: ignore[arg-type]


def _sent(after: Blueprint, operation: Add) -> Iterator[Any]:
    """Calls that send nearly all of an entity send its new attribute, too."""
    entity = after.entity(operation.owner)
    name = operation.value.get("name")
    if entity is None or "primary" in str(operation.value.get("key")):
        return
    own = {one.name for one in entity.attributes if "primary" not in one.key} - {name}
    for call in after.operations:
        sent = own & set(call.request)
        if call.entity != entity.name or call.method not in ("POST", "PUT", "PATCH") or name in call.request:
            continue
        if sent and 2 * len(sent) >= len(own) and _of_record(call):
            request = [*call.request, name]
            yield Change(what="operation", id=call.id, set={"request": request}, was=said(call, ["request"]))


def _of_record(call: Operation) -> bool:
    """A call about the record itself, not about something that is done with it: ``/tools`` or ``/tools/{tool_id}``."""
    segments = call.path.strip("/").split("/")
    return not segments[-1].startswith("{") if call.method == "POST" else segments[-1].startswith("{")


def _joined(after: Blueprint, operation: Add) -> Iterator[Any]:
    """A foreign key makes a relation."""
    target = operation.value.get("references")
    if not isinstance(target, str) or after.entity(target) is None or _related(after, target, operation.owner):
        return
    one = "one_to_one" if operation.value.get("unique") else "one_to_many"
    required = bool(operation.value.get("required", True))
    value = Relation(source=target, target=operation.owner, cardinality=one, required=required)  # type: ignore[arg-type]
    yield Add(what="relation", value=said(value))


def _held(after: Blueprint, operation: Add) -> Iterator[Any]:
    """A relation is held by a foreign key, in the entity of which there are many."""
    relation = Relation.model_validate(operation.value)
    source, target = after.entity(relation.source), after.entity(relation.target)
    if relation.cardinality == "many_to_many" or source is None or target is None:
        return
    if _points(target, source.name) or (relation.cardinality == "one_to_one" and _points(source, target.name)):
        return
    name = "parent_id" if source is target else f"{snake(source.name)[:61]}_id"
    if any(one.name == name for one in target.attributes):
        return
    primary = next((one.type for one in source.attributes if "primary" in one.key), "uuid")
    value = {"name": name, "type": primary, "key": "foreign", "references": source.name}
    if not relation.required or source is target:
        value |= {"required": False}  # type: ignore[dict-item]
    if relation.cardinality == "one_to_one":
        value |= {"unique": True}  # type: ignore[dict-item]
    yield Add(what="attribute", owner=target.name, value=value)


def _pointed(after: Blueprint, operation: Add) -> Iterator[Any]:
    """A new entity has the relations that its foreign keys hold."""
    entity = after.entity(str(operation.value.get("name")))
    if entity is None:
        return
    done = set()
    for one in entity.attributes:
        target = one.references
        if target and target not in done and after.entity(target) and not _related(after, target, entity.name):
            done.add(target)
            one_many = "one_to_one" if one.unique else "one_to_many"
            value = Relation(source=target, target=entity.name, cardinality=one_many, required=one.required)  # type: ignore[arg-type]
            yield Add(what="relation", value=said(value))


def _sides(operation: Add) -> frozenset[str]:
    return frozenset((str(operation.value.get("source")), str(operation.value.get("target"))))


def _related(blueprint: Blueprint, one: str, other: str) -> bool:
    return any({relation.source, relation.target} == {one, other} for relation in blueprint.relations)


def _points(entity: Entity, target: str) -> bool:
    return any(one.references == target for one in entity.attributes)


def next_requirement(blueprint: Blueprint) -> str:
    """An id that no requirement has or had."""
    taken: list[Any] = [*blueprint.requirements, *blueprint.former]
    return f"R{max((int(one.id[1:]) for one in taken), default=0) + 1}"
