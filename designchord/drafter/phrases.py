"""Fixed sentences in the reader's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

import yaml

from designchord.language import naming
from designchord.notation.particles import settle_particles


@cache
def _table() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "data" / "phrases.yaml").open("rb") as file:
        return cast("dict[str, dict[str, str]]", yaml.load(file, Loader=yaml.CSafeLoader))


class Phrases:
    """The table in one language: Korean for Korean, English for every other."""

    def __init__(self, language: str) -> None:
        self.language = "ko" if language.split("-")[0] == "ko" else "en"

    def __call__(self, key: str, **values: object) -> str:
        text = _table()[key][self.language].format(**values)
        return settle_particles(text) if self.language == "ko" else text

    def has(self, key: str) -> bool:
        return key in _table()

    def thing(self, key: str, label: str, **values: object) -> str:
        """A phrase about a thing: ``{thing}``, ``{things}`` and ``{a_thing}`` are its label."""
        return self(key, thing=label, things=many(label), a_thing=article(label), **values)


_UNCOUNTED = frozenset(
    ["equipment", "stock", "inventory", "feedback", "staff", "maintenance", "attendance", "clothing", "blood"]
).union(naming.ONLY_PLURAL)


def article(label: str) -> str:
    if not label.isascii() or not label.strip() or label.split()[-1].lower() in _UNCOUNTED:
        return label
    if label.endswith("s") and naming.singular(label.split()[-1]) != label.split()[-1]:
        return label
    low = label.lower()
    sounds_like_you = low.startswith(("uni", "use", "usa", "util", "eu", "one"))
    return f"an {label}" if low[:1] in "aeiou" and not sounds_like_you else f"a {label}"


def many(label: str) -> str:
    return naming.plural(label) if label.isascii() and label[-1:].isalpha() and label[-1:].islower() else label
