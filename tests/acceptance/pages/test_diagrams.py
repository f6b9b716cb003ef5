"""Diagrams are read: by mouse, by keyboard, by search, on a phone, however large they are."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.large import blueprint
from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1440, "height": 900}
#: The smallest letters of the picture on the screen, and whether all of it stands on the stage.
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".er text")].map(
  (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""
ALL_IN_SIGHT = """() => { const stage = document.querySelector(".stage").getBoundingClientRect();
  return [...document.querySelectorAll(".er-table")].every((table) => { const box = table.getBoundingClientRect();
    return box.left >= stage.left && box.right <= stage.right && box.top >= stage.top && box.bottom <= stage.bottom;
  }); }"""
#: The contrast of the numbers of steps with what they stand on.
NUMBERS_CONTRAST = """() => { const root = document.querySelector(".inline-drawing").shadowRoot;
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const of = (selector) => light(getComputedStyle(root.querySelector(selector)).fill);
  const [a, b] = [of(".sequenceNumber"), of('marker[id$="sequencenumber"] circle')].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05); }"""


@pytest.fixture(scope="module")
def hospital(server: Server) -> Callable[[int], str]:
    """A finished design of so many entities, made once."""
    made: dict[int, str] = {}

    def of(entities: int) -> str:
        if entities not in made:
            idea = {"title": "Hospital", "content": "Staff keep the records of patients", "language": "en"}
            made[entities] = server.submit(**idea, model="offline", blueprint=blueprint(entities))
            server.wait_until_ended(made[entities])
        return made[entities]

    return of


def scale(page: Page) -> int:
    return int(page.locator(".zoom-level").inner_text().rstrip("%"))


@pytest.mark.parametrize("entities", [30, 60])
def test_a_large_model_is_readable_as_soon_as_it_is_opened(
    visit: Callable[..., Visit], hospital: Callable[[int], str], entities: int
) -> None:
    person = visit(viewport=LAPTOP)
    person.open(hospital(entities), "erd")
    expect(person.page.locator(".er-table")).to_have_count(entities)
    assert person.page.evaluate(SMALLEST) >= 9
    assert person.page.evaluate(ALL_IN_SIGHT)

    section = person.page.get_by_label("Section")
    for option in section.locator("option").all()[1:]:
        section.select_option(label=option.inner_text())
        person.page.wait_for_timeout(100)
        assert person.page.evaluate(SMALLEST) >= 9, option.inner_text()
    person.expect_nothing_bad()


def test_an_entity_is_found_looked_at_with_its_neighbours_and_left_again(
    visit: Callable[..., Visit], hospital: Callable[[int], str]
) -> None:
    person = visit(viewport=LAPTOP)
    person.open(hospital(30), "erd")
    page, stage = person.page, person.page.locator(".stage")
    table = page.locator(".er-table[data-name=Prescription]")
    expect(table).to_be_visible()

    # The wheel zooms around the pointer: what is under it stays there.
    before = table.bounding_box()
    assert before
    at = (before["x"] + 4, before["y"] + 4)
    page.mouse.move(*at)
    for _ in range(5):
        page.mouse.wheel(0, -120)
    expect(page.locator(".zoom-level")).not_to_have_text("100%")
    after = table.bounding_box()
    assert after
    assert abs(after["x"] - before["x"]) < 12
    assert after["width"] > before["width"] * 1.5
    expect(page.locator(".minimap")).to_be_visible()

    # Nobody loses the picture, however far it is pushed.
    for _ in range(12):
        stage.focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
    assert page.locator(".er").evaluate("er => er.getBoundingClientRect().right") > (stage.bounding_box() or {})["x"]
    page.keyboard.press("0")
    assert page.evaluate(ALL_IN_SIGHT)

    # Search leads to it; beside it stand its columns and relations, and the rest steps back.
    page.get_by_role("searchbox").fill("drugb")
    page.get_by_role("searchbox").press("Enter")
    details = page.get_by_role("complementary", name="DrugBatch")
    expect(details).to_contain_text("drugbatch_id")
    expect(page.locator(".er-table[data-name=DrugBatch]")).to_have_class(re.compile("focused"))
    expect(page.locator(".er-table[data-name=Patient]")).to_have_class(re.compile("dim"))
    details.get_by_role("button", name="Prescription").click()
    expect(table).to_have_class(re.compile("focused"))
    stage.focus()
    page.keyboard.press("Escape")
    expect(page.locator(".er-details")).to_have_count(0)

    page.get_by_role("button", name="All columns").click()
    expect(page.locator(".er-column").filter(has_text="remarks").first).to_be_visible()
    person.expect_nothing_bad()


def test_on_a_phone_the_entities_are_a_list_and_their_picture_is_there_too(
    visit: Callable[..., Visit], hospital: Callable[[int], str]
) -> None:
    person = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    person.open(hospital(30), "erd")
    page = person.page
    page.locator(".entity-list summary", has_text="Encounter").click()
    page.get_by_role("button", name="Diagnosis").click()
    expect(page.locator("#entity-Diagnosis summary")).to_be_focused()
    page.get_by_role("button", name="Picture").click()
    expect(page.locator(".er-table")).to_have_count(30)
    assert page.evaluate(ALL_IN_SIGHT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_long_story_keeps_its_lanes_and_their_names_to_the_end(
    visit: Callable[..., Visit], hospital: Callable[[int], str], scheme: str
) -> None:
    person = visit(viewport=LAPTOP, color_scheme=scheme)
    person.open(hospital(30), "sequence/long-day")
    page = person.page
    expect(page.locator(".stage-picture svg")).to_be_visible()
    assert page.evaluate(NUMBERS_CONTRAST) >= 4.5
    page.locator(".stage").focus()
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".lane-heads")).to_contain_text("Staff")
    ends = page.locator('[data-et="life-line"]').evaluate_all(
        "lines => lines.map(line => Number(line.getAttribute('y2')))"
    )
    assert min(ends) > 2400
    page.locator("text.messageText", has_text="Done 22").dblclick()
    selected = "document.querySelector('.inline-drawing').shadowRoot.getSelection().toString()"
    assert page.evaluate(selected).strip() in {"Done", "22"}

    search = page.get_by_role("searchbox", name="Find a step")
    search.fill("done 2")
    expect(page.get_by_text("4 steps found")).to_be_visible()
    expect(page.locator(".found-messages span")).to_have_count(4)
    search.press("Enter")
    expect(page.locator(".found-messages [data-here=true]")).to_be_in_viewport()
    expect(page.get_by_text("· 1/4")).to_be_visible()
    search.press("Enter")
    expect(page.get_by_text("· 2/4")).to_be_visible()
    expect(page.get_by_role("img", name="A long day: 44 steps")).to_be_visible()

    page.get_by_role("button", name="Steps").click()
    expect(page.get_by_role("list", name="A long day").get_by_role("listitem").last).to_contain_text("44")
    search.fill("done 44")
    expect(page.get_by_text("None matches.")).to_be_visible()
    search.fill("44")
    expect(page.get_by_role("list", name="A long day").get_by_role("listitem")).to_have_count(1)
    person.expect_nothing_bad()
