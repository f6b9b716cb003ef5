"""The families of diagrams that are read and drawn: one list (``families.json``) for Python, the build and the page.

A family of the list is read by Mermaid's own grammar and drawn on the page, in exported files and by the server. What
designchord knows of it beyond that (a model, mistakes, causes of errors) is a package here and a line in ``registry``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class Family:
    """``headers`` are the words that a diagram of it may begin with, the usual one first. ``sample`` is a valid one.

    ``module`` is the first part of the name of Mermaid's module that draws it. A family that is ``checked`` has rules
    and a model here; of the others only Mermaid's grammar has its say.
    """

    name: str
    headers: tuple[str, ...]
    module: str
    sample: str
    checked: bool


_LIST: Final = json.loads((files("designchord.notation.mermaid") / "families.json").read_text("utf-8"))

#: The version of Mermaid that reads and draws.
VERSION: Final[str] = _LIST["mermaid"]
FAMILIES: Final = tuple(Family(**{**one, "headers": tuple(one["headers"])}) for one in _LIST["families"])
#: First words of Mermaid diagrams that exist and are neither read nor drawn here.
OTHERS: Final[frozenset[str]] = frozenset(_LIST["others"])

_BY_HEADER: Final = {header: family for family in FAMILIES for header in family.headers}


def family_of(header: str | None) -> Family | None:
    """The family of diagrams that begin with this word."""
    return _BY_HEADER.get(header or "")
