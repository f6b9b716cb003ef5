"""How likely it is that something is kept: the signs for and against it, weighed together.

The weights are those of a logistic regression. It was fitted to the texts of 61 public repositories, where a candidate
counts as kept when the repository's own schema has it (``docs/decisions.md``). The rules of ``entities`` read single
sentences; this sees the whole text.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

from designchord.drafter.candidates import Candidate
from designchord.drafter.signs import signs_of
from designchord.drafter.sketch import Sketch

#: What one unit of a sign adds to the log odds. Where a sign is a count, the unit is its logarithm (of one more).
WEIGHTS: Final = MappingProxyType(
    {
        "known": 0.98,  # the catalogue has it
        "word": 1.14,  # the dictionary has the word, the catalogue not the thing
        "guessed": -0.67,  # its name was made of an unknown word
        "spelled": -1.36,  # its name was spelled out in Latin letters
        "account": 0.77,  # people with accounts
        "part": 0.55,  # by the catalogue it is reached through what it is part of
        "alone": -2.11,  # by the catalogue it needs another thing near, and none is there
        "acts": -0.91,  # sentences in which it does something
        "seen": 0.57,  # somebody looks at it
        "effects": 1.11,  # it changes when somebody does something
        "demands": 0.19,  # demands that speak of it
        "usual": 0.7,  # how usual such a thing is in schemas (data/usual.txt)
        "head": 0.56,  # how usual things with the last word of its name are
        "implied": 1.55,  # its word stands nowhere: only a verb makes it
        "plural": 0.64,  # it stands in the plural
        "worked": 0.35,  # near behind a verb of keeping
        "managed": 0.75,  # before "management" and the like
        "leading": 0.29,  # at the beginning of an item or a row
        "coded": 0.36,  # in paths and names of code
        "owning": -0.7,  # before 's
        "korean": 1.02,  # the text is Korean, where nothing shows a plural
        "rank": -0.32,  # how many things the sentences say more of
        "share": 1.15,  # how much they say of it, where what they say most of is 1
        "owns": 0.28,  # things there that by the catalogue belong to it
    }
)
_NONE: Final = -3.12
#: From here on a thing of the catalogue is kept, whatever the rules say of single sentences.
KEPT: Final = 0.4
#: Below this nothing is, whatever they say, but for what is stated outright and for whoever has the account.
DROPPED: Final = 0.2
#: Hardly any text that the weights were fitted to is shorter; of a few sentences the rules alone decide.
_SHORTEST: Final = 1000


def likelihoods(candidates: dict[str, Candidate], sketch: Sketch) -> dict[str, float]:
    """How likely each candidate is kept, by name; nothing of a text that is too short to tell."""
    if sum(len(statement.text) for statement in sketch.statements) < _SHORTEST:
        return {}
    return {name: _likely(signs) for name, signs in signs_of(candidates, sketch).items()}


def _likely(signs: dict[str, float]) -> float:
    odds = _NONE + sum(weight * signs[sign] for sign, weight in WEIGHTS.items())
    return 1 / (1 + math.exp(-odds))
