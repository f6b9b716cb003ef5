"""``$ref``: followed inside the document only, never fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from designchord.notation.openapi.findings import Finding
from designchord.notation.openapi.locating import Path

#: How many references may lead to one value.
MAX_STEPS = 50
#: More bad references than this tell nothing new.
MAX_FINDINGS = 200
#: An index as a JSON pointer writes it (RFC 6901); no list that is read here needs more digits.
_INDEX = re.compile("0|[1-9][0-9]{0,8}")
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


_HOLDERS = (dict, list)

#: Where the other files of a bundle stand in it, by number. What points there is relative to the bundle itself.
ELSEWHERE = "x-elsewhere"

#: A mapping of a document and the path to it.
Part = tuple[Path, dict[str, Any]]


def mappings(document: Any) -> Iterator[Part]:
    """Every mapping of a description with its path; what is data (examples, defaults, extensions) is left out."""
    stack: list[tuple[Path, Any, bool]] = [((), document, False)]
    while stack:
        path, node, names = stack.pop()
        if isinstance(node, dict):
            if not names:
                yield path, node
            for key, child in node.items():
                if isinstance(child, _HOLDERS) and (names or not (key in _DATA or key.startswith("x-"))):
                    stack.append(((*path, key), child, not names and key in _NAMES and isinstance(child, dict)))
        elif isinstance(node, list):
            stack.extend(((*path, index), child, False) for index, child in enumerate(node))


def references(document: Any) -> Iterator[str]:
    """What the mappings of a description refer to, in the order of :func:`mappings`."""
    stack: list[tuple[Any, bool]] = [(document, False)]
    while stack:
        node, names = stack.pop()
        if isinstance(node, dict):
            if not names and isinstance(reference := node.get("$ref"), str):
                yield reference
            for key, child in node.items():
                if isinstance(child, _HOLDERS) and (names or not (key in _DATA or key.startswith("x-"))):
                    stack.append((child, not names and key in _NAMES and isinstance(child, dict)))
        elif isinstance(node, list):
            stack.extend((child, False) for child in node)


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
        elif isinstance(node, list) and _INDEX.fullmatch(key) and int(key) < len(node):
            node = node[int(key)]
        else:
            return None
    return node


def pointed(document: Any, reference: str) -> Path | None:
    """The path that a local reference points to, or ``None`` where nothing is."""
    if not reference.startswith("#/"):
        return None
    node, path = document, list[str | int]()
    for part in reference[2:].split("/"):
        key: str | int = _unescape(part)
        if isinstance(node, list) and _INDEX.fullmatch(str(key)):
            key = int(key)
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            return None
        path.append(key)
    return tuple(path)


def follow(document: Any, node: Any) -> Any:
    """A value, or what it refers to through local references; ``None`` for a dead end, a loop or a very long chain."""
    for _ in range(MAX_STEPS):
        if not isinstance(node, dict) or not isinstance(reference := node.get("$ref"), str):
            return node
        node = resolve(document, reference)
    return None


def find_reference_errors(document: dict[str, Any], parts: list[Part]) -> list[Finding]:
    """Dangling, remote and looping references among the mappings of a document."""
    findings: list[Finding] = []
    scopes = Scopes(document, parts)
    found = [(path, node["$ref"]) for path, node in parts if "$ref" in node and isinstance(node["$ref"], str)]
    looping = _looping(document, {reference for path, reference in found if scopes.is_of_document(path, reference)})
    sound: set[str] = set()
    for path, reference in found:
        if len(findings) >= MAX_FINDINGS:
            break
        whole = scopes.is_of_document(path, reference)
        if whole and reference in sound:
            continue
        where = (*path, "$ref")
        scope, target = scopes.find(path, reference)
        if scope is None and (address := scopes.address(path, reference)):
            message = f"`{_shorten(address)}` stands in no schema of this document; it was not looked up."
            findings.append(Finding("openapi.remote_ref", "info", where, message))
        elif scope is None:
            message = f"`{_shorten(reference)}` points outside the document; it was not followed and not checked."
            hint = "Copy what it points to into `components` and refer to `#/components/…`."
            findings.append(Finding("openapi.remote_ref", "warning", where, message, hint))
        elif target is None:
            findings.append(_dangling(scope, where, reference, document))
        elif whole and reference in looping:
            message = f"`{reference}` leads back to itself and never to a value."
            findings.append(Finding("openapi.ref_loop", "error", where, message, "Break the loop at one place."))
        elif whole:
            sound.add(reference)
    return findings


class Scopes:
    """What references are relative to: the document, or the nearest schema around them with an ``$id`` (3.1)."""

    def __init__(self, document: dict[str, Any], parts: list[Part]) -> None:
        self._document = document
        named = [(path, node) for path, node in parts if path and isinstance(node.get("$id"), str)]
        self._around: dict[Path, tuple[str, dict[str, Any]]] = {}
        self._by_uri: dict[str, dict[str, Any]] = {}
        for path, node in sorted(named, key=lambda part: len(part[0])):
            uri = join(self._base(path)[0], node["$id"]).partition("#")[0]
            self._around[path] = (uri, node)
            self._by_uri.setdefault(uri, node)
        self._anchors = {
            (self._base(path)[0], node[key])
            for path, node in parts
            for key in ("$anchor", "$dynamicAnchor")
            if key in node and isinstance(node[key], str)
        }

    def is_of_document(self, path: Path, reference: str) -> bool:
        """Whether a reference at that place is relative to the document itself."""
        if reference.startswith(f"#/{ELSEWHERE}/"):
            return True
        return reference.startswith("#") and not (self._around and self._base(path)[0])

    def address(self, path: Path, reference: str) -> str:
        """What a reference is by the ``$id`` around it; empty where there is none."""
        base = self._base(path)[0] if self._around else ""
        return join(base, reference) if base else ""

    def knows(self, address: str) -> bool:
        """Whether a schema of the document has that address."""
        return address.partition("#")[0] in self._by_uri

    def find(self, path: Path, reference: str) -> tuple[Any, Any]:
        """What a reference is read in (``None``: not in this document), and what it leads to there, or ``None``."""
        is_whole = not self._around or self.is_of_document(path, reference)
        base, scope = ("", self._document) if is_whole else self._base(path)
        if not reference.startswith("#"):
            uri, _, fragment = join(base, reference).partition("#")
            if uri not in self._by_uri:
                return None, None
            base, scope, reference = uri, self._by_uri[uri], f"#{fragment}"
        if reference == "#" or reference.startswith("#/"):
            return scope, resolve(scope, reference)
        return scope, scope if (base, reference[1:]) in self._anchors else None

    def _base(self, path: Path) -> tuple[str, dict[str, Any]]:
        for length in range(len(path), 0, -1):
            if path[:length] in self._around:
                return self._around[path[:length]]
        return "", self._document


def join(base: str, reference: str) -> str:
    """A reference relative to an address."""
    from urllib.parse import urljoin

    try:
        return urljoin(base, reference)
    except ValueError:  # no address at all, such as `http://[`
        return reference


def _dangling(scope: Any, where: Path, reference: str, document: dict[str, Any]) -> Finding:
    """A reference to nothing; beside an ``$id`` it may be meant for the document around it, as some tools read it."""
    if scope is not document and resolve(document, reference) is not None:
        message = f"`{_shorten(reference)}` is relative to the `$id` around it, where it does not exist."
        hint = "Remove the `$id`, or write the whole address of what is meant."
        return Finding("openapi.dangling_ref", "warning", where, message, hint)
    parent, _, name = reference.rpartition("/")
    siblings = resolve(scope, parent) if parent.startswith("#/") else None
    names = siblings if isinstance(siblings, dict) else {}
    near = next((other for other in names if other.lower() == name.lower()), None)
    hint = f"Did you mean `{parent}/{near}`?" if near else f"Declare `{name}` there, or correct the name."
    return Finding("openapi.dangling_ref", "error", where, f"`{_shorten(reference)}` does not exist.", hint)


def _looping(document: Any, references: set[str]) -> set[str]:
    """References that lead into a circle of references and ``allOf`` alone: no value can ever satisfy them.

    Each reference is looked at once: those that lead nowhere further are taken away until only circles are left.
    """
    leads: dict[str, set[str]] = {}
    pending = list(references)
    while pending:
        reference = pending.pop()
        if reference not in leads:
            leads[reference] = _unconditional(resolve(document, reference))
            pending.extend(leads[reference])
    led_from: dict[str, list[str]] = {}
    for reference, targets in leads.items():
        for target in targets:
            led_from.setdefault(target, []).append(reference)
    open_ends = {reference: len(targets) for reference, targets in leads.items()}
    free = [reference for reference, count in open_ends.items() if count == 0]
    while free:
        for reference in led_from.get(free.pop(), ()):
            open_ends[reference] -= 1
            if open_ends[reference] == 0:
                free.append(reference)
    return {reference for reference, count in open_ends.items() if count}


def _unconditional(node: Any) -> set[str]:
    """The references that a value of a schema has to satisfy as well."""
    found: set[str] = set()
    nodes = [node]
    while nodes:
        node = nodes.pop()
        if not isinstance(node, dict):
            continue
        if isinstance(reference := node.get("$ref"), str) and reference.startswith("#"):
            found.add(reference)
        if isinstance(node.get("allOf"), list):
            nodes.extend(node["allOf"])
    return found


def _unescape(part: str) -> str:
    if "%" not in part and "~" not in part:
        return part
    if "%" in part:
        from urllib.parse import unquote

        part = unquote(part)
    return part.replace("~1", "/").replace("~0", "~")


def _shorten(reference: str) -> str:
    return reference if len(reference) <= 100 else reference[:97] + "…"
