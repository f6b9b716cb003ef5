"""A blueprint asked for in stages: what each question may be answered with, given what the earlier ones gave.

Small models lose the thread of one big form; asked for a little at a time, with the names that exist as the only ones
allowed, they keep to the idea. Schemas keep to what every server that enforces any of them enforces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from designchord.blueprint.model import AttributeType, Requirement

Schema = dict[str, Any]

#: What a call does, in the model's words.
DEEDS: Final = ("create", "list", "read", "change", "delete", "act")

_TEXT: Final[Schema] = {"type": "string"}
#: Types that need no values of their own.
PLAIN_TYPES: Final = tuple(kind for kind in get_args(AttributeType) if kind not in ("enum", "json"))


@dataclass(frozen=True, slots=True)
class Stage:
    """One question: the name of its prompt, the ``values`` that fill it, the schema of its answer, and who takes it.

    ``max_tokens`` is what its answer may need. A stage that is not ``needed`` may fail and costs only what it would
    have brought.
    """

    name: str
    schema: Schema
    take: Callable[[Mapping[str, Any]], None]
    max_tokens: int
    values: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False


def things_schema() -> Schema:
    thing = _object(label=_TEXT, name=_TEXT)
    return _object(summary=_TEXT, actors=_list(thing, 1, 8), entities=_list(thing, 1, 16))


def attributes_schema(entities: Sequence[str]) -> Schema:
    attribute = _object(name=_TEXT, type={"enum": list(PLAIN_TYPES)})
    return _object(**{name: _list(attribute, 1, 8) for name in entities})


def relations_schema(entities: Sequence[str]) -> Schema:
    ends = {"enum": list(entities)}
    return _object(relations=_list(_object(one=ends, many=ends), 0, 2 * len(entities)))


def operations_schema(requirements: Sequence[Requirement], entities: Sequence[str], actors: Sequence[str]) -> Schema:
    call = _object(
        summary=_TEXT,
        actor={"enum": list(actors)},
        does={"enum": list(DEEDS)},
        entity={"enum": list(entities)},
        verb=_TEXT,
        refused_when=_TEXT,
    )
    return _object(**{one.id: _list(call, 1, 2) for one in requirements})


def stories_schema(calls: Sequence[str], actors: Sequence[str]) -> Schema:
    story = _object(title=_TEXT, actor={"enum": list(actors)}, calls=_list({"enum": list(calls)}, 1, 4))
    return _object(stories=_list(story, 1, 4))


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(item: Schema, least: int, most: int) -> Schema:
    return {"type": "array", "minItems": least, "maxItems": most, "items": item}
