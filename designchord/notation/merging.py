"""Two changes of one text put together, line by line, where they do not meet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from merge3 import Merge3


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both changed, and how: ``line`` is where they stand in the author's text, from 1."""

    line: int
    yours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """``text`` is there where nothing clashes."""

    text: str | None
    clashes: tuple[Clash, ...] = ()


def merge(base: str, yours: str, theirs: str, *, renamed: Mapping[str, str] | None = None) -> Merged:
    """What ``theirs`` changed of ``base``, done in ``yours``.

    ``renamed`` are names that became others in ``theirs``: they do so in ``yours`` first, wherever they stand as words,
    so that a line may have been edited and bear a new name.
    """
    base, yours = (_renamed(text, renamed or {}) for text in (base, yours))
    old, mine, other = (text.splitlines(keepends=True) for text in (base, yours, theirs))
    found: list[str] = []
    clashes: list[Clash] = []
    at = 1
    for region in Merge3(old, mine, other).merge_groups():
        if region[0] == "conflict":
            clashes.append(Clash(at, "".join(region[2]), "".join(region[3])))
            at += len(region[2])
            continue
        found += region[1]
        at += 0 if region[0] == "b" else len(region[1])
    return Merged(None if clashes else "".join(found), tuple(clashes))


def _renamed(text: str, names: Mapping[str, str]) -> str:
    if not names:
        return text
    pattern = re.compile(r"(?<![A-Za-z0-9_])(?:" + "|".join(map(re.escape, names)) + r")(?![A-Za-z0-9_])")
    return pattern.sub(lambda match: names[match[0]], text)
