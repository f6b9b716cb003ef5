"""What the kind ``api`` is called, written in, and checked for."""

from __future__ import annotations

from typing import Final

from designchord.kinds.about import About

ABOUT: Final = About(
    name="api",
    labels={"en": "API", "ko": "API"},
    noun="API",
    notation="openapi",
    file="openapi.json",
    provides=frozenset({"operations", "schemas", "requirements"}),
    covers="functional",
    problems={
        "api.not_found": "A model's answer holds no API.",
        "api.version": "The document is not written in OpenAPI 3.1 (the fix raises the version).",
        "api.no_operations": "The API has no operations.",
    },
    fixes={
        "api.info": "Added a title or a version.",
        "api.tags": "Wrote tags as objects.",
        "api.name": "Wrote a component's name with the characters that names have, wherever it stands.",
        "api.reference": "Pointed a reference to where its schema is.",
        "api.response_schema": "Put a response's schema under its content.",
        "api.description": "Added a description to a response.",
        "api.parameter_schema": "Moved a parameter's type into its schema.",
        "api.required": "Marked as required what must be.",
        "api.path_parameter": "Declared a path's parameter.",
        "api.repeated_parameter": "Removed a repeated parameter.",
        "api.operation_id": "Renamed or removed an `operationId`.",
        "api.examples": "Wrote examples as one example.",
        "api.type": "Wrote a type by its name in JSON Schema.",
        "api.nullable": "Wrote `nullable` as a type.",
        "api.exclusive": "Wrote an exclusive bound as a number.",
        "api.security": "Declared a security scheme.",
    },
)
