"""The API kind: from a blueprint or an answer to a document that holds."""

from __future__ import annotations

import json
import string
from typing import Any, get_args

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.blueprint.model import AttributeType, Blueprint, Brief
from designchord.kinds.api.fixes import fix_document
from designchord.kinds.api.kind import ApiKind
from designchord.notation import openapi
from designchord.notation.problems import has_errors
from tests.unit.forms import fill

KIND = ApiKind()


def blueprint(**changes: Any) -> Blueprint:
    fields: dict[str, Any] = {
        "title": "도서관",
        "language": "ko",
        "actors": [{"id": "Member", "label": "회원"}],
        "entities": [
            {
                "name": "Loan",
                "label": "대출",
                "attributes": [
                    {"name": "id", "type": "uuid", "key": "primary"},
                    {"name": "book_id", "type": "uuid", "key": "foreign", "references": "Book"},
                    {"name": "status", "type": "enum", "values": ["active", "returned"], "label": "상태"},
                    {"name": "note", "type": "text", "required": False},
                ],
            },
            {"name": "Book", "label": "책", "attributes": [{"name": "id", "type": "uuid", "key": "primary"}]},
        ],
        "operations": [
            {
                "id": "listLoans",
                "method": "GET",
                "path": "/loans",
                "summary": "대출 목록",
                "section": "대출",
                "entity": "Loan",
                "returns": "page",
                "filters": ["status"],
                "requirements": ["R2"],
            },
            {
                "id": "createLoan",
                "method": "POST",
                "path": "/books/{book_id}/loans",
                "summary": "대출",
                "entity": "Loan",
                "request": ["note"],
                "errors": [[409, "이미 대출 중인 책"]],
            },
            {
                "id": "returnLoan",
                "method": "POST",
                "path": "/loans/{loan_id}/return",
                "summary": "반납",
                "entity": "Loan",
            },
            {"id": "deleteLoan", "method": "DELETE", "path": "/loans/{loan_id}", "summary": "취소", "returns": "none"},
        ],
        "scenarios": [{"id": "borrow", "title": "빌리기", "actor": "Member"}],
    }
    return Blueprint.model_validate(fields | changes)


PART = KIND.parts(blueprint())[0]

COMPACT = """api: Library
auth: bearer

schema Loan # a loan
  id: uuid!
  book_id: uuid! -> Book
  due_on: date! # due
schema Book
  id: uuid!
  title: string(1..200)!

section: Loans
POST /loans createLoan R1, R2 # Borrow
  body: book_id
  -> Loan
  409: Already lent
GET /loans/{loan_id} getLoan # Read
  -> Loan
"""


def skeleton_of(plan: Blueprint) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(KIND.skeleton(plan, PART))
    return document


def test_a_skeleton_holds_filters_paging_path_parameters_actions_and_stated_reasons():
    paths = skeleton_of(blueprint())["paths"]
    names = [parameter.get("name") or parameter["$ref"] for parameter in paths["/loans"]["get"]["parameters"]]
    assert names == ["status", "#/components/parameters/PageNumber", "#/components/parameters/PageSize"]
    assert paths["/loans"]["get"]["x-requirements"] == ["R2"]
    assert paths["/books/{book_id}/loans"]["post"]["responses"]["409"]["description"] == "이미 대출 중인 책"
    assert set(paths["/loans/{loan_id}/return"]["post"]["responses"]) == {"200", "404"}
    assert paths["/loans/{loan_id}"]["delete"]["responses"]["204"]["description"] == "처리됨, 반환할 내용 없음"
    parameter = paths["/loans/{loan_id}"]["delete"]["parameters"][0]
    assert (parameter["required"], parameter["schema"]["format"]) == (True, "uuid")


def test_a_skeleton_asks_who_calls_only_where_the_blueprint_has_a_way_to_sign_in():
    assert "security" not in skeleton_of(blueprint())
    sign_in = {"id": "login", "method": "POST", "path": "/login", "summary": "로그인", "request": ["email"]}
    plan = blueprint(operations=[*blueprint().model_dump()["operations"], sign_in])
    document = skeleton_of(plan)
    assert document["security"] == [{"bearer": []}]
    assert document["paths"]["/login"]["post"]["security"] == []
    assert "401" in document["paths"]["/loans"]["get"]["responses"]


def test_facts_of_a_skeleton_name_what_the_blueprint_names():
    plan = blueprint()
    facts = KIND.facts(KIND.skeleton(plan, PART))
    assert [(fact.operation_id, fact.method, fact.path) for fact in facts.operations] == [
        (operation.id, operation.method, operation.path)
        for operation in sorted(plan.operations, key=lambda each: [o.path for o in plan.operations].index(each.path))
    ]
    loan = next(schema for schema in facts.schemas if schema.name == "Loan")
    assert [(each.name, each.type, each.primary, each.foreign) for each in loan.attributes] == [
        ("id", "uuid", True, False),
        ("book_id", "uuid", False, True),
        ("status", "enum", False, False),
        ("note", "string", False, False),
    ]
    assert [schema.name for schema in facts.schemas] == ["Loan", "Book"]
    assert facts.operations[0].schemas == ("Loan",)
    assert all(fact.line for fact in facts.operations)


_hostile = st.text(
    st.sampled_from(string.printable + "한글\u202e\x00\U0001f600\"'{}[]#:!/\\<&`\n"), min_size=1, max_size=20
).filter(lambda text: text.strip())
_snake = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True) | st.sampled_from(["id", "page", "size", "created_at"])
_pascal = st.from_regex(r"[A-Z][A-Za-z0-9]{0,6}", fullmatch=True) | st.sampled_from(
    ["Error", "Page", "LoanInput", "Loan"]
)
_path = st.lists(
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,6}", fullmatch=True)
    | st.sampled_from(["{id}", "{loan_id}", "{a}", "{b}", "loans", "login"]),
    min_size=1,
    max_size=5,
).map(lambda parts: "/" + "/".join(parts))
_attribute = st.fixed_dictionaries(
    {"name": _snake, "type": st.sampled_from(get_args(AttributeType))},
    optional={
        "label": _hostile,
        "key": st.sampled_from(["primary", "foreign", "none"]),
        "references": _pascal,
        "required": st.booleans(),
        "unique": st.booleans(),
        "values": st.lists(_hostile | st.just(""), max_size=3),
    },
)
_entity = st.fixed_dictionaries({"name": _pascal, "label": _hostile, "attributes": st.lists(_attribute, max_size=6)})
_operation = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z][A-Za-z0-9]{0,3}", fullmatch=True),
        "method": st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
        "path": _path,
        "summary": _hostile,
    },
    optional={
        "section": _hostile,
        "entity": _pascal,
        "request": st.lists(_snake, max_size=4),
        "filters": st.lists(_snake, max_size=4),
        "returns": st.sampled_from(["one", "page", "none"]),
        "errors": st.lists(st.tuples(st.integers(-5, 700), _hostile | st.just("")), max_size=3),
        "requirements": st.lists(st.sampled_from(["R1", "R2"]), max_size=3),
    },
)


@settings(max_examples=80)
@given(
    title=_hostile,
    language=st.sampled_from(["ko", "en", "ja", "xx", "pt-BR"]),
    entities=st.lists(_entity, min_size=1, max_size=5),
    operations=st.lists(_operation, min_size=1, max_size=8),
)
def test_a_skeleton_is_valid_for_every_blueprint(title, language, entities, operations):
    plan = blueprint(title=title, language=language, entities=entities, operations=operations)
    source = KIND.skeleton(plan, PART)
    problems = KIND.check(source)
    assert not has_errors(problems), problems
    assert not [problem for problem in problems if problem.severity == "warning"], problems
    document = json.loads(source)
    _examples_fit(document)
    assert yaml.safe_load(KIND.files(PART, source)["openapi.yaml"]) == document


def _examples_fit(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values() if "components" in document else ():
        for value in schema["properties"].values():
            rules = {key: rule for key, rule in value.items() if key != "examples" and not key.startswith("x-")}
            if "$ref" in json.dumps(rules):
                continue
            validator = jsonschema_rs.validator_for(rules, validate_formats=True)
            for example in value.get("examples", ()):
                assert validator.is_valid(example), (rules, example)


def test_an_answer_in_the_compact_form_becomes_a_checked_document():
    found = KIND.accept(f"<think>hm</think>Sure:\n\n```\n{COMPACT}```\nDone.", blueprint(), PART)
    assert found.acceptable
    assert found.problems == ()
    assert json.loads(found.source)["paths"]["/loans"]["post"]["summary"] == "Borrow"


def test_a_wrong_compact_text_gives_problems_with_its_own_lines_and_no_source():
    wrong = COMPACT.replace("due_on: date!", "due_on: dat!").replace("-> Loan\n  409", "-> Lone\n  409")
    found = KIND.accept(wrong, blueprint(), PART)
    assert found.source == ""
    assert [(problem.code, problem.line) for problem in found.problems] == [
        ("compact.unknown_type", 7),
        ("compact.unknown_schema", 15),
    ]
    assert "Did you mean `Loan`?" in (found.problems[1].hint or "")


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump], ids=["json", "yaml"])
def test_an_answer_in_plain_openapi_is_taken_too(write):
    document = json.loads(KIND.skeleton(blueprint(), PART))
    found = KIND.accept(f"Here:\n```\n{write(document)}\n```", blueprint(), PART)
    assert found.acceptable
    assert json.loads(found.source) == document


def test_damaged_json_is_repaired_and_said_so():
    found = KIND.extract(
        '{"openapi": "3.1.0", "info": {"title": "T", "version": "1",}, "paths": {},}', blueprint(), PART
    )
    assert json.loads(found.source)["info"]["title"] == "T"
    assert [fix.code for fix in found.fixes] == ["answer.json_repaired"]


@pytest.mark.parametrize("answer", ["", "I cannot do that.", "```mermaid\nerDiagram\n```"])
def test_an_answer_without_an_api_says_what_to_write(answer):
    found = KIND.accept(answer, blueprint(), PART)
    assert not found.acceptable
    assert [problem.code for problem in found.problems] == ["api.not_found"]


REAL_WORLD = """
openapi: 3.0.1
info: {title: Shop}
tags: [Pets]
security: [{bearerAuth: []}]
paths:
  /pets/{petId}:
    get:
      operationId: pet
      responses: {"200": {schema: {$ref: Pet}}}
    put:
      operationId: pet
      parameters: [{name: petId, in: path, type: integer}, {name: q, in: query}]
      responses: {"200": {description: ok, content: {application/json: {schema: {type: str}, examples: [a, b]}}}}
  /pets:
    get:
      operationId: " "
      responses: {"200": {description: ok}}
components:
  schemas:
    Pet:
      type: object
      properties:
        name: {type: string, nullable: true, required: true}
        age: {type: int, minimum: 0, exclusiveMinimum: true}
        kind: {type: string, enum: [cat, dog], nullable: true}
"""


def test_fixes_mend_what_real_documents_get_wrong_and_name_each():
    source, fixes = KIND.fix(REAL_WORLD)
    assert not has_errors(KIND.check(source)), KIND.check(source)
    codes = {fix.code for fix in fixes}
    assert codes == {
        *("api.version", "api.info", "api.tags", "api.reference", "api.response_schema", "api.description"),
        *("api.path_parameter", "api.parameter_schema", "api.required", "api.operation_id", "api.nullable"),
        *("api.exclusive", "api.type", "api.examples", "api.security"),
    }
    document = yaml.safe_load(source)
    pet = document["components"]["schemas"]["Pet"]
    assert pet["required"] == ["name"]
    assert pet["properties"]["name"] == {"type": ["string", "null"]}
    assert pet["properties"]["age"] == {"type": "integer", "exclusiveMinimum": 0}
    assert pet["properties"]["kind"]["enum"] == ["cat", "dog", None]
    assert document["paths"]["/pets/{petId}"]["put"]["operationId"] == "pet2"


def test_fixing_twice_is_fixing_once_and_a_valid_document_is_left_alone():
    fixed, _ = KIND.fix(REAL_WORLD)
    assert KIND.fix(fixed) == (fixed, ())
    skeleton = KIND.skeleton(blueprint(), PART)
    assert KIND.fix(skeleton) == (skeleton, ())
    assert KIND.fix("not: [a document") == ("not: [a document", ())


def test_ill_names_of_components_are_written_otherwise_wherever_they_stand():
    pages = [
        "#/components/schemas/Page<Loan>",
        "#/components/schemas/Page%3CLoan%3E",
        "#/components/schemas/a~1b/items",
    ]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/a": {"get": {"operationId": "a", "responses": {"200": {"$ref": "#/components/responses/All Loans"}}}}
        },
        "components": {
            "schemas": {
                "Page<Loan>": {"type": "object"},
                "a/b": {"type": "array", "items": {"type": "string"}},
                "Choice": {
                    "anyOf": [{"$ref": page} for page in pages],
                    "discriminator": {"propertyName": "p", "mapping": {"x": "Page<Loan>", "y": pages[0]}},
                },
            },
            "responses": {"All Loans": {"description": "d"}},
        },
    }
    fixed, fixes = fix_document(document)
    assert [problem for problem in openapi.check(json.dumps(fixed)).problems if problem.severity == "error"] == []
    assert list(fixed["components"]["schemas"]) == ["Page_Loan", "a_b", "Choice"]
    assert {fix.code for fix in fixes} == {"api.name"}
    assert fix_document(fixed) == (fixed, ())
    taken = {**document, "components": {"schemas": {"대출": {}, "a b": {}, "a_b": {}}}, "paths": {}}
    assert fix_document(taken) == (taken, ())


def test_swagger_is_not_taken_for_damaged_openapi():
    swagger = 'swagger: "2.0"\ninfo: {title: T}\npaths: {/a: {get: {responses: {"200": {schema: {type: str}}}}}}\n'
    assert KIND.fix(swagger) == (swagger, ())


def test_older_versions_remote_references_and_emptiness_are_errors_for_a_design():
    swagger = 'swagger: "2.0"\ninfo: {title: T, version: "1"}\npaths: {}\n'
    assert "api.version" in [problem.code for problem in KIND.check(swagger)]
    empty = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths: {}\n'
    assert [problem.code for problem in KIND.check(empty)] == ["api.no_operations"]
    remote = KIND.skeleton(blueprint(), PART).replace('#/components/schemas/Loan"', 'https://x.example/a.json"')
    found = [problem for problem in KIND.check(remote) if problem.code == "openapi.remote_ref"]
    assert found
    assert all(problem.severity == "error" for problem in found)


def test_files_hold_the_same_document_as_json_and_as_readable_yaml():
    files = KIND.files(PART, KIND.skeleton(blueprint(), PART))
    assert set(files) == {"openapi.json", "openapi.yaml"}
    assert "summary: 대출 목록" in files["openapi.yaml"]
    assert "&id" not in files["openapi.yaml"]
    assert list(yaml.safe_load(files["openapi.yaml"])) == list(json.loads(files["openapi.json"]))


def test_the_prompt_names_the_language_and_its_own_form_compiles():
    text = KIND.prompt(Brief("도서관", "책", language="ko"), blueprint(), PART)
    assert "Korean (ko)" in text
    assert "{language}" not in text
    example = fill(text.split("```")[1])
    found = KIND.accept(example, blueprint(), PART)
    repeated = {"compact.duplicate_field", "compact.duplicate_operation"}  # the form has one word for all of a sort
    assert [problem for problem in found.problems if problem.code not in repeated] == []
