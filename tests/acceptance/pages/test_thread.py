"""One thread through a design: renamed, searched, followed and come back from; deleted and found again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser


def test_a_word_is_followed_through_every_part_and_back(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design)
    page = person.page
    expect(page.locator(".board")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("tool")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("entity Tool")).click()
    for part in ("Blueprint", "Document", "ERD", "API"):
        expect(dialog.get_by_role("link", name=part, exact=True)).to_be_visible()
    assert find_violations(page) == []
    dialog.locator("section", has=page.get_by_role("link", name="ERD", exact=True)).locator("li a").first.click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".mark[data-severity=here]")).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".brief")).to_be_visible()

    page.locator("nav.parts").get_by_role("link", name="Blueprint").click()
    expect(page.get_by_role("heading", name="Blueprint", level=2)).to_be_focused()
    expect(page.get_by_text("Why?").first).to_be_visible()
    page.get_by_role("button", name="Every place of R1").first.click()
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_have_value("R1")
    person.expect_nothing_bad()


def test_a_design_is_renamed_in_place_duplicated_and_found_after_it_was_deleted(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design(title="Draft one")
    person = visit()
    person.open(design_id)
    page = person.page
    page.get_by_role("button", name="Change the title").click()
    page.get_by_role("textbox", name="Title").fill("Street tools")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Street tools")
    page.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Street tools (copy)")
    person.expect_state("done")

    copy = page.url.rstrip("/").rpartition("/")[2]
    server.call("DELETE", f"/designs/{copy}")
    person.start()
    page.get_by_text("Deleted designs").click()
    page.get_by_role("button", name="Take back “Street tools (copy)”").click()
    expect(page.get_by_role("link", name="Street tools (copy)")).to_be_visible()
    person.expect_nothing_bad()
