"""How lines of sequence diagrams look: just enough for hints and repairs. The grammar alone decides validity."""

from __future__ import annotations

import re
from typing import Final

#: Every arrow of a sequence diagram, longest first (without the half-arrows, which nobody writes by mistake).
ARROW: Final = r"<<-->>|<<->>|-->>|->>|--x|-x|--\)|-\)|-->|->"

#: Words that open a block closed by ``end``.
BLOCKS: Final = frozenset({"alt", "opt", "loop", "par", "par_over", "critical", "break", "rect", "box"})

#: Words that begin a statement of a sequence diagram.
STATEMENT: Final = re.compile(
    r"(?:sequenceDiagram|participant|actor|create|destroy|activate|deactivate|autonumber|note|loop|alt|else|opt|par|"
    r"par_over|and|critical|option|break|rect|box|end|title|accTitle|accDescr|links?|properties|details)\b",
    re.IGNORECASE,
)

#: Words that the lexer takes for the notation's own where a participant's id begins: whatever the case, and as a
#: prefix up to a character that JavaScript's ``\b`` does not count as a word's.
KEYWORD_ID: Final = re.compile(
    r"(?:box|participant|actor|create|destroy|as|loop|rect|opt|alt|else|par|par_over|and|critical|option|break|end|"
    r"left of|right of|over|note|activate|deactivate|sequenceDiagram|autonumber|off)(?![A-Za-z0-9_])"
    r"|(?:links|link|properties|details|title)(?=[ \t])",
    re.IGNORECASE,
)

_ARROW: Final = re.compile(ARROW)
_TEXT_OF_NOTE: Final = re.compile(r"^(\s*note\s+(?:over|left of|right of)\s+[^:\n]+:)(.*)$", re.IGNORECASE)
_TEXT_OF_BLOCK: Final = re.compile(
    r"^(\s*(?:alt|else|opt|loop|par|and|critical|option|break|title|box|rect)\b)(.*)$", re.IGNORECASE
)
_TEXT_OF_ALIAS: Final = re.compile(
    r"^(\s*(?:create\s+)?(?:participant|actor)\s+[^\n;:<>,]+?\s+as\b)(.*)$", re.IGNORECASE
)


def split_statement_text(line: str) -> tuple[str, str] | None:
    """A line's syntax and its free text: ``A->>B:`` and `` text``; ``None`` where there is no free text."""
    for pattern in (_TEXT_OF_NOTE, _TEXT_OF_ALIAS, _TEXT_OF_BLOCK):
        found = pattern.match(line)
        if found:
            return found.group(1), found.group(2)
    head, colon, text = line.partition(":")
    return (head + colon, text) if colon and _ARROW.search(head) else None


def is_statement(text: str) -> bool:
    """Whether a piece of text looks like a statement of a sequence diagram."""
    text = text.strip()
    return bool(
        STATEMENT.match(text)
        or text.startswith("%%")
        or re.match(rf"[^\s:;][^:;]*?\s*(?:{ARROW})\s*[+-]?\s*[^:;]+:", text)
    )


def first_word(line: str) -> str:
    found = re.match(r"\s*([A-Za-z_]+)", line)
    return found.group(1).lower() if found else ""


def is_block_word(line: str) -> bool:
    """Whether the line opens a block, rather than naming a participant such as ``Box->>A: text``."""
    word = first_word(line)
    return word in BLOCKS and not re.match(rf"\s*\w+\s*(?:{ARROW})", line)


def is_end(line: str) -> bool:
    return bool(re.match(r"\s*end\s*;?\s*(?:%%.*)?$", line, re.IGNORECASE))


def open_blocks(lines: list[str]) -> list[tuple[str, int]]:
    """The blocks that are open after these lines: word and line number, outermost first."""
    blocks: list[tuple[str, int]] = []
    for number, line in enumerate(lines, 1):
        if is_block_word(line):
            blocks.append((first_word(line), number))
        elif is_end(line) and blocks:
            blocks.pop()
    return blocks
