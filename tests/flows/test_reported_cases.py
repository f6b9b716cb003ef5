"""Small files like those that people reported, with the right verdict beside each; they lie beside the checkout where
they exist and are not part of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from designchord.cli import run

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"

#: How a verdict in the table begins → whether the severities that were found agree with it.
VERDICTS = {
    "nothing wrong": lambda found: not found & {"error", "warning"},
    "info": lambda found: not found & {"error", "warning"},
    "warn or error": lambda found: bool(found & {"error", "warning"}),
    "error or warning": lambda found: bool(found & {"error", "warning"}),
    "warn:": lambda found: bool(found & {"error", "warning"}),
    "error": lambda found: "error" in found,
}


def rows() -> Iterator[tuple[str, str]]:
    table = CASES / "README.md"
    for row in table.read_text(encoding="utf-8").splitlines() if table.exists() else ():
        cells = re.match(r"\|\s*`([^`]+)`\s*\|\s*(.+?)\s*\|", row)
        if cells and not cells[1].startswith(("idea-", "llm-")) and (CASES / cells[1]).exists():
            verdict = next((begins for begins in VERDICTS if cells[2].lower().startswith(begins)), None)
            if verdict is not None:
                yield cells[1], verdict


@pytest.mark.parametrize(("name", "right"), list(rows()))
def test_a_reported_file_gets_its_right_verdict(name: str, right: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--json", str(CASES / name)])
    found = {problem["severity"] for problem in json.loads(capsys.readouterr().out)["problems"]}
    assert VERDICTS[right](found)
