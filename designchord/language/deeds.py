"""What a demand says is done, deed by deed, and which of it no operation does.

Who reserves *and pays for* a seat asks for two things; an operation for one of them fulfils half of the demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from designchord.blueprint.breaches import breach_of
from designchord.blueprint.model import Operation, Scenario
from designchord.ideas.language import sentence_language
from designchord.ideas.matching import Searched
from designchord.ideas.page import sentences
from designchord.language.cues import shows
from designchord.language.english import English
from designchord.language.korean import Korean
from designchord.language.lexicon import lexicon
from designchord.language.meaning import meant_by
from designchord.language.rules import forbidden, parts_of, refuses
from designchord.language.words import Act, tells

#: What changes nothing that an operation would keep: it is told in stories.
_TOLD: Final = frozenset({"quiet", "notify", "send", "login", "logout"})
_TELLING: Final = frozenset({"notify", "send", "notification"})
#: Before a verb: ``an offer that nobody accepts`` is accepted by nobody.
_LEFT_UNDONE: Final = re.compile(r"\b(?:nobody|no one)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
#: What in a story is nobody who could be told.
_MACHINERY: Final = frozenset({"System", "Database"})
#: The share of a reason's words that are in a rule, or of the rule's in the reason, for it to be that.
_ALIKE: Final = 0.5
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


#: Figures that somebody sees: they are shown where something counts them, not where the records are listed.
_FIGURES: Final = re.compile(
    r"\bhow (?:many|much|often)\b|\bnumbers? of\b|\btotals?\b|\baverages?\b|\bstatistics?\b|\brevenues?\b|\boccupancy\b"
    r"|\b(?:hours|sums?|amounts?|rates?|counts?) (?:of|per|for|in)\b|\bper (?:day|week|month|year|season|quarter)\b"
    r"|(?:월|주|연|일|총|누적) ?(?:[가-힣]+ )?(?:시간|금액|횟수|인원|수량)[을를이]"
    r"|통계|집계|합계|매출|건수|횟수|몇 |[가-힣][률율][을를은이]|(?:일|주|월|연|년도|분기|시간대)별",
    re.IGNORECASE,
)
_FIGURE_WORDS: Final = (
    "count total sum average statistic rate report summary revenue 통계 집계 합계 매출 건수 횟수 비율"
)
#: In which state the things are that somebody sees: ``which seats are taken``.
_STATE: Final = re.compile(
    r"\bwhich (?:of )?(?:\w+ ){0,4}?(?:is|are|was|were) (?:not |still |already )?(?P<state>\w+)", re.IGNORECASE
)
#: Who does what, where somebody sees that: ``who sleeps in the hut``.
_WHO: Final = re.compile(r"\b(?:who|what) (?:is |are |was |has |have )?(?P<state>\w+)", re.IGNORECASE)
_STATES: Final = frozenset({"status", "state", "is_available", "availability"})


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a sentence says is done: its word as it is written, what it means, the names for that, and of what
    it is done to. Who reads may read figures, or in which ``state`` something is."""

    word: str
    act: str
    names: frozenset[str]
    things: frozenset[str]
    figures: bool = False
    state: str = ""


@lru_cache(maxsize=4096)
def deeds_in(text: str) -> tuple[Deed, ...]:
    """What somebody does by a demand, each deed once; a rule that refuses something does nothing."""
    found: dict[str, Deed] = {}
    for part in _parts(text):
        if not refuses(part):
            for deed in _in_sentence(part):
                found.setdefault("read" if deed.act in _READING else deed.word, deed)
    return tuple(found.values())


@lru_cache(maxsize=4096)
def rules_in(text: str) -> tuple[str, ...]:
    """The parts of a demand that refuse something."""
    return tuple(part for part in _parts(text) if refuses(part))


def _parts(text: str) -> Iterator[str]:
    for sentence in sentences(text):
        if not shows("excluded", sentence):
            yield from parts_of(sentence)


def undone(text: str, operations: Sequence[Operation], stories: Sequence[Scenario] = ()) -> tuple[str, ...]:
    """What of a demand none of these operations does, in its words: a deed, a rule that none of them keeps.

    That somebody is told is no call, but a message of one of the ``stories``.
    """
    lost = [deed.word for deed in deeds_in(text) if not _is_done(deed, operations, stories)]
    lost += [rule.rstrip(" .") for rule in rules_in(text) if not any(keeps(one, rule, text) for one in operations)]
    return tuple(lost)


def _is_done(deed: Deed, operations: Sequence[Operation], stories: Sequence[Scenario]) -> bool:
    if any(_does(one, deed) for one in operations):
        return True
    if deed.act != "notify":
        return False
    steps = [step for story in stories for step in story.steps]
    pushed = any(step.kind == "call" and step.target not in _MACHINERY for step in steps)
    return pushed or any(meant_by(step.message) & _TELLING for step in steps)


def keeps(operation: Operation, rule: str, text: str) -> bool:
    """Whether an operation is refused for the breach of a rule, and is what the rule forbids.

    A rule that names no deed (``two of them may not overlap``) is kept where the demand's own deeds are done.
    """
    if operation.method == "GET":
        return False
    if not any(_is_breach(reason, rule) for _, reason in operation.errors if reason):
        return False
    verb, deeds = forbidden(rule), deeds_in(text)
    if verb:
        return does(operation, verb)
    return not deeds or any(_does(operation, deed) for deed in deeds)


@lru_cache(maxsize=4096)
def _is_breach(reason: str, rule: str) -> bool:
    alike = max(Searched(rule).share(reason), _said(reason).share(rule)) >= _ALIKE
    return alike or reason == breach_of(rule)


def does(operation: Operation, verb: str) -> bool:
    """Whether an operation does what a verb says, by whatever word."""
    said = _said(_words_of(operation))
    return any(said.share(name) > 0 for name in _names_of(verb))


def _names_of(word: str) -> frozenset[str]:
    """A verb by all that says the same: its record, the state that it leads to."""
    words = lexicon()
    stems = words.verb_stems_ko.get(word[:1], ())
    verb = words.verbs_en.get(word) or words.verb_nouns_ko.get(word)
    verb = verb or next((known for stem, known in stems if word.startswith(stem) or stem.startswith(word)), None)
    known = {verb.makes, verb.state, verb.name if verb.act == "action" else ""} if verb is not None else set()
    return frozenset({word} | known) - {""}


def _in_sentence(sentence: str) -> Iterator[Deed]:
    language = sentence_language(sentence)
    if language not in {"ko", "en"}:
        return
    parse = Korean(sentence).parse(sentence) if language == "ko" else English(sentence).parse(sentence)
    for act in parse.acts:
        if _LEFT_UNDONE.search(sentence[: act.start]):
            continue
        if tells(act) and act.mood in {"main", "effect"}:
            yield Deed(_word(act, sentence), "notify", frozenset(), frozenset())
            continue
        unknown = act.word.isascii() and bool(act.objects) and _is_unknown(act.word)
        told = act.verb.act in _TOLD and not unknown
        stepped = act.mood == "effect" and (act.verb.act == "action" or bool(act.verb.makes))
        if (act.mood == "main" or stepped) and not act.soft and not act.nominal and not told:
            yield _deed(act, sentence)


def _deed(act: Act, sentence: str) -> Deed:
    reads = act.verb.act in _READING
    told = sentence[act.start :]
    state = (_STATE.search(told) or _WHO.search(told)) if reads else None
    return Deed(
        _word(act, sentence),
        _kind(act),
        _names(act),
        _things(act),
        figures=reads and _FIGURES.search(sentence) is not None,
        state=state["state"] if state is not None else "",
    )


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
    return named or frozenset({act.unread}) - {""}


def _does(operation: Operation, deed: Deed) -> bool:
    """Whether it says so, or is of the kind that does so to the same thing."""
    said = _said(_words_of(operation))
    if deed.figures and operation.method == "GET":
        return any(said.share(word) > 0 for word in _FIGURE_WORDS.split())
    if deed.state and operation.method == "GET" and not _STATES & set(operation.filters):
        return said.share(deed.state) > 0
    if any(said.share(name) > 0 for name in deed.names):
        return True
    if operation.method not in _METHODS.get(deed.act, ()):
        return False
    if not deed.things or any(said.share(name) > 0 for name in deed.things):
        return True
    # Whoever sets a price does so where the price is sent along.
    sent = _said(" ".join(operation.request)) if deed.act == "update" else None
    return sent is not None and any(sent.share(name) > 0 for name in deed.things)


def _words_of(operation: Operation) -> str:
    return f"{operation.id} {operation.summary} {operation.path} {operation.entity or ''}"


@lru_cache(maxsize=4096)
def _said(words: str) -> Searched:
    return Searched(f"{words}\n{' '.join(sorted(meant_by(words)))}")
