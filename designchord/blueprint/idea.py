"""Idea files: Markdown whose first heading is the title and whose Requirements section holds the requirements."""

from __future__ import annotations

import re
from typing import NamedTuple

from designchord.blueprint.model import Brief
from designchord.ideas.language import detect_language
from designchord.ideas.page import clean, front_matter, plain, visible
from designchord.ideas.sections import is_wholly, scope_of

__all__ = ["Idea", "Row", "detect_language", "find_lines", "joined_rows", "read_idea"]

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*$")
_HEADING_TAG = re.compile(
    r"^[ \t]*<h([1-3])\b[^>]*>\s*(.{1,300}?)\s*</h\1>[ \t]*$", re.IGNORECASE | re.DOTALL | re.MULTILINE
)
_FRONT_TITLE = re.compile(r"^title\s*[:=]\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_LEAD = re.compile(r"^\s{0,3}(?!#|[-*+•]\s|\d+[.)]\s)([^.!?。:]{2,60}?)\s+[-–—]\s+(\S.{20,})$")
_REQUIREMENTS = re.compile(
    r"(?:\d+[.)]\s*)?(?:functional |product |key )?(?:requirements?|요구 ?사항|기능 ?요구 ?사항)", re.IGNORECASE
)


class Idea(NamedTuple):
    """The three fields of the form, as one file holds them."""

    title: str
    content: str
    requirements: str


def read_idea(text: str) -> Idea:
    """Take an idea file apart.

    The title is that of the front matter, else the first heading that says what the file is about (``README`` or
    ``Requirements`` does not), else the first line, of at most 100 characters.
    """
    source = clean(text)
    rows = _HEADING_TAG.sub(_as_heading, visible(source)).split("\n")
    title, named = _title(source, rows)
    content: list[str] = []
    requirements: list[str] = []
    depth = 0
    fenced = False
    # Several such sections are chapters of one requirements document, not the field of the form.
    sections = sum(bool((found := _HEADING.match(row)) and _is_requirements(found.group(2))) for row in rows[1:])
    for number, row in enumerate(rows):
        if row.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        heading = None if fenced else _HEADING.match(row)
        if number in named:
            continue
        if heading is not None:
            level, name = len(heading.group(1)), plain(heading.group(2))
            if depth and level <= depth:
                depth = 0
            if not depth and sections == 1 and _is_requirements(name):
                depth = level
                continue
        (requirements if depth else content).append(row)
    if not title:
        at = next((number for number, row in enumerate(content) if plain(row)), 0)
        title, rest = _lead(content[at]) if content else ("", "")
        if title:
            content[at] = rest
        else:
            first = plain(content[at] if content else "").strip("#*-• ")
            title = re.split(r"(?<=[.!?。:])\s|\s[-–—]\s", first)[0].rstrip(".:。 ")[:100]
    return Idea(title[:200], "\n".join(content).strip(), "\n".join(requirements).strip())


def _title(source: str, rows: list[str]) -> tuple[str, set[int]]:
    """The title, and the rows that are nothing but it: the headings before everything else."""
    found = _FRONT_TITLE.search(front_matter(source))
    title = plain(found.group(1).strip().strip("\"'")) if found else ""
    taken: list[tuple[int, str]] = []
    for number, row in enumerate(rows):
        if not re.search(r"\w", plain(row)):
            continue
        heading = _HEADING.match(row)
        name = plain(heading.group(2)) if heading is not None else ""
        telling = not is_wholly("generic", name)
        # Under such a heading a chapter is no title.
        chapter = bool(taken) and (name[:1].isdigit() or scope_of((name,)) != "plain")
        if not name or (telling and chapter) or (title and telling and name.casefold() != title.casefold()):
            break
        taken.append((number, name))
        if telling:
            return title or name, {number for number, _ in taken}
    # Of headings that tell nothing, the first is the title, and the others are sections.
    return title or (taken[0][1] if taken else ""), {number for number, _ in taken[:1]}


def _as_heading(match: re.Match[str]) -> str:
    """``<h1 align="center">Name</h1>`` as Markdown; what stands over several lines becomes the first of them."""
    return f"{'#' * int(match.group(1))} {' '.join(match.group(2).split())}" + "\n" * match.group().count("\n")


def _lead(row: str) -> tuple[str, str]:
    """A name and what follows it in ``Blood donation - Donors book …``; two empty texts where there is no such name."""
    match = _LEAD.match(row)
    return (plain(match.group(1)).strip(), match.group(2)) if match else ("", "")


class Row(NamedTuple):
    """A line of the text that a brief comes to, and where the author wrote it (``field`` is empty for what joins)."""

    text: str
    field: str = ""
    line: int = 0


def joined_rows(brief: Brief) -> list[Row]:
    """A brief as one Markdown text, line by line: title, content, and the requirements under a heading of their own."""
    rows = []
    if not plain(brief.content[:400]).startswith(brief.title.rstrip(".… ")):
        rows += [Row(f"# {brief.title}", "title", 1), Row("")]
    # Where the requirements are all there is, they stand in for the content, too.
    if brief.content.strip() != brief.requirements.strip():
        rows += [Row(text, "content", number) for number, text in enumerate(brief.content.split("\n"), 1)]
    if brief.requirements.strip():
        heading = "요구사항" if brief.language.startswith("ko") else "Requirements"
        rows += [Row(""), Row(f"## {heading}"), Row("")]
        rows += [Row(text, "requirements", number) for number, text in enumerate(brief.requirements.split("\n"), 1)]
    return rows


def _is_requirements(heading: str) -> bool:
    return bool(_REQUIREMENTS.fullmatch(plain(heading).strip(" :")))


def find_lines(text: str, brief: Brief) -> dict[tuple[str, int], int]:
    """Where the lines of a brief (field, line) stand in the idea file that it was read from, counted from 1.

    Each field keeps the file's order, so each is found by going through the file once.
    """
    rows = [row.strip() for row in clean(text).split("\n")]
    fields = {"title": brief.title, "content": brief.content, "requirements": brief.requirements}
    found: dict[tuple[str, int], int] = {}
    for field, value in fields.items():
        at = 0
        for number, line in enumerate(value.split("\n"), 1):
            wanted = line.strip()
            hit = next((n for n in range(at, len(rows)) if _is_row(rows[n], wanted, field)), None)
            if hit is not None:
                found[field, number], at = hit + 1, hit + 1
    return found


def _is_row(row: str, wanted: str, field: str) -> bool:
    if field != "title":
        return row == wanted or (bool(wanted) and _lead(row)[1] == wanted)
    return bool(wanted) and plain(row.lstrip("#-*• ")).startswith(wanted)
