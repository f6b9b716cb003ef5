"""What the text of the specification asks for and no metaschema holds, one rule after the other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designchord.notation.openapi import check

OK = {"200": {"description": "ok"}}


def document(version: str = "3.0.3", **parts: Any) -> dict[str, Any]:
    head = {"swagger": "2.0"} if version == "2.0" else {"openapi": version}
    return {**head, "info": {"title": "T", "version": "1"}, "paths": {}, **parts}


def schemas(version: str = "3.0.3", **named: Any) -> dict[str, Any]:
    if version == "2.0":
        return document(version, definitions=named)
    return document(version, components={"schemas": named})


def get(version: str = "3.0.3", **operation: Any) -> dict[str, Any]:
    return document(version, paths={"/a": {"get": {"operationId": "a", "responses": OK, **operation}}})


def found(value: dict[str, Any], least: str = "warning") -> list[tuple[str, str]]:
    """Severities and codes, remarks left out."""
    shown = ("error",) if least == "error" else ("error", "warning")
    return [(p.severity, p.code) for p in check(json.dumps(value)).problems if p.severity in shown]


# Names of components

NAMES = ["Page<Book>", "책", "Book Page", "a/b", "", "книга"]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("name", NAMES)
def test_a_component_has_a_name_of_ascii_letters_digits_dots_hyphens_and_underscores(version, name):
    text = json.dumps(schemas(version, Sound={}, **{name: {"type": "object"}}), indent=2, ensure_ascii=False)
    (problem,) = check(text).problems
    assert (problem.severity, problem.code) == ("error", "openapi.name")
    assert json.dumps(name, ensure_ascii=False) in text.splitlines()[(problem.line or 0) - 1]
    assert problem.hint


@pytest.mark.parametrize("section", ["responses", "parameters", "securitySchemes", "examples"])
def test_names_hold_for_components_of_every_sort(section):
    values = {
        "responses": {"description": "d"},
        "parameters": {"name": "a", "in": "query", "schema": {}},
        "securitySchemes": {"type": "http", "scheme": "basic"},
        "examples": {"value": 1},
    }
    value = document(components={section: {"Good-1.0_x": values[section], "no good": values[section]}})
    assert found(value) == [("error", "openapi.name")]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_component_holds_is_checked_whatever_it_is_called(name):
    assert ("error", "openapi.value") in found(schemas(**{name: {"type": "liste"}}))
    assert ("error", "openapi.unknown_property") in found(schemas(**{name: {"propertis": {}}}))


# Lists


def test_in_3_0_a_list_says_what_it_holds():
    assert found(schemas(A={"type": "array"})) == [("error", "openapi.missing")]
    assert found(schemas(A={"type": "array", "items": {}})) == []
    assert found(schemas("3.1.0", A={"type": "array"})) == []
    assert found(schemas("2.0", A={"type": "array"})) == [("warning", "openapi.missing")]
    assert found(schemas(type={"type": "object", "properties": {"type": {"type": "string"}}})) == []


@pytest.mark.parametrize("place", ["query", "header", "path", "formData"])
def test_in_2_0_a_parameter_that_is_a_list_says_what_it_holds(place):
    parameter = {"name": "p", "in": place, "required": True, "type": "array"}
    path = "/a/{p}" if place == "path" else "/a"
    value = document("2.0", paths={path: {"get": {"operationId": "a", "parameters": [parameter], "responses": OK}}})
    assert ("error", "openapi.missing") in found(value)
    parameter["items"] = {"type": "array"}
    assert ("error", "openapi.missing") in found(value)
    parameter["items"] = {"type": "string"}
    assert found(value) == []


# Bodies of 2.0

BODY = {"name": "b", "in": "body", "schema": {"type": "object"}}
FIELD = {"name": "f", "in": "formData", "type": "string"}
FILE = {"name": "f", "in": "formData", "type": "file"}


@pytest.mark.parametrize(
    ("around", "own", "consumes", "wrong"),
    [
        ([], [BODY], [], ""),
        ([], [FIELD, FIELD | {"name": "g"}], [], ""),
        ([], [BODY, BODY | {"name": "c"}], [], "error"),
        ([BODY], [BODY | {"name": "c"}], [], "error"),
        ([BODY], [BODY], [], ""),
        ([], [BODY, FIELD], [], "error"),
        ([FIELD], [{"$ref": "#/parameters/B"}], [], "error"),
        ([], [FILE], [], "warning"),
        ([], [FILE], ["application/json"], "warning"),
        ([], [FILE], ["multipart/form-data"], ""),
    ],
)
def test_in_2_0_an_operation_sends_one_body_or_one_form(around, own, consumes, wrong):
    operation = {"operationId": "a", "consumes": consumes, "parameters": own, "responses": OK}
    value = document("2.0", paths={"/a": {"post": operation, "parameters": around}}, parameters={"B": BODY})
    assert found(value) == ([(wrong, "openapi.body")] if wrong else [])


# What discriminators and links name


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("#/components/schemas/One", []),
        ("One", []),
        ("#/components/schemas/Two", [("error", "openapi.dangling_ref")]),
        ("Two", [("error", "openapi.dangling_ref")]),
        ("two.yaml", []),
        ("https://example.org/two", []),
    ],
)
def test_a_discriminator_maps_to_schemas_that_exist(target, expected):
    one = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    choice = {
        "oneOf": [{"$ref": "#/components/schemas/One"}],
        "discriminator": {"propertyName": "kind", "mapping": {"x": target}},
    }
    assert found(schemas(One=one, Choice=choice)) == expected
    named = {"type": "object", "properties": {"mapping": {"type": "string"}, "discriminator": {"type": "object"}}}
    assert found(schemas(Named=named)) == []


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"operationId": "a"}, []),
        ({"operationId": "b"}, [("error", "openapi.unknown_operation")]),
        ({"operationRef": "#/paths/~1a/get"}, []),
        ({"operationRef": "#/paths/a/get"}, [("error", "openapi.dangling_ref")]),
        ({"operationRef": "#/paths/~1a/get", "operationId": "a"}, [("error", "openapi.exclusive")]),
    ],
)
def test_a_link_leads_to_an_operation_that_exists(link, expected):
    assert found(get(responses={"200": {"description": "ok", "links": {"next": link}}})) == expected


# Identifiers of operations


def sold(**more: Any) -> dict[str, Any]:
    return {"post": {"operationId": "sold", "responses": OK, **more}}


@pytest.mark.parametrize(
    "value",
    [
        document("3.1.0", paths={"/a": sold()}, webhooks={"w": sold()}),
        document("3.1.0", webhooks={"v": sold(), "w": sold()}),
        document("3.1.0", paths={"/a": sold()}, components={"pathItems": {"P": sold()}}),
        document(paths={"/a": sold(callbacks={"c": {"{$request.body#/url}": sold()}})}),
        document(paths={"/a": sold()}, components={"callbacks": {"c": {"{$url}": sold()}}}),
        document(paths={"/a": sold(), "/b": sold()}),
    ],
)
def test_an_operation_id_is_unique_wherever_operations_stand(value):
    assert found(value) == [("error", "openapi.duplicate_operation_id")]


def test_a_path_item_that_is_referred_to_is_no_second_operation():
    item = {"$ref": "#/components/pathItems/P"}
    value = document("3.1.0", paths={"/a": item}, components={"pathItems": {"P": sold()}})
    assert found(value) == []


# Servers


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("where", ["document", "path", "operation"])
def test_the_variables_of_a_server_are_declared_and_their_defaults_among_their_values(version, where):
    def with_server(server: dict[str, Any]) -> dict[str, Any]:
        value = get(version)
        item = value["paths"]["/a"]
        {"document": value, "path": item, "operation": item["get"]}[where]["servers"] = [server]
        return value

    strict = "error" if version == "3.1.0" else "warning"
    town = {"default": "hull", "enum": ["leeds", "hull"]}
    url = "https://{town}.example/{base}"
    assert found(with_server({"url": url, "variables": {"town": town, "base": {"default": "v1"}}})) == []
    assert found(with_server({"url": url, "variables": {"town": town}})) == [("warning", "openapi.server_variable")]
    outside = {"town": town | {"default": "york"}, "base": {"default": "v1"}}
    assert found(with_server({"url": url, "variables": outside})) == [(strict, "openapi.server_variable")]


# One of two


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    "operation",
    [
        {"responses": {"200": {"description": "d", "content": {"a/b": {"example": 1, "examples": {}}}}}},
        {"parameters": [{"name": "p", "in": "query", "schema": {}, "example": 1, "examples": {}}]},
        {"parameters": [{"name": "p", "in": "query", "schema": {}, "content": {"a/b": {}}}]},
        {"responses": {"200": {"description": "d", "headers": {"H": {"schema": {}, "example": 1, "examples": {}}}}}},
    ],
)
def test_what_excludes_each_other_is_named_once_with_a_hint(version, operation):
    problems = [p for p in check(json.dumps(get(version, **operation))).problems if p.severity == "error"]
    assert [p.code for p in problems] == ["openapi.exclusive"]
    assert "both" in problems[0].message
    assert problems[0].hint


def test_tags_are_declared_once():
    assert found(document(tags=[{"name": "a"}, {"name": "b"}, {"name": "a"}])) == [("error", "openapi.duplicate_tag")]


# $id


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("#/$defs/money", []),
        ("#/$defs/mony", ["openapi.dangling_ref"]),
        ("#cash", []),
        ("#nothing", ["openapi.dangling_ref"]),
        ("https://example.org/book#/$defs/money", []),
        ("book#/$defs/money", []),
        ("book#/$defs/mony", ["openapi.dangling_ref"]),
        ("other", []),
        ("inner/price", []),
        ("missing", []),  # an address that is not looked up is no fault
        ("http://[", ["openapi.format"]),
    ],
)
def test_a_reference_is_relative_to_the_id_around_it(reference, expected):
    book = {
        "$id": "https://example.org/book",
        "properties": {"price": {"$ref": reference}},
        "$defs": {"money": {"type": "integer", "$anchor": "cash"}, "inner": {"$id": "inner/price"}},
    }
    value = schemas("3.1.0", Book=book, Other={"$id": "https://example.org/other"})
    assert [code for _, code in found(value)] == expected


def test_beside_an_id_a_pointer_into_the_document_is_doubtful():
    value = schemas("3.1.0", A={}, B={"$id": "https://e.org/b", "items": {"$ref": "#/components/schemas/A"}})
    assert found(value) == [("warning", "openapi.dangling_ref")]


# Reasons


ODD: list[Any] = [None, 1, "text", [], ["a"], {}, {"a": 1}, True]


@pytest.mark.parametrize("version", ["2.0", "3.0.3", "3.1.0"])
def test_every_error_gives_a_reason(version):
    seeds = {
        "2.0": get("2.0", parameters=[BODY], responses={"200": {"description": "d", "schema": {"type": "object"}}}),
        "3.0.3": get(requestBody={"content": {"a/b": {"schema": {}}}}, security=[{"k": []}]),
        "3.1.0": get("3.1.0", parameters=[{"name": "p", "in": "header", "schema": {}}], callbacks={}),
    }
    for path in list(_paths(seeds[version])):
        for odd in ODD:
            value = json.loads(json.dumps(seeds[version]))
            holder = value
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = odd
            for problem in check(json.dumps(value)).problems:
                assert "does not have a form" not in problem.message
                if problem.code == "openapi.invalid":
                    assert problem.hint, problem


def _paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [*([path] if path else []), *(p for key, child in entries for p in _paths(child, (*path, key)))]


# References to the wrong thing

QUERY = {"name": "q", "in": "query"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (get(responses={"200": {"$ref": "#/components/schemas/S"}}), "openapi.ref_kind"),
        (get(responses={"200": {"$ref": "#/components/responses/R"}}), ""),
        (get(parameters=[{"$ref": "#/components/schemas/S"}]), "openapi.ref_kind"),
        (get(parameters=[{"$ref": "#/components/parameters/P"}]), ""),
        (get(parameters=[QUERY | {"schema": {"$ref": "#/components/parameters/P"}}]), "openapi.ref_kind"),
        (get(requestBody={"$ref": "#/components/schemas/S"}), "openapi.ref_kind"),
        (document(paths={"/a": {"$ref": "#/components/schemas/S"}}), "openapi.ref_kind"),
        (get(parameters=[QUERY | {"schema": {"$ref": "#/components/schemas/S/properties/p"}}]), ""),
    ],
)
def test_a_reference_leads_to_what_may_stand_in_its_place(value, expected):
    value["components"] = {
        "schemas": {"S": {"type": "object", "properties": {"p": {"type": "string"}}}},
        "responses": {"R": {"description": "d"}},
        "parameters": {"P": {"name": "p", "in": "query", "schema": {"type": "string"}}},
    }
    assert [code for severity, code in found(value) if severity == "error"] == ([expected] if expected else [])


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "2.0"])
def test_addresses_are_addresses(version):
    value = document(version)
    value["info"]["termsOfService"] = "https://example.org/terms"
    assert found(value) == []
    value["info"]["license"] = {"name": "MIT", "url": "ask us"}
    assert [code for _, code in found(value)] == ["openapi.format"]


def test_an_empty_operation_id_is_doubtful():
    assert found(get(operationId="")) == [("warning", "openapi.empty_operation_id")]
    twice = found(document(paths={"/a": sold(), "/b": sold()} | {"/c": {"get": {"operationId": " ", "responses": OK}}}))
    assert twice == [("error", "openapi.duplicate_operation_id"), ("warning", "openapi.empty_operation_id")]
    blank = {"operationId": " ", "responses": OK}
    assert ("error", "openapi.duplicate_operation_id") in found(document(paths={"/a": {"get": blank, "put": blank}}))


def secured(version: str, scheme: dict[str, Any], asked: list[str]) -> dict[str, Any]:
    if version == "2.0":
        return get(version, security=[{"s": asked}]) | {"securityDefinitions": {"s": scheme}}
    return get(version, security=[{"s": asked}]) | {"components": {"securitySchemes": {"s": scheme}}}


def test_a_scope_that_is_asked_for_is_one_of_the_scheme():
    flow = {"authorizationUrl": "https://example.org/o", "scopes": {"read": "r"}}
    oauth = {"type": "oauth2", "flows": {"implicit": flow}}
    assert found(secured("3.0.3", oauth, ["read"])) == []
    assert found(secured("3.0.3", oauth, ["read", "write"])) == [("warning", "openapi.unknown_scope")]
    old = {"type": "oauth2", "flow": "implicit"} | flow
    assert found(secured("2.0", old, ["read"])) == []
    assert found(secured("2.0", old, ["write"])) == [("warning", "openapi.unknown_scope")]
    key = {"type": "apiKey", "name": "k", "in": "header"}
    assert found(secured("3.0.3", key, ["read"])) == [("error", "openapi.unknown_scope")]
    assert found(secured("3.1.0", key, ["read"])) == [], "3.1 lets every scheme name roles"


def test_a_scheme_that_says_its_type_is_told_what_is_wrong_with_that_type():
    value = document(components={"securitySchemes": {"k": {"type": "apiKey", "name": "x", "in": "body"}}})
    (problem,) = check(json.dumps(value)).problems
    assert "`in`" in problem.message
    assert problem.hint == "Allowed: `header`, `query`, `cookie`."


def test_in_2_0_a_discriminator_is_a_required_property():
    pet = {"type": "object", "discriminator": "kind", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}
    assert found(schemas("2.0", Pet=pet)) == []
    assert found(schemas("2.0", Pet=pet | {"required": ["other"]}))[0] == ("warning", "openapi.undeclared_property")
    assert found(schemas("2.0", Pet=pet | {"discriminator": "sort"})) == [("warning", "openapi.undeclared_property")]


def test_values_of_an_enum_differ():
    assert found(schemas(A={"enum": ["a", 1, True, "1"]})) == []
    assert found(schemas(A={"type": "string", "enum": ["a", "b", "a"]})) == [("warning", "openapi.repeated")]


def test_nullable_is_said_to_change_nothing_in_3_1():
    (remark,) = check(json.dumps(schemas("3.1.0", A={"type": "string", "nullable": True}))).problems
    assert (remark.severity, remark.code) == ("info", "openapi.ignored")
    assert not check(json.dumps(schemas(A={"type": "string", "nullable": True}))).problems


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (document(paths={"books": {}}), "A path begins with `/`: `/books`."),
        (document("2.0", host="https://example.org"), "without `https://`"),
        (document("2.0", basePath="v1"), "It begins with `/`"),
        (schemas(A={"required": []}), "Name at least one, or remove it."),
    ],
)
def test_advice_fits_the_fault(value, advice):
    (problem,) = (one for one in check(json.dumps(value)).problems if one.severity == "error")
    assert advice in (problem.hint or "")
