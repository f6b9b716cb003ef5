"""An OpenAPI 3.1 document in the words of 3.0.3, for tools that read no newer one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: What 3.0 has no word for.
_UNKNOWN: Final = frozenset(
    (
        *("$schema", "$id", "$defs", "$comment", "if", "then", "else", "contains", "prefixItems", "const"),
        *("patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "dependentSchemas"),
        *("dependentRequired", "contentMediaType", "contentEncoding", "minContains", "maxContains"),
    )
)
_SCHEMAS: Final = ("properties",)
#: In a document that was made of another one: the name of that one's file, beside it.
DERIVED_FROM: Final = "x-derived-from"


def lower(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as 3.0.3. What it cannot say (roles of a bearer token, webhooks) is left out."""
    lowered = {name: value for name, value in document.items() if name not in ("webhooks", "jsonSchemaDialect")}
    result: dict[str, Any] = _object(lowered)
    result["openapi"] = "3.0.3"
    info = {name: value for name, value in (result.get("info") or {}).items() if name != "summary"}
    license_ = info.get("license")
    if isinstance(license_, dict):
        info["license"] = {name: value for name, value in license_.items() if name != "identifier"}
    result["info"] = info
    result.setdefault("paths", {})
    schemes = (result.get("components") or {}).get("securitySchemes") or {}
    _without_roles(result, schemes)
    components = result.get("components")
    if isinstance(components, dict):
        components.pop("pathItems", None)
    return result


def _object(value: Any) -> Any:
    """Everything but schemas as it is."""
    if isinstance(value, list):
        return [_object(one) for one in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for name, one in value.items():
        if name == "schema":
            result[name] = _schema(one)
        elif name == "schemas" and isinstance(one, dict):
            result[name] = {key: _schema(schema) for key, schema in one.items()}
        elif name in ("example", "examples", "default", "value"):
            result[name] = one
        else:
            result[name] = _object(one)
    return result


def _schema(schema: Any) -> Any:
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return {"$ref": schema["$ref"]}
    result = {name: value for name, value in schema.items() if name not in _UNKNOWN and name != "examples"}
    for name in _SCHEMAS:
        if isinstance(result.get(name), dict):
            result[name] = {key: _schema(one) for key, one in result[name].items()}
    for name in ("items", "additionalProperties", "not"):
        if isinstance(result.get(name), (dict, bool)) and not (
            name == "additionalProperties" and result[name] in (True, False)
        ):
            result[name] = _schema(result[name])
    for name in ("allOf", "anyOf", "oneOf"):
        if isinstance(result.get(name), list):
            result[name] = [_schema(one) for one in result[name]]
    return _typed(schema, result)


def _typed(schema: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    kinds = schema.get("type")
    if isinstance(kinds, list):
        named = [one for one in kinds if one != "null"]
        result.pop("type")
        if len(named) == 1:
            result["type"] = named[0]
        elif named:
            result["anyOf"] = [{"type": one} for one in named]
        if "null" in kinds:
            result["nullable"] = True
    if "const" in schema:
        result["enum"] = [schema["const"]]
    if schema.get("contentMediaType") and "format" not in result:
        result["format"] = "binary"
    if isinstance(schema.get("examples"), list) and schema["examples"]:
        result["example"] = schema["examples"][0]
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(name), (int, float)) and not isinstance(schema.get(name), bool):
            result[bound], result[name] = schema[name], True
    if result.get("type") == "array":
        result.setdefault("items", {})
    return result


def _without_roles(document: dict[str, Any], schemes: Mapping[str, Any]) -> None:
    """Scopes belong to OAuth alone in 3.0; who may call is said in words instead."""
    named = {
        name
        for name, one in schemes.items()
        if isinstance(one, dict) and one.get("type") in ("oauth2", "openIdConnect")
    }
    holders = [document]
    for item in (document.get("paths") or {}).values():
        holders += [one for one in item.values() if isinstance(one, dict)] if isinstance(item, dict) else []
    for holder in holders:
        security = holder.get("security")
        if isinstance(security, list):
            holder["security"] = [
                {name: roles if name in named else [] for name, roles in one.items()}
                for one in security
                if isinstance(one, dict)
            ]
