"""The repair loop: ask → extract → fix → check → ask again with the exact problems → give up.

It knows neither the database nor what is being made: its caller says how to ask and how to accept an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from designchord.errors import ModelError
from designchord.kinds import conversation
from designchord.kinds.base import UNCHECKED
from designchord.llm.base import Answer, Message
from designchord.notation.echo import find_echo
from designchord.notation.problems import Fix, Problem

log = structlog.get_logger("designchord.repair")

#: What code that only computes raises where its author did not foresee an answer.
_UNFORESEEN = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Acceptable(Protocol):
    """What an answer became: acceptable or a list of problems."""

    @property
    def source(self) -> str: ...
    @property
    def fixes(self) -> tuple[Fix, ...]: ...
    @property
    def problems(self) -> tuple[Problem, ...]: ...
    @property
    def acceptable(self) -> bool: ...
    @property
    def wanting(self) -> tuple[Problem, ...]:
        """What an acceptable answer leaves to be desired, worth one more question."""
        ...


Ask = Callable[[tuple[Message, ...]], Answer]


@dataclass(frozen=True, slots=True)
class RepairResult:
    """How a repair loop ended. ``candidate`` is acceptable or None; ``attempts`` counts the answers looked at.

    ``failure`` says why there is no candidate: the model's error, or ``artifact_invalid`` with the last problems.
    ``refused`` are the codes of all errors that an answer was refused for, in the order met.
    """

    candidate: Acceptable | None
    attempts: int
    model: str
    failure: ModelError | None = None
    problems: tuple[Problem, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def at_first_try(self) -> bool:
        return self.candidate is not None and self.attempts == 1 and not self.candidate.fixes


def repair_loop(
    *,
    opening: Sequence[conversation.Turn],
    instruction: str,
    notation: str,
    ask: Ask,
    accept: Callable[[str], Acceptable],
    reasks: int,
    on_repair: Callable[[], None],
) -> RepairResult:
    """Ask until an answer is acceptable, at most ``1 + reasks`` times. Raises ``Stopped`` only.

    ``instruction`` stands in the ``opening``; an answer that repeats it is never acceptable. For what an acceptable
    answer leaves to be desired the model is asked once more, and the better of the two answers is taken.
    """
    messages = tuple(Message(role, text) for role, text in opening)
    material = "\n".join(text.replace(instruction, "") for _, text in opening)
    attempts, model = 0, ""
    best: Acceptable | None = None
    problems: tuple[Problem, ...] = ()
    refused: dict[str, None] = {}
    while True:
        try:
            answer = ask(messages)
        except ModelError as error:
            failure = error if best is None else None
            return RepairResult(best, attempts, model, failure, problems, tuple(refused))
        attempts, model = attempts + 1, answer.model
        echo = find_echo(answer.text, instruction, material)
        candidate = _checked(accept, answer.text)
        if candidate.acceptable and echo is None:
            better = best is None or len(candidate.wanting) < len(best.wanting)
            if best is not None or not candidate.wanting or attempts > reasks:
                return RepairResult(candidate if better else best, attempts, model, refused=tuple(refused))
            best, problems = candidate, candidate.wanting
            refused |= dict.fromkeys(problem.code for problem in problems)
        elif best is not None:
            return RepairResult(best, attempts, model, refused=tuple(refused))
        else:
            problems = candidate.problems if echo is None else (echo,)
            refused |= dict.fromkeys(problem.code for problem in problems if problem.severity == "error")
        if attempts > reasks:
            failure = ModelError(
                "The model's answers did not pass the check, also after it was told what was wrong.",
                code="artifact_invalid",
            )
            return RepairResult(None, attempts, model, failure, problems, tuple(refused))
        on_repair()
        messages += (
            Message("assistant", answer.text),
            Message("user", conversation.reask(problems, notation)),
        )


def _checked(accept: Callable[[str], Acceptable], text: str) -> Acceptable:
    """What an answer became. One that a check fails on is an invalid answer: a step must not end by our mistake."""
    try:
        return accept(text)
    except _UNFORESEEN as error:
        log.error("check_failed", error=type(error).__name__, exc_info=True)
        return UNCHECKED
