"""What a rename reaches beyond the references: keys, paths, ids of calls, and the words in which it is told.

An author's requirements are never reworded, and stories keep their ids: those name diagrams with a history.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from designchord.blueprint.changes.model import Change, Rename
from designchord.blueprint.changes.places import find, said
from designchord.blueprint.changes.wording import exchanged, name_exchanged, segment, snake_exchanged
from designchord.blueprint.model import Blueprint, Entity
from designchord.blueprint.naming import fold, split_words

#: Texts of each sort that tell of things by their labels.
_TEXTS: dict[str, tuple[str, ...]] = {
    "actor": ("description",),
    "entity": ("description",),
    "attribute": ("label",),
    "relation": ("label",),
    "operation": ("summary", "section", "errors"),
    "scenario": ("title", "description"),
    "step": ("message", "when"),
    "assumption": ("text", "about"),
}


class Course:
    """A blueprint on its way: ``now`` is what it is after the operations carried out so far."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.now = blueprint


def follow_rename(before: Blueprint, operation: Rename, course: Course, label: str = "") -> Iterator[Any]:
    """The further operations that make a rename whole, each about the blueprint as the ones before it left it.

    ``label`` is the new one, where it is not told by the name.
    """
    after = course.now
    if operation.what == "entity":
        yield from _entity(before, operation, course, label)
    elif operation.what == "actor":
        actor = find(before, "actor", operation.id).thing
        yield from _relabelled(after, "actor", operation.to, actor.label, label or _label(actor.label, operation))
    elif operation.what == "attribute":
        address = f"{operation.id.rpartition('.')[0]}.{operation.to}"
        thing = find(after, "attribute", address).thing
        new = label or (_label(thing.label, operation) if thing.label else "")
        if new and new != thing.label:
            yield Change(what="attribute", id=address, set={"label": new}, was=said(thing, ["label"]))


def follow_label(before: Blueprint, operation: Change, course: Course) -> Iterator[Any]:
    """Another label of an entity or an actor, in the words of others that tell of it; and of the actor of that name."""
    old = find(before, operation.what, operation.id).thing.label
    new = find(course.now, operation.what, operation.id).thing.label
    if old == new:
        return
    for one in course.now.actors:
        if operation.what == "entity" and one.id == operation.id and one.label == old:
            yield Change(what="actor", id=one.id, set={"label": new}, was={"label": old})
    yield from _told_otherwise(course.now, old, new)


def _entity(before: Blueprint, operation: Rename, course: Course, label: str) -> Iterator[Any]:
    old, new = operation.id, operation.to
    thing = find(before, "entity", old).thing
    actor = next((one for one in before.actors if one.id == old), None)
    free = not any(one.id == new for one in before.actors)
    if actor is not None and free:
        yield Rename(what="actor", id=old, to=new)
    for entity in course.now.entities:
        yield from _keys(entity, old, new)
    yield from _calls(course, old, new)
    if actor is not None and free:
        named = label or _label(actor.label, operation)
        if named != actor.label:
            yield Change(what="actor", id=new, set={"label": named}, was={"label": actor.label})
    yield from _relabelled(course.now, "entity", new, thing.label, label or _label(thing.label, operation))


def _keys(entity: Entity, old: str, new: str) -> Iterator[Any]:
    """Foreign keys to what was renamed, and its own key where that bears its name."""
    for one in entity.attributes:
        if one.references == new or ("primary" in one.key and entity.name == new):
            name = snake_exchanged(one.name, old, new)
            if name != one.name:
                yield Rename(what="attribute", id=f"{entity.name}.{one.name}", to=name)


def _calls(course: Course, old: str, new: str) -> Iterator[Any]:
    moved = set()
    attributes = {entity.name: {one.name for one in entity.attributes} for entity in course.now.entities}
    for call in course.now.operations:
        path = _path(call.path, old, new)
        changed: dict[str, Any] = {} if path == call.path else {"path": path}
        if call.entity != new:  # fields of its own that name the thing; an attribute is called as that is
            kept = attributes.get(call.entity or "", set())
            for field in ("request", "filters"):
                listed = list(getattr(call, field))
                names = [
                    snake_exchanged(one, old, new) if one.endswith("_id") and one not in kept else one for one in listed
                ]
                if names != listed:
                    changed[field] = names
        if changed:
            moved.add(call.id)
            yield Change(what="operation", id=call.id, set=changed, was=said(call, changed))
    taken = {one.id for one in course.now.operations}
    for call in course.now.operations:
        name = name_exchanged(call.id, old, new)[:64]
        if name != call.id and name not in taken and (call.entity == new or call.id in moved):
            taken.add(name)
            yield Rename(what="operation", id=call.id, to=name)


def _path(path: str, old: str, new: str) -> str:
    """``/members/{member_id}/loans`` → ``/customers/{customer_id}/loans``."""
    segments = []
    for part in path.strip("/").split("/"):
        if part.startswith("{"):
            segments.append("{" + snake_exchanged(part[1:-1], old, new) + "}")
        elif fold(part) == fold(old):
            segments.append(segment(new) if part != "-".join(split_words(old)) else "-".join(split_words(new)))
        else:
            segments.append(part)
    return "/" + "/".join(segments)


def _label(label: str, operation: Rename) -> str:
    """A label that was the name in words becomes the new name in words; any other stays."""
    old, new = operation.id.rpartition(".")[2], operation.to
    if not label.isascii() or fold(label) != fold(old):
        return label
    words = " ".join(split_words(new))
    return words[:1].upper() + words[1:] if label[:1].isupper() else words


def _relabelled(after: Blueprint, what: str, address: str, old: str, new: str) -> Iterator[Any]:
    """The thing's own label, and the words of others that tell of it by that."""
    if new == old:
        return
    yield Change(what=what, id=address, set={"label": new}, was={"label": old})  # type: ignore[arg-type]
    yield from _told_otherwise(after, old, new)


def _told_otherwise(after: Blueprint, old: str, new: str) -> Iterator[Any]:
    """The words of things that tell of one by its label."""
    for sort, place, thing in _told(after):
        fields = {name: _reworded(getattr(thing, name), old, new) for name in _TEXTS[sort] if name != "about"}
        if sort == "assumption" and thing.about.startswith("refusal:"):
            fields["about"] = _reworded(thing.about, old, new)
        was = said(thing, fields)
        changed = {name: value for name, value in fields.items() if value != was[name]}
        if changed:
            yield Change(what=sort, id=place, set=changed, was={name: was[name] for name in changed})  # type: ignore[arg-type]
    was = said(after, ("summary", "questions"))
    becomes = {
        "summary": _reworded(after.summary, old, new),
        "questions": [_reworded(one, old, new) for one in after.questions],
    }
    changed = {name: value for name, value in becomes.items() if value != was[name]}
    if changed:
        yield Change(what="design", set=changed, was={name: was[name] for name in changed})


def _told(blueprint: Blueprint) -> Iterator[tuple[str, str, Any]]:
    for actor in blueprint.actors:
        yield "actor", actor.id, actor
    for entity in blueprint.entities:
        yield "entity", entity.name, entity
        for attribute in entity.attributes:
            yield "attribute", f"{entity.name}.{attribute.name}", attribute
    seen: dict[str, int] = {}
    for relation in blueprint.relations:
        key = f"{relation.source}-{relation.target}"
        seen[key] = seen.get(key, 0) + 1
        yield "relation", key if seen[key] == 1 else f"{key}#{seen[key]}", relation
    for call in blueprint.operations:
        yield "operation", call.id, call
    for scenario in blueprint.scenarios:
        yield "scenario", scenario.id, scenario
        for number, step in enumerate(scenario.steps, 1):
            yield "step", f"{scenario.id}.{number}", step
    for assumption in blueprint.assumptions:
        yield "assumption", assumption.id, assumption


def _reworded(value: Any, old: str, new: str) -> Any:
    if isinstance(value, tuple):  # the refusals of a call
        return [[status, exchanged(reason, old, new)] for status, reason in value]
    return exchanged(value, old, new)
