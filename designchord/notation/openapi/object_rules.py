"""What the text of the specification says of single objects and no metaschema holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, Final

from designchord.notation.openapi.findings import Finding, describe
from designchord.notation.openapi.locating import Path
from designchord.notation.openapi.objects import Object
from designchord.notation.openapi.references import follow, pointed, resolve
from designchord.notation.problems import Severity

#: A component's name.
NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
#: Fields of which an object has one at most.
_EXCLUSIVE: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Parameter": (("example", "examples"), ("schema", "content")),
    "Header": (("example", "examples"), ("schema", "content")),
    "Media Type": (("example", "examples"),),
    "Example": (("value", "externalValue"),),
    "Link": (("operationRef", "operationId"),),
    "License": (("identifier", "url"),),
}


#: Addresses, whose format the metaschema of 3.0 names and no validator knows.
_ADDRESSES: Final[dict[str, str]] = {
    "Info": "termsOfService",
    "Contact": "url",
    "License": "url",
    "External Documentation": "url",
}
_NOT_IN_ADDRESS: Final = re.compile(r"[\s<>\"{}|\\^`]")


def find_object_errors(document: dict[str, Any], version: str, found: list[Object]) -> Iterator[Finding]:
    """The rules that hold for one object alone, or for it and what it names."""
    identifiers = {
        name for item in found if item.type == "Operation" and isinstance(name := item.value.get("operationId"), str)
    }
    whole = not any(item.type == "Path Item" and _is_elsewhere(item.value.get("$ref")) for item in found)
    for item in found:
        if item.type == "Server":
            yield from _server(item, version)
        elif item.type == "Discriminator":
            yield from _mapping(document, item)
        elif item.type == "Link":
            yield from _link(document, item, identifiers if whole else None)
        elif item.type == "Components":
            yield from _names(item)
        if version == "3.0" and item.type in _ADDRESSES:
            yield from _address(item)
        if item.type in _EXCLUSIVE and version != "2.0" and "$ref" not in item.value:
            yield from _exclusive(item)
        if version == "2.0" and item.type in ("Parameter", "Header", "Items"):
            yield from _list_of_nothing(item)
    yield from _tag_names(document)


def _address(item: Object) -> Iterator[Finding]:
    key = _ADDRESSES[item.type]
    value = item.value.get(key)
    if isinstance(value, str) and _NOT_IN_ADDRESS.search(value):
        message = f"`{key}` is no address: `{_short(value)}`."
        yield Finding("openapi.format", "error", (*item.path, key), message, "Write a URL: `https://…`.")


def find_ref_kind_errors(document: dict[str, Any], found: list[Object]) -> Iterator[Finding]:
    """References to objects of another sort than what may stand there, such as a response that is a schema."""
    sorts = {item.path: item.type for item in found}
    for item in found:
        reference = item.value.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            continue
        path = pointed(document, reference)
        sort = sorts.get(path) if path is not None else None
        if sort is not None and sort != item.type:
            message = f"`{_short(reference)}` is a {sort} Object, but a {item.type} Object belongs here."
            hint = "Refer to one of the right section, or wrap what you mean in one."
            yield Finding("openapi.ref_kind", "error", (*item.path, "$ref"), message, hint)


def _exclusive(item: Object) -> Iterator[Finding]:
    for first, second in _EXCLUSIVE[item.type]:
        if first in item.value and second in item.value:
            message = f"{describe(item.path)} has both `{first}` and `{second}`, of which one excludes the other."
            yield Finding("openapi.exclusive", "error", (*item.path, second), message, "Keep one of them.")


def _names(components: Object) -> Iterator[Finding]:
    for section, entries in components.value.items():
        if section.startswith("x-") or not isinstance(entries, dict):
            continue
        for name in entries:
            if NAME.fullmatch(name):
                continue
            plain = unicodedata.normalize("NFKD", name)
            better = "_".join(NAME.findall("".join(char for char in plain if not unicodedata.combining(char))))
            while better in entries:
                better += "_2"
            message = f"`{_short(name)}` is no name for a component: letters A to Z, digits, `.`, `-` and `_` only."
            hint = f"Call it `{_short(better)}`, also where it is referred to." if better else None
            kept = {"schemas": "title", "callbacks": ""}.get(section, "description")
            hint = hint or "Give it such a name" + (f", and write the present one as its `{kept}`." if kept else ".")
            yield Finding("openapi.name", "error", (*components.path, section, name), message, hint)


def _server(item: Object, version: str) -> Iterator[Finding]:
    url, variables = item.value.get("url"), item.value.get("variables")
    declared = variables if isinstance(variables, dict) else {}
    for name in dict.fromkeys(_VARIABLE.findall(url)) if isinstance(url, str) else ():
        if name not in declared:
            message = f"The variable `{{{_short(name)}}}` of the server's address is not declared."
            hint = f"Declare it under `variables` with a `default`: `{_short(name)}: {{default: …}}`."
            yield Finding("openapi.server_variable", "warning", (*item.path, "url"), message, hint)
    for name, variable in declared.items():
        if not isinstance(variable, dict) or not isinstance(choices := variable.get("enum"), list):
            continue
        # 3.1: MUST; 3.0: SHOULD.
        severity: Severity = "error" if version == "3.1" else "warning"
        path = (*item.path, "variables", name)
        if not choices:
            message = f"The `enum` of the server variable `{_short(name)}` is empty."
            yield Finding(
                "openapi.server_variable", severity, (*path, "enum"), message, "Name its values, or remove it."
            )
        elif isinstance(default := variable.get("default"), str) and default not in choices:
            message = f"The default `{_short(default)}` of the server variable `{_short(name)}` is not in its `enum`."
            yield Finding("openapi.server_variable", severity, (*path, "default"), message, "Add it, or take another.")


def _mapping(document: dict[str, Any], item: Object) -> Iterator[Finding]:
    mapping = item.value.get("mapping")
    schemas = resolve(document, "#/components/schemas")
    names = schemas if isinstance(schemas, dict) else {}
    for value, target in mapping.items() if isinstance(mapping, dict) else ():
        if not isinstance(target, str) or target in names:
            continue
        where = (*item.path, "mapping", value)
        hint = f"Declare it under `components.schemas`, or correct what `{_short(value)}` stands for."
        if target.startswith("#/"):
            if resolve(document, target) is None:
                message = f"`{_short(target)}` does not exist."
                yield Finding("openapi.dangling_ref", "error", where, message, hint)
        elif "/" not in target and not re.search(r"\.(?:json|ya?ml)\Z|[#:]", target):
            message = f"There is no schema `{_short(target)}`."
            yield Finding("openapi.dangling_ref", "error", where, message, hint)


def _is_elsewhere(reference: Any) -> bool:
    return isinstance(reference, str) and not reference.startswith("#")


def _link(document: dict[str, Any], item: Object, identifiers: set[str] | None) -> Iterator[Finding]:
    """What a link leads to; ``identifiers`` is ``None`` where not all operations are known."""
    name, reference = item.value.get("operationId"), item.value.get("operationRef")
    if name is None and reference is None and "$ref" not in item.value:
        message = f"{describe(item.path)} does not say which operation it leads to."
        yield Finding("openapi.missing", "error", item.path, message, "Add `operationId: …`, or `operationRef: …`.")
    if isinstance(name, str) and identifiers is not None and name not in identifiers:
        message = f"The link names the operation `{_short(name)}`, which does not exist."
        hint = "Name an `operationId` of this document."
        yield Finding("openapi.unknown_operation", "error", (*item.path, "operationId"), message, hint)
    if isinstance(reference, str) and reference.startswith("#/") and resolve(document, reference) is None:
        message = f"`{_short(reference)}` does not exist."
        hint = "In a reference a path's `/` is written `~1`: `#/paths/~1loans/get`."
        yield Finding("openapi.dangling_ref", "error", (*item.path, "operationRef"), message, hint)


def _list_of_nothing(item: Object) -> Iterator[Finding]:
    if item.value.get("type") == "array" and "items" not in item.value:
        message = f"`items` is missing in {describe(item.path)}."
        hint = "Say what the list holds: `items: {type: string}`."
        yield Finding("openapi.missing", "error", item.path, message, hint)


def _tag_names(document: dict[str, Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    tags = document.get("tags")
    for index, tag in enumerate(tags if isinstance(tags, list) else ()):
        name = tag.get("name") if isinstance(tag, dict) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            message = f"The tag `{_short(name)}` is declared twice."
            yield Finding("openapi.duplicate_tag", "error", ("tags", index), message, "Join the two.")
        seen.add(name)


def find_body_errors(document: dict[str, Any], found: list[Object]) -> Iterator[Finding]:
    """Swagger 2.0: an operation has one body at most, none beside a form, and files only in forms."""
    items = {item.path: item.value for item in found if item.type == "Path Item"}
    for operation in found:
        if operation.type != "Operation":
            continue
        parameters = _parameters(document, operation, items.get(operation.path[:-1], {}))
        bodies = [where for (place, _), (where, _) in parameters.items() if place == "body"]
        forms = [where for (place, _), (where, _) in parameters.items() if place == "formData"]
        name = describe(operation.path)
        if len(bodies) > 1:
            message = f"{name} has {len(bodies)} bodies; one is all that can be sent."
            yield Finding("openapi.body", "error", bodies[1], message, "Join them in one schema.")
        if bodies and forms:
            message = f"{name} has a body and form fields; only one of the two can be sent."
            yield Finding("openapi.body", "error", bodies[0], message, "Make the body a form field, or the reverse.")
        files = [where for where, value in parameters.values() if value.get("type") == "file"]
        consumes = operation.value.get("consumes", document.get("consumes"))
        accepted = consumes if isinstance(consumes, list) else []
        if files and not any(kind in _FORMS for kind in accepted if isinstance(kind, str)):
            message = f"{name} takes a file, but does not consume a form."
            yield Finding("openapi.body", "warning", files[0], message, "Add `consumes: [multipart/form-data]`.")


_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")


def _parameters(
    document: dict[str, Any], operation: Object, around: dict[str, Any]
) -> dict[tuple[str, str], tuple[Path, dict[str, Any]]]:
    """The parameters that hold for an operation, its own before those of its path."""
    result: dict[tuple[str, str], tuple[Path, dict[str, Any]]] = {}
    for path, holder in ((operation.path[:-1], around), (operation.path, operation.value)):
        entries = holder.get("parameters")
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            value = follow(document, entry)
            if isinstance(value, dict) and isinstance(value.get("in"), str) and isinstance(value.get("name"), str):
                result[value["in"], value["name"]] = ((*path, "parameters", index), value)
    return result


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
