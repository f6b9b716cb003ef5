"""The API of a design for tools that read other forms: OpenAPI 3.0.3, requests of an editor, a collection."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings

from designchord.blueprint.model import Blueprint
from designchord.kinds.registry import KINDS
from designchord.notation import openapi
from designchord.notation.openapi.lowering import lower
from designchord.rehearsal.collecting import collection, http_file
from tests.unit.blueprints import blueprints
from tests.unit.test_rehearsal import library, stage


def lowered(plan: Blueprint) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(KINDS["api"].skeleton(plan, KINDS["api"].parts(plan)[0]))
    return lower(document)


@given(blueprints())
@settings(max_examples=20)
def test_every_compiled_api_is_a_valid_document_of_3_0(plan: Blueprint) -> None:
    checked = openapi.check(json.dumps(lowered(plan)))
    assert checked.version == "3.0"
    assert [one for one in checked.problems if one.severity == "error"] == []


def test_what_3_0_says_in_other_words_is_said_so() -> None:
    schema = {
        "type": ["string", "null"], "examples": ["a"], "const": "a", "contentMediaType": "image/png",
        "items": {"type": "integer", "exclusiveMinimum": 3},
    }  # fmt: skip
    document = lower({"openapi": "3.1.0", "info": {"summary": "x"}, "components": {"schemas": {"A": schema}}})
    assert document["components"]["schemas"]["A"] == {
        "type": "string",
        "nullable": True,
        "example": "a",
        "enum": ["a"],
        "format": "binary",
        "items": {"type": "integer", "minimum": 3, "exclusiveMinimum": True},
    }
    assert document["info"] == {}


def test_who_alone_may_call_is_no_scope_of_3_0() -> None:
    assert lowered(library())["paths"]["/tools"]["post"]["security"] == [{"bearer": []}]


def test_every_operation_is_a_request_of_an_editor_and_of_a_collection() -> None:
    made = stage(library())
    written = http_file(made.description, "Library", "Member")
    ids = [endpoint.id for endpoint in made.description.endpoints]
    assert re.findall(r"^### (\w+)$", written, re.MULTILINE) == ids
    assert "GET {{base}}/loans/{{loan_id}}" in written
    folders = collection(made.description, "Library", "Member")["item"]
    requests = [one for folder in folders for one in folder.get("item", [folder])]
    assert len(requests) == len(ids)
    assert all(one["request"]["url"]["raw"].startswith("{{base}}/") for one in requests)
