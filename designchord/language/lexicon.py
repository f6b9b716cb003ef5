"""The words that are known, read once from the data files beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from designchord.blueprint.model import AttributeType
from designchord.language import naming
from designchord.language.conjugating import stem_forms

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Feature:
    """An attribute as the catalogue knows it."""

    name: str
    type: AttributeType
    required: bool = True
    unique: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What usually goes wrong, with the HTTP status that says so."""

    status: int
    ko: str
    en: str


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that software keeps records of; the fields are explained at the head of ``concepts.yaml``."""

    name: str
    ko: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    person: bool = False
    account: bool = False
    role: bool = False
    weak: bool = False
    own: bool = False
    part: bool = False
    toggle: bool = False
    single: bool = False
    bare: bool = False
    vague: bool = False
    counted: bool = False
    curated: bool = False
    staff: bool = False
    near: tuple[str, ...] = ()
    instead: str = ""
    same: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    told: bool = False
    money: bool = False
    owes: bool = False
    sum: bool = False
    has: tuple[Feature, ...] = ()
    of: tuple[tuple[str, bool], ...] = ()
    many: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    brings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fails: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeWord:
    name: str
    type: AttributeType


@dataclass(frozen=True, slots=True)
class Verb:
    """``act`` is a class of the data file (``create`` … ``action``); ``makes`` names the concept that it creates."""

    act: str
    name: str
    state: str = ""
    makes: str = ""


@dataclass
class Lexicon:
    concepts: dict[str, Concept] = field(default_factory=dict)
    ko: dict[str, Concept] = field(default_factory=dict)
    en: dict[str, Concept] = field(default_factory=dict)
    compounds_en: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ja: dict[str, str] = field(default_factory=dict)
    verbs_ja: dict[str, Verb] = field(default_factory=dict)
    attributes: dict[str, AttributeWord] = field(default_factory=dict)
    attributes_ko: dict[str, AttributeWord] = field(default_factory=dict)
    attributes_en: dict[str, AttributeWord] = field(default_factory=dict)
    #: The last words of compounds that are attributes, with the types that they say.
    heads_en: dict[str, AttributeType] = field(default_factory=dict)
    labels_ko: dict[str, str] = field(default_factory=dict)
    nouns_ko: dict[str, str] = field(default_factory=dict)
    states_ko: dict[str, str] = field(default_factory=dict)
    noise_ko: frozenset[str] = frozenset()
    noise_en: frozenset[str] = frozenset()
    #: Noise, but where somebody makes one.
    parts_en: frozenset[str] = frozenset()
    verbs_en: dict[str, Verb] = field(default_factory=dict)
    quiet_en: frozenset[str] = frozenset()
    #: Verbs that ask for what is kept: who applies for a permit makes one, until somebody approves it.
    asking_en: frozenset[str] = frozenset()
    #: Steps in a thing's life that may be records as well: a refund.
    steps_en: dict[str, Verb] = field(default_factory=dict)
    steps_ko: dict[str, Verb] = field(default_factory=dict)
    soft: frozenset[str] = frozenset()
    joins_en: dict[str, str] = field(default_factory=dict)
    reviewed_en: frozenset[str] = frozenset()
    logging_en: frozenset[str] = frozenset()
    measures_en: dict[str, AttributeType] = field(default_factory=dict)
    creating: frozenset[str] = frozenset()
    verb_nouns_ko: dict[str, Verb] = field(default_factory=dict)
    #: By their first syllable, the longest first.
    verb_stems_ko: dict[str, list[tuple[str, Verb]]] = field(default_factory=dict)
    forms_en: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def log_features(self) -> tuple[Feature, ...]:
        """What every log keeps beside its figures."""
        return (Feature("recorded_at", "datetime"), Feature("note", "text", required=False))

    def knows_ko(self, word: str) -> bool:
        return (
            word in self.ko
            or word in self.attributes_ko
            or word in self.noise_ko
            or word in self.verb_nouns_ko
            or word in self.nouns_ko
        )


@cache
def lexicon() -> Lexicon:
    """Everything, in about 50 ms of CPU at the first call."""
    words = Lexicon()
    making = _read_concepts(words)
    _read_attributes(words)
    _read_heads(words)
    _read_nouns(words)
    _read_verbs(words, making)
    return words


def data_lines(name: str) -> Iterator[str]:
    """The lines of a data file, without comments and empty ones."""
    for line in (_DATA / name).read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def load_data(name: str) -> dict[str, Any]:
    """What a data file beside this module holds."""
    with (_DATA / name).open("rb") as file:
        return cast("dict[str, Any]", yaml.load(file, Loader=yaml.CSafeLoader))


def read_feature(name: str, spec: str | list[str]) -> Feature:
    if isinstance(spec, list):
        return Feature(name, "enum", values=tuple(str(value) for value in spec))
    kind = cast("AttributeType", spec.rstrip("?!"))
    return Feature(name, kind, required=not spec.endswith("?"), unique=spec.endswith("!"))


def _read_concepts(words: Lexicon) -> list[tuple[str, Verb]]:
    """Fill in the concepts; the stems of Korean verbs that make one of them come back."""
    making: list[tuple[str, Verb]] = []
    for name, entry in load_data("concepts.yaml").items():
        concept = Concept(
            name=name,
            ko=tuple(entry.get("ko", ())),
            en=tuple(entry.get("en", ())),
            person=entry.get("kind") == "person",
            account=entry.get("account", False),
            role=entry.get("role", False),
            weak=entry.get("weak", False),
            own=entry.get("own", False),
            part=entry.get("part", False),
            toggle=entry.get("toggle", False),
            single=entry.get("single", False),
            bare=entry.get("bare", False),
            vague=entry.get("vague", False),
            counted=entry.get("counted", False),
            curated=entry.get("curated", False),
            staff=entry.get("staff", False),
            near=tuple(entry.get("with", ())),
            instead=entry.get("else", ""),
            same=tuple(entry.get("same", ())),
            yields=tuple(entry.get("yields", ())),
            told=entry.get("told", False),
            money=entry.get("money", False),
            owes=entry.get("owes", False),
            sum=entry.get("sum", False),
            alone=tuple(entry.get("alone", ())),
            has=tuple(read_feature(key, spec) for key, spec in entry.get("has", {}).items()),
            of=tuple((parent.lstrip("+"), parent.startswith("+")) for parent in entry.get("of", ())),
            many=tuple(entry.get("many", ())),
            pair=tuple(entry.get("pair", ())),
            brings=tuple((child, tuple(needs)) for child, needs in entry.get("brings", {}).items()),
            fails=tuple(Fault(*fault) for fault in entry.get("fails", ())),
        )
        words.concepts[name] = concept
        for term in concept.ko:
            words.ko.setdefault(term.replace(" ", ""), concept)
        for term in concept.en:
            words.en.setdefault(term, concept)
            if " " in term:
                head = term.rpartition(" ")[2]
                words.compounds_en[head] = (*words.compounds_en.get(head, ()), term)
        for verb in entry.get("by", ()):
            if verb.startswith("~"):
                making.append((verb[1:], Verb("create", "create", makes=name)))
                continue
            made = Verb("create", verb if verb.isascii() else "create", makes=name)
            (words.verbs_en if verb.isascii() else words.verb_nouns_ko).setdefault(verb, made)
    return making


def _read_attributes(words: Lexicon) -> None:
    for line in data_lines("attributes.txt"):
        head, korean, english = (part.strip() for part in line.split("|"))
        name, kind = head.split()
        word = AttributeWord(name, cast("AttributeType", kind))
        words.attributes.setdefault(name, word)
        for term in filter(None, (part.strip() for part in korean.split(","))):
            words.attributes_ko.setdefault(term, word)
            words.labels_ko.setdefault(name, term)
        for term in [name.replace("_", " "), *filter(None, (part.strip() for part in english.split(",")))]:
            words.attributes_en.setdefault(term, word)


def _read_heads(words: Lexicon) -> None:
    for line in data_lines("heads.en.txt"):
        head, kind = line.split()
        words.heads_en[head] = cast("AttributeType", kind)


def _read_nouns(words: Lexicon) -> None:
    for line in data_lines("nouns.ko.txt"):
        term, name = line.split()
        words.nouns_ko.setdefault(term, name)
    words.ja = dict(pair for line in data_lines("terms.ja.txt") if len(pair := line.split()) == 2)
    words.states_ko = dict(pair for line in data_lines("states.ko.txt") if len(pair := line.split()) == 2)
    noise: dict[str, set[str]] = {"ko": set(), "en": set(), "en parts": set()}
    language = "ko"
    for line in data_lines("noise.txt"):
        if match := re.fullmatch(r"\[(ko|en|en parts)\]", line):
            language = match.group(1)
        else:
            noise[language].update(line.split())
    words.noise_ko = frozenset(noise["ko"])
    words.parts_en = frozenset(noise["en parts"])
    words.noise_en = frozenset(noise["en"]) | words.parts_en


def _read_verbs(words: Lexicon, making: list[tuple[str, Verb]]) -> None:
    data = load_data("verbs.yaml")
    stems = list(making)
    for act, entry in data["acts"].items():
        for term in entry["en"]:
            words.verbs_en.setdefault(term, Verb(act, term))
        for term in entry.get("ja", ()):
            words.verbs_ja.setdefault(term, Verb(act, act))
        for term in entry["ko_nouns"]:
            words.verb_nouns_ko.setdefault(term, Verb(act, act))
        stems += [(term, Verb(act, act)) for term in entry["ko_stems"]]
    for name, entry in data["actions"].items():
        verb = Verb("action", name, entry.get("state", ""))
        for term in entry.get("en", ()):
            words.verbs_en.setdefault(term, verb)
            words.steps_en[term] = verb
        for term in entry.get("ja", ()):
            words.verbs_ja.setdefault(term, verb)
        for term in entry.get("ko_nouns", ()):
            words.steps_ko[term] = verb
            words.verb_nouns_ko.setdefault(term, verb)
        stems += [(term, verb) for term in entry.get("ko_stems", ())]
    stems += [(term, Verb("quiet", "")) for term in data["quiet_ko_stems"]]
    known: dict[str, Verb] = {}
    for term, verb in stems:  # what is listed counts before what is derived
        known.setdefault(term, verb)
    for term, verb in stems:
        for form in stem_forms(term):
            known.setdefault(form, verb)
    for form in sorted(known, key=len, reverse=True):
        words.verb_stems_ko.setdefault(form[0], []).append((form, known[form]))
    words.creating = frozenset([*data["acts"]["create"]["en"], *data["acts"]["create"]["ko_nouns"]])
    words.soft = frozenset(data["soft"])
    words.asking_en = frozenset(data["asking_en"])
    words.reviewed_en = frozenset(data["reviewed_en"])
    words.logging_en = frozenset(data["logging_en"])
    words.measures_en = {name: kind for kind, names in data["measures_en"].items() for name in names}
    words.joins_en = {verb: word for word, verbs in data["joins_en"].items() for verb in verbs}
    words.quiet_en = frozenset(data["quiet_en"])
    for term in [*words.verbs_en, *words.quiet_en]:
        for form, kind in _forms(term):
            words.forms_en.setdefault(form, (term, kind))


_IRREGULAR_VERBS = {
    "see": ("sees", "saw", "seen", "seeing"),
    "make": ("makes", "made", "making"),
    "send": ("sends", "sent", "sending"),
    "buy": ("buys", "bought", "buying"),
    "pay": ("pays", "paid", "paying"),
    "write": ("writes", "wrote", "written", "writing"),
    "be": ("is", "are", "was", "were", "been", "being", "am"),
    "have": ("has", "had", "having"),
    "do": ("does", "did", "done", "doing"),
    "keep": ("keeps", "kept", "keeping"),
    "find": ("finds", "found", "finding"),
    "lend": ("lends", "lent", "lending"),
    "give": ("gives", "gave", "given", "giving"),
    "take": ("takes", "took", "taken", "taking"),
    "choose": ("chooses", "chose", "chosen", "choosing"),
    "show": ("shows", "showed", "shown", "showing"),
    "set": ("sets", "set", "setting"),
    "go": ("goes", "went", "gone", "going"),
    "come": ("comes", "came", "coming"),
    "run": ("runs", "ran", "running"),
    "tell": ("tells", "told", "telling"),
    "sell": ("sells", "sold", "selling"),
    "hold": ("holds", "held", "holding"),
    "say": ("says", "said", "saying"),
    "withdraw": ("withdraws", "withdrew", "withdrawn", "withdrawing"),
    "quit": ("quits", "quitting"),
    "read": ("reads", "reading"),
    "leave": ("leaves", "left", "leaving"),
    "know": ("knows", "knew", "known", "knowing"),
    "belong": ("belongs", "belonged", "belonging"),
    "think": ("thinks", "thought", "thinking"),
    "bring back": ("brings back", "brought back", "bringing back"),
    "spend": ("spends", "spent", "spending"),
    "win": ("wins", "won", "winning"),
    "lose": ("loses", "lost", "losing"),
    "bid": ("bids", "bidding"),
}


def _forms(term: str) -> Iterator[tuple[str, str]]:
    """The forms of a verb phrase with their kind: ``base``, ``s``, ``ed`` or ``ing``."""
    yield term, "base"
    head, _, rest = term.partition(" ")
    rest = f" {rest}" if rest else ""
    if irregular := _IRREGULAR_VERBS.get(term) or _IRREGULAR_VERBS.get(head):
        tail = rest if term not in _IRREGULAR_VERBS else ""
        for form in irregular:
            kind = "ing" if form.split()[0].endswith("ing") else "s" if form.split()[0].endswith("s") else "ed"
            yield form + tail, kind
        return
    yield naming.plural(head) + rest, "s"
    if head.endswith("e"):
        stem, past = head[:-1], head + "d"
    elif re.search(r"[^aeiou]y$", head):
        stem, past = head, head[:-1] + "ied"
    elif re.search(r"^[^aeiou]*[aeiou][bdgklmnprt]$", head) or head in {"submit", "transfer", "log", "refer"}:
        stem = head + head[-1]
        past = stem + "ed"
    else:
        stem, past = head, head + "ed"
    yield stem + "ing" + rest, "ing"
    yield past + rest, "ed"
    if stem != head:
        yield head + "ed" + rest, "ed"
