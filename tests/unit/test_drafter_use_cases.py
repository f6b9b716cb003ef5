"""Use cases told step by step: who asks to see makes nothing, and a condition belongs to the call of its section."""

from __future__ import annotations

import pytest

from designchord.blueprint.model import Blueprint, Brief
from designchord.drafter import draft


def drafted(text: str) -> Blueprint:
    return draft(Brief("상점", text, "", "ko"))


def calls(made: Blueprint) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(one.method, one.path): one.requirements for one in made.operations if not one.assumed}


@pytest.mark.parametrize(
    "sentence",
    [
        "사용자가 상품 목록을 요청한다.",
        "사용자가 상품 조회를 요청한다.",
        "사용자가 조건에 따른 상품 목록 조회를 요청한다.",
        "사용자가 상품 정보를 요청한다.",
    ],
)
def test_who_asks_to_see_is_shown_and_makes_nothing(sentence: str) -> None:
    made = calls(drafted(f"{sentence}\n\n관리자가 상품을 수정한다."))
    assert ("POST", "/products") not in made
    assert any(method == "GET" for method, _ in made)


def test_who_asks_for_what_is_done_does_it() -> None:
    made = calls(drafted("회원이 주문 취소를 요청한다.\n\n회원이 반품을 요청한다.\n\n회원이 상품을 주문한다."))
    assert ("POST", "/orders/{order_id}/cancel") in made
    assert ("POST", "/returns") in made


def test_what_is_chosen_first_is_not_made() -> None:
    made = calls(drafted("회원이 상품을 선택하여 주문을 요청한다.\n\n회원은 상품을 조회한다."))
    assert ("POST", "/orders") in made
    assert ("POST", "/products") not in made


def test_a_number_of_things_is_none_of_them() -> None:
    made = calls(drafted("회원은 한 페이지에 보여줄 상품 수를 지정할 수 있다.\n\n회원은 상품을 조회한다."))
    assert not any(path.endswith("/assign") for _, path in made)


@pytest.mark.parametrize("heading", ["예외 흐름", "실패 케이스"])
def test_conditions_of_a_use_case_belong_to_its_call(heading: str) -> None:
    text = (
        f"## 주문 생성\n\n### 기본 흐름\n- 회원이 상품을 주문한다.\n\n### {heading}\n"
        "- 존재하지 않는 상품\n- 판매 중지된 상품\n\n"
        "## 상품 등록\n\n### 기본 흐름\n- 관리자가 상품을 등록한다.\n"
    )
    made = drafted(text)
    conditions = {one.id for one in made.requirements if one.text.endswith(" 상품")}
    assert conditions
    assert conditions <= set(calls(made)["POST", "/orders"])
    assert not conditions & set(calls(made)["POST", "/products"])
