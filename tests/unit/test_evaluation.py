"""Evaluation: names are matched fairly and visibly, bad lines are refused, figures can be compared and drawn."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from designchord.errors import BadInput
from designchord.evaluation.ideas import read_ideas
from designchord.evaluation.matching import Made, match_entities, match_operations
from designchord.evaluation.measuring import outcome
from designchord.evaluation.plotting import draw
from designchord.evaluation.results import Record, Results, Run, Score, read_results
from designchord.evaluation.summary import compare, names_found, summarise, table


def rules(score: Score) -> dict[str, str]:
    return {match.expected: match.rule for match in score.matched}


@pytest.mark.parametrize(
    ("expected", "made", "rule"),
    [
        ("order_lines", Made("OrderLine"), "name"),
        ("ORDERS", Made("Order"), "name"),
        ("orderItem", Made("OrderItem"), "name"),
        ("예약", Made("Booking", "예약"), "label"),
        ("주문 상품", Made("OrderThing", "주문상품"), "label"),
        ("customer", Made("Member"), "synonym"),
        ("order_line", Made("OrderItem"), "synonym"),
        ("회원", Made("User", "이용자"), "synonym"),
        ("user_reservation", Made("MemberBooking"), "synonym"),
        ("category_product", Made("ProductCategory"), "order"),
        ("tbl_invoice", Made("Invoice"), "affix"),
    ],
)
def test_a_name_is_recognised_by_the_strictest_rule_that_fits(expected: str, made: Made, rule: str) -> None:
    assert rules(match_entities([(expected,)], [made])) == {expected: rule}


def test_a_name_that_says_whose_it_is_fits_where_that_owner_is_known() -> None:
    made = [Made("Gadget"), Made("Widget")]
    assert rules(match_entities([("gadget",), ("gadget_widget",)], made)) == {
        "gadget": "name",
        "gadget_widget": "qualified",
    }
    assert match_entities([("applied_widget",)], made).missed == ("applied_widget",)


def test_one_made_thing_never_counts_for_two_expected_ones() -> None:
    score = match_entities([("customer",), ("user",)], [Made("User")])
    assert rules(score) == {"user": "name"}
    assert score.missed == ("customer",)
    assert (score.recall, score.precision) == (0.5, 1.0)


def test_any_of_several_names_of_one_thing_will_do() -> None:
    score = match_entities([("gizmo", "장치틀")], [Made("Frame", "장치틀"), Made("Extra"), Made("Guess", assumed=True)])
    assert rules(score) == {"gizmo": "label"}
    assert (score.extra, score.assumed) == (("Extra",), ("Guess",))
    assert score.precision == pytest.approx(1 / 3)


def test_unlike_names_are_missed() -> None:
    score = match_entities([("invoice",), ("stock",)], [Made("Payment"), Made("Shelf")])
    assert score.matched == ()
    assert score.recall == score.precision == 0.0


@pytest.mark.parametrize(
    ("expected", "made", "rule"),
    [
        ("GET /loans/{loanId}", "GET /api/v1/loan/{id}", "path"),
        ("put /loans/{id}", "PATCH /loans/{loan_id}", "update"),
        ("POST /owners/{o}/pets/{p}/visits", "POST /visits", "resource"),
        ("GET /visits", "GET /visits/{id}", None),
        ("POST /visits", "GET /visits", None),
    ],
)
def test_operations_are_compared_by_what_they_call(expected: str, made: str, rule: str | None) -> None:
    assert rules(match_operations([(expected,)], [Made(made)])).get(expected) == rule


def line(**fields: Any) -> str:
    return json.dumps(fields, ensure_ascii=False)


def test_an_idea_is_read_from_its_text_or_from_its_fields() -> None:
    text = "\n".join(
        [
            line(id="a", text="# Tools\n\nPeople lend.\n\n## Requirements\n\n- Lend."),
            "",
            line(title="도구", content="회원은 도구를 빌린다.", gold={"entities": ["Loan", ["Member", "회원"]]}, id=7),
            line(text="Members lend tools.", lang="en", label={"gold": {"operations": ["GET /tools"]}}),
        ]
    )
    first, second, third = read_ideas(text, "ideas.jsonl")
    assert (first.brief.title, first.brief.content, first.brief.requirements) == ("Tools", "People lend.", "- Lend.")
    assert (second.id, second.line, second.brief.language) == ("7", 3, "ko")
    assert second.entities == (("Loan",), ("Member", "회원"))
    assert (third.id, third.operations) == ("line-4", (("GET /tools",),))


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        (line(id="x"), "no idea"),
        (line(id="x", text=3), '"text" must be a text'),
        (line(id=True, text="x"), '"id" must be'),
        (line(text="x", gold=[]), '"gold" must be'),
        (line(text="x", gold={"entities": "Loan"}), '"entities" of the gold'),
        (line(text="x", gold={"entities": [[]]}), '"entities" of the gold'),
        (line(text="x", gold={"operations": ["loans"]}), "no operation"),
        (line(id="ok", text="twice"), "line 1 already"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(bad: str, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_ideas(f"{line(id='ok', text='Members lend tools.')}\n\n{bad}\n", "ideas.jsonl")
    assert refused.value.message.startswith("ideas.jsonl, line 3: ")
    assert told in refused.value.message


def test_a_file_without_ideas_is_refused() -> None:
    with pytest.raises(BadInput, match="holds no ideas"):
        read_ideas("\n \n", "ideas.jsonl")


ERD = "erDiagram\n    Loan {\n        uuid id PK\n    }\n"


@pytest.mark.parametrize(
    ("origin", "provenance", "source", "expected"),
    [
        ("offline", {"attempts": 0}, ERD, "first"),
        ("generated", {"attempts": 1, "fixes": []}, ERD, "first"),
        ("repaired", {"attempts": 1, "fixes": [{"code": "x"}]}, ERD, "fixed"),
        ("repaired", {"attempts": 2, "fixes": [{"code": "x"}]}, ERD, "reasked"),
        ("skeleton", {"attempts": 3}, ERD, "skeleton"),
        ("generated", {"attempts": 1}, "erDiagram\n    Loan {\n", "invalid"),
    ],
)
def test_how_an_artifact_came_to_be_is_told_by_its_provenance_and_a_check(
    origin: str, provenance: dict[str, Any], source: str, expected: str
) -> None:
    assert outcome("erd", {"origin": origin, "provenance": provenance, "source": source}) == expected


def results(*models: str, **changes: Any) -> Results:
    fields: dict[str, Any] = {
        "id": "a",
        "line": 1,
        "language": "en",
        "state": "done",
        "seconds": 2.0,
        "outcomes": {"erd": {"first": 1}, "api": {"fixed": 1}},
        "entities": match_entities([("loan",), ("fine",)], [Made("Loan"), Made("Tool")]),
        "requirements": 4,
        "covered": 3,
        "findings": {"error": 0, "warning": 2},
        "cost_usd": 0.5,
    }
    record = Record.model_validate(fields | changes)
    runs = tuple(Run(model=model, records=(record,)) for model in models)
    return Results(ideas="ideas.jsonl", at_once=4, complete=True, runs=runs)


def test_figures_are_counted_as_they_are_named() -> None:
    values = {measure.key: measure.value for measure in summarise(results("m").runs[0])}
    assert (values["first"], values["fixed"], values["missing"]) == (0.5, 0.5, 0.0)
    assert (values["entity_recall"], values["entity_precision"]) == (0.5, 0.5)
    assert (values["coverage"], values["seconds"], values["cost_usd"]) == (0.75, 2.0, 0.5)
    assert values["operation_recall"] is None


def test_a_table_has_a_column_for_each_model() -> None:
    head, *rows = table(results("one", "two"))
    assert head.split() == ["one", "two"]
    assert any(row.startswith("entity recall") and row.count("50.0 %") == 2 for row in rows)


def test_every_match_and_every_miss_is_listed() -> None:
    told = "\n".join(names_found(results("m").runs[0]))
    assert "name       loan = Loan" in told
    assert "missed     fine" in told
    assert "not asked  Tool" in told


def test_results_come_back_from_json_and_differences_are_named() -> None:
    old = read_results(results("m").model_dump_json(), "old.json")
    better = match_entities([("loan",), ("fine",)], [Made("Loan"), Made("Fine")])
    changed = compare(old, results("m", entities=better, state="partial", seconds=3.0))
    told = [" ".join(row.split()) for row in changed]
    assert told[0] == "m"
    assert "entity recall 50.0 % → 100.0 % better" in told
    assert any("time a design" in row and "worse" in row for row in told)
    assert "a: done → partial" in told
    assert "a: found fine" in told


def test_two_single_models_are_compared_whatever_their_names() -> None:
    assert compare(results("one"), results("two"))[:2] == ["one → two", "  no measure changed"]


def test_what_is_no_result_is_refused() -> None:
    with pytest.raises(BadInput, match="not a result"):
        read_results('{"version": 2}', "old.json")


def test_the_plot_is_well_formed_whatever_names_hold() -> None:
    drawn = draw(results("a<b>&\"c'", "two", cost_usd=None))
    root = ET.fromstring(drawn)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "a<b>&\"c'" in texts
    assert "entity recall" in texts
