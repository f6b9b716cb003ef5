"""Which of the mentioned things are records: decided by what the text does with them."""

from __future__ import annotations

import re
from collections import Counter

from designchord.blueprint.model import Actor, Attribute
from designchord.drafter.candidates import (
    Candidate,
    call_as_stated,
    gather,
    merge_heads,
    merge_reports,
    merge_same,
    singular_label,
)
from designchord.drafter.people import find_people
from designchord.drafter.sketch import Sketch, Thing
from designchord.drafter.structure.given import Table, resource_names
from designchord.drafter.weighing import DROPPED, KEPT, likelihoods
from designchord.language import naming
from designchord.language.cues import shows
from designchord.language.lexicon import Concept, lexicon

MAX_THINGS = 36
_SHORT = 500
# A known word that so many demands speak of is kept, whatever they say of it.
_RECURRING = 3
_RECURRING_KNOWN = 2
# A segment in the singular is a resource where so many routes begin with it.
_SEVERAL = 2
_ROUTE_NOISE = {
    "me", "current", "login", "logout", "auth", "search", "health", "healthz", "readiness", "ready", "liveness",
    "live", "ping", "metrics", "session", "signup", "api", "oops", "token", "admin", "my", "stats", "statistics",
    "callback", "version",
}  # fmt: skip


def find_things(sketch: Sketch) -> None:
    """Fill ``sketch.things``, ``sketch.actors``, ``sketch.account`` and ``sketch.aliases``."""
    for table in sketch.given.tables:
        _add_table(sketch, table)
        sketch.unknown += table.unnamed
    _add_routes(sketch)
    _rename(sketch)
    candidates = gather(sketch)
    call_as_stated(candidates, sketch)
    merge_heads(candidates, sketch)
    merge_reports(candidates, sketch)
    merge_same(candidates, sketch)
    records = find_people(candidates, sketch)
    # Whoever states a data model has said what is kept.
    stated = sum(table.defined for table in sketch.given.tables) >= 3
    sketch.closed = closed = stated or sum(thing.given for thing in sketch.things.values()) >= 2
    routed = len(sketch.things) >= 3
    chosen = _chosen(candidates, records, sketch)
    if not sketch.things and not any(not c.person for c in chosen):
        chosen += _best(candidates)
    chosen.sort(key=lambda c: -c.score)
    keep = {c.name for c in chosen[:MAX_THINGS]}
    for candidate in candidates.values():
        known = sketch.things.get(candidate.name)
        if known is not None:
            known.statements += candidate.statements
            known.label = known.label if known.label != known.name else _label(sketch, candidate)
        elif (
            candidate.name in keep
            and len(sketch.things) < MAX_THINGS + 8
            and not closed
            and (not routed or _sure(candidate))
        ):
            _add(sketch, candidate)
    if not closed:
        used = [c for c in candidates.values() if c.concept is None and c.name not in sketch.things and not c.person]
        sketch.unknown += [c.label() for c in sorted(used, key=lambda c: -c.score) if c.objects + c.seen]
    _assume_user(sketch)
    if closed and sketch.account not in sketch.things:
        people = [name for name in ("User", "Member", "Customer", "Account") if name in sketch.things]
        if people and sketch.account:
            sketch.alias(sketch.account, people[0])
        sketch.account = people[0] if people else ""


def _chosen(candidates: dict[str, Candidate], records: list[Candidate], sketch: Sketch) -> list[Candidate]:
    """What sentences say is kept, but for what all of the text speaks against; and known things that it speaks for."""
    accepted = [c for c in candidates.values() if not c.person and _accepted(c, sketch, candidates)] + records
    likely = likelihoods(candidates, sketch)
    if not likely:
        return accepted
    stated = {name for _, name, _ in sketch.given.glossary}
    kept = [c for c in accepted if c.name in stated | {sketch.account} or likely.get(c.name, 1.0) >= DROPPED]
    more = [c for c in candidates.values() if c not in accepted and c.name not in sketch.aliases]
    return kept + [c for c in more if c.concept is not None and likely.get(c.name, 0.0) >= KEPT]


def _assume_user(sketch: Sketch) -> None:
    """Reservations, orders and loans are somebody's; where the text names nobody, a user is assumed."""
    mine = [t for t in sketch.things.values() if t.concept is not None and t.concept.own and t.concept.fails]
    refused = any(shows("no_accounts", statement.text) for statement in sketch.statements)
    if sketch.assume == "none" or sketch.account or not mine or refused or any(t.given for t in sketch.things.values()):
        return
    label = sketch.phrases("actor_user")
    sketch.account = "User"
    sketch.things["User"] = Thing("User", label, lexicon().concepts["User"], assumed=True)
    sketch.actors.setdefault("User", Actor(id="User", label=label))
    sketch.assuming(sketch.phrases("assume_entity", label=label, name="User"), "entity:User")


def _add(sketch: Sketch, candidate: Candidate) -> None:
    label = _label(sketch, candidate)
    concept = candidate.concept
    renamed = concept is not None and not (concept.person or concept.toggle or concept.pair) and label.isascii()
    own = naming.pascal(label) if renamed else ""
    if own and own != candidate.name and own not in sketch.things and sketch.phrases.language == "en":
        sketch.alias(candidate.name, own)
        candidate.name = own
    spelled = candidate.guessed and not candidate.known_word and not label.isascii()
    thing = Thing(
        candidate.name,
        label[:200],
        candidate.concept,
        statements=list(candidate.statements),
        spelled=spelled,
        person=candidate.person,
    )
    if not sketch.place(thing):
        return
    if candidate.doubted:
        thing.assumed = True
        sketch.unknown.append(label)
        sketch.assuming(sketch.phrases("assume_entity", label=label, name=candidate.name), f"entity:{candidate.name}")
    for statement in candidate.statements[:3]:
        sketch.because(f"entity:{candidate.name}", statement, label)


def _label(sketch: Sketch, candidate: Candidate) -> str:
    label = candidate.label()
    if label.isascii():
        return singular_label(label) if sketch.phrases.language == "en" else candidate.name
    return label


def _add_table(sketch: Sketch, table: Table) -> None:
    if not table.name or table.name in sketch.things or len(sketch.things) >= MAX_THINGS:
        return
    concept = lexicon().concepts.get(table.name)
    english = " ".join(naming.split_words(table.name)).lower()
    names = concept.ko if concept is not None and sketch.phrases.language == "ko" else (english,)
    label = table.label or (names[0] if names else table.name)
    thing = Thing(table.name, label, concept, given=bool(table.columns))
    if not sketch.place(thing):
        return
    sketch.cite(f"entity:{table.name}", table.name, table.line, "given")
    for column in table.columns:
        if column.name == "id" or (column.primary and not any(a.key == "primary" for a in thing.attributes.values())):
            key = Attribute(name="id", type=column.type if column.name == "id" else "uuid", label="ID", key="primary")
            thing.attributes["id"] = key
            if column.name == "id" or column.name == f"{naming.snake(table.name)}_id":
                continue
        if column.references or column.foreign:
            continue
        thing.attributes[column.name] = Attribute(
            name=column.name,
            type="string" if column.type == "enum" and not column.values else column.type,
            label=column.label
            or (
                lexicon().labels_ko.get(column.name, column.name)
                if sketch.phrases.language == "ko"
                else column.name.replace("_", " ")
            ),
            required=column.required,
            unique=column.unique,
            values=column.values,
        )


def _add_routes(sketch: Sketch) -> None:
    """The resources of the routes that the text lists."""
    names_of = resource_names(sketch.given.routes)
    firsts = Counter(route.path.strip("/").split("/")[0] for route in sketch.given.routes)
    for route in sketch.given.routes:
        for part in route.path.strip("/").split("/"):
            if part.startswith(("{", "my-")) or part in _ROUTE_NOISE:
                continue
            name = names_of.get(part, "")
            if (
                not name
                or name in sketch.things
                or len(sketch.things) >= MAX_THINGS
                or (naming.singular(part) == part and not part.endswith("s") and firsts[part] < _SEVERAL)
                or (name not in lexicon().concepts and naming.singular(part) in lexicon().noise_en)
            ):
                continue
            concept = lexicon().concepts.get(name)
            english = " ".join(naming.split_words(name)).lower()
            names = concept.ko if concept is not None and sketch.phrases.language == "ko" else (english,)
            terms = [term for term, named, _ in sketch.given.glossary if named == name]
            sketch.place(Thing(name, next(iter((*terms, *names)), name), concept))
            sketch.cite(f"entity:{name}", f"{route.method} {route.path}", route.line, "given")


def _rename(sketch: Sketch) -> None:
    """The glossary's names for things go before the catalogue's."""
    names = {term.replace(" ", ""): name for term, name, _ in sketch.given.glossary}
    for term, name, line in sketch.given.glossary:
        sketch.cite(f"entity:{name}", f"{term}: {name}", line, "glossary")
    for statement in sketch.statements:
        for mention in statement.parse.mentions:
            name_given = names.get(mention.label.replace(" ", ""))
            if name_given and mention.is_entity and mention.name != name_given:
                sketch.aliases.setdefault(mention.name, name_given)
                mention.name = name_given


def _sure(candidate: Candidate) -> bool:
    """Beside the resources of given routes only what requirements clearly work with is added."""
    demanded = any(statement.requirement is not None for statement in candidate.statements)
    return candidate.concept is not None and not candidate.concept.weak and candidate.objects >= 1 and demanded


def _belongs(concept: Concept, candidates: dict[str, Candidate]) -> bool:
    """Whether what it usually belongs to is surely there: questions beside a survey, photos beside an album."""
    parents = [candidates[name] for name, _ in concept.of if name in candidates]
    children = [
        c for c in candidates.values() if c.concept is not None and concept.name in {n for n, _ in c.concept.of}
    ]
    sure = [c for c in (*parents, *children) if c.concept is not None and not c.concept.weak and not c.concept.account]
    return any(c.score >= 2 for c in sure)


def _best(candidates: dict[str, Candidate]) -> list[Candidate]:
    """What a text that names no record clearly is most likely about."""
    known = [c for c in candidates.values() if not c.person and (c.concept is not None or c.known_word)]
    return sorted(known, key=lambda c: (-c.score, c.name))[:1]


def _accepted(candidate: Candidate, sketch: Sketch, candidates: dict[str, Candidate]) -> bool:
    """Whether the text does something with a thing that is kept; a word of many meanings or none known needs more.

    A word that is only mentioned, however often, is no record: it may be what something is for, by or about.
    """
    if any(name == candidate.name for _, name, _ in sketch.given.glossary):
        return True
    if any(c.name == f"{candidate.name}Log" and c.objects for c in candidates.values()):
        return True
    short = sum(len(statement.text) for statement in sketch.statements) < _SHORT
    used = candidate.objects + candidate.described + candidate.seen + candidate.effects
    # A heading names what its section is about: that is something where a demand does something with it, too.
    done = candidate.objects + candidate.described + (candidate.headings if used else 0)
    concept = candidate.concept
    if concept is None:
        if candidate.subjects and not candidate.objects + candidate.seen and candidate.label().isascii():
            return False  # whoever only ever does something is an actor
        defined = _defined(candidate, short=short)
        candidate.doubted = not defined and (_recurs(candidate) or _is_made(candidate))
        return defined or candidate.doubted
    if concept.near and not any(name in candidates for name in concept.near):
        return False
    if concept.instead and candidate.objects == 0 and candidate.headings == 0 and not short:
        return False
    if concept.vague:
        return candidate.objects >= (1 if short else 2)
    if concept.weak:
        near = short or _belongs(concept, candidates)
        enough = done >= (1 if near else 2) or (done >= 1 and used + candidate.headings >= 2)
        return enough and candidate.count >= (1 if short else 2)
    return (
        done >= 1
        or used >= (1 if short else 2)
        or len(candidate.parts) >= _RECURRING_KNOWN
        or candidate.demands >= _RECURRING
    )


def _is_made(candidate: Candidate) -> bool:
    """Whether a demand makes one, about something, or makes a record of it: that is kept, and asked about."""
    return candidate.guessed and candidate.label().isascii() and candidate.written + candidate.lent >= 1


def _recurs(candidate: Candidate) -> bool:
    """Whether a noun that nobody knows is what several demands are about: that is worth a record, and a question."""
    spoken = candidate.guessed and candidate.counted and candidate.label().isascii()
    return spoken and len(candidate.parts) >= _RECURRING


def _defined(candidate: Candidate, *, short: bool) -> bool:
    """Whether the text itself says enough of a thing that the catalogue does not know."""
    if re.search(r"\d", candidate.name) or (
        candidate.guessed and not candidate.known_word and not candidate.label().isascii()
    ):
        return False
    if not candidate.counted and not candidate.known_word:
        return False
    if short:
        return candidate.score >= 2.0 and (candidate.objects >= 1 or candidate.demands >= 2)
    done = candidate.objects + candidate.headings
    return (
        candidate.objects >= 1 and done >= 2
        if candidate.known_word
        else candidate.objects >= 2 and candidate.count >= 3
    )
