"""Where things stand in a Markdown text: headings, fences, tables, HTML. Parsed as CommonMark where that is needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

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
    return read_plain(source) or parse(source)


def read_plain(source: str) -> Structure | None:
    """The structure of a text that is made of headings, paragraphs, lists and tidy tables alone, without parsing it.

    ``None`` wherever a parser is needed to be sure. Headings and tables count only where they begin a block at the
    left edge, so that nothing before them can swallow them.
    """
    if any(mark in source for mark in _NOT_PLAIN):
        return None
    structure = Structure(source.split("\n"), [], [], [], [], [])
    lines = structure.lines
    number, begins = 0, True  # whether a block begins here: nothing, a blank line or a heading is before it
    while number < len(lines):
        line = lines[number]
        if heading := _PLAIN_HEADING.match(line):
            structure.headings.append(Heading(len(heading[1]), heading[2], number + 1))
            begins = "|" not in line  # with dashes below it, it would be a table
        elif line.startswith("|"):
            last = _table_end(lines, number) if begins else None
            if last is None:
                return None
            structure.tables.append((number + 1, last))
            number, begins = last - 1, False
        elif _UNCLEAR.match(line) and not (begins and _RULER.match(line)):
            return None
        else:
            begins = not line.strip(" ")
        number += 1
    return structure


def _table_end(lines: list[str], first: int) -> int | None:
    """The last line, from 1, of a table whose every line begins with a bar."""
    end = first
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    head, columns = lines[first].rstrip(" "), lines[first].count("|") - 1
    tidy = (
        end >= first + 2
        and head.endswith("|")
        and "\\" not in head
        and _PLAIN_DELIMITER.match(lines[first + 1])
        and lines[first + 1].count("|") - 1 == columns
        and columns * (end - first) < 10_000
    )
    return end if tidy and (end == len(lines) or not lines[end].strip(" ")) else None


#: What may hold HTML, code, images, or lines that a parser counts otherwise.
_NOT_PLAIN: Final = ("<", "```", "~~~", "![", "\t", "\r", "\0")
_PLAIN_HEADING: Final = re.compile(r"(#{1,6}) ([^\s#](?:.*[^\s#])?)\Z")
_PLAIN_DELIMITER: Final = re.compile(r"\|(?: *:?-+:? *\|)+ *\Z")
_RULER: Final = re.compile(r"-{3,}\Z")
#: Behind whatever opens lists and quotes: a heading, what underlines a heading, what makes a table of the line before.
_UNCLEAR: Final = re.compile(r"[ >*+0-9.)-]*(?:#{1,6}(?: |\Z)|[=]+ *\Z|[-:|][-:| ]*\Z)")


def parse(source: str) -> Structure:
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
