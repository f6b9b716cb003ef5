"""What somebody sets or changes can be sent, or is said to be missing."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import read_idea
from designchord.blueprint.model import Blueprint, Brief
from designchord.drafter.drafting import draft
from designchord.language.deeds import undone


def drafted(text: str, language: str = "en") -> Blueprint:
    idea = read_idea(text)
    return draft(Brief(idea.title, idea.content, idea.requirements, language))


@pytest.mark.parametrize(
    ("text", "language", "call", "field"),
    [
        ("# Stall\n- A seller registers a bike and sets a price.", "en", "updateBike", "price"),
        ("# Stall\n- A seller registers a bike.\n- A seller changes the price of a bike.", "en", "updateBike", "price"),
        ("# 강좌\n- 교사는 강좌를 개설하고 정원을 정한다.", "ko", "updateCourse", "capacity"),
        ("# 정비\n- 정비사는 차량을 등록하고 도색 상태를 바꾼다.", "ko", "updateVehicle", "status"),
    ],
)
def test_what_is_set_is_an_attribute_that_can_be_sent(text: str, language: str, call: str, field: str) -> None:
    blueprint = drafted(text, language)
    operation = blueprint.operation(call)
    assert operation is not None, [one.id for one in blueprint.operations]
    assert field in operation.request
    entity = blueprint.entity(operation.entity or "")
    assert entity is not None
    assert not next(one for one in entity.attributes if one.name == field).assumed


@pytest.mark.parametrize(
    ("text", "language", "word"),
    [
        ("A seller registers a bike and sets a wobble.", "en", "set"),
        ("교사는 강좌를 개설하고 온기를 정한다.", "ko", "정한다"),
    ],
)
def test_what_is_set_and_has_no_name_is_missing(text: str, language: str, word: str) -> None:
    blueprint = drafted(f"# Stall\n- {text}", language)
    assert undone(text, [one for one in blueprint.operations if "R1" in one.requirements]) == (word,)
