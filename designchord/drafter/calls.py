"""The calls of an API: their paths, names and summaries; one call for one thing to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from designchord.drafter.phrases import article
from designchord.drafter.sketch import Call, Sketch, Thing
from designchord.language import naming
from designchord.language.lexicon import lexicon
from designchord.language.words import Act

MAX_CALLS = 120

# Verbs that say no more of an act than that something is made.
_BLAND = {"make", "get", "issue", "manage", "maintain", "enter", "capture", "type in", "attach", "define", "insert",
          "입력", "저장", "첨부", "표시", "제공", "반환", "확인"}  # fmt: skip

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def segment(thing: Thing) -> str:
    """The path segment of a thing's collection: ``OrderItem`` → ``order-items``."""
    return naming.plural("-".join(word.lower() for word in naming.split_words(thing.name)))


def parameter(thing: Thing) -> str:
    return f"{naming.snake(thing.name)}_id"


def one(thing: Thing) -> str:
    return f"/{segment(thing)}/{{{parameter(thing)}}}"


def keep(sketch: Sketch, call: Call, *, create: bool = True) -> Call | None:
    """The call itself when it is new, or the one that does the same already."""
    for other in sketch.calls:
        same = (other.method, other.path) == (call.method, call.path) or other.id == call.id
        alike = (other.act, other.thing) == (call.act, call.thing) and other.verb == call.verb
        undone = (other.act, call.verb) == ("delete", "cancel") and other.thing == call.thing
        if same or (other.given and (alike or undone)):
            if other.plain and not call.plain and not other.given:
                other.summary, other.plain = call.summary, False
            return other
    if not create or len(sketch.calls) >= MAX_CALLS or sketch.routes_given:
        return None
    sketch.calls.append(call)
    return call


def add(
    sketch: Sketch,
    kind: str,
    thing: Thing,
    *,
    target: Thing | None = None,
    act: Act | None = None,
    create: bool = True,
) -> Call | None:
    """The call that does ``kind`` to a thing: found, or made when ``create`` allows it."""
    verb = act.verb.name if act is not None else ""
    if thing.concept is not None and thing.concept.toggle and kind in {"create", "update", "delete", "action"}:
        on = kind == "create" or (kind == "update" and verb != "undo")
        call = _toggle(sketch, thing, target, on=on)
    elif kind == "action":
        call = _action(sketch, _acted_on(sketch, thing, verb), verb)
    else:
        call = _plain(sketch, kind, thing, target, act)
    return keep(sketch, call, create=create) if call is not None else None


def add_mine(sketch: Sketch, thing: Thing, *, create: bool = True) -> Call | None:
    """The list of what the caller likes, follows or has put by."""
    name = naming.camel("list", "my", naming.plural(naming.snake(thing.name)))
    summary = sketch.phrases.thing("list_mine", thing.label)
    call = Call(name, "GET", f"/me/{segment(thing)}", summary, "mine", thing.name, returns="page")
    return keep(sketch, call, create=create)


def named(made: Iterable[Call]) -> str:
    """Calls as an assumption names what it is about."""
    return ", ".join(f"operation:{call.id}" for call in made)


def add_account(sketch: Sketch, act: str, *, create: bool = True) -> Call | None:
    """Signing up, logging in and out, closing the account."""
    thing = sketch.things.get(sketch.account)
    if thing is None:
        return None
    base = f"/{segment(thing)}"
    table: dict[str, tuple[str, Method, str]] = {
        "signup": ("signUp", "POST", base),
        "login": ("logIn", "POST", "/sessions"),
        "logout": ("logOut", "DELETE", "/sessions/current"),
        "withdraw": ("closeAccount", "DELETE", f"{base}/me"),
    }
    name, method, path = table[act]
    returns: Literal["one", "none"] = "one" if method == "POST" else "none"
    return keep(sketch, Call(name, method, path, sketch.phrases(act), act, thing.name, returns=returns), create=create)


def parent_of(sketch: Sketch, thing: Thing, target: Thing | None) -> Thing | None:
    """What a part is reached through: its target in the sentence, else the first thing it belongs to."""
    if thing.concept is None or not (thing.concept.part or thing.concept.toggle):
        return None
    links = [link for link in sketch.links if link.child == thing.name and link.parent != sketch.account]
    own = {sketch.aliases.get(name, name) for name, _ in thing.concept.of}
    parents = [sketch.things[link.parent] for link in links if link.parent not in sketch.actors or link.parent in own]
    wholes = [sketch.thing(name) for name, always in thing.concept.of if always]
    if is_line(thing) and any(whole in parents for whole in wholes):
        return next(whole for whole in wholes if whole in parents)
    if target is not None and target in parents:
        return target
    return parents[0] if parents else None


def is_line(thing: Thing) -> bool:
    """Parts that are written together with what they are part of: lines of an order, a history."""
    lines = thing.name.endswith(("Item", "Line", "History")) and thing.name not in {"Item", "MenuItem", "LostItem"}
    return lines and thing.concept is not None


def _plain(sketch: Sketch, kind: str, thing: Thing, target: Thing | None, act: Act | None) -> Call | None:
    summary = _summary(sketch, kind, thing, target, act)
    if kind in {"create", "list"}:
        parent = parent_of(sketch, thing, target)
        path = f"/{segment(thing)}"
        if parent is not None:
            path = f"{one(parent)}{path}"
        within = parent.name if parent is not None else ""
        if kind == "create":
            plain = summary == sketch.phrases.thing(kind, thing.label)
            return Call(
                naming.camel("create", thing.name), "POST", path, summary, kind, thing.name, within, plain=plain
            )
        name = naming.camel("list", naming.plural(naming.snake(thing.name)))
        return Call(name, "GET", path, summary, kind, thing.name, within, returns="page")
    if kind == "get":
        return Call(naming.camel("get", thing.name), "GET", one(thing), summary, kind, thing.name)
    if kind == "update":
        return Call(naming.camel("update", thing.name), "PATCH", one(thing), summary, kind, thing.name)
    if kind == "delete":
        name = naming.camel("delete", thing.name)
        return Call(name, "DELETE", one(thing), summary, kind, thing.name, returns="none")
    return None


def _summary(sketch: Sketch, kind: str, thing: Thing, target: Thing | None, act: Act | None) -> str:
    """In the author's verb where there is one: ``예약하기``, ``후기 작성``, ``Book a room``, ``Add a todo``."""
    say = sketch.phrases
    if act is None or kind != "create" or act.word in _BLAND:
        return say.thing(kind, thing.label)
    owed = thing.concept is not None and thing.concept.money
    about = (
        target is not None and target is not thing and (owed or target.name != sketch.account) and not is_line(thing)
    )
    if say.language == "ko":
        if act.word and thing.label.endswith(act.word):
            if about and target is not None and thing.label == act.word:
                return say("make", thing=target.label, verb=act.word)
            return say("make_it", thing=thing.label)
        known = act.word in lexicon().verb_nouns_ko and act.verb.act in {"create", "send"}
        return say("make", thing=thing.label, verb=act.word) if known else say.thing(kind, thing.label)
    if not act.word.isascii() or not thing.label.isascii():
        return say.thing(kind, thing.label)
    made = bool(act.verb.makes) and sketch.thing(act.verb.makes) is thing
    if made and about and target is not None:
        joined = lexicon().joins_en.get(act.word, "") if act.object is None or act.word == "pay" else ""
        return " ".join(filter(None, (act.word.capitalize(), joined, article(target.label))))
    if thing.label.endswith(" log") and act.word in lexicon().logging_en:
        return f"{act.word.capitalize()} {article(thing.label.removesuffix(' log'))}"
    if made and act.word not in thing.label:
        return act.word.capitalize()
    if act.word in thing.label:
        return say.thing("send" if act.word == "message" else kind, thing.label)
    return f"{act.word.capitalize()} {article(thing.label)}"


def _action(sketch: Sketch, thing: Thing, verb: str) -> Call | None:
    known = sketch.phrases.has(f"action_{verb}")
    if not known and (sketch.phrases.language != "en" or not re.fullmatch(r"[a-z]+(?:-[a-z]+)*", verb)):
        return None
    said = sketch.phrases(f"action_{verb}") if known else verb.replace("-", " ").capitalize()
    summary = sketch.phrases.thing("action", thing.label, action=said)
    name = naming.camel(verb, thing.name)
    return Call(name, "POST", f"{one(thing)}/{verb}", summary, "action", thing.name, verb=verb)


def _acted_on(sketch: Sketch, thing: Thing, verb: str) -> Thing:
    """What an act upon a person is really about: the work that is assigned, the application that is approved."""
    if thing.concept is None or not thing.concept.person:
        return thing
    application = sketch.thing("Application")
    if verb in {"approve", "reject", "confirm"} and application is not None:
        return application
    children = [sketch.things[link.child] for link in sketch.links if link.parent == thing.name]
    return children[0] if verb == "assign" and children else thing


def _toggle(sketch: Sketch, thing: Thing, target: Thing | None, *, on: bool) -> Call | None:
    parent = parent_of(sketch, thing, target)
    if parent is None and thing.concept is not None and thing.concept.pair:
        linked = target is not None and sketch.linked(target.name, thing.name) is not None
        parent = target if linked else sketch.things.get(sketch.account)
    if parent is None:
        return _plain(sketch, "create" if on else "delete", thing, target, None)
    verb = thing.name.lower()
    name = naming.camel(verb if on else f"un{verb}", parent.name)
    key = "toggle_on" if on else "toggle_off"
    a_target = article(parent.label)
    summary = sketch.phrases(key, thing=thing.label, target=parent.label, a_target=a_target, verb=thing.name)
    path = f"{one(parent)}/{segment(thing)}"
    if on:
        return Call(name, "POST", path, summary, "on", thing.name, parent.name)
    return Call(name, "DELETE", path, summary, "off", thing.name, parent.name, returns="none")
