"""How alike two texts are, and how much of one stands in the other, in any language: by pairs of letters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

_NOT_LETTER = re.compile(r"[\W_]+")


def alike(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same but for spaces, signs and case)."""
    first, second = _pairs(one), _pairs(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else float(one.strip() == other.strip())


def contained(part: str, whole: str) -> float:
    """How much of ``part`` stands somewhere in ``whole``: 1 when all its pairs of letters do.

    Texts of a few letters are contained or not: single pairs are in every text.
    """
    small, large = folded(part), folded(whole)
    if not small:
        return 1.0
    if len(small) <= 4:
        return float(small in large)
    pairs = _pairs(part)
    return (pairs & _pairs(whole)).total() / pairs.total()


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Letters and digits alone, in one case and one form."""
    return _NOT_LETTER.sub("", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=1024)
def _pairs(text: str) -> Counter[str]:
    letters = folded(text)
    return Counter(letters[at : at + 2] for at in range(len(letters) - 1)) or Counter([letters] if letters else [])
