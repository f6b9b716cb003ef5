"""The structure of messy text: headings, items, tables, paragraphs, fenced blocks, and the section each stands in.

A parser of Markdown proper is of little use here: people paste half of it, number headings by hand, wrap items at
80 columns and mix tables with bullets. Every rule reads one line and takes linear time.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from designchord.ideas.sections import is_wholly

MAX_CHARACTERS = 60_000
MAX_LINE = 8_000

Shape = Literal["heading", "item", "row", "paragraph"]

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*$")
#: How a line of a list begins that stands in a cell.
LISTED = re.compile(r"^(?:\d{1,2}[.)]|[-*•·])\s*")
_ITEM = re.compile(r"^(\s*)(?:[-*+•·◦▪‣○●■□▶–]|\(?\d{1,3}[.)]|[①-⑳]|[가-하a-z][.)])\s+(.*)$")
_NUMBERED_HEADING = re.compile(r"^(?:\d{1,2}\.)+\d{0,2}\s+\S.{0,40}$|^(?:제\s?\d+\s?[장절]|[IVX]{1,4}\.)\s+\S.{0,40}$")
# Of a row without the spaces around it: with them, runs of spaces would be divided in every way.
_TABLE_RULE = re.compile(r"^(?:[-*] )?\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*([A-Za-z0-9_-]*)")
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n(?P<body>(?:(?!\1).*\n){0,60}?)\1[ \t]*(?:\n|\Z)")
_LABELLED = re.compile(r"^[\[<【「〈]\s*([^\]>】」〉]{1,40})\s*[\]>】」〉]\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line: wrapped lines are joined, markup is gone. ``number`` counts from 1 in the text given."""

    number: int
    shape: Shape
    text: str
    depth: int = 0
    section: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block with its language, ``mermaid`` or ``sql`` for instance."""

    number: int
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    truncated: bool = False


def clean(text: str) -> str:
    """Text without control characters and in one Unicode form; line ends are ``\\n``."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _KEYCAP.sub(r"\1. ", text)
    return "".join(
        char for char in text if char in "\n\t" or (unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    )


def plain(text: str) -> str:
    """A line without the author's markup: emphasis, code, links, images, HTML, emoji, boxes; nor what is struck out."""
    text = re.sub(r"<!--.{0,500}?-->", " ", text)
    text = re.sub(r"!\[[^\]]{0,200}\]\([^)]{0,500}\)", " ", text)
    text = re.sub(r"\[([^\]]{0,200})\]\([^)]{0,500}\)", r"\1", text)
    text = html.unescape(re.sub(r"</?[A-Za-z][^<>]{0,200}>", " ", text))
    text = re.sub(r"^\[[ xX]\]\s+", "", text)
    text = re.sub(r"~~(?=\S)[^~]{1,300}?(?<=\S)~~", " ", text)  # what is struck out, nobody wants any more
    text = re.sub(r"(\*{1,3})(?=\S)([^*]{1,300}?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![A-Za-z0-9])(_{1,2})(?=\S)([^_]{1,300}?)(?<=\S)\1(?![A-Za-z0-9])", r"\2", text)
    text = text.replace("`", "").replace("**", "").replace("~~", "")
    text = re.sub(r"https?://\S+", " ", text)
    text = "".join(char for char in text if unicodedata.category(char) != "So" or char == "°")
    return re.sub(r"[ \t\u00a0\u3000]+", " ", text).strip()


def visible(text: str) -> str:
    """A text without front matter and HTML comments, each line where it was."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match.group().count("\n")

    text = _FRONT_MATTER.sub(blank, text, count=1) if front_matter(text) else text
    return _COMMENT.sub(blank, text)


def front_matter(text: str) -> str:
    """The YAML or TOML before a page, without its fences; empty where there is none."""
    match = _FRONT_MATTER.match(text)
    body = match.group("body") if match else ""
    return body if re.search(r"^\w[\w-]*\s*[:=]", body, re.MULTILINE) else ""


@lru_cache(maxsize=64)
def read(text: str) -> Page:
    """The page that a text is. Over 60,000 characters the rest is left out and ``truncated`` says so.

    Pages that were read lately are remembered: requirements, what is stated and names are looked for one by one.
    """
    text = visible(clean(text))
    truncated = len(text) > MAX_CHARACTERS
    rows = [re.sub(r"(?<=\S) {3,}", "  ", row)[:MAX_LINE] for row in text[:MAX_CHARACTERS].split("\n")]
    blocks: list[Block] = []
    lines = list(_joined(list(_sections(_titled(_logical(rows, blocks))))))
    return Page(tuple(lines), tuple(blocks), truncated)


def _logical(rows: list[str], blocks: list[Block]) -> Iterator[Line]:
    """Lines with their shape, wrapped ones joined; fenced blocks go to ``blocks``."""
    pending: Line | None = None
    header: tuple[str, ...] = ()
    index = 0
    while index < len(rows):
        row, number = rows[index], index + 1
        index += 1
        if fence := _FENCE.match(row):
            if pending:
                yield pending
                pending = None
            start = index
            while index < len(rows) and not rows[index].strip().startswith(fence.group(1)):
                index += 1
            blocks.append(Block(number, fence.group(2).lower(), "\n".join(rows[start:index])))
            index += 1
            continue
        line = _shape(row, number, header)
        if line is None or line.shape != "row":
            header = ()
        if line is not None and pending is not None and _continues(pending, line, row):
            pending = replace(pending, text=f"{pending.text} {line.text}"[:MAX_LINE])
            continue
        if pending is not None:
            yield pending
            pending = None
        if line is None:
            continue
        if line.shape == "row":
            if not header and index < len(rows) and _TABLE_RULE.match(rows[index].strip()):
                header = line.cells
                index += 1
            else:
                yield line
        else:
            pending = line
    if pending is not None:
        yield pending


def _shape(row: str, number: int, header: tuple[str, ...]) -> Line | None:
    if not row.strip() or _TABLE_RULE.match(row.strip()) or re.fullmatch(r"([-*_=]\s*){3,}", row.strip()):
        return None
    if re.match(r"^\s*>", row):
        text = plain(re.sub(r"^[\s>]+", "", row))
        return Line(number, "paragraph", text, quoted=True) if text else None
    if match := _HEADING.match(row):
        return Line(number, "heading", _title(match.group(2)), len(match.group(1)))
    if re.match(r"^\s*(?:- )?\|.*\|", row):
        inner = row.strip().removeprefix("- ").strip().strip("|")
        cells = tuple(_cell(cell) for cell in re.split(r"(?<!\\)\|", inner))
        return Line(number, "row", " ".join(" ".join(cells).split()), cells=cells, header=header)
    if match := _ITEM.match(row):
        text = plain(match.group(2))
        if _NUMBERED_HEADING.match(row.strip()) and not match.group(1) and _is_title(text):
            return Line(number, "heading", _title(text), 3)
        return Line(number, "item", text, len(match.group(1).expandtabs(4))) if text else None
    text = plain(row)
    if not text:
        return None
    if match := _LABELLED.match(text):
        return Line(number, "heading", _title(match.group(1)), 5)
    if re.fullmatch(r"\s*(\*\*|__)[^*_]{1,60}(\*\*|__):?\s*", row) or _NUMBERED_HEADING.match(text):
        return Line(number, "heading", _title(text), 5)
    if _is_label(text):
        return Line(number, "heading", _title(text), 6)
    return Line(number, "paragraph", text)


def _cell(text: str) -> str:
    """A cell's text; of a list with ``<br>`` between its lines each stays a line."""
    parts = [part for part in (plain(part) for part in re.split(r"<br ?/?>", text)) if part]
    return ("\n" if sum(bool(LISTED.match(part)) for part in parts) > 1 else " ").join(parts)


def _is_title(text: str) -> bool:
    """Whether a numbered line is a short heading rather than a requirement."""
    short = len(text) <= 24 and len(text.split()) <= 3
    return short and text[:1] > "\x7f" and not re.search(r"[다요.!?:;,]$|[,:]", text)


def _title(text: str) -> str:
    text = plain(text)
    text = re.sub(r"^(?:[\dIVX]{1,4}[.)]\d*[.)]?\d*\.?|제\s?\d+\s?[장절])\s*", "", text)
    text = re.sub(r"^[\[<【「〈]\s*|\s*[\]>】」〉]$", "", text.strip())
    return text.strip(" :-–#").strip()


def _continues(before: Line, line: Line, row: str) -> bool:
    """Whether a paragraph line goes on with the item or paragraph before it."""
    if line.shape != "paragraph" or before.shape not in {"item", "paragraph"} or line.quoted != before.quoted:
        return False
    if before.shape == "item" and _is_label(before.text):
        return False
    if before.shape == "item":
        return row[:1] in " \t" or not before.text.endswith((".", "다", "!", "?", ":")) or row[:1].islower()
    return not re.search(r"[.!?다요:]$", before.text) or row[:1].islower()


def _is_label(text: str) -> bool:
    """Whether a few words with a colon name what comes; a sentence with one goes on below."""
    short = len(text.split()) <= 4 and len(text) <= (40 if text.isascii() else 20)
    return short and text.endswith((":", "：")) and not re.search(r"[.!?。]", text)


def _titled(lines: Iterator[Line]) -> Iterator[Line]:
    """Items that only name what their nested items say (``2. 좌석 조회 API``) are headings."""
    found = list(lines)
    for line, after in zip_longest(found, found[1:]):
        nested = after is not None and after.shape == "item" and after.depth > line.depth
        named = re.search(r"[가-힣]", line.text) and not re.search(r"(?:[다요함기음]|[.:?!])$", line.text)
        named = named or any(is_wholly(scope, line.text) for scope in ("quality", "constraints", "demands"))
        below = after is not None and (nested or after.shape == "paragraph")
        labels = below and _is_label(line.text)
        if line.shape == "item" and len(line.text) <= 40 and (labels or (nested and named)):
            yield replace(line, shape="heading", text=_title(line.text), depth=7 + line.depth)
        else:
            yield line


def _sections(lines: Iterator[Line]) -> Iterator[Line]:
    stack: list[tuple[int, str]] = []
    for line in lines:
        if line.shape == "heading":
            while stack and stack[-1][0] >= line.depth:
                stack.pop()
            section = tuple(title for _, title in stack)
            if line.text:
                stack.append((line.depth, line.text[:200]))
        else:
            section = tuple(title for _, title in stack)
        if line.text:
            yield replace(line, section=section)


def _joined(rows: list[Line]) -> Iterator[Line]:
    """A sentence that ends in a colon takes the short items below it along; a longer list stands by itself."""
    index = 0
    while index < len(rows):
        line = rows[index]
        index += 1
        if line.shape not in {"item", "paragraph"} or not line.text.endswith((":", "：")):
            yield line
            continue
        depth = line.depth if line.shape == "item" else -1
        below: list[Line] = []
        for row in rows[index:]:
            if row.shape != "item" or row.depth <= depth:
                break
            below.append(row)
        if below and all(len(row.text) <= 30 and len(row.text.split()) <= 4 for row in below):
            yield replace(line, text=f"{line.text} {', '.join(row.text for row in below)}")
            index += len(below)
        elif not below:
            yield line


def sentences(text: str) -> list[str]:
    """The sentences of a line; abbreviations and numbers such as ``3.5`` do not end one."""
    parts = re.split(r"\n|(?<=[.!?。])\s+(?=[A-Z가-힣\"'\u3040-\u30ff\u4e00-\u9fff])|(?<=다\.)|(?<=。)", text)
    return [part.strip() for part in parts if part and part.strip()]
