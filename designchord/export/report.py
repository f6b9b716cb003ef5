"""The cross-check's report as exports show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designchord.notation.particles import settle_particles


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A requirement and, by column, where it is met."""

    requirement: str
    text: str
    cells: tuple[str, ...]


def place(problem: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Where a finding is, in words: the kind, the part, the line."""
    kind = str(problem.get("kind") or "")
    found = " ".join(filter(None, (labels.get(f"kind.{kind}", kind), str(problem.get("part") or ""))))
    return f"{found} {labels['line']} {problem['line']}".strip() if problem.get("line") else found


def matrix_columns(report: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds that requirements are traced through, in reading order."""
    return tuple(dict.fromkeys(kind for row in _rows(report) for kind in row["cells"]))


def matrix_heads(report: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, ...]:
    """What stands above the cells of the matrix, in words: the kinds, and whether a requirement is shown to run."""
    kinds = tuple(labels.get(f"kind.{column}", column) for column in matrix_columns(report))
    return (*kinds, labels["runs"]) if kinds and report.get("rehearsal") else kinds


def matrix_rows(report: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[MatrixRow, ...]:
    columns = matrix_columns(report)
    rehearsed = bool(columns and report.get("rehearsal"))
    return tuple(
        MatrixRow(
            row["id"],
            _text(row, labels),
            (*(_cell(row["cells"].get(kind) or {}) for kind in columns), *([_runs(row)] if rehearsed else [])),
        )
        for row in _rows(report)
    )


def rehearsal_words(report: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, ...]:
    """What the rehearsal shows, and what it does not; nothing where none was held."""
    rehearsal = report.get("rehearsal")
    if not rehearsal:
        return ()
    if not rehearsal["total"]:
        return (labels["rehearsed_nothing"],)
    workflows = [one for story in rehearsal["stories"] for one in story["workflows"]]
    asked = sum(bool(one.get("asked_for")) for one in workflows)
    told = [labels["rehearsed"].format(**{name: rehearsal[name] for name in ("ran", "total", "tables")})]
    told += [labels["rehearsed_asked"].format(count=asked)] if asked else []
    return (*told, labels["rehearsed_meaning"])


def broken_stories(report: Mapping[str, Any]) -> tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]:
    """The stories that did not run, each with what was found in it."""
    found = [one for one in report.get("problems") or () if str(one.get("code", "")).startswith("rehearsal.")]
    return tuple(
        (story["title"] or story["id"], tuple(one for one in found if one.get("part") == story["id"]))
        for story in (report.get("rehearsal") or {}).get("stories") or ()
        if not story["ran"]
    )


def _runs(row: Mapping[str, Any]) -> str:
    return f"✓ {', '.join(row['runs'])}" if row.get("runs") else "–"


def _text(row: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """A requirement's words, and what of it nothing does; of one that no longer counts what became of it."""
    former = row.get("former")
    if not former:
        missing = ", ".join(row.get("missing") or ())
        return f"{row['text']} ({labels['missing'].format(words=missing)})" if missing else str(row["text"])
    fate = settle_particles(labels["superseded"].format(by=former["by"])) if former.get("by") else labels["retired"]
    return f"{row['text']} ({', '.join(filter(None, (fate, former.get('on'), former.get('reason'))))})"


def _rows(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((report.get("matrix") or {}).get("rows") or ())


def _cell(cell: Mapping[str, Any]) -> str:
    """Whether and how; a dash where the question does not arise. What nobody has checked gets no tick."""
    unsure = _UNSURE.get(cell.get("grade") or "")
    if unsure:
        return f"{unsure} {cell.get('how') or ''}".rstrip()
    if cell.get("covered") is None:
        return "–"
    return f"✓ {cell.get('how') or ''}".rstrip() if cell["covered"] else "✗"


#: Signs of links that are inferred, and of links that somebody named and no words bear out.
_UNSURE = {"inferred": "~", "undecided": "?"}
