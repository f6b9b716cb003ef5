"""Where things stand in a Markdown text: headings, fences, tables, HTML. Parsed as CommonMark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

DELIMITER = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block; ``last`` is the line that closes it, or ``None``. Lines count from 1."""

    marker: str
    language: str
    line: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Structure:
    lines: list[str]
    headings: list[Heading]
    fences: list[Fence]
    #: First and last line of each table that the parser sees.
    tables: list[tuple[int, int]]
    #: Raw HTML with the line it is on (of a block or paragraph: its first line).
    html: list[tuple[str, int]]
    images: list[tuple[str, int]]

    @property
    def unclosed(self) -> Fence | None:
        return next((fence for fence in self.fences if fence.last is None), None)

    def in_code(self, line: int) -> bool:
        return any(fence.line <= line <= (fence.last or len(self.lines)) for fence in self.fences)

    def in_table(self, line: int) -> bool:
        return any(first <= line <= last for first, last in self.tables)

    def loose_rows(self) -> list[tuple[int, int]]:
        """Runs of two and more lines that look like a table's rows but that the parser takes for text."""
        runs: list[tuple[int, int]] = []
        for number, text in enumerate(self.lines, 1):
            if not text.lstrip().startswith("|") or self.in_code(number) or self.in_table(number):
                continue
            if runs and runs[-1][1] == number - 1:
                runs[-1] = (runs[-1][0], number)
            else:
                runs.append((number, number))
        return [run for run in runs if run[1] > run[0]]


def read_structure(source: str) -> Structure:
    """The structure as a CommonMark parser sees it."""
    lines = source.split("\n")
    headings: list[Heading] = []
    fences: list[Fence] = []
    tables: list[tuple[int, int]] = []
    html: list[tuple[str, int]] = []
    images: list[tuple[str, int]] = []
    parser = _parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(source, env)
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "heading_open":
            headings.append(Heading(int(token.tag[1:]), tokens[index + 1].content, line))
        elif token.type == "table_open" and token.map:
            tables.append((line, token.map[1]))
        elif token.type == "html_block":
            html.append((token.content, line))
        elif token.type == "fence":
            fences.append(_fence(token, lines, line))
        if token.type == "inline" and ("<" in token.content or "![" in token.content):
            token.children = []
            parser.inline.parse(token.content, parser, env, token.children)
        for child in token.children or ():
            place = _line_of(child, lines, line, token)
            if child.type == "html_inline":
                html.append((child.content, place))
            elif child.type == "image":
                images.append((str(child.attrGet("src") or ""), place))
    return Structure(lines, headings, fences, tables, html, images)


def cells(row: str) -> int:
    """How many cells a table row has."""
    text = re.sub(r"\\.", "", row.strip()) if "\\" in row else row.strip()
    return text.removeprefix("|").removesuffix("|").count("|") + 1


def _line_of(child: Token, lines: list[str], first: int, block: Token) -> int:
    """Inline tokens know no line of their own: the first line of their block that holds their text."""
    wanted = child.content if child.type == "html_inline" else str(child.attrGet("src") or "")
    last = block.map[1] if block.map else len(lines)
    return next((number for number, text in enumerate(lines[first - 1 : last], first) if wanted in text), first)


def _fence(token: Token, lines: list[str], line: int) -> Fence:
    """A fence ends with its marker, or with the list or quote it stands in; else it is open to the end of the text."""
    last = token.map[1] if token.map else line
    marked = last > line and lines[last - 1].lstrip(" >\t").startswith(token.markup)
    followed = any(text.strip() for text in lines[last:])
    return Fence(token.markup, token.info.strip().split(" ")[0].lower(), line, last if marked or followed else None)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # What stands inside lines is read only where there may be HTML or images.
    blocks = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable("table")
    return blocks.disable(["inline", "text_join"])
