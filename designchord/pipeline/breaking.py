"""What a change of a blueprint means for those who call its API: calls added, changed and removed, and what breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from designchord.blueprint.model import Attribute, Blueprint, Operation

_WORDS: Final = {
    "gone": "It is gone.",
    "call": "{was} becomes {now}.",
    "id": "Its operationId was {was}.",
    "returns": "It returns {now} instead of {was}.",
    "not_sent": "{name} is no longer sent.",
    "not_filtered": "{name} is no longer a filter.",
    "sent": "{name} is sent, too.",
    "sent_needed": "{name} is sent, too, and needed.",
    "needed": "{name} is needed.",
    "type": "{name} is {now} instead of {was}.",
    "filtered": "{name} is a filter.",
    "not_answered": "{name} is no longer answered.",
    "answered": "{name} is answered, too.",
    "refuses": "It may answer {status}.",
    "refuses_no_more": "It no longer answers {status}.",
}
_BREAKING: Final = frozenset(
    {"gone", "call", "returns", "not_sent", "not_filtered", "sent_needed", "needed", "type", "not_answered"}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that callers of an operation see."""

    code: str
    values: Mapping[str, str]

    @property
    def breaking(self) -> bool:
        return self.code in _BREAKING

    @property
    def message(self) -> str:
        return _WORDS[self.code].format(**self.values)

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "values": dict(self.values)}


def calls_touched(
    before: Blueprint, after: Blueprint, calls: Mapping[str, str], entities: Mapping[str, str]
) -> list[dict[str, Any]]:
    """JSON-ready, as ``docs/http.md`` shows it. ``calls`` and ``entities`` say what was renamed."""
    found = []
    then = {one.id: one for one in after.operations}
    kept = set()
    for old in before.operations:
        new = then.get(calls.get(old.id, old.id))
        if new is None:
            found.append(_call("removed", old, [_differs("gone")]))
            continue
        kept.add(new.id)
        differences = [
            *_sent(before, after, old, new),
            *_answered(before, after, old, new, entities),
        ]
        if differences:
            found.append(_call("changed", new, sorted(differences, key=lambda one: not one.breaking)))
    return found + [_call("added", one, []) for one in after.operations if one.id not in kept]


def _call(how: str, call: Operation, differences: list[Difference]) -> dict[str, Any]:
    return {
        "how": how,
        "effect": "breaking" if any(one.breaking for one in differences) else "compatible",
        "operation": call.id,
        "method": call.method,
        "path": call.path,
        "because": [one.message for one in differences],
        "reasons": [one.to_dict() for one in differences],
    }


def _differs(code: str, **values: object) -> Difference:
    return Difference(code, {name: str(value) for name, value in values.items()})


def _sent(before: Blueprint, after: Blueprint, old: Operation, new: Operation) -> Iterator[Difference]:
    """How an operation is called."""
    if (old.method, _form(old.path)) != (new.method, _form(new.path)):
        yield _differs("call", was=f"{old.method} {old.path}", now=f"{new.method} {new.path}")
    if old.id != new.id:
        yield _differs("id", was=old.id)
    was, now = _attributes(before, old.entity), _attributes(after, new.entity)
    yield from (_differs("not_sent", name=name) for name in old.request if name not in new.request)
    yield from (_differs("not_filtered", name=name) for name in old.filters if name not in new.filters)
    for name in new.request:
        if name not in old.request:
            needed = now[name].required if name in now else True
            yield _differs("sent_needed" if needed else "sent", name=name)
        elif name in was and name in now:
            if now[name].required and not was[name].required:
                yield _differs("needed", name=name)
            elif was[name].type != now[name].type:
                yield _differs("type", name=name, was=was[name].type, now=now[name].type)
    yield from (_differs("filtered", name=name) for name in new.filters if name not in old.filters)


def _answered(
    before: Blueprint, after: Blueprint, old: Operation, new: Operation, entities: Mapping[str, str]
) -> Iterator[Difference]:
    """What an operation answers."""
    if old.returns != new.returns:
        yield _differs("returns", was=old.returns, now=new.returns)
    if old.returns != "none" and entities.get(old.entity or "", old.entity) == new.entity:
        was, now = _attributes(before, old.entity), _attributes(after, new.entity)
        gone = [name for name in was if name not in now and name not in old.request]
        come = [name for name in now if name not in was and name not in new.request]
        yield from (_differs("not_answered", name=name) for name in gone)
        yield from (_differs("answered", name=name) for name in come)
    refused, refuses = {status for status, _ in old.errors}, {status for status, _ in new.errors}
    yield from (_differs("refuses", status=one) for one in sorted(refuses - refused))
    yield from (_differs("refuses_no_more", status=one) for one in sorted(refused - refuses))


def _attributes(blueprint: Blueprint, entity: str | None) -> dict[str, Attribute]:
    found = blueprint.entity(entity) if entity else None
    return {one.name: one for one in found.attributes} if found is not None else {}


def _form(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
