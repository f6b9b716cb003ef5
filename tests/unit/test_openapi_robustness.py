"""No document, however odd, makes a check, a fix, a fact or a page of an API fail."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from designchord.export.api_html import api_html
from designchord.kinds.api.fixes import fix_document
from designchord.kinds.api.kind import ApiKind
from designchord.kinds.base import Part
from designchord.notation.openapi import check, facts, read
from designchord.notation.openapi.writing import to_json, to_yaml
from tests.unit.test_api_kind import blueprint

KIND = ApiKind()
PLAN = blueprint()
SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer", "default": 1}, "next": {"$ref": "#/components/schemas/Book"}},
    "allOf": [{"$ref": "#/components/schemas/Book"}],
    "discriminator": {"propertyName": "id", "mapping": {"a": "#/components/schemas/Book"}},
    "enum": [1],
    "x-derived": {"of": "Book"},
}
OPERATION = {
    "operationId": "op",
    "tags": ["t"],
    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}, "examples": {}}}},
    "responses": {
        "200": {"description": "ok", "headers": {"X": {"schema": {}}}, "links": {"l": {"operationId": "op"}}}
    },
    "callbacks": {"c": {"{$request.body#/url}": {"post": {"operationId": "called", "responses": {}}}}},
    "security": [{"key": []}],
    "x-requirements": ["R1"],
}
THREE = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "tags": [{"name": "t"}],
    "servers": [{"url": "https://{a}.example/{b}", "variables": {"a": {"default": "x", "enum": ["x"]}}}],
    "paths": {"/books/{id}": {"get": OPERATION, "parameters": [{"$ref": "#/components/parameters/P"}]}},
    "webhooks": {"w": {"post": {"operationId": "hook"}}},
    "components": {
        "schemas": {"Book": SCHEMA, "Odd": {"$id": "https://example.org/odd", "$defs": {"x": {"$anchor": "y"}}}},
        "parameters": {"P": {"name": "q", "in": "query", "content": {"application/json": {}}}},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "K"}},
    },
}
TWO = {
    "swagger": "2.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/books/{id}": {
            "post": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "type": "string"},
                    {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/Book"}},
                    {"name": "f", "in": "query", "type": "array", "items": {"type": "string"}},
                ],
                "responses": {"200": {"description": "ok", "schema": {"type": "array", "items": {}}}},
                "security": [{"key": []}],
            }
        }
    },
    "definitions": {"Book": SCHEMA},
    "securityDefinitions": {"key": {"type": "basic"}},
}
SEEDS = [THREE, THREE | {"openapi": "3.0.3"}, TWO]

_words = st.sampled_from(
    [
        *("", "#", "#/", "#/tags/0", "#/tags/" + "9" * 5000, "#/paths/~1books~1{id}/get/parameters/٣", "#/%E0%A4%A"),
        *("$ref", "x-derived", "x-requirements", "type", "array", "null", "string", "3.0.0", "3.1.99", "2.0", "}{}{"),
        *("paths", "properties", "allOf", "parameters", "responses", "-1", "1e999", "http://[", "//", "a#b#c", "%ff%"),
        *("\ud800", "\x00", "\U0001f600", "<<", "*", "&", "9" * 400, "get", "../x.yaml#/a", "x.yaml", "urn:x:y", "["),
    ]
)
_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.just(10**30), st.floats(allow_nan=False, allow_infinity=False), _words
)
_junk = st.recursive(
    _scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_words, inner, max_size=3)),
    max_leaves=6,
)


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in entries for place in _places(child, (*path, key)))]


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, Any]:
    """A good document with a few of its pieces replaced, taken away, renamed or added to."""
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from([place for place in _places(document) if place]))
        holder: Any = document
        for key in path[:-1]:
            holder = holder[key]
        what = draw(st.sampled_from(["replace", "replace", "delete", "add", "rename"]))
        if what == "replace" or isinstance(holder, list):
            holder[path[-1]] = draw(_junk)
        elif what == "add":
            holder[draw(_words)] = draw(_junk)
        else:
            value = holder.pop(path[-1])
            if what == "rename":
                holder[draw(_words)] = value
        if not document:
            document = {"openapi": "3.1.0"}
    return document


def _with_reference(reference: str) -> dict[str, Any]:
    document = copy.deepcopy(THREE)
    document["components"]["schemas"]["Book"] = {"$ref": reference}
    return document


@settings(max_examples=100)
@given(_documents())
@example(_with_reference("#/tags/" + "9" * 5000))
def test_any_document_is_checked_mended_and_shown(document):
    text = json.dumps(document)
    problems = check(text).problems
    assert all(problem.code.startswith("openapi.") and problem.message for problem in problems)
    read_again = read(text)
    facts(read_again)
    accepted = KIND.accept(text, PLAN, Part("", "API"))
    assert accepted.source or accepted.problems
    fixed, fixes = fix_document(read_again.value) if read_again.value is not None else (None, ())
    for value in (read_again.value, fixed):
        if value is not None:
            assert str(api_html(value)).startswith("<div")
            to_yaml(value)
            assert read(to_json(value)).value == value
    assert fixes or fixed == read_again.value


@pytest.mark.parametrize("index", ["9" * 5000, "٠", "-1", "00", "0e0"])
def test_a_reference_to_what_is_no_index_of_a_list_is_dangling(index):
    problems = check(json.dumps(_with_reference(f"#/tags/{index}"))).problems
    assert "openapi.dangling_ref" in [problem.code for problem in problems]
