"""What the text of the specification says of schemas and no metaschema holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from designchord.notation.openapi.findings import Finding, describe
from designchord.notation.openapi.locating import Path
from designchord.notation.openapi.objects import Object
from designchord.notation.problems import Severity

_COMPOSERS = ("allOf", "anyOf", "oneOf", "$ref", "not", "if", "patternProperties", "$dynamicRef")
_LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))


def find_schema_rule_errors(found: list[Object], version: str) -> Iterator[Finding]:
    """What is wrong with the schemas of a document beyond the metaschema; in 2.0 also with what is typed like one."""
    for item in found:
        node, path = item.value, item.path
        if item.type != "Schema" and not (version == "2.0" and item.type in ("Parameter", "Header", "Items")):
            continue
        if "required" in node:
            yield from _undeclared_required(path, node)
        if "default" in node:
            yield from _default(path, node, version)
        if "enum" in node:
            yield from _enumeration(path, node, version)
        if item.type == "Schema" and version == "2.0":
            yield from _discriminator(path, node)
        if item.type == "Schema" and version == "3.1" and "nullable" in node:
            message = f"`nullable` of {describe(path)} is a word of OpenAPI 3.0 and changes nothing in 3.1."
            hint = 'Write `type: ["string", "null"]`, with the type that it has.'
            yield Finding("openapi.ignored", "info", (*path, "nullable"), message, hint)
        if item.type == "Schema" and version != "3.1":
            yield from _list_of_nothing(path, node, version)
            yield from _neither_read_nor_written(path, node)


def _list_of_nothing(path: Path, node: dict[str, Any], version: str) -> Iterator[Finding]:
    if node.get("type") != "array" or "items" in node or any(key in node for key in _COMPOSERS):
        return
    # 3.0: "items MUST be present if the type is array"; 2.0 says it only of parameters and headers.
    severity: Severity = "error" if version == "3.0" else "warning"
    message = f"`items` is missing in {describe(path)}."
    yield Finding("openapi.missing", severity, path, message, "Say what the list holds: `items: {type: string}`.")


def _discriminator(path: Path, node: dict[str, Any]) -> Iterator[Finding]:
    """2.0: the property "MUST be defined at this schema and it MUST be in the required property list"."""
    name, properties, required = node.get("discriminator"), node.get("properties"), node.get("required")
    if not isinstance(name, str) or "allOf" in node:
        return
    declared = isinstance(properties, dict) and name in properties
    if declared and isinstance(required, list) and name in required:
        return
    fault = "not required" if declared else "not among its properties"
    message = f"`{name}` tells the forms of {describe(path)} apart, but is {fault}."
    hint = "Declare it under `properties`, and name it under `required`."
    yield Finding("openapi.undeclared_property", "warning", (*path, "discriminator"), message, hint)


def _neither_read_nor_written(path: Path, node: dict[str, Any]) -> Iterator[Finding]:
    if node.get("readOnly") is True and node.get("writeOnly") is True:
        message = f"{describe(path)} is both `readOnly` and `writeOnly`."
        yield Finding("openapi.exclusive", "error", (*path, "writeOnly"), message, "Keep one of them.")


def _undeclared_required(path: Path, node: dict[str, Any]) -> Iterator[Finding]:
    required, properties = node.get("required"), node.get("properties")
    if not isinstance(required, list) or not isinstance(properties, dict) or any(key in node for key in _COMPOSERS):
        return
    if len(path) > 1 and path[-2] in _LISTS:
        return  # a neighbour of the list may declare it
    for index, name in enumerate(required):
        if isinstance(name, str) and name not in properties:
            message = f"`{name}` is required in {describe(path)}, but not declared."
            hint = "Declare it under `properties`, or take it out of `required`."
            yield Finding("openapi.undeclared_property", "warning", (*path, "required", index), message, hint)


def _default(path: Path, node: dict[str, Any], version: str) -> Iterator[Finding]:
    value, types = node["default"], _types(node)
    choices = node.get("enum")
    fits = not types or any(_is_of_type(value, name) for name in types)
    if fits and not (isinstance(choices, list) and choices and value not in choices):
        return
    if value is None and (node.get("x-nullable") or node.get("nullable")):
        return
    reason = f"is not of type {' or '.join(types)}" if not fits else "is not one of the values of `enum`"
    # 3.0 and 2.0: "the value MUST conform to the defined type"; in 3.1 it only should.
    severity: Severity = "warning" if version == "3.1" or fits else "error"
    message = f"The default of {describe(path)} {reason}."
    yield Finding("openapi.default", severity, (*path, "default"), message, "Correct the default or the type.")


def _enumeration(path: Path, node: dict[str, Any], version: str) -> Iterator[Finding]:
    choices, types = node.get("enum"), _types(node)
    if not isinstance(choices, list):
        return
    seen: set[str] = set()
    for index, value in enumerate(choices):
        written = json.dumps(value, sort_keys=True, default=str)
        if written in seen:
            message = f"`enum` of {describe(path)} holds the same value twice."
            yield Finding("openapi.repeated", "warning", (*path, "enum", index), message, "Remove one of them.")
        seen.add(written)
        if not types:
            continue
        if value is None and (node.get("nullable") or version != "3.1"):
            continue
        if not any(_is_of_type(value, name) for name in types):
            message = f"A value of `enum` in {describe(path)} is not of type {' or '.join(types)}."
            hint = (
                "Put quotes around it, or change the type." if "string" in types else "Correct the value or the type."
            )
            yield Finding("openapi.enum", "warning", (*path, "enum", index), message, hint)


def _types(node: dict[str, Any]) -> list[str]:
    types = node.get("type")
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    return [name for name in names if isinstance(name, str) and name in _PYTHON_TYPES]


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


def _is_of_type(value: Any, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _PYTHON_TYPES[name])
