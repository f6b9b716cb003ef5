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


def test_a_failure_of_who_only_looks_belongs_to_the_looking_and_what_the_case_ends_with_is_not_its_call() -> None:
    text = (
        "## 주문 생성\n\n### 기본 흐름\n- 회원이 상품을 주문한다.\n- 시스템은 주문 상태를 변경한다.\n\n"
        "### 예외 흐름\n- 쿠폰이 없는 경우 404 Not Found\n\n"
        "## 주문 목록 조회\n\n### 기본 흐름\n- 회원이 주문 목록을 조회한다.\n\n"
        "### 예외 흐름\n- 로그인하지 않은 상태로 요청하는 경우 오류를 반환한다 401 Unauthorized\n"
    )
    made = drafted(text)
    ids = {one.text: one.id for one in made.requirements}
    assert ids["쿠폰이 없는 경우 404 Not Found"] in calls(made)["POST", "/orders"]
    looking = next(identifier for words, identifier in ids.items() if words.startswith("로그인하지 않은"))
    assert looking in calls(made)["GET", "/orders"]
    assert looking not in calls(made)["POST", "/orders"]


def test_an_order_of_a_product_is_an_order_and_what_goes_into_a_cart_is_not_made() -> None:
    made = calls(
        drafted("회원은 상품에 대해 주문을 요청한다.\n\n회원은 상품을 장바구니에 담는다.\n\n회원은 상품을 조회한다.")
    )
    assert ("POST", "/orders") in made
    assert ("POST", "/orders/{order_id}/order-items") not in made
    assert ("POST", "/products") not in made


def test_conditions_that_no_operation_keeps_are_one_question() -> None:
    text = (
        "- 회원은 상품 목록을 조회한다.\n- 페이지 크기는 20, 50으로 제한하여 상품을 조회한다.\n"
        "- 조회한 상품이 없으면 빈 상품 목록을 반환한다."
    )
    asked = drafted(text).questions
    assert sum("지키나요" in one for one in asked) <= 1
    assert all(len(one) < 200 for one in asked)


def test_a_rule_about_what_no_call_does_hangs_on_no_other() -> None:
    text = (
        "## 주문\n- 회원은 상품을 주문한다.\n- 회원은 결제를 조회한다.\n\n"
        "## 결제\n- 취소된 주문에 대한 결제 시도 시 오류가 발생한다.\n"
    )
    made = drafted(text)
    rule = next(one.id for one in made.requirements if "오류" in one.text)
    assert rule not in calls(made).get(("POST", "/orders"), ())


def test_who_stands_before_a_colon_does_it_and_routes_say_what_the_author_calls_things() -> None:
    text = (
        "## 역할\n- 사서: 악보를 관리한다\n- 단원: 악보를 구매한다\n\n## API\n| 메서드 | 경로 | 설명 |\n|---|---|---|\n"
        "| GET | /scores | 악보 목록 |\n| POST | /purchases | 악보 구매 |\n"
    )
    made = drafted(text)
    assert "Librarian" in {actor.id for actor in made.actors}
    assert {"단원"} & {actor.label for actor in made.actors}
    assert {"Score": "악보"}.items() <= {entity.name: entity.label for entity in made.entities}.items()
    assert "SheetMusic" not in {entity.name for entity in made.entities}
