"""What a good model answers to the stages of a blueprint: taken from the blueprint that it would have written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from designchord.blueprint.model import Attribute, Blueprint, Operation
from designchord.blueprint.staging import PLAIN_TYPES

_DEMAND = re.compile(r"^(R\d+) ", re.MULTILINE)
_DEEDS = {"PUT": "change", "PATCH": "change", "DELETE": "delete"}


def answer(kind: str, made: Blueprint, instruction: str) -> str:
    match kind.removeprefix("stage-"):
        case "things":
            value: dict[str, Any] = {"summary": made.summary or made.title}
            value["actors"] = [{"label": one.label, "name": one.id} for one in made.actors]
            value["entities"] = [{"label": one.label, "name": one.name} for one in made.entities]
        case "operations":
            value = {number: list(_calls(made, number)) for number in _DEMAND.findall(instruction)}
        case "relations":
            value = {"relations": [{"one": one.source, "many": one.target} for one in made.relations]}
        case "attributes":
            named = [one for one in made.entities if re.search(rf"\b{one.name}\b", instruction)]
            value = {one.name: [_attribute(each) for each in one.attributes[:8]] for one in named}
        case _:
            calls = re.findall(r"^([a-z]\w+): ", instruction, re.MULTILINE)
            value = {"stories": [{"title": made.title, "actor": made.actors[0].id, "calls": calls[:2]}]}
    return orjson.dumps(value).decode()


def _calls(made: Blueprint, number: str) -> Iterator[dict[str, str]]:
    found = [one for one in made.operations if number in one.requirements] or list(made.operations[:1])
    for one in found[:2]:
        yield {
            "summary": one.summary,
            "actor": one.actor or made.actors[0].id,
            "does": _deed(one),
            "entity": one.entity or made.entities[0].name,
            "verb": one.path.rpartition("/")[2],
            "refused_when": one.errors[0][1] if one.errors else "",
        }


def _attribute(one: Attribute) -> dict[str, str]:
    return {"name": one.name, "type": one.type if one.type in PLAIN_TYPES else "string"}


def _deed(one: Operation) -> str:
    if one.method == "GET":
        return "list" if one.returns == "page" else "read"
    acts = one.method == "POST" and "}/" in one.path and one.requirements
    return _DEEDS.get(one.method) or ("act" if acts else "create")
