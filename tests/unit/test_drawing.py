"""Pictures as the page draws them, made without a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from designchord.blueprint.answering import load
from designchord.kinds import registry
from designchord.kinds.base import Part
from designchord.notation.drawing import er, looks
from designchord.notation.render import Renderer
from designchord.notation.svg import inert
from tests.acceptance.pages.large import blueprint

SMALL = """erDiagram
    Loan["대여 Loan"] {
        uuid loan_id PK
        uuid member_id FK "who borrows"
    }
    Member {
        uuid member_id PK
        string name
    }
    Member ||--o{ Loan : "borrows"
"""


def words(svg: str) -> set[str]:
    return {text.strip() for text in ET.fromstring(svg).itertext() if text.strip()}


def test_a_small_model_is_one_picture_with_everything_in_it() -> None:
    (piece,) = er.pieces(SMALL, "Elsewhere")
    assert {"대여", "loan_id", "member_id", "FK", "Member", "name", "string"} <= words(piece.svg)
    assert piece.svg.count('class="er-line"') == 1


@pytest.mark.parametrize("entities", [30, 60])
def test_a_large_model_is_an_overview_and_its_sections_all_of_which_can_be_read(entities: int) -> None:
    source = registry.kind("erd").skeleton(load(blueprint(entities)), Part("", ""))
    overview, *sections = er.pieces(source, "Elsewhere")
    names = set(re.findall(r"^\s*(\w+)(?:\[[^\]]*\])? \{$", source, re.MULTILINE))
    assert len(names) == entities
    assert names <= words(overview.svg)
    assert 3 <= len(sections) <= 2 * entities // 5
    assert names <= set().union(*(words(section.svg) for section in sections))
    for piece in (overview, *sections):
        width, height = (int(size) for size in re.findall(r'(?:width|height)="(\d+)"', piece.svg)[:2])
        fits = min(er.STAGE["width"] / width, er.STAGE["height"] / height, 1)
        assert 12 * fits >= 8, f"letters of {12 * fits:.1f} pixels in {piece.label or 'the overview'}"


@pytest.mark.parametrize(
    "source",
    ["sequenceDiagram\nA->>B: hi", "erDiagram\n  classDef a fill:#f00\n  A:::a {\n  }\n", "", "erDiagram"],
    ids=["another family", "what only Mermaid draws", "nothing", "no entities"],
)
def test_what_the_page_leaves_to_mermaid_is_left_to_it(source: str) -> None:
    assert er.pieces(source, "Elsewhere") == []


def test_words_that_look_like_markup_are_words() -> None:
    hostile = SMALL.replace('"borrows"', '"<script>alert(1)</script> ${1} `"')
    picture = er.whole(hostile)
    assert picture is not None
    assert "<script" not in picture
    assert "<script>alert(1)</script>" in "".join(ET.fromstring(picture).itertext())


def test_a_sequence_has_the_looks_of_the_page_and_one_row_of_heads() -> None:
    with Renderer() as renderer:
        picture = renderer.svg("sequenceDiagram\nautonumber\nactor 회원\n회원->>Server: 빌리기\nServer-->>회원: 201")
    assert re.match(r'<svg[^>]* class="seq"', picture)
    assert words(picture) >= {"회원", "Server", "빌리기", "201", "1", "2"}
    assert picture.count(">Server<") == 1
    assert "rgb(" not in re.sub(r"<style>.*?</style>", "", picture)


def test_a_picture_alone_names_every_colour_and_one_inside_a_page_none() -> None:
    alone = inert(looks.alone(er.whole(SMALL) or ""))
    assert "#0b6e6b" in alone
    assert "var(" not in alone
    inside = looks.inside(alone, "first")
    assert "<style" not in inside
    assert "#" not in inside
