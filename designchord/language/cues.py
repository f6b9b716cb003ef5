"""Signs in the text that say what kind of sentence stands there; the signs themselves are data."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml


@cache
def _table() -> dict[str, list[str]]:
    with (Path(__file__).parent / "data" / "cues.yaml").open("rb") as file:
        table: dict[str, list[str]] = yaml.load(file, Loader=yaml.CSafeLoader)
    return table


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_table()[name]), re.IGNORECASE)


def shows(name: str, text: str) -> re.Match[str] | None:
    """Where the text shows the sign of that name."""
    return _pattern(name).search(text)
