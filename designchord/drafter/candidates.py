"""What might be a record, with all that the text says for it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from designchord.drafter.sketch import Sketch
from designchord.drafter.statements import Statement
from designchord.language import naming
from designchord.language.lexicon import Concept, lexicon
from designchord.language.words import Act, Mention

_HAVING = {"have", "contain", "include", "consist", "own", "stand", "track", "keep track of", "take", "store", "keep"}


_LISTING = re.compile(
    r"[와과]?\s*(?:[,/·]|및|and|or)?\s*(?:and|or)?\s*(?:an?|the|its|their|his|her)?\s*", re.IGNORECASE
)

#: What may stand between a record and its contents: whose it is.
_BETWEEN = re.compile(r"(?:\s+(?:of|for|about)\s+(?:(?:an?|the|his|her|their)\s+)?[\w -]{1,30})?")
_JOINING = re.compile(r"[,/·와과및]|\b(?:and|or)\b", re.IGNORECASE)


@dataclass(slots=True)
class Candidate:
    """``parts`` are the demands in which it is subject or object; ``doubted`` says that these alone speak for it.

    ``written`` counts the demands by which a person makes one about something or with something in it, ``lent`` those
    by which a record is made of it: a loan, a booking.
    """

    name: str
    concept: Concept | None
    person: bool
    guessed: bool
    known_word: bool
    score: float = 0.0
    count: int = 0
    objects: int = 0
    seen: int = 0
    topics: int = 0
    subjects: int = 0
    headings: int = 0
    described: int = 0
    effects: int = 0
    parts: set[str] = field(default_factory=set)
    written: int = 0
    lent: int = 0
    doubted: bool = False
    counted: bool = False
    agent: bool = False
    labels: Counter[str] = field(default_factory=Counter)
    statements: list[Statement] = field(default_factory=list)

    def label(self) -> str:
        """The author's most frequent word for it; of several the shortest."""
        terms = {term.replace(" ", "") for term in (*self.concept.ko, *self.concept.en)} if self.concept else set()
        known = {k: n for k, n in self.labels.items() if singular_label(k.lower()).replace(" ", "") in terms}
        return max((known or self.labels).items(), key=lambda item: (item[1], -len(item[0]), item[0]))[0]

    @property
    def demands(self) -> int:
        """In how many of the author's demands it comes up."""
        return len({s.requirement.id for s in self.statements if s.requirement is not None})

    def see(self, statement: Statement) -> None:
        if not self.statements or self.statements[-1] is not statement:
            self.statements.append(statement)

    def absorb(self, other: Candidate) -> None:
        self.score += other.score
        self.count += other.count
        self.objects += other.objects
        self.seen += other.seen
        self.topics += other.topics
        self.subjects += other.subjects
        self.headings += other.headings
        self.described += other.described
        self.effects += other.effects
        self.written += other.written
        self.lent += other.lent
        self.parts |= other.parts
        self.counted = self.counted or other.counted
        self.statements += [statement for statement in other.statements if statement not in self.statements]


def singular_label(label: str) -> str:
    head, _, last = label.rpartition(" ")
    return f"{head} {naming.singular(last)}".strip()


def gather(sketch: Sketch) -> dict[str, Candidate]:
    """Every mentioned thing and person, and every thing that a verb makes, in the order of the text.

    How fast something has to be, or what it is built with, says nothing of what is kept.
    """
    found: dict[str, Candidate] = {}
    for statement in sketch.statements:
        requirement = statement.requirement
        if statement.aside or (requirement is not None and requirement.kind != "functional"):
            continue
        acts = [act for act in statement.parse.acts if act.verb.act != "quiet"]
        for mention in statement.parse.entities:
            if mention.guessed and (in_list_of_attributes(statement, mention) or in_contents(statement, mention)):
                continue
            _count(found, mention, statement, acts)
        for mention in statement.parse.mentions:
            if mention.kind == "attribute" and mention.owner is not None and mention.owner.name in found:
                found[mention.owner.name].described += 1
                found[mention.owner.name].score += 0.5
        for act in acts:
            _count_made(found, act, statement)
    return found


def in_list_of_attributes(statement: Statement, mention: Mention) -> bool:
    """Whether an unknown noun stands in a list beside attributes: ``a title, a temper and a due date``."""
    for other in statement.parse.mentions:
        if other.kind == "attribute":
            first, last = sorted((mention, other), key=lambda m: m.start)
            gap = statement.text[first.start + len(first.label) : last.start]
            if _LISTING.fullmatch(gap) and _JOINING.search(gap):
                return True
    return False


_WITH = re.compile(r"\s+(?:with|including|stating)\s+", re.IGNORECASE)


def in_contents(statement: Statement, mention: Mention) -> Mention | None:
    """The record in whose contents a noun is listed: ``records an item with era, style and a replacement value``."""
    if statement.parse.language != "en" or mention.plural or mention.kind == "person":
        return None
    for act in statement.parse.acts:
        made = act.verb.act == "create" and act.subject is not None and act.mood in {"main", "trigger"}
        if not made or act.object is None or act.object.start >= mention.start:
            continue
        text, begins = statement.text, act.object.start + len(act.object.label)
        found = _WITH.search(text, begins)
        if found is None or not _BETWEEN.fullmatch(text[begins : found.start()]):
            continue
        ends = min((one.start for one in statement.parse.acts if one.start > found.end()), default=len(text))
        listed = _JOINING.search(text[found.end() : ends]) is not None
        if listed and found.end() <= mention.start < ends:
            return act.object
    return None


def _count(found: dict[str, Candidate], mention: Mention, statement: Statement, acts: list[Act]) -> None:
    person = mention.kind == "person"
    candidate = found.setdefault(
        mention.name, Candidate(mention.name, mention.concept, person, mention.guessed, mention.known_word)
    )
    idle = {"modifier", "effect"} if statement.parse.language == "ko" else {"modifier", "purpose"}
    acts = [act for act in acts if act.mood not in idle]
    changing = [act for act in acts if act.verb.act not in {"list", "search", "notify"}]
    if mention.guessed:  # what is only ever set is a property of something, and kept with that
        changing = [act for act in changing if act.word != "set"]
    demanded = statement.speaks
    owes = mention.concept is not None and mention.concept.owes
    made = mention.role == "means" and any(act.verb.act == "create" and (owes or not _pays(act)) for act in acts)
    given = any(mention is act.target and act.verb.name == "assign" for act in changing)
    touched = demanded and (made or given or any(mention in act.objects for act in changing))
    reached = any(mention is act.target and act.verb.makes for act in acts)
    seen = demanded and not touched and (reached or any(mention in act.objects for act in acts))
    candidate.count += 1
    candidate.labels[mention.label] += 1
    candidate.see(statement)
    candidate.objects += touched
    candidate.seen += seen
    candidate.counted = candidate.counted or mention.counted
    candidate.agent = candidate.agent or mention.agent
    if demanded and statement.requirement is not None and mention.counted:
        candidate.written += any(mention in act.objects and _writes(act, statement, mention) for act in changing)
        candidate.lent += any(mention in act.objects and _lends(act) for act in changing)
    changed = any(act.mood == "effect" and act.verb.act != "quiet" for act in statement.parse.acts)
    candidate.effects += demanded and changed and mention.role in {"topic", "object"}
    candidate.topics += mention.role == "topic"
    counted = mention.counted and (mention.role == "owner" or (mention.role == "place" and mention.guessed))
    if statement.requirement is not None and (counted or mention.role in {"topic", "object"}):
        candidate.parts.add(statement.requirement.id)
    candidate.subjects += any(
        mention is act.subject or (mention.role == "topic" and act.start > mention.start) for act in acts
    )
    heading = statement.heading and not statement.title
    candidate.headings += heading
    weight = 0.5 if mention.role in {"owner", "means"} and mention.guessed else 1.0
    weight += 1.5 * touched + 0.7 * seen + 1.0 * heading
    if _in_brackets(statement.text, mention.start):
        weight *= 0.4
    if not demanded and not heading:
        weight *= 0.7
    beside = statement.line.shape == "row" and not statement.row
    if beside or (statement.requirement is not None and statement.requirement.kind != "functional"):
        weight *= 0.3
    candidate.score += weight
    candidate.described += any(mention is act.object and act.word in _HAVING for act in statement.parse.acts)


_CONTENTS = re.compile(
    r"\s*(?:,\s*)?(?:with|about|of|for|on|against|containing)\s+(?:an?|the|his|her|their|each|every|all|used)?\b|\s*[:(]",
    re.IGNORECASE,
)


def _writes(act: Act, statement: Statement, mention: Mention) -> bool:
    """Whether a person makes one that is about something, or holds something: ``writes a report with the hours``."""
    made = act.verb.act == "create" and (not act.verb.makes or act.word in lexicon().asking_en)
    said = _CONTENTS.match(statement.text[mention.start + len(mention.label) :])
    return made and act.subject is not None and act.mood in {"main", "trigger"} and said is not None


def _pays(act: Act) -> bool:
    """Whether a verb pays or charges: what one pays with is made by nobody."""
    made = lexicon().concepts.get(act.verb.makes)
    return made is not None and made.money


def _lends(act: Act) -> bool:
    """Whether a verb makes a record of what it is done to, which must be kept for that: a loan, a booking, a repair."""
    made = lexicon().concepts.get(act.verb.makes)
    if made is None or act.subject is None or made.vague or made.part or made.toggle:
        return False
    return made.own and bool(made.of)


def _in_brackets(text: str, start: int) -> bool:
    before = text[:start]
    return before.count("(") > before.count(")")


def _count_made(found: dict[str, Candidate], act: Act, statement: Statement) -> None:
    """A verb that makes a thing speaks for that thing: who books a room makes a booking, who pays a payment."""
    made = lexicon().concepts.get(act.verb.makes)
    target = act.object or act.target
    said = _somebody_does(act, statement) and act.mood in {"main", "trigger"} and act.word.isascii()
    paid = made is not None and made.money and act.mood == "main" and statement.speaks
    alone = paid or (said and " " not in act.word and statement.speaks and bool(made and _stands(made)))
    if made is None or (act.unread and not makes_of_any(made, act.word)):
        return
    vague = act.object is not None and act.object.guessed and not act.object.counted
    if (act.unread or vague) and statement.requirement is None:
        return  # what is told around the demands is about things that nobody knows
    reached = target is not None and (act.word in lexicon().joins_en or fits(made, target, act.word))
    if act.object is None and not alone and not reached:
        return
    if act.object is not None and not fits(made, act.object, act.word):
        return
    if act.object is not None and act.object.guessed and (made.part or made.toggle) and act.word.isascii() and not said:
        return
    if act.object is not None and made.vague and act.object.counted and _writes(act, statement, act.object):
        return  # who reports a fire of a wood makes that
    candidate = found.setdefault(made.name, Candidate(made.name, made, made.person, guessed=False, known_word=True))
    english = " ".join(naming.split_words(made.name)).lower()
    names = made.ko if statement.parse.language == "ko" else (english,)
    candidate.count += 1
    candidate.score += 3 if said else 2
    candidate.objects += 1
    candidate.labels[names[0] if names else made.name] += 1
    candidate.see(statement)


def _stands(made: Concept) -> bool:
    """Whether a record says something without what it is about: a payment does, a review does not."""
    return not made.part or bool(made.alone)


_PEOPLE = re.compile(r"(?:er|or|ist|ian|ee|ant|man|woman)s?$")


def _somebody_does(act: Act, statement: Statement) -> bool:
    """Whether a person is the subject, or an unknown word that is built like one: ``singers``."""
    topics = [m for m in statement.parse.entities if m.role == "topic" and m.guessed and m.start < act.start]
    return act.subject is not None or any(_PEOPLE.search(mention.label) for mention in topics)


def makes_of_any(made: Concept, word: str) -> bool:
    """Whether a verb makes its record of whatever it is done to: one pays an unknown thing, but reviews none."""
    return word not in lexicon().creating and not (made.part and not made.alone) and not made.toggle


def fits(made: Concept, target: Mention, word: str = "") -> bool:
    """Whether a verb that makes one concept fits its object: one books a room, but posts a tweet."""
    parents = {name for name, _ in made.of} | {need for _, needs in made.brings for need in needs}
    if target.name in parents or target.name == made.name:
        return True
    if word in lexicon().creating and (word.isascii() or target.concept is not None):
        return False  # who posts or submits a thing makes that thing
    if (target.kind == "person" and made.alone) or made.pair:
        return made.toggle or target.kind == "person"
    if target.concept is None and word.isascii() and made.part:
        return True
    return not (target.concept is not None and target.concept.own) and not made.part and bool(parents)


def call_as_stated(candidates: dict[str, Candidate], sketch: Sketch) -> None:
    """What the text's own data model names is called so, whatever the catalogue calls it: residents, no tenants."""
    stated = {name: thing for name, thing in sketch.things.items() if thing.given}
    by_label = {thing.label.replace(" ", "").lower(): name for name, thing in stated.items()}
    for candidate in list(candidates.values()):
        said = [singular_label(label.lower()).replace(" ", "") for label in candidate.labels]
        name = next((by_label[label] for label in said if label in by_label), candidate.name)
        if name == candidate.name:
            continue
        sketch.alias(candidate.name, name)
        del candidates[candidate.name]
        if name in candidates:
            candidates[name].absorb(candidate)
            candidates[name].labels.update(candidate.labels)
        else:
            candidate.name = name
            candidates[name] = candidate


def merge_heads(candidates: dict[str, Candidate], sketch: Sketch) -> None:
    """``report`` after ``damage report`` is the same thing: a vague head joins its only compound.

    People go the other way: ``hobby beekeepers`` are beekeepers.
    """
    for candidate in list(candidates.values()):
        concept = candidate.concept
        if concept is not None and not (concept.weak or concept.vague):
            continue
        longer = [other for other in candidates.values() if other is not candidate and _heads(candidate, other)]
        if len(longer) != 1:
            continue
        shorter = (candidate.person and longer[0].guessed) or candidate.name in sketch.things
        keep, drop = (candidate, longer[0]) if shorter else (longer[0], candidate)
        if drop.name in candidates and keep.name in candidates:
            keep.absorb(drop)
            if keep is candidate:
                keep.labels.update(drop.labels)
            sketch.alias(drop.name, keep.name)
            del candidates[drop.name]


_REPORTS = ("Report", "Record", "Request", "Log")


def merge_reports(candidates: dict[str, Candidate], sketch: Sketch) -> None:
    """Who reports a fault makes the fault report that the text speaks of elsewhere."""
    for candidate in list(candidates.values()):
        fuller = next((candidates[one] for end in _REPORTS if (one := f"{candidate.name}{end}") in candidates), None)
        if fuller is not None and candidate.guessed and candidate.name not in sketch.things:
            fuller.absorb(candidate)
            sketch.alias(candidate.name, fuller.name)
            del candidates[candidate.name]


def _heads(head: Candidate, compound: Candidate) -> bool:
    if head.person != compound.person:
        return False
    if compound.name.endswith(head.name) and len(compound.name) > len(head.name):
        return True
    vague = head.concept is not None and head.concept.vague
    return vague and any(label.endswith(" " + word) for label in compound.labels for word in head.labels)


def merge_same(candidates: dict[str, Candidate], sketch: Sketch) -> None:
    """Two words for one thing in one text (tasks and todos) are one record, by the word that is used more.

    Some words only stand for another when that is there: a parent's child is the student, a rating the review.
    """
    for candidate in list(candidates.values()):
        fuller = [candidates[n] for n in (candidate.concept.yields if candidate.concept else ()) if n in candidates]
        if len(fuller) == 1 and fuller[0].concept is not None and fuller[0].score >= 1:
            fuller[0].absorb(candidate)
            sketch.alias(candidate.name, fuller[0].name)
            del candidates[candidate.name]
    for candidate in list(candidates.values()):
        for name in candidate.concept.same if candidate.concept is not None else ():
            other = candidates.get(name)
            if other is None or candidate.name not in candidates:
                continue
            keep, drop = (candidate, other) if candidate.score > other.score else (other, candidate)
            keep.absorb(drop)
            sketch.alias(drop.name, keep.name)
            del candidates[drop.name]
