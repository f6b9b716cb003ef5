"""Causes of parse errors that every family has, and what a cause is: it looks at the text and names itself or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong and what to do. ``place`` (line, column) is given where it is another than the parser's."""

    code: str
    message: str
    hint: str
    place: tuple[int, int] | None = None


#: Looks at the lines of a text, the line (from 1) of the parser's error and the error; ``None`` when it is another.
Cause = Callable[[list[str], int, dict[str, Any]], "Explanation | None"]


def fence(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    if re.match(r"\s*(`{3,}|~{3,})", lines[row - 1]):
        return Explanation("mermaid.fence", "A Markdown code fence stands in the diagram.", "Remove the ``` lines.")
    return None


def placeholder(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1].strip()
    if re.fullmatch(r"\.{2,}|…|\[[^\]|]*\]|<[^<>|]*>", line):
        return Explanation(
            "mermaid.placeholder", f"`{line[:60]}` only stands for a diagram.", "Write what belongs here."
        )
    return None


#: Signs of East Asian keyboards that look like signs of the notation.
FULL_WIDTH: Final = str.maketrans("：；｛｝（），－＞＜［］｜＂“”", ':;{}(),-><[]|"""')
_QUOTES: Final = {ord(char): '"' for char in "＂“”"}
_HEAD: Final = re.compile(r'(?:"[^"]*"|[^":：])*[:：]?')
_QUOTED: Final = re.compile(r'("[^"]*")')


def full_width(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), line)
    at = next((index for index, char in enumerate(bare) if ord(char) in FULL_WIDTH), None)
    if at is None:
        return None
    sign = line[at]
    is_read = error.get("at") is not None and error["at"]["column"] == at + 1
    if ":" in bare[:at] and not (sign in "＂“”" and is_read):
        return None  # part of a text, where such signs are as good as others
    return Explanation(
        "mermaid.full_width",
        f"`{sign}` is not `{sign.translate(FULL_WIDTH)}`.",
        f"Write `{narrow(line, quotes=sign in '＂“”').strip()[:80]}`.",
        (row, at + 1),
    )


def narrow(line: str, *, quotes: bool = False) -> str:
    """A line with signs of the notation instead of the full-width ones before its text; ``quotes``: also in it."""
    head = _HEAD.match(line)
    end = head.end() if head else 0
    pieces = [piece if piece[:1] == '"' else piece.translate(FULL_WIDTH) for piece in _QUOTED.split(line[:end])]
    return "".join(pieces) + (line[end:].translate(_QUOTES) if quotes else line[end:])


#: Signs that word processors write for a hyphen or an arrow.
_DASHES: Final = str.maketrans({**dict.fromkeys("‐‑‒–—−", "-"), "→": "->>", "⇢": "-->>", "←": "<<-"})
#: One of them between the ends of a relation stands for two hyphens.
_JOINING: Final = re.compile(r"(?<=[|}o{])[‐‑‒–—−]+(?=[|{}o])")


def dash(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
    head, colon, text = line.partition(":")
    sign = next((char for char in _QUOTED.sub("", head) if ord(char) in _DASHES), None)
    if sign is None:
        return None
    joined = _JOINING.sub("--", head)
    return Explanation(
        "mermaid.look_alike",
        f"`{sign}` is not `{sign.translate(_DASHES) if joined == head else '--'}`.",
        f"Write `{(joined.translate(_DASHES) + colon + text).strip()[:80]}`.",
        (row, line.index(sign) + 1),
    )


def last_line(lines: list[str]) -> int:
    return max((number for number, line in enumerate(lines, 1) if line.strip()), default=1)
