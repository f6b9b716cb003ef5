"""The table of threats in the documentation names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "security.md"


def rows() -> list[list[str]]:
    """The table's rows, cell by cell, without its head."""
    table = PAGE.read_text(encoding="utf-8").partition("## Threats")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def functions_of(module: str) -> set[str]:
    path = TESTS / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_threat_has_something_that_stops_it_and_a_test_that_shows_it() -> None:
    assert len(rows()) > 15
    for asset, attacker, what_stops_it, shown_by in rows():
        assert asset
        assert attacker
        assert what_stops_it
        named = re.findall(r"`([\w/]+)::(test_\w+)`", shown_by)
        assert named, attacker
        assert [f"{module}::{name}" for module, name in named if name not in functions_of(module)] == []
