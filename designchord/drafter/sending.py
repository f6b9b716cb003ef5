"""What a caller sends with a call, and by what a list is filtered."""

from __future__ import annotations

import re

from designchord.drafter.records import period_of
from designchord.drafter.sketch import Call, Sketch, Thing
from designchord.language import naming

_SYSTEM_COLUMNS = re.compile(
    r"^(?:id|count|version|created_at|updated_at|.*_count|is_read|password_hash|.*ed_at|.*ed_on)$"
)
_SETTABLE = re.compile(
    r"^(?:spent|visited|measured|performed|occurred|inspected|moved|given|harvested|planted|hired|published|taken|held"
    r"|died)_(?:at|on)$"
)


def send(sketch: Sketch, call: Call) -> None:
    """Fill ``call.request`` or ``call.filters``."""
    thing = sketch.things.get(call.thing)
    if thing is None:
        return
    if call.act == "signup":
        call.request = [name for name in ("email", "name", "phone") if name in thing.attributes] + ["password"]
    elif call.act == "login":
        call.request = ["email", "password"]
    elif call.act in {"create", "update"}:
        call.request = _writable(sketch, thing, call)
    elif call.act == "list":
        call.filters = _filters(sketch, thing, call)


def _writable(sketch: Sketch, thing: Thing, call: Call) -> list[str]:
    links = {link.column: link for link in sketch.links if link.child == thing.name}
    names = []
    for attribute in thing.attributes.values():
        link = links.get(attribute.name)
        if link is not None:
            own = link.parent == call.actor or (link.parent == sketch.account and not thing.junction)
            if not own and f"{{{link.column}}}" not in call.path and call.act == "create":
                names.append(attribute.name)
            continue
        if attribute.key != "none" or (attribute.name == "status" and call.act == "create"):
            continue
        if attribute.name in {"due_on", "due_at"} and (period := period_of(thing)):
            text = sketch.phrases("assume_period", label=thing.label, name=attribute.name, period=period)
            sketch.assuming(text, f"attribute:{thing.name}.{attribute.name}")
            continue
        if _SYSTEM_COLUMNS.match(attribute.name) and not _may_be_sent(sketch, attribute.name):
            continue
        names.append(attribute.name)
    return names


def _may_be_sent(sketch: Sketch, name: str) -> bool:
    """Whether callers know it: when something was given, and how many there are of what is not counted by itself."""
    of, counted, _ = name.rpartition("_count")
    kept = {naming.snake(thing) for thing in sketch.things}
    return bool(_SETTABLE.match(name)) or (bool(counted) and bool(of) and of not in kept and of not in _TALLIED)


_TALLIED = {"like", "view", "comment", "usage", "remaining"}


def _filters(sketch: Sketch, thing: Thing, call: Call) -> list[str]:
    links = [link for link in sketch.links if link.child == thing.name and link.parent != sketch.account]
    names = [link.column for link in links if f"{{{link.column}}}" not in call.path]
    text = " ".join(statement.text for statement in call.statements)
    names += [name for name in ("status", "type", "date") if name in thing.attributes]
    asked = [
        m.name for s in call.statements for act in s.parse.acts if act.verb.act == "search" for m in s.parse.mentions
    ]
    names += [name for name in asked if name in thing.attributes]
    if re.search(r"검색|search|keyword|키워드", text, re.IGNORECASE):
        names.append("keyword")
    if re.search(r"정렬|[가-힣]순|\bsort|order(?:ed)? by|latest|newest", text, re.IGNORECASE):
        names.append("sort")
    return names
