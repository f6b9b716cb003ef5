"""Who acts: people with accounts, roles, and systems outside."""

from __future__ import annotations

import re
from collections.abc import Iterable

from designchord.blueprint.model import Actor
from designchord.drafter.candidates import Candidate, singular_label
from designchord.drafter.sketch import Sketch
from designchord.drafter.statements import Statement
from designchord.language import naming
from designchord.language.agents import is_agent
from designchord.language.cues import shows
from designchord.language.lexicon import lexicon

MAX_PEOPLE = 12
_RECURRING = 2
_STORY = re.compile(r"(?:^|[:;.(*_>-]\s*)as an? ([a-z][a-z -]{2,30}?)(?:,| i\b| we\b)", re.IGNORECASE)
_STORY_KO = re.compile(r"^([가-힣 ]{2,12}?)(?:으로서|로서)[, ]")


def find_people(candidates: dict[str, Candidate], sketch: Sketch) -> list[Candidate]:
    """Fill ``sketch.actors`` and ``sketch.account``; the people that are records too come back."""
    named = _named_in_stories(sketch)
    for candidate in candidates.values():
        if candidate.guessed and _is_person(candidate, named):
            candidate.person = True
    people = [candidate for candidate in candidates.values() if candidate.person]
    for person in people:
        _by_own_word(person, candidates, sketch)
    main = _account(people, sketch)
    kept = sorted((c for c in people if c.name not in sketch.aliases), key=lambda c: -c.score)
    for candidate in kept:
        if (candidate.topics or candidate is main or candidate.name in named) and len(sketch.actors) < MAX_PEOPLE:
            label = candidate.label()
            if label.isascii():
                label = singular_label(label).capitalize() if sketch.phrases.language == "en" else label
            sketch.actors[candidate.name] = Actor(id=candidate.name, label=label[:200])
            sketch.because(f"actor:{candidate.name}", candidate.statements[0], label)
    _find_organisations(candidates, sketch)
    _find_external(sketch)
    short = sum(len(statement.text) for statement in sketch.statements) < 500
    need = 1.0 if short else 2.5
    return [c for c in kept if c is main or (_is_record(c, need=need) and _in_place(c, candidates))]


def _by_own_word(person: Candidate, candidates: dict[str, Candidate], sketch: Sketch) -> None:
    """People are called as the author calls them: a cyclist is no runner, a mechanic no technician."""
    label = person.label()
    if person.concept is None or person.concept.account or not label.isascii() or sketch.phrases.language != "en":
        return
    own = naming.pascal(singular_label(label))
    if own and own != person.name and own not in candidates and own not in sketch.things:
        sketch.alias(person.name, own)
        person.name = own


def _named_in_stories(sketch: Sketch) -> set[str]:
    """The names of people in ``As a …`` and ``…로서``, whatever the words are."""
    names: set[str] = set()
    for statement in sketch.statements:
        match = _STORY.search(statement.text) or _STORY_KO.match(statement.text)
        if match is None or statement.aside:
            continue
        head = match.start(1)
        inside = [m for m in statement.parse.entities if head <= m.start < match.end(1)]
        if inside and not re.search(r"system|engine|service|api|backend", match.group(1), re.IGNORECASE):
            inside[-1].role = "topic"
            names.add(inside[-1].name)
    return names


def _is_person(candidate: Candidate, named: set[str]) -> bool:
    if candidate.name in named:
        return True
    if candidate.objects > candidate.topics or not candidate.topics:
        return False
    label = candidate.label()
    if label.isascii():
        return candidate.subjects >= 1 and (candidate.agent or is_agent(singular_label(label).lower()))
    return (
        candidate.subjects >= 1
        and len(label) >= 3
        and label.endswith(("자", "가", "사", "원", "인", "객", "님", "생", "주", "장"))
    )


def _account(people: Iterable[Candidate], sketch: Sketch) -> Candidate | None:
    """The account that the others' data belongs to; other words for it become aliases."""
    if any(shows("no_accounts", statement.text) for statement in sketch.statements):
        return None
    accounts = [c for c in people if c.concept is not None and c.concept.account]
    acting = [c for c in accounts if c.topics or c.objects or c.headings or c.name == "User"]
    accounts = acting or ([] if any(c.subjects for c in people) else accounts)
    terms = {name for _, name, _ in sketch.given.glossary}
    given = [c for c in accounts if c.name in sketch.things or c.name in terms]
    named = [c for c in accounts if c.name != "User"]
    main = max(given or named or accounts, key=lambda c: (c.score, c.name), default=None)
    if main is None:
        return _sole_owner([c for c in people if c.subjects], sketch)
    for other in [*accounts, *(c for c in people if c.name == "Person" and c.subjects and not c.objects)]:
        if other is not main:
            main.absorb(other)
            sketch.alias(other.name, main.name)
    sketch.account = main.name
    return main


def _sole_owner(people: list[Candidate], sketch: Sketch) -> Candidate | None:
    """Without a word for users the people who act most are the account: tenants, patients, beekeepers."""
    owners = [
        c
        for c in people
        if not (c.concept is not None and (c.concept.staff or (c.concept.weak and c.name != "Person")))
    ]
    main = max(owners, key=lambda c: (not _curated(c), c.subjects, c.score, c.name), default=None)
    if main is not None:
        spelled = main.guessed and not main.label().isascii()
        if main.name == "Person" or spelled:
            main = _as_user(main, sketch, label=main.label() if spelled else "")
        sketch.account = main.name
    return main


def _curated(candidate: Candidate) -> bool:
    """Whether the house looks after these people: patients have the accounts that the doctors' records serve."""
    return candidate.concept is not None and candidate.concept.curated


def _as_user(person: Candidate, sketch: Sketch, *, label: str = "") -> Candidate:
    """``사람들이 …`` speaks of users; so does a word without a known English name, by its own label."""
    user = lexicon().concepts["User"]
    sketch.alias(person.name, user.name)
    person.name, person.concept = user.name, user
    person.labels.clear()
    person.labels[label or sketch.phrases("actor_user")] = 1
    return person


def _in_place(candidate: Candidate, candidates: dict[str, Candidate]) -> bool:
    """Whether what makes a person a record is there: an owner needs something to own."""
    near = candidate.concept.near if candidate.concept is not None else ()
    return not near or any(name in candidates for name in near)


def _is_record(candidate: Candidate, *, need: float) -> bool:
    """Whether a person is kept as a record and is more than a role that somebody has."""
    concept = candidate.concept
    if concept is None:  # whoever something is done to, again and again, is kept
        return candidate.objects >= 1 and candidate.demands >= _RECURRING and candidate.label().isascii()
    if concept.account or (concept.role and ((concept.staff and concept.name != "Author") or not candidate.objects)):
        return False
    if not any(statement.requirement is not None for statement in candidate.statements):
        return False
    if concept.weak:
        return candidate.objects >= 1 or candidate.score >= 5
    return candidate.score >= need or candidate.objects >= 1 or candidate.subjects >= 1


def _find_organisations(candidates: dict[str, Candidate], sketch: Sketch) -> None:
    """Things that do things (``기관은 활동을 등록한다``) are actors too."""
    for candidate in candidates.values():
        doing = [s for s in candidate.statements if s.requirement is not None and _does(candidate.name, s)]
        house = [s for s in candidate.statements if s.requirement is not None and _is_house(candidate, s)]
        doing = doing if len(doing) >= _RECURRING else house if not candidate.objects else []
        if doing is house and not sketch.actors:
            continue  # where nobody acts, what does is a part of the machinery
        if not candidate.person and doing and len(sketch.actors) < MAX_PEOPLE:
            sketch.actors.setdefault(candidate.name, Actor(id=candidate.name, label=candidate.label()[:200]))
            sketch.because(f"actor:{candidate.name}", doing[0], candidate.label())


def _is_house(candidate: Candidate, statement: Statement) -> bool:
    """Whether it does something by an English demand, whatever kind of body it is: the committee, the front desk."""
    acts = [act for act in statement.parse.acts if act.mood == "main" and act.verb.act != "quiet"]
    return candidate.guessed and any(act.subject is not None and act.subject.name == candidate.name for act in acts)


def _does(name: str, statement: Statement) -> bool:
    topic = next((m for m in statement.parse.mentions if m.name == name and m.role == "topic"), None)
    if topic is None or topic.start > 4 or statement.parse.language != "ko":
        return False
    acts = [act for act in statement.parse.acts if act.mood == "main" and act.verb.act not in {"quiet", "list"}]
    return any(act.object is not None and act.object.name != name for act in acts)


_SYSTEMS = {
    "결제|PG|카드|payment": "PaymentGateway",
    "language model|llm": "LanguageModel",
    "택배": "Courier",
    "email": "EmailService",
    "sms": "SmsGateway",
    "map": "MapService",
    "vector": "VectorDatabase",
}


def _find_external(sketch: Sketch) -> None:
    for statement in sketch.statements:
        match = shows("external", statement.text)
        if match is None or statement.aside or len(sketch.actors) >= 16:
            continue
        found = match.group().strip()
        name = next((n for sign, n in _SYSTEMS.items() if re.search(sign, found, re.IGNORECASE)), "ExternalService")
        if name not in sketch.actors:
            sketch.actors[name] = Actor(id=name, label=found[:200], kind="external")
            sketch.because(f"actor:{name}", statement, found)
