"""What is loaded while the first model writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from designchord.pipeline.warming import pieces

ROOT = Path(__file__).resolve().parents[2]

LOADED_LATE = ("quickjs", "jsonschema_rs")


def test_every_piece_of_the_small_design_is_right() -> None:
    for piece in pieces():
        piece()


def test_after_it_nothing_large_is_loaded_by_a_check() -> None:
    program = f"""
import sys
from designchord.pipeline.warming import pieces
before = set(sys.modules)
for piece in pieces():
    piece()
warm = set(sys.modules)
assert set({LOADED_LATE!r}) <= warm - before, "loaded by the warming, not before"
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
