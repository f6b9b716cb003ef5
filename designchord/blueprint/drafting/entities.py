"""Which of the mentioned things are records, and who acts: decided by what the text does with them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from designchord.blueprint.drafting.lexicon import Concept, lexicon
from designchord.blueprint.drafting.sketch import Sketch, Thing
from designchord.blueprint.drafting.statements import Statement
from designchord.blueprint.drafting.words import Mention
from designchord.blueprint.model import Actor

MAX_THINGS = 40
_PERSON_EN = re.compile(r"(?:er|or|ist|ian|ant|ent|ee|man|woman|body|people|coordinator|respondent|user|keeper)$")
_NOT_PERSON = re.compile(
    r"(?:order|number|paper|letter|folder|member|calendar|timer|counter|newsletter|weather|container|filter|sensor|"
    r"parameter|document|event|payment|comment|appointment|assignment|department|content|agent|student|client|patient|"
    r"parent|equipment|apartment|statement|shipment|announcement|restaurant|plant|color|error|floor|door|monitor|mirror|"
    r"tree|fee|coffee|employee|list|poster|water|layer|poker|sticker|trailer|chapter|quarter|center|meter|theater|"
    r"register|ticker|tracker|planner|printer|router|server|browser|scooter|charter|elevator|generator|indicator|"
    r"doctor|author|tumor|motor|tractor|investor-deck|offer|transfer|answer|flower|power|tower|beer|supper|dinner|buffer|"
    r"gear|committee|playlist|wishlist|waitlist|checklist|element|segment|component|environment|experiment|instrument|"
    r"moment|argument|ingredient|accident|incident|percent|variant|warrant|grant|tent|agreement|achievement|investment|"
    r"treatment|requirement|amendment|payment|measurement|improvement|movement|placement|settlement|fragment|garment)$"
)
_EXTERNAL = re.compile(
    r"(결제 ?대행사|PG사?|결제 ?시스템|결제 ?모듈|외부 ?(?:시스템|API|서비스)|택배사|은행|카드사|공공 ?데이터)"
    r"|\b(payment (?:gateway|provider|service|system)|external (?:system|service|api)|email service|sms (?:gateway|service)"
    r"|bank\b|llm\b|vector database|stripe|paypal|map service|identity provider)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Candidate:
    name: str
    concept: Concept | None
    person: bool
    guessed: bool
    known_word: bool
    score: float = 0.0
    count: int = 0
    objects: int = 0
    topics: int = 0
    headings: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    statements: list[Statement] = field(default_factory=list)

    def label(self) -> str:
        best = max(self.labels.items(), key=lambda item: (item[1], -len(item[0])))[0]
        return best


def find_things(sketch: Sketch) -> None:
    """Fill ``sketch.things``, ``sketch.actors``, ``sketch.account`` and ``sketch.aliases``."""
    candidates = _gather(sketch)
    _merge_heads(candidates, sketch)
    _find_people(candidates, sketch)
    chosen = [c for c in candidates.values() if not c.person and _accepted(c)]
    chosen.sort(key=lambda c: -c.score)
    keep = {c.name for c in chosen[:MAX_THINGS]}
    for candidate in candidates.values():
        if candidate.name in keep and candidate.name not in sketch.things:
            _add(sketch, candidate)


def _add(sketch: Sketch, candidate: _Candidate) -> None:
    label = candidate.label()
    if sketch.phrases.language == "en" and label.isascii():
        label = singular_label(label)
    spelled = candidate.guessed and not candidate.known_word and not label.isascii()
    sketch.things[candidate.name] = Thing(
        candidate.name, label[:200], candidate.concept, statements=list(candidate.statements), spelled=spelled
    )
    for statement in candidate.statements[:3]:
        sketch.because(f"entity:{candidate.name}", statement, label)


def singular_label(label: str) -> str:
    from designchord.blueprint.drafting import naming

    head, _, last = label.rpartition(" ")
    return f"{head} {naming.singular(last)}".strip()


def _gather(sketch: Sketch) -> dict[str, _Candidate]:
    found: dict[str, _Candidate] = {}
    for statement in sketch.statements:
        if statement.aside:
            continue
        touched = {act.object for act in statement.parse.acts if act.verb.act != "quiet" and act.object is not None}
        for mention in statement.parse.entities:
            candidate = found.setdefault(
                mention.name,
                _Candidate(
                    mention.name, mention.concept, mention.kind == "person", mention.guessed, mention.known_word
                ),
            )
            candidate.count += 1
            candidate.labels[mention.label] += 1
            if not candidate.statements or candidate.statements[-1] is not statement:
                candidate.statements.append(statement)
            candidate.score += _weight(mention, statement, touched=mention in touched)
            candidate.objects += mention in touched
            candidate.topics += mention.role == "topic"
            candidate.headings += statement.heading
        for mention in statement.parse.mentions:
            if mention.kind == "attribute" and mention.owner is not None and mention.owner.name in found:
                found[mention.owner.name].score += 1
        for act in statement.parse.acts:
            made = lexicon().concepts.get(act.verb.makes)
            if made is not None and not made.weak and act.object is not None and _fits(made, act.object):
                candidate = found.setdefault(made.name, _Candidate(made.name, made, made.person, False, True))
                candidate.count += 1
                candidate.score += 2
                candidate.labels[_made_label(made, statement)] += 1
                if not candidate.statements or candidate.statements[-1] is not statement:
                    candidate.statements.append(statement)
    return found


def _made_label(concept: Concept, statement: Statement) -> str:
    names = concept.ko if statement.parse.language == "ko" else concept.en
    return names[0] if names else concept.name


def _fits(made: Concept, target: Mention) -> bool:
    """Whether a verb that makes one concept fits its object: one books a room, but posts a tweet."""
    parents = {name for name, _ in made.of}
    return target.name in parents or (target.concept is None and not made.part) or target.name == made.name


def _weight(mention: Mention, statement: Statement, *, touched: bool) -> float:
    weight = 0.5 if mention.role == "owner" else 1.0
    if touched:
        weight += 2.0
    if statement.heading:
        weight += 1.0
    if statement.requirement is None and not statement.heading:
        weight *= 0.6
    return weight


def _accepted(candidate: _Candidate) -> bool:
    """A known word needs one real use, a weak or unknown one needs several."""
    if candidate.concept is not None:
        return candidate.score >= (3.0 if candidate.concept.weak else 1.0)
    if candidate.known_word:
        return candidate.score >= 3.0 and candidate.objects + candidate.topics >= 1
    return candidate.score >= 5.0 and candidate.objects >= 1 and candidate.count >= 2


def _merge_heads(candidates: dict[str, _Candidate], sketch: Sketch) -> None:
    """``report`` after ``damage report`` is the same thing: an unknown head joins its only compound."""
    for name, candidate in list(candidates.items()):
        if candidate.concept is not None and not candidate.concept.weak:
            continue
        longer = [other for other in candidates if other != name and other.endswith(name) and len(other) > len(name)]
        if len(longer) == 1 and candidates[longer[0]].count >= 1 and not candidate.person:
            target = candidates[longer[0]]
            target.score += candidate.score
            target.count += candidate.count
            target.objects += candidate.objects
            target.topics += candidate.topics
            target.statements += [s for s in candidate.statements if s not in target.statements]
            sketch.aliases[name] = target.name
            del candidates[name]


def _find_people(candidates: dict[str, _Candidate], sketch: Sketch) -> None:
    """Actors, and among them the account that the others' data belongs to."""
    for candidate in candidates.values():
        if candidate.guessed and _is_person(candidate):
            candidate.person = True
    people = [c for c in candidates.values() if c.person]
    accounts = [c for c in people if c.concept is not None and c.concept.account]
    named = [c for c in accounts if c.name != "User"]
    main = max(named or accounts, key=lambda c: (c.score, c.name), default=None)
    if main is not None:
        for other in accounts:
            if other is not main:
                main.score += other.score
                main.statements += [s for s in other.statements if s not in main.statements]
                sketch.aliases[other.name] = main.name
        sketch.account = main.name
    kept = [c for c in people if main is None or c.name not in sketch.aliases]
    kept.sort(key=lambda c: -c.score)
    for candidate in kept:
        if (candidate.topics or candidate is main) and len(sketch.actors) < 12:
            label = candidate.label()
            if label.isascii() and sketch.phrases.language == "en":
                label = singular_label(label).capitalize()
            sketch.actors[candidate.name] = Actor(id=candidate.name, label=label[:200])
            sketch.because(f"actor:{candidate.name}", candidate.statements[0], label)
    for candidate in kept:
        recorded = candidate.concept is not None and not candidate.concept.role and candidate.score >= 2.5
        if candidate is main or (recorded and candidate.name != "Person") or candidate.objects >= 1:
            if candidate.concept is None or (candidate.concept.role and candidate is not main):
                continue
            _add(sketch, candidate)
    _find_external(sketch)


def _is_person(candidate: _Candidate) -> bool:
    if candidate.objects > candidate.topics or not candidate.topics:
        return False
    label = candidate.label()
    if label.isascii():
        word = singular_label(label).lower()
        return bool(_PERSON_EN.search(word)) and not _NOT_PERSON.search(word)
    return label.endswith(("자", "가", "사", "원", "인", "객", "님", "생", "주", "장")) and len(label) >= 3


def _find_external(sketch: Sketch) -> None:
    for statement in sketch.statements:
        if statement.aside or len(sketch.actors) >= 16:
            continue
        if match := _EXTERNAL.search(statement.text):
            found = match.group().strip()
            payment = re.search(r"결제|PG|카드|payment|stripe|paypal", found, re.IGNORECASE)
            bank = re.search(r"은행|bank", found, re.IGNORECASE)
            model = re.search(r"llm", found, re.IGNORECASE)
            name = "PaymentGateway" if payment else "Bank" if bank else "LanguageModel" if model else "ExternalService"
            sketch.actors.setdefault(name, Actor(id=name, label=found[:200], kind="external"))
            sketch.because(f"actor:{name}", statement, found)
