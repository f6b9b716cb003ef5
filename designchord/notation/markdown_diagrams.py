"""Mermaid blocks of a Markdown file: what its hosts would draw, and nothing else.

CommonMark says what a fence is: inside lists and quotations, with backticks or tildes, but not inside an HTML comment,
another fence or indented code. Four spellings of hosts come on top: ``::: mermaid`` (Azure DevOps), ``{mermaid}`` with
options, also behind colons (MyST), fences below an indented ``!!! note`` or ``=== "Tab"`` (MkDocs), and
``<pre class="mermaid">``, which Mermaid itself looks for on a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

_WORD = re.compile(r"[ \t]*\{?[ \t]*\.?(?P<word>[\w-]*)")
_COLONS = re.compile(r":{3,}[ \t]*(?:mermaid|\{mermaid\})[ \t]*$", re.IGNORECASE)
_COLONS_END = re.compile(r":{3,}[ \t]*$")
_OPTION = re.compile(r":[\w-]+:")
_MKDOCS = re.compile(r"[ \t]*(?:!!!|\?\?\?\+?|===)[ \t]")
_ELEMENT = re.compile(r"<(pre|div)\s([^>]*)>[^\S\n]*\n", re.IGNORECASE)
_CLASS = re.compile(r"class=(?:\"([^\"]*)\"|'([^']*)'|(\S+))", re.IGNORECASE)
#: Blocks of MkDocs inside each other that are looked into.
_MAX_DEPTH = 8


class DiagramBlock(NamedTuple):
    """A diagram. ``line`` lines of the file stand before it, and it is indented by ``column``."""

    text: str
    line: int
    column: int


def find_diagrams(markdown: str) -> Iterator[DiagramBlock]:
    """The Mermaid blocks of a file in their order; one that is never closed ends with what it stands in."""
    if "mermaid" in markdown.lower():
        yield from _diagrams(markdown, 0)


def _diagrams(markdown: str, depth: int) -> Iterator[DiagramBlock]:
    lines = re.split(r"\r\n|\r|\n", markdown)
    for token in _parser().parse(markdown):
        if token.map is None:
            continue
        first = token.map[0]
        if token.type == "fence" and _language(token) == "mermaid":
            yield _block(token.content, lines, first + 1)
        elif token.type == "html_block" and (content := _element(token.content.lstrip())):
            yield _block(content, lines, first + 1)
        elif token.type == "code_block" and depth < _MAX_DEPTH and _is_of_mkdocs(lines, first):
            around = _column(token.content, lines, first)
            for inner in _diagrams(token.content, depth + 1):
                yield DiagramBlock(inner.text, inner.line + first, inner.column + around)


def _language(token: Token) -> str:
    word = _WORD.match(token.info)
    return word["word"].lower() if word else ""


def _element(text: str) -> str | None:
    """What stands in ``<pre class="mermaid">``, from its second line on."""
    opened = _ELEMENT.match(text)
    named = _CLASS.search(opened[2]) if opened else None
    if opened is None or named is None or "mermaid" not in "".join(filter(None, named.groups())).split():
        return None
    inside, closing, _ = text[opened.end() :].partition(f"</{opened[1]}>")
    return html.unescape(inside) if closing else None


def _block(content: str, lines: list[str], line: int) -> DiagramBlock:
    text = content.split("\n")
    for index, row in enumerate(text):  # options of MyST stand before the diagram
        if not _OPTION.match(row):
            break
        text[index] = ""
    return DiagramBlock("\n".join(text), line, _column(content, lines, line))


def _column(content: str, lines: list[str], line: int) -> int:
    """How far the lines of a block are indented in the file, by the first that is not empty."""
    for index, row in enumerate(content.split("\n")):
        if row.strip() and line + index < len(lines):
            return max(len(lines[line + index].rstrip()) - len(row.rstrip()), 0)
    return 0


def _is_of_mkdocs(lines: list[str], first: int) -> bool:
    """Whether indented lines are the body of an admonition or a tab, which CommonMark takes for code."""
    indent = len(lines[first]) - len(lines[first].lstrip())
    for line in reversed(lines[:first]):
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            return bool(_MKDOCS.match(line))
    return False


@cache
def _parser() -> MarkdownIt:
    """Blocks alone: what stands in a line does not matter here."""
    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.before("fence", "colons", _colons, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    return parser


def _colons(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``::: mermaid`` up to ``:::`` as a fence."""
    if state.is_code_block(start) or not _COLONS.match(_line(state, start)):
        return False
    if silent:
        return True
    last = start + 1
    while last < end and not (_COLONS_END.match(_line(state, last)) and state.sCount[last] >= state.blkIndent):
        if state.sCount[last] < state.blkIndent and not state.isEmpty(last):
            break
        last += 1
    token = state.push("fence", "code", 0)
    token.info = "mermaid"
    token.content = state.getLines(start + 1, last, state.sCount[start], True)
    token.map = [start, last]
    state.line = last + (last < end and bool(_COLONS_END.match(_line(state, last))))
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
