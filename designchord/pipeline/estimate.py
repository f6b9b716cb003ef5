"""What a design will probably take, before it is started: calls, tokens, money, time.

The offline drafter makes a blueprint of the idea in a few milliseconds; its parts are the calls to come, and the texts
that would be sent are the ones that are counted. How long the answers are is a guess by the size of the skeletons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.kinds import conversation, registry
from designchord.kinds.conversation import Turn
from designchord.llm.base import TokenUsage
from designchord.llm.tokens import estimate_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """``cost_usd`` and ``seconds`` are None where there is no price or no experience with the model."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    seconds: float | None


def estimate(
    brief: Brief, kinds: Sequence[str], *, cost: Callable[[TokenUsage], float | None], tokens_per_second: float | None
) -> Estimate:
    """For a model whose prices ``cost`` knows and that lately wrote ``tokens_per_second``."""
    blueprint = drafter.draft(brief)
    source = answering.dump(blueprint)
    first = (_asked(conversation.blueprint_opening(brief, blueprint.requirements)), estimate_tokens(source))
    parts = [
        (
            _asked(conversation.part_opening(brief, source, kind.prompt(brief, blueprint, part))),
            round(estimate_tokens(kind.skeleton(blueprint, part)) * kind.answer_share),
        )
        for kind in map(registry.kind, kinds)
        for part in kind.parts(blueprint)
    ]
    calls = [first, *parts]
    used = TokenUsage(input=sum(asked for asked, _ in calls), output=sum(said for _, said in calls), estimated=True)
    slowest = first[1] + max((said for _, said in parts), default=0)
    return Estimate(
        calls=len(calls),
        input_tokens=used.input,
        output_tokens=used.output,
        cost_usd=cost(used),
        seconds=slowest / tokens_per_second if tokens_per_second else None,
    )


def _asked(opening: Sequence[Turn]) -> int:
    return sum(estimate_tokens(text) for _, text in opening)
