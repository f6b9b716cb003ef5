"""What a watcher sees of a design while its blueprint is written: its views, as far as the blueprint goes.

They travel as live text of the parts that will be there (``run`` 0, with their titles), so that streams remember them
for those who come late, and are worth nothing once there are revisions. Drawn kinds show their diagrams compiled from
the blueprint so far; the calls and the requirements grow by a line each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from designchord.blueprint.incremental import GrowingBlueprint
from designchord.blueprint.model import Blueprint, Operation, Requirement, Scenario
from designchord.consistency.grades import grade_operation, grade_scenario
from designchord.kinds import registry
from designchord.kinds.about import REPORT
from designchord.kinds.base import Kind, Part
from designchord.language.deeds import undone

#: Seconds between two looks at what is complete; and how many times as long as one took.
PAUSE_SECONDS: Final = 0.2
PAUSE_SHARE: Final = 8.0

#: Sends live text of a place: ``offset`` is where in it the text belongs.
Send = Callable[[Mapping[str, Any]], None]


class Growth:
    """Takes the pieces of a blueprint's text, and sends what they come to. Used by one thread at a time."""

    def __init__(self, *, kinds: Sequence[str], begin: Callable[[], GrowingBlueprint], send: Send) -> None:
        """``begin`` gives a blueprint of which nothing has been written."""
        self._kinds = [registry.kind(name) for name in kinds]
        self._begin, self._send = begin, send
        self._growing = begin()
        self._dirty = True  # what is known before the first piece is something to show
        self._not_before = 0.0
        self._drawn = False
        self._sent: dict[tuple[str, str], str] = {}
        self._seen: dict[str, tuple[int, ...]] = {}
        self._graded: set[tuple[str, str]] = set()

    def add(self, piece: str) -> None:
        self._dirty |= self._growing.feed(piece)
        if self._dirty and time.monotonic() >= self._not_before:
            self.flush()

    def flush(self) -> None:
        """Send what has not been sent yet."""
        if not self._dirty:
            return
        self._dirty = False
        began = time.monotonic()
        blueprint = self._growing.read()
        for kind in self._kinds:
            if kind.about.drawn:
                self._draw(kind, blueprint)
            elif kind.about.notation == "openapi":
                self._append(kind.name, "".join(map(_call_line, blueprint.operations)))
        self._append(REPORT.name, self._sent.get((REPORT.name, ""), "") + "".join(self._news(blueprint)))
        ended = time.monotonic()
        # Nobody who waits for the first picture waits longer for it than it takes.
        pause = PAUSE_SECONDS if self._drawn else 0.0
        self._not_before = ended + max(pause, PAUSE_SHARE * (ended - began))

    def restart(self) -> None:
        """The answer begins anew. What was shown stays until as much is in its place."""
        self._growing, self._dirty = self._begin(), False

    def _draw(self, kind: Kind, blueprint: Blueprint) -> None:
        """A kind's diagrams, unless there is less of what they tell of than was shown."""
        lists = ("entities", "relations") if "entities" in kind.about.provides else _LISTS
        seen = tuple(len(getattr(blueprint, name)) for name in lists)
        if sum(seen) < sum(self._seen.get(kind.name, ())):
            return
        self._seen[kind.name] = seen
        several = "{part}" in kind.about.file
        for part in kind.parts(blueprint):
            if several and (kind.name, part.key) in self._sent:
                continue  # it was complete when it came
            text = kind.skeleton(blueprint, part)
            if text.count("\n") > 1:
                self._replace(kind.name, part, text)

    def _replace(self, kind: str, part: Part, text: str) -> None:
        place = (kind, part.key)
        self._drawn = True
        if self._sent.get(place) != text:
            self._sent[place] = text
            self._send({"kind": kind, "part": part.key, "title": part.title, "run": 0, "offset": 0, "text": text})

    def _append(self, kind: str, text: str) -> None:
        """Text that grows at its end; sent anew where it does not."""
        before = self._sent.get((kind, ""), "")
        if len(text) <= len(before):
            return
        self._sent[kind, ""] = text
        offset = len(before) if text.startswith(before) else 0
        self._send({"kind": kind, "part": "", "title": "", "run": 0, "offset": offset, "text": text[offset:]})

    def _news(self, blueprint: Blueprint) -> Iterator[str]:
        """Lines of JSON: each requirement and each thing that is named for one, once; how many things there are."""
        known = {one.id: one for one in blueprint.requirements}
        for one in blueprint.requirements:
            if self._first("", one.id):
                yield _line(id=one.id, text=one.text, kind=one.kind)
        for operation in blueprint.operations:
            yield from self._named(operation, f"{operation.method} {operation.path}", known, blueprint)
        for scenario in blueprint.scenarios:
            yield from self._named(scenario, scenario.title, known, blueprint)
        counts = {name: len(getattr(blueprint, name)) for name in _LISTS}
        if self._seen.get("") != tuple(counts.values()):
            self._seen[""] = tuple(counts.values())
            yield _line(counts=counts)

    def _named(
        self, thing: Operation | Scenario, label: str, known: Mapping[str, Requirement], blueprint: Blueprint
    ) -> Iterator[str]:
        for requirement in (known[one] for one in thing.requirements if one in known):
            if not self._first(thing.id, requirement.id):
                continue
            if isinstance(thing, Scenario):
                grade = grade_scenario(requirement, thing)
            else:
                grade = grade_operation(requirement, thing, blueprint.entity(thing.entity) if thing.entity else None)
            doing = tuple(one for one in blueprint.operations if requirement.id in one.requirements)
            told = tuple(one for one in blueprint.scenarios if requirement.id in one.requirements)
            partly = grade == "said" and bool(doing) and bool(undone(requirement.text, doing, told))
            yield _line(id=requirement.id, by=label, grade="inferred" if partly else grade)

    def _first(self, thing: str, requirement: str) -> bool:
        pair = (thing, requirement)
        if pair in self._graded:
            return False
        self._graded.add(pair)
        return True


#: What is counted, in reading order.
_LISTS: Final = ("requirements", "actors", "entities", "relations", "operations", "scenarios")


def _call_line(operation: Operation) -> str:
    return f"{operation.method} {operation.path} # {' '.join(operation.summary.split())}\n"


def _line(**fields: Any) -> str:
    return orjson.dumps(fields).decode() + "\n"
