"""Repairs of blocks: every ``alt`` its ``end``, every ``else`` its ``alt``."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid.families.sequence.syntax import first_word, is_block_word, is_end
from designchord.notation.mermaid.fixing import Line, Lines, commented
from designchord.notation.problems import Fix

_BRANCHES: Final = {"alt": "else", "par": "and", "par_over": "and", "critical": "option"}
_OWNERS: Final = {"else": "alt", "and": "par", "option": "critical"}
_IN_BOX: Final = re.compile(r"^\s*(participant\b|actor\b|create\b|destroy\b|end\b|%%|$)", re.IGNORECASE)


def close_boxes(lines: Lines) -> tuple[Lines, list[Fix]]:
    """A box holds participants only: it ends before anything else, and a later ``end`` of it goes."""
    result: Lines = []
    fixes: list[Fix] = []
    blocks: list[str] = []
    surplus = 0
    for line in lines:
        if blocks and blocks[-1] == "box" and not _IN_BOX.match(line.text):
            blocks.pop()
            surplus += 1
            result.append(Line(line.number, "    end"))
            fixes.append(Fix("sequence.box", "Closed the box before what is no participant.", line.number))
        if is_block_word(line.text):
            blocks.append(first_word(line.text))
        elif is_end(line.text):
            if blocks:
                blocks.pop()
            elif surplus:
                surplus -= 1
                continue
        result.append(line)
    return result, fixes


def correct_branches(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Give a branch the word that its block wants, or the block the word that its branches want."""
    result = list(lines)
    fixes: list[Fix] = []
    stray: list[int] = []
    blocks: list[tuple[str, int]] = []
    for index, line in enumerate(lines):
        word = first_word(line.text)
        if is_block_word(line.text):
            blocks.append((word, index))
        elif is_end(line.text) and blocks:
            blocks.pop()
        elif word in _OWNERS and _is_branch(line.text):
            if not blocks:
                stray.append(index)
                continue
            block, opened = blocks[-1]
            if _BRANCHES.get(block) == word:
                continue
            if block in _BRANCHES:
                result[index] = line.become(_with_word(line.text, _BRANCHES[block]))
                message = f"`{block}` branches with `{_BRANCHES[block]}`."
            elif block in ("opt", "break") and word == "else":
                result[opened] = lines[opened].become(_with_word(lines[opened].text, "alt"))
                blocks[-1] = ("alt", opened)
                message = f"A `{block}` with an `else` is an `alt`."
            else:
                continue
            fixes.append(Fix("sequence.branch", message, line.number))
    result, lost = commented(result, stray, "sequence.branch", "Kept a branch of no block as a comment.")
    return result, fixes + lost


def _is_branch(text: str) -> bool:
    return not re.match(r"^\s*\w+\s*[-<]", text)


def _with_word(text: str, word: str) -> str:
    return re.sub(r"^(\s*)\w+", rf"\g<1>{word}", text, count=1)


def balance(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Remove an ``end`` that closes nothing; close what is open, by indentation where that says where."""
    result: Lines = []
    fixes: list[Fix] = []
    depth = sum(is_block_word(line.text) for line in lines) - sum(is_end(line.text) for line in lines)
    blocks: list[tuple[str, int]] = []
    for index, line in enumerate(lines):
        while depth > 0 and blocks and _stands_outside(line.text, blocks[-1][1]):
            word, indent = blocks.pop()
            depth -= 1
            result.append(Line(line.number, f"{' ' * indent}end"))
            fixes.append(
                Fix("sequence.unclosed_block", f"Closed the `{word}` where its indentation ends.", line.number)
            )
        if is_block_word(line.text):
            blocks.append((first_word(line.text), _indent(line.text) if _is_indented(lines, index) else -1))
        elif is_end(line.text):
            if not blocks:
                fixes.append(Fix("sequence.stray_end", "Removed an `end` that closes nothing.", line.number))
                continue
            blocks.pop()
        result.append(line)
    while blocks and result and not result[-1].text.strip():
        result.pop()
    last = result[-1].number if result else 1
    for word, indent in reversed(blocks):
        result.append(Line(last, f"{' ' * max(indent, 0)}end"))
        fixes.append(Fix("sequence.unclosed_block", f"Closed the `{word}` at the end.", last))
    return (result, fixes) if fixes else (lines, [])


def _is_indented(lines: Lines, index: int) -> bool:
    """Whether what follows a block's first line is indented deeper than it."""
    inner = next((line.text for line in lines[index + 1 :] if line.text.strip()), "")
    return _indent(inner) > _indent(lines[index].text)


def _stands_outside(text: str, indent: int) -> bool:
    """Whether a line is no deeper than the first line of an indented block, and no part of the block itself."""
    return bool(text.strip()) and _indent(text) <= indent and first_word(text) not in {*_OWNERS, "end"}


def _indent(text: str) -> int:
    return len(text.expandtabs(4)) - len(text.expandtabs(4).lstrip())
