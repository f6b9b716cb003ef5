"""Repairs of real-world OpenAPI that need no guess about what was meant. Each is recorded; none changes meaning."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from designchord.notation.openapi.findings import METHODS
from designchord.notation.openapi.object_rules import NAME
from designchord.notation.openapi.references import follow, mappings, resolve
from designchord.notation.openapi.rules import Operation, operations
from designchord.notation.problems import Fix

_Document = dict[str, Any]
_Log = Callable[[str, str], None]


def fix_document(document: _Document) -> tuple[_Document, tuple[Fix, ...]]:
    """A repaired copy and what was done; the same document and nothing when there was nothing to do.

    Swagger 2.0 is left alone: its shapes are other ones, and turning it into 3.1 is no repair.
    """
    if "swagger" in document:
        return document, ()
    fixed = copy.deepcopy(document)
    fixes: dict[Fix, None] = {}

    def log(code: str, message: str) -> None:
        fixes[Fix(f"api.{code}", message)] = None

    for repair in _REPAIRS:
        repair(fixed, log)
    return (fixed, tuple(fixes)) if fixes else (document, ())


def _version(document: _Document, log: _Log) -> None:
    written = document.get("openapi")
    if written is None or re.fullmatch(r"3\.1\.\d+", str(written)):
        return
    if re.fullmatch(r"3\.[01](\.\d+)?", str(written)):
        document["openapi"] = "3.1.0"
        log("version", f"Raised the version from {written} to 3.1.0.")


def _info(document: _Document, log: _Log) -> None:
    info = document.setdefault("info", {})
    if not isinstance(info, dict):
        return
    for key, value in (("title", "API"), ("version", "1.0.0")):
        if key not in info:
            info[key] = value
            log("info", f"Added `info.{key}`: {value}.")
        elif isinstance(info[key], int | float) and not isinstance(info[key], bool):
            info[key] = str(info[key])
            log("info", f"Made `info.{key}` a text.")


def _tags(document: _Document, log: _Log) -> None:
    tags = document.get("tags")
    if isinstance(tags, list) and any(isinstance(tag, str) for tag in tags):
        document["tags"] = [{"name": tag} if isinstance(tag, str) else tag for tag in tags]
        log("tags", "Wrote tags as objects with a name.")


_MISPLACED: Final = re.compile(r"(?:#/(?:definitions|schemas|components|components/schema|models)/)?([A-Za-z0-9._-]+)")


def _references(document: _Document, log: _Log) -> None:
    """References to a schema that is there, under another prefix."""
    schemas = resolve(document, "#/components/schemas")
    if not isinstance(schemas, dict):
        return
    for _, node in mappings(document):
        reference = node.get("$ref")
        if not isinstance(reference, str) or resolve(document, reference) is not None:
            continue
        match = _MISPLACED.fullmatch(reference)
        if match and match[1] in schemas:
            node["$ref"] = f"#/components/schemas/{match[1]}"
            log("reference", f"Pointed `{reference}` to `#/components/schemas/{match[1]}`.")


def _component_names(document: _Document, log: _Log) -> None:
    """Names such as ``Page<Loan>`` and ``Loan Page``, where they are declared and where they are referred to.

    A name in another script is left alone: how it would be called in ASCII is a guess.
    """
    components: Any = document.get("components")
    renamed: dict[str, str] = {}
    for section, entries in list(components.items()) if isinstance(components, dict) else ():
        # Security schemes are not referred to by references, but by their bare names.
        if not isinstance(entries, dict) or section == "securitySchemes":
            continue
        names = {name: name for name in entries}
        taken = set(names)
        for name in entries:
            better = name if NAME.fullmatch(name) or not name.isascii() else "_".join(NAME.findall(name))
            if better and better not in taken:
                names[name] = renamed[f"{section}/{name}"] = better
                taken.add(better)
                log("name", f"Renamed the component `{name}` to `{better}`.")
        components[section] = {names[name]: value for name, value in entries.items()}
    for _, node in mappings(document) if renamed else ():
        if isinstance(reference := node.get("$ref"), str):
            node["$ref"] = _by_new_name(reference, renamed)
        mapping: Any = node.get("mapping")
        for value, target in mapping.items() if isinstance(mapping, dict) else ():
            if isinstance(target, str):
                mapping[value] = renamed.get(f"schemas/{target}") or _by_new_name(target, renamed)


def _by_new_name(reference: str, renamed: dict[str, str]) -> str:
    parts = reference.split("/")
    if parts[:2] != ["#", "components"] or len(parts) < 4:
        return reference
    name = unquote(parts[3]).replace("~1", "/").replace("~0", "~")
    better = renamed.get(f"{parts[2]}/{name}")
    return "/".join((*parts[:3], better, *parts[4:])) if better else reference


def _responses(document: _Document, log: _Log) -> None:
    holders = [(f"{op.method.upper()} {op.template}", op.value.get("responses")) for op in operations(document)]
    holders.append(("components", resolve(document, "#/components/responses")))
    for where, responses in holders:
        for code, response in responses.items() if isinstance(responses, dict) else ():
            if not isinstance(response, dict) or "$ref" in response or code.startswith("x-"):
                continue
            if "schema" in response and "content" not in response:
                response["content"] = {"application/json": {"schema": response.pop("schema")}}
                log("response_schema", f"Put the schema of response {code} of {where} under `content`.")
            if not isinstance(response.get("description"), str):
                response["description"] = _STATUS_WORDS.get(code, "Response")
                log("description", f"Added a description to response {code} of {where}.")


_STATUS_WORDS: Final = {
    "200": "OK",
    "201": "Created",
    "202": "Accepted",
    "204": "No content",
    "400": "Bad request",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not found",
    "409": "Conflict",
    "422": "Unprocessable content",
    "500": "Server error",
    "default": "Error",
}
_INSIDE_SCHEMA: Final = (
    *("type", "format", "enum", "default", "items", "pattern", "nullable"),
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
)


def _parameter_shapes(document: _Document, log: _Log) -> None:
    """Parameters as in Swagger 2.0, without a schema, or path parameters that are not required."""
    for path, node in mappings(document):
        if not _is_parameter(path, node):
            continue
        name = node["name"]
        stray = {key: node.pop(key) for key in _INSIDE_SCHEMA if key in node and "content" not in node}
        if stray:
            node["schema"] = stray | (node["schema"] if isinstance(node.get("schema"), dict) else {})
            log("parameter_schema", f"Moved the type of parameter `{name}` into `schema`.")
        if "schema" not in node and "content" not in node:
            node["schema"] = {"type": "string"}
            log("parameter_schema", f"Declared parameter `{name}` as a text.")
        if node["in"] == "path" and node.get("required") is not True:
            node["required"] = True
            log("required", f"Marked path parameter `{name}` as required.")


def _is_parameter(path: tuple[str | int, ...], node: dict[str, Any]) -> bool:
    inside = len(path) >= 2 and path[-2] == "parameters"
    return inside and isinstance(node.get("name"), str) and node.get("in") in ("path", "query", "header", "cookie")


def _parameters(document: _Document, log: _Log) -> None:
    """Parameters that stand twice, and path parameters that stand nowhere."""
    for operation in list(operations(document)):
        for holder in (operation.item, operation.value):
            _drop_repeated(document, holder, log)
        declared = [
            parameter.get("name") for parameter in _declared(document, operation) if parameter.get("in") == "path"
        ]
        for name in dict.fromkeys(re.findall(r"\{([^{}]+)\}", operation.template)):
            if name in declared:
                continue
            entry = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            parameters = operation.value.setdefault("parameters", [])
            if isinstance(parameters, list):
                parameters.append(entry)
                where = f"{operation.method.upper()} {operation.template}"
                log("path_parameter", f"Declared path parameter `{name}` of {where} as a text.")


def _declared(document: _Document, operation: Operation) -> Iterator[dict[str, Any]]:
    for holder in (operation.item, operation.value):
        entries = holder.get("parameters")
        for entry in entries if isinstance(entries, list) else ():
            parameter = follow(document, entry)
            if isinstance(parameter, dict):
                yield parameter


def _drop_repeated(document: _Document, holder: dict[str, Any], log: _Log) -> None:
    entries = holder.get("parameters")
    if not isinstance(entries, list):
        return
    seen: set[str] = set()
    kept = []
    for entry in entries:
        parameter = follow(document, entry)
        written = json.dumps(parameter, sort_keys=True) if isinstance(parameter, dict) else ""
        if written and written in seen:  # an equal one only: which of two others counts is a guess
            log("repeated_parameter", f"Removed a repeated parameter `{parameter.get('name')}`.")
            continue
        seen.add(written)
        kept.append(entry)
    if len(kept) < len(entries):
        holder["parameters"] = kept


def _operation_ids(document: _Document, log: _Log) -> None:
    seen: dict[str, int] = {}
    found = list(operations(document))
    names = [operation.value.get("operationId") for operation in found]
    taken = {name for name in names if isinstance(name, str)}
    for operation in found:
        name = operation.value.get("operationId")
        where = f"{operation.method.upper()} {operation.template}"
        if isinstance(name, str) and not name.strip():
            del operation.value["operationId"]
            log("operation_id", f"Removed the empty operationId of {where}.")
        elif isinstance(name, str) and name in seen:
            number = seen[name]
            while f"{name}{number}" in taken:
                number += 1
            seen[name] = number + 1
            operation.value["operationId"] = f"{name}{number}"
            taken.add(f"{name}{number}")
            log("operation_id", f"Renamed the second operationId `{name}` ({where}) to `{name}{number}`.")
        elif isinstance(name, str):
            seen[name] = 2


_TYPE_NAMES: Final[dict[str, dict[str, str]]] = {
    "int": {"type": "integer"},
    "long": {"type": "integer", "format": "int64"},
    "float": {"type": "number", "format": "float"},
    "double": {"type": "number", "format": "double"},
    "decimal": {"type": "number"},
    "str": {"type": "string"},
    "text": {"type": "string"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "date-time": {"type": "string", "format": "date-time"},
    "timestamp": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
    "email": {"type": "string", "format": "email"},
    "file": {"type": "string", "format": "binary"},
    "list": {"type": "array"},
    "dict": {"type": "object"},
    "map": {"type": "object"},
}


def _schemas(document: _Document, log: _Log) -> None:
    for path, node in mappings(document):
        where = str(path[-1]) if path else ""
        _type_name(node, where, log)
        _nullable(node, where, log)
        _exclusive(node, where, log)
        _required_flags(node, where, log)
        if isinstance(node.get("examples"), list) and len(path) >= 2 and path[-2] == "content":
            examples = node.pop("examples")
            if examples:
                node["example"] = examples[0]
            log("examples", f"Wrote the examples of {where} as one example.")


def _type_name(node: dict[str, Any], where: str, log: _Log) -> None:
    name = node.get("type")
    meant = _TYPE_NAMES.get(name.lower()) if isinstance(name, str) else None
    if meant and "in" not in node and name not in METHODS:
        node.pop("type")
        node.update({**meant, **node})
        log("type", f"Wrote the type `{name}` of `{where}` as `{meant['type']}`.")


def _nullable(node: dict[str, Any], where: str, log: _Log) -> None:
    """``nullable`` is a word of 3.0; without a type beside it, it had no effect there either."""
    if not isinstance(node.get("nullable"), bool) or isinstance(node.get("nullable"), dict):
        return
    nullable = node.pop("nullable")
    kind = node.get("type")
    if nullable and isinstance(kind, str) and kind != "null":
        node["type"] = [kind, "null"]
        if isinstance(node.get("enum"), list) and None not in node["enum"]:
            node["enum"] = [*node["enum"], None]
    elif nullable and "$ref" in node:
        node["anyOf"] = [{"$ref": node.pop("$ref")}, {"type": "null"}]
    log("nullable", f"Wrote `nullable` of `{where}` as a type.")


def _exclusive(node: dict[str, Any], where: str, log: _Log) -> None:
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if not isinstance(node.get(flag), bool):
            continue
        if node.pop(flag) and bound in node:
            node[flag] = node.pop(bound)
        log("exclusive", f"Wrote `{flag}` of `{where}` as a number.")


def _required_flags(node: dict[str, Any], where: str, log: _Log) -> None:
    """``required: true`` on a property is meant for the list of the object around it."""
    properties = node.get("properties")
    if not isinstance(properties, dict):
        return
    flagged = [schema for schema in properties.values() if isinstance(schema, dict)]
    if not any(isinstance(schema.get("required"), bool) for schema in flagged):
        return
    listed: Any = node.get("required")
    names = list(listed) if isinstance(listed, list) else []
    for name, schema in properties.items():
        if isinstance(schema, dict) and isinstance(schema.get("required"), bool) and schema.pop("required"):
            names.append(name)
    if names:
        node["required"] = list(dict.fromkeys(names))
    log("required", f"Moved `required` from properties of `{where}` to its list.")


def _security(document: _Document, log: _Log) -> None:
    """A security scheme that is used, not declared, and says by its name what it is."""
    lists: list[Any] = [document.get("security"), *(op.value.get("security") for op in operations(document))]
    entries = [entry for each in lists if isinstance(each, list) for entry in each if isinstance(entry, dict)]
    used = {name for entry in entries for name in entry}
    components: Any = document.get("components", {})
    schemes: Any = components.get("securitySchemes", {}) if isinstance(components, dict) else None
    if not isinstance(schemes, dict):
        return
    for name in sorted(map(str, used)):
        if name not in schemes and re.search(r"bearer|jwt", name, re.IGNORECASE):
            schemes[name] = {"type": "http", "scheme": "bearer"}
            document.setdefault("components", {})["securitySchemes"] = schemes
            log("security", f"Declared the security scheme `{name}` as HTTP bearer.")


_REPAIRS: Final = (
    _version,
    _info,
    _tags,
    _component_names,
    _references,
    _responses,
    _parameter_shapes,
    _parameters,
    _operation_ids,
    _schemas,
    _security,
)
