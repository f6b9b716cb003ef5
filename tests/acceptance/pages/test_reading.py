"""Stories: a design is read from its beginning to its end, on a wide window and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.visiting import Visit

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}

#: What can be pressed and is smaller than a finger needs it; a tick is as large as its label.
SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.closest('label') ?? one)
  .filter((one) => { const { width, height } = one.getBoundingClientRect();
    return width > 1 && (width < 24 || height < 24); })
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_a_blueprint_is_read_by_its_contents(
    visit: Callable[..., Visit], finished_design: str, new_design: Callable[..., str]
) -> None:
    person = visit(viewport={"width": 1440, "height": 900})
    person.open(finished_design, "blueprint")
    page = person.page
    contents = page.get_by_role("navigation", name="Contents")
    for name in ("Decisions", "Requirements", "Actors", "Entities", "Operations", "Scenarios"):
        expect(contents.get_by_role("link", name=name)).to_be_visible()
    contents.get_by_role("link", name="Operations").click()
    expect(page.locator("#bp-operations")).to_be_focused()
    expect(page.locator("#bp-operations")).to_be_in_viewport()
    expect(contents.get_by_role("link", name="Scenarios")).to_be_in_viewport()
    assert " steps" in str(page.locator(".scenario").first.text_content())

    phone = visit(viewport=PHONE)
    phone.open(finished_design, "blueprint")
    choice = phone.page.get_by_role("combobox", name="Contents")
    expect(contents.get_by_role("link").first).to_be_visible()
    choice.select_option(value="bp-entity-Tool")
    expect(phone.page.locator("#bp-entity-Tool")).to_be_focused()
    expect(phone.page.locator("#bp-entity-Tool")).to_be_in_viewport()
    path = phone.page.locator(".call .summary").last
    assert (path.bounding_box() or {"width": 0})["width"] > 120, "words stand beside each other"
    for visited in (person, phone):
        visited.expect_nothing_bad()


@pytest.mark.parametrize("part", ["", "idea", "blueprint", "document", "erd", "api", "report"])
def test_a_finger_hits_everything_on_a_phone(visit: Callable[..., Visit], finished_design: str, part: str) -> None:
    person = visit(viewport=PHONE)
    person.open(finished_design, part)
    expect(person.page.locator(".panel, .board, .idea-text").first).to_be_visible()
    if part == "document":
        expect(person.page.locator(".document-picture").first).to_be_visible()
    assert person.page.evaluate(SMALL) == []
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_is_taken_for_granted_says_so_in_every_part(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "blueprint")
    page = person.page
    attributes = page.locator(".attributes .assumed-entry")
    expect(attributes.first).to_be_visible()
    count, calls = attributes.count(), page.locator(".call .badge.assumed").count()
    person.open(finished_design, "erd")
    expect(page.locator(".er-row.assumed")).to_have_count(count)
    expect(page.get_by_text("? assumed", exact=True)).to_be_visible()
    person.open(finished_design, "api")
    expect(page.locator(".api-list .badge.assumed")).to_have_count(calls)
    assert count
    assert calls
    person.expect_nothing_bad()


def test_dates_are_said_to_whoever_asks(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "document")
    page = person.page
    made = page.locator(".head-facts time")
    made.hover()
    expect(made).to_have_attribute("title", re.compile(r"\d{4}"))
    page.locator(".provenance summary").click()
    expect(page.locator(".provenance-body .facts")).to_contain_text(re.compile(r"Made.*\d{4}"))
    person.expect_nothing_bad()


def test_numbers_of_lines_are_not_broken(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit(viewport={"width": 1440, "height": 900})
    person.open(finished_design, "api")
    person.page.get_by_role("button", name="History").click()
    number = person.page.locator(".diff-number", has_text=re.compile(r"^\d{3}$")).first
    expect(number).to_be_attached()
    lines = (
        "cell => { const r = document.createRange(); r.selectNodeContents(cell); return r.getClientRects().length; }"
    )
    assert number.evaluate(lines) == 1
