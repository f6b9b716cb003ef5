"""Names and texts of what was read as a blueprint writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from designchord.blueprint.naming import singular, snake, split_words


def free_name(name: str, taken: set[str]) -> str:
    """A name that nobody else has; a number makes a second one its own."""
    name = name[:60]
    chosen, number = name, 1
    while chosen.lower() in taken:
        number += 1
        chosen = f"{name}{number}"
    taken.add(chosen.lower())
    return chosen


def singular_name(name: str) -> str:
    words = split_words(name)
    return "_".join((*words[:-1], singular(words[-1]))) if words else name


def spaced(name: str) -> str:
    text = " ".join(split_words(name))
    return text[:1].upper() + text[1:]


def one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def snake_names(written: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(
        name for one in written if (name := snake(one)) and re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name)
    )


class Beginnings:
    """Names, to ask whether another is one of them with more words: ``LoanDetail`` of ``Loan``."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known = {tuple(split_words(name)) for name in names}

    def has_one_of(self, name: str) -> bool:
        words = tuple(split_words(name))
        return any(words[:count] in self._known for count in range(1, len(words)))
