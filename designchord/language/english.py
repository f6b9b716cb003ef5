"""English by rules: noun phrases between the tagged words, and the names that they give to things."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from designchord.language import naming
from designchord.language.clauses import read_moods, settle
from designchord.language.compounds import compound, count_of
from designchord.language.lexicon import Concept, Lexicon, Verb, lexicon
from designchord.language.logs import read_logs
from designchord.language.parts import find_parts
from designchord.language.senses import lexicon_for
from designchord.language.tagging import Tagger, Token, known_tags
from designchord.language.telling import read_notices
from designchord.language.words import Act, Mention, Mood, Parse

# Behind what it is about, such a word names a record: ``procurement requests``, ``project member``.
_RECORDS = {
    "request", "application", "order", "item", "entry", "form", "plan", "ticket", "report", "certificate", "profile",
    "type", "category", "transaction", "member", "assignment", "template", "schedule", "agreement", "workflow",
}  # fmt: skip
_PROGRAMS = {"system", "application", "app", "platform", "website", "software", "portal", "dashboard"}
_HEADS = {"request", "report", "log", "record", "card", "history", "entry", "plan", "form", "code"}
_COUNTED = r"\b(?:an?|each|every|per|one|my|their|his|her|your|this|new|next|an existing) {word}\b|\b{words}\b"
_HEAD = "|".join(sorted(lexicon().heads_en))
_NOT_NOUNS = re.compile(r"(?:ly|able|ible|ful|less|ous|ive|ised|ized)$")


class English:
    """An analyser for one document.

    A word that names nothing by itself (``request``) stands for the one compound of the document that ends in it
    (``maintenance request``); words that may be uncountable (``performance``) name a thing only when it counts them.
    """

    def __init__(self, text: str = "") -> None:
        self.lexicon: Lexicon = lexicon_for(text)
        self._tagger = Tagger()
        low = text.lower()
        self.heads: dict[str, Concept] = {}
        for head, terms in self.lexicon.compounds_en.items():
            if head not in low or (head in self.lexicon.en and not self.lexicon.en[head].weak):
                continue
            found = {self.lexicon.en[term].name: self.lexicon.en[term] for term in terms if term in low}
            if len(found) == 1 and head in _HEADS:
                self.heads[head] = next(iter(found.values()))
        self._low, self._words = low, frozenset(re.findall(r"[a-z-]+", low))
        self._noise = self.lexicon.noise_en - find_parts(low)
        self._records = self._find_records(low)
        words = [concept for concept in self.lexicon.concepts.values() if concept.counted]
        self.uncounted = {
            concept.name
            for concept in words
            if not any(re.search(_COUNTED.format(word=word, words=naming.plural(word)), low) for word in concept.en)
        }

    def _find_records(self, low: str) -> dict[str, str]:
        """What a word for records stands for when it stands alone: the document's one compound that ends in it."""
        found: dict[str, Counter[str]] = {}
        for about, head in re.findall(rf"\b([a-z]{{3,}}) ({'|'.join(sorted(_RECORDS))})s?\b", low):
            whose = self.lexicon.en.get(naming.singular(about))
            if self._is_about(about) and not (head == "profile" and whose is not None and whose.person):
                found.setdefault(head, Counter())[f"{naming.singular(about)} {head}"] += 1
        return {head: next(iter(compounds)) for head, compounds in found.items() if len(compounds) == 1}

    def _is_about(self, word: str) -> bool:
        """Whether a noun may say what a record is about."""
        lemma = naming.singular(word)
        noise = {word, lemma} & self._noise
        verb = word in self.lexicon.forms_en and lemma not in self.lexicon.en
        return not (
            noise or verb or lemma in self.lexicon.attributes_en or word in known_tags() or _NOT_NOUNS.search(word)
        )

    def parse(self, text: str) -> Parse:
        result = Parse(text, "en")
        tokens = self._tagger.read(text)
        moods = read_moods(tokens)
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.tag == "verb":
                self._act(token, result, moods[index])
                index += 1
            elif (counted := count_of(tokens, index)) is not None:
                label, word = counted
                result.mentions.append(Mention(word.name, label, "attribute", "with", token.start, None, word))
                index += 3
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
        settle(result, tokens)
        _read_features(result, tokens)
        read_logs(result, tokens)
        self._act_by_people(result)
        self._look_through(result)
        _sign_up(result)
        read_notices(result)
        return result

    def _act_by_people(self, result: Parse) -> None:
        """What a person does to a thing is done, even where the verb is not one of those known."""
        for act in result.acts:
            known = act.word in self.lexicon.verbs_en or act.word in self.lexicon.quiet_en or " " in act.word
            done = act.mood == "main" and act.subject is not None and act.object is not None
            if done and not known and act.object is not None and act.object.kind == "thing":
                act.verb = Verb("action", act.word)

    def _look_through(self, result: Parse) -> None:
        """Who reviews a request looks at it, and writes no review of it."""
        for act in result.acts:
            about = act.object.label.split()[-1].lower() if act.word == "review" and act.object is not None else ""
            if naming.singular(about) in self.lexicon.reviewed_en:
                act.verb = Verb("list", "view")

    def _act(self, token: Token, result: Parse, mood: Mood) -> None:
        verb = self.lexicon.verbs_en.get(token.verb)
        if verb is None or token.verb in self.lexicon.quiet_en:
            verb = Verb("quiet", token.verb)
        soft = token.verb in self.lexicon.soft
        result.acts.append(Act(verb, token.start, token.verb, mood=mood, soft=soft))

    def _phrase(self, tokens: list[Token], start: int, end: int, result: Parse) -> None:
        """The mentions in one noun phrase; what stands before 's owns what comes after."""
        owner: Mention | None = None
        part: list[Token] = []
        for token in [*tokens[start:end], None]:
            if token is not None and token.tag != "poss":
                part.append(token)
                continue
            named = bool(part) and part[-1].low in _PROGRAMS  # a photo album application is no album
            made = [] if named else self._mentions(part, owner, counted=_is_counted(tokens, start))
            result.mentions += made
            owner = next((mention for mention in reversed(made) if mention.is_entity), owner)
            if token is not None and owner is not None:
                owner.role = "owner"
            part = []

    def _mentions(self, part: list[Token], owner: Mention | None, *, counted: bool) -> list[Mention]:
        made: list[Mention] = []
        words = [token for token in part if token.tag == "noun"]
        index = 0
        while index < len(words):
            if (named := self._compound(words, index)) is not None:
                named.owner = owner or _last(made)
                made.append(named)
                index += 2
                continue
            for size in (4, 3, 2, 1):
                if index + size <= len(words) and (
                    mention := self._known(
                        words[index : index + size], owner or _last(made), words[index - 1] if index else None
                    )
                ):
                    mention.plural = words[index + size - 1].plural
                    mention.counted = counted or mention.plural
                    made.append(mention)
                    index += size
                    break
            else:
                if (record := self._record(words, index)) is not None:
                    made.append(record)
                    index += 2
                    continue
                index += 1
                whose = _last(made) or owner
                if words[index - 1].lemma == "profile" and whose is not None and whose.kind == "person":
                    continue  # somebody's profile is what is kept of them
                if (guess := self._guess(words, index - 1, made, counted=counted)) is not None:
                    guess.counted = counted or guess.plural
                    made.append(guess)
        for mention in made[:-1]:
            if mention.is_entity:
                mention.role, mention.counted = "owner", False
        return _as_role(made)

    def _compound(self, words: list[Token], index: int) -> Mention | None:
        """An attribute of two words, neither of which is a thing of the text and which no list has."""
        found = compound(words, index)
        sure = words[index + 1].lemma not in self.lexicon.attributes_en if found is not None else False
        if found is None or (not sure and self._is_thing(words[index])):
            return None
        label, word = found
        known = self.lexicon.attributes_en.get(label) or self.lexicon.en.get(label)
        if known is not None or label in self.lexicon.compounds_en.get(words[index + 1].lemma, ()):
            return None
        return Mention(word.name, label, "attribute", "bare", words[index].start, None, word)

    def _is_thing(self, token: Token) -> bool:
        """Whether a noun names something of its own: in the catalogue, or because the text speaks of one."""
        if token.lemma in self.lexicon.en or token.lemma in self.heads or token.lemma in self._records:
            return True
        if token.lemma in self.lexicon.attributes_en or token.lemma in self._noise:
            return True
        one = rf"\b(?:an?|each|every|the|this|that|one|no) {re.escape(token.lemma)}\b(?! (?:{_HEAD}))"
        return re.search(one, self._low) is not None or naming.plural(token.lemma) in self._words

    def _record(self, words: list[Token], index: int) -> Mention | None:
        """A record named by what it is about and a word for records, neither known together."""
        if index + 1 >= len(words) or words[index + 1].lemma not in _RECORDS:
            return None
        about, head = words[index], words[index + 1]
        if about.start + len(about.text) + 1 != head.start or len(about.low) < 3 or not self._is_about(about.low):
            return None
        whose = self.lexicon.en.get(about.lemma)
        if whose is not None and whose.person and head.lemma == "profile":
            return None
        label = f"{about.low} {head.low}"
        name = naming.pascal(f"{about.lemma} {head.lemma}")
        return Mention(name, label, "thing", "bare", about.start, known_word=True, plural=head.plural, counted=True)

    def _after_other(self, word: Token, before: Token | None) -> bool:
        """Whether a noun of another thing stands before: an ``album order`` is no order."""
        if before is None or before.start + len(before.text) + 1 != word.start:
            return False
        concept = self.lexicon.en.get(before.lemma)
        noise = before.lemma in self._noise or before.low in self._noise
        return (concept is not None and not concept.person) or noise

    def _known(self, words: list[Token], owner: Mention | None, before: Token | None = None) -> Mention | None:
        phrase = " ".join([*(word.low for word in words[:-1]), words[-1].lemma])
        if words[-1].low in self._noise and words[-1].plural and phrase not in self.lexicon.en:
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
        if concept is not None:
            return None
        if attribute := self.lexicon.attributes_en.get(phrase):
            return Mention(attribute.name, label, "attribute", "bare", start, attribute=attribute, owner=owner)
        return None

    def _guess(self, words: list[Token], index: int, made: list[Mention], *, counted: bool) -> Mention | None:
        """A name for an unknown noun, compounded with an unknown noun before it; ``a warning`` is a noun, too."""
        word = words[index]
        if (compound := self._records.get(word.lemma)) is not None:
            name = naming.pascal(compound)
            return Mention(name, compound, "thing", "bare", word.start, known_word=True, plural=word.plural)
        if word.lemma in self._noise or word.low in self._noise or len(word.low) < 3:
            return None
        if word.lemma in self.lexicon.en:
            return None
        gerund = word.verb and (word.form == "ed" or (word.form == "ing" and not (counted and index == 0)))
        if _NOT_NOUNS.search(word.low) or not word.low.isascii() or gerund:
            return None
        name, label, start = naming.pascal(word.lemma), word.low, word.start
        if made and made[-1].guessed and made[-1].start + len(made[-1].label) + 1 == word.start:
            before = made.pop()
            name, label, start = before.name + name, f"{before.label} {label}", before.start
        if not name or len(name) > 40:
            return None
        return Mention(name, label, "thing", "bare", start, guessed=True, plural=word.plural)


# What is done where only the name of a feature stands: patient management, appointment scheduling.
_FEATURES = {
    "management": "manage", "tracking": "track", "scheduling": "schedule", "creation": "create", "deletion": "delete",
    "registration": "register", "search": "search", "editing": "edit", "browsing": "browse", "cancellation": "cancel",
    "administration": "manage", "filtering": "filter", "approval": "approve",
}  # fmt: skip


def _read_features(result: Parse, tokens: list[Token]) -> None:
    """Names of features are what they say is done, where the line says nothing else but more of it in brackets."""
    doing = [act for act in result.acts if act.mood == "main" and act.verb.act != "quiet"]
    if any(act.object is not None or act.subject is not None for act in doing):
        return
    for before, token in pairwise(tokens):
        word = _FEATURES.get(token.low)
        ends = before.start + len(before.text)
        thing = next((m for m in result.entities if m.start + len(m.label) == ends and m.kind == "thing"), None)
        person = next((m for m in result.entities if m.start + len(m.label) == ends and m.kind == "person"), None)
        about = thing or person
        if word is not None and about is not None and before.tag == "noun" and ends + 1 == token.start:
            about.role = "object"
            for act in doing:
                act.object, act.unread = about, ""
            result.acts.append(Act(lexicon().verbs_en[word], token.start, word, object=about, nominal=True))


_JOINING = {"register", "register for", "create", "open", "make", "sign up", "sign up for"}


def _sign_up(result: Parse) -> None:
    """Who registers for an account signs up; the account is theirs, not one at a bank."""
    for act in result.acts:
        about = [mention for mention in (act.object, act.target) if mention is not None]
        account = next((m for m in about if m.label.lower() in {"account", "accounts", "user account"}), None)
        person = act.subject is not None and act.mood in {"main", "trigger"}
        if act.word in _JOINING and account is not None and person:
            act.verb, act.word, act.object, act.target, act.also = Verb("signup", "sign up"), "sign up", None, None, []
            result.mentions = [mention for mention in result.mentions if mention is not account]


def _as_role(made: list[Mention]) -> list[Mention]:
    """Without the things that only say where people work: ``warehouse staff`` speak of no warehouse that is kept."""
    if len(made) > 1 and made[-1].kind == "person":
        return [
            one for one in made[:-1] if one.kind != "thing" or one.start + len(one.label) + 1 < made[-1].start
        ] + made[-1:]
    return made


def _is_counted(tokens: list[Token], start: int) -> bool:
    """Whether a noun phrase begins behind an article, a number or the like."""
    while start and tokens[start - 1].tag == "adj":
        start -= 1
    return start > 0 and tokens[start - 1].tag in {"det", "number", "poss"}


def _last(made: list[Mention]) -> Mention | None:
    return next((mention for mention in reversed(made) if mention.is_entity), None)
