"""Whatever anybody may send to be read, checked, mended or drafted: twice the text takes about twice the time.

Ratios are compared, never seconds; what takes a few milliseconds at full size may grow as it likes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from designchord.kinds import registry
from designchord.notation import answer, echo, markdown, repetition
from designchord.notation.openapi.reading import read as read_openapi

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SIZE = 4_000

#: What a hostile text repeats.
PIECES = {
    "letters": "a",
    "blanks": " ",
    "lines": "\n",
    "lines of blanks": "  \n",
    "brackets": "[",
    "nested brackets": "[(",
    "braces": "{",
    "objects": '{"a":',
    "strings": '"',
    "escapes": "\\",
    "backticks": "`",
    "fences": "```\n",
    "fences of words": "```json x\n",
    "stars": "*a",
    "emphasis": "*_",
    "links": "[a](",
    "references": "[a]: b\n",
    "images": "![a](b ",
    "tags": "<a ",
    "comments": "<!-- ",
    "entities": "&amp",
    "tables": "| a | b ",
    "rows": "|---|\n",
    "lists": "- a\n",
    "deeper lists": "- - ",
    "numbers": "1. ",
    "headings": "# A\n",
    "quotes": "> ",
    "rules": "---\n",
    "colons": "a: ",
    "keys": "a: b\n",
    "anchors": "a: &a\n",
    "question marks": "? a\n",
    "commas": ",",
    "directives": "%%{",
    "arrows": "A->>B",
    "messages": "A->>B: a;",
    "Korean": "회원은 도구를 빌린다. ",
    "Korean without an end": "회원은 도구를 ",
    "English": "A member borrows a tool. ",
    "English without an end": "a member or a ",
    "Japanese": "会員は道具を借りる。",
    "must": "must not ",
    "routes": "GET /a/{b}\n",
    "prices": "$$ ",
    "half of a pair": "\ud83d",
    "accents": "e\u0301",
    "marks": "\u200f\u202e",
    "dots": "a.b",
    "urls": "http://a",
    "addresses": "a@",
}

BEFORE = {
    "": "",
    "sequence": "sequenceDiagram\n",
    "erd": "erDiagram\n",
    "document": "# T\n\n## A\n\n",
    "api": "openapi: 3.1.0\n",
}

IDEA = "Members borrow tools from a shed. An admin approves each loan."
BRIEF = Brief("Tools", IDEA, "", "en")
BLUEPRINT = drafter.draft(BRIEF)


def drafted(text: str) -> object:
    return drafter.draft(Brief("T", text.encode("utf-8", "replace").decode(), "", "en"))


def accepted(kind: str, text: str) -> object:
    maker = registry.kind(kind)
    return maker.accept(text, BLUEPRINT, maker.parts(BLUEPRINT)[0])


LOOKS: dict[str, tuple[str, Callable[[str], object]]] = {
    "finding JSON in an answer": ("", answer.find_value),
    "finding a circle in an answer": ("", repetition.is_circling),
    "an answer for a blueprint": ("", lambda text: answering.read(text, BRIEF, read_requirements(BRIEF))),
    "reading requirements": ("", lambda text: read_requirements(Brief("T", text, text, "en"))),
    "drafting": ("", drafted),
    "echoes": ("", lambda text: echo.find_echo(text, text[: len(text) // 2], "")),
    "safe HTML": ("document", markdown.to_html),
    "reading OpenAPI": ("api", read_openapi),
    **{f"checking {kind}": (kind, partial(registry.check, kind)) for kind in ("document", "api", "sequence", "erd")},
    "checking a blueprint": ("", partial(registry.check, "blueprint")),
    **{f"mending {kind}": (kind, partial(accepted, kind)) for kind in ("document", "api")},  # of diagrams elsewhere
}


def _seconds(look: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    look(text)
    return time.process_time() - began


def grows(look: Callable[[str], object], before: str, piece: str) -> list[float] | None:
    """The times for a text, twice and four times as much, when they grow too fast each time."""
    times: list[float] = []
    for attempt in range(4):  # on a busy machine a single ratio may be anything
        sizes = (SIZE, 2 * SIZE, 4 * SIZE)
        times = [_seconds(look, f"{before}{piece * (size // len(piece))}{attempt}") for size in sizes]
        if times[2] < 0.08 or times[1] < 3 * times[0] or times[2] < 3 * times[1]:
            return None
    return times


@pytest.mark.parametrize("look", LOOKS)
def test_twice_the_text_takes_about_twice_the_time(look: str) -> None:
    kind, function = LOOKS[look]
    found = {name: grows(function, BEFORE[kind], piece) for name, piece in PIECES.items()}
    assert {name: times for name, times in found.items() if times is not None} == {}
