"""What a document says: its operations and schemas as facts."""

from __future__ import annotations

from typing import Any

from designchord.notation.facts import AttributeFact, EntityFact, Facts, OperationFact
from designchord.notation.openapi.locating import Path, Place
from designchord.notation.openapi.reading import Document
from designchord.notation.openapi.references import follow, references, resolve
from designchord.notation.openapi.rules import Operation, operations

#: What a compiled document says of a schema that only serves another: ``{"role": "request", "of": "Loan"}``.
DERIVED = "x-derived"
REQUIREMENTS = "x-requirements"
REFERENCES = "x-references"

_FORMATS = {
    "int64": "integer",
    "uint64": "integer",
    "uuid": "uuid",
    "date": "date",
    "date-time": "datetime",
    "time": "time",
    "email": "email",
    "uri": "url",
}
_TYPES = {"integer": "integer", "number": "decimal", "boolean": "boolean", "string": "string", "object": "json"}


def facts(document: Document) -> Facts:
    """Operations and schemas of a document. Schemas that are derived (requests, pages, errors) are not listed."""
    value = document.value
    if value is None:
        return Facts()
    base: Path = ("definitions",) if "swagger" in value else ("components", "schemas")
    holder = resolve(value, "#/" + "/".join(str(part) for part in base))
    schemas = {
        name: schema
        for name, schema in (holder.items() if isinstance(holder, dict) else ())
        if isinstance(schema, dict) and DERIVED not in schema
    }
    found = list(operations(value))
    paths: list[Path] = [operation.path for operation in found]
    paths += [(*base, name) for name in schemas]
    paths += [
        (*base, name, "properties", key) for name, schema in schemas.items() for key in _properties(value, schema)
    ]
    places = document.locate(paths)
    stated = tuple(_operation_fact(value, operation, places) for operation in found)
    return Facts(
        operations=stated,
        schemas=tuple(_schema_fact(value, (*base, name), schema, places) for name, schema in schemas.items()),
        requirements=frozenset(name for operation in stated for name in operation.requirements),
    )


def _operation_fact(document: dict[str, Any], operation: Operation, places: dict[Path, Place]) -> OperationFact:
    requirements = operation.value.get(REQUIREMENTS)
    method = operation.method.upper()
    name, responses = operation.value.get("operationId"), operation.value.get("responses")
    return OperationFact(
        operation_id=name if isinstance(name, str) and name else f"{method} {operation.template}",
        method=method,
        path=operation.template,
        requirements=tuple(str(item) for item in requirements) if isinstance(requirements, list) else (),
        schemas=_schemas_of(document, operation.value),
        line=places[operation.path].line,
        responses=tuple(str(status) for status in responses) if isinstance(responses, dict) else (),
    )


def _schemas_of(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, ...]:
    """The schemas that an operation sends or answers, a derived one standing for its origin."""
    names: dict[str, None] = {}
    pending: list[Any] = [operation]
    followed: set[str] = set()
    while pending:
        for reference in references(pending.pop()):
            if reference in followed:
                continue
            followed.add(reference)
            target = resolve(document, reference)
            if not reference.startswith(("#/components/schemas/", "#/definitions/")):
                pending.append(target)
                continue
            derived = target.get(DERIVED) if isinstance(target, dict) else None
            name = derived.get("of") if isinstance(derived, dict) else reference.rpartition("/")[2]
            if isinstance(name, str) and name:
                names[name] = None
    return tuple(names)


def _properties(document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Own properties and those taken over through ``allOf``."""
    result: dict[str, Any] = {}
    if depth < 8:
        for part in schema.get("allOf", ()) if isinstance(schema.get("allOf"), list) else ():
            inner = follow(document, part)
            if isinstance(inner, dict):
                result |= _properties(document, inner, depth + 1)
    own = schema.get("properties")
    return result | own if isinstance(own, dict) else result


def _schema_fact(document: dict[str, Any], path: Path, schema: dict[str, Any], places: dict[Path, Place]) -> EntityFact:
    required = schema.get("required")
    names = set(map(str, required)) if isinstance(required, list) else set()
    attributes = tuple(
        AttributeFact(
            name=key,
            type=_type(value),
            primary=key == "id",
            foreign=isinstance(value, dict) and REFERENCES in value,
            required=key in names,
            line=places[(*path, "properties", key)].line,
            references=_reference(value),
            values=_values(value),
        )
        for key, value in _properties(document, schema).items()
    )
    return EntityFact(name=str(path[-1]), attributes=attributes, line=places[path].line)


def _reference(schema: Any) -> str:
    target = schema.get(REFERENCES) if isinstance(schema, dict) else None
    return target if isinstance(target, str) else ""


def _values(schema: Any) -> tuple[str, ...]:
    listed = schema.get("enum") if isinstance(schema, dict) else None
    return tuple(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()


def _type(schema: Any) -> str:
    """A schema's type in the blueprint's words, the name of the schema that it refers to, or ``array``."""
    if not isinstance(schema, dict):
        return "json"
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return reference.rpartition("/")[2]
    types = schema.get("type")
    name = next((item for item in types if item != "null"), "") if isinstance(types, list) else types
    if name == "string":
        if "enum" in schema:
            return "enum"
        return _FORMATS.get(str(schema.get("format")), "file" if schema.get("format") == "binary" else "string")
    if name == "array":
        return "array"
    return _TYPES.get(str(name), "json")
