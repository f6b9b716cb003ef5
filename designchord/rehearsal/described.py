"""An API as its OpenAPI document describes it: what can be called, with what, and what may come back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from designchord.notation.openapi.references import follow
from designchord.notation.openapi.rules import operations
from designchord.notation.openapi.stating import DERIVED

_PARAMETER: Final = re.compile(r"\{([^{}/]+)\}")
#: Schemas inside schemas beyond this depth say nothing more.
_DEEPEST: Final = 12
#: A schema that takes more values than this, written out, is taken for one that allows everything.
_MOST: Final = 5_000
_UNSAID: Final = ("description", "examples", "example", "title", "deprecated")
Direction = Literal["request", "response"]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. ``responses`` holds the schema of each status as written, None where there is no body."""

    id: str
    method: str
    template: str
    pattern: re.Pattern[str]
    parameters: tuple[Parameter, ...] = ()
    body: Mapping[str, Any] | None = None
    body_required: bool = False
    media: str = "application/json"
    responses: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    secured: bool = False
    roles: tuple[str, ...] = ()
    #: The schema that it is about, by the names that its body and its success refer to.
    schema: str = ""

    @property
    def success(self) -> int:
        found = [int(status) for status in self.responses if status.isdecimal() and status.startswith("2")]
        return min(found, default=200)

    @property
    def segments(self) -> list[str]:
        return [part for part in self.template.split("/") if part]


class Description:
    """A document, read once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = dict(document)
        self._known: dict[tuple[str, Direction], dict[str, Any]] = {}
        self.endpoints = tuple(self._endpoint(one.method, one.template, one.value) for one in operations(self.document))
        self.by_id = {endpoint.id: endpoint for endpoint in self.endpoints}
        self._by_length: dict[int, list[Endpoint]] = {}
        # A plain word fits before a parameter does.
        for endpoint in sorted(self.endpoints, key=lambda one: [part.startswith("{") for part in one.segments]):
            self._by_length.setdefault(len(endpoint.segments), []).append(endpoint)

    def at(self, path: str) -> list[tuple[Endpoint, dict[str, str]]]:
        """What can be called at a path, the plainest template alone, with the values of its parameters."""
        found: list[tuple[Endpoint, dict[str, str]]] = []
        for endpoint in self._by_length.get(len([part for part in path.split("/") if part]), ()):
            match = endpoint.pattern.fullmatch(path)
            if match and (not found or endpoint.template == found[0][0].template):
                names = _PARAMETER.findall(endpoint.template)
                found.append((endpoint, dict(zip(names, match.groups(), strict=True))))
        return found

    def _endpoint(self, method: str, template: str, value: Mapping[str, Any]) -> Endpoint:
        item = self.document["paths"].get(template) or {}
        given = [*_list(item.get("parameters")), *_list(value.get("parameters"))]
        parameters = [one for one in (follow(self.document, each) for each in given) if isinstance(one, dict)]
        body = follow(self.document, value.get("requestBody"))
        media, content = _content(body)
        responses = {}
        success: Any = None
        for status, one in (value.get("responses") or {}).items():
            response = follow(self.document, one)
            _, answered = _content(response)
            responses[str(status)] = None if answered is None else self.schema(answered, "response")
            if str(status).startswith("2") and success is None:
                success = answered
        security = value.get("security", self.document.get("security")) or []
        demands = [one for one in security if isinstance(one, dict)]
        pattern = "".join(
            "([^/]+)" if _PARAMETER.fullmatch(part) else re.escape(part)
            for part in re.split(r"(\{[^{}/]+\})", template)
        )
        return Endpoint(
            id=str(value.get("operationId") or f"{method.upper()} {template}"),
            method=method.upper(),
            template=template,
            pattern=re.compile(pattern),
            parameters=tuple(self._parameter(one) for one in parameters if one.get("name")),
            body=None if content is None else self.schema(content, "request"),
            body_required=bool(isinstance(body, dict) and body.get("required")),
            media=media,
            responses=responses,
            secured=bool(demands) and all(demands),
            roles=tuple(str(role) for demand in demands for roles in demand.values() for role in _list(roles)),
            schema=self._named(success) or self._named(content),
        )

    def _parameter(self, value: Mapping[str, Any]) -> Parameter:
        schema = self.schema(value.get("schema") or {}, "request")
        place = str(value.get("in"))
        return Parameter(str(value["name"]), place, bool(value.get("required")) or place == "path", schema)

    def _named(self, schema: Any) -> str:
        """The entity's schema that a body or an answer is made of."""
        for _ in range(4):
            if not isinstance(schema, dict):
                return ""
            if schema.get("type") == "array":
                schema = schema.get("items")
                continue
            name = str(schema.get("$ref", "")).rpartition("/")[2]
            target = follow(self.document, schema)
            derived = target.get(DERIVED) if isinstance(target, dict) else None
            if isinstance(derived, dict):
                return str(derived.get("of") or "")
            items = (target.get("properties") or {}).get("items") if isinstance(target, dict) else None
            if isinstance(items, dict) and items.get("type") == "array":
                schema = items
                continue
            return name
        return ""

    def schema(self, schema: Any, direction: Direction, depth: int = 0) -> dict[str, Any]:
        """A schema that stands alone: references written out, without what only goes the other way."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return {}
        reference = schema.get("$ref")
        if isinstance(reference, str):
            key = (reference, direction)
            if key not in self._known:
                self._known[key] = {}  # what refers back to itself ends here
                found = self.schema(follow(self.document, schema), direction, depth + 1)
                self._known[key] = found if _is_small(found) else {}
            return dict(self._known[key])
        result = {name: value for name, value in schema.items() if name not in _UNSAID}
        hidden = "readOnly" if direction == "request" else "writeOnly"
        properties = schema.get("properties")
        if isinstance(properties, dict):
            shown = {name: one for name, one in properties.items() if not _is(self.document, one, hidden)}
            result["properties"] = {name: self._property(one, direction, depth) for name, one in shown.items()}
            required = [name for name in _list(schema.get("required")) if name in shown or name not in properties]
            result.pop("required", None)
            if required:
                result["required"] = required
        for name in ("items", "additionalProperties", "not"):
            if isinstance(schema.get(name), dict):
                result[name] = self.schema(schema[name], direction, depth + 1)
        for name in ("allOf", "anyOf", "oneOf"):
            if isinstance(schema.get(name), list):
                result[name] = [self.schema(one, direction, depth + 1) for one in schema[name]]
        return result

    def _property(self, schema: Any, direction: Direction, depth: int) -> dict[str, Any]:
        found = self.schema(schema, direction, depth + 1)
        examples = schema.get("examples") if isinstance(schema, dict) else None
        return found | ({"examples": examples} if isinstance(examples, list) and examples else {})


def _is(document: dict[str, Any], schema: Any, mark: str) -> bool:
    target = follow(document, schema)
    return isinstance(target, dict) and target.get(mark) is True


def _is_small(schema: Any) -> bool:
    """Whether a schema is short when it is written out; parts that stand in it several times count each time."""
    pending, count = [schema], 0
    while pending and count <= _MOST:
        one = pending.pop()
        count += 1
        if isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return count <= _MOST


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _content(holder: Any) -> tuple[str, Any]:
    """The media type and schema of a body: JSON where there is a choice."""
    content = holder.get("content") if isinstance(holder, dict) else None
    if not isinstance(content, dict) or not content:
        return "application/json", None
    media = next((name for name in content if "json" in name), next(iter(content)))
    value = content[media]
    return str(media), value.get("schema", {}) if isinstance(value, dict) else {}


def properties_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object, those of its parts included."""
    found: dict[str, Any] = {}
    for part in schema.get("allOf") or ():
        found |= properties_of(part)
    return found | (schema.get("properties") or {})


def required_of(schema: Mapping[str, Any]) -> set[str]:
    found = set(schema.get("required") or ())
    for part in schema.get("allOf") or ():
        found |= required_of(part)
    return found
