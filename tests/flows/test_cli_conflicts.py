"""Where a change meets what somebody edited by hand, the command line shows both sides and lets one choose."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands import designchord

IDEA = (
    "# Tool library\n\nMembers borrow tools. A tool has a name and a serial number. "
    "Keepers add tools and remove tools.\n"
)
WORDS = "change the type of Tool.serial_number to integer"


class Person:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path.cwd()),
            "DESIGNCHORD_HOME": str(folder / "home"),
        }
        (folder / "idea.md").write_text(IDEA, encoding="utf-8")
        self.say("generate", "idea.md", "--model", "offline", "--out", "out")
        self.design = str(json.loads(self.say("list", "--json").stdout)[0]["id"])
        source = self.erd()["revision"]["source"]
        self.edited = source.replace("serial_number", "serial_code")
        assert self.say("edit", self.design, "erd", "--from", "-", text=self.edited).returncode == 0

    def say(self, *arguments: str, text: str = "", terminal: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command; with ``terminal`` somebody types this at one."""
        if terminal is None:
            return designchord(*arguments, env=self.environ, cwd=self.folder, text=text)
        keys, screen = pty.openpty()
        os.write(keys, terminal.encode())
        try:
            return subprocess.run(
                [sys.executable, "-m", "designchord", *arguments],
                stdin=screen,
                capture_output=True,
                text=True,
                timeout=120,
                env=self.environ,
                cwd=self.folder,
            )
        finally:
            os.close(keys)
            os.close(screen)

    def change(self, *options: str, terminal: str | None = None) -> subprocess.CompletedProcess[str]:
        return self.say("change", self.design, WORDS, *options, terminal=terminal)

    def erd(self) -> dict[str, Any]:
        return dict(json.loads(self.say("show", self.design, "erd", "--json").stdout))


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)


def test_both_sides_are_shown_and_without_a_choice_the_edit_stays_and_the_exit_code_says_so(person: Person) -> None:
    seen = person.change("--preview")
    assert seen.returncode == 0, seen.stderr
    mine, theirs = (
        next(line for line in seen.stderr.splitlines() if f"  {side} " in line) for side in ("mine", "change")
    )
    assert ("serial_code" in mine, "integer serial_number" in theirs or "int serial_number" in theirs) == (True, True)
    done = person.change("--yes")
    assert done.returncode == 3
    assert "erd stays as it was edited; choose a side with --keep" in done.stderr
    assert person.erd()["revision"]["source"] == person.edited
    assert person.erd()["stale"]


@pytest.mark.parametrize(("side", "kept"), [("mine", "serial_code"), ("change", "serial_number")])
def test_a_side_is_chosen_by_an_option(person: Person, side: str, kept: str) -> None:
    done = person.change("--yes", "--keep", side)
    assert done.returncode == 0, done.stderr
    assert kept in person.erd()["revision"]["source"]
    assert person.erd()["stale"] is None, "what somebody has looked at is up to date, also where nothing of it changed"


def test_a_side_is_chosen_at_the_terminal(person: Person) -> None:
    done = person.change(terminal="y\nchange\n")
    assert done.returncode == 0, done.stderr
    assert "Keep (mine, change)" in done.stderr
    assert "serial_code" not in person.erd()["revision"]["source"]
