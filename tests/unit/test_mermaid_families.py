"""The families of diagrams: one list for what is read, what is drawn by the server, and what is drawn in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from designchord.kinds.registry import KINDS
from designchord.notation.mermaid import FAMILIES, OTHERS, VERSION, Family, family_of, parse
from designchord.notation.mermaid.families.registry import RULES
from designchord.notation.mermaid.grammar import GRAMMARS, Grammar
from designchord.notation.render import Renderer
from designchord.web.vendor import VENDOR

BROKEN = "\n    A -- } (("

each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as renderer:
        yield renderer


@each_family
def test_every_family_is_read_under_each_of_its_headers(family: Family) -> None:
    body = family.sample.split(maxsplit=1)[1]
    for header in family.headers:
        assert family_of(header) == family
        diagram = parse(f"{header} {body}" if family.name == "flowchart" else f"{header}\n{body}")
        assert (diagram.type, diagram.valid) == (family.name, True), diagram.problems


@each_family
def test_a_broken_diagram_of_every_family_is_an_error_at_its_line(family: Family) -> None:
    diagram = parse(family.sample + BROKEN)
    assert [(problem.severity, problem.line) for problem in diagram.problems] == [("error", diagram.problems[0].line)]
    assert (diagram.problems[0].line or 0) >= len(family.sample.split("\n"))


@each_family
def test_the_server_draws_every_family(family: Family, renderer: Renderer) -> None:
    picture = renderer.svg(family.sample)
    assert "NaN" not in picture
    labels = set(re.findall(r">\s*([^<>{}]+?)\s*<", picture))
    assert {"A", "B"} <= labels


@each_family
def test_the_fast_loops_read_every_family_as_upstreams_do(family: Family) -> None:
    slow = Grammar(checked=family.checked, plainly=True)
    for text in (family.sample, family.sample + BROKEN):
        assert GRAMMARS[family.checked].parse(text) == slow.parse(text)


def test_families_that_are_checked_have_rules_and_no_others() -> None:
    assert {family.name for family in FAMILIES if family.checked} == set(RULES)


def test_the_page_has_the_same_list_and_version() -> None:
    folder = VENDOR / "mermaid" / VERSION
    told = (folder / "families.mjs").read_text("utf-8")
    names = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert names == {header: family.name for family in FAMILIES for header in family.headers}
    for family in FAMILIES:
        assert [path for path in folder.rglob("*.mjs") if re.fullmatch(rf"{family.module}-[A-Z0-9]+", path.stem)]


def test_the_words_of_other_diagrams_are_no_headers_of_families() -> None:
    assert not OTHERS & {header for family in FAMILIES for header in family.headers}


@pytest.mark.parametrize("family", [family for family in FAMILIES if family.name != "er"], ids=str)
def test_a_diagram_of_another_family_is_no_erd(family: Family) -> None:
    assert [problem.code for problem in KINDS["erd"].check(family.sample)] == ["erd.wrong_type"]
