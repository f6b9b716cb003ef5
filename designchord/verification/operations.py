"""Operations of an API against those of a design."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from designchord.blueprint.naming import fold
from designchord.readers.conventions import column_key
from designchord.readers.system import Call, System
from designchord.verification.findings import Finding
from designchord.verification.plan import Plan, PlannedCall

Shape = tuple[str, ...]
#: How deep a base path may be, and which share of the paths has to begin with it.
_BASE_DEPTH, _BASE_SHARE = 3, 0.5
#: Parameters by which lists are cut into pages and sorted, whatever they are called.
_PAGING: Final = re.compile(
    r"(?:page|limit|offset|cursor|size|perpage|pagesize|pagenumber|pagetoken|nexttoken|sort|sortby|sortorder|order|orderby"
    r"|ordering|skip|take|top|start|count|after|before|q|query|search|fields|include|expand|embed|format)s?"
)


class CallPairing:
    """Which built operation is which of the design's, whatever the base path and the case and number of words."""

    def __init__(self, plan: Plan, system: System) -> None:
        left, right = _bases(plan, system)
        wanted = [(one.operation.method, _cut_words(one.operation.path, left), one) for one in plan.calls]
        built = [(one.method, _cut_words(one.path, right), one) for one in reversed(system.calls)]
        # Where one side has both `/cover` and `/covers`, these are two and not one in two spellings.
        apart = {key for side in (wanted, built) for key, count in _folded_counts(side).items() if count > 1}
        self.wanted: dict[tuple[str, Shape], PlannedCall] = {_key(*one[:2], apart): one[2] for one in wanted}
        self.built: dict[tuple[str, Shape], Call] = {_key(*one[:2], apart): one[2] for one in built}
        self.built = {
            key: self.built[key] for key in sorted(self.built, key=lambda key: self.built[key].spot.line or 0)
        }
        self.pairs = [(one, self.built[key]) for key, one in self.wanted.items() if key in self.built]
        self.missing = {key: one for key, one in self.wanted.items() if key not in self.built}
        self.unknown = {key: one for key, one in self.built.items() if key not in self.wanted}


def _cut_words(path: str, base: Shape) -> Shape:
    shape = _segments(path)
    return shape[len(base) :] if base and shape[: len(base)] == base else shape


def _folded(shape: Shape) -> Shape:
    return tuple(part if part == "{}" else fold(part) or part for part in shape)


def _folded_counts(calls: Iterable[tuple[str, Shape, object]]) -> Counter[tuple[str, Shape]]:
    """How many calls of other words there are for each method and path, whatever the number of its words."""
    return Counter((method, _folded(shape)) for method, shape in {(method, shape) for method, shape, _ in calls})


def _key(method: str, shape: Shape, apart: Collection[tuple[str, Shape]]) -> tuple[str, Shape]:
    folded = _folded(shape)
    return method, shape if (method, folded) in apart else folded


def _segments(path: str) -> Shape:
    """A path as its words; a version is one of them, for an API may have two side by side."""
    parts = [part for part in path.split("/") if part]
    return tuple("{}" if part.startswith("{") else part.lower() for part in parts)


def _bases(plan: Plan, system: System) -> tuple[Shape, Shape]:
    """The base paths without which most operations of the two sides meet; none where they do so already."""
    planned = [(one.operation.method, _segments(one.operation.path)) for one in plan.calls]
    built = [(one.method, _segments(one.path)) for one in system.calls]
    best: tuple[Shape, Shape] = ((), ())
    most = -1
    for left in _prefixes(shape for _, shape in planned):
        for right in _prefixes(shape for _, shape in built):
            met = len({_cut(one, left) for one in planned} & {_cut(one, right) for one in built})
            if met > most:
                best, most = (left, right), met
    return best


def _prefixes(shapes: Iterable[Shape]) -> list[Shape]:
    known = list(shapes)
    starts = [shape[:length] for shape in known for length in range(1, min(_BASE_DEPTH, len(shape)) + 1)]
    # What can be called itself, or is followed by somebody's id, is a resource and no base.
    resources = set(known) | {shape[:at] for shape in known for at, word in enumerate(shape) if word == "{}"}
    found = [one for one, count in Counter(starts).items() if count >= _BASE_SHARE * len(known)]
    return [(), *(one for one in found if one not in resources and "{}" not in one)]


def _cut(call: tuple[str, Shape], base: Shape) -> tuple[str, Shape]:
    method, shape = call
    return method, shape[len(base) :] if base and shape[: len(base)] == base else shape


def verify_operations(plan: Plan, system: System) -> Iterator[Finding]:
    """One finding for each cause by which the operations differ."""
    pairing = CallPairing(plan, system)
    yield from _methods(pairing)
    yield from _moved(pairing)
    yield from _missing(pairing)
    yield from _unknown(pairing)
    for planned, call in pairing.pairs:
        yield from _compare(planned, call)


def _written(planned: PlannedCall) -> str:
    return f"{planned.operation.method} {planned.operation.path}"


def _methods(pairing: CallPairing) -> Iterator[Finding]:
    """The same path, called by another method."""
    for key, planned in list(pairing.missing.items()):
        same = [other for other in pairing.unknown if other[1] == key[1]]
        named = [other for other in same if _same_id(planned, pairing.unknown[other])]
        swapped = [other for other in same if {other[0], key[0]} == {"PUT", "PATCH"}]
        hit = next(iter([*named, *swapped, *(same if len(same) == 1 else [])]), None)
        if hit is None:
            continue
        call = pairing.unknown.pop(hit)
        del pairing.missing[key]
        pairing.pairs.append((planned, call))
        yield Finding(
            code="verify.method",
            severity="error",
            thing=_written(planned),
            message=f"{_written(planned)} is called by {call.method}.",
            said=call.method,
            code_change=f"Answer {planned.operation.method} at {call.described.operation.path}.",
            design_change=f"Change the method to {call.method}.",
            design=planned.spot,
            built=call.spot,
            about=(planned.thing,),
        )


def _same_id(planned: PlannedCall, call: Call) -> bool:
    return fold(planned.operation.id) == fold(call.described.operation.operation_id)


def _moved(pairing: CallPairing) -> Iterator[Finding]:
    """Operations under another path: one finding for each word of a path that was changed into another."""
    moves: defaultdict[tuple[Shape, Shape], list[tuple[tuple[str, Shape], tuple[str, Shape]]]] = defaultdict(list)
    taken: set[tuple[str, Shape]] = set()
    for key, planned in pairing.missing.items():
        for other, call in pairing.unknown.items():
            if other in taken or other[0] != key[0]:
                continue
            change = _change(key[1], other[1])
            if _same_id(planned, call) or (change and _is_common(pairing, *change)):
                moves[change or (key[1], other[1])].append((key, other))
                taken.add(other)
                break
    for (old, new), found in moves.items():
        pairs = [(pairing.missing.pop(key), pairing.unknown.pop(other)) for key, other in found]
        pairs.sort(key=lambda pair: (len(pair[0].operation.path), pair[0].operation.path, pair[0].operation.method))
        pairing.pairs += pairs
        planned, call = pairs[0]
        told = [f"{_written(one)} → {other.described.operation.path}" for one, other in pairs]
        shown = f"{_written(planned)} is found at {call.described.operation.path}"
        if len(pairs) > 1:
            shown = f"`{'/'.join(old)}` is called `{'/'.join(new)}` in the paths of {len(pairs)} operations"
        yield Finding(
            code="verify.path",
            severity="error",
            thing=_written(planned),
            message=f"{shown}.",
            said=";".join(sorted(told)),
            code_change=f"Answer at {planned.operation.path}.",
            design_change=f"Change the path to {call.path}.",
            design=planned.spot,
            built=call.spot,
            follows=tuple(told) if len(told) > 1 else (),
            about=tuple(one.thing for one, _ in pairs),
        )


def _change(old: Shape, new: Shape) -> tuple[Shape, Shape] | None:
    """The one word in which two paths of the same form differ."""
    if len(old) != len(new):
        return None
    differ = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    if len(differ) != 1 or "{}" in differ[0]:
        return None
    return (differ[0][0],), (differ[0][1],)


def _is_common(pairing: CallPairing, old: Shape, new: Shape) -> bool:
    """Whether a word is gone from all paths and another is in its place in at least two."""
    left = [key for key in pairing.wanted if old[0] in key[1]]
    gone = not any(old[0] in key[1] for key in pairing.built)
    fresh = not any(new[0] in key[1] for key in pairing.wanted)
    moved = [key for key in pairing.unknown if new[0] in key[1]]
    return gone and fresh and len(left) >= 1 and len(moved) >= min(len(left), 2)


def _missing(pairing: CallPairing) -> Iterator[Finding]:
    for key, group in _groups(pairing.missing, pairing.built):
        planned = [pairing.missing[one] for one in group]
        first, told = planned[0], [_written(one) for one in planned]
        message = f"The API has no {told[0]}."
        if len(told) > 1:
            message = f"The API has none of the {len(told)} operations on `{key}`."
        yield Finding(
            code="verify.operation_missing",
            severity="error",
            thing=told[0],
            message=message,
            said=";".join(sorted(told)),
            code_change="Build it." if len(told) == 1 else "Build them.",
            design_change="Take it out of the design." if len(told) == 1 else "Take them out of the design.",
            design=first.spot,
            built=None,
            follows=tuple(told[1:]),
            about=tuple(one.thing for one in planned),
            absent=True,
        )


def _unknown(pairing: CallPairing) -> Iterator[Finding]:
    for key, group in _groups(pairing.unknown, pairing.wanted):
        calls = [pairing.unknown[one] for one in group]
        told = [f"{one.method} {one.described.operation.path}" for one in calls]
        message = f"The API has {told[0]}, which the design does not."
        if len(told) > 1:
            message = f"The API has {len(told)} operations on `{key}`, which the design does not know."
        yield Finding(
            code="verify.operation_unknown",
            severity="info",
            thing=told[0],
            message=message,
            said=";".join(sorted(told)),
            code_change="Take it out when nobody calls it.",
            design_change="Add it to the design.",
            built=calls[0].spot,
            follows=tuple(told[1:]),
        )


def _groups(
    some: Iterable[tuple[str, Shape]], others: Iterable[tuple[str, Shape]]
) -> Iterator[tuple[str, list[tuple[str, Shape]]]]:
    """Operations of a resource of which the other side has nothing are one group, others stand alone."""
    known = {shape[0] for _, shape in others if shape}
    groups: dict[tuple[str, object], list[tuple[str, Shape]]] = {}
    for method, shape in some:
        first = shape[0] if shape else ""
        alone: object = (method, shape) if first in known else None
        groups.setdefault((first, alone), []).append((method, shape))
    for (first, _), group in groups.items():
        yield first, group


# One operation on both sides


def _compare(planned: PlannedCall, call: Call) -> Iterator[Finding]:
    operation, described = planned.operation, call.described
    written = _written(planned)
    stated = described.operation.responses
    gone = [status for status, _ in operation.errors if not _answers(stated, status)]
    if gone and stated:
        shown = ", ".join(map(str, dict.fromkeys(gone)))
        yield _difference(
            *("verify.refusal_missing", "warning", planned, call),
            f"{written} is not refused with {shown}, as the design says.",
            shown,
            (f"Answer with {shown} where the design says so.", f"Take the refusal {shown} out."),
        )
    yield from _names(planned, call, "filter", operation.filters, described.filters)
    if operation.method != "GET":  # whose body has no meaning, and no place in a design
        yield from _names(planned, call, "body", operation.request, described.request)
    wanted, built = operation.returns, described.returns
    if {wanted, built} == {"one", "page"} and operation.method == "GET":
        yield _difference(
            *("verify.answer", "warning", planned, call),
            f"{written} answers {'one' if built == 'one' else 'many'}, and by the design {_MANY[wanted]}.",
            built,
            (f"Answer {_MANY[wanted]}.", f"Let it return {_MANY[built]}."),
        )


_MANY: Final = {"one": "one", "page": "many", "none": "nothing"}


def _names(
    planned: PlannedCall, call: Call, what: str, wanted: Sequence[str], built: Sequence[str]
) -> Iterator[Finding]:
    """Query parameters or fields of a body that only one side has; each is a cause of its own."""
    have, need = {column_key(name): name for name in built}, {column_key(name): name for name in wanted}
    gone = [name for key, name in need.items() if key not in have and not _is_paging(what, key)]
    new = [name for key, name in have.items() if key not in need and not _is_paging(what, key)]
    place = "query parameter" if what == "filter" else "field of the body"
    codes = ("verify.filter_missing", "verify.filter_unknown", "verify.filter_renamed")
    if what == "body":
        codes = ("verify.body_missing", "verify.body_unknown", "verify.body_renamed")
    if len(gone) == len(new) == 1:
        yield _difference(
            *(codes[2], "warning", planned, call),
            f"{_written(planned)} has {new[0]} in place of the {place} {gone[0]}.",
            f"{gone[0]} {new[0]}",
            (f"Call it {gone[0]}.", f"Call it {new[0]} in the design."),
            gone[0],
        )
        return
    for name in gone:
        yield _difference(
            *(codes[0], "warning", planned, call),
            f"{_written(planned)} has no {place} {name}.",
            name,
            (f"Take {name} in.", f"Take {name} out of the design."),
            name,
        )
    for name in new:
        yield _difference(
            *(codes[1], "info", planned, call),
            f"{_written(planned)} takes a {place} {name}, which the design does not say.",
            name,
            (f"Take {name} out when nobody sends it.", f"Add {name} to the design."),
            name,
        )


def _is_paging(what: str, key: str) -> bool:
    return what == "filter" and _PAGING.fullmatch(key) is not None


def _answers(responses: Sequence[str], status: int) -> bool:
    return any(one in (str(status), "default") or one.upper() == f"{str(status)[0]}XX" for one in responses)


def _difference(
    code: str,
    severity: str,
    planned: PlannedCall,
    call: Call,
    message: str,
    said: str,
    mends: tuple[str, str],
    name: str = "",
) -> Finding:
    thing = f"{_written(planned)} {name}".rstrip()
    return Finding(
        code=code,
        severity=severity,  # type: ignore[arg-type]
        thing=thing,
        attribute=name,
        message=message,
        said=said,
        code_change=mends[0],
        design_change=mends[1],
        design=planned.spot,
        built=call.spot,
        about=(planned.thing,),
    )
