"""What a change of a blueprint would mean: for its artifacts, for callers of its API, in its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from designchord.blueprint.changes import Rename
from designchord.blueprint.model import Blueprint
from designchord.kinds import registry
from designchord.kinds.base import Part
from designchord.kinds.staleness import changes
from designchord.pipeline.breaking import calls_touched
from designchord.pipeline.merging import Reconciled
from designchord.pipeline.picturing import draw_model, draw_stories

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
    """JSON-ready: ``{artifacts, api, erd, stories, requirements}``, as ``docs/http.md`` shows it."""
    actors, entities, calls, stories = (
        _renamed(operations, what) for what in ("actor", "entity", "operation", "scenario")
    )
    return {
        "artifacts": [
            _reconciled(one, merged.get((one["kind"], one["part"])))
            for one in _artifacts(before, after, kinds, standing)
        ],
        "api": calls_touched(before, after, calls, entities),
        "erd": draw_model(before, after, entities),
        "stories": list(draw_stories(before, after, actors, calls, stories)),
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
    clashes = [one.to_dict() for one in found.clashes[:_MOST_CLASHES]]
    return artifact | {"how": "outdated" if found.source is None else "merged", "clashes": clashes}


def _renamed(operations: Sequence[Any], what: str) -> dict[str, str]:
    """Old names and the new ones, along chains."""
    names: dict[str, str] = {}
    for one in operations:
        if isinstance(one, Rename) and one.what == what:
            first = next((old for old, new in names.items() if new == one.id), one.id)
            names[first] = one.to
    return names


def _unserved(before: Blueprint, after: Blueprint) -> Iterator[dict[str, str]]:
    """Requirements that something was there for, and nothing would be: what the change contradicts."""
    served, still = _served(before), _served(after)
    for one in after.requirements:
        if one.id in served and one.id not in still:
            yield {"id": one.id, "text": one.text}


def _served(blueprint: Blueprint) -> set[str]:
    named = [one.requirements for one in blueprint.operations] + [one.requirements for one in blueprint.scenarios]
    return {name for names in named for name in names}
