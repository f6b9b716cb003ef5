"""Words for whoever acts, known by how they are built: ``inspectors``, ``a cyclist``."""

from __future__ import annotations

import re
from functools import cache

from designchord.language.lexicon import data_lines

_BUILT = re.compile(
    r"(?:[a-z]{2}er|tor|sor|ist|ian|ee|man|woman|coordinator|respondent|applicant|resident|assistant|attendant)$"
)
# A program may be one as well; several of them, or any one of them, are people.
_DOUBTFUL = re.compile(r"(?:editor|operator|creator|viewer|reader)$")
_ANY_ONE = re.compile(r"\b(?:an?|each|every|any|only|no)\s+(?:[\w-]+\s+)?$", re.IGNORECASE)


@cache
def _tools() -> tuple[str, ...]:
    return tuple(word for line in data_lines("tools.en.txt") for word in line.split())


def is_agent(word: str, *, several: bool = False, before: str = "") -> bool:
    """Whether a singular lower-case noun is a word for people; ``before`` is the text in front of it."""
    if not _BUILT.search(word) or word.endswith(_tools()):
        return False
    return several or not _DOUBTFUL.search(word) or bool(_ANY_ONE.search(before))
