"""What an operation is sent and what it answers, beyond what rules compare: for whoever makes a design of an API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from designchord.notation.facts import Facts, OperationFact
from designchord.notation.openapi.reading import Document
from designchord.notation.openapi.references import follow
from designchord.notation.openapi.rules import operations
from designchord.notation.openapi.stating import DERIVED, facts

Shown = tuple[str, Literal["one", "page"]]

#: How deep envelopes are looked into: ``{"article": {…}}``, ``{"data": {"items": […]}}``.
_ENVELOPES: Final = 3
#: An object of so many fields or fewer may be an envelope around what it holds.
_ENVELOPE_FIELDS: Final = 8


@dataclass(frozen=True, slots=True)
class Described:
    """``answers`` are the schemas that come back, the outermost first, each with whether one or many of it do;
    ``bodies`` those that are sent. ``request`` and ``filters`` are names of fields and of query parameters.
    """

    operation: OperationFact
    summary: str = ""
    section: str = ""
    filters: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    answers: tuple[Shown, ...] = ()
    returns: Literal["one", "page", "none"] = "none"
    refusals: tuple[tuple[int, str], ...] = ()


def describe(document: Document) -> tuple[Facts, tuple[Described, ...]]:
    """A document's facts, and each of its operations described, in the same order."""
    stated = facts(document)
    value = document.value
    if value is None:
        return stated, ()
    described = (
        _described(value, fact, operation.value, operation.item)
        for fact, operation in zip(stated.operations, operations(value), strict=True)
    )
    return stated, tuple(described)


def _described(document: dict[str, Any], fact: OperationFact, value: dict[str, Any], item: dict[str, Any]) -> Described:
    parameters = [*_parameters(document, item), *_parameters(document, value)]
    body = _body(document, value, parameters)
    response = _success(document, value)
    schema = _schema_of(document, response)
    tags = value.get("tags")
    answers = tuple(_shown(document, schema))
    form = tuple(str(one.get("name")) for one in parameters if one.get("in") == "formData")
    return Described(
        operation=fact,
        summary=_text(value.get("summary")) or _text(value.get("description")).split("\n")[0],
        section=_text(tags[0]) if isinstance(tags, list) and tags else "",
        filters=tuple(dict.fromkeys(str(one.get("name")) for one in parameters if one.get("in") == "query")),
        request=tuple(_fields(document, body)) or form,
        bodies=tuple(name for name, _ in _shown(document, body)),
        answers=answers,
        returns="none" if schema is None else "page" if _is_many(document, schema) else "one",
        refusals=tuple(_refusals(document, value)),
    )


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _parameters(document: dict[str, Any], holder: dict[str, Any]) -> list[dict[str, Any]]:
    listed = holder.get("parameters")
    found = (follow(document, one) for one in (listed if isinstance(listed, list) else ()))
    return [one for one in found if isinstance(one, dict)]


def _body(document: dict[str, Any], value: dict[str, Any], parameters: list[dict[str, Any]]) -> Any:
    sent = next((one.get("schema") for one in parameters if one.get("in") == "body"), None)
    if sent is not None:
        return sent
    return _schema_of(document, follow(document, value.get("requestBody")))


def _success(document: dict[str, Any], value: dict[str, Any]) -> Any:
    responses = value.get("responses")
    if not isinstance(responses, dict):
        return None
    status = next((one for one in sorted(map(str, responses)) if one[:1] == "2"), "default")
    return follow(document, responses.get(status))


def _refusals(document: dict[str, Any], value: dict[str, Any]) -> Iterator[tuple[int, str]]:
    responses = value.get("responses")
    for status, response in responses.items() if isinstance(responses, dict) else ():
        if str(status).isdigit() and 400 <= int(status) < 500:
            told = follow(document, response)
            yield int(status), _text(told.get("description")) if isinstance(told, dict) else ""


def _schema_of(document: dict[str, Any], holder: Any) -> Any:
    """The schema of a body or a response, JSON's where there are several."""
    if not isinstance(holder, dict):
        return None
    if "schema" in holder:
        return holder["schema"]
    content = holder.get("content")
    if not isinstance(content, dict):
        return None
    kinds = sorted(content, key=lambda kind: "json" not in str(kind))
    media = follow(document, content[kinds[0]]) if kinds else None
    return media.get("schema") if isinstance(media, dict) else None


def _name(document: dict[str, Any], schema: dict[str, Any]) -> str:
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return ""
    target = follow(document, schema)
    derived = target.get(DERIVED) if isinstance(target, dict) else None
    origin = derived.get("of") if isinstance(derived, dict) else None
    return origin if isinstance(origin, str) and origin else reference.rpartition("/")[2]


def _shown(
    document: dict[str, Any], schema: Any, many: Literal["one", "page"] = "one", depth: int = 0
) -> Iterator[Shown]:
    """The named schemas that a value shows, the outermost first."""
    if not isinstance(schema, dict) or depth > _ENVELOPES:
        return
    name = _name(document, schema)
    if name:
        yield name, many
    target = follow(document, schema)
    if not isinstance(target, dict):
        return
    if "items" in target:
        yield from _shown(document, target["items"], "page", depth)
    for key in ("allOf", "oneOf", "anyOf"):
        for part in target.get(key, ()) if isinstance(target.get(key), list) else ():
            yield from _shown(document, part, many, depth + 1)
    properties = target.get("properties")
    if isinstance(properties, dict) and len(properties) <= _ENVELOPE_FIELDS:
        for inner in properties.values():
            if isinstance(inner, dict) and ("$ref" in inner or "items" in inner or "properties" in inner):
                yield from _shown(document, inner, many, depth + 1)


def _is_many(document: dict[str, Any], schema: Any) -> bool:
    """Whether a value is a list, or an envelope around one that says how much there is."""
    target = follow(document, schema)
    if not isinstance(target, dict):
        return False
    if target.get("type") == "array" or "items" in target:
        return True
    derived = target.get(DERIVED)
    if isinstance(derived, dict):
        return derived.get("role") == "page"
    properties = _properties(document, target)
    lists = [key for key, inner in properties.items() if _is_list(document, inner)]
    if len(lists) == 1 and set(properties) - set(lists) and _PAGING & {_plain(key) for key in properties}:
        return True
    return len(properties) == 1 == len(lists)


_PAGING: Final = frozenset(
    (
        *("count", "total", "totalcount", "totalelements", "totalpages", "page", "pages", "pagesize", "next"),
        *("previous", "nextcursor", "cursor", "hasmore", "meta", "pagination", "limit", "offset", "links", "nextpage"),
        *("size", "items", "nextpagetoken", "pagetoken", "totalsize", "totalitems"),
    )
)  # fmt: skip


def _plain(key: str) -> str:
    return "".join(letter for letter in key.lower() if letter.isalpha())


def _is_list(document: dict[str, Any], schema: Any) -> bool:
    target = follow(document, schema)
    return isinstance(target, dict) and (target.get("type") == "array" or "items" in target)


def _properties(document: dict[str, Any], schema: Any, depth: int = 0) -> dict[str, Any]:
    target = follow(document, schema)
    if not isinstance(target, dict) or depth > _ENVELOPES:
        return {}
    found: dict[str, Any] = {}
    for part in target.get("allOf", ()) if isinstance(target.get("allOf"), list) else ():
        found |= _properties(document, part, depth + 1)
    own = target.get("properties")
    return found | own if isinstance(own, dict) else found


def _fields(document: dict[str, Any], schema: Any, depth: int = 0) -> Iterator[str]:
    """The fields of a body, looked for inside an envelope of one field."""
    target = follow(document, schema)
    if isinstance(target, dict) and "items" in target:
        yield from _fields(document, target["items"], depth + 1)
        return
    properties = _properties(document, schema)
    if len(properties) == 1 and depth < _ENVELOPES:
        only = next(iter(properties.values()))
        if inner := _properties(document, only):
            yield from inner
            return
    yield from properties
