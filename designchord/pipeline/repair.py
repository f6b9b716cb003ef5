"""The repair loop: ask → extract → fix → check → ask again with the exact problems → give up.

It knows neither the database nor what is being made: its caller says how to ask and how to accept an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import structlog

from designchord.errors import ModelError, outcome_of
from designchord.kinds import conversation
from designchord.kinds.base import UNCHECKED
from designchord.llm.base import Answer, Message
from designchord.notation.echo import find_echo
from designchord.notation.problems import Fix, Problem

log = structlog.get_logger("designchord.repair")

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


@dataclass(slots=True, kw_only=True)
class RepairLoop:
    """One conversation about one artifact.

    ``instruction`` stands in the ``opening``; an answer that repeats it is never acceptable. For what an acceptable
    answer leaves to be desired the model is asked once more, and the better of the two answers is taken. Who answers
    the same twice is asked in a fresh conversation, once.
    """

    opening: Sequence[conversation.Turn]
    instruction: str
    notation: str
    ask: Ask
    accept: Callable[[str], Acceptable]
    reasks: int
    on_repair: Callable[[], None]

    _attempts: int = 0
    _model: str = ""
    _fresh: bool = False
    _last: str = ""
    _best: Acceptable | None = None
    _problems: tuple[Problem, ...] = ()
    _refused: dict[str, None] = field(default_factory=dict)

    def run(self) -> RepairResult:
        """Ask until an answer is acceptable, at most ``1 + reasks`` times. Raises ``Stopped`` only."""
        opened = messages = tuple(Message(role, text) for role, text in self.opening)
        while True:
            try:
                answer = self.ask(messages, fresh=self._fresh)
            except ModelError as error:
                if not self._may_ask_afresh(error):
                    return self._result(self._best, error if self._best is None else None)
                self._attempts, self._fresh = self._attempts + 1, True
                self._refused[error.code] = None
                self.on_repair()
                continue
            ended = self._look_at(answer)
            if ended is not None:
                return ended
            self.on_repair()
            told = conversation.reask(self._problems, self.notation)
            if self._fresh:  # what it said stands in its way: begin again, with what is to be minded
                messages = (*opened[:-1], Message("user", f"{opened[-1].content}\n\n{told}"))
            else:
                messages += (Message("assistant", answer.text), Message("user", told))

    def _may_ask_afresh(self, error: ModelError) -> bool:
        return error.code in _ASKED_AFRESH and not self._fresh and self._best is None and self._attempts < self.reasks

    def _look_at(self, answer: Answer) -> RepairResult | None:
        """How the loop ends with this answer; None when it does not."""
        self._attempts, self._model = self._attempts + 1, answer.model
        last, self._last = self._last, answer.text.strip()
        echo = find_echo(answer.text, self.instruction, self._material())
        candidate = _checked(self.accept, answer.text)
        if candidate.acceptable and echo is None:
            return self._weigh(candidate)
        if self._best is not None:
            return self._result(self._best)
        self._problems = candidate.problems if echo is None else (echo,)
        self._refused |= dict.fromkeys(problem.code for problem in self._problems if problem.severity == "error")
        same = self._last == last
        if self._attempts > self.reasks or (same and self._fresh):
            return self._result(None, _invalid())
        self._fresh = same
        return None

    def _weigh(self, candidate: Acceptable) -> RepairResult | None:
        """Take an acceptable answer, or keep it and ask for what it lacks."""
        best = self._best
        if best is not None or not candidate.wanting or self._attempts > self.reasks:
            return self._result(candidate if best is None or len(candidate.wanting) < len(best.wanting) else best)
        self._best, self._problems, self._fresh = candidate, candidate.wanting, False
        self._refused |= dict.fromkeys(problem.code for problem in self._problems)
        return None

    def _material(self) -> str:
        """What the model was given beside the instruction; to repeat that is no echo."""
        return "\n".join(text.replace(self.instruction, "") for _, text in self.opening)

    def _result(self, candidate: Acceptable | None, failure: ModelError | None = None) -> RepairResult:
        return RepairResult(candidate, self._attempts, self._model, failure, self._problems, tuple(self._refused))


def _invalid() -> ModelError:
    return ModelError(
        "The model's answers did not pass the check, also after it was told what was wrong.", code="artifact_invalid"
    )


def _checked(accept: Callable[[str], Acceptable], text: str) -> Acceptable:
    """What an answer became. One that a check fails on is an invalid answer: a step must not end by our mistake."""
    outcome = outcome_of(partial(accept, text))
    if isinstance(outcome, Exception):
        log.error("check_failed", error=type(outcome).__name__, exc_info=outcome)
        return UNCHECKED
    return outcome
