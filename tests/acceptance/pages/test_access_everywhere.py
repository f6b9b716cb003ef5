"""Everybody can use what opens on the pages, too: menus, dialogs, editors, pictures, and what is said of failures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.visiting import BRIEF, Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

LOOKS = [pytest.param("light", 1280, id="wide and light"), pytest.param("dark", 390, id="narrow and dark")]

#: The words of a picture that do not stand out from what is behind them; no tool looks there. The numbers of
#: steps stand on what cannot be pointed at; ``test_diagrams`` knows it.
FAINT = """() => {
  const value = (css) => (css.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const isFilled = (css) => css !== "none" && value(css).length >= 3 && (value(css)[3] ?? 1) > 0;
  const drawing = document.querySelector(".inline-drawing")?.shadowRoot;
  const root = drawing ?? document;
  const stage = getComputedStyle(document.querySelector(".diagram")).backgroundColor;
  return [...root.querySelectorAll("svg text:not(.sequenceNumber)")].flatMap((text) => {
    const box = text.getBoundingClientRect();
    if (!box.width || !text.textContent.trim()) return [];
    const behind = root.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
      .find((one) => /^(rect|path|polygon|circle)$/.test(one.localName) && isFilled(getComputedStyle(one).fill)
        && one.getBoundingClientRect().height >= box.height / 2);
    const words = text.querySelector("tspan") ?? text;
    const fills = [getComputedStyle(words).fill, behind ? getComputedStyle(behind).fill : stage];
    const lights = fills.map(value).map(light);
    const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    return ratio < 4.5 ? [`${text.textContent}: ${ratio.toFixed(2)}`] : [];
  });
}"""


def look(visit: Callable[..., Visit], scheme: str, width: int) -> Visit:
    return visit(color_scheme=scheme, viewport={"width": width, "height": 850}, reduced_motion="reduce")


def expect_open_and_clean(page: Page, shown: str, within: str = "html") -> None:
    expect(page.locator(shown).first).to_be_visible()
    assert find_violations(page, within) == [], shown


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_what_opens_on_the_pages_is_for_everybody(
    visit: Callable[..., Visit], finished_design: str, scheme: str, width: int
) -> None:
    person = look(visit, scheme, width)
    page = person.page
    person.start()
    page.get_by_role("button", name="Connect a model").first.click()
    expect_open_and_clean(page, "dialog[open]")
    page.keyboard.press("Escape")
    page.locator("#content").fill("Neighbours lend tools.")
    page.get_by_role("button", name="Make the design").click()
    expect_open_and_clean(page, ".questions")
    person.open(finished_design, "idea")
    expect_open_and_clean(page, ".idea-text")
    page.get_by_role("button", name="Export").click()
    expect_open_and_clean(page, ".menu-list", ".menu-list")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share").click()
    expect_open_and_clean(page, ".popover", ".popover")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("tool")
    expect_open_and_clean(page, ".thread-part")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    person.open(finished_design, "api@createLoan")
    expect_open_and_clean(page, ".api-body table")
    page.get_by_role("button", name="Try it").last.click()
    expect_open_and_clean(page, ".trial-form")
    person.open(finished_design, "blueprint")
    page.locator(".panel-tools").get_by_role("button", name="Edit").click()
    expect_open_and_clean(page, ".model-entity")
    page.goto(f"{person.server.url}/nothing")
    expect_open_and_clean(page, "h1")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_pictures_have_contrast_and_say_the_same_as_text(
    visit: Callable[..., Visit], finished_design: str, scheme: str, width: int
) -> None:
    person = look(visit, scheme, width)
    page = person.page
    person.open(finished_design, "erd")
    page.get_by_role("button", name="Picture").click()
    expect(page.locator(".er-table").first).to_be_visible()
    assert page.evaluate(FAINT) == []
    page.get_by_role("button", name="List", exact=True).click()
    expect_open_and_clean(page, ".entity-list")
    part = next(
        item for item in person.server.call("GET", f"/designs/{finished_design}")[1]["artifacts"] if item["part"]
    )
    person.open(finished_design, f"sequence/{part['part']}")
    page.get_by_role("button", name="Picture").click()
    expect_open_and_clean(page, ".stage-picture svg")
    assert page.evaluate(FAINT) == []
    page.get_by_role("button", name="Steps").click()
    expect_open_and_clean(page, ".step-list")


def test_what_failed_is_told_to_everybody(
    visit: Callable[..., Visit], server: Server, model_says: Callable[..., None]
) -> None:
    model_says({"fault": "401", "kind": "erd"}, {"fault": "nonsense", "kind": "document"})
    design_id = server.submit(**BRIEF)
    server.wait_until_ended(design_id)
    for scheme, width in (("light", 390), ("dark", 1280)):
        person = look(visit, scheme, width)
        person.open(design_id)
        expect_open_and_clean(person.page, ".design-head .notice.error li")
        person.open(design_id, "erd")
        expect_open_and_clean(person.page, ".panel .notice.error")
