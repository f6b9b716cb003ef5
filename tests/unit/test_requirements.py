"""Requirements are their author's: a model refers to them and classifies them, and cannot lose or change one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designchord.blueprint.answering import BlueprintCandidate, read
from designchord.blueprint.model import Brief, Requirement
from designchord.blueprint.requirements import read_requirements
from designchord.ideas.likeness import alike, contained
from designchord.kinds import conversation
from tests.unit.test_blueprint_answering import SMALL

BRIEF = Brief(
    "Tool library",
    "Neighbours lend tools. A deposit is paid before a tool is handed over.",
    "- Members search tools by category.\n- A member reserves a tool.\n- The list shows within a second.\n",
    "en",
)
AUTHOR = (
    Requirement(id="R1", text="Members search tools by category."),
    Requirement(id="R2", text="A member reserves a tool."),
    Requirement(id="R3", text="The list shows within a second.", kind="quality"),
)


def _read(requirements: Any, *, of: str = "R1", wish: str = "") -> BlueprintCandidate:
    operation = SMALL["operations"][0] | {"requirements": [of]}
    raw = SMALL | {"requirements": requirements, "operations": [operation]}
    raw["entities"] = [{**entity, "requirements": []} for entity in SMALL["entities"]]
    return read(json.dumps(raw), BRIEF, AUTHOR, wish=wish)


def _texts(candidate: BlueprintCandidate) -> list[str]:
    assert candidate.blueprint is not None, candidate.problems
    return [one.text for one in candidate.blueprint.requirements]


def test_what_a_model_leaves_out_is_there_all_the_same() -> None:
    for left in ([], ["R2 must"], None, {}):
        candidate = _read(left)
        assert _texts(candidate) == [one.text for one in AUTHOR]


def test_a_model_classifies_by_id_in_whatever_form() -> None:
    for written in (
        ["R1 should", "R2 could constraint"],
        {"R1": "should", "R2": "could constraint"},
        [{"id": "R1", "priority": "should"}, {"id": "R2", "priority": "could", "kind": "constraint"}],
        ["R1: should", "R2: could, constraint"],
    ):
        blueprint = _read(written).blueprint
        assert blueprint is not None
        assert [(one.priority, one.kind) for one in blueprint.requirements] == [
            ("should", "functional"),
            ("could", "constraint"),
            ("must", "quality"),
        ], written
        assert [one.text for one in blueprint.requirements] == [one.text for one in AUTHOR]


def test_an_authors_words_are_not_replaced_by_a_models() -> None:
    candidate = _read(["R1 must: Members can search for tools by category", "R2 must: A member may reserve a tool!"])
    assert _texts(candidate) == [one.text for one in AUTHOR]


def test_a_models_own_numbers_are_followed_where_it_counted_otherwise() -> None:
    """It left the first out and counted from the second: its R1 is the author's R2."""
    candidate = _read(["R1 must: A member reserves a tool.", "R2 must: The list shows within a second."], of="R1")
    assert _texts(candidate) == [one.text for one in AUTHOR]
    assert candidate.blueprint is not None
    assert candidate.blueprint.operations[0].requirements == ("R2",)


def test_what_the_prose_demands_beyond_the_numbers_is_added_with_the_next_number() -> None:
    added = "A deposit is paid before a tool is handed over."
    candidate = _read(["R4 must: " + added], of="R4")
    assert _texts(candidate) == [*(one.text for one in AUTHOR), added]
    assert candidate.blueprint is not None
    assert candidate.blueprint.operations[0].requirements == ("R4",)


def test_what_the_text_does_not_hold_is_no_requirement() -> None:
    candidate = _read(["R4 must: Payments go through an external gateway."], of="R4")
    assert _texts(candidate) == [one.text for one in AUTHOR]
    assert "blueprint.dropped" in {problem.code for problem in candidate.problems}
    assert candidate.blueprint is not None
    assert candidate.blueprint.operations[0].requirements == ()


def test_what_was_wished_for_may_be_added() -> None:
    wished = "Members rate the tools that they borrowed."
    assert _texts(_read(["R4 must: " + wished], wish=f"Please add this: {wished}"))[-1] == wished


def test_what_rules_read_in_the_authors_words_is_not_taken_back() -> None:
    blueprint = _read(["R3 must functional"]).blueprint
    assert blueprint is not None
    assert blueprint.requirements[2].kind == "quality"


def test_the_model_is_given_the_numbers_and_the_authors_words() -> None:
    text = conversation.blueprint_opening(BRIEF, AUTHOR)[1][1]
    assert "\nR2 A member reserves a tool.\n" in text
    assert text.index("R2 A member") > text.index("Neighbours lend tools.")


@pytest.mark.parametrize(
    "brief",
    [
        BRIEF,
        Brief("병원 예약", "환자가 예약한다.", "- 환자는 진료를 예약할 수 있다.\n- 예약을 취소할 수 있다.", "ko"),
        Brief("Bibliothek", "", "- Mitglieder leihen Bücher aus.\n- Eine Ausleihe dauert 14 Tage.", "de"),
    ],
    ids=["en", "ko", "de"],
)
def test_every_line_of_the_requirements_is_numbered_in_its_order(brief: Brief) -> None:
    lines = [line.removeprefix("- ") for line in brief.requirements.splitlines() if line]
    found = read_requirements(brief)
    texts = [one.text for one in found]
    assert [text for text in texts if text in lines] == lines
    assert [one.id for one in found] == [f"R{number}" for number in range(1, len(found) + 1)]


def test_likeness_does_not_depend_on_spaces_signs_and_language() -> None:
    assert alike("예약을 취소할 수 있다.", "예약을  취소할 수 있다") == 1
    assert alike("예약을 취소할 수 있다.", "환자는 진료를 본다.") < 0.3
    assert contained("보증금", "보증금을 낸다") == 1
    assert contained("Ein Buch", "Mitglieder leihen ein Buch aus") == 1
    assert contained("payment gateway", "Mitglieder leihen ein Buch aus") < 0.5
