"""What an elaboration lost of what was compiled from the blueprint, compared by facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from designchord.notation.facts import EntityFact, Facts
from designchord.notation.problems import Problem

#: How many lost things of one sort are named.
_NAMED: Final = 8


def find_losses(compiled: Facts | None, elaborated: Facts | None) -> list[Problem]:
    """Things that ``compiled`` tells of and ``elaborated`` does not, a problem for each sort of them.

    Names are compared without regard to case and separators. What was added, or said in other words, is no loss.
    """
    if compiled is None or elaborated is None:
        return []
    return [_problem(what, names) for what, names in _lost(compiled, elaborated) if names]


def _lost(before: Facts, after: Facts) -> Iterator[tuple[str, list[str]]]:
    yield "entities", _missing((one.name for one in before.entities), (one.name for one in after.entities))
    yield "attributes", _missing(_fields(before.entities, after.entities), _fields(after.entities))
    # Which way round a relation is drawn says nothing.
    yield (
        "relations",
        _missing(
            (_pair(one.source, one.target) for one in before.relations),
            (_pair(one.source, one.target) for one in after.relations),
        ),
    )
    yield (
        "operations",
        _missing(
            (f"{one.method} {one.path}" for one in before.operations),
            (f"{one.method} {one.path}" for one in after.operations),
        ),
    )
    yield "schemas", _missing((one.name for one in before.schemas), (one.name for one in after.schemas))
    yield "fields", _missing(_fields(before.schemas, after.schemas), _fields(after.schemas))
    yield "participants", _missing(before.participants, after.participants)
    yield (
        "calls",
        _missing(
            (f"{one.method} {one.path}" for one in before.calls), (f"{one.method} {one.path}" for one in after.calls)
        ),
    )
    yield "branches", _missing(_branches(before, after), _branches(after))
    yield "requirements", _missing(sorted(before.requirements, key=_by_number), after.requirements)


def _fields(shapes: Sequence[EntityFact], kept: Sequence[EntityFact] | None = None) -> Iterator[str]:
    """``Loan.due_on``; where ``kept`` is given, only of what is still there."""
    names = None if kept is None else {_fold(one.name) for one in kept}
    for shape in shapes:
        if names is None or _fold(shape.name) in names:
            yield from (f"{shape.name}.{attribute.name}" for attribute in shape.attributes)


def _branches(facts: Facts, kept: Facts | None = None) -> Iterator[str]:
    names = None if kept is None else {_fold(f"{one.method} {one.path}") for one in kept.calls}
    for one in facts.calls:
        if names is None or _fold(f"{one.method} {one.path}") in names:
            yield from (f"{one.method} {one.path} {status}" for status, _ in one.refusals)


def _pair(source: str, target: str) -> str:
    return "–".join(sorted((source, target), key=_fold))


def _missing(before: Iterable[str], after: Iterable[str]) -> list[str]:
    left = {_fold(name) for name in after}
    return [name for name in dict.fromkeys(before) if _fold(name) not in left]


def _fold(name: str) -> str:
    """A name without case and separators; what braces hold is a parameter, whatever it is called."""
    return re.sub(r"[\s_–-]+", "", re.sub(r"\{[^}]*\}", "{}", name)).casefold()


def _by_number(requirement: str) -> int:
    return int(re.sub(r"\D", "", requirement) or 0)


def _problem(what: str, names: Sequence[str]) -> Problem:
    listed = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return Problem(
        code="answer.lost",
        severity="warning",
        message=f"The model left out {what} that the blueprint has: {listed}.",
        hint="Restore the compiled revision, or ask for a new version that has them.",
    )
