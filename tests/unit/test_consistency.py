"""The cross-check: contradictions are errors, gaps are warnings, and agreement is silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designchord.blueprint.answering import read
from designchord.blueprint.model import Blueprint, Brief
from designchord.consistency.messages import MESSAGES, Violation, say
from designchord.consistency.names import compatible, entity_of_schema, fold_name, match_path, pointed_entity
from designchord.consistency.report import Report, cross_check
from designchord.kinds.registry import KINDS

DESIGN: dict[str, Any] = {
    "title": "Lending",
    "actors": ["Member: Member", "PayGate external: payment gateway"],
    "requirements": ["R1 must: Members borrow tools.", "R2 must: Members see their loans.", "R3 quality: It is fast."],
    "entities": [
        {"name": "Member", "attributes": ["id: uuid pk", "email: email unique"]},
        {
            "name": "Loan",
            "attributes": ["id: uuid pk", "member_id: uuid fk Member", "due_on: date", "status: enum(open,closed)"],
            "requirements": ["R1"],
        },
    ],
    "relations": ["Member 1--n Loan | borrows"],
    "operations": [
        {"id": "createLoan", "call": "POST /loans", "summary": "Borrow", "entity": "Loan", "requirements": ["R1"]},
        {"id": "getLoan", "call": "GET /loans/{loan_id}", "summary": "Show", "entity": "Loan", "requirements": ["R2"]},
    ],
    "scenarios": [
        {
            "id": "borrow",
            "title": "Borrow a tool",
            "actor": "Member",
            "requirements": ["R1"],
            "steps": ["Member -> System: asks [createLoan]", "System --> Member: loan"],
        }
    ],
}

ERD = """erDiagram
    Member ||--o{ Loan : borrows
    Member {
        uuid id PK
        string email
    }
    Loan {
        uuid id PK
        uuid member_id FK
        date due_on
        string status
    }
"""
SEQUENCE = """sequenceDiagram
    actor Member
    participant System
    Member->>System: borrow (POST /loans)
    System-->>Member: loan
"""
DOCUMENT = "# Lending\n\n## Requirements\n\n- R1 borrow\n- R2 see\n- R3은 빠르다\n"


def _blueprint(**changes: Any) -> Blueprint:
    blueprint = read(json.dumps(DESIGN | changes), Brief("Lending", "", "", "en")).blueprint
    assert blueprint is not None
    return blueprint


def _api(**paths: Any) -> str:
    """An API with the given methods by path; both operations of the design when nothing is said."""
    wanted = paths.pop("paths", {"/loans": ["post"], "/loans/{loan_id}": ["get"]})
    schemas = paths.pop(
        "schemas", {"Loan": {"id": "string", "member_id": "string", "due_on": "string", "status": "string"}}
    )
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "x", "version": "1"},
            "paths": {
                path: {
                    method: {
                        "operationId": f"{method}{index}",
                        "parameters": [
                            {"name": segment[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
                            for segment in path.split("/")
                            if segment.startswith("{")
                        ],
                        "responses": {"200": {"description": "ok"}},
                    }
                    for method in methods
                }
                for index, (path, methods) in enumerate(wanted.items())
            },
            "components": {
                "schemas": {
                    name: {"type": "object", "properties": {field: {"type": kind} for field, kind in fields.items()}}
                    for name, fields in schemas.items()
                }
            },
        }
    )


def _check(blueprint: Blueprint | None = None, *, language: str = "en", **artifacts: str) -> Report:
    keys = {"sequence": ("sequence", "borrow")}
    sources = {keys.get(kind, (kind, "")): source for kind, source in artifacts.items()}
    return cross_check(sources, blueprint, language=language)


def _found(report: Report, *severities: str) -> dict[str, Any]:
    return {p.code.removeprefix("cross."): p for p in report.problems if not severities or p.severity in severities}


def test_artifacts_that_agree_give_no_problem() -> None:
    report = _check(_blueprint(), document=DOCUMENT, sequence=SEQUENCE, erd=ERD, api=_api())
    assert _found(report, "error", "warning") == {}


def test_skeletons_of_one_blueprint_contradict_nothing() -> None:
    blueprint = _blueprint()
    sources = {
        (name, part.key): kind.skeleton(blueprint, part)
        for name, kind in KINDS.items()
        for part in kind.parts(blueprint)
    }
    report = cross_check(sources, blueprint)
    assert _found(report, "error", "warning") == {}
    for row in report.rows:
        assert row.cells["document"].covered


def test_nothing_to_compare_is_no_problem() -> None:
    assert cross_check({}, None).problems == ()
    assert cross_check({}, _blueprint()).problems == ()
    for kind, source in (("erd", ERD), ("sequence", SEQUENCE), ("document", DOCUMENT)):
        assert _found(_check(None, **{kind: source}), "error", "warning") == {}


def test_what_does_not_parse_is_named_and_not_compared() -> None:
    report = _check(_blueprint(), erd="erDiagram\n  A ||--", document=DOCUMENT)
    assert list(_found(report)) == ["unreadable"]
    assert report.problems[0].kind == "erd"


# Calls


@pytest.mark.parametrize(
    "call", ["GET /loans/42", "GET /loans/:id", "GET /loans/{id}", "GET /api/v1/loans/{loanId}", "GET /loans/7?full=1"]
)
def test_a_call_may_write_the_parameter_as_it_likes(call: str) -> None:
    sequence = SEQUENCE.replace("POST /loans", call)
    assert _found(_check(sequence=sequence, api=_api()), "error", "warning") == {}


def test_a_call_to_an_operation_that_does_not_exist_is_an_error_on_its_line() -> None:
    report = _check(_blueprint(), sequence=SEQUENCE.replace("POST /loans", "POST /loan"), api=_api())
    problem = _found(report, "error")["unknown_operation"]
    assert (problem.kind, problem.part, problem.line) == ("sequence", "borrow", 4)
    assert "POST /loans" in problem.message


def test_a_call_with_the_wrong_method_says_which_there_are() -> None:
    problem = _found(_check(sequence=SEQUENCE.replace("POST", "PUT"), api=_api()), "error")["wrong_method"]
    assert "POST" in problem.message


def test_a_word_where_a_parameter_stands_is_doubtful() -> None:
    report = _check(sequence=SEQUENCE.replace("POST /loans", "GET /loans/overdue"), api=_api())
    assert list(_found(report, "error", "warning")) == ["literal_in_call"]


def test_calls_are_compared_with_the_blueprint_while_there_is_no_api() -> None:
    report = _check(_blueprint(), sequence=SEQUENCE.replace("POST /loans", "POST /nothing"))
    assert "unknown_operation" in _found(report, "error")


def test_a_call_to_somebody_elses_api_is_not_ours_to_judge() -> None:
    sequence = SEQUENCE + "    participant PayGate\n    System->>PayGate: POST /v1/charges\n"
    assert _found(_check(_blueprint(), sequence=sequence, api=_api()), "error", "warning") == {}
    stranger = SEQUENCE + "    participant Stripe\n    System->>Stripe: POST /v1/charges\n"
    assert _found(_check(sequence=stranger, api=_api()), "error", "warning") == {}


def test_a_participant_nobody_knows_is_a_warning() -> None:
    sequence = SEQUENCE + "    participant Wizard\n    participant LoanService\n    System->>Wizard: spell\n"
    report = _check(_blueprint(), sequence=sequence)
    problem = _found(report, "warning")["participant_unknown"]
    assert "Wizard" in problem.message
    assert "Member" in (problem.hint or "")
    assert sum(p.code == "cross.participant_unknown" for p in report.problems) == 1


# Entities, keys and relations


def test_names_are_compared_across_case_and_number() -> None:
    erd = ERD.replace("Member", "MEMBERS").replace("Loan", "loans").replace("member_id", "memberId")
    assert _found(_check(_blueprint(), erd=erd), "error", "warning") == {}


def test_an_entity_that_is_missing_or_new_is_a_warning() -> None:
    erd = ERD.replace("Loan", "Rental")
    found = _found(_check(_blueprint(), erd=erd), "warning")
    assert {"entity_missing", "entity_unknown"} <= found.keys()
    assert found["entity_unknown"].line == 2


def test_missing_attributes_are_told_together() -> None:
    erd = ERD.replace("        date due_on\n        string status\n", "")
    problem = _found(_check(_blueprint(), erd=erd), "warning")["attribute_missing"]
    assert "due_on, status" in problem.message
    assert (problem.kind, problem.line) == ("erd", 2)


def test_a_type_that_cannot_be_the_same_is_a_warning_on_its_line() -> None:
    problem = _found(_check(_blueprint(), erd=ERD.replace("date due_on", "boolean due_on")), "warning")["type_mismatch"]
    assert problem.line == 10


@pytest.mark.parametrize("kind", ["varchar(36)", "string", "UUID"])
def test_types_that_hold_the_same_values_agree(kind: str) -> None:
    assert _found(_check(_blueprint(), erd=ERD.replace("uuid", kind)), "error", "warning") == {}


def test_a_foreign_key_without_its_entity_is_an_error() -> None:
    erd = "erDiagram\n    Loan {\n        uuid id PK\n        uuid member_id FK\n    }\n"
    problem = _found(_check(_blueprint(), erd=erd), "error")["foreign_key_without_entity"]
    assert (problem.line, problem.kind) == (4, "erd")


def test_a_foreign_key_nobody_can_place_is_a_remark() -> None:
    erd = "erDiagram\n    Loan {\n        uuid id PK\n        uuid created_by FK\n    }\n"
    assert list(_found(_check(None, erd=erd))) == ["foreign_key_unclear"]


def test_a_foreign_key_under_a_role_name_is_explained_by_its_relation() -> None:
    erd = ERD.replace("member_id", "borrower_id")
    found = _found(_check(None, erd=erd))
    assert found == {}


def test_a_foreign_key_without_a_relation_is_a_warning() -> None:
    erd = ERD.replace("    Member ||--o{ Loan : borrows\n", "")
    assert "foreign_key_without_relation" in _found(_check(None, erd=erd), "warning")


def test_a_relation_without_a_foreign_key_is_a_warning_where_keys_are_drawn() -> None:
    erd = ERD + "    Member ||--o{ Note : writes\n    Note {\n        uuid id PK\n    }\n"
    problem = _found(_check(None, erd=erd), "warning")["relation_without_foreign_key"]
    assert problem.line == 13
    conceptual = erd.replace(" FK", "")
    assert "relation_without_foreign_key" not in _found(_check(None, erd=conceptual))


def test_a_relation_to_what_does_not_exist_is_an_error_with_the_nearest_name() -> None:
    erd = ERD + "    Loan ||--o{ Membre : x\n"
    problem = _found(_check(_blueprint(), erd=erd), "error")["relation_unknown_entity"]
    assert problem.line == 13
    assert "Member?" in (problem.hint or "")


def test_a_relation_the_other_way_round_is_a_warning() -> None:
    erd = ERD.replace("Member ||--o{ Loan", "Loan ||--o{ Member")
    problem = _found(_check(_blueprint(), erd=erd), "warning")["cardinality"]
    assert "N:1" in problem.message
    assert "1:N" in problem.message
    turned = ERD.replace("Member ||--o{ Loan", "Loan }o--|| Member")
    assert "cardinality" not in _found(_check(_blueprint(), erd=turned))


def test_a_schema_lacks_fields_and_has_other_types() -> None:
    api = _api(schemas={"LoanResponse": {"id": "string", "due_on": "integer", "member": "object"}})
    found = _found(_check(erd=ERD, api=api), "warning")
    assert "status" in found["field_missing"].message
    assert "member" not in found["field_missing"].message
    assert "due_on" in found["type_mismatch"].message


def test_an_operation_that_only_one_side_knows_is_told() -> None:
    api = _api(paths={"/loans": ["post", "get"]})
    found = _found(_check(_blueprint(), api=api))
    assert "getLoan" in found["operation_missing"].message
    assert found["operation_unknown"].message.startswith("GET /loans ")


# Requirements


def test_a_requirement_that_nothing_fulfils_is_a_warning() -> None:
    blueprint = _blueprint(requirements=[*DESIGN["requirements"], "R4 must: Members pay."])
    report = _check(blueprint, sequence=SEQUENCE, erd=ERD, document=DOCUMENT)
    found = _found(report, "warning")
    assert "R4" in found["requirement_not_in_document"].message
    uncovered = [p.message for p in report.problems if p.code == "cross.requirement_uncovered"]
    assert any("R4" in message for message in uncovered)
    assert not any("R1" in message or "R3" in message for message in uncovered)


def test_an_id_that_does_not_exist_is_a_warning_on_its_line() -> None:
    report = _check(_blueprint(), document=DOCUMENT + "- R77 nothing\n")
    problem = _found(report, "warning")["unknown_requirement"]
    assert (problem.kind, problem.line) == ("document", 8)


def test_the_matrix_says_where_and_how_each_requirement_is_met() -> None:
    report = _check(_blueprint(), document=DOCUMENT, sequence=SEQUENCE, erd=ERD)
    rows = {row["id"]: row for row in report.to_dict()["matrix"]["rows"]}
    assert list(rows) == ["R1", "R2", "R3"]
    first = rows["R1"]["cells"]
    assert first["document"]["places"] == [{"kind": "document", "part": "", "line": 5}]
    assert first["sequence"]["covered"]
    assert "Borrow a tool" in first["sequence"]["how"]
    assert {"kind": "sequence", "part": "borrow", "line": 4} in first["sequence"]["places"]
    assert first["erd"]["how"] == "Loan"
    assert first["api"] == {"covered": None, "grade": None, "how": "", "places": []}
    assert rows["R2"]["cells"]["sequence"]["covered"] is False
    assert rows["R3"]["cells"]["erd"]["covered"] is None


def test_without_a_blueprint_the_matrix_has_the_ids_that_are_mentioned() -> None:
    report = _check(None, document=DOCUMENT, erd=ERD)
    assert [row.id for row in report.rows] == ["R1", "R2", "R3"]


# The report


def test_the_report_is_json_with_errors_first_and_counts() -> None:
    report = _check(_blueprint(), sequence=SEQUENCE.replace("/loans", "/x"), erd=ERD.replace("Loan", "Rental"))
    data = json.loads(json.dumps(report.to_dict()))
    severities = [problem["severity"] for problem in data["problems"]]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert data["counts"] == {name: severities.count(name) for name in ("error", "warning", "info")}


def test_findings_are_told_in_korean_where_asked() -> None:
    report = _check(_blueprint(), language="ko", sequence=SEQUENCE.replace("/loans", "/x"))
    assert "호출" in _found(report)["unknown_operation"].message


@pytest.mark.parametrize("code", MESSAGES)
def test_each_message_needs_the_same_values_in_both_languages(code: str) -> None:
    class Asked(dict[str, str]):
        def __missing__(self, key: str) -> str:
            self[key] = key
            return key

    english, korean = Asked(), Asked()
    assert say(Violation(code, None, english), "en").message
    assert say(Violation(code, None, korean), "ko").message
    assert english.keys() == korean.keys()


def test_hostile_names_are_only_words() -> None:
    erd = 'erDiagram\n    "{0.__class__}" ||--o{ Loan : x\n    Loan {\n        uuid id PK\n    }\n'
    _check(_blueprint(), erd=erd)


# Names, types, paths


@pytest.mark.parametrize(
    ("schema", "entity"),
    [
        ("Loan", "loan"),
        ("LoanCreate", "loan"),
        ("NewLoanRequest", "loan"),
        ("loans", "loan"),
        ("LoanItem", None),
        ("Error", None),
    ],
)
def test_schemas_stand_for_entities(schema: str, entity: str | None) -> None:
    assert entity_of_schema(schema, {"loan", "member"}) == entity


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("uuid", "varchar(36)", True),
        ("BIGINT", "integer", True),
        ("decimal(10,2)", "number", True),
        ("timestamp", "datetime", True),
        ("datetime", "string", True),
        ("jsonb", "object", True),
        ("string[]", "array", True),
        ("whatever", "integer", True),
        ("uuid", "bigint", False),
        ("boolean", "string", False),
        ("date", "integer", False),
        ("date", "datetime", False),
    ],
)
def test_types_of_all_notations_compare(one: str, other: str, same: bool) -> None:
    assert compatible(one, other) is same
    assert compatible(other, one) is same


@pytest.mark.parametrize(
    ("call", "template", "fit"),
    [
        ("/loans/42", "/loans/{id}", "exact"),
        ("/loans/{loan_id}", "/loans/{id}", "exact"),
        ("/loans/<id>", "/loans/{id}", "exact"),
        ("/users/me", "/users/{id}", "exact"),
        ("/Loans/", "/loans", "exact"),
        ("https://api.example.org/v2/loans", "/loans", "exact"),
        ("/loans", "/api/loans", "exact"),
        ("/loans/overdue", "/loans/{id}", "literal"),
        ("/loans/{id}", "/loans/overdue", None),
        ("/loans", "/loans/{id}", None),
        ("/", "/loans", None),
    ],
)
def test_paths_fit_templates(call: str, template: str, fit: str | None) -> None:
    assert match_path(call, template) == fit


def test_names_without_latin_letters_are_still_compared() -> None:
    assert fold_name("貸出") == "貸出"
    assert fold_name("대여") == fold_name(" 대여 ")
    assert pointed_entity("home_address_id") == "homeaddress"
