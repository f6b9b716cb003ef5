"""Stories: a source is written in an editor that knows the design's names, and that everybody can use."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.test_changing import source_of
from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

EDIT = re.compile("^(Edit|편집)$")


def begin(person: Visit, design_id: str, part: str) -> Page:
    person.open(design_id, part)
    person.page.locator(".panel-tools").get_by_role("button", name=EDIT).click()
    expect(person.source()).to_be_focused()
    return person.page


def test_a_name_is_proposed_taken_undone_found_replaced_and_saved_by_keys(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    source = source_of(server, design_id, "erd")
    person = visit()
    page = begin(person, design_id, "erd")
    keys = page.keyboard
    keys.press("ControlOrMeta+End")
    keys.type("\nMemb")
    proposed = page.get_by_role("listbox", name="Proposals").get_by_role("option")
    expect(proposed.first).to_have_text("Memberentity · actor")
    proposed.first.click()  # Enter is a new line while a proposal has only just appeared
    expect(page.locator(".cm-line").last).to_have_text("Member")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".cm-line").last).to_have_text("Member")
    while page.get_by_role("button", name="Undo").is_enabled():
        page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()

    keys.press("ControlOrMeta+f")
    page.get_by_role("textbox", name="Find").fill("serial_number")
    page.get_by_role("textbox", name="Replace by").fill("badge_number")
    page.get_by_role("button", name="Replace all").click()
    expect(person.source()).to_contain_text("badge_number")
    keys.press("Escape")
    keys.press("ControlOrMeta+s")

    expect(person.source()).to_have_count(0)
    assert source_of(server, design_id, "erd") == source.replace("serial_number", "badge_number")
    person.expect_nothing_bad()


def test_a_finding_stands_in_the_margin_with_its_words(
    visit: Callable[..., Visit], finished_design: str, server: Server
) -> None:
    person = visit()
    page = begin(person, finished_design, "erd")
    person.write_source("erDiagram\n  Tool {\n    uuid id PK\n  }\n  Member ||--o{ : nothing\n")
    expect(page.locator(".check-state")).to_have_attribute("data-errors", "true")
    page.locator(".cm-lint-marker-error").hover()
    said = page.locator(".cm-tooltip .cm-diagnostic-error")
    expect(said).to_contain_text("one entity only")
    page.mouse.move(0, 0)
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_have_text("  Member ||--o{ : nothing")
    page.get_by_role("button", name="Discard").click()
    person.expect_nothing_bad()


def test_korean_is_composed_as_it_is_typed(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    person = visit(locale="ko-KR")
    page = begin(person, design_id, "document")
    person.write_source("# ")
    method = page.context.new_cdp_session(page)
    for syllable in (("ㅎ", "하", "한"), ("ㄱ", "그", "글")):
        for text in syllable:
            method.send("Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1})
        method.send("Input.insertText", {"text": syllable[-1]})
    expect(person.source()).to_have_text("# 한글")
    page.get_by_role("button", name="저장").click()
    expect(person.source()).to_have_count(0)
    assert source_of(server, design_id, "document") == "# 한글\n"
    person.expect_nothing_bad()


def test_the_keyboard_indents_and_gets_out_again(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    page = begin(person, finished_design, "document")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-line").first).to_have_text(re.compile("^  #"))
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".cm-line").first).to_have_text(re.compile("^#"))
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(person.source()).not_to_be_focused()
    person.expect_nothing_bad()


def test_a_blueprint_is_written_as_json_with_the_names_of_the_design(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    person = visit()
    person.open(design_id, "blueprint")
    person.page.locator(".panel-tools").get_by_role("button", name=EDIT).click()
    person.page.get_by_role("button", name="JSON").click()
    plan = json.loads(source_of(server, design_id, "blueprint"))
    plan["summary"] = "For neighbours."
    person.write_source(json.dumps(plan, indent=2)[:-2])
    expect(person.page.locator(".check-state")).to_have_attribute("data-errors", "true")
    person.page.keyboard.press("ControlOrMeta+End")
    person.page.keyboard.insert_text("\n}")
    expect(person.page.locator(".check-state")).not_to_have_attribute("data-errors", "true")
    person.page.keyboard.press("ControlOrMeta+s")
    person.page.get_by_role("dialog").get_by_role("button", name="Do this one").click()
    expect(person.source()).to_have_count(0)
    assert json.loads(source_of(server, design_id, "blueprint"))["summary"] == "For neighbours."
    person.expect_nothing_bad()


def test_the_editor_is_fetched_when_somebody_edits(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    fetched: list[str] = []
    person.page.on("request", lambda request: fetched.append(request.url))
    person.open(finished_design, "erd")
    person.expect_picture(person.page.locator(".stage-picture svg"))
    assert not [url for url in fetched if "codemirror" in url or "/writing/" in url]
    person.page.get_by_role("button", name="Edit").click()
    expect(person.source()).to_be_focused()
    assert [url for url in fetched if "codemirror" in url]


def test_when_the_editor_cannot_be_fetched_it_is_said(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.page.route("**/codemirror.js", lambda route: route.abort())
    person.open(finished_design, "erd")
    person.page.get_by_role("button", name="Edit").click()
    expect(person.page.get_by_text("The editor could not be fetched. Your text is kept.")).to_be_visible()
    person.page.unroute("**/codemirror.js")
    person.page.get_by_role("button", name="Load the page again").click()
    person.page.get_by_role("button", name="Edit").click()
    expect(person.source()).to_be_focused()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_while_somebody_writes(
    visit: Callable[..., Visit], finished_design: str, scheme: str, width: int
) -> None:
    person = visit(color_scheme=scheme, viewport={"width": width, "height": 850}, reduced_motion="reduce")
    for part in ("erd", "api", "document"):
        page = begin(person, finished_design, part)
        assert find_violations(page) == [], part
        page.keyboard.press("ControlOrMeta+f")
        expect(page.get_by_role("textbox", name="Find")).to_be_visible()
        page.get_by_role("textbox", name="Find").fill("e")
        assert find_violations(page) == [], part
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("Escape")
        page.keyboard.type(" Mem")
        expect(page.get_by_role("listbox", name="Proposals")).to_be_visible()
        assert find_violations(page) == [], part
        page.evaluate("sessionStorage.clear()")
    person.expect_nothing_bad()
