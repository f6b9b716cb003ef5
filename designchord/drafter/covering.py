"""Requirements without a call of their own, and rules: which call they belong to."""

from __future__ import annotations

import re
from itertools import takewhile

from designchord.drafter.refusals import status_of
from designchord.drafter.sketch import Call, Sketch, Thing
from designchord.drafter.statements import Statement
from designchord.language.cues import shows
from designchord.language.deeds import does
from designchord.language.lexicon import lexicon
from designchord.language.rules import forbidden
from designchord.language.words import Act, tells

Section = tuple[str, ...]
# What is only spoken of: descriptions, purposes, reasons.
_MAKING = frozenset({"create", "update", "on"})
_SPOKEN = {"modifier", "purpose", "condition"}

_CONDITION = re.compile(r"[가-힣]면(?![가-힣])|\b(?:when|if|after|once|as soon as)\b", re.IGNORECASE)

# What the clock brings about, or that nothing was done, is no call's doing.
_BY_THE_CLOCK = re.compile(
    r"(?:시간|일|주|주일|달|개월|하루|이틀|일주일) (?:전에|전까지|전 )|지나(?:면|도록)|지난 (?:뒤|후)|매일|매주|매달"
    r"|\b(?:minutes?|hours?|days?|weeks?|months?) (?:before|ahead|in advance|after)\b|\b(?:daily|weekly|monthly)\b"
    r"|\bevery (?:day|week|month|morning|evening)\b|\boverdue\b",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(r"[가-힣]지 (?:않|못)|\b(?:not|never|without|nobody)\b|n't\b", re.IGNORECASE)

# ``deposit`` in ``deposited.``, ``등록`` in ``등록되었으면``.
_LONGEST_ENDING = 5


def cover(sketch: Sketch, primary: dict[Section, list[Call]]) -> None:
    """Requirements without a call of their own go to the call that their section or their words point to.

    What stands beside a call, or speaks of the same things, is not covered by it.
    """
    latest: dict[Section, Call] = {}
    opening: dict[Section, Call] = {}
    by_id = {call.id: call for call in sketch.calls}
    for statement in sketch.statements:
        demand = statement.requirement
        if demand is None or demand.kind != "functional" or shows("example", statement.text):
            continue
        section = statement.line.section
        if statement.covered:
            if not statement.failure:
                latest[section] = by_id[min(statement.covered)]
                opening.setdefault(section, latest[section])
            continue
        call = _nearest(sketch, statement, latest, opening, primary)
        if call is not None:
            (call.failures if statement.failure else call.statements).append(statement)
            statement.covered.add(call.id)
            if call.actor is None and call.method == "GET" and not statement.failure:
                call.actor = _reader(sketch, statement)


def _reader(sketch: Sketch, statement: Statement) -> str | None:
    """Who sees it, by the requirement."""
    seeing = (act for act in statement.parse.acts if act.verb.act in {"list", "search"} and act.subject is not None)
    names = (sketch.aliases.get(act.subject.name, act.subject.name) for act in seeing if act.subject is not None)
    return next((name for name in names if name in sketch.actors), None)


def drop_doubles(sketch: Sketch) -> None:
    """What prose says loosely (``leave a parcel``) and a requirement in its own word (``deposit``) is one act."""
    words = lexicon()
    for call in list(sketch.calls):
        thing = sketch.things.get(call.thing)
        loose = bool(call.words) and call.words <= words.soft and not call.requirements and not call.given
        if call.act != "create" or not loose or (thing is not None and thing.concept is not None and thing.concept.own):
            continue
        same = (c for c in sketch.calls if (c.act, c.thing, c.actor) == ("action", call.thing, call.actor))
        if any(other.requirements and not other.words & words.verbs_en.keys() for other in same):
            sketch.calls.remove(call)
            for statement in call.statements:
                statement.covered.discard(call.id)


def move_limits(sketch: Sketch) -> None:
    """A workshop of twelve places is offered with any number; the thirteenth enrolment is refused."""
    for call in sketch.calls:
        limits = [s for s in call.failures if shows("places", s.text) and s in call.statements]
        if call.act != "create" or not limits:
            continue
        children = {link.child for link in sketch.links if link.parent == call.thing}
        taking = [c for c in sketch.calls if c.act == "create" and c.thing in children and _takes(sketch, c)]
        if taking:
            call.failures = [s for s in call.failures if s not in limits]
            taking[0].failures += limits


def _nearest(
    sketch: Sketch,
    statement: Statement,
    latest: dict[Section, Call],
    opening: dict[Section, Call],
    primary: dict[Section, list[Call]],
) -> Call | None:
    section = statement.line.section
    inside = calls_of(primary, section)
    doers = {act.subject for act in statement.parse.acts if act.subject is not None}
    spoken = sorted((m for m in statement.parse.entities if m not in doers), key=lambda m: m.role != "object")
    names = [sketch.aliases.get(m.name, m.name) for m in spoken]
    wanted = [name for name in dict.fromkeys([*_made_by(sketch, statement), *names]) if name in sketch.things]
    wanted = [name for name in wanted if name != sketch.account]
    telling = any(tells(act) for act in statement.parse.acts)
    if telling and _is_nobodys(statement):
        return None
    if telling and (cause := _cause(sketch, statement)) is not None:
        return cause
    lost = [act for act in statement.parse.acts if act.verb.act != "quiet" and _is_lost(sketch, act)]
    if lost and not statement.failure:  # what is done to something else is not done by a neighbour
        return None
    # Under a heading that names a call, what speaks of its thing, or of none, belongs to it.
    for call in inside:
        if not wanted or call.thing in wanted or call.target in wanted:
            return call
    if statement.failure:
        return _refusing(sketch, statement, wanted, latest, opening)
    words = {act.word for act in statement.parse.acts if act.word and act.mood not in {"modifier", "purpose"}}
    kept = {link.child for link in sketch.links if link.parent in wanted}  # to give a thing back ends its loan
    same = [call for call in sketch.calls if call.method != "GET" and call.words & words and call.thing in wanted]
    same = same or [call for call in sketch.calls if call.act == "action" and call.words & words and call.thing in kept]
    if same:
        return same[0]
    seeing = [act for act in statement.parse.acts if act.verb.act in {"list", "search"} and act.mood not in _SPOKEN]
    if any(act.object is None or sketch.thing(act.object.name) is not None for act in seeing if not act.unread):
        reading = [call for call in sketch.calls if call.method == "GET" and call.thing in wanted]
        return min(reading, key=lambda call: wanted.index(call.thing), default=None)
    return None


def _made_by(sketch: Sketch, statement: Statement) -> list[str]:
    """The records that the acts of a sentence make."""
    return [sketch.aliases.get(act.verb.makes, act.verb.makes) for act in statement.parse.acts if act.verb.makes]


_TRIED = re.compile(r"\s*(?:시도|요청|처리|진행|실패)")


def _tried(statement: Statement) -> list[str]:
    """The records that a deed would make of which only the noun stands there: ``결제 시도 시``."""
    deeds = lexicon().verb_nouns_ko
    nouns = [m for m in statement.parse.entities if m.label in deeds and deeds[m.label].makes == m.name]
    return [m.name for m in nouns if _TRIED.match(statement.text[m.start + len(m.label) :])]


def _refusing(
    sketch: Sketch, statement: Statement, wanted: list[str], latest: dict[Section, Call], opening: dict[Section, Call]
) -> Call | None:
    """The call that a rule stands in the way of."""
    section = statement.line.section
    own = _of_demand(sketch, statement)
    if own or _is_half(sketch, statement):
        return next((call for call in own if may_break(call, statement)), None)
    kept = {name for name in [*_made_by(sketch, statement), *_tried(statement)] if name in sketch.things}
    made = (call for call in sketch.calls if call.thing in kept and call.method != "GET" and not call.assumed)
    if kept and next(made, None) is None:
        return None  # it forbids what no call does: a payment, where none is made
    shared, near = _beside(latest, section)
    listed = not wanted and any(shows("failure_section", title) for title in section[-1:])
    fits = near is not None and near.method != "GET" and may_break(near, statement)
    # What there may not be is refused where it would come to be, not where something else is done with it.
    fits = fits and bool(near is not None and (near.act in _MAKING or forbidden(statement.text)))
    if near is not None and fits and shared >= 2 and (listed or near.thing in wanted):
        return near
    case = _of_use_case(statement, opening)
    if case is not None:
        return case
    if near is not None and fits and shared == len(section) and _is_condition_of(sketch, near, statement, wanted):
        return near
    return _ruled(sketch, wanted, statement)


#: What a request that only reads may be refused for.
_OF_READING = {400, 401, 403, 404}


def _of_use_case(statement: Statement, opening: dict[Section, Call]) -> Call | None:
    """The call of the use case under whose failures a condition stands: that with which it begins."""
    section = statement.line.section
    if len(section) < 2 or not shows("failure_section", section[-1]):
        return None
    case = next((call for key, call in opening.items() if key[: len(section) - 1] == section[:-1]), None)
    if case is None or not may_break(case, statement):
        return None
    return case if case.method != "GET" or status_of(statement.text) in _OF_READING else None


def _is_condition_of(sketch: Sketch, near: Call, statement: Statement, wanted: list[str]) -> bool:
    """Whether a condition without a deed, ``no such product``, is one of the call last spoken of."""
    deed = any(act.verb.act != "quiet" and act.mood != "modifier" for act in statement.parse.acts)
    return not deed and _concerns(sketch, near, wanted)


def _concerns(sketch: Sketch, call: Call, wanted: list[str]) -> bool:
    """Whether what a call is about is tied to one of these things, or they belong to one of its own lines."""
    near = {call.thing, call.target}
    near |= {link.child for link in sketch.links if link.parent == call.thing}
    near |= {link.parent for link in sketch.links if link.child in near}
    return any(name in near for name in wanted)


def _of_demand(sketch: Sketch, statement: Statement) -> list[Call]:
    """The calls that change something for the same demand: what is said of them in one breath is a rule of theirs."""
    ids = {statement.requirement.id} if statement.requirement is not None else set()
    return [call for call in sketch.calls if call.method != "GET" and ids & set(call.requirements)]


def _is_half(sketch: Sketch, statement: Statement) -> bool:
    """Whether the demand says besides what somebody does: its rule is about that, and hangs on nothing else."""
    return any(
        other.requirement is not None
        and statement.requirement is not None
        and other.requirement.id == statement.requirement.id
        and not other.failure
        and any(act.mood == "main" and act.verb.act != "quiet" for act in other.parse.acts)
        for other in sketch.statements
    )


def may_break(call: Call, statement: Statement) -> bool:
    """Whether a call does what a rule forbids, as far as the rule names a deed."""
    verb = forbidden(statement.text)
    return not verb or does(call.operation(), verb)


def _is_lost(sketch: Sketch, act: Act) -> bool:
    """Whether an act is done to something that is not kept."""
    if act.mood not in {"main", "trigger"} or act.verb.act in {"list", "search"}:
        return False
    return bool(act.unread) or (bool(act.objects) and all(sketch.thing(one.name) is None for one in act.objects))


def calls_of(primary: dict[Section, list[Call]], section: Section) -> list[Call]:
    for depth in range(len(section), 0, -1):
        if section[:depth] in primary:
            return primary[section[:depth]]
    return []


def _is_nobodys(statement: Statement) -> bool:
    """Whether it is the clock that has somebody told, or that something was not done."""
    telling = min(act.start for act in statement.parse.acts if tells(act))
    start, end = _condition(statement, telling)
    return bool(_BY_THE_CLOCK.search(statement.text) or _NOT_DONE.search(statement.text[start:end]))


def _cause(sketch: Sketch, statement: Statement) -> Call | None:
    """What somebody is told after: the call that the condition speaks of, else the list of what was told."""
    telling = min((act.start for act in statement.parse.acts if tells(act)), default=0)
    start, end = _condition(statement, telling)
    clause = statement.text[start:end]
    about = {sketch.aliases.get(m.name, m.name) for m in statement.parse.entities if start <= m.start < end}
    changing = [call for call in sketch.calls if call.method != "GET" and not call.assumed]
    said = [call for call in changing if call.thing in about and _speaks_of(clause, call)]
    near = [call for call in changing if call.thing in about - {sketch.account} and call.thing not in sketch.actors]
    # What comes about with a thing that is there already comes with a change of it.
    near.sort(key=lambda call: call.act not in {"update", "action"})
    told = [thing for thing in sketch.things.values() if thing.concept is not None and thing.concept.told]
    conditional = any(act.mood in {"condition", "trigger"} for act in statement.parse.acts) or _CONDITION.search(clause)
    if said or (conditional and near):
        return (said or near)[0]
    return next((call for call in sketch.calls if told and call.thing == told[0].name), None)


def _condition(statement: Statement, telling: int) -> tuple[int, int]:
    """From where to where it is said when somebody is told: behind the telling (``when …``), or before it."""
    behind = _CONDITION.search(statement.text, telling) if statement.parse.language == "en" else None
    return (behind.start(), len(statement.text)) if behind is not None else (0, telling)


def _speaks_of(clause: str, call: Call) -> bool:
    """Whether one of a call's verbs stands in the clause, in any of its forms."""
    words = clause.lower().split()
    return any(
        word.strip(".,").startswith(verb) and len(word) - len(verb) <= _LONGEST_ENDING
        for verb in call.words - {""}
        for word in words
    )


def _ruled(sketch: Sketch, wanted: list[str], statement: Statement) -> Call | None:
    """What a rule about things stands in the way of: changing one, or taking a place in it.

    A rule about what somebody does stands in the way of that, and of nothing else that is done to the same thing.
    """
    done = [act for act in statement.parse.acts if act.mood in {"main", "effect"} and act.verb.act != "quiet"]
    if any(act.mood == "main" and act.subject is not None for act in done):
        return None
    if done and all(act.verb.act in {"list", "search"} for act in done):
        return None
    order = ["create", "on", "action", "update"]
    changing = [call for call in sketch.calls if call.act in order and not call.assumed]
    changing = [call for call in changing if may_break(call, statement)]
    gone = status_of(statement.text) == 404
    for name in wanted:
        # What does not exist is in nobody's way who makes one.
        mine = [call for call in changing if call.thing == name and not (gone and call.act == "create")]
        children = {link.child for link in sketch.links if link.parent == name}
        taking = [call for call in changing if call.act == "create" and call.thing in children and _takes(sketch, call)]
        if taking and (not mine or shows("places", statement.text)):
            return taking[0]
        if mine:
            return min(mine, key=lambda call: order.index(call.act))
    made = [c for c in sketch.calls if c.act == "create" and c.thing in wanted[:1] and may_break(c, statement)]
    return made[0] if made and all(act.verb.name == "reject" for act in done) else None


def _takes(sketch: Sketch, call: Call) -> bool:
    """Whether a call takes one of few: a booking, an enrolment, a loan."""
    concept = sketch.things[call.thing].concept
    return concept is not None and concept.own and bool(concept.fails)


def say_operations(sketch: Sketch, thing: Thing, made: list[Call]) -> str:
    names = ", ".join(call.summary for call in made)
    return sketch.phrases("assume_operations", label=thing.label, name=thing.name, names=names)[:200]


def _beside(latest: dict[Section, Call], section: Section) -> tuple[int, Call | None]:
    """The last call of the section that shares most headings with this one, and how many it shares."""
    best: tuple[int, Call | None] = (0, None)
    for key, call in latest.items():
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(key, section, strict=False))))
        if shared and shared >= best[0]:
            best = (shared, call)
    return best
