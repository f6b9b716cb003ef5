"""Whether a text speaks of something, and where: the words of a phrase found in it, in any language.

Latin words are compared by their beginnings (``reserve`` = ``reservations``), words of other scripts as parts of longer
ones, as particles and compounds need it. Synonyms are nobody's business here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Final

_TOKEN = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

#: Words that say nothing about whose idea it is.
_GENERIC_WORDS: Final = """
a an and by for from in is of on or the to with data info information list record records detail details status
system service entity object name id 정보 목록 내역 관리 상태 시스템 서비스 데이터 상세 이름 번호 및
"""
_GENERIC: Final = frozenset(_GENERIC_WORDS.split())
#: What a word may end in and still be the word that it begins with, for words of three letters and for longer ones.
_ENDING_OF_SHORT: Final = re.compile(r"(?:s|es|ing|ed|ment|ments)")
_ENDING: Final = re.compile(
    r"(?:s|es|ed|d|ing|er|ers|or|ors|ment|ments|al|ion|ions|ation|ations|en|e|n|r|re|y|ies|ied)"
)
_FEWEST: Final = 4
#: Letters with which two words begin at least, to be the same.
_FEWEST_ALIKE: Final = _FEWEST - 1
#: Longer words are the same when they begin alike for so many letters and for half of the longer one.
_MANY: Final = 6


class Searched:
    """A text by its lines, to be asked for phrases. Line numbers count from 1."""

    def __init__(self, text: str) -> None:
        self._rows = text.split("\n")

    @cached_property
    def _lines(self) -> list[_Words]:
        return [_Words(row) for row in self._rows]

    @cached_property
    def _whole(self) -> _Words:
        return _Words("\n".join(self._rows))

    def share(self, phrase: str) -> float:
        """How many of the phrase's words that say something stand in the text; 0 for a phrase without such words."""
        return self._share(content_words(phrase), self._whole)

    def line(self, phrase: str) -> int:
        """The first of the lines in which most of the phrase stands; 0 where none of it does."""
        words = content_words(phrase)
        best, at = 0.0, 0
        for number, line in enumerate(self._lines, 1):
            share = self._share(words, line)
            if share > best:
                best, at = share, number
        return at

    @staticmethod
    def _share(words: Sequence[str], line: _Words) -> float:
        return sum(map(line.have, words)) / len(words) if words else 0.0


class _Words:
    """The words of a text: Latin ones by the letters that they begin with, those of other scripts without spaces."""

    def __init__(self, text: str) -> None:
        self._latin: dict[str, set[str]] = {}
        others = []
        for row in text.split("\n"):
            words = list(words_of(row))
            others.append("".join(word for word in words if not word.isascii()))
            for word in words:
                if word.isascii():
                    self._latin.setdefault(word[:_FEWEST_ALIKE], set()).add(word)
        self._others = "\n".join(others)

    def have(self, word: str) -> bool:
        if word.isascii():
            alike = self._latin.get(word[:_FEWEST_ALIKE], ())
            return word in alike or any(_same_word(word, one) for one in alike)
        if word in self._others:
            return True
        # A compound stands where its first or last part does, when that is at least half of it.
        least = max(2, (len(word) + 1) // 2)
        parts = (word[:least], word[-least:])
        return len(word) > 2 and any(part not in _GENERIC and part in self._others for part in parts)


@lru_cache(maxsize=8192)
def content_words(phrase: str) -> tuple[str, ...]:
    """The words of a phrase or of an identifier that say something; all of them where none does."""
    words = tuple(dict.fromkeys(words_of(phrase)))
    telling = tuple(word for word in words if word not in _GENERIC)
    return telling or words


def words_of(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        yield from (part.casefold() for part in (_CAMEL.split(token) if token.isascii() else (token,)) if part)


@lru_cache(maxsize=16384)
def _same_word(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    common = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < _FEWEST:
        return common == len(short) == _FEWEST_ALIKE and bool(_ENDING_OF_SHORT.fullmatch(long[common:]))
    if common >= _MANY and common * 2 >= len(long):
        return True
    rests = (short[common:], long[common:])
    return common >= _FEWEST and all(not rest or _ENDING.fullmatch(rest) for rest in rests)
