"""The rules of OpenAPI that its metaschemas cannot say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from designchord.notation.openapi.findings import METHODS, Finding, describe
from designchord.notation.openapi.locating import Path
from designchord.notation.openapi.object_rules import find_body_errors, find_object_errors, find_ref_kind_errors
from designchord.notation.openapi.objects import Object, objects
from designchord.notation.openapi.references import find_reference_errors, follow, mappings
from designchord.notation.openapi.schema_rules import find_schema_rule_errors

_TEMPLATE = re.compile(r"\{([^{}]*)\}")


class Operation(NamedTuple):
    """One operation where it stands: its path template, method, path in the document, and the path item around it."""

    template: str
    method: str
    path: Path
    value: dict[str, Any]
    item: dict[str, Any]


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Every operation under ``paths``."""
    paths = document.get("paths")
    for template, item in paths.items() if isinstance(paths, dict) else ():
        item = follow(document, item)
        if not isinstance(item, dict) or template.startswith("x-"):
            continue
        for method in METHODS:
            value = item.get(method)
            if isinstance(value, dict):
                yield Operation(template, method, ("paths", template, method), value, item)


def find_rule_errors(document: dict[str, Any], version: str) -> list[Finding]:
    """Everything beyond the metaschema that is wrong with a document of a version (``2.0``, ``3.0``, ``3.1``)."""
    found = list(operations(document))
    inside = list(objects(document, version))
    return [
        *find_reference_errors(document, list(mappings(document))),
        *_repeated_paths(document),
        *_operation_ids(found, inside),
        *_parameters(document, found),
        *_securities(document, found, version),
        *_responses(found),
        *_tags(document, found),
        *find_object_errors(document, version, inside),
        *find_ref_kind_errors(document, inside),
        *(find_body_errors(document, inside) if version == "2.0" else ()),
        *find_schema_rule_errors(inside, version),
    ]


# Paths and operations


def _repeated_paths(document: dict[str, Any]) -> Iterator[Finding]:
    paths = document.get("paths")
    seen: dict[str, str] = {}
    for template in paths if isinstance(paths, dict) else ():
        shape = _TEMPLATE.sub("{}", template)
        if shape in seen and "{" in shape:
            message = f"`{template}` and `{seen[shape]}` are the same path with other parameter names."
            hint = "Join the two, or make the paths differ in a fixed word."
            yield Finding("openapi.duplicate_path", "error", ("paths", template), message, hint)
        seen.setdefault(shape, template)


def _operation_ids(found: list[Operation], inside: list[Object]) -> Iterator[Finding]:
    """Identifiers of operations, also of those in webhooks, callbacks and components."""
    for operation in found:
        if operation.value.get("operationId") is None:
            message = f"{describe(operation.path)} has no `operationId`."
            yield Finding("openapi.no_operation_id", "info", operation.path, message, "Give it a unique name.")
    named = [(operation.path, operation.value) for operation in found]
    known = {id(value) for _, value in named}
    named += [(item.path, item.value) for item in inside if item.type == "Operation" and id(item.value) not in known]
    seen: dict[str, Path] = {}
    for path, value in named:
        name = value.get("operationId")
        where = (*path, "operationId")
        if not isinstance(name, str):
            continue
        if name in seen:
            message = f"The `operationId` `{name}` already names {describe(seen[name])}."
            yield Finding("openapi.duplicate_operation_id", "error", where, message, "Each operation needs its own.")
        elif not name.strip():
            message = f"The `operationId` of {describe(path)} is empty."
            yield Finding("openapi.empty_operation_id", "warning", where, message, "Name it, or remove the line.")
        seen.setdefault(name, path)


class _Declared(NamedTuple):
    """What one list of parameters declares: path parameters with their index, and whether all could be read."""

    names: dict[str, int]
    complete: bool
    repeated: list[tuple[int, str, str]]


def _parameters(document: dict[str, Any], found: list[Operation]) -> Iterator[Finding]:
    """Path parameters against the template, and parameters declared twice."""
    cache: dict[int, _Declared] = {}
    reported: set[Path] = set()
    for operation in found:
        names: dict[str, Path] = {}
        complete = True
        for base, holder in ((operation.path[:-1], operation.item), (operation.path, operation.value)):
            entries = holder.get("parameters")
            declared = cache.get(id(entries)) or cache.setdefault(id(entries), _declared(document, entries))
            complete = complete and declared.complete
            names = {name: (*base, "parameters", index) for name, index in declared.names.items()} | names
            for index, place, name in declared.repeated if base not in reported else ():
                message = f"The {place} parameter `{name}` is declared twice in {describe(base)}."
                where = (*base, "parameters", index)
                yield Finding("openapi.duplicate_parameter", "error", where, message, "Remove one of them.")
            reported.add(base)
        yield from _path_parameters(operation, names, complete)


def _declared(document: dict[str, Any], entries: Any) -> _Declared:
    names: dict[str, int] = {}
    repeated: list[tuple[int, str, str]] = []
    seen: set[tuple[str, str]] = set()
    complete = True
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        parameter = follow(document, entry)
        if not isinstance(parameter, dict):
            complete = False
            continue
        name, place = parameter.get("name"), parameter.get("in")
        if not isinstance(name, str) or not isinstance(place, str):
            continue
        if (name, place) in seen:
            repeated.append((index, place, name))
        seen.add((name, place))
        if place == "path":
            names.setdefault(name, index)
    return _Declared(names, complete, repeated)


def _path_parameters(operation: Operation, declared: dict[str, Path], complete: bool) -> Iterator[Finding]:
    expected = _TEMPLATE.findall(operation.template)
    wanted = dict.fromkeys(expected)
    for name in wanted:
        if name not in declared and complete:
            message = f"The path parameter `{name}` of {describe(operation.path)} is not declared."
            hint = f"Add a parameter `name: {name}`, `in: path`, `required: true` with a schema."
            yield Finding("openapi.undeclared_path_parameter", "error", operation.path, message, hint)
    for name, where in declared.items():
        if name not in wanted:
            message = f"The path parameter `{name}` is declared, but `{operation.template}` does not hold it."
            hint = f"Write `{{{name}}}` in the path, or remove the parameter."
            yield Finding("openapi.unused_path_parameter", "error", where, message, hint)
    for name in (name for name, times in Counter(expected).items() if times > 1):
        message = f"`{{{name}}}` stands twice in `{operation.template}`."
        yield Finding("openapi.repeated_path_parameter", "error", operation.path, message, "Rename one of them.")


def _securities(document: dict[str, Any], found: list[Operation], version: str) -> Iterator[Finding]:
    holder = document if version == "2.0" else document.get("components")
    name = "securityDefinitions" if version == "2.0" else "securitySchemes"
    schemes = holder.get(name) if isinstance(holder, dict) else None
    known = schemes if isinstance(schemes, dict) else {}
    places: list[tuple[Path, Any]] = [(("security",), document.get("security"))]
    places += [((*operation.path, "security"), operation.value.get("security")) for operation in found]
    for path, requirements in places:
        for index, requirement in enumerate(requirements if isinstance(requirements, list) else ()):
            for scheme in requirement if isinstance(requirement, dict) else ():
                if scheme not in known:
                    message = f"The security scheme `{scheme}` is not declared."
                    hint = f"Declare it under `{'' if version == '2.0' else 'components.'}{name}`."
                    yield Finding("openapi.unknown_security", "error", (*path, index, scheme), message, hint)
                else:
                    yield from _scopes(known[scheme], scheme, requirement[scheme], (*path, index, scheme), version)


def _scopes(declared: Any, name: str, asked: Any, path: Path, version: str) -> Iterator[Finding]:
    """What a requirement asks of a scheme: of OAuth 2 the scopes of its flows, before 3.1 of all others nothing."""
    if not isinstance(declared, dict) or not isinstance(asked, list) or not asked or "$ref" in declared:
        return
    kind = declared.get("type")
    if kind == "oauth2":
        flows = declared.get("flows")
        holders = [declared] if version == "2.0" else list(flows.values()) if isinstance(flows, dict) else []
        scopes = [flow.get("scopes") for flow in holders if isinstance(flow, dict)]
        known = {scope for each in scopes if isinstance(each, dict) for scope in each}
        for index, scope in enumerate(asked):
            if isinstance(scope, str) and scope not in known:
                message = f"The security scheme `{name}` has no scope `{scope}`."
                hint = "Declare it under the scheme's `scopes`, or correct its name."
                yield Finding("openapi.unknown_scope", "warning", (*path, index), message, hint)
    elif isinstance(kind, str) and version != "3.1" and kind != "openIdConnect":
        message = f"Scopes are asked of the security scheme `{name}`, whose type `{kind}` has none."
        yield Finding("openapi.unknown_scope", "error", path, message, f"Write `{name}: []`.")


def _responses(found: list[Operation]) -> Iterator[Finding]:
    for operation in found:
        responses = operation.value.get("responses")
        if responses is None:
            message = f"{describe(operation.path)} does not say what it answers."
            yield Finding("openapi.no_responses", "warning", operation.path, message, "Add `responses:`.")
        elif isinstance(responses, dict) and not any(code[:1] in "123d" for code in responses):
            message = f"{describe(operation.path)} names no answer for success."
            hint = "Add a response such as `200`, `201` or `204`."
            yield Finding("openapi.no_success", "warning", (*operation.path, "responses"), message, hint)


def _tags(document: dict[str, Any], found: list[Operation]) -> Iterator[Finding]:
    declared = document.get("tags")
    if not isinstance(declared, list) or not declared:
        return
    names = {name for tag in declared if isinstance(tag, dict) and isinstance(name := tag.get("name"), str)}
    for operation in found:
        tags = operation.value.get("tags")
        for index, tag in enumerate(tags if isinstance(tags, list) else ()):
            if isinstance(tag, str) and tag not in names:
                message = f"The tag `{tag}` is not declared under `tags`."
                yield Finding("openapi.undeclared_tag", "info", (*operation.path, "tags", index), message)
                names.add(tag)
