"""What a model answers to a request for a change is kept to what the request speaks of."""

from __future__ import annotations

import json

import pytest

from designchord import drafter
from designchord.blueprint.changes.answering import ChangeCandidate, read_change
from tests.flows.apps import LIBRARY

BEFORE = drafter.draft(LIBRARY)


def answered(words: str, **answer: object) -> ChangeCandidate:
    return read_change(json.dumps(answer), BEFORE, LIBRARY, words)


def taken_out(candidate: ChangeCandidate) -> list[str]:
    return [one.id for one in candidate.operations if one.do == "remove"]


def test_a_model_takes_nothing_out_that_the_request_does_not_speak_of() -> None:
    found = answered(
        "Members can rate an item with one to five stars.",
        remove=["Reservation", "Loan"],
        attributes={"Item": ["stars: integer?"]},
    )
    assert taken_out(found) == []
    assert [one.do for one in found.operations] == ["add"]
    assert ["Reservation" in one.message or "Loan" in one.message for one in found.fixes] == [True, True]


@pytest.mark.parametrize(
    "words", ["Loans are kept elsewhere.", "Make it simpler: remove what is not needed.", "단순하게 만들어 주세요."]
)
def test_what_a_request_names_and_what_it_wants_less_of_is_taken_out(words: str) -> None:
    assert taken_out(answered(words, remove=["Loan"])) == ["Loan"]


def test_an_attribute_that_the_request_does_not_name_is_assumed() -> None:
    found = answered("Items have a deposit.", attributes={"Item": ["deposit: decimal?", "colour: string?"]})
    assert [(one.value["name"], one.value.get("assumed", False)) for one in found.operations] == [
        ("deposit", False),
        ("colour", True),
    ]
