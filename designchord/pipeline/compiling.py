"""All that follows from a blueprint by code: every part of its design, checked, and the cross-check. Pure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeVar

import structlog

from designchord.blueprint.model import Blueprint
from designchord.designs.models import Design, Origin
from designchord.designs.services.parts import NewRevision
from designchord.designs.services.planning import Compiled, PlannedPart
from designchord.errors import outcome_of
from designchord.kinds import registry
from designchord.kinds.base import Kind, Part
from designchord.llm.providers import OFFLINE
from designchord.pipeline.reporting import report_of

T = TypeVar("T")

log = structlog.get_logger("designchord.compiling")


def compile_design(kinds: Sequence[str], blueprint: Blueprint, *, effort: str, language: str) -> Compiled:
    """The parts that a blueprint calls for, each with its compiled revision, and the report of all of them.

    ``effort`` says which of them a model elaborates then; empty where there is no model. A part that cannot be compiled
    by our mistake is left to its step, and then there is no report.
    """
    places = [(registry.kind(name), part) for name in kinds for part in registry.kind(name).parts(blueprint)]
    parts = [
        _planned(kind, blueprint, part, position, elaborated=effort in kind.about.elaborated)
        for position, (kind, part) in enumerate(places, start=1)
    ]
    sources = {(each.kind, each.key): each.compiled.source for each in parts if each.compiled is not None}
    report = None
    if len(sources) == len(parts):
        report = without_mishap("report", partial(report_of, sources, blueprint, language=language))
    return Compiled(parts, report)


def compile_for(design: Design, blueprint: Blueprint) -> Compiled:
    """What code makes of a blueprint of this design."""
    effort = "" if design.model == OFFLINE else design.effort
    return compile_design(design.kinds, blueprint, effort=effort, language=design.language)


def compile_part(kind: Kind, blueprint: Blueprint, part: Part, *, origin: Origin = Origin.COMPILED) -> NewRevision:
    """A part made from a blueprint; it passes the same check as any other artifact."""
    source = kind.skeleton(blueprint, part)
    return NewRevision(
        source=source,
        origin=origin,
        problems=[problem.to_dict() for problem in kind.check(source)],
        provenance={"attempts": 0, "unchecked": list(kind.unchecked)},
    )


def _planned(kind: Kind, blueprint: Blueprint, part: Part, position: int, *, elaborated: bool) -> PlannedPart:
    compiled = without_mishap(kind.name, partial(compile_part, kind, blueprint, part))
    return PlannedPart(
        kind=kind.name,
        key=part.key,
        title=part.title[:200],
        position=position,
        compiled=compiled,
        elaborated=elaborated or compiled is None,
    )


def without_mishap(what: str, make: Callable[[], T]) -> T | None:
    """What is made, or None: one thing that our code fails on must not cost the others."""
    outcome = outcome_of(make)
    if isinstance(outcome, Exception):
        log.error("compiling_failed", what=what, error=type(outcome).__name__, exc_info=outcome)
        return None
    return outcome


@cache
def load_beside() -> None:
    """Load in a thread, once, what artifacts are compiled and read with: grammars, dictionaries, schemas.

    For the time in which the first question of a process is under way: else its answer waits for all that.
    """
    smallest = Blueprint.model_validate(_SMALLEST)
    load = partial(compile_design, tuple(registry.KINDS), smallest, effort="", language=smallest.language)
    threading.Thread(target=without_mishap, args=("nothing", load), name="loading", daemon=True).start()


_SMALLEST = {
    "title": "Notes",
    "language": "en",
    "actors": [{"id": "User", "label": "User"}],
    "requirements": [{"id": "R1", "text": "A user writes notes."}],
    "entities": [{"name": "Note", "label": "note", "attributes": [{"name": "id", "type": "uuid", "key": "primary"}]}],
    "operations": [
        {
            "id": "writeNote",
            "method": "POST",
            "path": "/notes",
            "summary": "Write a note",
            "entity": "Note",
            "requirements": ["R1"],
        }
    ],
    "scenarios": [
        {
            "id": "write-note",
            "title": "Write a note",
            "actor": "User",
            "requirements": ["R1"],
            "steps": [{"source": "User", "target": "System", "message": "Write a note", "operation": "writeNote"}],
        }
    ],
}
