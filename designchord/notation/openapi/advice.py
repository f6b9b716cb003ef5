"""What to write instead of what the metaschema refuses, in the words of the document's own version."""

from __future__ import annotations

from typing import Any, Final

from designchord.notation.openapi.locating import Path

_MISSING: Final = {
    "description": "Add `description: …` with a short sentence.",
    "responses": "Add `responses:` with at least one status code.",
    "info": "Add `info:` with `title` and `version`.",
    "version": 'Add `version: "1.0.0"`.',
    "title": "Add `title: …`.",
    "paths": "Add `paths: {}` or the operations themselves.",
    "schema": "Say the type: `schema: {type: string}`.",
    "required": "A path parameter always has `required: true`.",
    "type": "Say the type: `type: string`.",
    "in": "Say where it is sent: `in: query`, `path`, `header` or `cookie`.",
    "items": "Say what the list holds: `items: {type: string}`.",
    "content": "Add `content: {application/json: {schema: …}}`.",
    "flows": "Add `flows: {clientCredentials: {tokenUrl: …, scopes: {}}}`.",
    "scopes": "Add `scopes: {}`.",
    "scheme": "Add `scheme: bearer` or another scheme of HTTP.",
}
#: What a form asks for, where its pattern would not tell a reader.
_FORMS: Final = {
    "host": "The server's name, without `https://` and without a path: `api.example.org`.",
    "basePath": "It begins with `/`: `/v1`.",
}
_FORMATS: Final = {
    "email": "Write an address such as `api@example.org`.",
    "uri": "Write a whole address: `https://example.org/…`.",
    "uri-reference": "Write an address without blanks: `https://example.org/…`.",
    "regex": "Write a regular expression as JavaScript reads it.",
}
#: What a type is called elsewhere.
_TYPES: Final = {
    **dict.fromkeys(("str", "text", "varchar", "char", "uuid", "date", "datetime", "email", "enum"), "string"),
    **dict.fromkeys(("int", "long", "int32", "int64", "short"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("list", "set", "tuple"), "array"),
    **dict.fromkeys(("map", "dict", "json", "struct"), "object"),
}
_METHODS: Final = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))
_SECURITY: Final = ("securitySchemes", "securityDefinitions")


def for_missing(name: str, path: Path) -> str:
    if name == "type" and len(path) > 1 and path[-2] in _SECURITY:
        return "Say the type: `type: http` with `scheme: bearer`, or `type: apiKey`."
    return _MISSING.get(name, f"Add `{name}: …`.")


def for_type(path: Path, expected: list[str], value: Any, version: str) -> str | None:
    """``expected`` are the names of JSON's types."""
    key = path[-1] if path else ""
    if "string" in expected and isinstance(value, bool | int | float):
        return f'Put quotes around it: `"{value}"`.'
    if key == "required" and isinstance(value, bool):
        return "A schema lists the names of its required properties: `required: [name]`, beside `properties`."
    if key in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):
        return (
            f"In OpenAPI 3.1 it is the bound itself: `{key}: 1`, instead of `{'mini' if 'Mini' in key else 'maxi'}mum`."
        )
    if key == "type" and isinstance(value, list):
        return "Write one type; null beside it is `nullable: true`." if version == "3.0" else "Write one type."
    if expected == ["array"]:
        return "Begin each entry with `- `, also a single one."
    if "object" in expected:
        return _mapping(path, value)
    if isinstance(value, str) and {"boolean", "integer", "number"} & set(expected):
        return "Write it without quotes."
    return None


def _mapping(path: Path, value: Any) -> str:
    if isinstance(value, str):
        word = _TYPES.get(value.lower(), value)
        if word in (*_TYPES.values(), "null"):
            return f"Write `{{type: {word}}}`."
        if len(path) > 1 and path[-2] in ("tags", "servers"):
            return f"Write `{'name' if path[-2] == 'tags' else 'url'}: {value[:60]}`."
        if len(path) > 1 and path[-2] == "responses":
            return f"Write `description: {value[:60]}` below it."
    if isinstance(value, list):
        return "Write `name: value` lines instead of entries that begin with `- `."
    return "Write `name: value` lines below it."


def for_unknown(names: list[str], path: Path, version: str) -> str:
    """What a key that is not known was meant for, or where it stands in this version."""
    name = names[0] if names else ""
    if path == ("paths",) and name:
        return f"A path begins with `/`: `/{name}`."
    if path[-1:] == ("responses",):
        return "Answers are called by their status: `200`, `2XX` in capitals for a range, or `default`."
    if name != name.lower() and name.lower() in _METHODS:
        return f"Write `{name.lower()}`."
    known = (_IN_TWO if version == "2.0" else _IN_THREE).get(name)
    if known is not None:
        return known
    if "nullable" in names:
        return 'In OpenAPI 3.1 write `type: ["string", "null"]`.'
    is_parameter = path[-2:-1] in (("parameters",), ("headers",))
    if is_parameter and version != "2.0" and name in ("type", "format", "enum", "items", "default"):
        return "Put it inside `schema:`."
    return "Remove it, correct its name or indentation, or begin an own extension with `x-`."


_IN_TWO: Final = {
    "nullable": "OpenAPI 2.0 has no word for it; tools read `x-nullable: true`.",
    "requestBody": "In OpenAPI 2.0 the body is a parameter: `{name: body, in: body, schema: …}`.",
    "content": "In OpenAPI 2.0 the schema stands here itself, `schema: …`, and media types in `produces`.",
    "components": "In OpenAPI 2.0 schemas stand in `definitions`.",
    "schema": "In OpenAPI 2.0 only a body has one; other parameters have `type` and `format` themselves.",
    "servers": "In OpenAPI 2.0 write `host`, `basePath` and `schemes`.",
    "scheme": "In OpenAPI 2.0 write `type: basic`, or `type: apiKey` for a token in a header.",
    "oneOf": "OpenAPI 2.0 has no choices; `allOf` is all that there is.",
    "anyOf": "OpenAPI 2.0 has no choices; `allOf` is all that there is.",
}
_IN_THREE: Final = {
    "schema": "In OpenAPI 3 it stands in a media type: `content: {application/json: {schema: …}}`.",
    "definitions": "In OpenAPI 3 schemas stand in `components: {schemas: …}`.",
    "consumes": "In OpenAPI 3 the media types are the keys of `content` in `requestBody`.",
    "produces": "In OpenAPI 3 the media types are the keys of `content` in each response.",
    "securityDefinitions": "In OpenAPI 3 they stand in `components: {securitySchemes: …}`.",
    "host": "In OpenAPI 3 write `servers: [{url: https://…}]`.",
    "basePath": "In OpenAPI 3 it is part of the address: `servers: [{url: https://…}]`.",
    "schemes": "In OpenAPI 3 it is part of the address: `servers: [{url: https://…}]`.",
}


def for_value(path: Path, value: Any, allowed: list[Any], version: str, around: Any) -> str | None:
    """What of the allowed values was meant, or all of them; ``around`` is what the value stands in."""
    if path[-1:] == ("in",) and isinstance(around, dict) and around.get("type") == "file":
        return "A file is sent `in: formData`."
    if path[-1:] == ("type",) and isinstance(value, str):
        if value == "null" and version == "3.0":
            return "In OpenAPI 3.0 write the type that it has otherwise, and `nullable: true`."
        if len(path) > 2 and path[-3] in _SECURITY and value.lower() in ("bearer", "jwt", "basic", "token"):
            return "Write `type: http` with `scheme: " + ("basic" if value.lower() == "basic" else "bearer") + "`."
        word = _TYPES.get(value.lower(), value.lower())
        if word in allowed and word != value:
            return f"Write `type: {word}`."
    if value == "body" and path[-1:] == ("in",) and path[-3:-2] == ("parameters",):
        return "In OpenAPI 3 the body is no parameter: `requestBody: {content: {application/json: {schema: …}}}`."
    listed = ", ".join(f"`{item}`" for item in allowed)
    return f"Allowed: {listed}." if listed else None


def for_form(path: Path, pattern: Any) -> str:
    return _FORMS.get(str(path[-1]) if path else "", f"The form is `{pattern}`.")


def for_format(name: str) -> str | None:
    return _FORMATS.get(name)
