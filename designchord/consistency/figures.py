"""Periods of time that a requirement names, and whether anything of a design carries them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from designchord.blueprint.model import Blueprint

_NUMBERS: Final = "one two three four five six seven eight nine ten eleven twelve".split(" ")  # noqa: SIM905
_FIGURE = re.compile(
    rf"\b(?P<en>\d{{1,9}}|{'|'.join(_NUMBERS)})[ -](?P<unit>minute|hour|day|week|month|year)s?\b"
    r"|(?P<ko>\d{1,9}) ?(?P<unit_ko>분|시간|일|주|개월|달|년)(?!차|번)",
    re.IGNORECASE,
)


#: How many minutes (or months) a unit has: two weeks are fourteen days.
_MINUTES: Final = {"minute": 1, "분": 1, "hour": 60, "시간": 60, "day": 1440, "일": 1440, "week": 10080, "주": 10080}
_MONTHS: Final = {"month": 1, "개월": 1, "달": 1, "year": 12, "년": 12}


def figures_in(text: str) -> dict[str, str]:
    """Periods as they are compared, whatever their unit and language, with the words that say them."""
    return {_key(found): found.group() for found in _FIGURE.finditer(text)}


def _key(found: re.Match[str]) -> str:
    written, unit = (found["en"] or found["ko"]).lower(), (found["unit"] or found["unit_ko"]).lower()
    number = _NUMBERS.index(written) + 1 if written in _NUMBERS else int(written)
    return f"{number * _MINUTES[unit]} minutes" if unit in _MINUTES else f"{number * _MONTHS[unit]} months"


def figures_carried(blueprint: Blueprint) -> frozenset[str]:
    """Those that operations, stories, entities and assumptions name; requirements repeat only themselves."""
    return frozenset(key for text in _texts(blueprint) for key in figures_in(text))


def _texts(blueprint: Blueprint) -> Iterator[str]:
    for operation in blueprint.operations:
        yield operation.summary
        yield from (reason for _, reason in operation.errors)
    for story in blueprint.scenarios:
        yield story.title
        yield from (f"{step.message}\n{step.when}" for step in story.steps)
    for entity in blueprint.entities:
        yield entity.description
        yield from (attribute.label for attribute in entity.attributes)
    yield from (assumption.text for assumption in blueprint.assumptions)
