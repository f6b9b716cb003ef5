"""Korean by rules: particles and endings are taken off with the lexicon, the phonology and the document as witnesses.

A noun keeps its last syllable when the lexicon knows it whole (회의, 휴가) or when the document uses it with another
particle (고속도로 beside 고속도로를). Otherwise a particle goes only where the batchim before it allows that particle.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from designchord.blueprint.drafting import naming
from designchord.blueprint.drafting.lexicon import Lexicon, Verb, lexicon
from designchord.blueprint.drafting.words import Act, Mention, Mood, Parse, Role

# Particle → the role of what stands before it, and which final it wants ("+" one, "-" none, "" either).
_PARTICLES: dict[str, tuple[Role, str]] = {
    "은": ("topic", "+"),
    "는": ("topic", "-"),
    "이": ("topic", "+"),
    "가": ("topic", "-"),
    "께서": ("topic", ""),
    "을": ("object", "+"),
    "를": ("object", "-"),
    "의": ("owner", ""),
    "에": ("place", ""),
    "에는": ("place", ""),
    "에도": ("place", ""),
    "에서": ("place", ""),
    "에서는": ("place", ""),
    "에서의": ("owner", ""),
    "에게": ("place", ""),
    "에게서": ("place", ""),
    "에게는": ("place", ""),
    "에게만": ("place", ""),
    "에만": ("place", ""),
    "에의": ("owner", ""),
    "한테": ("place", ""),
    "께": ("place", ""),
    "으로": ("means", "+"),
    "로": ("means", ""),
    "으로는": ("means", "+"),
    "로는": ("means", ""),
    "으로부터": ("means", "+"),
    "로부터": ("means", ""),
    "으로서": ("means", "+"),
    "로서": ("means", ""),
    "으로써": ("means", "+"),
    "로써": ("means", ""),
    "와": ("with", "-"),
    "과": ("with", "+"),
    "와의": ("owner", "-"),
    "과의": ("owner", "+"),
    "와는": ("with", "-"),
    "과는": ("with", "+"),
    "이랑": ("with", "+"),
    "랑": ("with", "-"),
    "이나": ("with", "+"),
    "나": ("with", "-"),
    "도": ("topic", ""),
    "만": ("object", ""),
    "만을": ("object", ""),
    "만이": ("topic", ""),
    "까지": ("place", ""),
    "까지의": ("owner", ""),
    "부터": ("place", ""),
    "마다": ("place", ""),
    "별로": ("means", ""),
    "별": ("means", ""),
    "처럼": ("means", ""),
    "보다": ("means", ""),
    "라도": ("topic", "-"),
    "이라도": ("topic", "+"),
    "이든": ("topic", "+"),
    "든": ("topic", "-"),
    "라는": ("owner", "-"),
    "이라는": ("owner", "+"),
    "라고": ("means", "-"),
    "이라고": ("means", "+"),
    "이다": ("bare", "+"),
    "입니다": ("bare", ""),
    "이며": ("bare", ""),
    "이고": ("bare", ""),
    "이면": ("bare", ""),
    "라면": ("bare", "-"),
    "이라면": ("bare", "+"),
    "인": ("bare", ""),
    "인지": ("object", ""),
    "일": ("bare", ""),
    "이어야": ("bare", ""),
    "이므로": ("bare", ""),
    "이지만": ("bare", ""),
    "이거나": ("with", ""),
    "등": ("bare", ""),
    "등을": ("object", ""),
    "등의": ("owner", ""),
    "들": ("bare", ""),
    "들이": ("topic", ""),
    "들은": ("topic", ""),
    "들을": ("object", ""),
    "들의": ("owner", ""),
    "들에게": ("place", ""),
    "들과": ("with", ""),
    "들도": ("topic", ""),
    "들에": ("place", ""),
    "들로": ("means", ""),
}
_BY_LENGTH = sorted(_PARTICLES, key=len, reverse=True)
# Single syllables that end as many nouns as they follow: only taken off unknown words when something speaks for it.
_DOUBTFUL = {
    "의",
    "도",
    "만",
    "로",
    "나",
    "이",
    "가",
    "인",
    "일",
    "과",
    "별",
    "등",
    "든",
    "랑",
    "께",
    "들",
    "보다",
    "라면",
}

_HADA = re.compile(
    r"(?:(?:하|되|시키|당하|받으?)(?:여|였|고|며|면|는|기|지|도록|거나|려|자|게|나|니|다|었|어|므로|던|신|실|시|셔|$)"
    r"|(?:할|한(?!테)|함|합|했|해|될|된|됨|됩|됐|돼|되$|하$|시킬|시킨|시켜|받을|받은|받아))"
)
_PREDICATE = re.compile(
    r"(?:습니다|입니다|니다|한다|된다|는다|[은인진온간난킨린친긴]다|어요|아요|해요|세요|네요|으면|려면|다면|으며|도록|거나|"
    r"려고|으려|지만|는데|은데|면서|어야|아야|해야|여야|어서|아서|어도|아도|[었았였없있겠]다|[있없않]는|[있없]을|없이|않을|않은|"
    r"[아어여와워해겨려켜줘]서|었을|았을|였을|었던|았던|지는|기만|던지|[으]?니까|으므로|므로|더라도|자마자|이상)$"
)
_FUNCTION = re.compile(
    r"^(?:(?:대한|대해|대해서|관한|관해|위한|위해|위해서|통한|통해|통해서|의한|의해|인한|인해|따른|따라|따라서|없는|있는|있다|"
    r"없다|않는|않다|아닌|아니라|아니면|같은|같이|높은|낮은|많은|적은|좋은|나쁜|큰|작은|긴|짧은|빠른|느린|쉬운|어려운|"
    r"새로운|다양한|간단한|편리한|특별한|중요한|필요한|가능한|불가능한|올바른|잘못된|잘못|모르는|아는|이런|그런|저런|어떤|"
    r"이러한|그러한|또는|그리고|그러나|하지만|또한|즉|단|다만|만약|만일|가장|매우|아주|더|덜|잘|못|안|꼭|반드시|바로|항상|"
    r"자주|가끔|모두|함께|서로|먼저|이미|아직|다시|계속|직접|쉽게|빠르게|때마다|때문에|경우에는|경우|이내에|이상의|이하의|"
    r"하나의|여러|몇|한번|번만|것을|것이|것은|것으로|수가|수는|수도|줄|뿐만|뿐|채로|대로|만큼|때|때는|동안|후에|전에|중에|"
    r"중인|시에|시에는|하는|하고|하며|되는|되고|되어|하여|한다|된다|있어|있고|있으며|없고|있도록|없도록|해서|하면|되면|이에|"
    r"이를|이로|그|이|저|각|각각|매|전|본|총|약|최대|최소|해당|특정|기존|현재|나의|내가|내|우리|누가|누구나|언제|언제든지|"
    r"어디서나|얼마나|어떻게|무엇을|왜|잃어버린|겹치는|겹치면|겹치지|넘는|넘으면|넘을|지나면|끝나면|끝난|남은|남으면|비어|열린|"
    r"닫힌|늦은|이른|가까운|먼|오래된|모인|나온|나오는|들어온|들어오면|들어갈|나간|오는|가는|온|간|된|될|될|할|한|함|중|"
    r"자신의|자기|다음|다음과|아래|위의|등이|등은|외|외에|외의|및))$"
)
_TOKEN = re.compile(r"[가-힣]+|[A-Za-z][A-Za-z0-9_-]*|\d+(?:[.,]\d+)*|[,/·、&+()（）]|및|[^\s]")


_CONDITION = re.compile(
    r"(?:면|려면|더라도|아도|어도|해도|자마자|다가|지만|는데|하다|다면|지않으면|라면|거든|던|느라|므로|니까)$"
)
_MODIFIER = re.compile(r"(?:한|된|는|은|던|인|할|될|을|ㄹ|킨|킬|운|린|긴|든|온|간|쓴|본|낸|둔)$")
_WHEN = re.compile(r"^(?:경우|때|시$|시에|시점|뒤에?$|후에?$|다음|전까지|전에|도중|중에|때마다)")


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


def has_final(syllable: str) -> bool:
    """Whether a Hangul syllable ends in a consonant (batchim)."""
    code = ord(syllable) - 0xAC00
    return 0 <= code < 11172 and code % 28 != 0


class Korean:
    """An analyser for one document; the document's own words decide doubtful cases."""

    def __init__(self, text: str, terms: dict[str, str] | None = None) -> None:
        self.lexicon: Lexicon = lexicon()
        self.terms = terms or {}
        self._possessor: Mention | None = None
        self.seen = frozenset(re.findall(r"[가-힣]{2,12}", text))
        self._nouns: dict[str, tuple[str, str, bool]] = {}

    def parse(self, text: str) -> Parse:
        result = Parse(text, "ko")
        self._possessor = None
        words = [self._word(match.group(), match.start(), text) for match in _TOKEN.finditer(text)]
        group: list[_Word] = []
        waiting: list[Mention] = []
        for index, word in enumerate(words):
            after = words[index + 1] if index + 1 < len(words) else None
            word.mood = _mood(word, after)
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
                self._close(group, result, waiting, coordinated=_role(word.particle) == "with")
                group = []
        self._close(group, result, waiting, coordinated=False)
        _settle(result)
        return result

    def _attach(self, word: _Word, after: _Word) -> None:
        """A particle or 하다 written onto a Latin word: ``Page를``, ``Login한``."""
        if after.text in _PARTICLES:
            word.particle, after.noun, after.predicate = after.text, "", False
        elif _HADA.match(after.text):
            after.noun, after.predicate = "", True

    def _word(self, text: str, start: int, sentence: str) -> _Word:
        word = _Word(text, start)
        if text in {",", "/", "·", "、", "&", "+", "및"}:
            word.separator = True
        elif text.isascii() and text[0].isalpha():
            word.latin, word.noun = True, text
        elif "가" <= text[0] <= "힣":
            before = sentence[start - 1] if start else " "
            self._hangul(word, joined=before.isascii() and (before.isalnum()))
        else:
            word.predicate = text not in "'\"‘’“”[]<>"
        return word

    def _hangul(self, word: _Word, *, joined: bool) -> None:
        text = word.text
        if joined and (text in _PARTICLES or len(text) == 1):
            return
        if self._knows(text):
            word.noun = text
            return
        if _FUNCTION.match(text):
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
            if (index >= 2 or stem in self.lexicon.ko) and _HADA.match(text[index:]):
                word.predicate = True
                word.noun, word.verb, word.verb_word = self._verbal(stem)
                return True
        for stem, verb in self.lexicon.verb_stems_ko:
            if text.startswith(stem) and len(text) <= len(stem) + 4:
                word.predicate, word.verb = True, verb
                return True
        word.predicate = bool(_PREDICATE.search(text))
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
        allowed = [particle for particle in _BY_LENGTH if self._allows(text, particle)]
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

    def _allows(self, text: str, particle: str) -> bool:
        if not text.endswith(particle) or len(text) <= len(particle):
            return False
        final, want = has_final(text[-len(particle) - 1]), _PARTICLES[particle][1]
        return want == "" or final == (want == "+")

    def _spoken_for(self, text: str, stem: str, particle: str) -> bool:
        if any(text + other in self.seen for other in ("을", "를", "이", "가", "은", "는", "의", "에")):
            return False
        if particle not in _DOUBTFUL:
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
        role = _role(group[-1].particle)
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
                    group[-1].mood = "modifier" if _role(group[-1].particle) == "object" else group[-1].mood
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
            return _latin(text, start, owner)
        if term := self.terms.get(text):
            concept = words.concepts.get(term)
            kind = "person" if concept is not None and concept.person else "thing"
            return Mention(term, label, kind, "bare", start, concept, known_word=True)  # type: ignore[arg-type]
        concept = words.ko.get(text)
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
        return Mention(name[:60], label, "thing", "bare", start, guessed=True, known_word=known is not None)

    def _act(self, word: _Word, result: Parse) -> None:
        if word.verb is not None:
            soft = word.verb_word in self.lexicon.soft
            result.acts.append(Act(word.verb, word.start, word.verb_word, mood=word.mood, soft=soft))


def _mood(word: _Word, after: _Word | None) -> Mood:
    """How a predicate stands in its sentence, by its ending and the word after it."""
    following = after.text if after is not None else ""
    if not word.predicate:
        return "condition" if _WHEN.match(following) and not word.particle else "main"
    if following.startswith("수") or following in {"것", "것이다", "것을"}:
        return "main"
    if _WHEN.match(following) or _CONDITION.search(word.text) or following in {"않으면", "않은", "않는", "못하면"}:
        return "condition"
    if _MODIFIER.search(word.text) and after is not None and after.text[0] >= "가":
        return "modifier"
    return "effect" if re.search(r"[되된될됨됩됐돼]", word.text[1:]) else "main"


def _latin(text: str, start: int, owner: Mention | None) -> Mention | None:
    """A Latin word inside Korean text: a known concept or attribute, else nothing."""
    words = lexicon()
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


def _role(particle: str) -> Role:
    return _PARTICLES[particle][0] if particle else "bare"


def _suits(act: Act, objects: list[Mention]) -> bool:
    """Whether a verb's noun stands for a record of its own; ``휴가를 신청하다`` makes no application but a leave."""
    if not act.verb.makes:
        return not objects
    made = lexicon().concepts[act.verb.makes]
    if not made.vague or not objects or objects[-1].concept is None:
        return True
    fits = objects[-1].name in {name for name, _ in made.of}
    if not fits and objects[-1].concept.own:
        act.verb = Verb("create", "create")
        return False
    return True


def _compound(act: Act, parse: Parse) -> None:
    """``진료를 예약하다`` makes what ``진료예약`` is called, when the catalogue knows that compound."""
    words = lexicon()
    before = [m for m in parse.entities if m.role == "object" and m.start < act.start]
    made = words.ko.get(before[-1].label.replace(" ", "") + act.word) if before and act.verb.makes else None
    if made is not None:
        act.verb = Verb("create", "create", makes=made.name)
        before[-1].name, before[-1].concept, before[-1].label = made.name, made, f"{before[-1].label} {act.word}"
        parse.mentions = [m for m in parse.mentions if not (m.start == act.start and m is not before[-1])]


def _settle(parse: Parse) -> None:
    """Give each act its object, its subject and its target: Korean puts them before the verb."""
    parse.acts.sort(key=lambda act: act.start)
    parse.mentions.sort(key=lambda mention: mention.start)
    for position, act in enumerate(parse.acts):
        _compound(act, parse)
        before = [mention for mention in parse.entities if mention.start <= act.start]
        own = next((m for m in before if m.start == act.start), None)
        if own is not None and not _suits(act, [m for m in before if m.role == "object" and m is not own]):
            parse.mentions.remove(own)
            before.remove(own)
        made = next((m for m in before if act.verb.makes and m.start == act.start), None)
        others = [mention for mention in before if mention is not made]
        act.subject = next((m for m in others if m.role == "topic" and m.kind == "person"), None)
        objects = [m for m in others if m.role == "object" and m is not act.subject]
        if act.nominal and not objects:
            objects = [m for m in others if m.role in {"bare", "owner"} and m.kind == "thing"]
        if not objects:
            objects = [m for m in others if m.role in {"topic", "owner", "bare"} and m.kind == "thing"]
        act.object = objects[-1] if objects else None
        if act.object is None and position:
            act.object, act.also = parse.acts[position - 1].object, parse.acts[position - 1].also
        elif act.object is not None and act.object.role == "object":
            earlier = parse.acts[position - 1].start if position else -1
            act.also = [m for m in objects[:-1] if m.start > earlier and act.object.start - m.start < 30]
        places = [m for m in others if m.role in {"place", "owner"} and m is not act.object]
        act.target = places[-1] if places else None
