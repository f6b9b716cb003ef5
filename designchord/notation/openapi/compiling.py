"""Compile the model of an API to complete OpenAPI 3.1. Whatever the model holds, the result is valid."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from designchord.notation.openapi.api import (
    PARAMETER,
    Api,
    Body,
    Field,
    Operation,
    Result,
    Schema,
    Type,
    pascal,
    singular,
    snake,
)
from designchord.notation.openapi.examples import example, value_of
from designchord.notation.openapi.stating import DERIVED, REFERENCES, REQUIREMENTS
from designchord.notation.openapi.wording import word

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
_JSON = "application/json"
#: Methods whose bodies have no meaning; what they are sent goes into the query.
_BODILESS = ("GET", "DELETE")
_OWN_FIELDS = ("id", "created_at", "updated_at", "createdAt", "updatedAt")
_FORMATS = {"uuid": "uuid", "date": "date", "datetime": "date-time", "time": "time", "email": "email", "url": "uri"}
_KINDS = {"integer": "integer", "decimal": "number", "boolean": "boolean", "json": "object"}


def compile_api(api: Api, language: str = "en") -> dict[str, Any]:
    """A complete OpenAPI 3.1 document as JSON values, keys in reading order."""
    return _Compiler(api, language).compile()


_Changing = TypeVar("_Changing", Field, Operation)


class _Compiler:
    def __init__(self, api: Api, language: str) -> None:
        self._api = api
        self._language = language
        self._schemas: dict[str, dict[str, Any]] = {}
        self._responses: dict[str, dict[str, Any]] = {}
        self._parameters: dict[str, dict[str, Any]] = {}
        self._names = {schema.name for schema in api.schemas}
        #: The first schema of each name, and of each name in snake_case.
        self._by_name = {schema.name: schema for schema in reversed(api.schemas)}
        self._by_word = {snake(schema.name): schema for schema in reversed(api.schemas)}
        self._error = self._free_name("Error")

    def compile(self) -> dict[str, Any]:
        api = self._api
        for schema in api.schemas:
            self._schemas[schema.name] = self._object(schema.fields, schema, schema.label, schema.description)
        paths = self._paths()
        document: dict[str, Any] = {
            "openapi": "3.1.0",
            "info": {"title": api.title or "API", "version": api.version or "1.0.0"},
            "servers": [{"url": "/"}],
        }
        if api.description:
            document["info"]["description"] = api.description
        sections = dict.fromkeys(operation.section for operation in api.operations if operation.section)
        if sections:
            document["tags"] = [{"name": section} for section in sections]
        document["paths"] = paths
        if api.secured:
            document["security"] = [{"bearer": []}]
        components: dict[str, Any] = {
            "schemas": self._schemas,
            "responses": self._responses,
            "parameters": self._parameters,
        }
        if api.secured:
            components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
        document["components"] = {name: holder for name, holder in components.items() if holder}
        return document

    def _word(self, name: str | int) -> str:
        return word(self._language, str(name))

    def _free_name(self, wish: str) -> str:
        """A schema's name that nobody has."""
        name, number = wish, 2
        while name in self._names:
            name, number = f"{wish}{number}", number + 1
        self._names.add(name)
        return name

    # Paths

    def _paths(self) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        shapes: dict[str, str] = {}
        used: set[str] = set()
        for operation in self._api.operations:
            template = _unique_parameters(operation.path)
            # Two templates that differ in parameter names only are one path to a router: the first one's names count.
            template = shapes.setdefault(PARAMETER.sub("{}", template), template)
            item = paths.setdefault(template, {})
            method = operation.method.lower()
            if method in item:
                continue
            name = _unused(operation.id or "operation", used)
            used.add(name)
            item[method] = self._operation(_changed(operation, path=template, id=name))
        return paths

    def _operation(self, operation: Operation) -> dict[str, Any]:
        entity = self._entity(operation)
        result: dict[str, Any] = {"operationId": operation.id}
        if operation.section:
            result["tags"] = [operation.section]
        result["summary"] = operation.label or operation.id
        if operation.description:
            result["description"] = operation.description
        parameters = [self._path_parameter(name, operation, entity) for name in operation.parameters]
        parameters += self._query(operation, entity)
        if parameters:
            result["parameters"] = parameters
        body = self._body(operation, entity)
        if body:
            result["requestBody"] = body
        result["responses"] = self._answers(operation, bool(body or operation.query))
        if self._api.secured and operation.public:
            result["security"] = []
        elif self._api.secured and operation.roles:
            result["security"] = [{"bearer": list(operation.roles)}]
        if operation.requirements:
            result[REQUIREMENTS] = list(dict.fromkeys(operation.requirements))
        return result

    def _entity(self, operation: Operation) -> Schema | None:
        """The schema that an operation is about: named, answered, or that of the path's last collection."""
        for name in (operation.entity, operation.body.schema if operation.body else "", operation.result.schema):
            if name and (schema := self._by_name.get(name)):
                return schema
        for part in reversed(operation.path.split("/")):
            if part and not part.startswith("{") and (schema := self._schema_of_segment(part)):
                return schema
        return None

    def _schema_of_segment(self, segment: str) -> Schema | None:
        return self._by_word.get(snake(singular(segment.lower())))

    # Parameters

    def _path_parameter(self, name: str, operation: Operation, entity: Schema | None) -> dict[str, Any]:
        field = self._identified(name, operation, entity)
        schema = self._value_schema(_changed(field, default=None)) if field else {"type": "string"}
        parameter: dict[str, Any] = {"name": name, "in": "path", "required": True}
        if schema.get("description"):
            parameter["description"] = schema.pop("description")
        schema.pop("readOnly", None)
        return parameter | {"schema": schema}

    def _identified(self, name: str, operation: Operation, entity: Schema | None) -> Field | None:
        """The field whose value a path parameter is: ``{loan_id}`` is the ``id`` of ``Loan``."""
        if name == "id":
            before = operation.path.partition("/{id}")[0].rpartition("/")[2]
            owner = self._schema_of_segment(before) or entity
            return owner.field("id") if owner else None
        for schema in self._api.schemas:
            if snake(schema.name) == name.removesuffix("_id") and (field := schema.field("id") or schema.field(name)):
                return replace(field, label=schema.label if field.label.lower() in ("", "id") else field.label)
        candidates = [entity, *self._api.schemas]
        found = next((schema.field(name) for schema in candidates if schema and schema.field(name)), None)
        return found if found and _is_simple(found.type) else None

    def _query(self, operation: Operation, entity: Schema | None) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = []
        taken = set()
        pages = operation.result.shape == "page"
        fields = operation.query
        if operation.body and operation.method in _BODILESS:
            fields += operation.body.fields
        if pages:  # the compiler's own stand for these
            fields = tuple(field for field in fields if field.name not in ("page", "size"))
        for field in fields:
            # A filter that is left out filters nothing: the schema's default is not the filter's.
            known = _changed(self._known(field, entity), default=field.default)
            if known.name in taken or not _is_simple(known.type):
                continue
            taken.add(known.name)
            schema = self._value_schema(known)
            parameter: dict[str, Any] = {"name": known.name, "in": "query"}
            if schema.get("description"):
                parameter["description"] = schema.pop("description")
            if field.required and known.default is None:
                parameter["required"] = True
            for key in ("readOnly", "writeOnly", "examples", REFERENCES):
                schema.pop(key, None)
            parameters.append(parameter | {"schema": schema})
        if pages:
            parameters += [{"$ref": f"#/components/parameters/{self._paging(name)}"} for name in ("page", "size")]
        return parameters

    def _paging(self, name: str) -> str:
        key = {"page": "PageNumber", "size": "PageSize"}[name]
        schema: dict[str, Any] = {"type": "integer", "minimum": 1, "default": 1}
        if name == "size":
            schema |= {"maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        label = self._word("page_number" if name == "page" else "page_size")
        self._parameters[key] = {"name": name, "in": "query", "description": label, "schema": schema}
        return key

    def _known(self, field: Field, entity: Schema | None) -> Field:
        """A field with a type: its own, or that of the field with its name in the entity, or in any schema."""
        if field.type is not None:
            return field
        schemas = [entity] if entity else []
        for schema in (*schemas, *self._api.schemas):
            if (found := schema.field(field.name)) and found.type is not None:
                required = found.required if field.required is None else field.required
                return _changed(found, required=required, label=field.label or found.label)
        return replace(field, type=Type("uuid" if field.name.endswith("_id") else "string"))

    # Bodies

    def _body(self, operation: Operation, entity: Schema | None) -> dict[str, Any] | None:
        schema = self._body_schema(operation, entity)
        if schema is None:
            return None
        content = "multipart/form-data" if self._holds_file(schema) else _JSON
        return {"required": True, "content": {content: {"schema": schema}}}

    def _body_schema(self, operation: Operation, entity: Schema | None) -> dict[str, Any] | None:
        body = operation.body
        if operation.method in _BODILESS:
            return None
        if body is None:
            if not _implies_body(operation) or entity is None or operation.result.fields:
                return None
            body = Body(schema=entity.name)
        if body.schema:
            schema = self._by_name.get(body.schema)
            return self._variant(schema, operation.method) if schema else None
        if not body.fields:
            return None
        fields = []
        for field in body.fields:
            known = self._known(field, entity)
            required = _is_asked(known, operation.method) if field.required is None else field.required
            fields.append(_changed(known, required=required, read_only=False))
        if entity and (variant := self._same_as_variant(entity, fields, operation.method)):
            return variant
        of = entity.name if entity else None
        return self._derived(f"{pascal(operation.id)}Request", tuple(fields), "request", of)

    def _same_as_variant(self, entity: Schema, fields: list[Field], method: str) -> dict[str, Any] | None:
        """The common request schema of an entity, where the named fields are just those."""
        stated = {field.name: bool(field.required) for field in fields}
        usual = {field.name: _is_asked(field, method) for field in entity.fields if not _is_own(field)}
        same_types = all(field.type == known.type for field in fields if (known := entity.field(field.name)))
        return self._variant(entity, method) if stated == usual and same_types else None

    def _variant(self, schema: Schema, method: str) -> dict[str, Any] | None:
        """What is sent to make or change one of a schema: its fields without those that the system sets."""
        fields = tuple(field for field in schema.fields if not _is_own(field))
        if not fields:
            return None
        asked = tuple(_changed(field, required=_is_asked(field, method)) for field in fields)
        if method == "PATCH":
            asked = tuple(_changed(field, default=None) for field in asked)
            return self._derived(f"{schema.name}Patch", asked, "request", schema.name)
        if [field.required for field in asked] == [bool(field.required) for field in schema.fields]:
            return {"$ref": f"#/components/schemas/{schema.name}"}
        return self._derived(f"{schema.name}Input", asked, "request", schema.name)

    def _derived(self, name: str, fields: tuple[Field, ...], role: str, of: str | None) -> dict[str, Any]:
        origin = {"role": role} | ({"of": of} if of else {})
        schema = self._object(fields, self._by_name.get(of) if of else None) | {DERIVED: origin}
        return {"$ref": f"#/components/schemas/{self._add(name, schema)}"}

    def _add(self, name: str, schema: dict[str, Any]) -> str:
        """The name under which a derived schema stands; an equal one is not written twice."""
        for number in count(1):
            numbered = name if number == 1 else f"{name}{number}"
            if self._schemas.get(numbered) == schema:
                return numbered
            if numbered not in self._names:
                break
        self._names.add(numbered)
        self._schemas[numbered] = schema
        return numbered

    def _holds_file(self, schema: dict[str, Any]) -> bool:
        name = schema.get("$ref", "").rpartition("/")[2]
        properties = self._schemas.get(name, {}).get("properties", {})
        return any("contentMediaType" in (value.get("items") or value) for value in properties.values())

    # Answers

    def _answers(self, operation: Operation, has_input: bool) -> dict[str, Any]:
        result = operation.result
        content = self._result_schema(operation, result)
        status = _success(operation, content is not None)
        success: dict[str, Any] = {"description": self._word(status)}
        if content is not None and status != 204:
            success["content"] = {_JSON: {"schema": content}}
        answers = {str(status): success}
        errors = {code: reason for code, reason in reversed(operation.errors) if 400 <= code <= 599}
        standing = [400] if has_input else []
        standing += [401, 403] if self._api.secured and not operation.public else []
        standing += [404] if operation.parameters else []
        for code in sorted({*errors, *standing}):
            if errors.get(code):
                answers[str(code)] = self._failure(errors[code])
            else:
                name = _response_name(code)
                self._responses.setdefault(name, self._failure(self._word(code)))
                answers[str(code)] = {"$ref": f"#/components/responses/{name}"}
        return answers

    def _failure(self, reason: str) -> dict[str, Any]:
        if self._error not in self._schemas:
            fields = (
                Field("code", Type(), True, self._word("error_code"), example="not_found"),
                Field("message", Type(), True, self._word("error_message"), example=self._word(404)),
            )
            self._schemas[self._error] = self._object(fields, title=self._word("error")) | {DERIVED: {"role": "error"}}
        schema = {"$ref": f"#/components/schemas/{self._error}"}
        return {"description": reason, "content": {_JSON: {"schema": schema}}}

    def _result_schema(self, operation: Operation, result: Result) -> dict[str, Any] | None:
        if result.fields:
            entity = self._entity(operation)
            fields = tuple(self._known(field, entity) for field in result.fields)
            return self._derived(f"{pascal(operation.id)}Response", fields, "response", None)
        schema = self._by_name.get(result.schema) if result.schema else None
        if schema is None or result.shape == "none":
            return None
        reference = {"$ref": f"#/components/schemas/{schema.name}"}
        if result.shape == "list":
            return {"type": "array", "items": reference}
        return self._page(schema, reference) if result.shape == "page" else reference

    def _page(self, schema: Schema, reference: dict[str, Any]) -> dict[str, Any]:
        size = {"type": "integer", "description": self._word("page_size"), "minimum": 1, "examples": [PAGE_SIZE]}
        page: dict[str, Any] = {
            "type": "object",
            "title": f"{self._word('page')} {schema.label or schema.name}",
            "required": ["items", "page", "size", "total"],
            "properties": {
                "items": {"type": "array", "description": self._word("page_items"), "items": reference},
                "page": {"type": "integer", "description": self._word("page_number"), "minimum": 1, "examples": [1]},
                "size": size,
                "total": {"type": "integer", "description": self._word("page_total"), "minimum": 0, "examples": [57]},
            },
            DERIVED: {"role": "page", "of": schema.name},
        }
        return {"$ref": f"#/components/schemas/{self._add(f'{schema.name}Page', page)}"}

    # Schemas

    def _object(
        self, fields: tuple[Field, ...], owner: Schema | None = None, title: str = "", description: str = ""
    ) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "object"}
        if title:
            schema["title"] = title
        if description:
            schema["description"] = description
        required = list(dict.fromkeys(field.name for field in fields if field.required))
        if required:
            schema["required"] = required
        schema["properties"] = {field.name: self._value_schema(field, owner) for field in fields}
        return schema

    def _value_schema(self, field: Field, owner: Schema | None = None) -> dict[str, Any]:
        kind = field.type or Type()
        if kind.name == "ref" and not self._by_name.get(kind.schema):
            kind = replace(kind, name="json")
        schema = _type_schema(kind)
        if kind.many:
            schema = {"type": "array", "items": schema}
        if field.label:
            schema["description"] = field.label
        if field.default is not None and not kind.many and (default := value_of(field.default, kind)) is not None:
            schema["default"] = default
        if kind.name not in ("ref", "json", "file"):
            schema["examples"] = [example(field, kind, self._language, owner)]
        if field.read_only or (_is_own(field) and not field.write_only):
            schema["readOnly"] = True
        elif field.write_only:
            schema["writeOnly"] = True
        if field.references:
            schema[REFERENCES] = field.references
        return schema


def _changed(one: _Changing, **changes: Any) -> _Changing:
    """The same with other values, and itself where nothing differs: most often nothing does."""
    if all(getattr(one, name) is value or getattr(one, name) == value for name, value in changes.items()):
        return one
    return replace(one, **changes)


def _type_schema(kind: Type) -> dict[str, Any]:
    if kind.name == "ref":
        return {"$ref": f"#/components/schemas/{kind.schema}"}
    schema: dict[str, Any] = {"type": _KINDS.get(kind.name, "string")}
    if kind.name in _FORMATS:
        schema["format"] = _FORMATS[kind.name]
    if kind.name == "enum" and kind.values:
        schema["enum"] = list(dict.fromkeys(kind.values))
    if kind.name == "file":
        schema["contentMediaType"] = "application/octet-stream"
    low, high = kind.low, kind.high
    if low is not None and high is not None and low > high:
        return schema
    if kind.name in ("integer", "decimal"):
        if kind.name == "integer" and low is not None and high is not None and math.ceil(low) > math.floor(high):
            return schema
        schema |= {"minimum": _plain(low)} if low is not None else {}
        schema |= {"maximum": _plain(high)} if high is not None else {}
    elif kind.name in ("string", "text"):
        schema |= {"minLength": int(low)} if low else {}
        schema |= {"maxLength": int(high)} if high is not None and high >= 1 else {}
    return schema


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def _is_simple(kind: Type | None) -> bool:
    """Whether a value of a type can stand in a path or a query."""
    return kind is None or kind.name not in ("ref", "json", "file")


def _is_own(field: Field) -> bool:
    """Whether the system sets a field, not its caller."""
    return field.read_only or (field.name in _OWN_FIELDS and not field.write_only)


def _is_asked(field: Field, method: str) -> bool:
    """Whether a caller has to send a field: not to change a part, and not where a default stands in."""
    return bool(field.required) and field.default is None and method != "PATCH"


def _implies_body(operation: Operation) -> bool:
    """Whether an operation without ``body`` is sent its entity: creating in a collection, or changing one."""
    last = operation.path.rpartition("/")[2]
    if operation.method in ("PUT", "PATCH"):
        return last.startswith("{")
    return operation.method == "POST" and bool(operation.result.schema) and not _is_action(operation)


def _is_action(operation: Operation) -> bool:
    """Whether the path ends in a verb on one thing: ``/loans/{loan_id}/return``."""
    before, _, last = operation.path.rpartition("/")
    return before.endswith("}") and not last.startswith("{") and singular(last) == last


def _success(operation: Operation, has_content: bool) -> int:
    status = operation.result.status
    if status is not None and 200 <= status <= 299 and (status != 204 or not has_content):
        return status
    if not has_content:
        return 204
    return 201 if operation.method == "POST" and not _is_action(operation) else 200


def _response_name(code: int) -> str:
    names = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict"}
    return names.get(code, f"Status{code}")


def _unique_parameters(path: str) -> str:
    """A path in which no parameter's name stands twice."""
    seen: set[str] = set()

    def name(match: re.Match[str]) -> str:
        unique = _unused(match[1], seen)
        seen.add(unique)
        return "{" + unique + "}"

    return PARAMETER.sub(name, path)


def _unused(name: str, used: set[str]) -> str:
    unique, number = name, 2
    while unique in used:
        unique, number = f"{name}_{number}" if "_" in name else f"{name}{number}", number + 1
    return unique
