"""A blueprint asked for little by little: for models that a whole one is too much for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from designchord import drafter
from designchord.blueprint.model import Brief, Requirement
from designchord.blueprint.staging import Stage
from designchord.drafter.staged import StagedBlueprint
from designchord.errors import ModelError
from designchord.kinds import conversation
from designchord.llm.base import Answer, Message, TokenUsage
from designchord.notation.answer import find_value
from designchord.notation.echo import find_echo
from designchord.notation.problems import Fix

#: For so long a model that a whole blueprint was too much for is not asked for a whole one again.
REMEMBERED: Final = timedelta(days=7)
#: Errors of one question that the other questions can do without an answer to.
_ONE_LESS: Final = frozenset(
    {"model_circling", "model_truncated", "model_too_large", "model_bad_answer", "model_refused", "artifact_invalid"}
)


class AskStage(Protocol):
    def __call__(self, messages: tuple[Message, ...], stage: Stage) -> Answer: ...


@dataclass(slots=True, kw_only=True)
class InStages:
    """One blueprint's questions; ``asked`` counts them."""

    brief: Brief
    requirements: Sequence[Requirement]
    asked: int = 0
    _blueprint: StagedBlueprint | None = field(default=None, init=False)

    def answer(self, ask: AskStage, show: Callable[[str], None]) -> Answer:
        """What all answers come to, as one answer; ``show`` is told what is known after each.

        Raises ``ModelError`` where nobody answers.
        """
        made = self._blueprint = StagedBlueprint(
            self.brief, self.requirements, drafter.draft(self.brief, assume="none")
        )
        model, usage, seconds, failed = "", TokenUsage(), 0.0, None
        for stage in made.stages():
            turns = conversation.stage_opening(self.brief, self.requirements, stage.name, stage.values)
            self.asked += 1
            try:
                answer = ask(tuple(Message(role, text) for role, text in turns), stage)
                stage.take(_read(answer, turns[-1][1]))
            except ModelError as error:
                if stage.needed or error.code not in _ONE_LESS:
                    raise
                failed = error
                continue
            model, usage, seconds = answer.model, _sum(usage, answer.usage), seconds + answer.latency
            show(self._source(made))
        if failed is not None and not model:
            raise failed
        return Answer(self._source(made), model, usage, seconds)

    def fixes(self) -> tuple[Fix, ...]:
        """What rules contributed."""
        names = ", ".join(self._blueprint.by_rules) if self._blueprint is not None else ""
        return (Fix("blueprint.joined", f"By rules, from the author's words: the entities {names}."),) if names else ()

    @staticmethod
    def _source(made: StagedBlueprint) -> str:
        return json.dumps(made.fields(), ensure_ascii=False)


def _read(answer: Answer, question: str) -> dict[str, Any]:
    value = find_value(answer.text).value
    if not isinstance(value, dict) or find_echo(answer.text, question) is not None:
        raise ModelError(code="artifact_invalid")
    return value


def _sum(one: TokenUsage, other: TokenUsage) -> TokenUsage:
    return replace(
        one,
        input=one.input + other.input,
        cached=one.cached + other.cached,
        output=one.output + other.output,
        estimated=one.estimated or other.estimated,
    )


def staged_since(provenance: dict[str, Any], now: datetime) -> str:
    """Since when a model is asked in stages, going by how its last blueprint was made; empty where it is not."""
    since = str(provenance.get("staged_since") or "")
    return since if since and now - datetime.fromisoformat(since) < REMEMBERED else ""
