"""What may stand before and between the lines of a diagram and is no part of it: front matter and directives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import orjson

from designchord.notation.problems import Problem


@dataclass(frozen=True, slots=True)
class Preamble:
    """Spans are offsets into the text. Front matter or a directive that is not ``closed`` mostly leaves no diagram."""

    front_matter: tuple[int, int] | None = None
    directives: tuple[tuple[int, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    closed: bool = True

    def blanked(self, text: str) -> str:
        """The text with spaces instead of all this, so that lines and columns stay."""
        pieces, last = [], 0
        for start, end in (*([self.front_matter] if self.front_matter else ()), *self.directives):
            pieces += [text[last:start], re.sub(r"[^\n]", " ", text[start:end])]
            last = end
        return "".join([*pieces, text[last:]])

    def moved(self, text: str) -> str:
        """The text as its hosts give it to Mermaid: without empty lines before the front matter, which follow it."""
        if self.front_matter is None or not self.front_matter[0]:
            return text
        start, end = self.front_matter
        return text[start:end] + text[:start] + text[end:]


_FENCE: Final = re.compile(r"[ \t]*---[ \t\r]*\Z")
_INNER: Final = re.compile(r"\s*(\w+)\s*(:?)(.*)", re.DOTALL)


def read(text: str) -> Preamble:
    """In time that grows with the text."""
    if "---" not in text and "%%{" not in text:
        return Preamble()
    front, problem = _front_matter(text)
    if problem is not None:
        return Preamble(problems=(problem,), closed=False)
    directives: list[tuple[int, int]] = []
    problems: list[Problem] = []
    start = text.find("%%{", front[1] if front else 0)
    while start >= 0:
        end = text.find("}%%", start + 3)
        if end < 0:
            problems.append(_unclosed(text, start))
            return Preamble(front, tuple(directives), tuple(problems), closed=False)
        directives.append((start, end + 3))
        if not _is_readable(text[start + 3 : end]):
            problems.append(_unreadable(text, start))
        start = text.find("%%{", end + 3)
    return Preamble(front, tuple(directives), tuple(problems[:20]))


def _front_matter(text: str) -> tuple[tuple[int, int] | None, Problem | None]:
    offset = opened = 0
    indent: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if indent is None:
            if line.strip():
                if not _FENCE.match(line):
                    return None, None
                indent, opened, start = line[: line.index("---")], number, offset
        elif line.startswith(f"{indent}---") and _FENCE.match(line):
            return (start, min(offset + len(line) + 1, len(text))), None
        offset += len(line) + 1
    if indent is None:
        return None, None
    return None, Problem(
        code="mermaid.front_matter",
        severity="error",
        message="The front matter is not closed.",
        hint="Write a line `---` after it" + (", indented as the first one." if indent else ", and not indented."),
        line=opened,
        column=len(indent) + 1,
    )


def _is_readable(inner: str) -> bool:
    """Whether Mermaid makes settings of what stands between the braces; what it cannot read it passes over."""
    found = _INNER.match(inner)
    if found is None:
        return not inner.strip()
    value = found.group(3).strip()
    if not value or re.fullmatch(r"\w+", value):
        return True
    try:
        orjson.loads(value.replace("'", '"'))
    except orjson.JSONDecodeError:
        return False
    return bool(found.group(2))


def _unclosed(text: str, start: int) -> Problem:
    return _directive(text, start, "This directive is not closed.", "It ends with `}%%`.")


def _unreadable(text: str, start: int) -> Problem:
    hint = 'The settings are JSON: `%%{init: {"theme": "dark"}}%%`.'
    return _directive(text, start, "The settings of this directive cannot be read and change nothing.", hint)


def _directive(text: str, start: int, message: str, hint: str) -> Problem:
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Problem(code="mermaid.directive", severity="error", message=message, hint=hint, line=line, column=column)
