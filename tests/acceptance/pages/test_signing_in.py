"""Signing in, working and leaving in a real browser; the door opens without JavaScript and with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance import processes
from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.visiting import BRIEF, COUNT_VIOLATIONS, PATIENCE_MS, Visit
from tests.acceptance.processes import Server
from tests.flows.people import PASSWORD, add_people

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("guarded") / "home"
    add_people(home, "anna")
    with processes.serving(home, DESIGNCHORD_ACCOUNTS="on") as server:
        yield server


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with browser.new_context(locale="ko-KR", java_script_enabled=getattr(request, "param", True)) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(COUNT_VIOLATIONS)
        yield context.new_page()


def sign_in_by_keyboard(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/")
    expect(page).to_have_url(re.compile(r"/sign-in/"))
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")


def test_whoever_signs_in_makes_a_design_and_leaves(page: Page, guarded: Server) -> None:
    visit = Visit(page, guarded)
    sign_in_by_keyboard(page, guarded)
    visit.submit(BRIEF["title"], BRIEF["content"], BRIEF["requirements"], "설계 만들기")
    visit.expect_state("done")
    design = page.url
    page.get_by_role("link", name="계정: anna").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("계정")
    page.get_by_label("용도").fill("빌드")
    page.get_by_role("button", name="토큰 만들기").click()
    expect(page.locator(".account-told code")).to_have_text(re.compile("^dc_"))
    page.get_by_role("button", name="로그아웃", exact=True).click()
    page.goto(design)
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=/designs/"))
    visit.expect_nothing_bad()


def test_whoever_was_signed_out_meanwhile_is_told_why_and_finds_the_text_again(page: Page, guarded: Server) -> None:
    sign_in_by_keyboard(page, guarded)
    expect(page.locator("#content")).to_be_visible()
    expect(page.locator(".designs")).to_be_visible()
    page.context.clear_cookies()
    page.locator("#content").fill("이웃끼리 공구를 빌려 쓴다.")
    page.get_by_role("button", name="설계 만들기").click()
    expect(page).to_have_url(re.compile("/sign-in/.*ended=1"))
    expect(page.get_by_text("그사이 로그아웃되었습니다. 적던 글은 그대로 있습니다.")).to_be_visible()
    page.locator("#username").fill("anna")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{guarded.url}/")
    expect(page.locator("#content")).to_have_value("이웃끼리 공구를 빌려 쓴다.")


@pytest.mark.parametrize("page", [False], indirect=True)
def test_the_door_opens_without_javascript(page: Page, guarded: Server) -> None:
    sign_in_by_keyboard(page, guarded)
    page.goto(f"{guarded.url}/account/?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_plain_pages_are_accessible(page: Page, guarded: Server, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto(f"{guarded.url}/sign-in/")
    assert find_violations(page) == []
    sign_in_by_keyboard(page, guarded)
    page.goto(f"{guarded.url}/account/")
    assert find_violations(page) == []
