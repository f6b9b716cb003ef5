"""The cross-check's report as exports show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_COLUMNS = ("document", "sequence", "erd", "api")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A requirement and, by column, where it is met."""

    requirement: str
    text: str
    cells: tuple[str, ...]


def place(problem: Mapping[str, Any], said: Mapping[str, str]) -> str:
    """Where a finding is, in words: the kind, the part, the line."""
    kind = str(problem.get("kind") or "")
    found = " ".join(filter(None, (said.get(f"kind.{kind}", kind), str(problem.get("part") or ""))))
    return f"{found} {said['line']} {problem['line']}".strip() if problem.get("line") else found


def matrix_columns(report: Mapping[str, Any]) -> tuple[str, ...]:
    rows = _rows(report)
    return tuple(column for column in _COLUMNS if any(column in row for row in rows))


def matrix_rows(report: Mapping[str, Any]) -> tuple[MatrixRow, ...]:
    columns = matrix_columns(report)
    return tuple(
        MatrixRow(str(row.get("id", "")), str(row.get("text", "")), tuple(_cell(row.get(name)) for name in columns))
        for row in _rows(report)
    )


def _rows(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = (report.get("matrix") or {}).get("rows") or []
    return [row for row in rows if isinstance(row, Mapping)]


def _cell(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, bool) or value is None:
        return "✓" if value else "–"
    return str(value)
