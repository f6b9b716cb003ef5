"""Causes of parse errors that every family has, and what a cause is: it looks at the text and names itself or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong and what to do. ``place`` (line, column) is given where it is another than the parser's."""

    code: str
    message: str
    hint: str
    place: tuple[int, int] | None = None


#: Looks at the lines of a text, the line (from 1) of the parser's error and the error; ``None`` when it is another.
Cause = Callable[[list[str], int, dict[str, Any]], "Finding | None"]


def fence(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    if re.match(r"\s*(`{3,}|~{3,})", lines[row - 1]):
        return Finding("mermaid.fence", "A Markdown code fence stands in the diagram.", "Remove the ``` lines.")
    return None


def placeholder(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    line = lines[row - 1].strip()
    if re.fullmatch(r"\.{2,}|…|\[[^\]|]*\]|<[^<>|]*>", line):
        return Finding("mermaid.placeholder", f"`{line[:60]}` only stands for a diagram.", "Write what belongs here.")
    return None


def last_line(lines: list[str]) -> int:
    return max((number for number, line in enumerate(lines, 1) if line.strip()), default=1)
