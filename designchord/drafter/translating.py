"""English for single words of other scripts, by the drafter's own dictionaries; nothing where they do not know it."""

from __future__ import annotations

import re

from designchord.language import naming
from designchord.language.lexicon import lexicon

_LONGEST = 12


def english_of(phrase: str) -> str:
    """``진료 예약`` → ``treatment reservation``; empty unless every part of the phrase is known."""
    parts: list[str] = []
    for word in re.split(r"[\s_-]+", phrase.strip()):
        found = [word] if word.isascii() else _word(word)
        if not found:
            return ""
        parts += found
    return " ".join(naming.split_words(" ".join(parts))).lower()


def _word(word: str) -> list[str]:
    """The English of a word, or of the known words that it is made of, the longest first."""
    if known := _known(word):
        return [known]
    for size in range(min(len(word) - 1, _LONGEST), 1, -1):
        head = _known(word[:size])
        rest = _word(word[size:]) if head else []
        if rest:
            return [head, *rest]
    return []


def _known(word: str) -> str:
    words = lexicon()
    if (concept := words.ko.get(word)) is not None:
        return concept.name
    if (attribute := words.attributes_ko.get(word)) is not None:
        return attribute.name
    return words.nouns_ko.get(word) or words.ja.get(word) or ""
