"""Which known words a text uses in the sense in which they are known (``data/senses.yaml``).

``The properties of an order`` are no real estate, a site that is used is no place for tents. What shows the sense may
stand anywhere in the text, so it is decided once for all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from designchord.language import naming
from designchord.language.lexicon import Lexicon, lexicon, load_data


@dataclass(frozen=True, slots=True)
class _Sense:
    """``near`` shows the sense; ``elsewhere`` are the places in which the word stands in another.

    ``noise``: where the sense is not there, the word names nothing that is kept.
    """

    term: str
    near: re.Pattern[str] | None
    elsewhere: re.Pattern[str] | None
    noise: bool

    def holds(self, low: str) -> bool:
        if self.near is not None and self.near.search(low) is None:
            return False
        return self.elsewhere is None or self._stands_in(self.elsewhere.sub(" ", low))

    def _stands_in(self, low: str) -> bool:
        forms = (self.term, naming.plural(self.term)) if self.term.isascii() else (self.term,)
        return any(form in low for form in forms)


def lexicon_for(text: str) -> Lexicon:
    """The lexicon without the words that mean something else in this text."""
    words = lexicon()
    lost = list(_lost(text.lower()))
    if not lost:
        return words
    terms = {sense.term for sense in lost}
    noise = {form for sense in lost if sense.noise for form in (sense.term, naming.plural(sense.term))}
    return replace(
        words,
        en={term: concept for term, concept in words.en.items() if term not in terms},
        ko={term: concept for term, concept in words.ko.items() if term not in terms},
        attributes_en={term: word for term, word in words.attributes_en.items() if term not in noise},
        attributes_ko={term: word for term, word in words.attributes_ko.items() if term not in noise},
        verb_nouns_ko={term: verb for term, verb in words.verb_nouns_ko.items() if term not in noise},
        noise_en=words.noise_en | {form for form in noise if form.isascii()},
        noise_ko=words.noise_ko | {form for form in noise if not form.isascii()},
    )


def _lost(low: str) -> Iterator[_Sense]:
    for sense in _senses():
        stem = sense.term[:-1] if sense.term.isascii() else sense.term  # properties
        if stem in low and not sense.holds(low):
            yield sense


@cache
def _senses() -> tuple[_Sense, ...]:
    def compiled(pattern: str | None) -> re.Pattern[str] | None:
        return re.compile(pattern, re.IGNORECASE) if pattern else None

    return tuple(
        _Sense(term, compiled(row.get("near")), compiled(row.get("not")), bool(row.get("noise") or "not" in row))
        for term, row in load_data("senses.yaml").items()
    )
