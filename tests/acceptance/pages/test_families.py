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
