"""Stories: a model takes its time to read what somebody asks for; nobody is held up, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

SHOWN = {"text": "Change this design as the request asks"}
WISH = "Let friends look after it while somebody is away"


def answers(change: dict[str, Any], **rule: Any) -> dict[str, Any]:
    return {"fault": "answer", "answer": json.dumps(change), **SHOWN, **rule}


RATING = {"attributes": {"Tool": ["rating: integer? | Rating"]}}


def ask(
    page: Page, words: str, field: str = "What should become different?", button: str = "See what it means"
) -> None:
    page.get_by_label(field).fill(words)
    page.locator(".ask-change").get_by_role("button", name=button).click()


def test_a_request_is_stopped_asked_again_found_after_a_reload_and_applied(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server, model_says: Callable[..., None]
) -> None:
    design_id = new_design(model="openai:gpt-4o", effort="quick")
    person = visit()
    person.open(design_id, "blueprint")
    page = person.page
    model_says({"fault": "hang_midway", **SHOWN, "times": 1}, answers(RATING))
    ask(page, WISH)
    reading = page.locator(".notice.request")
    expect(reading).to_contain_text(f"The model reads “{WISH}”: writing")
    expect(reading).to_contain_text("tokens")
    page.reload()
    expect(reading).to_contain_text(f"The model reads “{WISH}”")
    reading.get_by_role("button", name="Cancel").click()
    expect(reading).to_have_count(0)

    ask(page, WISH)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Tool.rating").first).to_be_visible()
    page.reload()
    expect(reading).to_contain_text(f"“{WISH}” has been read")
    reading.get_by_role("button", name="See what it means").click()
    dialog.get_by_role("button", name="Do th").click()
    expect(dialog).to_have_count(0)
    expect(reading).to_have_count(0)
    source = server.call("GET", f"/designs/{design_id}/artifacts/blueprint")[1]["revision"]["source"]
    (tool,) = (one for one in json.loads(source)["entities"] if one["name"] == "Tool")
    assert "rating" in {one["name"] for one in tool["attributes"]}
    person.expect_nothing_bad()


def test_a_question_is_answered_and_what_is_not_understood_is_said_in_korean(
    visit: Callable[..., Visit], new_design: Callable[..., str], model_says: Callable[..., None]
) -> None:
    design_id = new_design(model="openai:gpt-4o", effort="quick")
    person = visit(locale="ko-KR")
    person.open(design_id, "blueprint")
    page = person.page
    model_says(answers({"question": "Who rates it?"}, times=1), answers(RATING, times=1), answers({}))
    ask(page, WISH, "무엇을 바꿀까요?", "미리 보기")
    page.get_by_label("Who rates it?").fill("Members.")
    page.get_by_role("button", name="대답하기").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Tool.rating").first).to_be_visible()
    dialog.get_by_role("button", name="닫기").click()
    page.locator(".notice.request").get_by_role("button", name="닫기").click()
    expect(page.locator(".notice.request")).to_have_count(0)
    ask(page, f"{WISH}, please", "무엇을 바꿀까요?", "미리 보기")
    expect(page.locator(".notice.request")).to_contain_text("요청을 이해하지 못했습니다")
    person.expect_nothing_bad()
