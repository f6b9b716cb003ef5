"""Which blocks of a Markdown file are diagrams: those that its hosts draw."""

from __future__ import annotations

import time

import pytest

from designchord.notation.markdown_diagrams import find_diagrams

BODY = "sequenceDiagram\n    A->>B: x\n"


def found(markdown: str) -> list[tuple[str, int, int]]:
    return [(block.text.strip("\n"), block.line, block.column) for block in find_diagrams(markdown)]


def indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("markdown", "line", "column"),
    [
        (f"```mermaid\n{BODY}```\n", 1, 0),
        (f"# T\n\n~~~~ mermaid\n{BODY}~~~~\n", 3, 0),
        (f"```Mermaid\n{BODY}", 1, 0),
        (f"```{{mermaid}}\n:alt: words\n{BODY}```\n", 1, 0),
        (f"```{{.mermaid}}\n{BODY}```\n", 1, 0),
        (f"text\n::: mermaid\n{BODY}:::\n", 2, 0),
        (f":::mermaid\n{BODY}", 1, 0),
        (f":::{{mermaid}}\n{BODY}:::\n", 1, 0),
        ("- a\n\n" + indented(f"```mermaid\n{BODY}```", "  "), 3, 2),
        ("1. a\n\n" + indented(f"::: mermaid\n{BODY}:::", "   ") + "2. b\n", 3, 3),
        (indented(f"```mermaid\n{BODY}```", "> "), 1, 2),
        ("!!! note\n\n" + indented(f"```mermaid\n{BODY}```", "    "), 3, 4),
        ('=== "Tab"\n\n' + indented("!!! tip\n\n" + indented(f"```mermaid\n{BODY}```", "    "), "    "), 5, 8),
        (f"```mermaid\r\n{BODY}```\r\n".replace("\n", "\r\n").replace("\r\r", "\r"), 1, 0),
        (f'<pre class="mermaid">\n{BODY}</pre>\n'.replace("->>", "-&gt;&gt;"), 1, 0),
        (f"text\n\n<div id=a class='wide mermaid'>\n{BODY}</div>\n", 3, 0),
        (f"<details>\n\n```mermaid\n{BODY}```\n\n</details>\n", 3, 0),
    ],
)
def test_what_a_host_draws_is_found_with_its_place(markdown, line, column):
    blocks = found(markdown)
    assert [(line_, column_) for _, line_, column_ in blocks] == [(line, column)]
    assert blocks[0][0].strip() == BODY.strip()


@pytest.mark.parametrize(
    "markdown",
    [
        f"<!-- later\n```mermaid\n{BODY}```\n-->\n",
        f"````markdown\n```mermaid\n{BODY}```\n````\n",
        f"~~~\n```mermaid\n{BODY}```\n~~~\n",
        "So it is written:\n\n" + indented(f"```mermaid\n{BODY}```", "    "),
        f"```text\n::: mermaid\n{BODY}:::\n```\n",
        f"```js mermaid\n{BODY}```\n",
        f"<pre>\n```mermaid\n{BODY}```\n</pre>\n",
        "The word mermaid alone.\n",
        f"::: note\n{BODY}:::\n",
    ],
)
def test_what_no_host_draws_is_no_diagram(markdown):
    assert found(markdown) == []


def test_a_block_ends_with_the_list_that_it_stands_in():
    markdown = "- a\n\n  ::: mermaid\n  sequenceDiagram\n\nafter\n\n```mermaid\nerDiagram\n```\n"
    assert [text for text, _, _ in found(markdown)] == ["sequenceDiagram", "erDiagram"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "```mermaid\n",
        "::: mermaid\n",
        "> ",
        "- mermaid\n  ",
        "!!! note\n\n    mermaid\n\n",
        "<!-- mermaid\n",
        "    mermaid\n",
        ":::\n",
        "`mermaid` ",
    ],
)
def test_twice_the_text_takes_about_twice_the_time(piece):
    def seconds(times: int) -> float:
        text = "mermaid\n\n" + piece * times
        took = []
        for _ in range(3):
            began = time.process_time()
            found(text)
            took.append(time.process_time() - began)
        return min(took)

    assert seconds(8_000) < 8 * seconds(2_000) + 0.05
