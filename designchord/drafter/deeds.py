"""What a demand says is done, deed by deed, and which of it no operation does.

Who reserves *and pays for* a seat asks for two things; an operation for one of them fulfils half of the demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from designchord.blueprint.model import Operation
from designchord.drafter.cues import shows
from designchord.drafter.language.english import English
from designchord.drafter.language.korean import Korean
from designchord.drafter.language.lexicon import lexicon
from designchord.drafter.language.words import Act
from designchord.drafter.meaning import meant_by
from designchord.drafter.statements import refuses
from designchord.ideas.language import sentence_language
from designchord.ideas.matching import Searched
from designchord.ideas.page import sentences

#: What changes nothing that an operation would keep: it is told in stories.
_TOLD: Final = frozenset({"quiet", "notify", "send", "login", "logout"})
_READING: Final = frozenset({"list", "search"})
#: The methods by which an act is done when no word tells.
_METHODS: Final = {
    "list": {"GET"},
    "search": {"GET"},
    "create": {"POST"},
    "update": {"PATCH", "PUT", "POST"},
    "delete": {"DELETE"},
    "withdraw": {"DELETE"},
    "signup": {"POST"},
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a sentence says is done: its word as it is written, what it means, the names for that, and of what
    it is done to."""

    word: str
    act: str
    names: frozenset[str]
    things: frozenset[str]


@lru_cache(maxsize=4096)
def deeds_in(text: str) -> tuple[Deed, ...]:
    """What somebody does by a demand, each deed once; a rule that refuses something does nothing."""
    found: dict[str, Deed] = {}
    for sentence in sentences(text):
        if refuses(sentence) or shows("excluded", sentence):
            continue
        for deed in _in_sentence(sentence):
            found.setdefault("read" if deed.act in _READING else deed.word, deed)
    return tuple(found.values())


def undone(text: str, operations: Sequence[Operation]) -> tuple[str, ...]:
    """The words of those of a demand's deeds that none of these operations does, where it asks for several."""
    deeds = deeds_in(text)
    if len(deeds) < 2:  # of a single one the grade of its operation tells
        return ()
    return tuple(deed.word for deed in deeds if not any(_does(one, deed) for one in operations))


def _in_sentence(sentence: str) -> Iterator[Deed]:
    language = sentence_language(sentence)
    if language not in {"ko", "en"}:
        return
    parse = Korean(sentence).parse(sentence) if language == "ko" else English(sentence).parse(sentence)
    for act in parse.acts:
        unknown = act.word.isascii() and bool(act.objects) and _is_unknown(act.word)
        told = act.verb.act in _TOLD and not unknown
        if act.mood == "main" and not act.soft and not act.nominal and not told:
            yield Deed(_word(act, sentence), _kind(act), _names(act), _things(act))


def _is_unknown(word: str) -> bool:
    """Whether a verb is one that nobody listed: what it does, no operation can be known to do, but by its very word."""
    words = lexicon()
    return bool(word) and word not in words.verbs_en and word not in words.quiet_en and " " not in word


def _kind(act: Act) -> str:
    """Verbs with a record of their own (pay, reserve) are done where that is made, not where any other is."""
    own = act.verb.makes and act.word not in lexicon().creating | lexicon().asking_en
    return "record" if own else act.verb.act


def _word(act: Act, sentence: str) -> str:
    """An English verb in its base form, a Korean one as it is written."""
    if act.word:
        return act.word
    written = re.match(r"\S+", sentence[act.start :])
    return written.group().rstrip(".,") if written else act.verb.name


def _names(act: Act) -> frozenset[str]:
    verb = act.verb
    made = lexicon().concepts.get(verb.makes)
    names = {act.word, verb.makes, verb.state, verb.name if verb.act == "action" else ""}
    return frozenset(names | set(made.same if made is not None else ())) - {""}


def _things(act: Act) -> frozenset[str]:
    named = frozenset(name for one in act.objects for name in (one.name, one.label))
    return named or (frozenset({act.unread}) - {""} if act.verb.act == "update" else named)


def _does(operation: Operation, deed: Deed) -> bool:
    """Whether it says so, or is of the kind that does so to the same thing."""
    said = _said(f"{operation.id} {operation.summary} {operation.path} {operation.entity or ''}")
    if any(said.share(name) > 0 for name in deed.names):
        return True
    if operation.method not in _METHODS.get(deed.act, ()):
        return False
    if deed.act in _READING or not deed.things or any(said.share(name) > 0 for name in deed.things):
        return True
    # Whoever sets a price does so where the price is sent along.
    sent = _said(" ".join(operation.request)) if deed.act == "update" else None
    return sent is not None and any(sent.share(name) > 0 for name in deed.things)


@lru_cache(maxsize=4096)
def _said(words: str) -> Searched:
    return Searched(f"{words}\n{' '.join(sorted(meant_by(words)))}")
