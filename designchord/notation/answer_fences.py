"""Fenced blocks in a model's answer, as models write them rather than as CommonMark has them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: its language (lower case, may be empty), its text without indentation, whether it was closed.

    ``info`` are all words of the opening line after the fence.
    """

    language: str
    text: str
    closed: bool
    info: str = ""


FENCE = re.compile(
    r"^(?P<quote>(?:[ \t]*> ?)*+)(?P<indent>[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(?P<sign>`{3,}|~{3,})(?P<info>.*)$"
)
_HTML_CODE = re.compile(
    r"<(?P<tag>pre|code|div)\b[^<>]{0,200}\b(?:class|lang)=[\"'](?:[^\"'<>]{0,100}?[ -])??"
    r"(?P<language>mermaid|json|ya?ml|markdown)\b[^<>]{0,200}>",
    re.IGNORECASE,
)


def fences_of(text: str) -> list[Fence]:
    """The outermost fenced blocks of a text.

    Looser than CommonMark where models are: a fence of the same length with a language inside a Markdown fence is
    nested, and inside any other fence it means that the one before was left open.
    """
    if "```" not in text and "~~~" not in text:
        return _html_fences(text)
    fences: list[Fence] = []
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        opening = FENCE.match(lines[index])
        index += 1
        if opening is None or "`" in opening["info"]:
            continue
        language = _language(opening["info"])
        body: list[str] = []
        index, closed = _read_fence(lines, index, opening, language in ("markdown", "md"), body)
        width = len(opening["indent"].expandtabs(4))
        inside = "\n".join(_outdent(line, opening["quote"], width) for line in body)
        fences.append(Fence(language, inside, closed, opening["info"].strip()))
    return fences or _html_fences(text)


def _html_fences(text: str) -> list[Fence]:
    fences: list[Fence] = []
    for opening in _HTML_CODE.finditer(text):
        end = text.find(f"</{opening['tag']}>", opening.end())
        if end < 0:
            break
        fences.append(Fence(opening["language"].lower(), html.unescape(text[opening.end() : end]), True))
    return fences


def _read_fence(lines: list[str], index: int, opening: re.Match[str], nests: bool, body: list[str]) -> tuple[int, bool]:
    """Collect the lines of an open fence into ``body``; where to go on, and whether it was closed."""
    depth = 0
    while index < len(lines):
        line = lines[index]
        fence = FENCE.match(line)
        if fence is not None and fence["sign"][0] == opening["sign"][0] and "`" not in fence["info"]:
            if fence["info"].strip():
                if nests:
                    depth += 1
                elif len(fence["sign"]) >= len(opening["sign"]):
                    return index, False
            elif depth:
                depth -= 1
            elif len(fence["sign"]) >= len(opening["sign"]):
                return index + 1, True
        body.append(line)
        index += 1
    return index, False


def _language(info: str) -> str:
    word = info.strip().strip("{}").split()
    return word[0].lstrip(".").lower() if word else ""


def _outdent(line: str, quote: str, width: int) -> str:
    if quote:
        line = re.sub(rf"^(?:[ \t]*> ?){{1,{quote.count('>')}}}", "", line)
    blank = len(line) - len(line.lstrip(" \t"))
    return line[min(width, blank) :]


def whole_fence(text: str) -> Fence | None:
    """The fence that a text consists of."""
    stripped = text.strip()
    if not stripped.startswith(("```", "~~~")) or stripped[-3:] not in ("```", "~~~"):
        return None
    fences = fences_of(text)
    return fences[0] if len(fences) == 1 else None
