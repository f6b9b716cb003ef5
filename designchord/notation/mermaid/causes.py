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


def full_width(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
    bare = re.sub(r'"[^"]*"', "", line)
    sign = next((char for char in bare if ord(char) in FULL_WIDTH), None)
    if sign is None or sign.translate(FULL_WIDTH) in bare:
        return None
    plain = sign.translate(FULL_WIDTH)
    return Explanation(
        "mermaid.full_width",
        f"`{sign}` is not `{plain}`.",
        f"Write `{line.strip().replace(sign, plain)[:80]}`.",
        (row, line.index(sign) + 1),
    )


#: Signs that word processors write for a hyphen or an arrow.
_DASHES: Final = str.maketrans({**dict.fromkeys("‐‑‒–—−", "-"), "→": "->>", "⇢": "-->>", "←": "<<-"})


def dash(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
    head, colon, text = line.partition(":")
    sign = next((char for char in re.sub(r'"[^"]*"', "", head) if ord(char) in _DASHES), None)
    if sign is None:
        return None
    return Explanation(
        "mermaid.look_alike",
        f"`{sign}` is not `{sign.translate(_DASHES)}`.",
        f"Write `{(head.translate(_DASHES) + colon + text).strip()[:80]}`.",
        (row, line.index(sign) + 1),
    )


def last_line(lines: list[str]) -> int:
    return max((number for number, line in enumerate(lines, 1) if line.strip()), default=1)
