"""What somebody sets or changes is an attribute of what the sentence is about: ``정원을 정한다``, ``sets a price``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from designchord.drafter.sketch import Sketch, Thing
from designchord.drafter.statements import Statement
from designchord.language.words import Act, Mention

_NEXT = re.compile(r"(?:\s*(?:,|and|or|,\s*and)\s*(?:an?|the|its|their)?\s*)", re.IGNORECASE)
#: Verbs that write whole records too, and say little of one field.
_BROAD = frozenset(
    {"관리", "manage", "maintain", "move", "이동", "replace", "restock", "mark", "customize", "customise"}
)


def changed_in(sketch: Sketch, statement: Statement) -> Iterator[tuple[Thing, Mention]]:
    """The attributes that the acts of a statement set or change, each with the thing that has it.

    An act that names nothing else is done to that thing from then on.
    """
    before: Mention | None = None
    for act in statement.parse.acts:
        fields = _fields(statement, act) if act.verb.act == "update" and act.word not in _BROAD else []
        about = _whose(sketch, statement, act, fields, before) if fields else None
        thing = sketch.thing(about.name) if about is not None else None
        if about is not None and thing is not None:
            act.object, act.unread = about, ""
            yield from ((thing, field) for field in fields)
        if act.object is not None and act.object.kind == "thing" and sketch.thing(act.object.name) is not None:
            before = act.object


def _fields(statement: Statement, act: Act) -> list[Mention]:
    """The attributes that stand right beside a verb, where its object stands."""
    text, named = statement.text, [m for m in statement.parse.mentions if m.kind == "attribute"]
    if statement.parse.language == "ko":
        return [m for m in named if m.role == "object" and 0 < act.start - m.start - len(m.label) <= 3]
    following = min((one.start for one in statement.parse.acts if one.start > act.start), default=len(text))
    found: list[Mention] = []
    for mention in named:
        if not act.start < mention.start < following:
            continue
        beside = _NEXT.fullmatch(text[found[-1].start + len(found[-1].label) : mention.start]) if found else None
        if beside or (mention.role == "object" and not found):
            found.append(mention)
    return found


def _whose(
    sketch: Sketch, statement: Statement, act: Act, fields: list[Mention], before: Mention | None
) -> Mention | None:
    """The owner that the phrase names, else what the act is done to, else what was done something to before it."""
    owners = [field.owner for field in fields if field.owner is not None]
    known = (one for one in (*owners, act.object, before, act.target) if one is not None and one.kind == "thing")
    return next((one for one in known if sketch.thing(one.name) is not None), None)
