"""Repairs of a document that lose no word of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from designchord.kinds.document.checking import LOOKS
from designchord.kinds.document.structure import DELIMITER, Structure, cells, read_structure
from designchord.notation.problems import Fix

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s[^<>]*)?)/?>")
_HEADING = re.compile(r"^( {0,3})(#{1,6})(\s|$)")


def mend_document(source: str) -> tuple[str, tuple[Fix, ...]]:
    """Every repair that applies, one after the other, each named."""
    fixes: list[Fix] = []
    for mend in _MENDS:
        source, found = mend(source, read_structure(source))
        fixes += found
    return source, tuple(fixes)


Mended = tuple[str, list[Fix]]


def _mend_fence(source: str, structure: Structure) -> Mended:
    unclosed = structure.unclosed
    if unclosed is None:
        return source, []
    inside = structure.lines[unclosed.line :]
    if any(re.match(r"#{1,6} \S", line) for line in inside):
        # A document does not put its headings into code: the fence itself is the slip.
        lines = structure.lines[: unclosed.line - 1] + inside
        return "\n".join(lines), [
            Fix("document.unclosed_fence", "Took out a fence that nothing closes.", unclosed.line)
        ]
    closed = f"{source.rstrip()}\n{unclosed.marker}\n"
    return closed, [Fix("document.unclosed_fence", "Closed a code block.", unclosed.line)]


def _mend_headings(source: str, structure: Structure) -> Mended:
    """One title, sections below it: shift all levels when they begin too low, all but the first when all are titles."""
    levels = [heading.level for heading in structure.headings]
    if not levels:
        return source, []
    if 1 not in levels:
        # Only a single highest heading at the top can be the title.
        if levels.count(levels[0]) == 1 and min(levels) == levels[0]:
            return _shift(structure, 1 - levels[0], 0), [_shifted(structure)]
        return source, []
    if 2 not in levels and len(levels) > 1 and levels[0] == 1:
        return _shift(structure, 2 - min(levels[1:]), 1), [_shifted(structure)]
    return source, []


def _shift(structure: Structure, by: int, skip: int) -> str:
    lines = list(structure.lines)
    for heading in structure.headings[skip:]:
        match = _HEADING.match(lines[heading.line - 1])
        if match:
            level = min(6, max(1, len(match[2]) + by))
            rest = lines[heading.line - 1][match.end(2) :]
            lines[heading.line - 1] = "#" * level + rest
    return "\n".join(lines)


def _shifted(structure: Structure) -> Fix:
    return Fix("document.heading_levels", "Shifted the levels of the headings.", structure.headings[0].line)


def _mend_tables(source: str, structure: Structure) -> Mended:
    lines, fixes = list(structure.lines), []
    for first, last in reversed(structure.loose_rows()):
        header, second = lines[first - 1], lines[first]
        rule = "|" + " --- |" * cells(header)
        if DELIMITER.match(second):
            lines[first] = rule
        elif all(cells(lines[number - 1]) == cells(header) for number in range(first, last + 1)):
            lines.insert(first, rule)
        else:
            continue
        if first > 1 and lines[first - 2].strip():
            lines.insert(first - 1, "")
        fixes.append(Fix("document.table", "Completed the line under a table's head.", first))
    return ("\n".join(lines) if fixes else source), fixes[::-1]


def _mend_html(source: str, structure: Structure) -> Mended:
    """Looks go and their content stays; other tags are shown as they were written."""
    if not structure.html:
        return source, []
    places = {line for _, line in structure.html}
    html = "".join(text for text, _ in structure.html)

    def replace(match: re.Match[str]) -> str:
        if match[0] not in html:
            return match[0]
        name = match[2].lower()
        if name == "br":
            return " "
        return "" if name in LOOKS else match[0].replace("<", "&lt;")

    code = re.compile(r"(`+)(?:(?!`).)+?\1")
    lines = []
    for number, line in enumerate(_without_comments(source).split("\n"), 1):
        if structure.in_code(number):
            lines.append(structure.lines[number - 1])
            continue
        pieces, end = [], 0
        for span in code.finditer(line):
            pieces += [_TAG.sub(replace, line[end : span.start()]), span[0]]
            end = span.end()
        lines.append("".join([*pieces, _TAG.sub(replace, line[end:])]))
    mended = "\n".join(lines)
    if mended == source:
        return source, []
    return mended, [Fix("document.html", "Took HTML out or wrote it as text.", min(places))]


def _without_comments(source: str) -> str:
    """Comments go, their line breaks stay, so that lines keep their numbers."""
    kept, end = [], 0
    while (start := source.find("<!--", end)) >= 0:
        stop = source.find("-->", start)
        if stop < 0:
            break
        kept += [source[end:start], "\n" * source.count("\n", start, stop)]
        end = stop + 3
    return "".join([*kept, source[end:]])


_MENDS: tuple[Callable[[str, Structure], Mended], ...] = (_mend_fence, _mend_html, _mend_headings, _mend_tables)
