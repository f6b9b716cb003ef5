"""What a change of a blueprint would mean: for its artifacts, for callers of its API, in its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designchord.blueprint.changes import Rename
from designchord.blueprint.model import Attribute, Blueprint, Entity, Operation
from designchord.blueprint.things import things
from designchord.kinds import registry
from designchord.kinds.base import Part
from designchord.kinds.staleness import changes
from designchord.pipeline.merging import Reconciled

#: More places of one artifact where two changes meet are not shown.
_MOST_CLASHES = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part came to be: edited ``by_hand``, or ``compiled`` by code from the blueprint."""

    by_hand: bool
    compiled: bool


def preview(
    before: Blueprint,
    after: Blueprint,
    operations: Sequence[Any],
    *,
    kinds: Sequence[str],
    standing: Mapping[tuple[str, str], Standing],
    merged: Mapping[tuple[str, str], Reconciled],
) -> dict[str, Any]:
    """JSON-ready: ``{artifacts, api, erd, requirements}``, as ``docs/http.md`` shows it."""
    return {
        "artifacts": [
            _reconciled(one, merged.get((one["kind"], one["part"])))
            for one in _artifacts(before, after, kinds, standing)
        ],
        "api": _api(before, after, _renamed(operations, "operation"), _renamed(operations, "entity")),
        "erd": _picture(before, after, _renamed(operations, "entity")),
        "requirements": list(_unserved(before, after)),
    }


def _artifacts(
    before: Blueprint, after: Blueprint, kinds: Sequence[str], standing: Mapping[tuple[str, str], Standing]
) -> Iterator[dict[str, Any]]:
    """The artifacts that would be another: ``added``, ``removed``, ``recompiled`` by code, or ``outdated`` until they
    are made again; ``by_hand`` where somebody edited them."""
    for name in kinds:
        kind = registry.kind(name)
        then = {part.key: part for part in kind.parts(after)}
        now = {part.key: part for part in kind.parts(before)}
        for key, part in then.items():
            if key not in now:
                yield _artifact(name, part, "added", None, ())
                continue
            found = changes(kind, part, before=before, after=after)
            if found:
                known = standing.get((name, key))
                how = "recompiled" if known is not None and known.compiled and not known.by_hand else "outdated"
                yield _artifact(name, part, how, known, [change.to_dict() for change in found])
        for key, part in now.items():
            if key not in then:
                yield _artifact(name, part, "removed", standing.get((name, key)), ())


def _artifact(
    kind: str, part: Part, how: str, known: Standing | None, found: Sequence[dict[str, str]]
) -> dict[str, Any]:
    by_hand = known is not None and known.by_hand
    return {
        "kind": kind,
        "part": part.key,
        "title": part.title,
        "how": how,
        "by_hand": by_hand,
        "changes": list(found),
    }


def _reconciled(artifact: dict[str, Any], found: Reconciled | None) -> dict[str, Any]:
    """An artifact that somebody edited is ``merged`` where that is exact; else the ``clashes`` show both sides."""
    if found is None or artifact["how"] != "outdated":
        return artifact | {"clashes": []}
    clashes = [{"line": one.line, "yours": one.yours, "theirs": one.theirs} for one in found.clashes[:_MOST_CLASHES]]
    return artifact | {"how": "outdated" if found.source is None else "merged", "clashes": clashes}


def _renamed(operations: Sequence[Any], what: str) -> dict[str, str]:
    """Old names and the new ones, along chains."""
    names: dict[str, str] = {}
    for one in operations:
        if isinstance(one, Rename) and one.what == what:
            first = next((old for old, new in names.items() if new == one.id), one.id)
            names[first] = one.to
    return names


# The API, as those see it who call it.


def _api(
    before: Blueprint, after: Blueprint, calls: Mapping[str, str], entities: Mapping[str, str]
) -> list[dict[str, Any]]:
    found = []
    then = {one.id: one for one in after.operations}
    kept = set()
    for old in before.operations:
        new = then.get(calls.get(old.id, old.id))
        if new is None:
            found.append(_call("removed", old, "breaking", ["It is gone."]))
            continue
        kept.add(new.id)
        breaking, harmless = _differences(before, after, old, new, entities)
        if breaking or harmless:
            found.append(_call("changed", new, "breaking" if breaking else "compatible", [*breaking, *harmless]))
    found += [_call("added", one, "compatible", []) for one in after.operations if one.id not in kept]
    return found


def _call(how: str, call: Operation, effect: str, because: list[str]) -> dict[str, Any]:
    return {
        "how": how,
        "effect": effect,
        "operation": call.id,
        "method": call.method,
        "path": call.path,
        "because": because,
    }


def _differences(
    before: Blueprint, after: Blueprint, old: Operation, new: Operation, entities: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """What breaks callers of an operation, and what does not."""
    breaking, harmless = [], []
    if (old.method, _form(old.path)) != (new.method, _form(new.path)):
        breaking.append(f"{old.method} {old.path} becomes {new.method} {new.path}.")
    if old.id != new.id:
        harmless.append(f"Its operationId was {old.id}.")
    if old.returns != new.returns:
        breaking.append(f"It returns {new.returns} instead of {old.returns}.")
    was, now = _attributes(before, old.entity), _attributes(after, new.entity)
    breaking += [f"{name} is no longer sent." for name in old.request if name not in new.request]
    breaking += [f"{name} is no longer a filter." for name in old.filters if name not in new.filters]
    for name in new.request:
        if name not in old.request:
            needed = now[name].required if name in now else True
            (breaking if needed else harmless).append(f"{name} is sent, too{', and needed' if needed else ''}.")
        elif name in was and name in now:
            if now[name].required and not was[name].required:
                breaking.append(f"{name} is needed.")
            elif was[name].type != now[name].type:
                breaking.append(f"{name} is {now[name].type} instead of {was[name].type}.")
    harmless += [f"{name} is a filter." for name in new.filters if name not in old.filters]
    if old.returns != "none" and entities.get(old.entity or "", old.entity) == new.entity:
        answered = [name for name in was if name not in now and name not in old.request]
        breaking += [f"{name} is no longer answered." for name in answered]
        harmless += [f"{name} is answered, too." for name in now if name not in was and name not in new.request]
    gone = {status for status, _ in old.errors} - {status for status, _ in new.errors}
    come = {status for status, _ in new.errors} - {status for status, _ in old.errors}
    harmless += [f"It may answer {status}." for status in sorted(come)]
    harmless += [f"It no longer answers {status}." for status in sorted(gone)]
    return breaking, harmless


def _attributes(blueprint: Blueprint, entity: str | None) -> dict[str, Attribute]:
    found = blueprint.entity(entity) if entity else None
    return {one.name: one for one in found.attributes} if found is not None else {}


def _form(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


# The picture.


def _picture(before: Blueprint, after: Blueprint, entities: Mapping[str, str]) -> dict[str, Any] | None:
    """The ERD with all that is, that comes and that goes, and marks for what is not as before."""
    old = {entities.get(one.name, one.name): one for one in before.entities}
    new = {one.name: one for one in after.entities}
    marks = {name: "added" for name in new if name not in old}
    marks |= {name: "removed" for name in old if name not in new}
    whole: list[Entity] = []
    for name, entity in new.items():
        was = old.get(name)
        changed = {} if was is None else _marked(was, entity)
        if was is not None and (changed or was.name != name):
            marks[name] = "changed"
            marks |= {f"{name}.{one}": how for one, how in changed.items()}
            gone = tuple(one for one in was.attributes if changed.get(one.name) == "removed")
            entity = entity.model_copy(update={"attributes": (*entity.attributes, *gone)})
        whole.append(entity)
    whole += [entity for name, entity in old.items() if name not in new]
    names = {one.name for one in whole}
    relations = list(after.relations) + [
        one for one in before.relations if {one.source, one.target} - new.keys() and {one.source, one.target} <= names
    ]
    if not marks and things(before, "relation") == things(after, "relation"):
        return None
    both = after.model_copy(update={"entities": tuple(whole), "relations": tuple(relations)})
    return {"source": registry.kind("erd").skeleton(both, Part("", after.title)), "marks": marks}


def _marked(was: Entity, entity: Entity) -> dict[str, str]:
    old = {one.name: one for one in was.attributes}
    new = {one.name: one for one in entity.attributes}
    marks = {name: "added" for name in new if name not in old}
    marks |= {name: "removed" for name in old if name not in new}
    return marks | {name: "changed" for name, one in new.items() if name in old and one != old[name]}


def _unserved(before: Blueprint, after: Blueprint) -> Iterator[dict[str, str]]:
    """Requirements that something was there for, and nothing would be: what the change contradicts."""
    served, still = _served(before), _served(after)
    for one in after.requirements:
        if one.id in served and one.id not in still:
            yield {"id": one.id, "text": one.text}


def _served(blueprint: Blueprint) -> set[str]:
    named = [one.requirements for one in blueprint.operations] + [one.requirements for one in blueprint.scenarios]
    return {name for names in named for name in names}
