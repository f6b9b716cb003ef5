"""A sequence diagram compiled from a scenario of the blueprint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from designchord.blueprint.model import Blueprint, Operation, Scenario, ScenarioStep
from designchord.blueprint.naming import singular
from designchord.notation.mermaid.families.sequence.writing import free_text, participant_id

#: What the drawing itself has to say, in the languages that designs are mostly written in.
WORDS: Final = {
    "en": {"System": "System", "Database": "Database", "otherwise": "otherwise"},
    "ko": {"System": "시스템", "Database": "데이터베이스", "otherwise": "그 외"},
    "ja": {"System": "システム", "Database": "データベース", "otherwise": "それ以外"},
    "zh": {"System": "系统", "Database": "数据库", "otherwise": "否则"},
}
#: Branches deeper than this are drawn as ``break``, which means the same and needs no indentation.
_DEEPEST_ALT: Final = 3


@dataclass(slots=True)
class _Branch:
    when: str
    steps: list[ScenarioStep]


@dataclass(slots=True)
class _Stretch:
    """Steps in a row; then perhaps branches, each of which happens instead of ``rest``."""

    steps: list[ScenarioStep]
    branches: list[_Branch] = field(default_factory=list)
    rest: list[ScenarioStep] = field(default_factory=list)


def draw(blueprint: Blueprint, scenario_id: str) -> str:
    """The diagram of one scenario. Raises ``KeyError`` when the blueprint has none of that id."""
    scenario = blueprint.scenario(scenario_id)
    if scenario is None:
        raise KeyError(scenario_id)
    words = WORDS.get(blueprint.language.split("-")[0], WORDS["en"])
    drawing = _Drawing(blueprint, scenario, words)
    return drawing.text()


class _Drawing:
    def __init__(self, blueprint: Blueprint, scenario: Scenario, words: dict[str, str]) -> None:
        self.scenario = scenario
        self.words = words
        self.actors = {actor.id: actor for actor in blueprint.actors}
        self.operations = {operation.id: operation for operation in blueprint.operations}
        self.lines: list[str] = []

    def text(self) -> str:
        self.lines = ["sequenceDiagram", "    autonumber"]
        if self.scenario.requirements:
            self.lines.append(f"    %% requirements: {', '.join(self.scenario.requirements)}")
        for name in self._participants():
            self.lines.append(f"    {self._declaration(name)}")
        if self.scenario.steps:
            self._stretch(list(self.scenario.steps), depth=1, alternatives=0, called=None, failed=False)
        else:
            actor = participant_id(self.scenario.actor)
            self.lines.append(f"    {actor}->>System: {free_text(self.scenario.title)}")
        return "\n".join(self.lines) + "\n"

    def _participants(self) -> list[str]:
        names = [self.scenario.actor]
        for step in self.scenario.steps:
            names += [step.source, step.target]
        return list(dict.fromkeys(names if self.scenario.steps else [*names, "System"]))

    def _declaration(self, name: str) -> str:
        actor = self.actors.get(name)
        word = "actor" if actor is not None and actor.kind == "person" else "participant"
        label = actor.label if actor is not None else self.words.get(name, name)
        identifier = participant_id(name)
        return f"{word} {identifier}" if label == identifier else f"{word} {identifier} as {free_text(label)}"

    def _is_person(self, name: str) -> bool:
        return name in self.actors and self.actors[name].kind == "person"

    def _stretch(
        self, steps: list[ScenarioStep], depth: int, alternatives: int, called: Operation | None, failed: bool
    ) -> None:
        """Write steps and what branches off them. ``called`` is the operation that a reply answers."""
        stretch = _split(steps, inside=failed)
        pairs = _pairs(stretch.steps)
        held: list[str] = []
        for index, step in enumerate(stretch.steps):
            if step.operation in self.operations and step.kind == "call":
                called = self.operations[step.operation]
            mark = "+" if index in pairs else "-" if index in pairs.values() else ""
            self._message(step, depth, mark if not self._is_person(_activated(step)) else "", called, failed)
            if not mark and step.target not in held and self._is_answered_in_branches(step, stretch):
                held.append(step.target)
                self._line(f"activate {participant_id(step.target)}", depth)
        self._branches(stretch, depth, alternatives, called)
        for name in reversed(held):
            self._line(f"deactivate {participant_id(name)}", depth)

    def _is_answered_in_branches(self, step: ScenarioStep, stretch: _Stretch) -> bool:
        if step.kind != "call" or step.target == step.source or self._is_person(step.target):
            return False
        later = [reply for branch in stretch.branches for reply in branch.steps] + stretch.rest
        return any(reply.kind == "reply" and reply.source == step.target for reply in later)

    def _branches(self, stretch: _Stretch, depth: int, alternatives: int, called: Operation | None) -> None:
        if not stretch.branches:
            return
        if alternatives >= _DEEPEST_ALT:
            for branch in stretch.branches:
                self._line(f"break {free_text(branch.when)}", depth)
                self._stretch(branch.steps, depth + 1, alternatives, called, failed=True)
                self._line("end", depth)
            if stretch.rest:
                self._stretch(stretch.rest, depth, alternatives, called, failed=False)
            return
        alone = len(stretch.branches) == 1 and not stretch.rest
        for index, branch in enumerate(stretch.branches):
            word = "opt" if alone else "else" if index else "alt"
            self._line(f"{word} {free_text(branch.when)}", depth)
            self._stretch(branch.steps, depth + 1, alternatives + 1, called, failed=True)
        if stretch.rest:
            self._line(f"else {self.words['otherwise']}", depth)
            self._stretch(stretch.rest, depth + 1, alternatives + 1, called, failed=False)
        self._line("end", depth)

    def _message(self, step: ScenarioStep, depth: int, mark: str, called: Operation | None, failed: bool) -> None:
        source = participant_id(step.source)
        target = source if step.kind == "self" else participant_id(step.target)
        arrow = "-->>" if step.kind == "reply" else "->>"
        self._line(f"{source}{arrow}{mark}{target}: {self._words_of(step, called, failed)}", depth)

    def _words_of(self, step: ScenarioStep, called: Operation | None, failed: bool) -> str:
        text = free_text(step.message)
        operation = self.operations.get(step.operation or "")
        if step.kind == "call" and operation is not None:
            call = f"{operation.method} {operation.path} {operation.id}"
            text = re.sub(rf"^{operation.method}\s+{re.escape(operation.path)}\s*", "", text)
            return f"{call}<br/>{text}" if text and text != operation.id else call
        said = re.match(r"^(.+?)\s*\(([1-5][0-9][0-9])\)$", text) if step.kind == "reply" else None
        if said:
            return f"{said.group(2)} {said.group(1)}"
        if step.kind == "reply" and called is not None and self._is_person(step.target):
            status = _status(called, failed, f"{step.when} {step.message}")
            if status is not None and not re.match(r"[1-5][0-9][0-9]\b", text):
                return f"{status} {text}"
        return text

    def _line(self, text: str, depth: int) -> None:
        self.lines.append("    " * depth + text)


def _split(steps: list[ScenarioStep], inside: bool) -> _Stretch:
    """``inside`` a branch all steps have its ``when``; elsewhere a ``when`` begins the branches."""
    if inside:
        return _Stretch(steps)
    first = next((index for index, step in enumerate(steps) if step.when), len(steps))
    stretch = _Stretch(steps[:first])
    index = first
    while index < len(steps) and steps[index].when:
        if not stretch.branches or stretch.branches[-1].when != steps[index].when:
            stretch.branches.append(_Branch(steps[index].when, []))
        stretch.branches[-1].steps.append(steps[index])
        index += 1
    stretch.rest = steps[index:]
    return stretch


def _activated(step: ScenarioStep) -> str:
    return step.source if step.kind == "reply" else step.target


def _pairs(steps: Sequence[ScenarioStep]) -> dict[int, int]:
    """Index of a call → index of the reply that ends it, among steps of one stretch, innermost calls first."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for index, step in enumerate(steps):
        if step.kind == "call" and step.source != step.target:
            waiting.append(index)
        elif step.kind == "reply":
            for call in reversed(waiting):
                if (steps[call].source, steps[call].target) == (step.target, step.source):
                    pairs[call] = index
                    del waiting[waiting.index(call) :]
                    break
    return pairs


def _status(operation: Operation, failed: bool, words: str) -> int | None:
    """The HTTP status of a reply, where the blueprint says enough to know it; the API is compiled by the same rule."""
    if not failed:
        if operation.returns == "none":
            return 204
        return 201 if operation.method == "POST" and not _is_action(operation) else 200
    reasons = [
        (status, reason) for status, reason in operation.errors if reason and reason.casefold() in words.casefold()
    ]
    known = reasons or list(operation.errors)
    return known[0][0] if len(known) == 1 else None


def _is_action(operation: Operation) -> bool:
    """Whether the path ends in a verb on one thing: ``/loans/{loan_id}/return``."""
    thing, _, last = operation.path.rpartition("/")
    return thing.endswith("}") and not last.startswith("{") and singular(last) == last
