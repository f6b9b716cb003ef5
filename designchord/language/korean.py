"""Korean by rules: particles and endings are taken off with the lexicon, the phonology and the document as witnesses.

A noun keeps its last syllable when the lexicon knows it whole (회의, 휴가) or when the document uses it with another
particle (고속도로 beside 고속도로를). Otherwise a particle goes only where the batchim before it allows that particle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from designchord.language import naming
from designchord.language.endings import (
    DOUBTFUL,
    HADA,
    PREDICATE,
    allows,
    function_words,
    mood_of,
    particles,
    particles_by_length,
    role_of,
)
from designchord.language.korean_clauses import settle
from designchord.language.lexicon import Lexicon, Verb
from designchord.language.senses import lexicon_for
from designchord.language.telling import read_notices
from designchord.language.words import Act, Mention, Mood, Parse, Role, pay_sums

_TOKEN = re.compile(r"[가-힣]+|[A-Za-z][A-Za-z0-9_-]*|\d+(?:[.,]\d+)*|[,/·、&+()（）]|및|[^\s]")


# What the system is given: ``입력받아`` asks for nothing to be made.
_RECEIVED = {"입력", "전달", "전송", "제공", "요청"}


@dataclass(slots=True)
class _Word:
    text: str
    start: int
    noun: str = ""
    particle: str = ""
    verb: Verb | None = None
    predicate: bool = False
    separator: bool = False
    latin: bool = False
    plural: bool = False
    mood: Mood = "main"
    verb_word: str = ""


class Korean:
    """An analyser for one document; the document's own words decide doubtful cases."""

    def __init__(self, text: str, terms: dict[str, str] | None = None) -> None:
        self.lexicon: Lexicon = lexicon_for(text)
        self.terms = terms or {}
        self._possessor: Mention | None = None
        self._possible = False
        self._described = False
        self.seen = frozenset(re.findall(r"[가-힣]{2,12}", text))
        self._nouns: dict[str, tuple[str, str, bool]] = {}

    def parse(self, text: str) -> Parse:
        result = Parse(text, "ko")
        self._possessor = None
        self._possible = "가능" in text
        words = [self._word(match.group(), match.start(), text) for match in _TOKEN.finditer(text)]
        group: list[_Word] = []
        waiting: list[Mention] = []
        for index, word in enumerate(words):
            after = words[index + 1] if index + 1 < len(words) else None
            following = after.text if after is not None else ""
            word.mood = mood_of(word.text, following, predicate=word.predicate, particle=word.particle)
            if not group:
                before = words[index - 1] if index else None
                self._described = before is not None and before.predicate and before.mood == "modifier"
            if word.latin and after is not None and after.start == word.start + len(word.text) and not after.latin:
                self._attach(word, after)
            if word.separator or (word.predicate and not word.noun):
                self._close(group, result, waiting, coordinated=word.separator)
                group = []
                if word.predicate and word.verb is not None:
                    self._act(word, result)
                continue
            if not word.noun:
                self._close(group, result, waiting, coordinated=False)
                group = []
                continue
            group.append(word)
            if word.particle or word.predicate:
                self._close(group, result, waiting, coordinated=role_of(word.particle) == "with")
                group = []
        self._close(group, result, waiting, coordinated=False)
        settle(result)
        pay_sums(result)
        read_notices(result)
        return result

    def _attach(self, word: _Word, after: _Word) -> None:
        """A particle or 하다 written onto a Latin word: ``Page를``, ``Login한``."""
        if after.text in particles():
            word.particle, after.noun, after.predicate = after.text, "", False
        elif HADA.match(after.text):
            after.noun, after.predicate = "", True

    def _word(self, text: str, start: int, sentence: str) -> _Word:
        word = _Word(text, start)
        if text in {",", "/", "·", "、", "&", "+", "및", "또는", "혹은", "그리고"}:
            word.separator = True
        elif text.isascii() and text[0].isalpha():
            word.latin, word.noun = True, "" if self._is_noise(text) else text
        elif "가" <= text[0] <= "힣":
            before = sentence[start - 1] if start else " "
            self._hangul(word, joined=before.isascii() and (before.isalnum()))
        else:
            word.predicate = text not in "'\"‘’“”[]<>"
        return word

    def _is_noise(self, text: str) -> bool:
        """Whether a Latin word in Korean text names nothing: ``게시글 작성 API``."""
        key = naming.singular(text.lower())
        known = key in self.lexicon.en or key in self.lexicon.attributes_en
        return key in self.lexicon.noise_en and not known

    def _hangul(self, word: _Word, *, joined: bool) -> None:
        text = word.text
        if joined and (text in particles() or len(text) == 1 or _counts(text)):
            return
        if self._knows(text):
            word.noun = text
            return
        if text in function_words():
            return
        noun, particle, many = self.split(text)
        if particle and self._known(noun):
            word.noun, word.particle, word.plural = noun, particle, many
            return
        if self._predicate(word):
            return
        word.noun, word.particle, word.plural = noun, particle, many

    def _predicate(self, word: _Word) -> bool:
        """Whether the word is a predicate: noun + 하다/되다, a native verb, or an ending that only predicates have."""
        text = word.text
        for index in range(len(text) - 1, 0, -1):
            stem = text[:index]
            if (index >= 2 or stem in self.lexicon.ko) and HADA.match(text[index:]):
                word.predicate = True
                if text[index] == "받" and stem in _RECEIVED:
                    return True
                word.noun, word.verb, word.verb_word = self._verbal(stem)
                return True
        for stem, verb in self.lexicon.verb_stems_ko.get(text[:1], ()):
            if text.startswith(stem) and len(text) <= len(stem) + 4:
                word.predicate, word.verb = True, verb
                return True
        word.predicate = bool(PREDICATE.search(text))
        return word.predicate

    def _verbal(self, stem: str) -> tuple[str, Verb | None, str]:
        """What is before 하다, as noun and verb: ``등록``, ``상품등록``, or ``예약`` which is both."""
        verbs = self.lexicon.verb_nouns_ko
        if stem in verbs:
            return (stem if stem in self.lexicon.ko else ""), verbs[stem], stem
        for cut in range(1, len(stem)):
            if stem[cut:] in verbs and self._known(stem[:cut]):
                return stem[:cut], verbs[stem[cut:]], stem[cut:]
        return (stem if stem in self.lexicon.ko else ""), None, stem

    def _knows(self, noun: str) -> bool:
        return noun in self.terms or self.lexicon.knows_ko(noun)

    def _known(self, noun: str) -> bool:
        return self._knows(noun) or len(self._segments(noun)) > 1

    def split(self, text: str) -> tuple[str, str, bool]:
        """The noun, its particle and whether it is plural; the particle is empty when nothing speaks for one."""
        if text not in self._nouns:
            self._nouns[text] = self._split(text)
        return self._nouns[text]

    def _split(self, text: str) -> tuple[str, str, bool]:
        if self._known(text):
            return text, "", False
        allowed = [particle for particle in particles_by_length() if allows(text, particle)]
        for particle in allowed:
            stem, many = _singular(text[: -len(particle)])
            if self._known(stem):
                return stem, particle, many or particle.startswith("들")
        for particle in allowed:
            stem = text[: -len(particle)]
            if len(stem) >= 2 and self._spoken_for(text, stem, particle):
                stem, many = _singular(stem)
                return stem, particle, many
        stem, many = _singular(text)
        return stem, "", many

    def _spoken_for(self, text: str, stem: str, particle: str) -> bool:
        if any(text + other in self.seen for other in ("을", "를", "이", "가", "은", "는", "의", "에")):
            return False
        if particle not in DOUBTFUL:
            return True
        return stem in self.seen or any(
            stem + other in self.seen for other in ("을", "를", "은", "는", "이", "가", "의", "에") if other != particle
        )

    def _segments(self, noun: str) -> list[str]:
        """The known words that a compound consists of (longest first), or the compound itself."""
        if self._knows(noun) or len(noun) < 3 or len(noun) > 12:
            return [noun]
        parts: list[str] = []
        rest = noun
        while rest:
            for length in range(len(rest), 0, -1):
                piece = rest[:length]
                if (length >= 2 or piece == "수") and self._knows(piece):
                    parts.append(piece)
                    rest = rest[length:]
                    break
            else:
                return [noun]
        return parts if all(len(part) > 1 for part in parts[:-1]) else [noun]

    def _close(self, group: list[_Word], result: Parse, waiting: list[Mention], *, coordinated: bool) -> None:
        """Turn the nouns of a phrase into mentions; coordinated phrases wait for the role of the last one."""
        if not group:
            if not coordinated:
                waiting.clear()
            return
        role = role_of(group[-1].particle)
        mentions = self._phrase(group, role, result)
        things = [mention for mention in mentions if mention.is_entity]
        self._possessor = things[-1] if role == "owner" and things else self._possessor if coordinated else None
        if coordinated:
            waiting += mentions
            return
        for mention in waiting:
            if mention.role in {"bare", "with"}:
                mention.role = role
        waiting.clear()

    def _phrase(self, group: list[_Word], role: Role, result: Parse) -> list[Mention]:
        pieces: list[tuple[str, int, bool]] = []
        for word in group:
            offset = word.start
            parts = [word.noun] if word.latin else self._segments(word.noun)
            for part in parts:
                pieces.append((part, offset, word.plural))
                offset += len(part)
        made: list[Mention] = []
        index = 0
        while index < len(pieces):
            size = next((n for n in range(min(4, len(pieces) - index), 1, -1) if self._joined(pieces, index, n)), 1)
            text = "".join(piece[0] for piece in pieces[index : index + size])
            label = " ".join(piece[0] for piece in pieces[index : index + size])
            last = index + size == len(pieces)
            verb = self.lexicon.verb_nouns_ko.get(text)
            if verb is not None and text not in self.lexicon.ko and (last or not group[-1].predicate):
                if last and not group[-1].predicate:
                    named = group[-1].particle and not self._possible
                    group[-1].mood = "modifier" if named else group[-1].mood
                    soft = text in self.lexicon.soft
                    result.acts.append(Act(verb, pieces[index][1], text, nominal=True, mood=group[-1].mood, soft=soft))
            elif (mention := self._mention(text, label, pieces[index][1], made)) is not None:
                mention.plural = pieces[index + size - 1][2]
                made.append(mention)
            index += size
        for number, mention in enumerate(made):
            mention.role = role if number == len(made) - 1 else "owner"
        result.mentions += made
        last_word = group[-1]
        if last_word.predicate and last_word.verb is not None:
            self._act(last_word, result)
        return made

    def _joined(self, pieces: list[tuple[str, int, bool]], index: int, size: int) -> bool:
        text = "".join(piece[0] for piece in pieces[index : index + size])
        return text in self.lexicon.ko or text in self.lexicon.attributes_ko or text in self.terms

    def _mention(self, text: str, label: str, start: int, made: list[Mention]) -> Mention | None:
        """A mention of what the words name, or nothing for words that name nothing a system keeps."""
        words = self.lexicon
        owner = next((mention for mention in reversed(made) if mention.is_entity), None) or self._possessor
        if text.isascii():
            return _latin(words, text, start, owner)
        if term := self.terms.get(text):
            concept = words.concepts.get(term)
            kind = "person" if concept is not None and concept.person else "thing"
            return Mention(term, label, kind, "bare", start, concept, known_word=True)  # type: ignore[arg-type]
        concept = words.ko.get(text)
        if concept is not None and concept.person and concept.weak and self._described:
            return None  # 보낸 사람 is what is kept of a parcel, and nobody by himself
        if concept is not None and made and made[-1].is_entity and made[-1].concept is not None:
            asked = concept.name in {"Application", "Request", "Approval"} and made[-1].concept.own
            if asked or concept.bare:
                return None
        if concept is not None:
            kind = "person" if concept.person else "thing"
            return Mention(concept.name, label, kind, "bare", start, concept)  # type: ignore[arg-type]
        if attribute := words.attributes_ko.get(text):
            return Mention(attribute.name, label, "attribute", "bare", start, attribute=attribute, owner=owner)
        if text in words.noise_ko or text in words.verb_nouns_ko or len(text) < 2:
            return None
        previous = made[-1] if made and made[-1].guessed else None
        known = words.nouns_ko.get(text)
        name = known or naming.pascal(naming.romanise(text))
        if not name:
            return None
        if previous is not None and made:
            made.pop()
            name, label, start = previous.name + name, f"{previous.label} {label}", previous.start
            known = known if previous.known_word else None
        return Mention(name[:40], label, "thing", "bare", start, guessed=True, known_word=known is not None)

    def _act(self, word: _Word, result: Parse) -> None:
        if word.verb is not None:
            soft = word.verb_word in self.lexicon.soft
            result.acts.append(Act(word.verb, word.start, word.verb_word, mood=word.mood, soft=soft))


_COUNTERS = frozenset("주일분초명개번회차월년건대원층인살세점곳권장잔병시박끼만천억") | {
    "시간",
    "개월",
    "마리",
    "퍼센트",
}


def _counts(text: str) -> bool:
    """Whether a word written onto a number only counts: ``8주가``, ``3명까지``."""
    return any(text[:n] in _COUNTERS and (len(text) == n or text[n:] in particles()) for n in (1, 2))


def _latin(words: Lexicon, text: str, start: int, owner: Mention | None) -> Mention | None:
    """A Latin word inside Korean text: a known concept or attribute, else nothing."""
    key = naming.singular(" ".join(naming.split_words(text)).lower())
    if key in words.noise_en and key not in words.en:
        return None
    if concept := words.en.get(key):
        kind = "person" if concept.person else "thing"
        return Mention(concept.name, text, kind, "bare", start, concept)  # type: ignore[arg-type]
    if attribute := words.attributes_en.get(key):
        return Mention(attribute.name, text, "attribute", "bare", start, attribute=attribute, owner=owner)
    return None


def _singular(noun: str) -> tuple[str, bool]:
    return (noun[:-1], True) if noun.endswith("들") and len(noun) > 2 else (noun, False)
