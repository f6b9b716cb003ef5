"""The cross-check of a design: what contradicts what, what is missing, and where each requirement is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from designchord.blueprint.model import Blueprint
from designchord.consistency import matrix
from designchord.consistency.facts import DesignFacts
from designchord.consistency.mending import Mending
from designchord.consistency.messages import Violation, say
from designchord.consistency.rules import RULES
from designchord.kinds.registry import KINDS
from designchord.notation.problems import Problem, Severity

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Report:
    """``problems`` come errors first. ``rows`` are the traceability matrix."""

    problems: tuple[Problem, ...]
    rows: tuple[matrix.Row, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(problem.severity for problem in self.problems)
        return {severity: counted[severity] for severity in _ORDER}

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, as ``docs/http.md`` shows it."""
        return {
            "problems": [problem.to_dict() for problem in self.problems],
            "matrix": matrix.to_dict(self.rows),
            "counts": self.counts,
        }


def find_violations(design: DesignFacts) -> list[Violation]:
    return [violation for rule in RULES for violation in rule(design)]


def cross_check(
    artifacts: Mapping[tuple[str, str], str], blueprint: Blueprint | None, *, language: str = "en"
) -> Report:
    """Compare the sources of a design, keyed by (kind, part), with each other and with the blueprint.

    Any subset will do. Artifacts of unknown kinds are left alone; what does not parse is named and not compared.
    """
    sources = {key: source for key, source in artifacts.items() if key[0] in KINDS and source.strip()}
    facts = {(kind, part): KINDS[kind].facts(source) for (kind, part), source in sources.items()}
    readable = {key: known for key, known in facts.items() if known is not None}
    unreadable = tuple(key for key in facts if key not in readable)
    design = DesignFacts(readable, sources, blueprint, unreadable)
    mending = Mending(design, find_violations, language)
    problems = [replace(say(one, language), fix=mending.of(one)) for one in find_violations(design)]
    problems.sort(key=lambda problem: _ORDER[problem.severity])
    return Report(tuple(dict.fromkeys(problems)), (*matrix.trace(design), *matrix.former(design)))
