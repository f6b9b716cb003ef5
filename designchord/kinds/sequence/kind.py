"""Sequence diagrams: one part for each scenario of the blueprint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.things import Thing, things
from designchord.kinds.about import About
from designchord.kinds.base import Part
from designchord.kinds.diagram import DiagramKind
from designchord.kinds.prompts import name_language, read_prompt
from designchord.kinds.sequence.about import ABOUT
from designchord.kinds.sequence.skeleton import draw
from designchord.notation.facts import CallFact, Facts
from designchord.notation.mermaid import parse
from designchord.notation.mermaid.families.sequence.model import Message
from designchord.notation.mermaid.families.sequence.writing import original_id
from designchord.notation.problems import Fix

_PROMPT: Final = read_prompt(__package__)
_PARAMETER: Final = r"(?<=/)(?:<[\w-]+>|\[[\w-]+\]|\([\w-]+\)|:[A-Za-z]\w*|\*(?!\*))|(?<![A-Za-z0-9])\{[^{}\s/,:]+\}"
#: A call in a message: marks may stand around it (``[GET /loans]``, ``**GET** `/loans```), and a body or a particle may
#: follow it (``POST /loans{seat, day}``, ``GET /loans를``). A segment is of ASCII, or a word of another script.
_CALL: Final = re.compile(
    r"\b(GET|POST|PUT|PATCH|DELETE)\b[\s`*_()\[\]\"':]{1,8}"
    rf"((?:/(?:{_PARAMETER}|(?<=/)[^\W\x00-\x7f]\w*|[A-Za-z0-9._~%@!&+=$-])*)+)"
)
_REQUIREMENTS: Final = re.compile(r"^\s*%%\s*requirements?\s*:(.*)$", re.IGNORECASE | re.MULTILINE)
#: How a reply begins that refuses.
_REFUSAL: Final = re.compile(r"\s*([45][0-9]{2})\b")


class SequenceKind(DiagramKind):
    about: ClassVar[About] = ABOUT
    prompt_version: ClassVar[str] = _PROMPT.version
    max_tokens: ClassVar[int] = 3_000

    def parts(self, blueprint: Blueprint) -> tuple[Part, ...]:
        return tuple({s.id: Part(s.id, s.title) for s in blueprint.scenarios}.values())

    def made_from(self, blueprint: Blueprint, part: Part) -> Mapping[Thing, Any]:
        scenario = blueprint.scenario(part.key)
        if scenario is None:
            return {}
        sides = {scenario.actor, *(side for step in scenario.steps for side in (step.source, step.target))}
        called = {step.operation for step in scenario.steps}
        unsaid = {
            "actor": {"description"},
            "operation": {"section", "actor", "request", "filters", "requirements", "assumed"},
            "scenario": {"description", "assumed"},
        }
        found = things(blueprint, "language", "actor", "operation", "scenario", without=unsaid)
        own: dict[str, set[Any]] = {"language": {""}, "actor": sides, "operation": called, "scenario": {scenario.id}}
        return {thing: said for thing, said in found.items() if thing[1] in own[thing[0]]}

    def prompt(self, brief: Brief, blueprint: Blueprint, part: Part) -> str:
        title = " ".join(part.title.replace('"', "'").split())
        return _PROMPT.fill(language=name_language(brief.language), scenario=part.key, title=title)

    def fix(self, source: str) -> tuple[str, tuple[Fix, ...]]:
        from designchord.notation.mermaid.families.sequence.fixes import fix  # loaded when something is to be mended

        return fix(source)

    def facts(self, source: str) -> Facts | None:
        sequence = parse(source).sequence
        if sequence is None:
            return None
        calls = _calls(sequence.messages)
        written = " ".join(_REQUIREMENTS.findall(source))
        return Facts(
            participants=tuple(original_id(participant.name) for participant in sequence.participants),
            calls=tuple(calls),
            requirements=frozenset(re.findall(r"\bR[0-9]{1,4}\b", written)),
        )

    def skeleton(self, blueprint: Blueprint, part: Part) -> str:
        return draw(blueprint, part.key)


def called(text: str) -> list[tuple[str, str]]:
    """The calls that a message names: method and path."""
    return [(method, path.rstrip("/.!&=~-") or "/") for method, path in _CALL.findall(text)]


def _calls(messages: Sequence[Message]) -> list[CallFact]:
    """The calls in their order, each with the refusals that its target replies before it is called again."""
    calls: list[CallFact] = []
    latest: dict[str, int] = {}
    for message in messages:
        named = called(message.text)
        for method, path in named:
            latest[message.target] = len(calls)
            calls.append(CallFact(method, path, message.line, original_id(message.target)))
        refused = _REFUSAL.match(message.text)
        if refused and not named and message.source in latest:
            at = latest[message.source]
            refusals = (*calls[at].refusals, (int(refused[1]), message.line))
            calls[at] = replace(calls[at], refusals=refusals)
    return calls
