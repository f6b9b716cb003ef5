"""Every family of diagrams is drawn on the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from designchord.notation.mermaid import FAMILIES
from tests.acceptance.pages.visiting import Visit

pytestmark = pytest.mark.browser


def test_the_page_draws_them_all(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.start()
    draw = "async (text) => (await (await import('/static/js/design/drawing.js')).drawDiagram(text))?.svg"
    for family in FAMILIES:
        picture = person.page.evaluate(draw, family.sample)
        assert picture, f"{family.name} is not drawn"
        assert ">A<" in picture
        assert "NaN" not in picture


def test_what_is_asked_for_again_while_it_is_drawn_is_drawn_once(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.start()
    draw = """async (text) => {
      const { drawDiagram } = await import('/static/js/design/drawing.js');
      const [one, other] = await Promise.all([drawDiagram(text), drawDiagram(text)]);
      return Boolean(one?.svg) && one === other; }"""
    assert person.page.evaluate(draw, FAMILIES[0].sample)


def test_what_could_not_be_drawn_is_tried_again(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.start()
    draw = """async (text) => {
      const { drawDiagram } = await import('/static/js/design/drawing.js');
      return [await drawDiagram(text), await drawDiagram(text)]; }"""
    assert person.page.evaluate(draw, "sequenceDiagram\n  A->>") == [None, None]
