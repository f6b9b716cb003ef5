"""What is said against an OpenAPI document names the cause, and what is advised is right in its version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from designchord.cli.neighbours import Folder
from designchord.notation.openapi import check
from designchord.notation.openapi.bundling import bundle
from designchord.notation.openapi.reading import read
from designchord.notation.problems import Problem

HEADS = {
    "2.0": 'swagger: "2.0"\ninfo: {title: T, version: "1"}\n',
    "3.0": 'openapi: 3.0.3\ninfo: {title: T, version: "1"}\n',
    "3.1": 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\n',
}
OK = '{"200": {description: ok}}'


def schemas(version: str, text: str) -> str:
    if version == "2.0":
        return f"{HEADS[version]}paths: {{}}\ndefinitions:\n{_indented(text, 2)}"
    return f"{HEADS[version]}paths: {{}}\ncomponents:\n  schemas:\n{_indented(text, 4)}"


def operation(version: str, text: str, *, responses: str = OK, more: str = "") -> str:
    return f"{HEADS[version]}paths:\n  /a:\n    post:\n      {text}\n      responses: {responses}\n{more}"


def components(version: str, text: str) -> str:
    return f"{HEADS[version]}paths: {{}}\ncomponents: {text}\n"


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.split("\n"))


def found(text: str) -> list[Problem]:
    return [one for one in check(text).problems if one.code != "openapi.no_operation_id" and one.severity != "info"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (schemas("3.0", "A: {type: [string, 'null']}"), "nullable: true"),
        (schemas("3.0", "A: {type: 'null'}"), "nullable: true"),
        (schemas("3.1", "A: {type: str}"), "`type: string`"),
        (schemas("3.1", "A: string"), "`{type: string}`"),
        (schemas("3.0", "A: {type: object, properties: {a: bool}}"), "`{type: boolean}`"),
        (schemas("3.0", "A: {type: object, properties: {a: {type: string, required: true}}}"), "`required: [name]`"),
        (schemas("3.0", "A: {allOf: {type: string}}"), "`- `"),
        (schemas("3.1", "A: {type: number, exclusiveMinimum: true}"), "instead of `minimum`"),
        (schemas("2.0", "A: {type: string, nullable: true}"), "`x-nullable: true`"),
        (schemas("3.0", "Ünit: {type: string}"), "`Unit`"),
        (schemas("3.0", "A_B: {type: string}\n'A<B>': {type: string}"), "`A_B_2`"),
        (components("3.0", "{securitySchemes: {o: {type: bearer}}}"), "`type: http` with `scheme: bearer`"),
        (components("3.0", "{securitySchemes: {o: {scheme: bearer}}}"), "`type: http`"),
        (
            components("3.0", "{securitySchemes: {o: {type: http, scheme: basic, bearerFormat: JWT}}}"),
            "`scheme: bearer`",
        ),
        (components("3.0", "{headers: {머리: {schema: {type: string}}}}"), "`description`"),
        (operation("3.0", "parameters: [{name: b, in: body, schema: {}}]"), "`requestBody:"),
        (operation("3.0", "summary: x", responses="{2xx: {description: ok}}"), "`2XX`"),
        (operation("3.0", "summary: x", responses='{"200": ok}'), "`description: ok`"),
        (operation("3.0", "summary: x", responses='{"200": {description: ok, schema: {}}}'), "`content:"),
        (operation("2.0", "summary: x", responses='{"200": {description: ok, content: {}}}'), "`produces`"),
        (operation("2.0", "requestBody: {content: {}}"), "`{name: body, in: body, schema: …}`"),
        (operation("2.0", "parameters: [{name: q, in: query, type: file}]"), "`in: formData`"),
        (operation("3.0", "tags: a"), "`- `"),
        (operation("3.0", "summary: x", more="tags: [a]\n"), "`name: a`"),
        (operation("3.0", "summary: x", more='servers: ["https://a.example"]\n'), "`url: https://a.example`"),
        (f"{HEADS['3.0']}paths:\n  /a:\n    GET: {{responses: {OK}}}\n", "`get`"),
        (
            operation(
                "3.0", "operationId: a", responses='{"200": {description: ok, links: {l: {parameters: {a: x}}}}}'
            ),
            "`operationId: …`",
        ),
    ],
)
def test_the_hint_says_what_to_write(text: str, hint: str) -> None:
    first = next(one for one in found(text) if one.severity == "error")
    assert hint in (first.hint or "")


def test_a_value_that_fits_no_form_is_all_that_is_told_of_it() -> None:
    assert len(found(components("3.0", "{securitySchemes: {o: {type: bearer}}}"))) == 1
    assert len(found(schemas("3.0", "A: {type: [string, 'null']}"))) == 1


def test_a_newer_version_is_not_checked_by_the_rules_of_another() -> None:
    (only,) = check('openapi: 3.2.0\ninfo: {title: T, version: "1"}\npaths: {}\n').problems
    assert only.code == "openapi.newer_version"
    assert "3.1.0" not in f"{only.message}{only.hint}"


@pytest.mark.parametrize(
    "text",
    [
        schemas("3.1", "A: {$schema: 'http://json-schema.org/draft-04/schema#', type: number, exclusiveMinimum: true}"),
        f"{HEADS['3.1']}jsonSchemaDialect: http://json-schema.org/draft-04/schema#\npaths: {{}}\n"
        "components: {schemas: {A: {type: number, exclusiveMinimum: true}}}\n",
    ],
)
def test_a_schema_of_another_dialect_is_not_held_against_the_usual_one(text: str) -> None:
    assert not found(text)


# References beside an `$id`.


def bundled(text: str, folder: Path) -> list[tuple[str, str]]:
    whole = bundle(read(text), "api.yaml", Folder(folder))
    told = [*whole.check().problems, *(one for each in whole.problems_elsewhere().values() for one in each)]
    assert not [one for one in told if re.search(r"x-elsewhere|/nothing", f"{one.message}{one.hint}")]
    return [(one.severity, one.code) for one in told]


U = "U:\n  $id: https://example.org/u\n  properties: {a: {$ref: '%s'}}\n"


@pytest.mark.parametrize("reference", ["u2", "u2.json#/$defs/x", "https://example.org/v", "../v"])
def test_what_an_id_makes_an_address_elsewhere_is_not_looked_for_among_files(reference: str, tmp_path: Path) -> None:
    assert bundled(schemas("3.1", U % reference), tmp_path) == [("info", "openapi.remote_ref")]


def test_an_address_by_an_id_is_found_in_the_document_though_a_file_is_named_like_it(tmp_path: Path) -> None:
    (tmp_path / "u2").write_text("{}")
    known = schemas("3.1", U % "u2" + "V: {$id: 'https://example.org/u2', type: string}")
    assert bundled(known, tmp_path) == []
    assert bundled(schemas("3.1", "U: {$id: u, items: {$ref: v}}\nV: {$id: v, type: string}"), tmp_path) == []


def test_a_file_is_still_found_beside_an_id_that_is_no_address(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/v.yaml").write_text("type: string\n")
    text = schemas("3.1", "U:\n  $id: parts/u.yaml\n  properties: {a: {$ref: '%s'}}")
    assert bundled(text % "v.yaml", tmp_path) == []
    assert bundled(text % "w.yaml", tmp_path) == [("error", "openapi.dangling_ref")]


def test_a_reference_to_no_file_beside_an_id_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_text("A:\n  $id: https://example.org/a\n  items: {$ref: '#/nowhere'}\n")
    text = schemas("3.1", "U: {$ref: 'v.yaml#/A'}")
    assert bundled(text, tmp_path) == [("error", "openapi.dangling_ref")]


def test_an_anchor_is_one_of_its_own_schema() -> None:
    inside = U % "#x" + "  $defs: {y: {$anchor: x, type: string}}"
    assert not found(schemas("3.1", inside))
    outside = U % "#x" + "V: {$id: 'https://example.org/v', $anchor: x, type: string}"
    assert [one.code for one in found(schemas("3.1", outside))] == ["openapi.dangling_ref"]
