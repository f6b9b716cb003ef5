"""An OpenAPI document as HTML: complete, linked, and inert whatever is in it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from designchord.export.api_html import api_html

LOANS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Loans", "version": "1", "description": "Lends things."},
    "tags": [{"name": "loans", "description": "What was lent."}],
    "paths": {
        "/loans/{loan_id}": {
            "parameters": [{"$ref": "#/components/parameters/LoanId"}],
            "get": {
                "tags": ["loans"],
                "operationId": "getLoan",
                "summary": "Read a loan",
                "responses": {
                    "200": {
                        "description": "The loan",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Loan"},
                                "example": {"id": 7},
                            }
                        },
                    },
                    "404": {"$ref": "#/components/responses/NotFound"},
                },
            },
        }
    },
    "components": {
        "parameters": {"LoanId": {"name": "loan_id", "in": "path", "required": True, "schema": {"type": "integer"}}},
        "responses": {"NotFound": {"description": "No such loan"}},
        "schemas": {
            "Loan": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "integer", "minimum": 1},
                    "due": {"type": ["string", "null"], "format": "date"},
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Loan"}},
                },
            }
        },
    },
}


def test_an_operation_shows_its_parameters_responses_and_examples() -> None:
    html = api_html(LOANS)
    assert 'id="operation-getLoan"' in html
    assert "<code>loan_id</code>" in html
    assert "No such loan" in html
    assert "&quot;id&quot;: 7" in html


def test_what_has_no_example_gets_one_that_its_schema_allows() -> None:
    sent = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Loan"}}}}
    post = {"operationId": "lend", "requestBody": sent, "responses": {"409": {"description": "It is lent", **sent}}}
    html = api_html({**LOANS, "paths": {"/loans": {"post": post}}})
    (example,) = re.findall(r"<pre>(.*?)</pre>", html, re.DOTALL)
    assert json.loads(unescape(example)) == {"id": 1, "due": "2026-03-02", "items": []}
    assert "It is lent" in html


def test_each_requirement_of_an_operation_is_a_link_to_it() -> None:
    operation = {"x-requirements": ["R1", "R12"], "responses": {}}
    html = api_html({**LOANS, "paths": {"/loans": {"get": operation}}})
    assert '<a class="requirement" href="#requirement-R12">R12</a>' in html


def test_an_address_that_nobody_could_call_is_not_shown() -> None:
    assert "Servers" not in api_html({**LOANS, "servers": [{"url": "/"}]})
    assert "https://example.org" in api_html({**LOANS, "servers": [{"url": "https://example.org"}]})


def test_every_link_inside_the_page_has_a_target() -> None:
    html = api_html(LOANS)
    targets = set(re.findall(r'id="([^"]+)"', html))
    links = set(re.findall(r'href="#([^"]+)"', html))
    assert links
    assert links <= targets


def test_a_schema_that_contains_itself_is_shown_as_a_link() -> None:
    assert 'list of <a href="#schema-Loan">Loan</a>' in api_html(LOANS)


def test_nothing_in_a_document_becomes_markup() -> None:
    hostile = '"><img src=x onerror=alert(1)></script><script>alert(1)</script>'
    document = {
        "info": {"title": hostile, "description": hostile},
        "servers": [{"url": f"javascript:{hostile}"}],
        "tags": [{"name": hostile, "description": hostile}],
        "paths": {
            f"/{hostile}": {
                "get": {
                    "tags": [hostile],
                    "operationId": hostile,
                    "summary": hostile,
                    "description": hostile,
                    "parameters": [{"name": hostile, "in": hostile, "schema": {"$ref": hostile}}],
                    "requestBody": {"content": {hostile: {"schema": {"enum": [hostile]}, "example": hostile}}},
                    "responses": {hostile: {"description": hostile}},
                }
            }
        },
        "components": {"schemas": {hostile: {"properties": {hostile: {"const": hostile, "pattern": hostile}}}}},
    }
    html = api_html(document)
    assert "<img" not in html
    assert "<script" not in html
    assert 'href="javascript' not in html


def test_pieces_of_the_wrong_type_are_left_out() -> None:
    broken: dict[str, Any] = {
        "info": [],
        "tags": {"a": 1},
        "servers": "x",
        "paths": {"/a": {"get": {"parameters": {}, "responses": [], "tags": "x", "security": 3}}, "/b": None},
        "components": {"schemas": {"A": None, "B": {"allOf": [3], "properties": [1], "required": "x"}}},
    }
    assert 'id="operation-get-a"' in api_html(broken)


def test_the_words_around_it_are_in_the_readers_language() -> None:
    assert "응답" in api_html(LOANS, language="ko")
