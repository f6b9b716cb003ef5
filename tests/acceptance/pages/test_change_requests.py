"""Stories: a design gets payments by a model's proposal, two thirds of it, and what was edited by hand is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

WISHES = {"en": "add payments by card with refunds", "ko": "환불이 되는 카드 결제를 넣자"}
KOREAN = {
    "title": "공구 도서관",
    "content": "회원은 공구를 대여한다. 관리자는 공구를 등록한다.",
    "requirements": "",
    "language": "ko",
}


def payments(words: str) -> str:
    """What the model answers: an entity, two calls with it, another entity, and a field of one that is there."""
    return json.dumps(
        {
            "attributes": {"Tool": ["deposit: decimal?"]},
            "add": {
                "requirements": [f"R9 must: {words}"],
                "entities": [
                    {
                        "name": "Payment",
                        "label": "Payment",
                        "attributes": ["id: uuid pk", "loan_id: uuid fk Loan", "amount: decimal"],
                    },
                    {"name": "Warehouse", "label": "Warehouse", "attributes": ["id: uuid pk"]},
                ],
                "operations": [
                    {
                        "id": "payLoan",
                        "call": "POST /payments",
                        "summary": "Pay by card",
                        "entity": "Payment",
                        "request": ["amount"],
                        "requirements": ["R9"],
                    },
                    {
                        "id": "refundPayment",
                        "call": "POST /payments/{payment_id}/refunds",
                        "summary": "Refund a payment",
                        "entity": "Payment",
                        "requirements": ["R9"],
                    },
                ],
            },
        }
    )


@pytest.fixture
def payable(model_says: Callable[..., None], new_design: Callable[..., str]) -> Callable[[str], str]:
    """A design of a model that will propose payments."""

    def make(language: str) -> str:
        shown = "Change this design as the request asks"
        design_id = new_design(
            model="openai:gpt-4o", effort="quick", **(KOREAN if language == "ko" else {"language": "en"})
        )
        model_says({"fault": "answer", "answer": payments(WISHES[language]), "text": shown})
        return design_id

    return make


def source_of(server: Server, design_id: str, kind: str) -> str:
    return str(server.call("GET", f"/designs/{design_id}/artifacts/{kind}")[1]["revision"]["source"])


def edited(server: Server, design_id: str, kind: str, old: str, new: str) -> None:
    source = source_of(server, design_id, kind)
    assert old in source
    status, _ = server.call(
        "PUT", f"/designs/{design_id}/artifacts/{kind}", {"source": source.replace(old, new, 1), "base": 1}
    )
    assert status == 200


def revisions(server: Server, design_id: str) -> dict[tuple[str, str], int]:
    found = server.call("GET", f"/designs/{design_id}")[1]["artifacts"]
    return {(one["kind"], one["part"]): one["revision"]["number"] for one in found}


def of_blueprint(server: Server, design_id: str, listed: str) -> set[str]:
    whole: dict[str, Any] = json.loads(source_of(server, design_id, "blueprint"))
    return {one.get("id") or one["name"] for one in whole[listed]}


def asked_for(page: Page, label: str, words: str, button: str) -> Locator:
    page.get_by_label(label).fill(words)
    page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_two_thirds_of_a_models_proposal_are_taken_and_an_edit_by_hand_is_merged(
    visit: Callable[..., Visit], payable: Callable[[str], str], server: Server
) -> None:
    design_id = payable("en")
    edited(server, design_id, "api", '"version": "1.0.0"', '"version": "7.7.7"')
    before = revisions(server, design_id)
    person = visit()
    person.open(design_id, "blueprint")
    dialog = asked_for(person.page, "What should become different?", WISHES["en"], "See what it means")
    expect(dialog.get_by_label("Add the attribute Tool.deposit (decimal, optional)")).to_be_checked()
    entity = dialog.get_by_label("Add the entity Payment")
    expect(dialog.get_by_label("Add the operation payLoan (POST /payments)")).to_be_checked()
    entity.uncheck()
    expect(dialog.get_by_label("Add the operation payLoan (POST /payments)")).not_to_be_checked()
    expect(dialog.get_by_label("Add the relation Loan – Payment (1:n)")).not_to_be_checked()
    expect(dialog.get_by_text("others go and stay with it")).to_be_visible()
    expect(dialog.locator("#change-api ~ ul li", has_text="/payments")).to_have_count(0)
    dialog.get_by_label("Add the operation payLoan (POST /payments)").check()
    expect(entity).to_be_checked()
    dialog.get_by_label("Add the entity Warehouse").uncheck()
    expect(dialog.get_by_label("Add the operation refundPayment")).not_to_be_checked()
    calls = dialog.locator("#change-api ~ ul li")
    expect(calls.filter(has_text="POST /payments")).to_contain_text("new")
    expect(calls.filter(has_text="refunds")).to_have_count(0)
    told = dialog.locator("#change-artifacts ~ ul li")
    expect(told.filter(has_text="API")).to_contain_text("merged")
    again = told.filter(has_text="made again at once").count() + told.filter(has_text="merged").count()
    dialog.get_by_text("The data model with what comes and goes").click()
    picture = dialog.locator("svg.er")
    expect(picture.locator(".er-table.added")).to_have_attribute("data-name", "Payment")
    expect(picture.get_by_text("＋ deposit")).to_be_visible()
    dialog.get_by_role("button", name="Do these").click()
    expect(dialog).to_have_count(0)
    assert {"Payment"} == of_blueprint(server, design_id, "entities") - {"Tool", "Loan", "Member"}
    assert "payLoan" in of_blueprint(server, design_id, "operations")
    assert "refundPayment" not in of_blueprint(server, design_id, "operations")
    after = revisions(server, design_id)
    made = {place for place, number in after.items() if number != before.get(place)} - {("blueprint", "")}
    assert len(made) == again
    api = json.loads(source_of(server, design_id, "api"))
    assert (api["info"]["version"], "/payments" in api["paths"]) == ("7.7.7", True)
    person.expect_nothing_bad()


def test_a_conflict_with_an_edit_by_hand_is_shown_with_both_sides_and_resolved_in_korean(
    visit: Callable[..., Visit], payable: Callable[[str], str], server: Server
) -> None:
    design_id = payable("ko")
    erd = source_of(server, design_id, "erd")
    status = next(line for line in erd.splitlines() if "enum status" in line)
    edited(server, design_id, "erd", f"{status}\n", f"{status}\n        string colour\n")
    person = visit(locale="ko-KR")
    person.open(design_id, "blueprint")
    page = person.page
    dialog = asked_for(page, "무엇을 바꿀까요?", WISHES["ko"], "미리 보기")
    expect(dialog.get_by_label("엔터티 Payment를 추가")).to_be_checked()
    expect(dialog.get_by_label("속성 Tool.deposit (decimal, 선택)을 추가")).to_be_checked()
    dialog.get_by_label("엔터티 Warehouse를 추가").uncheck()
    place = dialog.get_by_text("직접 고친 곳 1군데: 양쪽 보기")
    place.click()
    expect(dialog.locator('.clash[data-side="yours"]')).to_contain_text("colour")
    expect(dialog.locator('.clash[data-side="theirs"]')).to_contain_text("deposit")
    dialog.get_by_role("button", name="적용").click()
    expect(dialog).to_have_count(0)
    person.open(design_id, "erd")
    page.get_by_role("button", name="충돌 해결").click()
    conflict = page.get_by_role("region", name="직접 고친 내용과 청사진이 서로 맞지 않는 곳이 있습니다")
    expect(conflict.get_by_role("button", name="이대로 저장")).to_be_disabled()
    side = conflict.get_by_label("청사진 내용 사용")
    expect(conflict.locator('.clash[data-side="yours"]')).to_contain_text("colour")
    side.check()
    conflict.get_by_role("button", name="이대로 저장").click()
    expect(conflict).to_have_count(0)
    expect(page.get_by_role("button", name="충돌 해결")).to_have_count(0)
    resolved = source_of(server, design_id, "erd")
    assert ("deposit" in resolved, "colour" in resolved, "Payment" in resolved) == (True, False, True)
    assert server.call("GET", f"/designs/{design_id}/artifacts/erd")[1]["stale"] is None
    person.expect_nothing_bad()


def test_a_model_asks_back_once_and_the_answer_leads_to_a_proposal(
    visit: Callable[..., Visit], payable: Callable[[str], str], model_says: Callable[..., None]
) -> None:
    design_id = payable("en")
    shown = {"fault": "answer", "text": "Change this design as the request asks"}
    question = json.dumps({"question": "By card or in cash?"})
    model_says({**shown, "answer": question, "times": 1}, {**shown, "answer": payments(WISHES["en"])})
    person = visit()
    person.open(design_id, "blueprint")
    page = person.page
    page.get_by_label("What should become different?").fill(WISHES["en"])
    page.get_by_role("button", name="See what it means").click()
    answer = page.get_by_label("The model asks back: By card or in cash?")
    answer.fill("By card.")
    page.locator(".ask-back").get_by_role("button", name="Answer").click()
    expect(page.get_by_role("dialog").get_by_label("Add the entity Payment")).to_be_checked()
    person.expect_nothing_bad()
