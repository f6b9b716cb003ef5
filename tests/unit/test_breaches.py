"""A refusal's condition is the breach of a rule, in the rule's own words."""

from __future__ import annotations

import pytest

from designchord.blueprint import answering
from designchord.blueprint.breaches import breach_of, is_rule
from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.plausibility import find_oddities
from designchord.drafter import draft
from designchord.drafter.refusals import condition_of

RULES = {
    "Members cannot borrow more than 3 tools.": "Members try to borrow more than 3 tools",
    "Members with overdue loans cannot reserve another tool": "Members with overdue loans try to reserve another tool",
    "An item cannot be reserved twice": "An item is to be reserved twice",
    "The system must refuse overlapping reservations": "overlapping reservations",
    "Overlapping reservations are refused": "Overlapping reservations",
    "An item must be returned within 14 days": "An item is not returned within 14 days",
    "Only the owner can delete a post": "somebody other than the owner tries to delete a post",
    "A member can reserve a tool for up to seven days": "more than seven days",
    "A gardener can offer at most 20 plants at a time": "more than 20 plants at a time",
    "A member borrows at most five tools for two weeks": "more than five tools for two weeks",
    "An order must have at least 1 item": "fewer than 1 item",
    "같은 시간에 두 예약을 할 수 없다.": "같은 시간에 두 예약을 하려는 경우",
    "같은 시간에 두 예약이 있을 수 없다": "같은 시간에 두 예약이 있는 경우",
    "연체된 회원은 책을 빌릴 수 없습니다": "연체된 회원이 책을 빌리려는 경우",
    "마감된 수업은 신청할 수 없음": "마감된 수업을 신청하려는 경우",
    "14일 이내에 반납해야 한다": "14일 이내에 반납하지 않은 경우",
    "본인이 작성한 글이어야 한다": "본인이 작성한 글이 아닌 경우",
    "한 번에 책을 최대 3권까지 빌릴 수 있다": "3권을 넘는 경우",
}

BREACHES = [
    "not enough stock",
    "the locker is blocked",
    "email already used",
    "이미 대여 중",
    "정원이 초과된 경우",
    "재고가 부족하면",
]


@pytest.mark.parametrize(("rule", "breach"), RULES.items())
def test_a_rule_is_turned_into_its_breach(rule: str, breach: str) -> None:
    assert breach_of(rule) == breach
    assert is_rule(rule)


@pytest.mark.parametrize("breach", [*BREACHES, *RULES.values()])
def test_a_breach_stays_as_it_is(breach: str) -> None:
    assert not is_rule(breach)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("A bid is refused unless it is higher than the current price.", "unless it is higher than the current price"),
        ("An item can be reserved for a period; overlapping reservations are refused.", "overlapping reservations"),
        ("수강생은 수업을 신청한다. 정원이 차면 신청은 거절된다.", "정원이 차면"),
    ],
)
def test_the_drafter_refuses_for_the_breach(text: str, condition: str) -> None:
    assert condition_of(text) == condition


def test_no_refusal_of_a_draft_is_a_rule() -> None:
    brief = Brief(
        "Tools", "Members borrow tools.", "- A tool cannot be reserved twice.\n- Members reserve a tool.", "en"
    )
    made = draft(brief)
    assert [reason for one in made.operations for _, reason in one.errors]
    assert not [one for one in find_oddities(made) if one.code == "blueprint.rule_for_breach"]


def test_a_model_is_told_of_a_refusal_that_gives_the_rule() -> None:
    made = draft(Brief("Tools", "Members reserve tools.", "- Members reserve a tool.", "en"))
    first = made.operations[0].model_copy(update={"errors": ((409, "A tool cannot be reserved twice."),)})
    changed: Blueprint = made.model_copy(update={"operations": (first, *made.operations[1:])})
    assert answering.check(answering.dump(changed))[0] is not None
    told = [one for one in find_oddities(changed) if one.code == "blueprint.rule_for_breach"]
    assert [one.hint for one in told] == ["Say the breach, such as “A tool is to be reserved twice”."]
