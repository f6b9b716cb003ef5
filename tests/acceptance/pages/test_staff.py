"""The pages for staff in a real browser: under the same policy as all others, on a phone, in the dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance import processes
from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.test_hostile import violations
from tests.acceptance.pages.visiting import COUNT_VIOLATIONS, PATIENCE_MS, Visit
from tests.acceptance.processes import Server
from tests.flows.people import PASSWORD, add_people, operate, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LISTS = ("Api tokens", "Calls", "Designs", "Steps", "Users")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("staff") / "home"
    add_people(home, "anna", "sam")
    operate(home, "user", "change", "sam", "--staff", DESIGNCHORD_ACCOUNTS="on")
    with processes.serving(home, DESIGNCHORD_ACCOUNTS="on") as server:
        with signed_in(server.url, "anna") as anna:
            anna.make(title="Lighthouse rota")
            anna.make_token()
        yield server


@pytest.fixture(params=[("light", 1280), ("dark", 390)], ids=["light and wide", "dark and narrow"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    scheme, width = request.param
    size = {"width": width, "height": 850}
    with browser.new_context(locale="en-US", color_scheme=scheme, viewport=size) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(COUNT_VIOLATIONS)
        yield context.new_page()


def come_in(page: Page, guarded: Server) -> None:
    page.goto(f"{guarded.url}/admin/")
    page.fill("#username", "sam")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{guarded.url}/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Staff")


def open_list(page: Page, name: str) -> None:
    link = page.get_by_role("navigation", name="Lists").get_by_role("link", name=name)
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    page.wait_for_load_state()


def test_staff_find_their_way_and_delete_a_design(page: Page, guarded: Server) -> None:
    visit, before = Visit(page, guarded), violations(guarded)
    come_in(page, guarded)
    for name in LISTS:
        open_list(page, name)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    with signed_in(guarded.url, "anna") as anna:
        design = anna.make()["id"]
    open_list(page, "Designs")
    page.get_by_role("link", name=design).click()
    page.locator("a.deletelink").click()  # a link or a button, as Django has it
    page.get_by_role("button", name="Yes, I’m sure").click()
    expect(page.locator(".messagelist")).to_contain_text("was deleted successfully")
    expect(page.get_by_role("link", name=design)).to_have_count(0)
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    visit.expect_nothing_bad()
    assert violations(guarded) == before


def test_the_pages_for_staff_are_accessible(page: Page, guarded: Server) -> None:
    come_in(page, guarded)
    assert find_violations(page) == []
    for name in LISTS:
        open_list(page, name)
        assert find_violations(page) == [], name
    open_list(page, "Designs")
    page.locator("#result_list tbody th a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("View design")
    page.wait_for_load_state()
    assert find_violations(page) == []
