"""What a text states outright: data models and routes. A design has all of it, whoever makes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from designchord.blueprint.model import Blueprint
from designchord.blueprint.naming import fold
from designchord.notation.problems import Problem

_MAX_TOLD: Final = 12
_PREFIX: Final = re.compile(r"^/?(?:api\b)?/?(?:v\d+\b)?(?=/)")


@dataclass(frozen=True, slots=True)
class Stated:
    """``records`` are names with the fields that the text lists, ``routes`` are methods with paths."""

    records: tuple[tuple[str, tuple[str, ...]], ...] = ()
    routes: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.records or self.routes)

    def lines(self) -> Iterator[str]:
        """As a model is told."""
        for name, fields in self.records:
            yield f"record {name}: {', '.join(fields)}" if fields else f"record {name}"
        yield from (f"route {method} {path}" for method, path in self.routes)


def find_missing(stated: Stated, blueprint: Blueprint) -> Iterator[Problem]:
    """What the text states and the blueprint does not have."""
    names = {fold(spelling) for one in blueprint.entities for spelling in (one.name, one.label)}
    calls = {(one.method, _shape(one.path)) for one in blueprint.operations}
    missing = [f"record {name}" for name, _ in stated.records if fold(name) not in names]
    missing += [f"route {method} {path}" for method, path in stated.routes if (method, _shape(path)) not in calls]
    if missing:
        more = f" and {len(missing) - _MAX_TOLD} more" if len(missing) > _MAX_TOLD else ""
        yield Problem(
            code="grounding.stated_missing",
            severity="warning",
            message=f"The text states these, and they are missing: {', '.join(missing[:_MAX_TOLD])}{more}.",
            hint="Add each as an entity or an operation under its own name and path.",
        )


def _shape(path: str) -> str:
    """A path without the names of its parameters and without what stands before all paths of an API."""
    parts = _PREFIX.sub("", path.split("?")[0]).strip("/").split("/")
    return "/".join("{}" if part.startswith(("{", ":", "<", "[")) else fold(part) for part in parts)
