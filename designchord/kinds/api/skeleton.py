"""The API that follows from a blueprint's entities and operations alone."""

from __future__ import annotations

import re

from designchord.blueprint.model import Attribute, Blueprint, Entity
from designchord.blueprint.model import Operation as Planned
from designchord.notation.openapi.api import Api, Body, Field, Operation, Result, Schema, Type

_SIGN_IN = re.compile(r"(?:^|/)(?:login|signin|sign-in|sessions?|tokens?|signup|sign-up|register|auth)(?:/|$)")
_SYSTEM_FIELDS = ("created_at", "updated_at")


def api_of(blueprint: Blueprint) -> Api:
    """The model of the API; ``compile_api`` makes the document."""
    entities = {entity.name: entity for entity in reversed(blueprint.entities)}
    return Api(
        title=blueprint.title,
        description=blueprint.summary,
        # A way to sign in is the only ground in a blueprint for asking who calls.
        secured=any(_is_sign_in(operation) for operation in blueprint.operations),
        schemas=tuple(_schema(entity) for entity in reversed(entities.values())),
        operations=tuple(_operation(operation, entities) for operation in blueprint.operations),
    )


def _is_sign_in(operation: Planned) -> bool:
    return operation.method == "POST" and bool(_SIGN_IN.search(operation.path))


def _schema(entity: Entity) -> Schema:
    fields = {attribute.name: _field(attribute) for attribute in reversed(entity.attributes)}
    return Schema(entity.name, entity.label, entity.description, tuple(reversed(fields.values())))


def _field(attribute: Attribute) -> Field:
    values = tuple(dict.fromkeys(value for value in attribute.values if value))
    name = attribute.type if attribute.type != "enum" or values else "string"
    return Field(
        attribute.name,
        Type(name, values=values if name == "enum" else ()),
        required=attribute.required,
        label=attribute.label,
        read_only=attribute.key == "primary" or attribute.name in _SYSTEM_FIELDS,
        write_only=attribute.name == "password",
        unique=attribute.unique,
        references=attribute.references or "",
    )


def _operation(operation: Planned, entities: dict[str, Entity]) -> Operation:
    entity = operation.entity if operation.entity in entities else ""
    named = tuple(Field(name) for name in operation.request)
    result = Result(operation.returns, entity) if entity and operation.returns != "none" else Result()
    return Operation(
        method=operation.method,
        path=operation.path,
        id=operation.id,
        label=operation.summary,
        section=operation.section,
        entity=entity,
        body=Body(fields=named) if named else None,
        query=tuple(Field(name) for name in operation.filters),
        result=result,
        errors=tuple((code, reason) for code, reason in operation.errors),
        requirements=operation.requirements,
        public=_is_sign_in(operation),
    )
