"""Stories: a design is changed by asking and in the blueprint's editor, seen before it happens, and taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser


def blueprint_of(server: Server, design_id: str) -> dict[str, Any]:
    source = server.call("GET", f"/designs/{design_id}/artifacts/blueprint")[1]["revision"]["source"]
    return dict(json.loads(source))


def entities(server: Server, design_id: str) -> set[str]:
    return {one["name"] for one in blueprint_of(server, design_id)["entities"]}


def settled(dialog: Locator, button: str) -> None:
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_have_count(0)


def test_a_design_is_changed_by_asking_and_taken_back(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    before = blueprint_of(server, design_id)
    person = visit()
    person.open(design_id, "blueprint")
    page = person.page
    page.get_by_label("What should become different?").fill("rename Member to Customer")
    page.get_by_role("button", name="See what it means").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Rename the entity Member to Customer")).to_be_visible()
    expect(dialog.get_by_text("breaking").first).to_be_visible()
    assert "Member" in entities(server, design_id)
    settled(dialog, "Do these")
    expect(page.locator(".tile", has_text="Customer").first).to_be_visible()
    assert "Member" not in entities(server, design_id)
    page.locator(".changes-made > summary").click()
    page.locator(".changes-made").get_by_role("button", name="Undo").first.click()
    expect(page.locator(".tile", has_text="Customer")).to_have_count(0)
    assert blueprint_of(server, design_id) == before
    page.get_by_label("What should become different?").fill("make it nicer")
    page.get_by_role("button", name="See what it means").click()
    expect(page.get_by_role("alert")).to_contain_text("no plain request")
    assert blueprint_of(server, design_id) == before


def test_an_attribute_is_added_and_an_operation_removed_in_the_editor(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    before = blueprint_of(server, design_id)
    person = visit()
    person.open(design_id, "blueprint")
    page = person.page
    page.get_by_role("button", name="Edit").click()
    field = page.get_by_label("New attribute of Tool")
    field.fill("weight")
    field.press("Enter")
    expect(page.get_by_text("One change, not saved")).to_be_visible()
    expect(page.get_by_label("Tool.weight type")).to_have_value("string")
    call = next(one["id"] for one in before["operations"] if one["method"] == "POST")
    page.get_by_role("button", name=f"Remove {call}", exact=True).click()
    expect(page.get_by_text("2 changes, not saved")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("One change, not saved")).to_be_visible()
    page.get_by_role("button", name="Redo").click()
    expect(page.get_by_text("2 changes, not saved")).to_be_visible()
    page.get_by_role("button", name="Review and save").click()
    settled(page.get_by_role("dialog"), "Do these")
    after = blueprint_of(server, design_id)
    (tool,) = (one for one in after["entities"] if one["name"] == "Tool")
    assert "weight" in {one["name"] for one in tool["attributes"]}
    assert call not in {one["id"] for one in after["operations"]}
    assert call not in json.dumps(after["scenarios"])
    person.expect_nothing_bad()


def test_a_requirement_is_replaced_and_the_old_one_stays_to_be_seen_in_korean(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design(
        title="공구 도서관", content="회원은 공구를 대여한다. 관리자는 공구를 등록한다.", requirements="", language="ko"
    )
    person = visit(locale="ko-KR")
    person.open(design_id, "blueprint")
    page = person.page
    page.get_by_label("무엇을 바꿀까요?").fill("공구에 평점을 추가해 줘")
    page.get_by_role("button", name="미리 보기").click()
    expect(page.get_by_role("dialog").get_by_text("속성 Tool.rating (")).to_be_visible()
    settled(page.get_by_role("dialog"), "적용")
    page.get_by_role("button", name="편집").click()
    field = page.get_by_label("R1 글")
    field.fill("회원은 공구를 예약하고 대여한다.")
    field.press("Enter")
    expect(page.get_by_text("저장하지 않은 변경 1건")).to_be_visible()
    page.get_by_role("button", name="확인하고 저장").click()
    settled(page.get_by_role("dialog"), "적용")
    former = blueprint_of(server, design_id)["former"]
    assert [(one["id"], one["text"]) for one in former] == [("R1", "회원은 공구를 대여한다.")]
    person.open(design_id, "report")
    expect(page.locator("del", has_text="회원은 공구를 대여한다.")).to_be_visible()
    person.expect_nothing_bad()


def test_a_text_of_the_blueprint_and_an_earlier_version_are_seen_before_they_count(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    before = blueprint_of(server, design_id)
    person = visit()
    person.open(design_id, "blueprint")
    page = person.page
    dialog = page.get_by_role("dialog")

    actors = [{**before["actors"][0], "label": "neighbour"}, *before["actors"][1:]]
    written = {"actors": actors, "summary": "Tools for the whole street."}

    def type_in() -> None:
        page.get_by_role("button", name="Edit").click()
        page.get_by_role("button", name="JSON").click()
        text = json.dumps({**blueprint_of(server, design_id), **written}, indent=4)
        person.write_source(text)
        page.get_by_role("button", name="Save", exact=True).click()

    type_in()
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    expect(dialog.locator("#change-artifacts")).to_be_visible()
    assert blueprint_of(server, design_id) == before
    dialog.get_by_role("checkbox").first.uncheck()
    settled(dialog, "Do this one")
    now = blueprint_of(server, design_id)
    assert [now[name] == written[name] for name in written].count(True) == 1

    type_in()
    settled(dialog, "Do this one")
    source = server.call("GET", f"/designs/{design_id}/artifacts/blueprint")[1]["revision"]["source"]
    assert '\n    "summary": "Tools for the whole street."' in source, (
        "what is taken as a whole stays as it was written"
    )

    page.get_by_role("button", name="History").click()
    page.get_by_role("button", name=re.compile("Version 1")).click()
    restore = page.get_by_role("button", name="Restore version 1")
    restore.click()
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    assert blueprint_of(server, design_id) == {**before, **written}
    restore.click()
    settled(dialog, "Do these")
    assert blueprint_of(server, design_id) == before
    expect(page.locator(".provenance [data-origin]").first).to_have_attribute("data-origin", "restored")
    person.expect_nothing_bad()
