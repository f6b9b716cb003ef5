"""A small tagger for English: what is a noun, what a verb, decided by the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from designchord.language import naming
from designchord.language.lexicon import Lexicon, data_lines, lexicon

Tag = Literal[
    "det", "modal", "prep", "conj", "sub", "pron", "verb", "adj", "noun", "number", "mark", "poss", "to", "neg"
]

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-'’][A-Za-z0-9]+)*|\d+(?:[.,:]\d+)*%?|\S")
# What follows a verb without an object of its own: ``rate recipes and comment on posts``.
_REACHES = {"on", "for", "to", "with", "in"}
# What a subject stands before, besides modals.
_FINITE = {"is", "are", "was", "were", "has", "have"}
# People of whom one speaks as of several.
_SEVERAL = {"staff", "personnel", "police"}
_QUOTES = {"'", '"', "“", "‘"}
#: Words that a verb may be parted from by its object, and by how many words at most.
_PARTICLES = {"out", "in", "back", "off", "on"}
_APART = 5
_ENDING: set[Tag | None] = {"prep", "conj", "sub", "modal", "to"}
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@cache
def known_tags() -> dict[str, Tag]:
    """The part of speech of each word that is neither noun nor verb."""
    tags: dict[str, Tag] = {}
    for line in data_lines("tags.en.txt"):
        tag, _, words = line.partition(": ")
        if tag != "both":
            for word in words.split():
                tags.setdefault(word, cast("Tag", tag))
    return tags


@cache
def nouns_and_verbs() -> frozenset[str]:
    """Verbs whose base form is also a noun: an order, a comment."""
    lines = (line.partition(": ") for line in data_lines("tags.en.txt"))
    return frozenset(word for tag, _, words in lines if tag == "both" for word in words.split())


@dataclass(slots=True)
class Token:
    text: str
    low: str
    start: int
    tag: Tag = "noun"
    verb: str = ""
    form: str = ""
    plural: bool = False
    lemma: str = ""


def _must_act(tokens: list[Token], index: int) -> bool:
    """Whether a word stands where only a verb does: before a pronoun, or between a noun and an article.

    ``returns it``, ``the clerk charges the card``.
    """
    before, after = (tokens[index - 1] if index else None), tokens[index + 1] if index + 1 < len(tokens) else None
    if after is None or (before is not None and before.tag in {"det", "poss", "number"}):
        return False
    if after.low in {"it", "them", "him", "us", "me"}:
        return True
    third = tokens[index].low.endswith("s") and not tokens[index].low.endswith("ss")
    clause = []
    for token in reversed(tokens[:index]):
        if token.tag in {"mark", "conj", "sub"}:
            break
        clause.append(token)
    spoken = any(token.tag == "verb" for token in clause)
    subject = before is not None and before.tag == "noun" and not before.plural
    return third and subject and not spoken and known_tags().get(after.low) == "det"


#: Numbers as words.
_NUMBERS = frozenset("two three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split(" "))  # noqa: SIM905
_LIMITS = (("up", "to"), ("at", "most"), ("at", "least"), ("no", "more", "than"), ("more", "than"), ("fewer", "than"),
           ("less", "than"))  # fmt: skip


def _limits(tokens: list[Token]) -> set[int]:
    """The places of words that only bound a number: ``up to 5 chapters`` are chapters."""
    found: set[int] = set()
    for index, token in enumerate(tokens):
        if token.low[0].isdigit() or token.low in _NUMBERS:
            for words in _LIMITS:
                if tuple(one.low for one in tokens[max(0, index - len(words)) : index]) == words:
                    found.update(range(index - len(words), index))
    return found


def _labels(tokens: list[Token]) -> set[int]:
    """The places of capitalised words in quotes: who clicks the 'Clear' button does not clear it."""
    found: set[int] = set()
    opened = -1
    for index, token in enumerate(tokens):
        if token.text in _QUOTES | {"”", "’"}:
            inside = range(opened + 1, index)
            if opened >= 0 and 0 < len(inside) <= 4 and all(tokens[one].text[:1].isupper() for one in inside):
                found.update(inside)
                opened = -1
            else:
                opened = index
    return found


class Tagger:
    """Turns a sentence into tagged tokens."""

    def __init__(self) -> None:
        self.lexicon: Lexicon = lexicon()

    def read(self, text: str) -> list[Token]:
        return self._tag(self._tokens(text))

    def _tokens(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        for match in _TOKEN.finditer(text.replace("’", "'")):
            word = match.group()
            joined = bool(tokens) and tokens[-1].start + len(tokens[-1].text) == match.start()
            quoted = any(one.text in _QUOTES for one in tokens[-4:])
            if word == "'" and joined and tokens[-1].low.endswith("s") and not quoted:
                tokens.append(Token("'s", "'s", match.start(), "poss"))
            elif word.endswith("'s") and len(word) > 2:
                tokens.append(Token(word[:-2], word[:-2].lower(), match.start()))
                tokens.append(Token("'s", "'s", match.end() - 2, "poss"))
            else:
                tokens.append(Token(word, word.lower(), match.start()))
        return self._join_verbs(tokens)

    def _join_verbs(self, tokens: list[Token]) -> list[Token]:
        """Verbs of two or three words (check out, sign up, mark as complete) become one token."""
        out: list[Token] = []
        index = 0
        while index < len(tokens):
            for size in (3, 2):
                phrase = " ".join(token.low for token in tokens[index : index + size])
                if index + size <= len(tokens) and phrase in self.lexicon.forms_en:
                    out.append(Token(phrase, phrase, tokens[index].start))
                    index += size
                    break
            else:
                token = tokens[index]
                away = self._particle(tokens, index)
                if away:  # checks items out
                    token = Token(f"{token.low} {tokens[away].low}", f"{token.low} {tokens[away].low}", token.start)
                    tokens = [*tokens[:away], *tokens[away + 1 :]]
                out.append(token)
                index += 1
        return out

    def _particle(self, tokens: list[Token], index: int) -> int:
        """Where the second word of a verb stands behind its object, 0 where it has none: ``turns the light off``."""
        for place in range(index + 2, min(index + _APART, len(tokens))):
            low = tokens[place].low
            if known_tags().get(tokens[place - 1].low) in _ENDING:
                return 0
            following = tokens[place + 1].low if place + 1 < len(tokens) else "."
            ends = following in {"to", "and", "or", ",", ".", ";", "again", "when", "after", "for", "with", "by", "at"}
            if low in _PARTICLES and ends and f"{tokens[index].low} {low}" in self.lexicon.forms_en:
                return place
        return 0

    def _tag(self, tokens: list[Token]) -> list[Token]:
        limits, labels = _limits(tokens), _labels(tokens)
        for index, token in enumerate(tokens):
            if token.tag == "poss":
                continue
            if index in labels:
                token.tag, token.lemma = "adj", token.low
                continue
            if index in limits:
                token.tag, token.lemma = "number", token.low
                continue
            if token.low == "to":
                token.tag = "to"
            elif token.low == "like" and index and tokens[index - 1].low in {"would", "'d"}:
                token.tag = "modal"  # who would like to see something does not like it
            elif token.low in known_tags() and not (token.low == "like" and self._somebody_before(tokens, index)):
                token.tag = known_tags()[token.low]
            elif token.low[0].isdigit():
                token.tag = "number"
            elif not token.low[0].isalpha():
                token.tag = "mark"
            elif (token.low.endswith("ly") and len(token.low) > 4) or self._describes(token.low):
                token.tag = "adj"
            token.lemma = naming.singular(token.low)
            token.plural = token.lemma != token.low or token.low in _SEVERAL
            if token.text in _METHODS:
                token.tag = "mark"
            elif token.tag == "noun" and _must_act(tokens, index):
                guess = (token.lemma, "s" if token.plural else "base")
                token.tag, (token.verb, token.form) = "verb", self.lexicon.forms_en.get(token.low, guess)
            elif token.tag == "noun" and token.low not in self.lexicon.forms_en and self._must_be_verb(tokens, index):
                token.tag, token.verb, token.form = "verb", token.low, "base"
            elif token.tag in {"noun", "adj"} and token.low in self.lexicon.forms_en:
                token.verb, token.form = self.lexicon.forms_en[token.low]
                if self._is_verb(tokens, index):
                    token.tag = "verb"
                elif self._opens_compound(tokens, index):
                    token.tag = "noun"
                elif token.form in {"ed", "ing"} and self._before_noun(tokens, index):
                    token.tag = "adj"
        return tokens

    def _somebody_before(self, tokens: list[Token], index: int) -> bool:
        """Whether a word stands right after people or a modal: ``users like photos``, ``can like``."""
        before = tokens[index - 1] if index else None
        if before is None or index + 1 == len(tokens):
            return False
        concept = self.lexicon.en.get(before.lemma)
        return before.tag in {"modal", "to", "pron"} or (before.plural and concept is not None and concept.person)

    def _describes(self, low: str) -> bool:
        """Whether a hyphenated word is an adjective: read-heavy, date-based; not to-do or check-in."""
        known = (
            low in self.lexicon.forms_en or naming.singular(low) in self.lexicon.en or low in self.lexicon.attributes_en
        )
        return "-" in low and not known

    def _must_be_verb(self, tokens: list[Token], index: int) -> bool:
        """Whether an unknown word stands where only a verb can: after a modal, or after ``to`` and before an object."""
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if before is None or tokens[index].plural or tokens[index].lemma in self.lexicon.en:
            return False
        if before.tag == "modal":
            return True
        opens = after is not None and (
            known_tags().get(after.low) in {"det", "pron", "adj"} or naming.singular(after.low) != after.low
        )
        return before.low == "to" and opens

    def _opens_compound(self, tokens: list[Token], index: int) -> bool:
        """Whether a word and the next are a known compound: a waiting list, order lines."""
        after = tokens[index + 1].low if index + 1 < len(tokens) else ""
        return f"{tokens[index].low} {naming.singular(after)}" in self.lexicon.en

    def _before_noun(self, tokens: list[Token], index: int) -> bool:
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        return after is not None and after.low[0].isalpha() and after.low != "to" and after.low not in known_tags()

    def _is_noun_too(self, token: Token) -> bool:
        """Whether a verb's form is also the name of a thing: an order, comments, the search."""
        return token.form in {"base", "s"} and (
            token.lemma in self.lexicon.en or token.lemma in self.lexicon.noise_en or token.low in nouns_and_verbs()
            or token.lemma in nouns_and_verbs() or token.lemma in self.lexicon.attributes_en
        )  # fmt: skip

    def _is_verb(self, tokens: list[Token], index: int) -> bool:
        token = tokens[index]
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        back = index - 1
        while back >= 0 and tokens[back].tag == "adj" and tokens[back].low != "able":
            back -= 1
        near = tokens[back].tag if back >= 0 else "mark"
        if near in {"modal", "to", "neg"} or (
            before is not None and before.low in {"able", "i", "we", "you", "they", "who", "which"}
        ):
            return True
        if near in {"det", "poss", "number"}:
            return False
        if self._opens_compound(tokens, index):
            return False
        opens = after is not None and (
            after.tag == "poss" or (after.low in known_tags() and known_tags()[after.low] in {"det", "pron", "adj"})
            or after.low == "to" or naming.singular(after.low) != after.low
        )  # fmt: skip
        if near == "prep":
            return token.form == "ing"
        if token.form == "ed":
            return near in {"noun", "pron", "verb"} or not self._before_noun(tokens, index)
        if token.form == "ing":
            return not (near == "noun" and after is None) and not self._names_kind(tokens, index)
        if not self._is_noun_too(token):
            return near != "noun" or token.form == "s" or tokens[back].plural
        if near == "noun":
            agrees = (token.form == "s") != tokens[back].plural
            person = self.lexicon.en.get(tokens[back].lemma)
            if (
                agrees
                and person is not None
                and person.person
                and (after is None or known_tags().get(after.low) == "prep")
            ):
                return after is not None
            known = after is not None and naming.singular(after.low) in self.lexicon.en
            return (
                agrees
                and after is not None
                and (opens or known or after.tag == "number" or self._before_noun(tokens, index))
            )
        if near == "verb":
            return False
        if near == "conj" or (before is not None and before.low in {",", "/"}):
            earlier = any(other.tag == "verb" for other in tokens[:index])
            if token.form == "base" and earlier and after is not None and after.low in _REACHES:
                return True
            if token.form == "s":  # a cashier scans items and prints a receipt
                earlier = any(other.tag == "verb" and other.form == "s" for other in tokens[:index])
            return earlier and self._before_or_det(tokens, index)
        asks = token.form == "base" and after is not None and (opens or self._concept_after(tokens, index))
        return asks and not self._opens_subject(tokens, index)

    def _names_kind(self, tokens: list[Token], index: int) -> bool:
        """Whether a form in -ing is the noun that it may be, too: the global booking rules."""
        token, before = tokens[index], tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        described = before is not None and before.tag == "adj" and not before.low.endswith("ly")
        followed = after is not None and after.tag != "poss" and known_tags().get(after.low) not in {"det", "pron"}
        return described or (token.low in self.lexicon.en and followed and before is not None and before.tag != "prep")

    def _opens_subject(self, tokens: list[Token], index: int) -> bool:
        """Whether the nouns that follow have a verb of their own: ``order tickets are filled`` orders nothing."""
        end = index + 1
        while (
            end < len(tokens)
            and tokens[end].low[0].isalpha()
            and tokens[end].low not in known_tags()
            and tokens[end].low not in _FINITE
        ):
            end += 1
        verb = tokens[end].low if end < len(tokens) else ""
        return end > index + 1 and (known_tags().get(verb) == "modal" or verb in _FINITE)

    def _before_or_det(self, tokens: list[Token], index: int) -> bool:
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        return after is not None and (after.low in {",", "and", "or"} or (after.low[0].isalpha() and (
            after.low not in known_tags() or known_tags()[after.low] in {"det", "adj", "pron"})))  # fmt: skip

    def _concept_after(self, tokens: list[Token], index: int) -> bool:
        low = tokens[index + 1].low
        return low not in known_tags() and naming.singular(low) != low
