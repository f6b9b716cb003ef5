"""English for what the words of a sentence mean: the things it names, what is done to them, what that makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from designchord.language import naming
from designchord.language.lexicon import Verb, lexicon

_WORD = re.compile(r"[A-Za-z]+|[가-힣]+|[぀-ヿ一-鿿]+")
_SHORTEST = 2


@lru_cache(maxsize=4096)
def meant_by(text: str) -> frozenset[str]:
    """``Members borrow tools`` → ``member tool borrow create loan``. Words that no dictionary has mean nothing here."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        for meaning in _english(word.lower()) if word.isascii() else _other(word):
            found.update(part.lower() for part in naming.split_words(meaning))
    return frozenset(found)


def _english(word: str) -> Iterator[str]:
    words = lexicon()
    base = words.forms_en.get(word, (word, ""))[0]
    if (verb := words.verbs_en.get(base)) is not None:
        yield from _of_verb(verb)
    concept = words.en.get(word) or words.en.get(naming.singular(word))
    if concept is not None:
        yield concept.name


def _other(word: str) -> Iterator[str]:
    """The known words that a word is made of, from its beginning; particles and endings are what is left over."""
    words = lexicon()
    at = 0
    while at < len(word):
        size = next((size for size in range(len(word) - at, _SHORTEST - 1, -1) if _knows(word[at : at + size])), 0)
        part = word[at : at + size]
        if (concept := words.ko.get(part)) is not None:
            yield concept.name
        if (verb := words.verb_nouns_ko.get(part) or words.verbs_ja.get(part)) is not None:
            yield from _of_verb(verb)
        yield from filter(None, (words.nouns_ko.get(part), words.ja.get(part)))
        at += size or 1
    stem = next((verb for stem, verb in words.verb_stems_ko.get(word[:1], ()) if word.startswith(stem)), None)
    if stem is not None:
        yield from _of_verb(stem)


def _knows(part: str) -> bool:
    words = lexicon()
    return any(part in table for table in (words.ko, words.verb_nouns_ko, words.nouns_ko, words.ja, words.verbs_ja))


def _of_verb(verb: Verb) -> Iterator[str]:
    yield verb.act
    yield verb.name
    yield verb.makes
    made = lexicon().concepts.get(verb.makes)
    yield from made.same if made is not None else ()  # who books a seat reserves it
