"""Check a document against the official metaschema of its version, and say what is wrong in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jsonschema_rs

from designchord.notation.openapi.findings import Finding, describe
from designchord.notation.openapi.locating import Path

MAX_FINDINGS = 100


class Complaint(NamedTuple):
    """One error of the validator: the keyword that failed, where, and its details."""

    keyword: str
    path: Path
    detail: Any
    message: str


def find_schema_errors(document: dict[str, Any], version: str) -> list[Finding]:
    """What the metaschema of a version (``2.0``, ``3.0``, ``3.1``) says against a document, most telling first."""
    complaints: dict[tuple[str, Path, str], Complaint] = {}
    for error in _validator(version).iter_errors(document):
        for complaint in _unfold(error):
            complaints.setdefault((complaint.keyword, complaint.path, str(complaint.detail)), complaint)
        if len(complaints) >= MAX_FINDINGS:
            break
    kept = [complaint for complaint in complaints.values() if not _is_echo(complaint, complaints.values())]
    return [_finding(complaint, document) for complaint in kept]


@cache
def _validator(version: str) -> Any:
    text = files("designchord.notation").joinpath("vendor", "openapi", f"oas-{version}.json").read_text("utf-8")
    schema = json.loads(text)
    if version == "3.1":
        # The official schema leaves Schema Objects to the dialect; here it is the one that nearly all documents use.
        schema["$defs"]["schema"]["$ref"] = "https://json-schema.org/draft/2020-12/schema"
    _open_components(schema, version)
    return jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)


def _open_components(schema: dict[str, Any], version: str) -> None:
    """What a component holds is checked whatever its name is; names have a rule and a line of their own."""
    if version == "3.0":
        for section in schema["definitions"]["Components"]["properties"].values():
            (section["additionalProperties"],) = section.pop("patternProperties").values()
    elif version == "3.1":
        for section in schema["$defs"]["components"]["patternProperties"].values():
            del section["propertyNames"]


def _unfold(error: Any) -> Iterator[Complaint]:
    """The errors that matter inside an error: of a choice, those of the branch that was most likely meant."""
    kind = error.kind
    path: Path = tuple(error.instance_path)
    context = getattr(kind, "context", None)
    if not context:
        yield Complaint(kind.name, path, getattr(kind, "value", None), error.message)
        return
    branches = [[complaint for inner in branch for complaint in _unfold(inner)] for branch in context]
    if isinstance(error.instance, dict) and "$ref" not in error.instance:
        meant = [branch for branch in branches if not _wants_reference(branch, path)]
        branches = meant or branches
    tell_apart = _tell_apart(branches, path)
    best = min(branches, key=lambda branch: _distance(branch, path, tell_apart))
    if best and len(branches) > 1 and all(_is_about_type(branch, path) for branch in branches):
        yield Complaint("type", path, _types(branches, path), error.message)
    elif not best:
        yield Complaint("oneOf", path, None, error.message)
    else:
        yield from (_with_choices(complaint, branches) for complaint in best)


def _with_choices(complaint: Complaint, branches: list[list[Complaint]]) -> Complaint:
    """Where each branch fixes another value (``in: path``, ``in: query``), all of them are allowed."""
    if complaint.keyword not in ("enum", "const"):
        return complaint
    same = [c for branch in branches for c in branch if c.keyword in ("enum", "const") and c.path == complaint.path]
    choices: list[Any] = []
    for other in same:
        choices += other.detail if isinstance(other.detail, list) else [other.detail]
    unique = [item for index, item in enumerate(choices) if item not in choices[:index]]
    return complaint._replace(keyword="enum", detail=unique) if len(unique) > 1 else complaint


def _wants_reference(branch: list[Complaint], path: Path) -> bool:
    return any(c.keyword == "required" and c.detail == "$ref" and c.path == path for c in branch)


def _types(branches: list[list[Complaint]], path: Path) -> list[str]:
    """The types that the branches of a choice allow."""
    named = [c.detail for branch in branches for c in branch if c.keyword == "type" and c.path == path]
    return list(dict.fromkeys(str(name) for names in named for name in (names if isinstance(names, list) else [names])))


def _is_about_type(branch: list[Complaint], path: Path) -> bool:
    return any(c.keyword == "type" and c.path == path for c in branch)


def _distance(branch: list[Complaint], path: Path, tell_apart: set[Path]) -> tuple[int, int, int]:
    """How far a branch is from what was written: another type, other fixed values, then the number of errors."""
    other_type = sum(c.keyword == "type" and c.path == path for c in branch)
    other_value = sum(2 if c.path in tell_apart else 1 for c in _fixed(branch, path))
    return other_type, other_value, len(branch)


def _tell_apart(branches: list[list[Complaint]], path: Path) -> set[Path]:
    """Where several branches fix a value (`in` of a parameter, `type` of a security scheme): what does not fit there
    was meant for another branch."""
    fixed = [where for branch in branches for where in {c.path for c in _fixed(branch, path)}]
    return {where for where in fixed if fixed.count(where) > 1}


def _fixed(branch: list[Complaint], path: Path) -> list[Complaint]:
    return [c for c in branch if c.keyword in ("enum", "const") and len(c.path) <= len(path) + 1]


def _is_echo(complaint: Complaint, others: Iterable[Complaint]) -> bool:
    """Whether a complaint only follows from another: properties look unexpected where a schema beside failed."""
    if complaint.keyword != "unevaluatedProperties":
        return False
    names = complaint.detail or []
    return bool(names) and all(
        any(
            other is not complaint
            and other.path[: len(complaint.path)] == complaint.path
            and (other.path[len(complaint.path) : len(complaint.path) + 1] == (name,))
            for other in others
        )
        for name in names
    )


def _finding(complaint: Complaint, document: dict[str, Any]) -> Finding:
    path = _real_path(document, complaint.path)
    where = describe(path)
    message, hint, target = _words(complaint, path, where, _value(document, path))
    return Finding(f"openapi.{_CODES.get(complaint.keyword, 'invalid')}", "error", target, message, hint)


def _real_path(document: Any, path: Path) -> Path:
    """The validator reports a key such as ``200`` as a number; in the document it is a text."""
    real: list[str | int] = []
    node = document
    for part in path:
        key = str(part) if isinstance(node, dict) else part
        real.append(key)
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(real)


def _value(document: Any, path: Path) -> Any:
    node = document
    for part in path:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return None
    return node


_CODES = {
    "required": "missing",
    "type": "type",
    "enum": "value",
    "const": "value",
    "pattern": "value",
    "format": "format",
    "additionalProperties": "unknown_property",
    "unevaluatedProperties": "unknown_property",
    "propertyNames": "name",
    "uniqueItems": "repeated",
}
_MISSING_HINTS = {
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
    "name": "Add `name: …`.",
    "items": "Say what the list holds: `items: {type: string}`.",
    "content": "Add `content: {application/json: {schema: …}}`.",
}
#: What a form asks for, where its pattern would not tell a reader.
_FORMS = {
    "host": "The server's name, without `https://` and without a path: `api.example.org`.",
    "basePath": "It begins with `/`: `/v1`.",
}
_JSON_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}


def _words(complaint: Complaint, path: Path, where: str, value: Any) -> tuple[str, str | None, Path]:
    """Message, hint, and the path to point at."""
    keyword, detail = complaint.keyword, complaint.detail
    if keyword == "required":
        if not path and detail in ("webhooks", "components"):
            detail = "paths"
        return f"`{detail}` is missing in {where}.", _MISSING_HINTS.get(str(detail)), path
    if keyword == "type":
        expected = " or ".join(_JSON_TYPES.get(name, name) for name in detail or ())
        hint = f'Put quotes around it: `"{value}"`.' if "string" in (detail or ()) and _is_scalar(value) else None
        return f"{where} must be {expected}, but is {_kind(value)}.", hint, path
    if keyword in ("additionalProperties", "unevaluatedProperties"):
        names = [str(name) for name in detail or ()]
        listed = ", ".join(f"`{name}`" for name in names[:5])
        hint = f"A path begins with `/`: `/{names[0]}`." if path == ("paths",) and names else _unknown_hint(names)
        return f"{listed or 'Something'} is not known in {where}.", hint, (*path, *names[:1])
    if keyword == "enum":
        allowed = ", ".join(f"`{item}`" for item in detail) if isinstance(detail, list) else ""
        return f"{where} is {_show(value)}, which is not allowed.", f"Allowed: {allowed}." if allowed else None, path
    if keyword == "const":
        return f"{where} must be {_show(detail)}, but is {_show(value)}.", None, path
    if keyword == "pattern":
        hint = _FORMS.get(str(path[-1]) if path else "", f"The form is `{detail}`.")
        return f"{where} has a form that is not allowed here: {_show(value)}.", hint, path
    if keyword == "format":
        return f"{where} is not a valid {detail}: {_show(value)}.", None, path
    if keyword == "uniqueItems":
        return f"{where} holds the same thing twice.", "Remove one of them.", path
    if keyword in ("minItems", "minProperties", "minLength"):
        least = _MISSING_HINTS["responses"] if path[-1:] == ("responses",) else "Name at least one, or remove it."
        return f"{where} may not be empty.", least, path
    if keyword in _BOUNDS:
        return f"{where} must be {_BOUNDS[keyword].format(_show(detail))}, but is {_show(value)}.", None, path
    if keyword in ("maxItems", "maxProperties", "maxLength"):
        return f"{where} holds more than the {_show(detail)} that are allowed.", "Keep one of them.", path
    message, hint = _reason(path, value)
    return f"{where} {message}", hint, path


_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "greater than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
}


def _reason(path: Path, value: Any) -> tuple[str, str]:
    """Why none of several forms fits, as far as it can be told: what a rule of exclusion or a choice is about."""
    keys = value.keys() if isinstance(value, dict) else ()
    for first, second in (("schema", "content"), ("example", "examples"), ("value", "externalValue")):
        if first in keys and second in keys:
            return f"has both `{first}` and `{second}`.", "Keep one of them."
    if "bearerFormat" in keys:
        return "has a `bearerFormat` without being of the scheme `bearer`.", "Write `scheme: bearer`, or remove it."
    if "schema" not in keys and ("headers" in path or "parameters" in path) and isinstance(value, dict):
        return "says nothing of its type.", "Add `schema: {type: string}`."
    if "content" in keys and isinstance(value, dict):
        beside = [f"`{key}`" for key in ("style", "explode", "allowReserved", "example", "examples") if key in keys]
        if beside:
            return f"has {', '.join(beside)} beside `content`.", "Put it inside the media type, or remove it."
    if isinstance(value, dict):
        named = ", ".join(f"`{key}`" for key in list(keys)[:5]) or "nothing"
        return (
            f"fits none of the forms that are allowed here with {named}.",
            "Compare it with the specification: " + _SPEC,
        )
    return (
        f"fits none of the forms that are allowed here: it is {_kind(value)}.",
        f"Write what the specification asks for: {_SPEC}",
    )


_SPEC = "https://spec.openapis.org/oas/"


def _is_scalar(value: Any) -> bool:
    return isinstance(value, bool | int | float) and value is not None


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool | int | float | str):
        return _show(value)
    return "a mapping" if isinstance(value, dict) else "a list"


def _show(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def _unknown_hint(names: list[str]) -> str:
    if "nullable" in names:
        return 'In OpenAPI 3.1 write `type: ["string", "null"]`.'
    if any(name in ("type", "format", "enum", "items", "default") for name in names):
        return "Put it inside `schema:`."
    return "Remove it, correct its name or indentation, or begin an own extension with `x-`."
