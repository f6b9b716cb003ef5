"""The compact form of a blueprint as a JSON schema, for servers that hold a model to one.

Only what every such server enforces: all fields required, nothing beside them, three levels, no patterns and no
lengths (a grammar that llama.cpp cannot parse is dropped in silence, and nested lengths are such).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from designchord.blueprint.model import Requirement

Schema = dict[str, Any]

#: Numbers after the author's, for what the text demands beyond them.
_FREE_NUMBERS: Final = 5

_TEXT: Final[Schema] = {"type": "string"}


def transport_schema(requirements: Sequence[Requirement] = ()) -> Schema:
    """The schema of an answer about an idea with these numbered requirements."""
    ids = [one.id for one in requirements]
    last = max((int(one[1:]) for one in ids), default=0)
    known: Schema = {"enum": [*ids, *(f"R{last + more}" for more in range(1, _FREE_NUMBERS + 1))]} if ids else _TEXT
    entity = _object(name=_TEXT, label=_TEXT, requirements=_list(known), attributes=_list(_TEXT))
    operation = _object(
        id=_TEXT,
        call=_TEXT,
        summary=_TEXT,
        actor=_TEXT,
        entity=_TEXT,
        request=_list(_TEXT),
        filters=_list(_TEXT),
        errors=_list(_TEXT),
        requirements=_list(known),
    )
    scenario = _object(id=_TEXT, title=_TEXT, actor=_TEXT, requirements=_list(known), steps=_list(_TEXT))
    return _object(
        title=_TEXT,
        summary=_TEXT,
        actors=_list(_TEXT),
        requirements=_list(_TEXT),
        entities=_list(entity),
        relations=_list(_TEXT),
        operations=_list(operation),
        scenarios=_list({"anyOf": [_TEXT, scenario]}),
        assumptions=_list(_TEXT),
        questions=_list(_TEXT),
    )


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}
