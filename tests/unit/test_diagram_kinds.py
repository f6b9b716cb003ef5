"""The kinds sequence and ERD: from an answer to a revision, and what the cross-check learns."""

from __future__ import annotations

import pytest

from designchord.blueprint.model import Actor, Blueprint, Entity, Operation, Scenario
from designchord.kinds.base import Part
from designchord.kinds.erd.kind import ErdKind, pascal_case
from designchord.kinds.sequence.kind import SequenceKind

SEQUENCE, ERD = SequenceKind(), ErdKind()
BLUEPRINT = Blueprint(
    title="Library",
    actors=(Actor(id="Member", label="Member"),),
    entities=(Entity(name="Loan", label="Loan"),),
    operations=(Operation(id="borrowItem", method="POST", path="/loans", summary="Borrow"),),
    scenarios=(Scenario(id="borrow", title="Borrow", actor="Member"), Scenario(id="return", title="R", actor="Member")),
)
PART, WHOLE = Part("borrow", "Borrow"), Part("", "ERD")


def test_there_is_one_part_for_each_scenario_and_one_erd() -> None:
    assert [part.key for part in SEQUENCE.parts(BLUEPRINT)] == ["borrow", "return"]
    assert [part.key for part in ERD.parts(BLUEPRINT)] == [""]
    assert SEQUENCE.files(PART, "x") == {"sequence-borrow.mmd": "x"}
    assert ERD.files(WHOLE, "x") == {"erd.mmd": "x"}


def test_an_answer_is_found_mended_and_accepted() -> None:
    answer = "Sure!\n```mermaid\nsequenceDiagram\nA->>B: a; b\nB-->>A: c\n```\nEnjoy."
    candidate = SEQUENCE.accept(answer, BLUEPRINT, PART)
    assert candidate.acceptable
    assert candidate.source == "sequenceDiagram\nA->>B: a#59; b\nB-->>A: c\n"
    assert "mermaid.semicolon" in [fix.code for fix in candidate.fixes]


def test_a_valid_answer_is_taken_as_it_is() -> None:
    candidate = ERD.accept("```mermaid\nerDiagram\n  A {\n    int id PK\n  }\n```", BLUEPRINT, WHOLE)
    assert candidate.source == "erDiagram\n  A {\n    int id PK\n  }\n"
    assert not candidate.fixes
    assert not candidate.problems


def test_no_diagram_or_the_wrong_one_is_a_problem() -> None:
    assert [p.code for p in SEQUENCE.accept("I cannot.", BLUEPRINT, PART).problems] == ["sequence.not_found"]
    assert [p.code for p in ERD.accept("", BLUEPRINT, WHOLE).problems] == ["erd.not_found"]
    assert [p.code for p in SEQUENCE.check("erDiagram\nA ||--o{ B : x")] == ["sequence.wrong_type"]
    assert [p.code for p in ERD.check("sequenceDiagram\nA->>B: x")] == ["erd.wrong_type"]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("ask <br/> [GET /loans]", ("GET", "/loans")),
        ("`POST /loans`", ("POST", "/loans")),
        ("**GET** `/loans`", ("GET", "/loans")),
        ("**GET /loans**", ("GET", "/loans")),
        ("(GET /loans/{id})", ("GET", "/loans/{id}")),
        ("[POST] /loans", ("POST", "/loans")),
        ("POST /loans{seat, day}", ("POST", "/loans")),
        ("POST /loans{seat}", ("POST", "/loans")),
        ("POST /loans {seat}", ("POST", "/loans")),
        ("POST /loans(seat)", ("POST", "/loans")),
        ("POST /loans[seat]", ("POST", "/loans")),
        ("GET /loans를 부른다", ("GET", "/loans")),
        ("「GET /loans」", ("GET", "/loans")),
        ("GET /대출/{id}", ("GET", "/대출/{id}")),
        ("GET /loans...", ("GET", "/loans")),
        ("GET /loans→200", ("GET", "/loans")),
        ("GET /loans?page=1", ("GET", "/loans")),
        ("GET /loans/{id}.json", ("GET", "/loans/{id}.json")),
        ("GET /loans/:id, then wait", ("GET", "/loans/:id")),
        ("GET /loans/${id}/copy", ("GET", "/loans/${id}/copy")),
        ("GET /loans/[id]", ("GET", "/loans/[id]")),
        ("GET /", ("GET", "/")),
        ("the target /loans", None),
        ("GET the /loans", None),
    ],
)
def test_a_call_is_found_whatever_marks_stand_around_it(text: str, call: tuple[str, str] | None) -> None:
    facts = SequenceKind().facts(f"sequenceDiagram\n    A->>B: {text}\n")
    assert [(found.method, found.path) for found in facts.calls] == ([call] if call else [])


def test_calls_are_found_with_method_path_and_line() -> None:
    source = (
        "sequenceDiagram\n%% requirements: R1, R12\nA->>S: POST /loans borrowItem\nA->>S: GET /loans/{loan_id}, again"
    )
    facts = SEQUENCE.facts(source)
    assert [(c.method, c.path, c.line) for c in facts.calls] == [("POST", "/loans", 3), ("GET", "/loans/{loan_id}", 4)]
    assert facts.requirements == {"R1", "R12"}
    assert facts.participants == ("A", "S")


def test_entities_attributes_and_cardinalities_are_found() -> None:
    facts = ERD.facts('erDiagram\nLINE-ITEM {\n uuid id PK\n uuid order_id FK\n}\nORDER ||--o{ LINE-ITEM : "has"')
    entity = facts.entities[0]
    assert entity.name == "LineItem"
    assert [(a.name, a.primary, a.foreign) for a in entity.attributes] == [
        ("id", True, False),
        ("order_id", False, True),
    ]
    assert [(r.source, r.target, r.cardinality) for r in facts.relations] == [("Order", "LineItem", "one_to_many")]


def test_unreadable_sources_have_no_facts() -> None:
    assert SEQUENCE.facts("nonsense") is None
    assert ERD.facts("erDiagram\n}{") is None


def test_names_become_pascal_case_and_other_scripts_stay() -> None:
    assert [pascal_case(name) for name in ("LINE-ITEM", "line_item", "LineItem", "회원", "URL")] == [
        "LineItem",
        "LineItem",
        "LineItem",
        "회원",
        "Url",
    ]


def test_an_entity_without_key_or_a_foreign_key_without_relation_is_a_warning() -> None:
    found = {(p.code, p.line, p.severity) for p in ERD.check("erDiagram\nA {\n  uuid b_id FK\n}\nB")}
    assert found == {
        ("erd.no_primary_key", 2, "warning"),
        ("erd.foreign_key_without_relation", 3, "warning"),
        ("erd.no_attributes", 5, "warning"),
    }
