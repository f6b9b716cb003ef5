"""The schema that servers hold a model to says what the reader of answers reads, in what all of them can enforce."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from designchord.blueprint.answering import read
from designchord.blueprint.model import Brief, Requirement
from designchord.blueprint.requirements import read_requirements
from designchord.blueprint.transport import transport_schema
from tests.flows.apps import CLINIC, LIBRARY

ANSWER: dict[str, Any] = {
    "title": "Library of things",
    "summary": "Neighbours lend tools to each other.",
    "actors": ["Member: Member"],
    "requirements": ["R1 must", "R2 should"],
    "entities": [
        {"name": "Item", "label": "Item", "requirements": ["R1"], "attributes": ["id: uuid pk"]},
        {"name": "Reservation", "label": "Reservation", "requirements": ["R2"], "attributes": ["id: uuid pk"]},
    ],
    "relations": ["Item 1--n Reservation | is reserved"],
    "operations": [
        {
            "id": "createReservation",
            "call": "POST /reservations",
            "summary": "Reserve an item",
            "actor": "Member",
            "entity": "Reservation",
            "request": ["item_id"],
            "filters": [],
            "errors": ["409: The period overlaps another"],
            "requirements": ["R2", "R3"],
        }
    ],
    "scenarios": [
        {
            "id": "reserve",
            "title": "Reserve an item",
            "actor": "Member",
            "requirements": ["R2"],
            "steps": [
                "Member -> System: asks for a period [createReservation]",
                "when the period overlaps | System --> Member: says so",
                "System --> Member: confirms",
            ],
        },
        "createReservation | Reserve it again",
    ],
    "assumptions": [],
    "questions": [],
}


def _depth(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 0
    if schema.get("type") == "array":
        return _depth(schema["items"])
    if "anyOf" in schema:
        return max(map(_depth, schema["anyOf"]))
    return 1 + max((_depth(one) for one in schema.get("properties", {}).values()), default=0)


def _objects(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [found for one in schema for found in _objects(one)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for one in schema.values() for found in _objects(one)]


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["en", "ko"])
def test_the_schema_holds_to_what_every_server_enforces(brief: Brief) -> None:
    schema = transport_schema(read_requirements(brief))
    jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    for one in _objects(schema):
        assert one["required"] == list(one["properties"])
        assert one["additionalProperties"] is False
    assert _depth(schema) <= 3
    assert not {"pattern", "maxLength", "minLength", "maxItems", "minItems", "$ref"} & set(
        json.dumps(schema).split('"')
    )


def test_an_answer_in_the_schema_is_read_without_repairs() -> None:
    requirements = read_requirements(LIBRARY)
    assert jsonschema_rs.is_valid(transport_schema(requirements), ANSWER)
    candidate = read(json.dumps(ANSWER), LIBRARY, requirements)
    assert candidate.blueprint is not None
    assert {fix.code for fix in candidate.fixes} <= {"blueprint.foreign_key"}
    operation, scenario = candidate.blueprint.operations[0], candidate.blueprint.scenarios[0]
    assert operation.errors == ((409, "The period overlaps another"),)
    assert [(step.kind, step.when) for step in scenario.steps] == [
        ("call", ""),
        ("reply", "the period overlaps"),
        ("reply", ""),
    ]
    assert candidate.blueprint.scenarios[1].title == "Reserve it again"


def test_requirement_ids_are_those_that_there_are_and_a_few_to_come() -> None:
    schema = transport_schema([Requirement(id="R1", text="a"), Requirement(id="R7", text="b")])
    ids = schema["properties"]["operations"]["items"]["properties"]["requirements"]["items"]["enum"]
    assert ids == ["R1", "R7", "R8", "R9", "R10", "R11", "R12"]
