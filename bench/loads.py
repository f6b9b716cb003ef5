"""What is asked for: many ideas, each the size of a real one, and the calls that each leads to.

Three workloads. ``parts`` is the published one: three calls, all known at once (a sequence diagram, the ERD, the API),
because the blueprint is given. ``whole`` is the pipeline: the blueprint first, then everything that follows from it by
a model. ``quick`` is the blueprint alone, and all else compiled from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint, Brief
from designchord.kinds import conversation
from designchord.kinds.registry import KINDS

#: Seconds of one call in the published measurement.
LATENCY = 2.07

#: The kinds of the published three calls, whatever kinds there are besides.
THREE = ("sequence", "erd", "api")

#: Different ideas. More than any cache of designchord holds, so that each design costs what a new one costs.
IDEAS = 200

WORKLOADS = ("parts", "whole", "quick")

Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Load:
    """One design to be made: its idea, and its blueprint where that is given."""

    brief: Brief
    blueprint: str = ""
    effort: str = "thorough"

    @property
    def kinds(self) -> tuple[str, ...]:
        return THREE if self.blueprint else ()


def idea(number: int) -> Brief:
    """Each is about another thing, so that no two designs have an artifact in common."""
    thing = _thing(number % IDEAS)
    return Brief(
        title=f"Library of {thing}s",
        content=(
            f"Neighbours lend tools to each other. A member borrows a {thing}, returns it, and reports damage. "
            f"A {thing} can be reserved for a period; overlapping reservations are refused."
        ),
        requirements=(
            f"- Members can search {thing}s by category.\n"
            f"- A member can reserve a {thing} for a period.\n"
            "- The system must refuse overlapping reservations.\n"
            f"- A {thing} must be returned within 14 days.\n"
        ),
        language="en",
    )


def _thing(number: int) -> str:
    """A noun that no dictionary knows."""
    first, second, third = number % 8, number // 8 % 8, number // 64 % 8
    return f"{'bdfgklmp'[first]}o{'vlnrtkmz'[second]}a{'kmnrtlpd'[third]}"


@cache
def _drafted(number: int) -> Blueprint:
    return drafter.draft(idea(number))


@cache
def _given(number: int) -> str:
    """The blueprint with one scenario, so that there is one sequence diagram to make."""
    drafted = json.loads(answering.dump(_drafted(number)))
    return json.dumps({**drafted, "scenarios": drafted["scenarios"][:1]}, ensure_ascii=False)


def load(workload: str, number: int) -> Load:
    """The design of that number."""
    given = _given(number % IDEAS) if workload == "parts" else ""
    return Load(idea(number), given, "quick" if workload == "quick" else "thorough")


@cache
def stages(workload: str, number: int) -> tuple[tuple[Messages, ...], ...]:
    """The messages of a design's calls: stages come one after another, the calls of a stage all at once."""
    brief = idea(number)
    if workload == "parts":
        return (_of_parts(brief, _given(number % IDEAS), THREE),)
    first = (_messages(conversation.blueprint_opening(brief)),)
    if workload == "quick":
        return (first,)
    return (first, _of_parts(brief, answering.dump(_drafted(number % IDEAS)), tuple(KINDS)))


def calls(workload: str) -> int:
    """Model calls of one design."""
    return sum(map(len, stages(workload, 0)))


def _of_parts(brief: Brief, source: str, kinds: tuple[str, ...]) -> tuple[Messages, ...]:
    blueprint = answering.load(source)
    return tuple(
        _messages(conversation.part_opening(brief, source, KINDS[name].prompt(brief, blueprint, part)))
        for name in kinds
        for part in KINDS[name].parts(blueprint)
    )


def _messages(turns: tuple[conversation.Turn, ...]) -> Messages:
    return [{"role": role, "content": text} for role, text in turns]
