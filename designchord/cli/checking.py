"""Checks files by notation, and a folder's parts against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.cli.neighbours import Folder
from designchord.cli.sources import Remark, Source, find_sources
from designchord.cli.texts import read_file
from designchord.consistency.report import cross_check
from designchord.errors import BadInput
from designchord.kinds.base import Kind
from designchord.kinds.registry import KINDS
from designchord.notation import mermaid
from designchord.notation.openapi.bundling import bundle
from designchord.notation.openapi.reading import read as read_openapi
from designchord.notation.openapi.writing import to_json
from designchord.notation.problems import Problem, Severity, has_errors

#: What a design refuses, and how much it matters in a file that somebody wrote for elsewhere; none where it is legal.
_REFUSED: Final[dict[str, Severity]] = {
    "mermaid.refused.html": "warning",
    "mermaid.refused.interaction": "info",
    "mermaid.refused.script": "error",
}


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A problem, and the file or folder that it is in."""

    path: Path
    problem: Problem


_LIMITS = frozenset(
    ("mermaid.too_large", "mermaid.too_costly", "openapi.too_large", "openapi.too_deep", "openapi.newer_version")
)

#: What is said of an artifact that was not looked at: it is another diagram, or over a limit of ours.
_NOT_CHECKED = _LIMITS | {"mermaid.not_read"}


@dataclass(frozen=True, slots=True)
class Result:
    """``checked`` counts artifacts, so several diagrams of one Markdown file count each; ``not_checked`` counts what
    was found and not looked at, a finding each."""

    checked: int
    not_checked: int
    findings: tuple[FileProblem, ...]

    def counts(self) -> dict[str, int]:
        found = Counter(finding.problem.severity for finding in self.findings)
        return {"error": found["error"], "warning": found["warning"], "info": found["info"]}


def check_paths(paths: tuple[Path, ...]) -> Result:
    """Everything that is wrong under the paths. Raises ``BadInput`` when there is nothing to check."""
    found = list(find_sources(paths))
    remarks = [item for item in found if isinstance(item, Remark)]
    findings = [FileProblem(remark.path, remark.problem) for remark in remarks]
    checked: list[tuple[Source, tuple[Problem, ...]]] = []
    folders: dict[Path, Folder] = {}
    for source in (item for item in found if isinstance(item, Source)):
        elsewhere: list[FileProblem] = []
        if source.notation == "openapi":
            around = (path for path in paths if path.is_dir() and source.path.is_relative_to(path))
            root = next(around, source.path.parent)
            source, problems, elsewhere = _check_api(source, folders.setdefault(root, Folder(root)))
        else:
            problems = _check(source)
        checked.append((source, problems))
        findings += [*(FileProblem(source.path, problem) for problem in problems), *elsewhere]
    if not checked:
        _refuse(paths, remarks)
    findings = list(dict.fromkeys(findings))  # descriptions may share files
    for folder in paths:
        if folder.is_dir():
            sound = [source for source, problems in checked if not has_errors(problems)]
            findings += _cross_check(folder, [source for source in sound if source.path.is_relative_to(folder)])
    passed_over = sum(any(problem.code in _NOT_CHECKED for problem in problems) for _, problems in checked)
    unread = sum(not remark.read for remark in remarks)
    return Result(len(checked) - passed_over, passed_over + unread, tuple(findings))


def _refuse(paths: tuple[Path, ...], remarks: list[Remark]) -> None:
    """Nothing can be checked, which is bad input, but for a folder in which files could not be read."""
    named = ", ".join(map(str, paths))
    if not remarks:
        raise BadInput(f"There is nothing to check in {named}: no Mermaid, no OpenAPI, no blueprint.", code="empty")
    if not any(path.is_dir() for path in paths):
        problem = remarks[0].problem
        hint = f" {problem.hint}" if problem.hint else ""
        raise BadInput(f"{remarks[0].path}: {problem.message}{hint}", code=problem.code.partition(".")[2])


def _check(source: Source) -> tuple[Problem, ...]:
    problems = _check_mermaid(source.text) if source.notation == "mermaid" else answering.check(source.text)[1]
    return tuple(_moved(_lenient(problem), source) for problem in problems)


def _check_api(source: Source, folder: Folder) -> tuple[Source, tuple[Problem, ...], list[FileProblem]]:
    """A description, with what its references lead to in the files around it: as one, and what is wrong in those."""
    bundled = bundle(source.document or read_openapi(source.text), folder.name(source.path), folder)
    problems = tuple(map(_lenient, bundled.check().problems))
    elsewhere = [
        FileProblem(folder.path(name), problem)
        for name, found in bundled.problems_elsewhere().items()
        for problem in map(_lenient, found)
    ]
    if bundled.files and bundled.document.value is not None:
        source = replace(source, text=to_json(bundled.document.value), document=None, bundled=True)
    return source, problems, elsewhere


def _lenient(problem: Problem) -> Problem:
    """A limit of ours is no fault of the file."""
    return replace(problem, severity="warning") if problem.code in _LIMITS else problem


def _check_mermaid(text: str) -> tuple[Problem, ...]:
    family = mermaid.family_of(mermaid.header(text))
    if family and not family.checked and (kind := _kind_of("mermaid", family.name)):
        return kind.check(text)
    unchecked = mermaid.find_unchecked(text)
    if unchecked is not None:
        return (unchecked,)
    diagram = mermaid.parse(text)
    refused = [replace(item, severity=_REFUSED[item.code]) for item in diagram.refused if item.code in _REFUSED]
    return (*refused, *diagram.problems)


def _moved(problem: Problem, source: Source) -> Problem:
    """A finding at its place in the file around the artifact."""
    return replace(
        problem,
        line=None if problem.line is None else problem.line + source.line,
        column=None if problem.column is None else problem.column + source.column,
    )


def _cross_check(folder: Path, sources: list[Source]) -> list[FileProblem]:
    """A folder's parts that are right on their own against each other."""
    parts: dict[tuple[str, str], Source] = {}
    blueprint: Blueprint | None = None
    for source in sorted(sources, key=_is_named_otherwise):
        if source.notation == "blueprint":
            blueprint = answering.check(source.text)[0]
        elif (key := _part(source)) is not None:
            parts.setdefault(key, source)
    for name, kind in KINDS.items():
        document = folder / kind.about.file
        if kind.about.notation != "markdown" or not document.is_file():
            continue
        if (text := read_file(document).text) is not None:
            parts[name, ""] = Source(document, "markdown", text)
    if len({kind for kind, _ in parts}) + (blueprint is not None) < 2:
        return []
    language = blueprint.language if blueprint else "en"
    report = cross_check({key: source.text for key, source in parts.items()}, blueprint, language=language)
    return [_placed(problem, parts, folder) for problem in report.problems]


def _part(source: Source) -> tuple[str, str] | None:
    """Which kind and part of a design a file stands for."""
    family = mermaid.family_of(mermaid.header(source.text)) if source.notation == "mermaid" else None
    kind = _kind_of(source.notation, family.name if family else "")
    if kind is None:
        return None
    part = kind.about.part_of(source.path.stem)
    return kind.name, f"{part}-{source.line}" if part and source.line else part


def _is_named_otherwise(source: Source) -> bool:
    """Whether a file has another name than its kind gives it: where there is one of that name, it is the part."""
    return all(source.path.name != kind.about.file for kind in KINDS.values())


def _kind_of(notation: str, family: str) -> Kind | None:
    """The kind of artifact that is written so: the notation, and the family where it is one of diagrams."""
    wanted = (notation, family)
    return next((kind for kind in KINDS.values() if (kind.about.notation, kind.about.family) == wanted), None)


def _placed(problem: Problem, parts: dict[tuple[str, str], Source], folder: Path) -> FileProblem:
    source = parts.get((problem.kind or "", problem.part or ""))
    problem = replace(problem, fix=_placed_fix(problem.fix, parts))
    if source is None:
        return FileProblem(folder, problem)
    if source.bundled:
        return FileProblem(source.path, replace(problem, line=None, column=None))
    return FileProblem(source.path, _moved(problem, source))


def _placed_fix(fix: Mapping[str, Any] | None, parts: dict[tuple[str, str], Source]) -> Mapping[str, Any] | None:
    """A mend with the file that it edits; none where the artifact does not stand there as it was read."""
    if fix is None or "edits" not in fix:
        return fix
    source = parts[fix["kind"], fix["part"]]
    if source.bundled or source.column:
        return None
    moved = [{**edit, "line": edit["line"] + source.line} for edit in fix["edits"]]
    return {**fix, "path": str(source.path), "edits": moved}
