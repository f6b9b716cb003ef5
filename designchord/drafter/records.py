"""Records of acts: what they are made about, what ends them, and which of their dates nobody chooses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from designchord.drafter.sketch import Sketch, Thing
from designchord.drafter.statements import Statement
from designchord.language.words import Act, Mention

_ABOUT = re.compile(
    r"\s+(?:of|about|for|on|against|regarding|concerning)\s+(?:(?:an?|the|his|her|their|its|one|my)\s+)?(?:\w+\s+)?",
    re.IGNORECASE,
)
# What a word that nobody knows is made of or for is no more than a description of it.
_CONCERNING = re.compile(_ABOUT.pattern.replace("of|about|for|on", "about"), re.IGNORECASE)
_ABOUT_KO = re.compile(r"(?:의|에 ?대한|에 ?대해|에 ?관한|에 ?관해)\s*")
#: What undoes an act only for whoever did it: a teacher cancels a lesson, a student the booking of it.
_OWN_ACT = frozenset({"cancelled"})
_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|twelve|fourteen|thirty)"
_PERIOD = re.compile(
    rf"\b(?:within|for(?: at most| up to)?|at most|up to|no (?:more|longer) than) {_NUMBER} "
    r"(?:hours?|days?|weeks?|months?)\b|(?:최대 ?)?\d+ ?(?:시간|일|주일?|개월|달) ?(?:이내|안에|동안|까지|내에|간)",
    re.IGNORECASE,
)


def made_about(sketch: Sketch) -> Iterator[tuple[str, str, Statement]]:
    """What records are made about, by the words between the two: ``reports damage of a tool``, ``상품에 대한 문의``."""
    for statement, act in _acts(sketch):
        record = sketch.thing(act.verb.makes) if act.verb.makes else None
        said = sketch.thing(act.object.name) if act.object is not None else None
        record = record or (said if act.verb.act in {"create", "send"} else None)
        if record is None or record.given:
            continue
        known = record.concept is not None and (record.concept.own or record.concept.part)
        about = _about(statement, act, _ABOUT if known else _CONCERNING)
        thing = sketch.thing(about.name) if about is not None else None
        person = about is not None and about.kind == "person"
        if thing is not None and thing is not record and not person and thing.name != sketch.account:
            yield thing.name, record.name, statement


_OF = re.compile(r"\s+of\s+(?:(?:an?|the|his|her|their|its|one|each|every|my)\s+)?(?:\w+\s+)?", re.IGNORECASE)


def belonging(sketch: Sketch) -> Iterator[tuple[str, str, Statement]]:
    """What the text says is of what: ``the test result of a batch`` is the batch's, whatever results are usually of."""
    for statement in sketch.statements:
        told = [] if statement.aside or statement.failure else statement.parse.entities
        for one, whole in pairwise(m for m in told if sketch.thing(m.name) is not None):
            gap = statement.text[one.start + len(one.label) : whole.start]
            things = one.kind == whole.kind == "thing" and not whole.plural
            child, parent = sketch.thing(one.name), sketch.thing(whole.name)
            if things and _OF.fullmatch(gap) and child is not None and parent is not None and not child.given:
                made_of = parent.concept is not None and child.name in {name for name, _ in parent.concept.of}
                if not made_of and parent.name != sketch.account:
                    yield parent.name, child.name, statement


def assigned(sketch: Sketch) -> Iterator[tuple[Thing, Thing, Act, Statement]]:
    """What is assigned to what, both of them kept: people to vehicles, a technician to a repair."""
    for statement, act in _acts(sketch):
        if act.verb.name != "assign" or act.object is None or act.target is None:
            continue
        one, other = sketch.thing(act.object.name), sketch.thing(act.target.name)
        if one is not None and other is not None and one is not other and not (one.given or other.given):
            yield one, other, act, statement


def _about(statement: Statement, act: Act, between: re.Pattern[str]) -> Mention | None:
    """What stands behind ``of`` and ``about`` after an act's object, or before it in Korean."""
    if act.object is None:
        return None
    korean = statement.parse.language == "ko"
    for mention in statement.parse.entities:
        if mention is act.object:
            continue
        first, last = (mention, act.object) if korean else (act.object, mention)
        gap = statement.text[first.start + len(first.label) : last.start] if first.start < last.start else ""
        if (_ABOUT_KO if korean else between).fullmatch(gap):
            return mention
    return None


def end_records(sketch: Sketch) -> None:
    """Whoever gives back what was lent ends the loan: the act is done to the record of what it undoes."""
    for statement in sketch.statements:
        for act in statement.parse.acts if not statement.aside else ():
            if act.verb.act != "action" or not act.verb.state or act.object is None:
                continue
            thing = sketch.thing(act.object.name)
            record = _ended(sketch, thing, act) if thing is not None else None
            if record is None:
                continue
            act.object = Mention(record.name, record.label, "thing", "object", act.object.start, record.concept)
            if statement not in record.statements:
                record.statements.append(statement)


def _ended(sketch: Sketch, thing: Thing, act: Act) -> Thing | None:
    state = act.verb.state.replace("-", "_")
    if thing.given or state in _states(thing):
        return None
    children = [sketch.things[link.child] for link in sketch.links if link.parent == thing.name]
    records = [one for one in children if one.concept is not None and one.concept.own and state in _states(one)]
    if state in _OWN_ACT:
        doer = act.subject.name if act.subject is not None else ""
        if not doer or doer in _makers(sketch, thing):
            return None
        records = [one for one in records if doer in _makers(sketch, one)]
    else:  # other records of the thing only end so where nothing else began
        records = [one for one in records if state == "returned"]
    return records[0] if records else None


def _states(thing: Thing) -> tuple[str, ...]:
    features = thing.concept.has if thing.concept is not None else ()
    return next((feature.values for feature in features if feature.name == "status"), ())


def _makers(sketch: Sketch, thing: Thing) -> set[str]:
    """Who makes such records, as the text says."""
    made = set()
    for _, act in _acts(sketch):
        names = [act.verb.makes] if act.verb.makes else [one.name for one in act.objects]
        makes = act.verb.act == "create" and any(sketch.thing(name) is thing for name in names)
        if makes and act.subject is not None:
            made.add(act.subject.name)
    return made


def period_of(thing: Thing) -> str:
    """The figure by which the text sets when such a record is due: ``within 14 days``."""
    for statement in thing.statements:
        found = _PERIOD.search(statement.text) if statement.requirement is not None and not statement.failure else None
        if found is not None:
            return found.group()
    return ""


def _acts(sketch: Sketch) -> Iterator[tuple[Statement, Act]]:
    for statement in sketch.statements:
        if not statement.aside:
            yield from ((statement, act) for act in statement.parse.acts if act.mood in {"main", "trigger"})
