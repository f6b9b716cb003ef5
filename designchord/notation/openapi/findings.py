"""A finding about a path in a document, before the text is searched for its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from designchord.notation.openapi.locating import Path
from designchord.notation.openapi.reading import Document
from designchord.notation.problems import Problem, Severity

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Finding:
    """Like a :class:`Problem`, with a path where that has a line."""

    code: str
    severity: Severity
    path: Path
    message: str
    hint: str | None = None


def place(findings: Iterable[Finding], document: Document) -> tuple[Problem, ...]:
    """The findings as problems with line and column, in the order of the text, errors of one line first."""
    findings = list(findings)
    places = document.locate({finding.path for finding in findings}) if findings else {}
    problems = [
        Problem(
            code=finding.code,
            severity=finding.severity,
            message=finding.message[:1].upper() + finding.message[1:],
            line=places[finding.path].line,
            column=places[finding.path].column,
            hint=finding.hint,
        )
        for finding in findings
    ]
    rank = ("error", "warning", "info").index
    return tuple(sorted(problems, key=lambda problem: (problem.line or 0, rank(problem.severity))))


def describe(path: Path) -> str:
    """A path in words that a reader of the document knows: ``response 200 of GET /loans``."""
    if not path:
        return "the document"
    operation, rest = _operation(path)
    if operation:
        return f"{_inner(rest)} of {operation}" if rest else operation
    if path[0] == "components" and len(path) >= 3:
        name = f"{str(path[1]).removesuffix('s')} `{path[2]}`"
        return f"{_inner(path[3:])} of {name}" if len(path) > 3 else name
    if path[0] == "definitions" and len(path) >= 2:
        return f"{_inner(path[2:])} of schema `{path[1]}`" if len(path) > 2 else f"schema `{path[1]}`"
    return _inner(path)


def _operation(path: Path) -> tuple[str, Path]:
    if path[0] in ("paths", "webhooks") and len(path) >= 2:
        if len(path) >= 3 and path[2] in METHODS:
            return f"{str(path[2]).upper()} {path[1]}", path[3:]
        return f"path {path[1]}", path[2:]
    return "", path


def _inner(path: Path) -> str:
    if len(path) >= 2 and path[-2] == "responses":
        return f"response {path[-1]}"
    if len(path) >= 2 and path[-2] == "parameters":
        return f"parameter {int(path[-1]) + 1 if isinstance(path[-1], int) else path[-1]}"
    if len(path) > 4:
        path = path[-3:]
    return "`" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".") + "`"
