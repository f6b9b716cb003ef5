"""English by rules: a small tagger that knows the lexicon's verbs, and noun phrases between the other words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from designchord.blueprint.drafting import naming
from designchord.blueprint.drafting.lexicon import Concept, Lexicon, Verb, lexicon
from designchord.blueprint.drafting.words import Act, Mention, Mood, Parse, Role

Tag = Literal[
    "det", "modal", "prep", "conj", "sub", "pron", "verb", "adj", "noun", "number", "mark", "poss", "to", "neg"
]

_TAGS: dict[str, Tag] = {}
for _tag, _words in {
    "det": "a an the this that these those each every any all some no my his her its their your our another both "
    "either many several few multiple various whose",
    "modal": "can could may might must shall should will would cannot can't couldn't won't ought",
    "prep": "of in on at by for with from into onto about over under between among after before during per through via "
    "without within against across along around behind beside beyond toward towards upon like such than until till "
    "including regarding alongside out up off down based depending according as",
    "conj": "and or but nor & plus then and/or",
    "sub": "if when while where which who whom because so unless once since although though whether why how",
    "pron": "i we you he she it they them us me him there who what whoever",
    "neg": "not never don't doesn't isn't aren't",
    "adj": "able abstract concrete new old good bad other own same different certain specific particular main simple basic full empty "
    "available valid invalid current previous next last first second third single whole total daily weekly monthly "
    "yearly hourly annual public private personal local global active inactive open free busy late early recent past "
    "upcoming future possible impossible necessary required optional important sensitive large small big little long "
    "short high low fast slow easy hard quick clear complete incomplete correct incorrect wrong right real similar "
    "popular common unique individual external internal online offline digital physical manual automatic mobile "
    "responsive secure safe friendly nice pleasant relevant related appropriate corresponding respective entire random "
    "latest newest oldest nearest closest best better worst worse more most less least top extra additional existing "
    "final initial minimum maximum average general commercial administrative normal average exclusive visible hidden "
    "favorite favourite overdue nearby due more authorized unauthorized authenticated registered anonymous only also "
    "just even too very already still yet always often again together back away here now later soon ago today "
    "tomorrow yesterday instead etc e.g i.e eg ie well else ever straightforward descriptive intuitive visual "
    "consistent chronological unsupported multiple half double weekly smart mutually not-yet up-to-date potential "
    "frontend-only interested responsible eligible familiar successful unsuccessful live social medical electronic",
}.items():
    for _word in _words.split():
        _TAGS.setdefault(_word, _tag)  # type: ignore[arg-type]

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-'’][A-Za-z0-9]+)*|\d+(?:[.,:]\d+)*%?|\S")
_HEADS = {"request", "report", "log", "record", "card", "history", "entry", "plan", "form", "code"}
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
_CONTAINERS = {"list", "set", "collection", "number", "kind", "type", "group", "series", "range", "variety", "history",
               "pair", "amount", "count", "status", "details", "detail", "name", "id", "state", "sort", "summary"}  # fmt: skip
_NOT_NOUNS = re.compile(r"(?:ly|able|ible|ful|less|ous|ive|ised|ized)$")


@dataclass(slots=True)
class _Token:
    text: str
    low: str
    start: int
    tag: Tag = "noun"
    verb: str = ""
    form: str = ""
    plural: bool = False
    lemma: str = ""


class English:
    """An analyser for one document.

    A word that names nothing by itself (``request``) stands for the one compound of the document that ends in it
    (``maintenance request``); words that may be uncountable (``performance``) name a thing only when it counts them.
    """

    def __init__(self, text: str = "") -> None:
        self.lexicon: Lexicon = lexicon()
        low = text.lower()
        self.heads: dict[str, Concept] = {}
        for head, terms in self.lexicon.compounds_en.items():
            if head not in low or (head in self.lexicon.en and not self.lexicon.en[head].weak):
                continue
            found = {self.lexicon.en[term].name: self.lexicon.en[term] for term in terms if term in low}
            if len(found) == 1 and head in _HEADS:
                self.heads[head] = next(iter(found.values()))
        words = [concept for concept in self.lexicon.concepts.values() if concept.counted]
        self.uncounted = {
            concept.name
            for concept in words
            if not any(
                re.search(
                    rf"\b(?:an?|each|every|per|one|my|their|his|her|your|this|new|next|an existing) {word}\b|\b{naming.plural(word)}\b",
                    low,
                )
                for word in concept.en
            )
        }

    def parse(self, text: str) -> Parse:
        result = Parse(text, "en")
        tokens = self._tag(self._tokens(text))
        moods = _moods(tokens)
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.tag == "verb":
                self._act(token, result, moods[index])
                index += 1
            elif token.tag == "noun":
                end = index
                while end < len(tokens) and tokens[end].tag in {"noun", "adj", "poss"}:
                    end += 1
                while end > index + 1 and tokens[end - 1].tag != "noun":
                    end -= 1
                self._phrase(tokens, index, end, result)
                index = max(end, index + 1)
            else:
                index += 1
        _settle(result, tokens)
        return result

    def _tokens(self, text: str) -> list[_Token]:
        tokens: list[_Token] = []
        for match in _TOKEN.finditer(text.replace("’", "'")):
            word = match.group()
            if word.endswith("'s") and len(word) > 2:
                tokens.append(_Token(word[:-2], word[:-2].lower(), match.start()))
                tokens.append(_Token("'s", "'s", match.end() - 2, "poss"))
            else:
                tokens.append(_Token(word, word.lower(), match.start()))
        return self._join_verbs(tokens)

    def _join_verbs(self, tokens: list[_Token]) -> list[_Token]:
        """Verbs of two or three words (check out, sign up, mark as complete) become one token."""
        out: list[_Token] = []
        index = 0
        while index < len(tokens):
            for size in (3, 2):
                phrase = " ".join(token.low for token in tokens[index : index + size])
                if index + size <= len(tokens) and phrase in self.lexicon.forms_en:
                    out.append(_Token(phrase, phrase, tokens[index].start))
                    index += size
                    break
            else:
                out.append(tokens[index])
                index += 1
        return out

    def _tag(self, tokens: list[_Token]) -> list[_Token]:
        for index, token in enumerate(tokens):
            if token.tag == "poss":
                continue
            if token.low == "to":
                token.tag = "to"
            elif token.low in _TAGS:
                token.tag = _TAGS[token.low]
            elif token.low[0].isdigit():
                token.tag = "number"
            elif not token.low[0].isalpha():
                token.tag = "mark"
            elif (token.low.endswith("ly") and len(token.low) > 4) or self._describes(token.low):
                token.tag = "adj"
            token.lemma = naming.singular(token.low)
            token.plural = token.lemma != token.low
            if token.text in _METHODS:
                token.tag = "mark"
            elif token.tag == "noun" and token.low not in self.lexicon.forms_en and self._must_be_verb(tokens, index):
                token.tag, token.verb, token.form = "verb", token.low, "base"
            elif token.tag in {"noun", "adj"} and token.low in self.lexicon.forms_en:
                token.verb, token.form = self.lexicon.forms_en[token.low]
                if self._is_verb(tokens, index):
                    token.tag = "verb"
                elif token.form in {"ed", "ing"} and self._before_noun(tokens, index):
                    token.tag = "adj"
        return tokens

    def _describes(self, low: str) -> bool:
        """Whether a hyphenated word is an adjective: read-heavy, date-based; not to-do or check-in."""
        known = (
            low in self.lexicon.forms_en or naming.singular(low) in self.lexicon.en or low in self.lexicon.attributes_en
        )
        return "-" in low and not known

    def _must_be_verb(self, tokens: list[_Token], index: int) -> bool:
        """Whether an unknown word stands where only a verb can: after a modal, or after ``to`` and before an object."""
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if before is None or tokens[index].plural or tokens[index].lemma in self.lexicon.en:
            return False
        if before.tag == "modal":
            return True
        opens = after is not None and (
            _TAGS.get(after.low) in {"det", "pron", "adj"} or naming.singular(after.low) != after.low
        )
        return before.low == "to" and opens

    def _before_noun(self, tokens: list[_Token], index: int) -> bool:
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        return after is not None and after.low[0].isalpha() and after.low not in _TAGS

    def _is_noun_too(self, token: _Token) -> bool:
        """Whether a verb's form is also the name of a thing: an order, comments, the search."""
        return token.form in {"base", "s"} and (
            token.lemma in self.lexicon.en or token.lemma in self.lexicon.noise_en or token.low in _BOTH
            or token.lemma in _BOTH or token.lemma in self.lexicon.attributes_en
        )  # fmt: skip

    def _is_verb(self, tokens: list[_Token], index: int) -> bool:
        token = tokens[index]
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        back = index - 1
        while back >= 0 and tokens[back].tag == "adj" and tokens[back].low not in {"able"}:
            back -= 1
        near = tokens[back].tag if back >= 0 else "mark"
        if near in {"modal", "to", "neg"} or (
            before is not None and before.low in {"able", "i", "we", "you", "they", "who", "which"}
        ):
            return True
        if near in {"det", "poss", "number"}:
            return False
        opens = after is not None and (
            after.tag == "poss" or after.low in _TAGS and _TAGS[after.low] in {"det", "pron", "adj"}
            or after.low == "to" or naming.singular(after.low) != after.low
        )  # fmt: skip
        if near == "prep":
            return token.form == "ing"
        if token.form == "ed":
            return near in {"noun", "pron", "verb"} or not self._before_noun(tokens, index)
        if token.form == "ing":
            return not (near == "noun" and after is None)
        if not self._is_noun_too(token):
            return near != "noun" or token.form == "s" or tokens[back].plural
        if near == "noun":
            agrees = (token.form == "s") != tokens[back].plural
            person = self.lexicon.en.get(tokens[back].lemma)
            if agrees and person is not None and person.person and (after is None or _TAGS.get(after.low) == "prep"):
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
            return earlier and self._before_or_det(tokens, index) and token.form != "s"
        return token.form == "base" and after is not None and (opens or self._concept_after(tokens, index))

    def _before_or_det(self, tokens: list[_Token], index: int) -> bool:
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        return after is not None and (after.low in {",", "and", "or"} or after.low[0].isalpha() and (
            after.low not in _TAGS or _TAGS[after.low] in {"det", "adj", "pron"}))  # fmt: skip

    def _concept_after(self, tokens: list[_Token], index: int) -> bool:
        low = tokens[index + 1].low
        return low not in _TAGS and naming.singular(low) != low

    def _act(self, token: _Token, result: Parse, mood: Mood) -> None:
        verb = self.lexicon.verbs_en.get(token.verb)
        if verb is None or token.verb in self.lexicon.quiet_en:
            verb = Verb("quiet", token.verb)
        soft = token.verb in self.lexicon.soft
        result.acts.append(Act(verb, token.start, token.verb, mood=mood, soft=soft))

    def _phrase(self, tokens: list[_Token], start: int, end: int, result: Parse) -> None:
        """The mentions in one noun phrase; what stands before 's owns what comes after."""
        owner: Mention | None = None
        part: list[_Token] = []
        for token in [*tokens[start:end], None]:
            if token is not None and token.tag != "poss":
                part.append(token)
                continue
            made = self._mentions(part, owner)
            result.mentions += made
            owner = next((mention for mention in reversed(made) if mention.is_entity), owner)
            if token is not None and owner is not None:
                owner.role = "owner"
            part = []

    def _mentions(self, part: list[_Token], owner: Mention | None) -> list[Mention]:
        made: list[Mention] = []
        words = [token for token in part if token.tag == "noun"]
        index = 0
        while index < len(words):
            for size in (4, 3, 2, 1):
                if index + size <= len(words) and (
                    mention := self._known(
                        words[index : index + size], owner or _last(made), words[index - 1] if index else None
                    )
                ):
                    mention.plural = words[index + size - 1].plural
                    made.append(mention)
                    index += size
                    break
            else:
                index += 1
                if (guess := self._guess(words, index - 1, made)) is not None:
                    made.append(guess)
        for mention in made[:-1]:
            if mention.is_entity:
                mention.role = "owner"
        return made

    def _after_other(self, word: _Token, before: _Token | None) -> bool:
        """Whether a noun of another thing stands before: an ``album order`` is no order, an ``error message`` no message."""
        if before is None or before.start + len(before.text) + 1 != word.start:
            return False
        concept = self.lexicon.en.get(before.lemma)
        noise = before.lemma in self.lexicon.noise_en or before.low in self.lexicon.noise_en
        return (concept is not None and not concept.person) or noise

    def _known(self, words: list[_Token], owner: Mention | None, before: _Token | None = None) -> Mention | None:
        phrase = " ".join([*(word.low for word in words[:-1]), words[-1].lemma])
        if words[-1].low in self.lexicon.noise_en and words[-1].plural:
            return None
        start, label = words[0].start, " ".join(word.text for word in words)
        concept = self.lexicon.en.get(phrase) or self.heads.get(phrase)
        if (
            concept is not None
            and concept.name not in self.uncounted
            and not (concept.bare and self._after_other(words[0], before))
        ):
            kind = "person" if concept.person else "thing"
            return Mention(concept.name, label.lower(), kind, "bare", start, concept)  # type: ignore[arg-type]
        if attribute := self.lexicon.attributes_en.get(phrase):
            return Mention(attribute.name, label, "attribute", "bare", start, attribute=attribute, owner=owner)
        return None

    def _guess(self, words: list[_Token], index: int, made: list[Mention]) -> Mention | None:
        """A name for an unknown noun, compounded with an unknown noun before it."""
        word = words[index]
        if word.lemma in self.lexicon.noise_en or word.low in self.lexicon.noise_en or len(word.low) < 3:
            return None
        if word.lemma in self.lexicon.en:
            return None
        if _NOT_NOUNS.search(word.low) or not word.low.isascii() or (word.verb and word.form in {"ed", "ing"}):
            return None
        name, label, start = naming.pascal(word.lemma), word.low, word.start
        if made and made[-1].guessed and made[-1].start + len(made[-1].label) + 1 == word.start:
            before = made.pop()
            name, label, start = before.name + name, f"{before.label} {label}", before.start
        if not name or len(name) > 40:
            return None
        return Mention(name, label, "thing", "bare", start, guessed=True, plural=word.plural)


_BOTH = set(
    "order book review comment vote post message search follow rate request report schedule record upload view list "
    "filter track log share plan test note rent hire pay charge bid like display check access set result show watch "
    "print play download export update change edit group sort show work use need help run process handle wait limit "
    "return cost place issue file raise start stop pause reset block answer reply favorite bookmark ticket document "
    "address pet vet visit park model host sign mark score grade swap trade exchange plant scan photograph picture "
    "transfer hold refund ship label tag stock harvest invoice subscribe drop click press tap call time name state date "
    "store match load save cook supply design contract lease loan donate pledge match lock access build capture".split()
)


_SYSTEMS = {"system", "application", "app", "api", "service", "platform", "backend", "software", "server", "website"}
_CONDITIONS = {
    "if",
    "when",
    "while",
    "where",
    "once",
    "unless",
    "until",
    "after",
    "before",
    "because",
    "since",
    "although",
}


def _moods(tokens: list[_Token]) -> list[Mood]:
    """The mood of the clause that each token stands in."""
    moods: list[Mood] = []
    mood: Mood = "main"
    modal = ""
    conditional = any(token.low in _CONDITIONS for token in tokens[:4])
    system = False
    for index, token in enumerate(tokens):
        if token.low in _CONDITIONS and mood != "purpose":
            mood = "trigger" if token.low in {"when", "once", "after"} else "condition"
        elif (
            token.low == "so"
            and index + 1 < len(tokens)
            and tokens[index + 1].low in {"that", "i", "they", "we", "users"}
        ):
            mood = "purpose"
        elif token.low in {".", ";", "then"} or (token.low == "," and mood in {"trigger", "condition"}):
            mood, modal = "main", ""
        elif token.tag == "modal":
            modal = token.low
            system = conditional and index > 0 and tokens[index - 1].low in _SYSTEMS
            if mood in {"trigger", "condition"} and token.low in {"shall", "must", "should", "will"}:
                mood = "main"
        passive = token.tag == "verb" and token.form == "ed" and _be_before(tokens, index)
        able = modal in {"can", "could", "may"}
        person = lexicon().en.get(token.lemma)
        system = system and not (person is not None and person.person)
        if token.tag == "verb" and index and tokens[index - 1].low in _SYSTEMS and _is_action(token.verb):
            moods.append("effect")
            continue
        if token.tag == "verb" and token.form == "ed" and not passive and mood == "main":
            moods.append("modifier")
            continue
        effect = (passive and not able) or (system and _changes(token.verb))
        moods.append("effect" if effect and mood == "main" else mood)
    return moods


def _is_action(word: str) -> bool:
    verb = lexicon().verbs_en.get(word)
    return verb is not None and verb.act in {"action", "notify", "send"}


def _changes(word: str) -> bool:
    verb = lexicon().verbs_en.get(word)
    return verb is not None and verb.act in {"create", "update", "delete", "action", "notify", "send"}


def _be_before(tokens: list[_Token], index: int) -> bool:
    return any(
        token.low in {"is", "are", "was", "were", "be", "been", "being", "get", "gets"}
        for token in tokens[max(0, index - 3) : index]
    )


def _last(made: list[Mention]) -> Mention | None:
    return next((mention for mention in reversed(made) if mention.is_entity), None)


def _settle(parse: Parse, tokens: list[_Token]) -> None:
    """Roles by position: before the verb the subject, right after it the object, after a preposition the rest."""
    between = {token.start: token for token in tokens}
    starts = sorted(between)
    for mention in parse.mentions:
        if mention.kind == "attribute" and mention.owner is None:
            mention.owner = _possessor(mention, parse, tokens)
        if mention.role == "bare" and _is_subject(mention, tokens):
            mention.role = "topic"
        elif mention.role == "bare":
            mention.role = _role(mention, parse, [between[s] for s in starts if s < mention.start])
    for position, act in enumerate(parse.acts):
        following = parse.acts[position + 1].start if position + 1 < len(parse.acts) else 10**9
        after = [m for m in parse.entities if act.start < m.start < following]
        before = [m for m in parse.entities if m.start < act.start]
        act.subject = next((m for m in reversed(before) if m.kind == "person" and m.role == "topic"), None)
        direct = [m for m in after if m.role == "object"]
        act.object = direct[0] if direct else None
        act.also = [m for m in direct[1:] if _joined(parse.text, direct[0], m)]
        act.target = next((m for m in after if m.role in {"place", "means"} and m is not act.object), None)
    for position in range(len(parse.acts) - 2, -1, -1):
        act, follower = parse.acts[position], parse.acts[position + 1]
        if act.object is None and act.verb.act != "quiet" and follower.start - act.start < 40:
            gap = parse.text[act.start + len(act.word) : follower.start]
            if re.fullmatch(r"\w{0,3}\s*(?:,|and|or|/|,\s*and|,\s*or|&|\s)+\s*", gap.strip() + " "):
                act.object, act.target, act.also = follower.object, follower.target, follower.also
    for act in parse.acts:
        if act.object is not None and act.object.role == "owner":
            act.object = next(
                (m for m in parse.entities if m.start > act.object.start and m.role != "owner"), act.object
            )


def _joined(text: str, first: Mention, other: Mention) -> bool:
    """Whether two objects are listed together: ``recipes and comments``."""
    gap = text[first.start + len(first.label) : other.start]
    return len(gap) < 60 and bool(
        re.fullmatch(r"(?:\s*(?:,|and|or|&)\s*(?:an?|the|their|his|her|my|[\w-]+)?)+\s*", gap.strip() + " ")
    )


def _possessor(mention: Mention, parse: Parse, tokens: list[_Token]) -> Mention | None:
    """Whose attribute it is in ``a title for the survey``, ``the name of a pet``."""
    after = [token for token in tokens if token.start >= mention.start + len(mention.label)]
    if after and after[0].low in {"of", "for"}:
        return next((m for m in parse.entities if m.start > after[0].start and m.start - after[0].start < 24), None)
    return None


def _is_subject(mention: Mention, tokens: list[_Token]) -> bool:
    """Whether a noun phrase stands between a clause's beginning and its verb."""
    position = next((n for n, token in enumerate(tokens) if token.start >= mention.start), None)
    if position is None:
        return False
    end, start = position, position
    while end < len(tokens) and tokens[end].tag in {"noun", "adj", "poss"}:
        end += 1
    while start > 0 and tokens[start - 1].tag in {"noun", "adj", "det", "poss", "number"}:
        start -= 1
    opens = start == 0 or tokens[start - 1].tag in {"mark", "sub"} or tokens[start - 1].low in {"then", "that"}
    return opens and end < len(tokens) and tokens[end].tag in {"verb", "modal"} and tokens[end].form not in {"ing"}


def _role(mention: Mention, parse: Parse, before: list[_Token]) -> Role:
    for index in range(len(before) - 1, -1, -1):
        token = before[index]
        if token.tag == "verb":
            return "object"
        if token.low == "of" and not (index and before[index - 1].lemma in _CONTAINERS):
            return "owner"
        if token.low in {"to", "into", "in", "on", "at", "from", "for", "per", "between", "under", "onto"}:
            return "place"
        if token.low in {"by", "via", "through"}:
            return "means"
        if token.low in {"with", "including"}:
            return "with"
        if token.tag in {"modal", "sub"}:
            break
    return "topic" if any(act.start > mention.start for act in parse.acts) else "bare"
