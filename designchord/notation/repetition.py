"""Text that goes round in circles: what a small model writes when it has nothing more to say and does not stop."""

from __future__ import annotations

import re
from typing import Final

#: A circle counts when it was gone through so often and fills so many characters.
_ROUNDS: Final = 12
_CHARS: Final = 1_000
_LONGEST: Final = 300
#: Whatever goes round so ends with so many characters that it has said before; little else does.
_SAID_BEFORE: Final = _CHARS // 2
#: Only the end is looked at; a circle of this length at most fits in it often enough.
TAIL: Final = _LONGEST * _ROUNDS

_NUMBER = re.compile(r"\d+")


def is_circling(text: str) -> bool:
    """Whether the text ends in one piece of up to 300 characters repeated, numbers counted on or not."""
    tail = _NUMBER.sub("0", text[-TAIL:])
    if len(tail) < _CHARS:
        return False
    said = tail[-_SAID_BEFORE:]
    last = at = len(tail) - len(said)
    while (at := tail.rfind(said, max(0, last - _LONGEST), at + len(said) - 1)) >= 0:
        size = last - at
        rounds = max(_ROUNDS, -(-_CHARS // size))
        if len(tail) < size * rounds:
            continue
        end = tail[-size * rounds :]
        if end[size:] == end[:-size]:
            return True
    return False
