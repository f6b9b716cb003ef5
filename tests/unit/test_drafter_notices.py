"""Who is told what after which call."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import read_idea
from designchord.blueprint.model import Blueprint, Brief
from designchord.drafter.drafting import draft


def drafted(text: str, language: str = "en") -> Blueprint:
    idea = read_idea(text)
    return draft(Brief(idea.title, idea.content, idea.requirements, language))


@pytest.mark.parametrize(
    ("text", "language", "after", "told"),
    [
        (
            "- A chef prepares a meal.\n- A customer gets a ticket by message when a meal is prepared.",
            "en",
            "prepareMeal",
            "Customer",
        ),
        (
            "- A clerk approves a permit.\n- A driver receives a notification when a clerk approves a permit.",
            "en",
            "approvePermit",
            "Driver",
        ),
        (
            "- A clerk approves a permit.\n- A driver is sent a letter once a permit is approved.",
            "en",
            "approvePermit",
            "Driver",
        ),
        ("- 사서는 도서를 등록한다.\n- 도서가 등록되면 회원은 알림을 받는다.", "ko", "createBook", "Member"),
        (
            "- 학생은 과제를 등록하고 수정한다.\n- 과제가 마무리되면 교사에게 알림을 보낸다.\n"
            "- 교사는 과제를 조회한다.",
            "ko",
            "updateAssignment",
            "Teacher",
        ),
    ],
)
def test_whoever_is_sent_something_is_told_after_the_call_that_causes_it(
    text: str, language: str, after: str, told: str
) -> None:
    blueprint = drafted(f"# Notices\n{text}", language)
    carrying = [one.id for one in blueprint.operations if "R2" in one.requirements]
    assert carrying == [after]
    story = next(one for one in blueprint.scenarios if one.steps[0].operation == after)
    assert told in {step.target for step in story.steps if step.source == "System"}
