"""What the text asks the system to do becomes calls; what it refuses, their errors."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from designchord.drafter import calls
from designchord.drafter.candidates import fits, makes_of_any
from designchord.drafter.covering import Section, calls_of, cover, drop_doubles, may_break, move_limits
from designchord.drafter.phrases import article
from designchord.drafter.refusals import refuse
from designchord.drafter.sending import send
from designchord.drafter.sketch import Call, Sketch, Thing
from designchord.drafter.statements import Statement
from designchord.drafter.structure.given import Route, resource_names
from designchord.drafter.usual import add_usual, is_told, keeper_of, system_made
from designchord.language import naming
from designchord.language.cues import shows
from designchord.language.lexicon import Verb, lexicon
from designchord.language.words import Act, Mention

_OWN = re.compile(
    r"\bmy\b|\bown\b|\bliked\b|\bfavou?rited?\b|\bbookmarked\b|내가|내 |나의|자신|본인|좋아요 ?한|찜한|스크랩한",
    re.IGNORECASE,
)
_ASKING = frozenset({"요청", "request"})
_MANAGE = {"관리", "manage", "maintain", "administer"}


def operate(sketch: Sketch) -> None:
    """Fill ``sketch.calls``: the routes given, the acts of headings and requirements, the usual ones, the refusals."""
    for route in sketch.given.routes:
        _add_route(sketch, route)
    sketch.routes_given = len(sketch.calls) >= 3
    primary = _headings(sketch)
    spoken = [statement for statement in sketch.statements if statement.speaks and not statement.aside]
    for statement in spoken:
        if shows("permission", statement.text):
            continue
        limited = _is_limit(statement)
        found = _calls(sketch, statement, primary, create=limited or not statement.failure)
        if limited and all(call.method == "GET" for call in found):
            continue  # who only reads refuses nothing
        for call in found:
            if statement.failure and not may_break(call, statement):
                if limited:  # who must have approved it first does that, and is refused nothing
                    call.statements.append(statement)
                    statement.covered.add(call.id)
                continue
            if not statement.failure or limited:
                call.statements.append(statement)
            if statement.failure:
                call.failures.append(statement)
            statement.covered.add(call.id)
    for statement in spoken:
        if shows("permission", statement.text):
            _permit(sketch, statement, primary)
    drop_doubles(sketch)
    if (sketch.assume == "usual" and not sketch.routes_given) or not sketch.calls:
        add_usual(sketch)
    if not sketch.calls:
        calls.add(sketch, "list", next(iter(sketch.things.values())))
    cover(sketch, primary)
    move_limits(sketch)
    refuse(sketch, {section: found[-1] for section, found in primary.items()})
    people = [actor.id for actor in sketch.actors.values() if actor.kind == "person"]
    main = sketch.account if sketch.account in people else people[0]
    for call in sketch.calls:
        call.actor = call.actor or (keeper_of(sketch, call, main) if call.assumed else main)
        send(sketch, call)


def _is_limit(statement: Statement) -> bool:
    """Whether something is done, within bounds: ``members borrow at most three tools``."""
    if not statement.failure or shows("negated", statement.text):
        return False
    doing = any(
        act.mood == "main" and act.subject is not None and act.verb.act != "quiet" for act in statement.parse.acts
    )
    return bool(shows("affirmed", statement.text)) or (doing and bool(shows("bounded", statement.text)))


def _permit(sketch: Sketch, statement: Statement, primary: dict[Section, list[Call]]) -> None:
    """Who may do something hangs on the call that does it; only where nothing else speaks of that, it asks for one."""
    found = _calls(sketch, statement, primary, create=False)
    asked = [] if found else _calls(sketch, statement, primary, create=True)
    for call in [*found, *asked]:
        call.failures.append(statement)
        if call in asked:
            call.statements.append(statement)
        statement.covered.add(call.id)


def _add_route(sketch: Sketch, route: Route) -> None:
    """A route that the author wrote down, as it stands."""
    names = resource_names(sketch.given.routes)
    parts = [part for part in route.path.strip("/").split("/") if not part.startswith("{")]
    thing = next(
        (sketch.things[name] for part in reversed(parts) if (name := names.get(part, "")) in sketch.things),
        None,
    )
    ends_in_parameter = route.path.endswith("}")
    last = parts[-1] if parts else ""
    is_thing = thing is not None and names.get(last, "") == thing.name
    acts = {
        "GET": "get" if ends_in_parameter or not is_thing else "list",
        "PUT": "update",
        "PATCH": "update",
        "DELETE": "delete",
    }
    act = acts.get(route.method, "create" if is_thing else "action")
    name = thing.name if thing is not None else ""
    if is_thing and thing is not None:
        shown = naming.plural(naming.snake(name)) if act == "list" else name
        call_id = naming.camel(act, shown)
    else:
        call_id = naming.camel(
            {"GET": "get", "POST": "", "PUT": "update", "PATCH": "update", "DELETE": "delete"}[route.method],
            *parts[-2:],
        )
    if any(call.id == call_id for call in sketch.calls):
        call_id = naming.camel(call_id, "for", *(naming.singular(part) for part in parts[:-1]))
    call_id = call_id or naming.camel(route.method, *parts)
    if not call_id or not call_id[0].isalpha() or any(call.id == call_id for call in sketch.calls):
        return
    label = thing.label if thing is not None else last
    summary = route.summary[:1].upper() + route.summary[1:200] or sketch.phrases.thing(
        act if act != "action" else "get", label
    )
    returns: Literal["one", "page", "none"] = "none" if act == "delete" else "page" if act == "list" else "one"
    call = Call(call_id, route.method, route.path, summary, act, name, returns=returns, given=True)  # type: ignore[arg-type]
    sketch.calls.append(call)
    sketch.cite(f"operation:{call_id}", f"{route.method} {route.path}", route.line, "given")


def _headings(sketch: Sketch) -> dict[Section, list[Call]]:
    """Headings that name an act (``상품 좋아요 등록/취소``) are the calls that their sections are about."""
    primary: dict[Section, list[Call]] = {}
    asked = {s.line.section[: n + 1] for s in sketch.statements if s.requirement for n in range(len(s.line.section))}
    for statement in sketch.statements:
        section = (*statement.line.section, statement.text)
        if not statement.heading or statement.title or statement.aside or section not in asked:
            continue
        found = _calls(sketch, statement, {}, create=statement.parse.language == "ko")
        if found:
            primary[section] = found
            for call in found:
                sketch.because(f"operation:{call.id}", statement, "heading")
    return primary


def _calls(sketch: Sketch, statement: Statement, primary: dict[Section, list[Call]], *, create: bool) -> list[Call]:
    """The calls that the acts of a statement mean."""
    acts = [act for act in statement.parse.acts if act.verb.act != "quiet" and act.mood != "purpose"]
    # What the system refuses is no call: it hangs on the one that it forbids.
    acts = [act for act in acts if not (statement.failure and act.verb.name == "reject")]
    triggers = [act for act in acts if act.mood == "trigger" and act.subject is not None]
    mains = [act for act in acts if act.mood == "main"]
    inside = calls_of(primary, statement.line.section)
    ruled = [act for act in acts if act.mood in {"trigger", "condition"} and act.word not in _MANAGE]
    if not create and shows("qualified", statement.text):
        steps = [act for act in mains if act.verb.act == "action" and act.subject is not None]
        for act in steps[:1]:
            refused = _meant(sketch, act, statement, create=True)[:1]
            if refused:
                _note(sketch, refused[0], act, statement, create=True)
                return refused
    told = [act for act in acts if act.mood != "modifier"]
    for group in (triggers, mains) if create else (ruled, mains, told):
        found: list[Call] = []
        for act in group:
            if act.soft and inside:
                continue
            for call in _meant(sketch, act, statement, create=create and not (act.soft and inside)):
                if call not in found:
                    found.append(call)
                    _note(sketch, call, act, statement, create=create)
        if found:
            return found if create else found[:1]
    return []


def _note(sketch: Sketch, call: Call, act: Act, statement: Statement, *, create: bool) -> None:
    if create:
        call.assumed = False
        call.words.add(act.word)
        person = _doer(sketch, act, statement)
        demanded = statement.requirement is not None
        if person in sketch.actors and (call.actor is None or (demanded and not call.demanded)):
            call.actor, call.demanded = person, demanded  # what is demanded goes before what is told
        sketch.because(f"operation:{call.id}", statement, act.word)


def _doer(sketch: Sketch, act: Act, statement: Statement) -> str:
    """The actor who does it: the subject, or whom the sentence is about."""
    topics = [m for m in statement.parse.entities if m.role == "topic" and m.start < act.start]
    names = [act.subject.name] if act.subject is not None else []
    names += [mention.name for mention in reversed(topics)]
    known = (sketch.aliases.get(name, name) for name in names)
    return next((name for name in known if name in sketch.actors), "")


def _meant(sketch: Sketch, act: Act, statement: Statement, *, create: bool) -> list[Call]:
    """The calls that one act means; managing a thing is all that one does to records."""
    kind = act.verb.act
    if kind in {"signup", "login", "logout", "withdraw"}:
        short = len(statement.text.split()) <= 3
        call = calls.add_account(sketch, kind, create=create and (kind == "signup" or short or not statement.heading))
        return [call] if call is not None else []
    if act.word in _ASKING and not act.objects and not act.unread:
        return []  # whoever asks asks for something, and it is not said for what
    if not create and not act.objects and not act.unread and kind not in {"list", "search", "notify"}:
        same = [call for call in sketch.calls if act.word and act.word in call.words]
        return same[-1:]
    found: list[Call] = []
    mentions: list[Mention | None] = [*act.objects] or [None]
    for mention in mentions:
        for call in _done(sketch, act, mention, statement, create=create):
            if call not in found:
                found.append(call)
    return found


def _done(sketch: Sketch, act: Act, mention: Mention | None, statement: Statement, *, create: bool) -> list[Call]:
    """The calls that one act means for one of its objects."""
    thing = sketch.thing(mention.name) if mention is not None else None
    if mention is None and act.verb.act in {"list", "search"} and (seen := _made_before(sketch, act, statement)):
        return _some(calls.add(sketch, "list", seen, act=act, create=create))
    made = sketch.thing(act.verb.makes) if act.verb.makes else None
    made = made or _named(sketch, act, thing)
    target = sketch.thing(act.target.name) if act.target is not None else None
    named = made is not None and not act.verb.makes
    if made is not None and (named or _may_make(sketch, made, thing, act)):
        around = thing if thing is not None and thing is not made else target
        return _some(calls.add(sketch, "create", made, target=around, act=act, create=create))
    if thing is None or mention is None or act.verb.act == "notify":
        return []
    if act.verb.act == "send" and (system_made(thing) or is_told(thing)):
        return []
    owned = thing.concept is not None and thing.concept.own
    if act.verb.makes and not owned and act.word not in lexicon().creating:
        act = _upon(act, thing)
    if mention.kind == "person" and thing.name == sketch.account and act.verb.act in {"create", "send"}:
        return []
    if _is_elsewhere(sketch, act):
        return []
    if act.verb.name == "assign" and target is not None and target is not thing:
        assigning = _assign(sketch, thing, target, act, create=create)
        if assigning is not None:
            return [assigning]
    thing, target = _really(sketch, act, mention, statement, thing, target)
    if act.word == "open" and thing.concept is None and act.mood == "main" and _with(statement, act):
        act = replace(act, verb=Verb("action", "open"))  # who opens a door with a key does not read it
    if act.word in _MANAGE:
        act = replace(act, word="manage")
    found = []
    for kind in _kinds(sketch, act, statement):
        if kind == "mine":
            toggle = liked(sketch, statement, thing)
            found += _some(calls.add_mine(sketch, toggle, create=create) if toggle is not None else None)
        else:
            found += _some(calls.add(sketch, kind, thing, target=target, act=act, create=create))
    return found


def _assign(sketch: Sketch, one: Thing, other: Thing, act: Act, *, create: bool) -> Call | None:
    """The call that assigns one thing to another: it makes their pair, or sets the key that one of them holds."""
    said = f"{act.word.capitalize()} {article(one.label)} to {article(other.label)}"
    summary = said if sketch.phrases.language == "en" and one.label.isascii() and other.label.isascii() else ""
    children = {link.child for link in sketch.links if link.parent == one.name}
    pairs = [link.child for link in sketch.links if link.parent == other.name and link.child in children]
    pair = next((sketch.things[name] for name in pairs if sketch.things[name].junction), None)
    if pair is not None:
        call = calls.add(sketch, "create", pair, create=create)
    else:
        link = sketch.linked(one.name, other.name)
        call = (
            calls.add(sketch, "action", sketch.things[link.child], act=act, create=create) if link is not None else None
        )
        if call is not None and link is not None and link.column not in call.request:
            call.request.append(link.column)
    if call is not None and summary and not call.given:
        call.summary = summary
    return call


def _made_before(sketch: Sketch, act: Act, statement: Statement) -> Thing | None:
    """What somebody sees of which only the sum has a word: ``청구된 요금을 조회한다`` is about what was charged."""
    earlier = [one for one in statement.parse.acts if one.start < act.start and one.mood == "modifier"]
    return next((found for one in reversed(earlier) if (found := sketch.thing(one.verb.makes)) is not None), None)


def _named(sketch: Sketch, act: Act, thing: Thing | None) -> Thing | None:
    """The record that a Korean verb's own noun names (신청), when it is kept and is not what the verb is done to."""
    concept = lexicon().ko.get(act.word) if act.verb.act == "create" and not act.word.isascii() else None
    record = sketch.thing(concept.name) if concept is not None else None
    own = thing is not None and thing.concept is not None and thing.concept.own and thing.concept.fails
    return record if record is not thing and not own else None


def _with(statement: Statement, act: Act) -> bool:
    return re.search(r"\bwith (?:an?|the|his|her|their|its)\b", statement.text[act.start :]) is not None


def _is_elsewhere(sketch: Sketch, act: Act) -> bool:
    """Whether a thing is put where nothing is kept: what is added to a cart is not made by that."""
    whole = act.target if act.target is not None and act.target.kind == "thing" else None
    if whole is None or whole.concept is None or sketch.thing(whole.name) is not None:
        return False
    put = act.verb.act == "create" and not act.word and bool(whole.concept.brings)  # 장바구니에 담는다
    return put or act.word in {"add", "remove", "put"}


def _upon(act: Act, thing: Thing) -> Act:
    """A verb whose record is not kept is done to its object: one refunds a payment, and asks for a permit."""
    words = lexicon()
    if act.word in words.asking_en:
        return replace(act, verb=Verb("create", act.verb.name))
    step = words.steps_en.get(act.word) or words.steps_ko.get(act.word)
    return replace(act, verb=step or Verb("action", act.word.replace(" ", "-")))


def _some(call: Call | None) -> list[Call]:
    return [call] if call is not None else []


def _may_make(sketch: Sketch, made: Thing, thing: Thing | None, act: Act) -> bool:
    if act.unread:
        return made.concept is not None and makes_of_any(made.concept, act.word)
    if act.object is None or thing is made or (thing is not None and thing.name == sketch.account):
        return True
    if thing is None:
        return made.concept is not None and fits(made.concept, act.object, act.word)
    through = made.concept is not None and fits(made.concept, act.object, act.word)
    # Who publishes a thing makes that thing, whatever else is linked to it.
    itself = act.word.isascii() and act.word in lexicon().creating
    return through or (not itself and sketch.linked(thing.name, made.name) is not None)


def _kinds(sketch: Sketch, act: Act, statement: Statement) -> list[str]:
    """What an act does, in the kinds of calls; managing a thing is all that one does to records."""
    kind = act.verb.act
    if act.word in _MANAGE or act.word == "manage":
        return ["create", "list", "update", "delete"]
    if kind in {"list", "search"}:
        thing = sketch.thing(act.object.name) if act.object is not None else None
        if thing is not None and _OWN.search(statement.text) and liked(sketch, statement, thing) is not None:
            return ["mine"]
        return ["get" if kind == "list" and shows("single", statement.text) else "list"]
    return ["create" if kind == "send" else kind]


def _really(
    sketch: Sketch, act: Act, mention: Mention, statement: Statement, thing: Thing, target: Thing | None
) -> tuple[Thing, Thing | None]:
    """What an act is really done to, where its object only stands for that: a like, a line, a form."""
    if act.verb.act == "action" and act.verb.name in {"cancel", "undo"}:
        toggle = liked(sketch, statement, thing)
        return (toggle, thing) if toggle is not None else (thing, target)
    if act.verb.name == "assign" and mention.kind == "person":
        work = [m for m in statement.parse.entities if m.kind == "thing" and sketch.thing(m.name) is not None]
        worked = sketch.thing(work[-1].name) if work else None
        return (worked, thing) if worked is not None else (thing, target)
    if act.verb.act == "create" and target is not None:
        line = _line_between(sketch, target, thing)
        if line is not None:
            return line, target
        made = mention.concept is not None and (mention.concept.part or mention.concept.own)
        if not made and _filled_in(mention, statement):
            return target, None
    return thing, target


def _line_between(sketch: Sketch, whole: Thing, thing: Thing) -> Thing | None:
    """The line that puts a thing into a whole: what is added to a cart is a cart item."""
    children = [sketch.things[link.child] for link in sketch.links if link.parent == whole.name]
    lines = [child for child in children if calls.is_line(child) and _is_whole(whole, child)]
    return next((line for line in lines if sketch.linked(thing.name, line.name) is not None), None)


def _is_whole(whole: Thing, line: Thing) -> bool:
    """Whether lines of that kind make the whole up: an order is made of its lines, a product is not."""
    wholes = [name for name, always in line.concept.of if always] if line.concept is not None else []
    return not wholes or whole.name in wholes


def _filled_in(mention: Mention, statement: Statement) -> bool:
    """Whether the object is one more field of a form: ``증상, 진단, 처방을 진료 기록에 남긴다``."""
    return any(m.kind == "attribute" and 0 < mention.start - m.start <= 12 for m in statement.parse.mentions)


def liked(sketch: Sketch, statement: Statement, thing: Thing) -> Thing | None:
    """The likes or bookmarks of a thing that a sentence speaks of: ``좋아요한 상품``."""
    for mention in statement.parse.entities:
        other = sketch.thing(mention.name)
        if other is None or other.concept is None or not other.concept.toggle:
            continue
        if other is thing or sketch.linked(other.name, thing.name) is not None:
            return other
    return None
