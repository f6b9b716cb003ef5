"""The pages can be used by everybody: names, roles, contrast, keyboard, small screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.acceptance.pages.visiting import Visit

pytestmark = pytest.mark.browser

AXE = next(Path(__file__).parents[2].joinpath("vendor").glob("axe-core-*/axe.min.js"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PARTS = ("", "blueprint", "document", "erd", "api", "report")


def find_violations(page: Page, within: str = "html") -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    look = "([within, rules]) => axe.run(within, { runOnly: rules })"
    found = page.evaluate(look, [within, RULES])["violations"]
    return [f"{entry['id']}: {entry['nodes'][0]['html'][:200]}" for entry in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_any_page(
    visit: Callable[..., Visit], finished_design: str, scheme: str, width: int
) -> None:
    person = visit(color_scheme=scheme, viewport={"width": width, "height": 850}, reduced_motion="reduce")
    person.start()
    expect(person.page.locator(".design-row").first).to_be_visible()
    assert find_violations(person.page) == []
    for part in PARTS:
        person.open(finished_design, part)
        expect(person.page.locator(".panel, .board").first).to_be_visible()
        person.page.wait_for_timeout(300)
        assert find_violations(person.page) == [], part
    person.open(finished_design, "document")
    for button in ("History", "Edit", "Regenerate"):
        person.page.locator(".panel-tools").get_by_role("button", name=button).click()
        assert find_violations(person.page) == [], button


@pytest.mark.parametrize("part", PARTS)
def test_no_page_is_wider_than_a_phone(visit: Callable[..., Visit], finished_design: str, part: str) -> None:
    person = visit(viewport={"width": 390, "height": 844})
    person.open(finished_design, part)
    expect(person.page.locator(".panel, .board").first).to_be_visible()
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_parts_are_chosen_from_a_list(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit(viewport={"width": 390, "height": 844})
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        on_its_way.append(route)

    person.page.route("**/js/design/artifact.js", hold)
    person.open(finished_design)
    choice = person.page.get_by_role("combobox", name="Parts")
    choice.select_option(label="ERD")
    expect(person.page.locator(".board")).to_have_count(0)
    for route in on_its_way:
        route.continue_()
    expect(person.page.get_by_role("heading", level=2, name="ERD")).to_be_focused()
    person.page.go_back()
    expect(choice).to_have_value("overview")
    expect(person.page.locator("nav.parts a").first).not_to_be_visible()


def test_everything_is_reached_by_keyboard(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design)
    expect(person.page.locator(".board")).to_be_visible()
    keys = person.page.keyboard
    keys.press("Tab")
    expect(person.page.locator(".skip")).to_be_focused()
    keys.press("Enter")
    expect(person.page.locator("#main")).to_be_focused()

    person.page.get_by_role("button", name="Export").focus()
    keys.press("Enter")
    expect(person.page.locator(".menu-entry").first).to_be_focused()
    keys.press("ArrowDown")
    expect(person.page.locator(".menu-entry").nth(1)).to_be_focused()
    keys.press("Escape")
    expect(person.page.get_by_role("button", name="Export")).to_be_focused()

    person.page.locator("nav.parts").get_by_role("link", name="Document").focus()
    keys.press("Enter")
    expect(person.page.get_by_role("heading", level=2, name="Document")).to_be_focused()


def test_the_language_of_the_page_is_chosen_and_kept(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit(locale="en-US")
    person.open(finished_design, "erd")
    person.page.get_by_role("button", name="한국어").click()
    expect(person.page.locator("html")).to_have_attribute("lang", "ko")
    expect(person.page.get_by_role("button", name="내보내기")).to_be_visible()
    expect(person.page.get_by_role("heading", level=2, name="ERD")).to_be_visible()
    person.start()
    expect(person.page.get_by_role("button", name="설계 만들기")).to_be_visible()


def test_the_theme_is_chosen_and_kept(visit: Callable[..., Visit]) -> None:
    person = visit(color_scheme="light")
    person.start()
    background = "getComputedStyle(document.body).backgroundColor"
    light = person.page.evaluate(background)
    switch = person.page.get_by_role("button", name="Theme")
    switch.click()  # light
    switch.click()  # dark
    assert person.page.evaluate(background) != light
    person.page.reload()
    assert person.page.evaluate(background) != light
