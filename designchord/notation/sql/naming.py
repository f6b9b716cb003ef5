"""Names and labels as every dialect of SQL takes them."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

#: PostgreSQL cuts longer names off; MySQL takes one more.
LONGEST_NAME: Final = 63


def one_line(written: str) -> str:
    """Text that stands in a comment: on one line, without what no database keeps."""
    if not written.isprintable():
        unkept = ("Cc", "Cs", "Zl", "Zp")
        written = "".join(" " if unicodedata.category(letter) in unkept else letter for letter in written)
    return " ".join(written.split())


def short(name: str) -> str:
    """A name within the limit of every dialect; what is cut off is told apart by a digest."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    kept = name.encode()[: LONGEST_NAME - 9].decode(errors="ignore")
    return f"{kept.rstrip('_')}_{digest}"


class Names:
    """Names of constraints and indexes, which share one room in some dialects."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __call__(self, prefix: str, *parts: str) -> str:
        wish = short("_".join((prefix, *parts)))
        name, number = wish, 2
        while name.lower() in self._taken:
            name, number = short(f"{wish}_{number}"), number + 1
        self._taken.add(name.lower())
        return name
