"""An OpenAPI document as readable HTML: operations by tag, parameters, bodies, responses, schemas, examples.

Static on purpose: it needs no script, prints, and shows any document that parses, also one with mistakes in it.
References become links and are never followed, so neither loops nor foreign addresses matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from designchord.export.api_examples import Examples, as_text
from designchord.export.labels import labels_in
from designchord.rehearsal.described import Direction

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_LIMITS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "length ≥ {}",
    "maxLength": "length ≤ {}",
    "minItems": "items ≥ {}",
    "maxItems": "items ≤ {}",
    "pattern": "pattern {}",
    "default": "default {}",
}
_MAX_DEPTH = 6
_EMPTY = SafeString("")


def api_html(document: Mapping[str, Any], *, language: str = "en") -> SafeString:
    """Render an OpenAPI 3.x document (parsed). Missing or mistyped pieces are left out, never an error."""
    return _Api(document, labels_in(language)).render()


class _Api:
    def __init__(self, document: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        self._document = document
        self._labels = labels
        self._examples = Examples(document)

    def render(self) -> SafeString:
        info = _mapping(self._document.get("info"))
        groups = self._grouped()
        schemas = _mapping(_mapping(self._document.get("components")).get("schemas"))
        return format_html(
            '<div class="api">{}{}{}{}{}</div>',
            _paragraph(info.get("description")),
            self._servers(),
            self._overview(groups),
            _join(self._group(tag, operations) for tag, operations in groups.items()),
            self._schemas(schemas),
        )

    def _grouped(self) -> dict[str, list[tuple[str, str, Mapping[str, Any]]]]:
        """Operations by their first tag, in the document's order of tags, then of paths."""
        groups: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {
            str(_mapping(tag).get("name", "")): [] for tag in _items(self._document.get("tags"))
        }
        for path, item in _mapping(self._document.get("paths")).items():
            shared = _items(_mapping(item).get("parameters"))
            for method in _METHODS:
                operation = _mapping(_mapping(item).get(method))
                if not operation:
                    continue
                tags = _items(operation.get("tags"))
                merged = {**operation, "parameters": [*shared, *_items(operation.get("parameters"))]}
                groups.setdefault(str(tags[0]) if tags else "", []).append((method, str(path), merged))
        return {tag: operations for tag, operations in groups.items() if operations}

    def _servers(self) -> SafeString:
        urls = [str(_mapping(server).get("url", "")) for server in _items(self._document.get("servers"))]
        if not any(url.strip("/") for url in urls):  # "/" is no address that anybody could call
            return _EMPTY
        listed = format_html_join(", ", "<code>{}</code>", ((url,) for url in urls if url))
        return format_html('<p class="servers">{}: {}</p>', self._labels["servers"], listed)

    def _overview(self, groups: Mapping[str, list[tuple[str, str, Mapping[str, Any]]]]) -> SafeString:
        rows = format_html_join(
            "",
            '<tr><td>{}</td><td><a href="#{}"><code>{}</code></a></td><td>{}</td><td>{}</td></tr>',
            (
                (
                    _badge(method),
                    _operation_anchor(method, path, operation),
                    path,
                    _text(operation.get("summary")),
                    _requirements(operation),
                )
                for operations in groups.values()
                for method, path, operation in operations
            ),
        )
        return format_html('<div class="wide"><table class="operations"><tbody>{}</tbody></table></div>', rows)

    def _group(self, tag: str, operations: Iterable[tuple[str, str, Mapping[str, Any]]]) -> SafeString:
        about = next(
            (
                _mapping(item).get("description")
                for item in _items(self._document.get("tags"))
                if _mapping(item).get("name") == tag
            ),
            None,
        )
        heading = format_html("<h3>{}</h3>", tag) if tag else _EMPTY
        body = _join(self._operation(*operation) for operation in operations)
        return format_html("<section>{}{}{}</section>", heading, _paragraph(about), body)

    def _operation(self, method: str, path: str, operation: Mapping[str, Any]) -> SafeString:
        deprecated = (
            format_html(" <em>({})</em>", self._labels["deprecated"]) if operation.get("deprecated") else _EMPTY
        )
        return format_html(
            '<details class="operation" id="{}"><summary>{} <code>{}</code> <span>{}</span>{}</summary>'
            "{}{}{}{}{}{}</details>",
            _operation_anchor(method, path, operation),
            _badge(method),
            path,
            _text(operation.get("summary")),
            deprecated,
            self._identity(operation),
            _paragraph(operation.get("description")),
            self._security(operation),
            self._parameters(operation),
            self._request(operation),
            self._responses(operation),
        )

    def _identity(self, operation: Mapping[str, Any]) -> SafeString:
        """The operation id and the requirements it meets (``x-requirements``)."""
        name = str(operation.get("operationId") or "")
        told = _join((format_html("<code>{}</code> ", name) if name else _EMPTY, _requirements(operation)))
        return format_html('<p class="identity">{}</p>', told) if told else _EMPTY

    def _security(self, operation: Mapping[str, Any]) -> SafeString:
        demanded = operation.get("security", self._document.get("security"))
        if demanded is None:
            return _EMPTY
        schemes = [" + ".join(map(str, _mapping(item))) for item in _items(demanded) if _mapping(item)]
        said = ", ".join(schemes) or self._labels["public"]
        return format_html('<p class="security">{}: {}</p>', self._labels["security"], said)

    def _parameters(self, operation: Mapping[str, Any]) -> SafeString:
        rows = []
        for item in _items(operation.get("parameters")):
            parameter = self._resolved(_mapping(item), "parameters")
            name = parameter.get("name") or _reference_name(_mapping(item).get("$ref"))
            rows.append(
                (
                    str(name or ""),
                    str(parameter.get("in") or ""),
                    self._type(_mapping(parameter.get("schema"))),
                    self._required(bool(parameter.get("required"))),
                    self._meaning(_mapping(parameter.get("schema")), parameter.get("description")),
                )
            )
        if not rows:
            return _EMPTY
        body = format_html_join("", "<tr><td><code>{}</code></td><td>{}</td><td>{}{}</td><td>{}</td></tr>", rows)
        heads = (self._labels[word] for word in ("name", "in", "type", "meaning"))
        return format_html("<h4>{}</h4>{}", self._labels["parameters"], _table(heads, body))

    def _request(self, operation: Mapping[str, Any]) -> SafeString:
        body = self._resolved(_mapping(operation.get("requestBody")), "requestBodies")
        if not body:
            return _EMPTY
        return format_html(
            "<h4>{}</h4>{}{}",
            self._labels["request"],
            _paragraph(body.get("description")),
            self._content(body, "request", whole=True),
        )

    def _responses(self, operation: Mapping[str, Any]) -> SafeString:
        blocks = []
        for status, item in _mapping(operation.get("responses")).items():
            response = self._resolved(_mapping(item), "responses")
            blocks.append(
                format_html(
                    '<div class="response"><p><strong class="status s{}">{}</strong> {}</p>{}</div>',
                    str(status)[:1],
                    status,
                    _text(response.get("description")),
                    self._content(response, "response", whole=str(status).startswith("2")),
                )
            )
        return format_html("<h4>{}</h4>{}", self._labels["responses"], _join(blocks)) if blocks else _EMPTY

    def _content(self, holder: Mapping[str, Any], direction: Direction, *, whole: bool) -> SafeString:
        """What a body holds; ``whole``: with its fields (of what is sent) and an example, also an invented one."""
        blocks = []
        for media_type, item in _mapping(holder.get("content")).items():
            media = _mapping(item)
            schema = _mapping(media.get("schema"))
            shown = self._resolved(schema, "schemas") if whole and direction == "request" else schema
            blocks.append(
                format_html(
                    '<p class="media"><code>{}</code> {}</p><div class="exchange">{}{}</div>',
                    media_type,
                    self._type(schema),
                    self._fields(shown),
                    self._shown(self._examples.of(media, direction, invented=whole)),
                )
            )
        return _join(blocks)

    def _shown(self, examples: Iterable[str]) -> SafeString:
        return format_html_join(
            "",
            '<div class="sample"><p>{}</p><pre>{}</pre></div>',
            ((self._labels["example"], example) for example in examples),
        )

    def _schemas(self, schemas: Mapping[str, Any]) -> SafeString:
        if not schemas:
            return _EMPTY
        blocks = format_html_join(
            "",
            '<section class="schema" id="schema-{}"><h4>{}</h4>{}{}{}{}</section>',
            (
                (
                    _slug(name),
                    name,
                    _paragraph(_mapping(schema).get("description")),
                    self._fields(_mapping(schema)) or format_html("<p>{}</p>", self._type(_mapping(schema))),
                    self._limits(_mapping(schema)),
                    self._shown(self._examples.of(_mapping(schema), "response", invented=False)),
                )
                for name, schema in schemas.items()
            ),
        )
        return format_html("<section><h3>{}</h3>{}</section>", self._labels["schemas"], blocks)

    def _fields(self, schema: Mapping[str, Any], depth: int = 0) -> SafeString:
        """The properties of an object (or of a list's objects, or of what ``allOf`` adds) as a table."""
        if depth >= _MAX_DEPTH:
            return _EMPTY
        inherited = _join(self._fields(_mapping(item), depth + 1) for item in _items(schema.get("allOf")))
        properties = _mapping(schema.get("properties"))
        if not properties:
            return inherited or (self._fields(_mapping(schema["items"]), depth + 1) if "items" in schema else _EMPTY)
        required = {str(name) for name in _items(schema.get("required"))}
        rows = format_html_join(
            "",
            "<tr><td><code>{}</code></td><td>{}{}</td><td>{}{}</td></tr>",
            (
                (
                    name,
                    self._type(_mapping(item)),
                    self._required(name in required),
                    self._meaning(_mapping(item), _mapping(item).get("description")),
                    self._fields(_mapping(item), depth + 1),
                )
                for name, item in properties.items()
            ),
        )
        heads = (self._labels[word] for word in ("name", "type", "meaning"))
        return inherited + _table(heads, rows)

    def _type(self, schema: Mapping[str, Any], depth: int = 0) -> SafeString:
        """One line that names a schema's type."""
        if not schema or depth >= _MAX_DEPTH:
            return format_html("<span>{}</span>", self._labels["any"])
        if "$ref" in schema:
            return _reference(schema["$ref"])
        for keyword, joint in (("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")):
            if _items(schema.get(keyword)):
                options = [(self._type(_mapping(item), depth + 1),) for item in _items(schema[keyword])]
                return format_html_join(joint, "{}", options)
        if "const" in schema:
            return format_html("<code>{}</code>", as_text(schema["const"]))
        if _items(schema.get("enum")):
            return format_html_join(" | ", "<code>{}</code>", ((str(value),) for value in _items(schema["enum"])))
        kinds = [str(kind) for kind in _items(schema.get("type"))] or [str(schema.get("type") or "object")]
        return _join(self._alternatives(kinds, schema, depth))

    def _alternatives(self, kinds: list[str], schema: Mapping[str, Any], depth: int) -> Iterator[SafeString]:
        for position, kind in enumerate(kinds):
            if position:
                yield SafeString(" | ")
            if kind == "array":
                yield self._around("array_of", self._type(_mapping(schema.get("items")), depth + 1))
            elif kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
                yield self._around("map_of", self._type(schema["additionalProperties"], depth + 1))
            elif schema.get("format") and kind != "null":
                yield format_html("{} <small>({})</small>", kind, schema["format"])
            else:
                yield format_html("{}", kind)

    def _around(self, word: str, item: SafeString) -> SafeString:
        before, _, after = self._labels[word].partition("{item}")
        return format_html("{}{}{}", before, item, after)

    def _required(self, required: bool) -> SafeString:
        return format_html(' <small class="required">{}</small>', self._labels["required"]) if required else _EMPTY

    def _meaning(self, schema: Mapping[str, Any], description: Any) -> SafeString:
        return format_html("{}{}", _text(description), self._limits(schema))

    def _limits(self, schema: Mapping[str, Any]) -> SafeString:
        said = [form.format(as_text(schema[keyword])) for keyword, form in _LIMITS.items() if keyword in schema]
        return format_html(' <small class="limits">{}</small>', ", ".join(said)) if said else _EMPTY

    def _resolved(self, item: Mapping[str, Any], section: str) -> Mapping[str, Any]:
        """What a local reference into ``components/<section>`` names; one step, so loops cannot matter."""
        reference = item.get("$ref")
        if not isinstance(reference, str) or not reference.startswith(f"#/components/{section}/"):
            return item
        target = _mapping(_mapping(self._document.get("components")).get(section)).get(_reference_name(reference))
        return _mapping(target)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _slug(value: str) -> str:
    return re.sub(r"[^\w.]+", "-", value).strip("-") or "x"


def _operation_anchor(method: str, path: str, operation: Mapping[str, Any]) -> str:
    return f"operation-{_slug(str(operation.get('operationId') or f'{method}-{path}'))}"


def _reference_name(reference: Any) -> str:
    return str(reference or "").rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _reference(reference: Any) -> SafeString:
    name = _reference_name(reference)
    if str(reference).startswith("#/components/schemas/"):
        return format_html('<a href="#schema-{}">{}</a>', _slug(name), name)
    return format_html("<code>{}</code>", reference)


def _badge(method: str) -> SafeString:
    return format_html('<span class="method {}">{}</span>', method, method.upper())


def _requirements(operation: Mapping[str, Any]) -> SafeString:
    """A chip for each requirement that an operation is there for."""
    return format_html_join(
        " ",
        '<a class="requirement" href="#requirement-{}">{}</a>',
        ((_slug(str(name)), name) for name in _items(operation.get("x-requirements"))),
    )


def _paragraph(value: Any) -> SafeString:
    return format_html("<p>{}</p>", value) if isinstance(value, str) and value.strip() else _EMPTY


def _table(heads: Iterable[str], body: SafeString) -> SafeString:
    head = format_html_join("", "<th>{}</th>", ((head,) for head in heads))
    return format_html('<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>', head, body)


def _join(pieces: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 (every piece was made by format_html)
