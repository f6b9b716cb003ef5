"""The calls of the API: one for each act that the text names, with its path, its fields and what refuses it."""

from __future__ import annotations

import re
from typing import Literal

from designchord.blueprint.drafting import naming
from designchord.blueprint.drafting.lexicon import lexicon
from designchord.blueprint.drafting.sketch import Call, Link, Sketch, Thing
from designchord.blueprint.drafting.statements import Statement
from designchord.blueprint.drafting.words import Act

MAX_CALLS = 120
_SINGLE = re.compile(
    r"상세|단일|특정 \S+(?:의)? ?(?:정보|상세)|\bdetails?\b|\bsingle\b|\bby id\b|\ba specific\b", re.IGNORECASE
)
_SYSTEM_COLUMNS = re.compile(r"^(?:id|created_at|updated_at|.*_count|is_read|.*ed_at|password_hash)$")
_SETTABLE = {
    "spent_at",
    "visited_at",
    "measured_at",
    "performed_at",
    "recorded_at",
    "occurred_at",
    "inspected_at",
    "moved_at",
    "given_at",
}

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


def operate(sketch: Sketch) -> None:
    """Fill ``sketch.calls`` from the acts of the requirements, then the usual ones, then the refusals."""
    for statement in sketch.statements:
        if statement.requirement is None or statement.requirement.kind == "constraint" or statement.aside:
            continue
        for act in statement.parse.acts:
            if act.verb.act == "quiet":
                continue
            call = _call(sketch, act, statement)
            if call is not None and not statement.failure:
                call.statements.append(statement)
                statement.covered.add(call.id)
                if call.actor is None and act.subject is not None:
                    call.actor = _actor(sketch, act.subject.name)
                sketch.because(f"operation:{call.id}", statement, act.word)
    if sketch.assume == "usual" or not sketch.calls:
        _usual(sketch)
    _cover(sketch)
    _refuse(sketch)
    for call in sketch.calls:
        if call.actor is None:
            call.actor = next(iter(sketch.actors))
        _fields(sketch, call)


def _actor(sketch: Sketch, name: str) -> str | None:
    name = sketch.aliases.get(name, name)
    return name if name in sketch.actors else None


def _call(sketch: Sketch, act: Act, statement: Statement) -> Call | None:
    """The call that an act means, made when it is new."""
    if act.verb.act in {"signup", "login", "logout", "withdraw"}:
        return _account_call(sketch, act.verb.act)
    thing = sketch.thing(act.object.name) if act.object is not None else None
    made = sketch.thing(act.verb.makes) if act.verb.makes else None
    kind = act.verb.act
    if made is not None and (thing is None or thing is made or _may_hold(sketch, thing, made)):
        target = thing if thing is not made else None
        return add(sketch, "create", made, target=target, verb=act.verb.name)
    if act.verb.makes and thing is None:
        return None
    if thing is None:
        return None
    if kind == "notify":
        return None
    if kind == "list" and _SINGLE.search(statement.text):
        kind = "get"
    if kind == "search":
        kind = "list"
    if kind == "send":
        kind = "create"
    target = sketch.thing(act.target.name) if act.target is not None else None
    return add(sketch, kind, thing, target=target, verb=act.verb.name)


def _may_hold(sketch: Sketch, thing: Thing, made: Thing) -> bool:
    return any(link.child == made.name and link.parent == thing.name for link in sketch.links)


def _account_call(sketch: Sketch, act: str) -> Call | None:
    thing = sketch.things.get(sketch.account)
    if thing is None:
        return None
    base = f"/{_segment(thing)}"
    table: dict[str, tuple[str, Method, str]] = {
        "signup": ("signUp", "POST", base),
        "login": ("logIn", "POST", "/sessions"),
        "logout": ("logOut", "DELETE", "/sessions/current"),
        "withdraw": ("closeAccount", "DELETE", f"{base}/me"),
    }
    call_id, method, path = table[act]
    returns: Literal["one", "none"] = "one" if method == "POST" else "none"
    call = Call(call_id, method, path, sketch.phrases(act), act, thing.name, returns=returns)
    return _keep(sketch, call)


def _segment(thing: Thing) -> str:
    return naming.plural("-".join(word.lower() for word in naming.split_words(thing.name)))


def _parameter(thing: Thing) -> str:
    return f"{naming.snake(thing.name)}_id"


def _parent(sketch: Sketch, thing: Thing, target: Thing | None) -> Thing | None:
    """What a part is reached through: its target in the sentence, else the first thing it belongs to."""
    if thing.concept is None or not (thing.concept.part or thing.concept.toggle):
        return None
    parents = [
        sketch.things[link.parent]
        for link in sketch.links
        if link.child == thing.name and link.parent != sketch.account
    ]
    if target is not None and target in parents:
        return target
    return parents[0] if parents else None


def add(sketch: Sketch, kind: str, thing: Thing, *, target: Thing | None = None, verb: str = "") -> Call | None:
    """The call that does ``kind`` to a thing; the one that is there already when there is one."""
    toggle = thing.concept is not None and thing.concept.toggle
    if toggle and kind in {"create", "update", "delete", "action"}:
        return _toggle(sketch, thing, target, on=kind == "create" or (kind == "update" and verb != "undo"))
    build = {"create": _create, "list": _list, "get": _get, "update": _update, "delete": _delete}.get(kind)
    call = build(sketch, thing, target) if build is not None else _action(sketch, thing, verb)
    return _keep(sketch, call) if call is not None else None


def _keep(sketch: Sketch, call: Call) -> Call | None:
    for other in sketch.calls:
        if (other.method, other.path) == (call.method, call.path) or other.id == call.id:
            return other
    if len(sketch.calls) >= MAX_CALLS:
        return None
    sketch.calls.append(call)
    return call


def _base(sketch: Sketch, thing: Thing, target: Thing | None) -> tuple[str, Thing | None]:
    parent = _parent(sketch, thing, target)
    if parent is None:
        return f"/{_segment(thing)}", None
    return f"/{_segment(parent)}/{{{_parameter(parent)}}}/{_segment(thing)}", parent


def _create(sketch: Sketch, thing: Thing, target: Thing | None) -> Call:
    path, parent = _base(sketch, thing, target)
    summary = sketch.phrases.thing("create", thing.label)
    return Call(
        naming.camel("create", thing.name), "POST", path, summary, "create", thing.name, parent.name if parent else ""
    )


def _list(sketch: Sketch, thing: Thing, target: Thing | None) -> Call:
    path, parent = _base(sketch, thing, target)
    summary = sketch.phrases.thing("list", thing.label)
    name = naming.pascal(naming.plural(naming.snake(thing.name)))
    return Call(
        naming.camel("list", name),
        "GET",
        path,
        summary,
        "list",
        thing.name,
        parent.name if parent else "",
        returns="page",
    )


def _one(thing: Thing) -> str:
    return f"/{_segment(thing)}/{{{_parameter(thing)}}}"


def _get(sketch: Sketch, thing: Thing, _target: Thing | None) -> Call:
    return Call(
        naming.camel("get", thing.name), "GET", _one(thing), sketch.phrases.thing("get", thing.label), "get", thing.name
    )


def _update(sketch: Sketch, thing: Thing, _target: Thing | None) -> Call:
    summary = sketch.phrases.thing("update", thing.label)
    return Call(naming.camel("update", thing.name), "PATCH", _one(thing), summary, "update", thing.name)


def _delete(sketch: Sketch, thing: Thing, _target: Thing | None) -> Call:
    summary = sketch.phrases.thing("delete", thing.label)
    return Call(
        naming.camel("delete", thing.name), "DELETE", _one(thing), summary, "delete", thing.name, returns="none"
    )


def _action(sketch: Sketch, thing: Thing, verb: str) -> Call | None:
    if not sketch.phrases.has(f"action_{verb}"):
        return None
    summary = sketch.phrases.thing("action", thing.label, action=sketch.phrases(f"action_{verb}"))
    return Call(naming.camel(verb, thing.name), "POST", f"{_one(thing)}/{verb}", summary, "action", thing.name)


def _toggle(sketch: Sketch, thing: Thing, target: Thing | None, *, on: bool) -> Call | None:
    parent = _parent(sketch, thing, target)
    if parent is None and thing.concept is not None and thing.concept.pair:
        parent = sketch.things.get(sketch.account)
    if parent is None:
        return _keep(sketch, (_create if on else _delete)(sketch, thing, target))
    path = f"/{_segment(parent)}/{{{_parameter(parent)}}}/{_segment(thing)}"
    verb = thing.name.lower()
    name = naming.camel(verb if on else f"un{verb}", parent.name)
    a_target = f"a {parent.label}" if parent.label.isascii() else parent.label
    key = "toggle_on" if on else "toggle_off"
    summary = sketch.phrases(key, thing=thing.label, target=parent.label, a_target=a_target, verb=thing.name)
    method: Method = "POST" if on else "DELETE"
    call = Call(
        name, method, path, summary, "on" if on else "off", thing.name, parent.name, returns="one" if on else "none"
    )
    return _keep(sketch, call)


def _usual(sketch: Sketch) -> None:
    """What every record needs to be of use: somebody makes it, somebody finds it."""
    for thing in sketch.things.values():
        mine = [call for call in sketch.calls if call.thing == thing.name]
        line = any(link.child == thing.name for link in sketch.links) and (thing.assumed or _is_line(thing))
        if line or (thing.name == sketch.account and not mine):
            continue
        toggle = thing.concept is not None and thing.concept.toggle
        wanted = ["create"] if toggle else ["create", "list", "get"]
        acts = {call.act for call in mine}
        if acts & {"create", "on"} or (acts and not acts & {"action"}):
            wanted = ["list"] if acts & {"create"} and not acts & {"list", "get"} else []
        made = []
        for kind in wanted:
            before = len(sketch.calls)
            call = add(sketch, kind, thing)
            if call is not None and len(sketch.calls) > before:
                call.assumed = True
                made.append(call.summary)
        if made:
            text = sketch.phrases("assume_operations", label=thing.label, name=thing.name, names=", ".join(made))
            sketch.assuming(text[:200], f"operation:{thing.name}")


def _is_line(thing: Thing) -> bool:
    """Parts that are written together with what they are part of."""
    return (
        thing.name.endswith(("Item", "History"))
        and thing.concept is not None
        and thing.name not in {"Item", "MenuItem"}
    )


def _cover(sketch: Sketch) -> None:
    """Requirements without a call of their own go to the call that their section or their things point to."""
    latest: dict[tuple[str, ...], Call] = {}
    by_id = {call.id: call for call in sketch.calls}
    for statement in sketch.statements:
        if statement.requirement is None:
            continue
        section = statement.line.section
        if statement.covered:
            first = by_id.get(sorted(statement.covered)[0])
            if first is not None:
                latest[section] = first
            continue
        if statement.requirement.kind == "constraint":
            continue
        call = _nearest(sketch, statement, latest, section)
        if call is not None:
            (call.failures if statement.failure else call.statements).append(statement)
            statement.covered.add(call.id)


def _nearest(
    sketch: Sketch, statement: Statement, latest: dict[tuple[str, ...], Call], section: tuple[str, ...]
) -> Call | None:
    names = [sketch.aliases.get(m.name, m.name) for m in statement.parse.entities]
    makes = [act.verb.makes for act in statement.parse.acts if act.verb.makes]
    near: Call | None = None
    for depth in range(len(section), 0, -1):
        prefix = section[:depth]
        group = [call for key, call in latest.items() if key[:depth] == prefix]
        if group:
            near = group[-1]
            break
    wanted = [name for name in [*makes, *names] if name in sketch.things]
    if near is not None and (near.thing in wanted or near.target in wanted or not wanted):
        return near
    order = (
        ["create", "on", "update", "action", "list", "get"]
        if statement.failure
        else ["list", "get", "create", "update", "on", "action"]
    )
    for name in wanted:
        mine = [
            call for call in sketch.calls if call.thing == name and not (name == sketch.account and len(wanted) > 1)
        ]
        mine.sort(key=lambda call: order.index(call.act) if call.act in order else 9)
        if mine:
            return mine[0]
    return near


_STATUS = (
    (401, r"로그인하지 않|로그인 하지 않|로그인하지|미로그인|비로그인|unauthori[sz]ed|not logged in|인증(?:에|이)? ?실패|not authenticated|authentication fails|401"),
    (403, r"권한|본인(?:이|의)? 아|다른 (?:사용자|유저|회원)|타인|forbidden|not allowed to|only (?:the|an?) |만 (?:가능|할 수|수정|삭제)|하지 않은 주문|사용자의 주문이 아닐|403|permission"),
    (404, r"존재하지 않|찾을 수 없|not[ _]found|does not exist|no such|404|유효하지 않은 (?:브랜드|상품)"),
    (409, r"이미|중복|겹치|부족|초과.*정원|정원|마감|품절|재고|conflict|already|overlap|full\b|not enough|insufficient|out of stock|taken|duplicate|409|판매 ?중이|unavailable|at the same time"),
    (402, r"결제(?:에|가)? ?실패|payment (?:fails|failed|is declined)|PAYMENT_FAILED"),
    (400, r".")
)  # fmt: skip


def refusal(text: str) -> int:
    """The HTTP status that a failure rule asks for."""
    return next(status for status, pattern in _STATUS if re.search(pattern, text, re.IGNORECASE))


def _refuse(sketch: Sketch) -> None:
    for call in sketch.calls:
        for statement in call.failures:
            call.errors.append((refusal(statement.text), statement.text))
        thing = sketch.things.get(call.thing)
        if (
            sketch.assume == "usual"
            and call.act == "create"
            and not call.failures
            and thing is not None
            and thing.concept
        ):
            for fault in thing.concept.fails[:1]:
                reason = fault.ko if sketch.phrases.language == "ko" else fault.en
                call.assumed_errors.append((fault.status, reason))
                text = sketch.phrases("assume_fault", summary=call.summary, reason=reason)
                sketch.assuming(text[:200], f"operation:{call.id}")


def _fields(sketch: Sketch, call: Call) -> None:
    thing = sketch.things.get(call.thing)
    if thing is None:
        return
    if call.act == "signup":
        call.request = [
            name for name in ("email", "password", "name", "phone") if name in thing.attributes or name == "password"
        ]
    elif call.act == "login":
        call.request = ["email", "password"]
    elif call.act in {"create", "update"}:
        call.request = _writable(sketch, thing, call)
    elif call.act == "list":
        call.filters = _filters(sketch, thing, call)


def _writable(sketch: Sketch, thing: Thing, call: Call) -> list[str]:
    names = []
    for attribute in thing.attributes.values():
        link = next((link for link in sketch.links if link.child == thing.name and link.column == attribute.name), None)
        if link is not None:
            if link.parent != sketch.account and f"{{{link.column}}}" not in call.path and call.act == "create":
                names.append(attribute.name)
            continue
        if attribute.name == "status" and call.act == "create":
            continue
        if attribute.key != "none" or (_SYSTEM_COLUMNS.match(attribute.name) and attribute.name not in _SETTABLE):
            continue
        names.append(attribute.name)
    return names


def _filters(sketch: Sketch, thing: Thing, call: Call) -> list[str]:
    parents: list[Link] = [link for link in sketch.links if link.child == thing.name and link.parent != sketch.account]
    names = [link.column for link in parents if f"{{{link.column}}}" not in call.path]
    names += [name for name in ("status", "type") if name in thing.attributes]
    text = " ".join(statement.text for statement in call.statements)
    if re.search(r"검색|search|keyword|키워드", text, re.IGNORECASE):
        names.append("keyword")
    if re.search(r"정렬|최신순|sort|order by|순으로", text, re.IGNORECASE):
        names.append("sort")
    return names


def known_concept(name: str) -> bool:
    return name in lexicon().concepts
