"""The compact form: lenient where the meaning is plain, exact about the line where it is not."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.notation.openapi import check
from designchord.notation.openapi.api import Field, Operation, Type
from designchord.notation.openapi.compact import is_compact, parse
from designchord.notation.openapi.compact_fields import FieldError, read_field, read_fields
from designchord.notation.openapi.compiling import compile_api
from designchord.notation.problems import has_errors

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "compact-api.md"


def only_operation(
    lines: str, schemas: str = "schema Loan\n  id: uuid!\n  status: enum(a, b)!\n  note: text\n"
) -> Operation:
    parsed = parse(f"api: T\n{schemas}\n{lines}")
    assert not has_errors(parsed.problems), parsed.problems
    assert len(parsed.api.operations) == 1
    return parsed.api.operations[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: string!", Field("title", Type(), True)),
        ("title: string (required)", Field("title", Type(), True)),
        ("title!: string", Field("title", Type(), True)),
        ("title?: string", Field("title", Type(), False)),
        ("title: string(1..200)!", Field("title", Type(low=1, high=200), True)),
        ("title: varchar(200)", Field("title", Type(high=200))),
        ("count: int(>=0)", Field("count", Type("integer", low=0))),
        ("price: decimal(10, 2)!", Field("price", Type("decimal"), True)),
        ("status: enum(open, closed)!", Field("status", Type("enum", values=("open", "closed")), True)),
        ("status: enum[open|closed] = open", Field("status", Type("enum", values=("open", "closed")), default="open")),
        ("status: open | closed", Field("status", Type("enum", values=("open", "closed")))),
        ('status: "open" | "closed"', Field("status", Type("enum", values=("open", "closed")))),
        ("note: string | null", Field("note", Type())),
        ("tags: string[]!", Field("tags", Type(many=True), True)),
        ("tags: [string]", Field("tags", Type(many=True))),
        ("tags: array<string>", Field("tags", Type(many=True))),
        ("items: list of LoanItem", Field("items", Type("ref", many=True, schema="LoanItem"))),
        ("items: LoanItem[]", Field("items", Type("ref", many=True, schema="LoanItem"))),
        ("book_id: uuid! -> Book", Field("book_id", Type("uuid"), True, references="Book")),
        ("id: uuid! pk", Field("id", Type("uuid"), True, read_only=True)),
        ("id: uuid! readonly # 번호", Field("id", Type("uuid"), True, "번호", read_only=True)),
        (
            "email: email! unique e.g. kim@example.com",
            Field("email", Type("email"), True, unique=True, example="kim@example.com"),
        ),
        ('title: string "제목"', Field("title", Type(), label="제목")),
        ("at: timestamp", Field("at", Type("datetime"))),
        ("title", Field("title", Type())),
    ],
)
def test_a_field_is_read_as_it_was_meant(text, expected):
    assert read_field(text, 0) == expected


@pytest.mark.parametrize(
    "text", ["제목: string", "a b: string", "x: strnig", "x: enum", "x: enum()", ": string", "x: (", "1: a"]
)
def test_a_field_that_cannot_be_read_is_an_error(text):
    with pytest.raises(FieldError):
        read_field(text, 0)


def test_a_list_of_fields_keeps_commas_inside_brackets():
    fields = read_fields("{book_id!, state: enum(a, b), note?}", 3)
    assert [(field.name, field.required, field.type) for field in fields] == [
        ("book_id", True, None),
        ("state", None, Type("enum", values=("a", "b"))),
        ("note", False, None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "POST /loans createLoan R1, R2 # Borrow",
        "post /loans createLoan [R1, R2] # Borrow",
        "- POST /loans: createLoan (R1 R2) # Borrow",
        "1. POST /loans createLoan R1 R2 # Borrow",
        "2) **POST /loans** createLoan: R1, R2 - Borrow",
        "**POST** `/loans` createLoan R1 R2 # Borrow",
        'POST /loans createLoan R1,R2 "Borrow"',
        "POST /loans/ createLoan # Borrow\n  requirements: R1, R2",
        "POST /loans\n  id: createLoan\n  summary: Borrow\n  covers: [R1, R2]",
    ],
)
def test_an_operation_is_recognised_in_many_hands(line):
    operation = only_operation(line)
    assert (operation.method, operation.path, operation.id) == ("POST", "/loans", "createLoan")
    assert (operation.requirements, operation.label) == (("R1", "R2"), "Borrow")


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("-> Loan", "one"),
        ("→ Loan", "one"),
        ("returns: Loan", "one"),
        ("200: Loan", "one"),
        ("-> Loan[]", "list"),
        ("-> [Loan]", "list"),
        ("-> list of Loan", "list"),
        ("-> page Loan", "page"),
        ("-> page of Loan", "page"),
        ("-> Page<Loan>", "page"),
        ("-> Loan page", "page"),
        ("-> 200 page Loan", "page"),
    ],
)
def test_an_answer_is_recognised_in_many_hands(written, shape):
    result = only_operation(f"GET /loans listLoans\n  {written}").result
    assert (result.shape, result.schema) == (shape, "Loan")


@pytest.mark.parametrize("written", ["-> none", "-> nothing", "returns: void", "-> 204", "204:", "204: no content"])
def test_nothing_is_an_answer(written):
    assert only_operation(f"DELETE /loans/{{id}} deleteLoan\n  {written}").result.shape == "none"


@pytest.mark.parametrize(
    "path", ["/loans/:loan_id", "/loans/<loan_id>", "/loans/<int:loan_id>", "/loans/{loanId}", "/loans/{loan-id}"]
)
def test_parameters_are_written_one_way(path):
    assert only_operation(f"GET {path} getLoan").path == "/loans/{loan_id}"


def test_errors_are_read_on_lines_of_their_own_and_in_one():
    assert only_operation("POST /loans x\n  409: Already lent\n  - 422 Too many").errors == (
        (409, "Already lent"),
        (422, "Too many"),
    )
    assert only_operation("POST /loans x\n  errors: 409: Already lent; 422: Too many").errors == (
        (409, "Already lent"),
        (422, "Too many"),
    )


@pytest.mark.parametrize(
    "lines",
    [
        "  body: title: string!, note",
        "  body: {title: string!, note}",
        "  body:\n    title: string!\n    note: text",
        "  body:\n    - title: string!\n    - note",
        "  body: {\n    title: string!,\n    note,\n  }",
    ],
)
def test_a_body_is_read_in_a_line_or_as_a_block(lines):
    operation = only_operation(f"POST /loans x\n{lines}\n  -> Loan\n  409: Already lent")
    assert [field.name for field in operation.body.fields] == ["title", "note"]
    assert (operation.result.schema, operation.errors) == ("Loan", ((409, "Already lent"),))


def test_an_answer_may_be_a_block_too():
    fields = "    token: string! // the token\n    until: datetime\n"
    operation = only_operation(f"POST /login x\n  -> {{\n{fields}  }}\n  401: Wrong password")
    assert [(field.name, field.label) for field in operation.result.fields] == [("token", "the token"), ("until", "")]
    assert operation.errors == ((401, "Wrong password"),)


def test_words_that_the_form_does_not_know_are_left_out_and_said_so():
    parsed = parse("api: T\nGET /health health\n  roles: admin\n  -> none")
    assert [(problem.code, problem.severity, problem.line) for problem in parsed.problems] == [
        ("compact.left_out", "warning", 3)
    ]


def test_the_head_may_be_quoted():
    api = parse('api: "도서관" # 제목\nabout: 책을 빌린다\nauth: bearer\nGET /health health').api
    assert (api.title, api.description, api.secured) == ("도서관", "책을 빌린다", True)


def test_sections_and_yaml_like_groups_around_the_lines_do_no_harm():
    parsed = parse(
        "api: T\nschemas:\n  Loan:\n    id: uuid!\noperations:\n## Lending\n  GET /loans listLoans\n    -> page Loan\n"
    )
    assert parsed.problems == ()
    assert parsed.api.operations[0].section == "Lending"
    assert [schema.name for schema in parsed.api.schemas] == ["Loan"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("api: T", "compact.no_operations", 1),
        ("api: T\nGET /loans a\n  -> Loan", "compact.unknown_schema", 3),
        ("api: T\nGET /loans a\n  -> what is this", "compact.result", 3),
        ("api: T\nGET /loans a\n  whatever this means", "compact.unreadable", 3),
        ("api: T\nGET /loans a\n  query: q: strnig", "compact.unknown_type", 3),
        ("api: T\nschema Loan\n  state: enum\nGET /loans a", "compact.enum", 3),
        ("api: T\nschema Loan\n  책: string\nGET /loans a", "compact.field", 3),
        ("api: T\nGET /loans a\nGET /loans b", "compact.duplicate_operation", 3),
        ("api: T\nGET /loans/{id}/x/{id} a", "compact.path", 2),
        ("api: T\nGET /대출 a", "compact.path", 2),
    ],
)
def test_a_problem_names_its_line_and_what_to_do(text, code, line):
    problems = parse(text).problems
    assert [(problem.code, problem.line) for problem in problems if problem.severity == "error"] == [(code, line)]
    assert all(problem.hint for problem in problems)


def test_the_documented_example_compiles_without_a_problem():
    example = DOCUMENTATION.read_text(encoding="utf-8").split("```")[1].removeprefix("\n")
    parsed = parse(example)
    assert parsed.problems == ()
    assert check(json.dumps(compile_api(parsed.api))).problems == ()


def test_request_variants_leave_out_what_only_the_system_sets():
    schema = "schema Loan\n  id: uuid!\n  note: text!\n  state: enum(a, b)! readonly\n  created_at: datetime!\n"
    parsed = parse(f"api: T\n{schema}POST /loans create\n  -> Loan\nPATCH /loans/{{loan_id}} change\n  -> Loan\n")
    schemas = compile_api(parsed.api)["components"]["schemas"]
    assert list(schemas["LoanInput"]["properties"]) == ["note"]
    assert schemas["LoanInput"]["required"] == ["note"]
    assert list(schemas["LoanPatch"]["properties"]) == ["note"]
    assert "required" not in schemas["LoanPatch"]
    assert schemas["Loan"]["properties"]["id"]["readOnly"] is True


def test_named_fields_that_are_the_usual_ones_share_the_usual_schema():
    loan = "schema Loan\n  id: uuid!\n  note: text!\n  state: enum(a, b)! = a\n"
    drafts = "POST /drafts draft\n  body: note\n  -> Loan"
    parsed = parse(f"api: T\n{loan}POST /loans create\n  body: note, state\n  -> Loan\n{drafts}")
    document = compile_api(parsed.api)
    bodies = [paths["post"]["requestBody"]["content"] for paths in document["paths"].values()]
    names = [body["application/json"]["schema"]["$ref"].rpartition("/")[2] for body in bodies]
    assert names == ["LoanInput", "DraftRequest"]
    assert document["components"]["schemas"]["LoanInput"]["required"] == ["note"]


def test_examples_of_keys_and_of_what_points_to_them_agree():
    schemas = "schema Loan\n  id: uuid!\n  book_id: uuid! -> Book\nschema Book\n  id: uuid!\n"
    parsed = parse(f"api: T\n{schemas}GET /books b\n  -> Book[]")
    compiled = compile_api(parsed.api)["components"]["schemas"]
    loan, book = compiled["Loan"]["properties"], compiled["Book"]["properties"]
    assert loan["book_id"]["examples"] == book["id"]["examples"] != loan["id"]["examples"]


def test_a_filter_does_not_take_over_the_default_of_its_field():
    parsed = parse("api: T\nschema Loan\n  state: enum(a, b)! = a\nGET /loans list\n  query: state\n  -> page Loan\n")
    parameter = compile_api(parsed.api)["paths"]["/loans"]["get"]["parameters"][0]
    assert parameter == {"name": "state", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}}


def test_files_are_sent_as_forms():
    parsed = parse("api: T\nschema Photo\n  image: file!\nPOST /photos upload\n  body: image\n  -> Photo\n")
    body = compile_api(parsed.api)["paths"]["/photos"]["post"]["requestBody"]
    assert list(body["content"]) == ["multipart/form-data"]


def test_stated_reasons_become_descriptions_and_the_rest_is_in_the_language_of_the_reader():
    schema = "schema Loan\n  id: uuid!\n"
    operation = "POST /loans/{loan_id}/return x\n  -> Loan\n  409: 이미 반납됨\n"
    parsed = parse(f"api: T\nauth: bearer\n{schema}{operation}")
    document = compile_api(parsed.api, "ko")
    responses = document["paths"]["/loans/{loan_id}/return"]["post"]["responses"]
    assert responses["409"]["description"] == "이미 반납됨"
    assert document["components"]["responses"]["NotFound"]["description"] == "찾을 수 없음"
    assert list(responses) == ["200", "401", "403", "404", "409"]


def test_what_is_no_compact_text_is_not_taken_for_one():
    assert not is_compact("# A document\n\nThe client sends GET /loans to the server.")
    assert is_compact("GET /loans listLoans")


_words = """
GET POST PATCH DELETE /loans /{id} /a/{id}/{id} schema Loan Error LoanInput LoanPage -> page none body: query: id id:
uuid! enum(a,b) string(3..1) integer(5..5) decimal(0.5..0.6) string[] Loan[] #label 409: 200: { } , ! : section: auth:
public bearer R1 [R1] api: "quoted" 한글 file email json time errors: = x 7 e.g.
"""
_word = st.sampled_from(_words.split()) | st.just("# label") | st.text(string.printable, max_size=4)
_line = st.lists(_word, max_size=7).map(" ".join)


@settings(max_examples=150)
@given(st.lists(_line, max_size=14))
def test_whatever_is_parsed_without_error_compiles_to_a_valid_document(lines):
    parsed = parse("\n".join(["api: T", "schema Loan", "  id: uuid!", *lines, "GET /health health"]))
    assert all(problem.line for problem in parsed.problems)
    document = compile_api(parsed.api, "en")
    problems = check(json.dumps(document)).problems
    assert not has_errors(problems), problems
