"""A value that a schema allows: its example, else the plainest that fits."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from designchord.rehearsal.described import properties_of, required_of

_FORMATS: Final = {
    "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, "example")),
    "date": "2026-03-02",
    "date-time": "2026-03-02T09:30:00Z",
    "time": "09:30:00Z",
    "email": "user@example.com",
    "uri": "https://example.com/",
}


def invent(schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    for word in ("oneOf", "anyOf"):
        if schema.get(word):
            return invent(schema[word][0], name, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind == "array":
        least = int(schema.get("minItems") or 0)
        return [invent(schema.get("items") or {}, name, depth + 1)] * least if depth < 8 else []
    properties = properties_of(schema)
    if kind == "object" or properties:
        required = required_of(schema)
        return {key: invent(one, key, depth + 1) for key, one in properties.items() if key in required and depth < 8}
    if kind in ("integer", "number"):
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in schema else 1)
        high = schema.get("maximum")
        return low if high is None or low <= high else high
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    return _text(schema, name)


def _text(schema: Mapping[str, Any], name: str) -> str:
    known = _FORMATS.get(str(schema.get("format")))
    if known:
        return known
    text = name.replace("_", " ") or "text"
    low, high = int(schema.get("minLength") or 0), schema.get("maxLength")
    text = text.ljust(low, "x")
    return text if high is None else text[: int(high)]
