"""Two changes of one text put together, line by line, where they do not meet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both changed, and how: ``line`` is where they stand in the author's text, from 1."""

    line: int
    yours: str
    theirs: str

    def to_dict(self) -> dict[str, int | str]:
        return {"line": self.line, "yours": self.yours, "theirs": self.theirs}


@dataclass(frozen=True, slots=True)
class Merged:
    """``text`` is there where nothing clashes. ``pieces`` are the whole in its order: texts that are agreed on, and
    clashes."""

    text: str | None
    clashes: tuple[Clash, ...] = ()
    pieces: tuple[str | Clash, ...] = ()


def merge(base: str, yours: str, theirs: str, *, renamed: Mapping[str, str] | None = None) -> Merged:
    """What ``theirs`` changed of ``base``, done in ``yours``.

    ``renamed`` are names that became others in ``theirs``: they do so in ``yours`` first, wherever they stand as words,
    so that a line may have been edited and bear a new name.
    """
    base, yours = (_renamed(text, renamed or {}) for text in (base, yours))
    old, mine, other = (text.splitlines(keepends=True) for text in (base, yours, theirs))
    agreed: list[str] = []
    pieces: list[str | Clash] = []
    for before, yours_now, theirs_now, at in _regions(old, mine, other):
        if yours_now == theirs_now or theirs_now == before:
            agreed += yours_now
        elif yours_now == before:
            agreed += theirs_now
        else:
            pieces += ["".join(agreed), Clash(at + 1, "".join(yours_now), "".join(theirs_now))]
            agreed = []
    clashes = tuple(one for one in pieces if isinstance(one, Clash))
    whole = (*pieces, "".join(agreed))
    return Merged(None if clashes else "".join(agreed), clashes, tuple(one for one in whole if one != ""))


def _regions(
    old: Sequence[str], mine: Sequence[str], other: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str], int]]:
    """The three texts cut at the lines that all have in common: a piece of each, and where that of ``mine`` begins.

    The lines in common are regions of their own. This is the three-way merge of diff3.
    """
    a = b = c = 0
    for start, in_mine, in_other, size in _common(old, mine, other):
        if start > a or in_mine > b or in_other > c:
            yield old[a:start], mine[b:in_mine], other[c:in_other], b
        a, b, c = start + size, in_mine + size, in_other + size
        if size:
            same = old[start:a]
            yield same, same, same, in_mine


def _common(old: Sequence[str], mine: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that all three have: where they begin in each, and how many; at last the ends, with none."""
    ours = SequenceMatcher(None, old, mine, autojunk=False).get_matching_blocks()
    theirs = SequenceMatcher(None, old, other, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start = max(ours[i].a, theirs[j].a)
        end = min(ours[i].a + ours[i].size, theirs[j].a + theirs[j].size)
        if start < end:
            yield start, ours[i].b + start - ours[i].a, theirs[j].b + start - theirs[j].a, end - start
        if ours[i].a + ours[i].size < theirs[j].a + theirs[j].size:
            i += 1
        else:
            j += 1
    yield len(old), len(mine), len(other), 0


def _renamed(text: str, names: Mapping[str, str]) -> str:
    if not names:
        return text
    pattern = re.compile(r"(?<![A-Za-z0-9_])(?:" + "|".join(map(re.escape, names)) + r")(?![A-Za-z0-9_])")
    return pattern.sub(lambda match: names[match[0]], text)
