"""Check a document against the official metaschema of its version, and say what is wrong in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jsonschema_rs

from designchord.notation.openapi import advice
from designchord.notation.openapi.findings import Finding, describe
from designchord.notation.openapi.locating import Path
from designchord.notation.openapi.objects import objects

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
    wrong_types = {complaint.path for complaint in complaints.values() if complaint.keyword == "type"}
    kept = [
        complaint
        for complaint in complaints.values()
        if not _is_echo(complaint, complaints.values())
        and not (complaint.keyword in ("enum", "const") and complaint.path in wrong_types)
    ]
    foreign = _of_other_dialects(document) if version == "3.1" else ()
    findings = [_finding(complaint, document, version) for complaint in kept]
    return [finding for finding in findings if not any(finding.path[: len(path)] == path for path in foreign)]


def _of_other_dialects(document: dict[str, Any]) -> list[Path]:
    """Schemas that say that they are written in another dialect than the one that is known here (3.1)."""
    whole = document.get("jsonSchemaDialect")
    around = isinstance(whole, str) and not _KNOWN_DIALECT.match(whole)
    return [
        item.path
        for item in objects(document, "3.1")
        if item.type == "Schema" and _is_foreign(item.value.get("$schema"), around=around)
    ]


_KNOWN_DIALECT = re.compile(
    r"https?://json-schema\.org/draft/2020-12/schema#?$|https://spec\.openapis\.org/oas/3\.1/dialect/"
)


def _is_foreign(named: Any, *, around: bool) -> bool:
    return not _KNOWN_DIALECT.match(named) if isinstance(named, str) else around


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
        # what a branch asks for beside a value that fits no branch is only asked for by a guess
        guessed = [complaint for complaint in best if complaint.path in tell_apart and len(complaint.path) > len(path)]
        yield from (_with_choices(complaint, branches) for complaint in guessed or best)


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


def _finding(complaint: Complaint, document: dict[str, Any], version: str) -> Finding:
    path = _real_path(document, complaint.path)
    where = describe(path)
    message, hint, target = _words(complaint, path, where, document, version)
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
_JSON_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}


def _words(
    complaint: Complaint, path: Path, where: str, document: dict[str, Any], version: str
) -> tuple[str, str | None, Path]:
    """Message, hint, and the path to point at."""
    keyword, detail, value = complaint.keyword, complaint.detail, _value(document, path)
    if keyword == "required":
        if not path and detail in ("webhooks", "components"):
            detail = "paths"
        return f"`{detail}` is missing in {where}.", advice.for_missing(str(detail), path), path
    if keyword == "type":
        expected = " or ".join(_JSON_TYPES.get(name, name) for name in detail or ())
        hint = advice.for_type(path, list(detail or ()), value, version)
        return f"{where} must be {expected}, but is {_kind(value)}.", hint, path
    if keyword in ("additionalProperties", "unevaluatedProperties"):
        names = [str(name) for name in detail or ()]
        listed = ", ".join(f"`{name}`" for name in names[:5])
        hint = advice.for_unknown(names, path, version)
        return f"{listed or 'Something'} is not known in {where}.", hint, (*path, *names[:1])
    if keyword == "enum":
        allowed = detail if isinstance(detail, list) else []
        hint = advice.for_value(path, value, allowed, version, _value(document, path[:-1]))
        return f"{where} is {_show(value)}, which is not allowed.", hint, path
    if keyword == "pattern" and path[-1:] == ("scheme",):
        return "A `bearerFormat` belongs to the scheme `bearer` alone.", _BEARER, path
    if keyword == "const":
        return f"{where} must be {_show(detail)}, but is {_show(value)}.", None, path
    if keyword == "pattern":
        hint = advice.for_form(path, detail)
        return f"{where} has a form that is not allowed here: {_show(value)}.", hint, path
    if keyword == "format":
        return f"{where} is not a valid {detail}: {_show(value)}.", advice.for_format(str(detail)), path
    if keyword == "uniqueItems":
        return f"{where} holds the same thing twice.", "Remove one of them.", path
    if keyword in ("minItems", "minProperties", "minLength"):
        least = "Name at least one, or remove it."
        if path[-1:] == ("responses",):
            least = advice.for_missing("responses", path)
        return f"{where} may not be empty.", least, path
    if keyword in _BOUNDS:
        return f"{where} must be {_BOUNDS[keyword].format(_show(detail))}, but is {_show(value)}.", None, path
    if keyword in ("maxItems", "maxProperties", "maxLength"):
        most = "one entry" if detail == 1 else f"{_show(detail)} entries"
        return f"{where} may hold {most}, and holds more.", "Keep one of them.", path
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
        return "has a `bearerFormat` without being of the scheme `bearer`.", _BEARER
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


_BEARER = "Write `scheme: bearer`, or remove the `bearerFormat`."
_SPEC = "https://spec.openapis.org/oas/"


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool | int | float | str):
        return _show(value)
    return "a mapping" if isinstance(value, dict) else "a list"


def _show(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"
