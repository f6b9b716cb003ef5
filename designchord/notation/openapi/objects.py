"""The objects of a description, by the names that the specification gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from designchord.notation.openapi.locating import Path


class Object(NamedTuple):
    """A mapping of a description, what it is (``Operation``, ``Media Type``, …), and where it stands."""

    type: str
    path: Path
    value: dict[str, Any]


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

#: ``X``: one; ``[X]``: a list; ``{X}``: a mapping of names; ``X|[X]``: one or a list.
_Fields = Mapping[str, str]
_SCHEMA: _Fields = {
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[Schema]"),
    **dict.fromkeys(("not", "additionalProperties", "contains", "if", "then", "else", "propertyNames"), "Schema"),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties", "contentSchema", "additionalItems"), "Schema"),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "definitions", "$defs"), "{Schema}"),
    "items": "Schema|[Schema]",
    "discriminator": "Discriminator",
    "externalDocs": "External Documentation",
}
_PARAMETER: _Fields = {"schema": "Schema", "content": "{Media Type}", "examples": "{Example}"}
_THREE: Mapping[str, _Fields] = {
    "OpenAPI": {
        "info": "Info",
        "servers": "[Server]",
        "paths": "{Path Item}",
        "webhooks": "{Path Item}",
        "components": "Components",
        "tags": "[Tag]",
        "externalDocs": "External Documentation",
    },
    "Info": {"license": "License", "contact": "Contact"},
    "Tag": {"externalDocs": "External Documentation"},
    "Server": {"variables": "{Server Variable}"},
    "Components": {
        "schemas": "{Schema}",
        "responses": "{Response}",
        "parameters": "{Parameter}",
        "examples": "{Example}",
        "requestBodies": "{Request Body}",
        "headers": "{Header}",
        "securitySchemes": "{Security Scheme}",
        "links": "{Link}",
        "callbacks": "{Callback}",
        "pathItems": "{Path Item}",
    },
    "Path Item": {"servers": "[Server]", "parameters": "[Parameter]", **dict.fromkeys(METHODS, "Operation")},
    "Operation": {
        "parameters": "[Parameter]",
        "requestBody": "Request Body",
        "responses": "{Response}",
        "callbacks": "{Callback}",
        "servers": "[Server]",
        "externalDocs": "External Documentation",
    },
    "Parameter": _PARAMETER,
    "Header": _PARAMETER,
    "Request Body": {"content": "{Media Type}"},
    "Media Type": {"schema": "Schema", "examples": "{Example}", "encoding": "{Encoding}"},
    "Encoding": {"headers": "{Header}"},
    "Response": {"headers": "{Header}", "content": "{Media Type}", "links": "{Link}"},
    "Link": {"server": "Server"},
    "Schema": _SCHEMA,
}
_TWO: Mapping[str, _Fields] = {
    "OpenAPI": {
        "info": "Info",
        "paths": "{Path Item}",
        "definitions": "{Schema}",
        "parameters": "{Parameter}",
        "responses": "{Response}",
        "securityDefinitions": "{Security Scheme}",
        "tags": "[Tag]",
    },
    "Path Item": {"parameters": "[Parameter]", **dict.fromkeys(METHODS, "Operation")},
    "Operation": {"parameters": "[Parameter]", "responses": "{Response}"},
    "Parameter": {"schema": "Schema", "items": "Items"},
    "Response": {"schema": "Schema", "headers": "{Header}"},
    "Header": {"items": "Items"},
    "Items": {"items": "Items"},
    "Schema": {key: _SCHEMA[key] for key in ("allOf", "additionalProperties", "properties", "items")},
}


def objects(document: dict[str, Any], version: str) -> Iterator[Object]:
    """Every object of a description in its order, also one that is a reference; references are not followed."""
    tables = _TWO if version == "2.0" else _THREE
    stack = [Object("OpenAPI", (), document)]
    while stack:
        found = stack.pop()
        yield found
        if found.type == "Callback":
            children = [(key, "Path Item") for key in found.value if not key.startswith("x-")]
        else:
            fields = tables.get(found.type, {})
            children = [(key, fields[key]) for key in found.value if key in fields]
        below = [item for key, kind in children for item in _below(kind, (*found.path, key), found.value[key])]
        stack.extend(reversed(below))


def _below(kind: str, path: Path, value: Any) -> Iterator[Object]:
    if "|" in kind:
        kind = kind.partition("|")[2 if isinstance(value, list) else 0]
    if kind[0] == "[":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield Object(kind[1:-1], (*path, index), item)
    elif isinstance(value, dict):
        if kind[0] != "{":
            yield Object(kind, path, value)
            return
        extensible = path == ("paths",) or (kind == "{Response}" and len(path) > 2 and path[-2] in METHODS)
        for key, item in value.items():
            if isinstance(item, dict) and not (extensible and key.startswith("x-")):
                yield Object(kind[1:-1], (*path, key), item)
