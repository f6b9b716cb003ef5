"""A new kind of artifact is one folder and one registration: the page shows it as it shows the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bench.model_server import ModelServer
from tests.acceptance.pages.visiting import BRIEF, Visit
from tests.acceptance.processes import Server, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose process knows one kind more."""
    home = tmp_path_factory.mktemp("new-kind") / "home"
    with serving(home, program=("-m", "tests.lifecycle"), DESIGNCHORD_MODEL="offline") as running:
        yield running


@pytest.fixture(scope="module")
def finished_design(server: Server) -> str:
    design_id = server.submit(**BRIEF)
    assert server.wait_until_ended(design_id)["state"] == "done"
    return design_id


def test_it_is_chosen_made_and_read(visit: Callable[..., Visit]) -> None:
    person = visit()
    page = person.page
    person.start()
    page.locator("details.options > summary").click()
    for name in ("Document", "Sequence diagrams", "API"):
        page.get_by_role("checkbox", name=name).uncheck()
    expect(page.get_by_role("checkbox", name="Lifecycles")).to_be_checked()
    person.submit(BRIEF["title"], BRIEF["content"], BRIEF["requirements"], "Make the design")
    person.expect_state("done")

    cards = page.locator(".card")
    kinds = cards.evaluate_all("cards => [...new Set(cards.map(card => card.dataset.kind))]")
    assert kinds == ["blueprint", "erd", "report", "lifecycle"]
    person.expect_picture(page.locator(".card[data-kind=lifecycle] img").first)
    expect(page.locator("nav.parts .nav-group")).to_have_text("Lifecycles")

    page.locator("nav.parts [data-nested=true] a").first.click()
    person.expect_picture(page.locator(".stage-picture svg"))
    page.get_by_role("button", name="Source", exact=True).click()
    expect(page.locator(".code-text")).to_contain_text("stateDiagram-v2")
    page.get_by_role("button", name="Edit", exact=True).click()
    person.write_source("stateDiagram-v2\n    Kept --> Gone\n")
    expect(page.get_by_text("Nothing says where this life begins.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="History").click()
    expect(page.locator(".revision")).to_have_count(2)
    page.get_by_role("button", name="Regenerate").first.click()
    page.locator("form.again").get_by_role("button", name="Regenerate").click()
    expect(page.locator(".revision")).to_have_count(3)
    person.expect_nothing_bad()


def test_it_has_its_column_in_the_matrix_and_its_name_in_korean(
    visit: Callable[..., Visit], finished_design: str
) -> None:
    person = visit(locale="ko-KR")
    person.open(finished_design, "report")
    expect(person.page.locator(".matrix thead th", has_text="생애 주기")).to_be_visible()
    person.expect_nothing_bad()


def test_its_diagrams_are_drawn_in_the_file_that_needs_no_network(
    visit: Callable[..., Visit], server: Server, finished_design: str, tmp_path: Path
) -> None:
    person = visit()
    answer = person.page.request.get(f"{server.url}/api/v1/designs/{finished_design}/export?format=html")
    path = tmp_path / "design.html"
    path.write_bytes(answer.body())
    person.page.goto(path.as_uri())
    person.expect_picture(person.page.locator("#lifecycle figure img").first)
    expect(person.page.locator("nav").get_by_role("link", name="Lifecycles")).to_be_visible()
    assert person.page.locator("figure > pre").count() == 0, "all are drawn"
