"""Examples of what an API is sent and answers: the document's own, else ones made from its schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from designchord.errors import outcome_of
from designchord.rehearsal.described import Description, Direction
from designchord.rehearsal.inventing import invent

#: Lists inside lists beyond this depth are left empty.
_DEEPEST: Final = 4
#: A longer example explains nothing.
_MOST_CHARACTERS: Final = 4_000


class Examples:
    """Whatever is wrong with a document, its examples are left out and the rest of it is shown."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        read = outcome_of(partial(Description, document))
        self._description = None if isinstance(read, Exception) else read

    def of(self, media: Mapping[str, Any], direction: Direction, *, invented: bool) -> Iterator[str]:
        """The examples of a body as text; with ``invented`` one that its schema allows where it has none."""
        given = list(_given(media))
        if not given and invented and self._description is not None:
            made = outcome_of(partial(self._make, self._description, media.get("schema"), direction))
            given = [made] if isinstance(made, dict | list) and made else []
        written = (as_text(value) for value in given)
        yield from (text for text in written if len(text) <= _MOST_CHARACTERS)

    @staticmethod
    def _make(description: Description, schema: Any, direction: Direction) -> Any:
        return invent(_whole(description.schema(schema, direction)))


def as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _given(media: Mapping[str, Any]) -> Iterator[Any]:
    if "example" in media:
        yield media["example"]
    named = media.get("examples")
    if isinstance(named, Mapping):
        yield from (one["value"] for one in named.values() if isinstance(one, Mapping) and "value" in one)
    elif isinstance(named, list):
        yield from named


def _whole(schema: Any, depth: int = 0) -> Any:
    """A schema with all that may be there: what is optional, and one thing in each list."""
    if not isinstance(schema, dict):
        return schema
    whole = {
        key: _whole(value, depth + 1) if key in ("items", "oneOf", "anyOf") else value for key, value in schema.items()
    }
    if isinstance(schema.get("properties"), dict):
        whole["properties"] = {name: _whole(one, depth + 1) for name, one in schema["properties"].items()}
        whole["required"] = list(schema["properties"])
    if isinstance(schema.get("allOf"), list):
        whole["allOf"] = [_whole(one, depth + 1) for one in schema["allOf"]]
    if schema.get("items") and depth < _DEEPEST:
        whole["minItems"] = max(1, int(schema.get("minItems") or 0))
    return whole
