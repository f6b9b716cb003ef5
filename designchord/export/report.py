"""The cross-check's report as exports show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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


def matrix_rows(report: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[MatrixRow, ...]:
    columns = matrix_columns(report)
    return tuple(
        MatrixRow(row["id"], _text(row, labels), tuple(_cell(row["cells"].get(kind) or {}) for kind in columns))
        for row in _rows(report)
    )


def _text(row: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """A requirement's words; of one that no longer counts also what became of it."""
    former = row.get("former")
    if not former:
        return str(row["text"])
    fate = labels["superseded"].format(by=former["by"]) if former.get("by") else labels["retired"]
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
