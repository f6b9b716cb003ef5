"""Markdown that anybody wrote becomes HTML that is safe to show."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.notation.markdown import MAX_CHARS, to_html

ALLOWED = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "s", "a"),
    *("ul", "ol", "li", "input", "table", "thead", "tbody", "tr", "th", "td", "span"),
}


class Reader(HTMLParser):
    """Tags and attributes as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def assert_inert(html: str) -> None:
    for tag, attributes in Reader(html).seen:
        assert tag in ALLOWED
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "name")]
        if "href" in attributes:
            assert (attributes["href"] or "").lower().startswith(("https://", "http://", "mailto:", "#doc-"))
        if "id" in attributes:
            assert (attributes["id"] or "").startswith("doc-")


def test_tables_tasks_code_and_strikethrough_are_rendered():
    html = to_html("| a | b |\n|:-:|--|\n| 1 | ~~2~~ |\n\n- [x] done\n- [ ] open\n\n```mermaid\nerDiagram\n```\n")
    assert '<th class="center">a</th>' in html
    assert "<s>2</s>" in html
    assert '<input type="checkbox" disabled="" checked="">' in html
    assert '<code class="language-mermaid">erDiagram' in html


def ids_of(markdown: str) -> list[str]:
    return re.findall(r'<h[1-6] id="([^"]*)"', to_html(markdown))


def test_headings_have_ids_in_every_script():
    markdown = "# 1. 목적\n\n## `코드` *제목*\n\n## `코드` *제목*\n\n# 제목\n\n# !!!\n"
    assert ids_of(markdown) == ["doc-1-목적", "doc-코드-제목", "doc-코드-제목-2", "doc-제목", "doc-section"]


def test_ids_stay_unique_when_headings_are_named_like_numbered_ones():
    ids = ids_of("# a\n# a-2\n# a\n# a\n# a-2\n")
    assert len(ids) == 5
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/admin)",
        "[x](&#106;avascript:alert(1))",
        "![x](https://evil.example/pixel.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "![![x](a)](https://e.example 'a\" onload=\"x')",
        '```"><script>alert(1)</script>\nx\n```',
        "```mermaid onclick=x\nx\n```",
        "<style>*{display:none}</style>",
        "<svg><animate onbegin=alert(1)>",
        "| a |\n|---|\n| <td onclick=x> |",
        '[x](https://e.example "\\" onmouseover=alert(1) \\"")',
        "<https://e.example/?a=%22%20onclick=x>",
        "# <a name=x></a>",
        "[a]: javascript:alert(1)\n\n[a]",
    ],
)
def test_nothing_runs_and_nothing_is_loaded(markdown):
    assert_inert(to_html(markdown))


def test_a_picture_becomes_a_link_to_it():
    html = to_html("![chart](https://e.example/a.png)")
    assert html.strip() == '<p><a href="https://e.example/a.png" rel="noopener nofollow">chart</a></p>'


def test_links_inside_the_document_follow_the_prefix():
    assert 'href="#doc-' in to_html("[x](#목적)")


def test_a_long_document_is_cut_at_a_line():
    html = to_html("line\n" * (MAX_CHARS // 5 + 10))
    assert html.endswith("<p>…</p>\n")


_SIGNS = [
    *(
        "[",
        "](",
        ")",
        "!",
        "<",
        ">",
        '"',
        "'",
        "javascript:",
        "data:",
        "onclick=x",
        "<script>",
        "`",
        "```",
        "\n",
        "\n\n",
    ),
    *(
        "# ",
        "- ",
        "| ",
        "|--|",
        "* ",
        "_",
        "\\",
        "&#x6a;",
        "&lt;",
        "https://e.example",
        " ",
        "a",
        "한",
        "\x00",
        "//",
        "<a ",
    ),
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(_SIGNS)).map("".join))
def test_no_mixture_of_signs_gets_through(markdown):
    assert_inert(to_html(markdown))


def test_a_document_that_is_looked_at_again_is_not_read_again():
    text = "[" * 2_000
    assert to_html(text) is to_html(f"{text[:-1]}[")
