"""Checks files by notation, and a folder's parts against each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.cli.sources import Source, find_sources, read_text
from designchord.consistency.report import cross_check
from designchord.errors import BadInput
from designchord.notation import mermaid
from designchord.notation.openapi.checking import check as check_openapi
from designchord.notation.problems import Problem, has_errors

#: What a design refuses, and a file that somebody wrote for elsewhere may hold.
_TOLERATED = frozenset(f"mermaid.refused.{what}" for what in ("front_matter", "directive", "html", "interaction"))


@dataclass(frozen=True, slots=True)
class Finding:
    path: Path
    problem: Problem


@dataclass(frozen=True, slots=True)
class Result:
    """``checked`` counts artifacts, so several diagrams of one Markdown file count each."""

    checked: int
    findings: tuple[Finding, ...]

    def counts(self) -> dict[str, int]:
        found = Counter(finding.problem.severity for finding in self.findings)
        return {"error": found["error"], "warning": found["warning"], "info": found["info"]}


def check_paths(paths: tuple[Path, ...]) -> Result:
    """Everything that is wrong under the paths. Raises ``BadInput`` when there is nothing to check."""
    sources = list(find_sources(paths))
    if not sources:
        named = ", ".join(map(str, paths))
        raise BadInput(f"There is nothing to check in {named}: no Mermaid, no OpenAPI, no blueprint.", code="empty")
    findings = [Finding(source.path, problem) for source in sources for problem in _check(source)]
    for folder in paths:
        if folder.is_dir():
            findings += _cross_check(folder, [source for source in sources if source.path.is_relative_to(folder)])
    return Result(len(sources), tuple(findings))


def _check(source: Source) -> tuple[Problem, ...]:
    if source.notation == "mermaid":
        problems = _check_mermaid(source.text)
    elif source.notation == "openapi":
        problems = check_openapi(source.text).problems
    else:
        problems = answering.check(source.text)[1]
    return tuple(_moved(problem, source) for problem in problems)


def _check_mermaid(text: str) -> tuple[Problem, ...]:
    word = mermaid.header(text)
    family = mermaid.family_of(word)
    if word in mermaid.OTHERS or (family and not family.checked):
        return (
            Problem(code="mermaid.not_read", severity="info", message=f"A {word} diagram; it is not checked.", line=1),
        )
    problems = mermaid.parse(text).problems
    return tuple(replace(item, severity="warning") if item.code in _TOLERATED else item for item in problems)


def _moved(problem: Problem, source: Source) -> Problem:
    """A finding at its place in the file around the artifact."""
    return replace(
        problem,
        line=None if problem.line is None else problem.line + source.line,
        column=None if problem.column is None else problem.column + source.column,
    )


def _cross_check(folder: Path, sources: list[Source]) -> list[Finding]:
    """A folder's parts against each other; parts that are wrong on their own are left out."""
    parts: dict[tuple[str, str], Source] = {}
    blueprint: Blueprint | None = None
    for source in sources:
        if has_errors(_check(source)):
            continue
        if source.notation == "blueprint":
            blueprint = answering.check(source.text)[0]
        elif (key := _part(source)) is not None:
            parts.setdefault(key, source)
    document = folder / "design.md"
    if document.is_file():
        parts["document", ""] = Source(document, "mermaid", read_text(document))
    if len({kind for kind, _ in parts}) + (blueprint is not None) < 2:
        return []
    language = blueprint.language if blueprint else "en"
    report = cross_check({key: source.text for key, source in parts.items()}, blueprint, language=language)
    return [_placed(problem, parts, folder) for problem in report.problems]


def _part(source: Source) -> tuple[str, str] | None:
    """Which kind and part of a design a file stands for."""
    if source.notation == "openapi":
        return "api", ""
    family = mermaid.header(source.text)
    if family == "sequenceDiagram":
        place = f"-{source.line}" if source.line else ""
        return "sequence", f"{source.path.stem.removeprefix('sequence-')}{place}"
    return ("erd", "") if family == "erDiagram" else None


def _placed(problem: Problem, parts: dict[tuple[str, str], Source], folder: Path) -> Finding:
    source = parts.get((problem.kind or "", problem.part or ""))
    return Finding(folder, problem) if source is None else Finding(source.path, _moved(problem, source))
