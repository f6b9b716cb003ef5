"""A design of what was read: the same by command and over HTTP."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from designchord.errors import BadInput
from designchord.notation.openapi.reading import Document, read
from designchord.readers.inputs import Input
from designchord.readers.joining import Given, Joined, join
from designchord.readers.reading import Reading
from designchord.readers.system import System

#: Readings that are listed where nobody said what the system is for.
_LISTED = 50


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read, the blueprint that it gives, and what stands for the idea."""

    system: System
    joined: Joined
    brief: Brief


def imported(
    readings: Sequence[Reading],
    *,
    where: str,
    author: Brief | None = None,
    title: str = "",
    language: str = "",
    only: Sequence[str] = (),
) -> Imported:
    """``author`` is an idea that came along; its title, language and requirements count. ``where`` names the inputs.

    Raises ``BadInput`` where nothing was read that a design could be made of.
    """
    system = System(readings)
    chosen = tuple(one.strip() for one in only if one.strip())
    given = Given(title=title, language=language or "en", only=chosen)
    if author is not None:
        given = Given(author.title, author.content, author.language, read_requirements(author), chosen)
    joined = join(system, given)
    if joined is None:
        first = next((f" {one.name}: {one.problem.message}" for one in system.remarks), "")
        what = "among what was chosen" if chosen else f"in {where[:200]}"
        raise BadInput(f"There is no data model and no API {what}.{first}", code="nothing_read")
    return Imported(system, joined, author or _brief(system, joined))


def _brief(system: System, joined: Joined) -> Brief:
    blueprint = joined.blueprint
    told = "\n".join(f"- {reading.name} ({reading.notation})" for reading in system.readings[:_LISTED])
    return Brief(blueprint.title, f"{blueprint.title}\n\n{told}", "", blueprint.language)


class Enclosed:
    """The files that came together, for references from one to another."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._texts: Mapping[str, str] = {posixpath.normpath(given.name): given.text for given in inputs}

    def find(self, base: str, reference: str) -> str | None:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(base), reference))
        return name if name in self._texts else None

    def read(self, name: str) -> Document | None:
        text = self._texts.get(posixpath.normpath(name))
        return None if text is None else read(text)
