"""What a design will probably take, before it is started: calls, tokens, money, time.

The offline drafter makes a blueprint of the idea in a few milliseconds; its parts are the calls to come, and the texts
that would be sent are the ones that are counted. How long the answers are is a guess by the size of the skeletons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.kinds import conversation, registry
from designchord.kinds.about import EFFORTS, Effort
from designchord.kinds.conversation import Turn
from designchord.llm.base import TokenUsage
from designchord.llm.tokens import estimate_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """``cost_usd`` and the seconds are None where there is no price or no experience with the model.

    Everything is there, compiled, after ``usable_seconds``, and as it was asked for after ``seconds``.
    """

    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    seconds: float | None
    usable_seconds: float | None


NOTHING_ASKED: Final = Estimate(
    calls=0, input_tokens=0, output_tokens=0, cost_usd=0.0, seconds=None, usable_seconds=None
)


def estimate(
    brief: Brief, kinds: Sequence[str], *, cost: Callable[[TokenUsage], float | None], tokens_per_second: float | None
) -> dict[str, Estimate]:
    """By effort, for a model whose prices ``cost`` knows and that lately wrote ``tokens_per_second``."""
    blueprint = drafter.draft(brief)
    source = answering.dump(blueprint)
    first = (_asked(conversation.blueprint_opening(brief, blueprint.requirements)), estimate_tokens(source))
    parts = [
        (
            kind.about.elaborated,
            _asked(conversation.part_opening(brief, source, kind.prompt(brief, blueprint, part))),
            round(estimate_tokens(kind.skeleton(blueprint, part)) * kind.answer_share),
        )
        for kind in map(registry.kind, kinds)
        for part in kind.parts(blueprint)
    ]

    def of(effort: Effort) -> Estimate:
        elaborated = [(asked, said) for efforts, asked, said in parts if effort in efforts]
        calls = [first, *elaborated]
        used = TokenUsage(input=sum(asked for asked, _ in calls), output=sum(said for _, said in calls), estimated=True)
        slowest = first[1] + max((said for _, said in elaborated), default=0)
        return Estimate(
            calls=len(calls),
            input_tokens=used.input,
            output_tokens=used.output,
            cost_usd=cost(used),
            seconds=slowest / tokens_per_second if tokens_per_second else None,
            usable_seconds=first[1] / tokens_per_second if tokens_per_second else None,
        )

    return {effort: of(effort) for effort in EFFORTS}


def _asked(opening: Sequence[Turn]) -> int:
    return sum(estimate_tokens(text) for _, text in opening)
