"""How much two things are the same thing under different names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from designchord.blueprint.changes.places import said
from designchord.blueprint.naming import fold, split_words

#: From how much on two things count as one that was renamed.
ALIKE: Final = 0.55


def renamed_pairs(what: str, gone: Sequence[Any], come: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Things that are gone, each with the one that it became, the likest first."""
    scored = [
        (likeness(what, old, new), -abs(at - to), at, to) for at, old in enumerate(gone) for to, new in enumerate(come)
    ]
    if what == "actor" and len(gone) == len(come) == 1 and gone[0].kind == come[0].kind:
        return [(gone[0], come[0])]
    pairs: list[tuple[Any, Any]] = []
    olds: set[int] = set()
    news: set[int] = set()
    for score, _, at, to in sorted(scored, reverse=True):
        if score < ALIKE:
            break
        if at not in olds and to not in news:
            olds.add(at)
            news.add(to)
            pairs.append((gone[at], come[to]))
    return pairs


def likeness(what: str, one: Any, other: Any) -> float:
    """From 0 (nothing in common) to 1."""
    match what:
        case "entity":
            keys = [{each.name for each in thing.attributes if "primary" not in each.key} for thing in (one, other)]
            if one.label == other.label:
                return 1.0 if _shared(*keys) > 0.3 or not (keys[0] or keys[1]) else 0.5
            return _shared(*keys) if min(map(len, keys)) >= 2 else 0.0
        case "attribute":
            if one.key != other.key or one.references != other.references or one.type != other.type:
                return 0.0
            if one.references:
                return 0.8
            same = one.label == other.label and bool(one.label)
            return (
                1.0
                if same
                else 0.6
                if said(one) | {"name": ""} == said(other) | {"name": ""} and _akin(one, other)
                else 0.0
            )
        case "operation":
            return _call(one, other)
        case "scenario":
            messages = [{(step.message, step.kind) for step in thing.steps} for thing in (one, other)]
            return max(float(one.title == other.title), _shared(*messages))
        case _:  # an actor
            return 1.0 if one.label == other.label else 0.0


def _shared(one: set[Any], other: set[Any]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _akin(one: Any, other: Any) -> bool:
    """Whether two names share a word, or one of them was only spelled otherwise."""
    return fold(one.name) == fold(other.name) or bool(set(split_words(one.name)) & set(split_words(other.name)))


def _call(one: Any, other: Any) -> float:
    if one.method != other.method:
        return 0.0
    if _form(one.path) == _form(other.path):
        return 1.0
    # The entity was perhaps renamed, and the path with it.
    same_shape = [part.startswith("{") for part in one.path.split("/")] == [
        part.startswith("{") for part in other.path.split("/")
    ]
    return 0.7 if same_shape and one.summary == other.summary else 0.0


def _form(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else fold(part) for part in path.split("/"))
