"""Stories: something of the page does not arrive the first time, and is not missing for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.visiting import Visit

pytestmark = pytest.mark.browser


def lose(page: Page, address: str, times: int) -> None:
    """Whoever asks for ``address`` gets nothing, so many times."""
    page.route(address, lambda route: route.abort(), times=times)


@pytest.mark.parametrize("address", ["**/frames/diagram/", "**/frames/diagram.js"])
def test_a_story_is_drawn_although_what_draws_it_was_lost_once(
    visit: Callable[..., Visit], finished_design: str, address: str
) -> None:
    person = visit()
    lose(person.page, address, 1)
    person.open(finished_design, "sequence/create-loan")
    person.expect_picture(person.page.locator(".inline-drawing svg").first)


def test_an_api_is_shown_although_what_shows_it_was_lost(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    lose(person.page, "**/apidoc/viewer.js", 4)
    person.open(finished_design, "api")
    expect(person.page.get_by_role("alert")).to_contain_text("could not be loaded")
    expect(person.page.get_by_role("button", name="Reload")).to_be_visible()
    expect(person.page.get_by_text("/tools", exact=True).first).to_be_visible()
    expect(person.page.get_by_role("button", name="Reload")).to_have_count(0)


def test_a_page_that_lost_a_module_is_asked_for_once_more(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    lose(person.page, "**/design/picture.js", 1)
    person.open(finished_design)
    expect(person.page.locator(".board")).to_be_visible()
    person.expect_picture(person.card("ERD").locator("svg.er"))


def test_a_page_that_cannot_be_loaded_says_so(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    page = person.page
    page.route("**/design/picture.js", lambda route: route.abort())
    person.open(finished_design)
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    expect(page.get_by_role("alert")).to_contain_text("불러오지 못했습니다")
    page.unroute("**/design/picture.js")
    page.get_by_role("button", name="Reload").click()
    expect(page.locator(".board")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
