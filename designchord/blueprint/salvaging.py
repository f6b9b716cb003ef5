"""What a refused answer holds of its author's text, taken over into the blueprint that stands in its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from designchord.blueprint import answering
from designchord.blueprint.assumptions import settle
from designchord.blueprint.grounding import speaks_of
from designchord.blueprint.joining import join_said
from designchord.blueprint.model import Blueprint, Brief, Entity, Operation, Relation
from designchord.errors import Conflict
from designchord.notation.problems import Fix

_M = TypeVar("_M", bound=BaseModel)


def salvage(source: str, drafted: Blueprint, brief: Brief) -> tuple[Blueprint, tuple[Fix, ...]]:
    """``drafted`` with the entities and operations of a refused blueprint that the text speaks of in its own words.

    ``source`` is what was read of the answer, valid or not. Each thing that was taken over is told. A placeholder of
    the draft goes where something real has come.
    """
    try:
        raw = json.loads(source)
    except ValueError:
        return drafted, ()
    if not isinstance(raw, dict):
        return drafted, ()
    said = speaks_of(brief)
    entities = tuple(one for one in _valid(Entity, raw.get("entities")) if said("", one.label))
    names = {one.name for one in (*entities, *drafted.entities)}
    operations = tuple(
        one for one in _valid(Operation, raw.get("operations")) if one.entity in names and said("", one.summary)
    )
    ends = {one.name for one in entities}
    relations = tuple(one for one in _valid(Relation, raw.get("relations")) if {one.source, one.target} <= ends)
    found = drafted.model_copy(update={"entities": entities, "operations": operations, "relations": relations})
    joined, fixes = join_said(drafted, found)
    blueprint, _ = answering.check(answering.dump(joined))
    return (_without_placeholder(blueprint, drafted), fixes) if blueprint is not None and fixes else (drafted, ())


def _without_placeholder(blueprint: Blueprint, drafted: Blueprint) -> Blueprint:
    if not all(one.assumed for one in drafted.entities) or all(one.assumed for one in blueprint.entities):
        return blueprint
    about = {f"entity:{one.name}" for one in drafted.entities}
    struck = [one.id for one in blueprint.assumptions if one.about in about]
    try:
        return settle(blueprint, struck=struck)
    except Conflict:
        return blueprint


def _valid(model: type[_M], items: Any) -> Iterator[_M]:
    for item in items if isinstance(items, list) else []:
        try:
            yield model.model_validate(item)
        except ValidationError:
            continue
