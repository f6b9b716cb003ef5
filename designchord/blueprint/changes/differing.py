"""The change set between two blueprints: what is known by its name is matched, what was renamed is recognised.

Written down while it is carried out on a copy, so that what comes of it is the other blueprint, exactly: names first,
then what is new, what is said otherwise, what is gone, and the order at last.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import orjson

from designchord.blueprint.changes.applying import carry_out
from designchord.blueprint.changes.likeness import renamed_pairs
from designchord.blueprint.changes.model import (
    Add,
    Change,
    Move,
    Operations,
    Reinstate,
    Remove,
    Rename,
    Replace,
    Retire,
)
from designchord.blueprint.changes.places import (
    FIXED,
    LISTS,
    MODELS,
    OF_DESIGN,
    Place,
    Refusal,
    address_of,
    find,
    items_of,
    key_of,
    said,
)
from designchord.blueprint.model import Blueprint

#: Sorts whose things may have got another name.
_RENAMED = ("actor", "entity", "operation", "scenario")


def diff(before: Blueprint, after: Blueprint) -> Operations:
    """The operations that make ``after`` of ``before``; both without errors."""
    writing = _Diff(before, after)
    writing.names()
    writing.design()
    writing.lineage()
    for what in LISTS:
        writing.new(what)
    for what in LISTS:
        writing.same(what)
    for what in reversed(LISTS):
        writing.gone(what)
    for what in LISTS:
        writing.order(what, "")
    return tuple(writing.operations)


class _Diff:
    def __init__(self, before: Blueprint, after: Blueprint) -> None:
        self.now, self._after = before, after
        self.operations: list[Any] = []

    def names(self) -> None:
        for what in _RENAMED:
            self._names(what, "")
        for entity in self._after.entities:
            if self.now.entity(entity.name) is not None:
                self._names("attribute", entity.name)

    def _names(self, what: str, owner: str) -> None:
        old, new = items_of(self.now, what, owner), items_of(self._after, what, owner)
        known = {key_of(what, one) for one in new}
        had = {key_of(what, one) for one in old}
        gone = [one for one in old if key_of(what, one) not in known]
        come = [one for one in new if key_of(what, one) not in had]
        for was, becomes in renamed_pairs(what, gone, come):
            address = f"{owner}.{key_of(what, was)}" if owner else key_of(what, was)
            try:
                self._do(Rename(what=what, id=address, to=key_of(what, becomes)))  # type: ignore[arg-type]
            except Refusal:  # then it is one thing less and one more
                continue

    def design(self) -> None:
        self._fields("design", "", self.now, self._after, OF_DESIGN)

    def lineage(self) -> None:
        """Requirements that were retired, replaced or taken back."""
        now = {one.id for one in self.now.requirements}
        then = {one.id: one for one in self._after.requirements}
        known = {one.id for one in self.now.former}
        for at, one in enumerate(self._after.former):
            if one.id in known or one.id not in now or one.id in then:
                continue
            told: dict[str, Any] = {"reason": one.reason, "on": one.on, "at": at}
            successor = then.get(one.by) if one.by and one.by not in now and one.by not in known else None
            if successor is not None:
                self._do(Replace(id=one.id, value=said(successor), **told))
                now.add(successor.id)
            else:
                self._do(Retire(id=one.id, by=one.by, **told))
        later = {one.id for one in self._after.former}
        for at, back in enumerate(self._after.requirements):
            if back.id in known and back.id not in later and back.id not in now:
                self._do(Reinstate(id=back.id, at=at))

    def new(self, what: str) -> None:
        had = set(_tokens(what, items_of(self.now, what)))
        things = items_of(self._after, what)
        for at, (token, thing) in enumerate(zip(_tokens(what, things), things, strict=True)):
            if token not in had:
                # Between relations of the same sides a place in the middle would give others their names.
                place = None if what == "relation" else at
                self._do(Add(what=what, at=place, value=said(thing)))  # type: ignore[arg-type]

    def same(self, what: str) -> None:
        things = items_of(self._after, what)
        for token, thing in zip(_tokens(what, things), things, strict=True):
            self._compare(what, _address(what, "", token), self._thing(what, token), thing)
            if what == "entity":
                self._attributes(thing)
            elif what == "scenario":
                self._steps(thing)

    def gone(self, what: str) -> None:
        wanted = set(_tokens(what, items_of(self._after, what)))
        # The last of several with one name first: the names of the others stay.
        for token in reversed(_tokens(what, items_of(self.now, what))):
            if token not in wanted:
                self._remove(what, _address(what, "", token))

    def order(self, what: str, owner: str) -> None:
        """Move what is not in the longest run that is in order already."""
        now, then = items_of(self.now, what, owner), items_of(self._after, what, owner)
        tokens, wanted = _tokens(what, now), _tokens(what, then)
        ranks = {token: rank for rank, token in enumerate(wanted)}
        stays = _longest_run([ranks[token] for token in tokens])
        for rank, token in enumerate(wanted):
            if rank in stays:
                continue
            at = tokens.index(token)
            items = items_of(self.now, what, owner)
            address = address_of(Place(what, owner, items, at))
            tokens.pop(at)
            to = tokens.index(wanted[rank - 1]) + 1 if rank else 0
            tokens.insert(to, token)
            if to != at:
                self._do(Move(what=what, id=address, to=to))  # type: ignore[arg-type]

    def _attributes(self, entity: Any) -> None:
        owner = entity.name
        had = {one.name: one for one in items_of(self.now, "attribute", owner)}
        for at, one in enumerate(entity.attributes):
            if one.name not in had:
                self._do(Add(what="attribute", owner=owner, at=at, value=said(one)))
            else:
                self._compare("attribute", f"{owner}.{one.name}", had[one.name], one)
        wanted = {one.name for one in entity.attributes}
        for name in sorted(had.keys() - wanted):
            self._remove("attribute", f"{owner}.{name}")
        self.order("attribute", owner)

    def _steps(self, scenario: Any) -> None:
        """Steps have no names: what stays in order is found, the rest is written anew, from the end."""
        old, new = items_of(self.now, "step", scenario.id), scenario.steps
        matcher = SequenceMatcher(a=[_digest(one) for one in old], b=[_digest(one) for one in new], autojunk=False)
        for tag, from_old, to_old, from_new, to_new in reversed(matcher.get_opcodes()):
            if tag == "equal":
                continue
            shared = min(to_old - from_old, to_new - from_new)
            for at in reversed(range(from_old + shared, to_old)):
                self._remove("step", f"{scenario.id}.{at + 1}")
            for at in range(shared):
                address = f"{scenario.id}.{from_old + at + 1}"
                self._compare("step", address, old[from_old + at], new[from_new + at])
            for at in range(from_new + shared, to_new):
                place = from_old + (at - from_new)
                self._do(Add(what="step", owner=scenario.id, at=place, value=said(new[at])))

    def _compare(self, what: str, address: str, old: Any, new: Any) -> None:
        if old is not new:
            fields = [name for name in MODELS[what].model_fields if name not in FIXED.get(what, {"id"})]
            self._fields(what, address, old, new, fields)

    def _fields(self, what: str, address: str, old: Any, new: Any, fields: Sequence[str]) -> None:
        changed = [name for name in fields if getattr(old, name) != getattr(new, name)]
        if changed:
            self._do(Change(what=what, id=address, set=said(new, changed), was=said(old, changed)))  # type: ignore[arg-type]

    def _remove(self, what: str, address: str) -> None:
        self._do(Remove(what=what, id=address, was=said(find(self.now, what, address).thing)))  # type: ignore[arg-type]

    def _thing(self, what: str, token: str) -> Any:
        things = items_of(self.now, what)
        return things[_tokens(what, things).index(token)]

    def _do(self, operation: Any) -> None:
        self.now = carry_out(self.now, operation)
        self.operations.append(operation)


def _tokens(what: str, things: Sequence[Any]) -> list[str]:
    """A name of its own for each thing; the second relation between two sides is ``Member-Loan#2``."""
    seen: dict[str, int] = {}
    tokens = []
    for thing in things:
        key = key_of(what, thing)
        seen[key] = seen.get(key, 0) + 1
        tokens.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return tokens


def _address(what: str, owner: str, token: str) -> str:
    return f"{owner}.{token}" if owner else token


def _digest(thing: Any) -> bytes:
    return orjson.dumps(said(thing), option=orjson.OPT_SORT_KEYS)


def _longest_run(ranks: Sequence[int]) -> set[int]:
    """The longest increasing subsequence of distinct numbers, as a set."""
    ends: list[int] = []  # the least end of a run of each length
    places: list[int] = []  # where each of them stands
    previous: list[int] = []
    for at, rank in enumerate(ranks):
        length = bisect_left(ends, rank)
        previous.append(places[length - 1] if length else -1)
        ends[length : length + 1] = [rank]
        places[length : length + 1] = [at]
    run = set()
    at = places[-1] if places else -1
    while at >= 0:
        run.add(ranks[at])
        at = previous[at]
    return run
