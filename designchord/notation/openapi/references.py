"""``$ref``: followed inside the document only, never fetched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from designchord.notation.openapi.findings import Finding
from designchord.notation.openapi.locating import Path

#: Keywords whose values are data, not parts of the description.
_DATA = frozenset(("example", "examples", "default", "enum", "const", "value"))
#: Keywords whose keys are names that somebody chose.
_NAMES = frozenset(
    {
        *("properties", "patternProperties", "dependentSchemas", "definitions", "$defs", "schemas", "parameters"),
        *("responses", "requestBodies", "headers", "securitySchemes", "securityDefinitions", "links", "callbacks"),
        *("pathItems", "paths", "webhooks", "content", "encoding", "variables", "scopes", "security", "mapping"),
    }
)


def mappings(document: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every mapping of a description with its path; what is data (examples, defaults, extensions) is left out."""
    stack: list[tuple[Path, Any, bool]] = [((), document, False)]
    while stack:
        path, node, names = stack.pop()
        if isinstance(node, dict):
            if not names:
                yield path, node
            for key, child in node.items():
                if isinstance(child, dict | list) and (names or not (key in _DATA or key.startswith("x-"))):
                    stack.append(((*path, key), child, not names and key in _NAMES and isinstance(child, dict)))
        elif isinstance(node, list):
            stack.extend(((*path, index), child, False) for index, child in enumerate(node))


def resolve(document: Any, reference: str) -> Any | None:
    """What a local reference (``#/components/schemas/Loan``) points to, or ``None``."""
    if reference == "#":
        return document
    if not reference.startswith("#/"):
        return None
    node = document
    for part in reference[2:].split("/"):
        key = _unescape(part)
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node


def follow(document: Any, node: Any) -> Any:
    """A value, or what it refers to through any number of local references; ``None`` for a loop or a dead end."""
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
        if reference in seen:
            return None
        seen.add(reference)
        node = resolve(document, reference)
    return node


def find_reference_errors(document: dict[str, Any]) -> list[Finding]:
    """Dangling, remote and looping references."""
    findings: list[Finding] = []
    anchors, ids = _anchors(document)
    for path, node in mappings(document):
        reference = node.get("$ref")
        if not isinstance(reference, str) or _is_property_named_ref(path):
            continue
        where = (*path, "$ref")
        if reference.startswith("#/") or reference == "#":
            target = resolve(document, reference)
            if target is None:
                findings.append(_dangling(document, where, reference))
            elif _loops(document, reference):
                message = f"`{reference}` leads back to itself and never to a value."
                findings.append(Finding("openapi.ref_loop", "error", where, message, "Break the loop at one place."))
        elif reference.startswith("#"):
            if reference[1:] not in anchors:
                findings.append(_dangling(document, where, reference))
        elif reference.partition("#")[0] not in ids:
            message = f"`{_shorten(reference)}` points outside the document; it was not followed and not checked."
            hint = "Copy what it points to into `components` and refer to `#/components/…`."
            findings.append(Finding("openapi.remote_ref", "warning", where, message, hint))
    return findings


def _is_property_named_ref(path: Path) -> bool:
    return bool(path) and path[-1] == "properties"


def _anchors(document: dict[str, Any]) -> tuple[set[str], set[str]]:
    anchors: set[str] = set()
    ids: set[str] = set()
    for _, node in mappings(document):
        for key in ("$anchor", "$dynamicAnchor"):
            if isinstance(node.get(key), str):
                anchors.add(node[key])
        if isinstance(node.get("$id"), str):
            ids.add(node["$id"].partition("#")[0])
    return anchors, ids


def _dangling(document: dict[str, Any], where: Path, reference: str) -> Finding:
    parent, _, name = reference.rpartition("/")
    siblings = resolve(document, parent) if parent.startswith("#/") else None
    names = [str(key) for key in siblings][:12] if isinstance(siblings, dict) else []
    near = next((other for other in names if other.lower() == name.lower()), None)
    hint = f"Did you mean `{parent}/{near}`?" if near else f"Declare `{name}` there, or correct the name."
    return Finding("openapi.dangling_ref", "error", where, f"`{_shorten(reference)}` does not exist.", hint)


def _loops(document: Any, start: str) -> bool:
    """Whether a reference leads to itself through references and ``allOf`` alone: no value can ever satisfy it."""
    pending, seen = [start], set()
    while pending:
        reference = pending.pop()
        if reference in seen:
            continue
        seen.add(reference)
        nodes = [resolve(document, reference)]
        while nodes:
            node = nodes.pop()
            if not isinstance(node, dict):
                continue
            inner = node.get("$ref")
            if inner == start:
                return True
            if isinstance(inner, str) and inner.startswith("#"):
                pending.append(inner)
            if isinstance(node.get("allOf"), list):
                nodes.extend(node["allOf"])
    return False


def _unescape(part: str) -> str:
    if "%" in part:
        from urllib.parse import unquote

        part = unquote(part)
    return part.replace("~1", "/").replace("~0", "~")


def _shorten(reference: str) -> str:
    return reference if len(reference) <= 100 else reference[:97] + "…"
