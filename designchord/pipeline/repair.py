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


#: Errors after which the same model may well answer when it is asked in another way.
_ASKED_AFRESH = frozenset({"model_circling"})


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


class Ask(Protocol):
    """Asks and waits; ``fresh`` for another answer than the usual one to the same question."""

    def __call__(self, messages: tuple[Message, ...], *, fresh: bool) -> Answer: ...


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
    answer leaves to be desired the model is asked once more, and the better of the two answers is taken. Who answers
    the same twice is asked in a fresh conversation, once.
    """
    opened = messages = tuple(Message(role, text) for role, text in opening)
    material = "\n".join(text.replace(instruction, "") for _, text in opening)
    attempts, model, last, fresh = 0, "", "", False
    best: Acceptable | None = None
    problems: tuple[Problem, ...] = ()
    refused: dict[str, None] = {}

    def result(candidate: Acceptable | None, failure: ModelError | None = None) -> RepairResult:
        return RepairResult(candidate, attempts, model, failure, problems, tuple(refused))

    while True:
        try:
            answer = ask(messages, fresh=fresh)
        except ModelError as error:
            if error.code not in _ASKED_AFRESH or fresh or best is not None or attempts >= reasks:
                return result(best, error if best is None else None)
            attempts, fresh = attempts + 1, True
            refused[error.code] = None
            on_repair()
            continue
        attempts, model = attempts + 1, answer.model
        echo = find_echo(answer.text, instruction, material)
        candidate = _checked(accept, answer.text)
        if candidate.acceptable and echo is None:
            better = best is None or len(candidate.wanting) < len(best.wanting)
            if best is not None or not candidate.wanting or attempts > reasks:
                return result(candidate if better else best)
            best, problems = candidate, candidate.wanting
            refused |= dict.fromkeys(problem.code for problem in problems)
        elif best is not None:
            return result(best)
        else:
            problems = candidate.problems if echo is None else (echo,)
            refused |= dict.fromkeys(problem.code for problem in problems if problem.severity == "error")
        same = answer.text.strip() == last
        if attempts > reasks or (same and fresh):
            failure = ModelError(
                "The model's answers did not pass the check, also after it was told what was wrong.",
                code="artifact_invalid",
            )
            return result(None, failure)
        on_repair()
        told = Message("user", conversation.reask(problems, notation))
        last, fresh = answer.text.strip(), same
        if same:  # what it said stands in its way: begin again, with what is to be minded
            messages = (*opened[:-1], Message("user", f"{opened[-1].content}\n\n{told.content}"))
        else:
            messages += (Message("assistant", answer.text), told)


def _checked(accept: Callable[[str], Acceptable], text: str) -> Acceptable:
    """What an answer became. One that a check fails on is an invalid answer: a step must not end by our mistake."""
    try:
        return accept(text)
    except _UNFORESEEN as error:
        log.error("check_failed", error=type(error).__name__, exc_info=True)
        return UNCHECKED
