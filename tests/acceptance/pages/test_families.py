"""Every family of diagrams is drawn wherever diagrams are drawn: on the page and in an exported file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from designchord.export.assets import read
from designchord.export.page import MERMAID
from designchord.notation.mermaid import FAMILIES, Family
from tests.acceptance.pages.visiting import Visit

pytestmark = pytest.mark.browser

each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


@pytest.fixture(scope="module")
def draw_exported(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Draw with the script of exported files, in a page that can reach nothing else."""
    file = tmp_path_factory.mktemp("exported") / "index.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><body><script>{read(MERMAID)}</script>", encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.evaluate("mermaid.initialize({startOnLoad: false, htmlLabels: false, layout: 'dagre', er: {layout: 'dagre'}})")
    yield lambda source: page.evaluate("async (text) => (await mermaid.render('picture', text)).svg", source)
    page.close()


@each_family
def test_the_script_of_exported_files_draws_it(family: Family, draw_exported: Callable[[str], Any]) -> None:
    picture = draw_exported(family.sample)
    assert picture.startswith("<svg")
    assert ">A<" in picture
    assert "NaN" not in picture


def test_the_page_draws_them_all(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.start()
    draw = "async (text) => (await (await import('/static/js/design/drawing.js')).drawDiagram(text))?.svg"
    for family in FAMILIES:
        picture = person.page.evaluate(draw, family.sample)
        assert picture, f"{family.name} is not drawn"
        assert ">A<" in picture
        assert "NaN" not in picture
