"""Repairs of diagrams: what every family has in common, and how repairs are applied.

A repair says what it did, looks at lines that are broken by themselves and leaves alone what Mermaid reads. Repairs run
one after the other until the text is valid. When it does not become so, or a repair finds what it does not understand,
the text stays as it was: half a repair would hide the fault from whoever corrects it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from designchord.notation.mermaid import limits, preamble
from designchord.notation.mermaid.parsing import parse
from designchord.notation.problems import Fix


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text under repair. ``number`` is where it, or what it was made from, stood in the given text."""

    number: int
    text: str

    def become(self, text: str) -> Line:
        return replace(self, text=text)


class NotUnderstood(Exception):
    """A text holds what could be repaired in more than one way, or what no repair knows."""


Lines = list[Line]
Repair = Callable[[Lines], tuple[Lines, list[Fix]]]


def repair(source: str, repairs: Sequence[Repair]) -> tuple[str, tuple[Fix, ...]]:
    """Apply repairs until the text is valid. What cannot be repaired stays as it is, for the check to say."""
    if len(source) > limits.MAX_CHARACTERS or parse(source).valid:
        return source, ()
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    fixes: list[Fix] = []
    for step in repairs:
        try:
            changed, found = step(lines)
        except NotUnderstood:
            return source, ()
        if not found:
            continue
        lines, fixes = changed, fixes + found
        if parse(joined(lines)).valid:
            break
    made = joined(lines)
    is_mended = bool(fixes) and parse(made).valid and _says_something(made)
    return (made, tuple(fixes)) if is_mended else (source, ())


def _says_something(text: str) -> bool:
    """Whether a text is more than a header and comments: what holds no diagram is not made into an empty one."""
    return not any(problem.code.endswith(".empty") for problem in parse(text).problems)


@lru_cache(maxsize=512)
def reads(text: str) -> bool:
    """Whether Mermaid reads a small text by itself; what only its other lines could make right is not asked for."""
    diagram = parse(text)
    return diagram.model is not None and not any(
        problem.severity == "error" and problem.code not in _OF_THE_WHOLE for problem in diagram.problems
    )


#: Errors of a line that only the lines around it decide about.
_OF_THE_WHOLE: Final = frozenset({"sequence.unknown_activation", "sequence.empty_block"})


def joined(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)


def each_line(
    change: Callable[[str], tuple[str, str, str] | None], unless: Callable[[str], bool] = lambda text: False
) -> Repair:
    """A repair that looks at single lines: new text, code and message, or ``None`` where nothing is wrong.

    ``unless`` tells of a line whether Mermaid reads it by itself; such a line is left alone.
    """

    def step(lines: Lines) -> tuple[Lines, list[Fix]]:
        result: Lines = []
        fixes: list[Fix] = []
        for line in lines:
            changed = change(line.text)
            if changed is None or changed[0] == line.text or unless(line.text):
                result.append(line)
                continue
            result.append(line.become(changed[0]))
            fixes.append(Fix(changed[1], changed[2], line.number))
        return result, fixes

    return step


def _invisible(text: str) -> tuple[str, str, str] | None:
    seen = text.replace("\ufeff", "").replace("\u200b", "").replace("\u2060", "")
    seen = seen.replace("\u00a0", " ").replace("\u3000", " ")
    return seen, "mermaid.invisible_characters", "Removed invisible characters."


def _foreign_comment(text: str) -> tuple[str, str, str] | None:
    found = re.match(r"^(\s*)(?://|--\s)\s*(.*)$", text)
    if found is None:
        return None
    return f"{found.group(1)}%% {found.group(2)}", "mermaid.comment", "Wrote a comment as `%%`."


def _escaped_arrows(text: str) -> tuple[str, str, str] | None:
    if not re.search(r"-+&gt;|&lt;-|\.&gt;", text):
        return None
    head, colon, rest = text.partition(":")
    return html.unescape(head) + colon + rest, "mermaid.html_entity", "Wrote an escaped arrow as an arrow."


def _html(text: str) -> tuple[str, str, str] | None:
    plain = limits.without_html(text)
    return plain, "mermaid.html", "Removed HTML and kept its text."


def without_fences(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Remove Markdown's fence lines, and what stands around a fenced diagram."""
    fences = [i for i, line in enumerate(lines) if re.match(r"^\s*(`{3,}|~{3,})\s*\w*\s*$", line.text)]
    if not fences:
        return lines, []
    kept = [line for index, line in enumerate(lines) if index not in fences]
    for start, end in zip(fences, [*fences[1:], len(lines)], strict=True):
        inside = lines[start + 1 : end]
        if any(re.match(r"^\s*(sequenceDiagram|erDiagram)\b", line.text) for line in inside):
            kept = inside
    return kept, [Fix("mermaid.fence", "Removed the Markdown code fence.", lines[fences[0]].number)]


def without_refused(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Remove what designchord does not accept: front matter, directives, links."""
    problems, plain = limits.refuse(joined(lines), preamble.read(joined(lines)))
    names = {
        "mermaid.refused.front_matter": "Removed the front matter.",
        "mermaid.refused.directive": "Removed a directive.",
        "mermaid.refused.interaction": "Removed a link.",
    }
    fixes = [
        Fix(problem.code, names[problem.code], lines[(problem.line or 1) - 1].number)
        for problem in problems
        if problem.code in names
    ]
    if not fixes:
        return lines, []
    texts = plain.split("\n")
    kept = [
        line.become(text) if text.strip() != line.text.strip() else line
        for line, text in zip(lines, texts, strict=True)
        if text.strip() or not line.text.strip()
    ]
    return kept, fixes


def with_header(header: str, is_statement: Callable[[str], bool]) -> Repair:
    """Drop what stands before the header, correct a misspelt one, add a missing one."""
    near = re.compile(rf"^\s*{header[:-7]}[\s_-]*diagram\b[\s:;{{]*", re.IGNORECASE)

    def step(lines: Lines) -> tuple[Lines, list[Fix]]:
        for index, line in enumerate(lines):
            if re.match(rf"^\s*{header}\s*$", line.text):
                again = [each for each in lines[index + 1 :] if each.text.strip() == header]
                kept, fixes = _dropped([each for each in lines if each not in again], index)
                return kept, [
                    *fixes,
                    *(Fix("mermaid.header", "Removed a repeated header.", each.number) for each in again),
                ]
            found = near.match(line.text)
            if found:
                rest = line.text[found.end() :]
                right = [line.become(header)] + ([line.become(f"    {rest}")] if rest.strip() else [])
                before, fixes = _dropped(lines[: index + 1], index)
                fixes.append(Fix("mermaid.header", f"Wrote the header as `{header}`.", line.number))
                return before[:-1] + right + lines[index + 1 :], fixes
        first = next((index for index, line in enumerate(lines) if is_statement(line.text)), None)
        if first is None:
            return lines, []
        kept, fixes = _dropped(lines, first)
        at = kept.index(lines[first])
        kept = [*kept[:at], lines[first].become(header), *kept[at:]]
        return kept, [*fixes, Fix("mermaid.header", f"Added the header `{header}`.", lines[first].number)]

    return step


def _dropped(lines: Lines, index: int) -> tuple[Lines, list[Fix]]:
    """Without the prose before ``index``; comments and empty lines stay."""
    before = [line for line in lines[:index] if not line.text.strip() or line.text.lstrip().startswith("%%")]
    if len(before) == index:
        return lines, []
    first = next(line for line in lines[:index] if line not in before)
    return before + lines[index:], [Fix("mermaid.prose", "Removed the text before the diagram.", first.number)]


def commented(lines: Lines, indices: Iterable[int], code: str, message: str) -> tuple[Lines, list[Fix]]:
    """Keep lines that say nothing to Mermaid as comments, so that their words are not lost."""
    chosen = set(indices)
    fixes = [Fix(code, message, lines[index].number) for index in sorted(chosen)]
    result = [
        line.become(re.sub(r"^(\s*)(.*)$", r"\1%% \2", line.text)) if index in chosen else line
        for index, line in enumerate(lines)
    ]
    return result, fixes


def without_broken_end(is_whole: Callable[[str], bool]) -> Repair:
    """Drop the last line when it breaks off in the middle: an answer that was cut."""

    def step(lines: Lines) -> tuple[Lines, list[Fix]]:
        said = [index for index, line in enumerate(lines) if line.text.strip()]
        if len(said) < 3 or is_whole(lines[said[-1]].text):
            return lines, []
        error = next((problem for problem in parse(joined(lines)).problems if problem.severity == "error"), None)
        if error is None or error.line != said[-1] + 1:
            return lines, []
        return lines[: said[-1]], [
            Fix("mermaid.cut_line", "Removed the last line, which breaks off.", lines[said[-1]].number)
        ]

    return step


SHARED: Final[tuple[Repair, ...]] = (
    each_line(_invisible),
    without_fences,
    without_refused,
    each_line(_html),
    each_line(_escaped_arrows),
    each_line(_foreign_comment),
)
