"""Names that a person takes for each other, by Unicode's table of characters that look alike (UTS #39)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def looks(name: str) -> frozenset[str]:
    """What a name looks like, as it is written and in small letters: two names that share one look alike."""
    return frozenset(_skeleton(form).casefold() for form in (name, name.casefold()))


def resembles_any(name: str, others: Iterable[str]) -> bool:
    mine = looks(name)
    return any(mine & looks(other) for other in others)


def _skeleton(name: str) -> str:
    plain = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFD", "".join(map(_prototype, plain)))


def _prototype(character: str) -> str:
    """What stands for all characters that look like this one.

    The table has for each what looks like it: for one that stands for others all of these, for the others only it.
    """
    from confusable_homoglyphs.confusables import confusables_data  # a megabyte, of use to few commands

    alike: list[str] = [each["c"] for each in confusables_data.get(character, ())]
    if len(alike) != 1:
        return character
    back = confusables_data.get(alike[0], ())
    return min(character, alike[0]) if len(back) == 1 else alike[0]
