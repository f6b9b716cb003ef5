"""What an import has to say beside the design: what was read, recognised, contradicted, left out, not understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from designchord.consistency.facts import DesignFacts, Key
from designchord.consistency.messages import say
from designchord.consistency.rules import RULES
from designchord.notation.facts import Facts
from designchord.notation.problems import Problem
from designchord.readers.joining import Joined
from designchord.readers.reading import STORED, Reading
from designchord.readers.system import System

#: What contradicts; that one says less than another is no conflict between what people wrote for different ends.
_CONFLICTS: Final = frozenset(
    (
        *("cross.type_mismatch", "cross.unknown_operation", "cross.wrong_method", "cross.literal_in_call"),
        *("cross.cardinality", "cross.refusal_unknown"),
    )
)
#: Lines of one kind; more are counted.
_MAX_LINES: Final = 100


def conflicts(system: System, language: str = "en") -> list[tuple[str, Problem]]:
    """What the readings say against each other, by the rules of the cross-check; each with where it stands."""
    facts: dict[Key, Facts] = {}
    for reading in system.readings:
        kind = "erd" if reading.notation in STORED else "api" if reading.notation == "openapi" else "sequence"
        if reading.notation != "blueprint":
            facts[kind, reading.name] = reading.facts
    design = DesignFacts(facts, dict.fromkeys(facts, ""), None)
    found = [say(violation, language) for rule in RULES for violation in rule(design)]
    return [(one.part or "", one) for one in dict.fromkeys(found) if one.code in _CONFLICTS]


def report(system: System, joined: Joined, language: str = "en") -> str:
    """The report as Markdown."""
    blueprint = joined.blueprint
    lines = ["# What was imported", ""]
    lines += [
        f"{len(blueprint.entities)} entities, {len(blueprint.relations)} relations, "
        f"{len(blueprint.operations)} operations, {len(blueprint.scenarios)} stories.",
        "",
    ]
    lines += _section("Read", (_counted(reading) for reading in system.readings))
    same = (f"`{one.name}` and `{one.other}` ({one.rule})" for one in system.matches)
    lines += _section("The same thing under two names", same)
    against = (
        f"{where}{f':{one.line}' if one.line else ''} {one.message}" for where, one in conflicts(system, language)
    )
    lines += _section("Contradictions", against)
    lines += _section("Left out", (f"`{name}`: {reason}" for name, reason in joined.left_out))
    unread = (
        f"{one.name}{f':{one.problem.line}' if one.problem.line else ''} {one.problem.message}"
        for one in system.remarks
    )
    lines += _section("Not understood", unread)
    lines += _section("Taken for granted, to confirm", (f"{one.id}: {one.text}" for one in blueprint.assumptions))
    return "\n".join(lines).rstrip() + "\n"


def _counted(reading: Reading) -> str:
    facts = reading.facts
    counts = ((len(facts.entities), "tables or entities"), (len(facts.operations), "operations"))
    counts += ((len(facts.schemas), "schemas"), (len(facts.calls), "calls"))  # type: ignore[assignment]
    told = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing"
    return f"{reading.name}: {told}"


def _section(title: str, rows: Iterator[str]) -> list[str]:
    listed = [f"- {row}" for row in rows]
    if not listed:
        return []
    more = [f"- … and {len(listed) - _MAX_LINES} more"] if len(listed) > _MAX_LINES else []
    return [f"## {title}", "", *listed[:_MAX_LINES], *more, ""]


def to_dict(system: System, joined: Joined, language: str = "en") -> dict[str, Any]:
    """The same as plain values."""
    return {
        "read": [
            {
                "name": one.name,
                "notation": one.notation,
                "entities": len(one.facts.entities),
                "operations": len(one.facts.operations),
                "schemas": len(one.facts.schemas),
            }
            for one in system.readings
        ],
        "same": [{"name": one.name, "other": one.other, "rule": one.rule} for one in system.matches],
        "conflicts": [
            {"file": where, "line": one.line, "code": one.code, "message": one.message}
            for where, one in conflicts(system, language)
        ],
        "left_out": [{"name": name, "reason": reason} for name, reason in joined.left_out],
        "not_understood": [
            {"file": one.name, "line": one.problem.line, "code": one.problem.code, "message": one.problem.message}
            for one in system.remarks
        ],
    }
