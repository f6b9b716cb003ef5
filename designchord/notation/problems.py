"""A finding of a check. A bad artifact is a list of problems, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding.

    ``code`` is stable and dotted (``mermaid.syntax``, ``er.attribute_shift``, ``openapi.dangling_ref``,
    ``cross.unknown_operation``). ``line`` and ``column`` count from 1 and point into the artifact's source.
    ``message`` says what is wrong, ``hint`` what to do about it, both for a person. ``kind`` and ``part`` say where,
    when a finding is about one artifact among several. ``fix`` is the one exact mend, where there is one, as JSON.
    """

    code: str
    severity: Severity
    message: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    kind: str | None = None
    part: str | None = None
    fix: Mapping[str, Any] | None = field(default=None, compare=False)

    def at(self, kind: str, part: str = "") -> Problem:
        """The same finding, placed in an artifact."""
        return replace(self, kind=kind, part=part)

    def to_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Fix:
    """A deterministic repair that was applied: what and where (``line`` counts from 1)."""

    code: str
    message: str
    line: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}


def required(problems: tuple[Problem, ...], code: str) -> tuple[Problem, ...]:
    """The problems with those of this code as errors, where an artifact must have what others may leave out."""
    return tuple(replace(problem, severity="error") if problem.code == code else problem for problem in problems)


def has_errors(problems: tuple[Problem, ...] | list[Problem]) -> bool:
    """Whether an artifact with these problems may not be shown as valid."""
    return any(problem.severity == "error" for problem in problems)
