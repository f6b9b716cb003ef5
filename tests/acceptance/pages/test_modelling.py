"""Stories: the blueprint as an editor: everything in it is made, changed, moved and taken out where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser


def blueprint_of(server: Server, design_id: str) -> dict[str, Any]:
    source = server.call("GET", f"/designs/{design_id}/artifacts/blueprint")[1]["revision"]["source"]
    return dict(json.loads(source))


def editing(person: Visit, design_id: str, button: str = "Edit") -> Page:
    person.open(design_id, "blueprint")
    person.page.get_by_role("button", name=button).click()
    return person.page


def entered(page: Page, label: str, line: str) -> None:
    page.get_by_label(label, exact=True).fill(line)
    page.get_by_label(label, exact=True).press("Enter")


def saved(page: Page, review: str = "Review and save", done: str = "Do these") -> None:
    page.get_by_role("button", name=review).click()
    page.get_by_role("dialog").get_by_role("button", name=done).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_whoever_has_saved_goes_on_from_the_title_of_the_part(
    visit: Callable[..., Visit], new_design: Callable[..., str]
) -> None:
    person = visit()
    page = editing(person, new_design())
    entered(page, "New actor", "Auditor: auditor")
    entered(page, "New entity", "Shelf")
    saved(page)
    expect(page.locator("#panel-title")).to_be_focused()
    person.expect_nothing_bad()


def test_an_actor_a_relation_a_call_and_a_story_with_its_steps_are_made_in_the_editor(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    person = visit()
    page = editing(person, design_id)
    entered(page, "New actor", "Auditor: auditor")
    expect(page.get_by_label("Auditor label")).to_have_value("auditor")
    entered(page, "New entity", "Shelf")
    entered(page, "New relation", "Shelf 1:n Tool: holds")
    expect(page.get_by_label("Shelf-Tool cardinality")).to_have_value("one_to_many")
    expect(page.get_by_label("Tool.shelf_id type")).to_have_value("uuid")
    entered(page, "New operation", "POST /shelves Put up a shelf")
    expect(page.get_by_label("createShelf entity")).to_have_value("Shelf")
    entered(page, "New story", "Count the shelves")
    entered(page, "New step of count-the-shelves", "Auditor -> System: counts")
    entered(page, "New step of count-the-shelves", "System -> Database: looks")
    entered(page, "New step of count-the-shelves", "System --> Auditor: tells")
    third = page.get_by_label("step 3 of count-the-shelves")
    expect(third).to_have_value("tells")
    third.press("Alt+ArrowUp")
    expect(page.get_by_label("step 2 of count-the-shelves")).to_have_value("tells")
    expect(page.get_by_label("step 2 of count-the-shelves")).to_be_focused()
    story = page.locator(".tile", has=page.get_by_label("count-the-shelves title"))
    story.locator(".grip").nth(2).drag_to(story.locator("li").nth(0))
    expect(page.get_by_label("step 1 of count-the-shelves")).to_have_value("looks")
    page.get_by_label("count-the-shelves.3 operation").focus()
    page.get_by_label("count-the-shelves.3 operation").select_option("createShelf")
    page.get_by_role("button", name="Remove count-the-shelves.1", exact=True).click()
    expect(page.get_by_label("step 3 of count-the-shelves")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_label("step 3 of count-the-shelves")).to_be_visible()
    page.keyboard.press("Control+y")
    expect(page.get_by_label("step 3 of count-the-shelves")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("step 2 of count-the-shelves")).to_have_value("tells")
    saved(page)
    after = blueprint_of(server, design_id)
    assert "Auditor" in {one["id"] for one in after["actors"]}
    assert ("Shelf", "Tool", "holds") in {(r["source"], r["target"], r["label"]) for r in after["relations"]}
    (told,) = (one for one in after["scenarios"] if one["id"] == "count-the-shelves")
    assert [(one["message"], one.get("operation")) for one in told["steps"]] == [
        ("counts", None),
        ("tells", "createShelf"),
    ]
    person.expect_nothing_bad()


def test_what_cannot_be_is_said_while_it_is_typed(visit: Callable[..., Visit], new_design: Callable[..., str]) -> None:
    design_id = new_design()
    person = visit(locale="ko-KR")
    page = editing(person, design_id, "편집")
    field = page.get_by_label("Tool 이름", exact=True)
    field.fill("loan item")
    expect(page.get_by_text("엔터티 이름은 LoanItem처럼 씁니다.")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("member")
    expect(page.get_by_text("엔터티 이름은 LoanItem처럼 씁니다.")).to_be_visible()
    field.fill("Member")
    expect(page.get_by_text("Member가 이미 있습니다.")).to_be_visible()
    field.press("Escape")
    expect(field).to_have_value("Tool")
    page.get_by_label("새 관계", exact=True).fill("Tool 1:n Nobody")
    expect(page.get_by_text("Nobody 엔터티가 없습니다.")).to_be_visible()
    page.get_by_label("새 동작", exact=True).fill("make it so")
    expect(page.get_by_text("읽을 수 없습니다.")).to_be_visible()
    expect(page.get_by_text("저장하지 않은 변경 0건")).to_be_visible()
    person.expect_nothing_bad()


def test_two_people_who_edit_at_once_lose_nothing(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    person = visit()
    page = editing(person, design_id)
    entered(page, "New attribute of Tool", "weight")
    label = page.get_by_label("Member label", exact=True).nth(1)
    label.fill("borrower")
    label.press("Enter")
    expect(page.get_by_text("2 changes, not saved")).to_be_visible()
    other = {"do": "change", "what": "entity", "id": "Member", "set": {"label": "neighbour"}}
    rename = {"do": "rename", "what": "entity", "id": "Tool", "to": "Device"}
    assert server.call("POST", f"/designs/{design_id}/changes", {"operations": [other], "apply": True})[0] == 200
    expect(page.get_by_text("saved version 2 meanwhile")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("the entity Member was changed by somebody meanwhile")
    expect(page.get_by_text("One change, not saved")).to_be_visible()
    expect(page.get_by_label("Tool.weight type")).to_be_visible()
    assert server.call("POST", f"/designs/{design_id}/changes", {"operations": [rename], "apply": True})[0] == 200
    expect(page.get_by_role("alert")).to_contain_text("Add the attribute Tool.weight")
    entered(page, "New attribute of Device", "weight")
    saved(page, done="Do")
    after = blueprint_of(server, design_id)
    names = {one["name"]: one for one in after["entities"]}
    assert names["Member"]["label"] == "neighbour"
    assert "weight" in {one["name"] for one in names["Device"]["attributes"]}


def test_the_picture_leads_to_the_editor_and_an_empty_cell_of_the_matrix_to_a_proposal(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    asked = {"do": "add", "what": "requirement", "value": {"id": "R9", "text": "Members review tools with a rating."}}
    assert server.call("POST", f"/designs/{design_id}/changes", {"operations": [asked], "apply": True})[0] == 200
    person = visit()
    person.open(design_id, "erd")
    page = person.page
    page.locator('.er-table[data-name="Tool"]').click()
    page.get_by_role("link", name="Edit tool").click()
    expect(page.get_by_label("Tool name", exact=True)).to_be_focused()
    person.open(design_id, "report")
    page.get_by_role("link", name="Propose what would fulfil R9").first.click()
    page.get_by_role("button", name="See what it means").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Add the entity Review")).to_be_checked()
    dialog.get_by_role("button", name="Do these").click()
    expect(dialog).to_have_count(0)
    calls = blueprint_of(server, design_id)["operations"]
    assert [one["id"] for one in calls if "R9" in one.get("requirements", [])] == ["createReview"]
    person.expect_nothing_bad()
