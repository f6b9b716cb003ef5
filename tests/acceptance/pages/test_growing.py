"""A story: somebody watches a design grow while the model writes its blueprint."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord import drafter
from designchord.blueprint.compact_writing import write_compact
from designchord.blueprint.model import Brief
from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server, serving
from tests.servers import ROOT

pytestmark = pytest.mark.browser

IDEA = Brief(
    "Library of things",
    "Neighbours lend tools to each other. A member borrows an item, returns it, and reports damage. A keeper registers "
    "items and confirms returns. An item can be reserved for a period.",
    "- Members can search items by category.\n- A member can reserve an item for a period.\n"
    "- The system must refuse overlapping reservations.\n- An item must be returned within 14 days.\n"
    "- A keeper can register an item.\n- A keeper can confirm a return.\n",
    "en",
)
DRAFT = drafter.draft(IDEA)
ANSWER = write_compact(DRAFT, terse=True)
ENTITIES = [entity.name for entity in DRAFT.entities]


@pytest.fixture
def slow_model() -> Iterator[ModelServer]:
    """Writes the blueprint at a pace that lets one watch, some sixteen seconds."""
    rules = [{"kind": "blueprint", "fault": "answer", "answer": ANSWER}]
    with ModelServer(rules, pace=Pace(ttft=0.5, tps=len(ANSWER) / 4 / 16, piece=8)) as server:
        yield server


@pytest.fixture
def served(slow_model: ModelServer, tmp_path: Path) -> Iterator[Server]:
    environ = {"DESIGNCHORD_MODEL": "openai:gpt-4o", "DESIGNCHORD_EFFORT": "quick"}
    with serving(
        tmp_path / "home", OPENAI_BASE_URL=slow_model.base_url, OPENAI_API_KEY="sk-test", **environ
    ) as running:
        yield running


@pytest.fixture
def person(browser: Browser, served: Server) -> Iterator[Visit]:
    with browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}) as context:
        yield Visit(context.new_page(), served)


def drawn(page: Page) -> list[str]:
    """The entities of the ERD on its card."""
    tables = page.locator(".card[data-kind=erd] svg.er g.er-table")
    return [name for name in tables.evaluate_all("found => found.map((one) => one.dataset.name)") if name]


def wait_for(look: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)


def test_a_design_grows_while_its_blueprint_is_written(person: Visit, slow_model: ModelServer) -> None:
    page = person.page
    person.open(person.server.submit(title=IDEA.title, content=IDEA.content, requirements=IDEA.requirements))
    wait_for(lambda: bool(drawn(page)))
    assert slow_model.calls[0].written < len(ANSWER) / 4, "the first entity is drawn in the first quarter"
    assert person.server.process.poll() is None

    wait_for(lambda: bool(page.locator(".card[data-kind=api] .calls li").count()))
    before = drawn(page)
    assert set(before) <= set(ENTITIES)
    page.reload()
    wait_for(lambda: set(drawn(page)) >= set(before))
    expect(page.locator(".card[data-kind=api] .calls li").first).to_be_visible()
    assert slow_model.calls[0].written < len(ANSWER), "all of this while it is written"

    page.locator("nav.parts").get_by_role("link", name="Cross-check").click()
    expect(page.locator(".growing-requirements .grade[data-grade=said]").first).to_be_visible()
    page.locator("nav.parts").get_by_role("link", name="Overview").click()
    wait_for(lambda: bool(page.locator(".card[data-kind=sequence] img").count()))
    assert slow_model.calls[0].written < len(ANSWER)

    person.expect_state("done")
    wait_for(lambda: set(drawn(page)) == set(ENTITIES))
    assert slow_model.count == 1
    cards = page.locator(".card[data-kind]")
    for place in range(cards.count()):
        expect(cards.nth(place)).not_to_have_attribute("data-standing", re.compile("waiting|running|failed"))
    assert page.locator(".card[data-kind=sequence]").count() == len(DRAFT.scenarios)
    person.expect_nothing_bad()


def test_nothing_that_was_drawn_disappears_on_the_way(person: Visit) -> None:
    page = person.page
    person.open(person.server.submit(title=IDEA.title, content=IDEA.content, requirements=IDEA.requirements))
    page.evaluate(
        """() => {
          window.lost = [];
          let most = 0;
          const look = () => {
            const now = document.querySelectorAll(".card[data-kind=erd] svg.er g.er-table").length;
            if (now < most) window.lost.push([most, now]);
            most = Math.max(most, now);
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    person.expect_state("done")
    wait_for(lambda: len(drawn(page)) == len(ENTITIES))
    assert page.evaluate("window.lost") == []


#: Windows that a design is watched in, by name.
WINDOWS = {
    "phone": {"width": 390, "height": 844},
    "tablet": {"width": 768, "height": 1024},
    "desk": {"width": 1440, "height": 900},
}


def open_windows(context: BrowserContext, url: str) -> dict[str, Page]:
    """The same address in a window of each size."""
    pages = {name: context.new_page() for name in WINDOWS}
    for name, page in pages.items():
        page.set_viewport_size(WINDOWS[name])
        page.goto(url)
    return pages


def expect_calm(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.evaluate("moved.worst") <= 0.05, (name, page.evaluate("moved.shifts"))


def test_nothing_that_is_watched_is_pushed_away_in_any_window(person: Visit) -> None:
    context = person.page.context
    context.add_init_script(path=ROOT / "bench" / "layout_shift.js")
    made = person.server.submit(title=IDEA.title, content=IDEA.content, requirements=IDEA.requirements)
    url = f"{person.server.url}/designs/{made}/"
    pages = open_windows(context, url)
    for page in pages.values():
        expect(page.locator(".badge.state")).to_have_attribute("data-state", "done")
        expect(page.locator(".brief .er-table").first).to_be_attached()
    expect_calm(pages)
    for part in ("", "#erd", "#blueprint", "#document", "#api", "#report"):
        for page in pages.values():
            page.goto("about:blank")
            page.goto(url + part)
            expect(
                page.locator(".brief .er-table, .er-viewer li, .stage .er-table, .blueprint h3, .api-reader, .report")
                .or_(page.locator(".prose[aria-busy=false] .document-picture"))
                .first
            ).to_be_visible()
        expect_calm(pages)

    pages["desk"].goto(url)
    expect(pages["desk"].locator(".brief ~ .board")).to_be_visible()


def test_the_head_leaves_a_phone_to_the_design(person: Visit) -> None:
    page = person.page
    page.set_viewport_size(WINDOWS["phone"])
    person.open(person.server.submit(title=IDEA.title, content=IDEA.content, language="en", model="offline"))
    person.expect_state("done")
    assert page.locator(".design-body").bounding_box()["y"] <= 110  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("Share", "Duplicate", "Export"):
        button = page.get_by_role("button", name=name)
        assert button.bounding_box()["width"] >= 24  # type: ignore[index]
    page.get_by_role("button", name="Export").click()
    menu = page.locator(".menu-list").bounding_box()
    assert menu is not None
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= 390
