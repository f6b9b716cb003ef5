"""What headings, table columns and small words say, in the languages that ideas are written in (``sections.yaml``)."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import yaml

Scope = Literal["demands", "quality", "constraints", "aside", "data", "overview", "plain"]

# Where two are said, the more telling one counts: ``non-functional requirements``, ``out of scope``.
_ORDER: tuple[Scope, ...] = ("aside", "quality", "demands", "constraints", "data", "overview")
_FILLER = (
    r"(?:the|our|this|your|it|app|application|server|project|locally|how to|and|&"
    r"|guide|guides|instructions|information|notes|section|used|의|및|안내|정보|について|[\s/,·:()-])*"
)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    with (Path(__file__).parent / "data" / "sections.yaml").open("rb") as file:
        table: dict[str, dict[str, list[str]]] = yaml.load(file, Loader=yaml.CSafeLoader)
    return table


def _pattern(term: str) -> str:
    escaped = (
        re.escape(term)
        .replace(r"\ \*\ ", r"\s+(?:\w+\s+){1,3}")
        .replace(r"\*", r"\w*")
        .replace(r"\ ", r"\s*" if term[0] > "\u0fff" else r"\s+")
    )
    return escaped if term[0] > "\u0fff" else rf"(?<!\w){escaped}(?!\w)"


@cache
def _said(name: str) -> re.Pattern[str]:
    terms = dict.fromkeys(str(term).lower() for terms in _table()[name].values() for term in terms)
    return re.compile("|".join(_pattern(term) for term in sorted(terms, key=len, reverse=True)))


@cache
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_FILLER}(?:(?:{_said(name).pattern}){_FILLER})+")


def says(name: str, text: str) -> bool:
    """Whether a text has one of the words of that list."""
    return bool(_said(name).search(text.lower()))


def is_wholly(name: str, text: str) -> bool:
    """Whether a text is nothing but words of that list and small words between them."""
    return bool(_whole(name).fullmatch(text.lower().strip(" :.#")))


def states_data(title: str) -> bool:
    """Whether a heading says that what is below it are records and their fields."""
    return says("data", title) or is_wholly("data_alone", title)


def is_aside(title: str) -> bool:
    """Whether a heading says that what is below it is no part of what is made: how it is run, what it is built with."""
    return is_wholly("aside", title)


def scope_of(section: tuple[str, ...], *, demanded: bool = False) -> Scope:
    """What the innermost heading that tells says about the lines under it.

    ``demanded``: the lines stand where only demands do. There, and under a heading that announces demands, a heading
    such as ``Schedule`` names a subject of the project.
    """
    scopes = [_own_scope(title) for title in section]
    first = scopes.index("demands") if "demands" in scopes else len(scopes)
    for depth in range(len(section) - 1, -1, -1):
        inside = demanded or depth > first
        scope = scopes[depth]
        if scope == "plain" or (inside and scope in {"data", "overview"}):
            continue
        if inside and scope == "aside" and len(section[depth].split()) < 2 and section[depth].isascii():
            continue
        return scope
    return "demands" if demanded else "plain"


_ASKS = re.compile(r"[?？]$|(?:나요|까요|는가|을까|ですか|ますか)[.?]?$")


@lru_cache(maxsize=2_000)
def _own_scope(title: str) -> Scope:
    if _ASKS.search(title.strip()):
        # A template asks why, for whom, how it is tested; its answers are demands only where it asks what is done.
        return (
            "aside" if says("question_aside", title) else "demands" if says("question_demands", title) else "overview"
        )
    for scope in _ORDER:
        if is_wholly(scope, title) if scope in {"aside", "overview"} else says(scope, title):
            return scope
    return "data" if states_data(title) or says("calls", title) else "plain"
