"""The repair loop: ask → extract → fix → check → ask again with the exact problems → give up.

It knows neither the database nor what is being made: its caller says how to ask and how to accept an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, Protocol

import structlog

from designchord.errors import ModelError, outcome_of
from designchord.kinds import conversation
from designchord.kinds.base import UNCHECKED
from designchord.llm.base import Answer, Message
from designchord.notation.echo import find_echo
from designchord.notation.problems import Fix, Problem

log = structlog.get_logger("designchord.repair")

#: How the next question is put: the same conversation goes on, a fresh one begins, or it is asked little by little.
Way = Literal["again", "fresh", "stages"]

#: Errors that show that the question was too much at a time; after the first of them a fresh one may help, too.
_TOO_MUCH = frozenset({"model_circling", "model_truncated", "model_too_large"})
_ASKED_AFRESH = frozenset({"model_circling"})
#: Problems that show that a model did not see what it was asked.
_OUT_OF_ITS_DEPTH = frozenset(
    {"answer.echo", "blueprint.not_found", "blueprint.incomplete", "grounding.language", "grounding.other_project"}
)


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
    ``refused`` are the codes of all errors that an answer was refused for, in the order met; ``rest`` is the last
    answer that was refused. ``staged`` when what came was asked for in stages.
    """

    candidate: Acceptable | None
    attempts: int
    model: str
    failure: ModelError | None = None
    problems: tuple[Problem, ...] = ()
    refused: tuple[str, ...] = ()
    rest: Acceptable | None = None
    staged: bool = False

    @property
    def at_first_try(self) -> bool:
        return self.candidate is not None and self.attempts == 1 and not self.candidate.fixes


@dataclass(slots=True, kw_only=True)
class RepairLoop:
    """One conversation about one artifact.

    ``instruction`` stands in the ``opening``; an answer that repeats it is never acceptable. For what an acceptable
    answer leaves to be desired the model is asked once more, and the better of the two answers is taken. Who answers
    the same twice is asked in a fresh conversation, once. Where the question can be asked ``in_stages``, a model that
    shows to be out of its depth (no end, an echo, another project, refused twice) is asked that way instead, once, and
    first of all where it has shown so before (``begin_in_stages``).
    """

    opening: Sequence[conversation.Turn]
    instruction: str
    notation: str
    ask: Ask
    accept: Callable[[str], Acceptable]
    reasks: int
    on_repair: Callable[[], None]
    in_stages: Callable[[], Answer] | None = None
    begin_in_stages: bool = False

    _attempts: int = 0
    _model: str = ""
    _way: Way = "again"
    _asked: set[Way] = field(default_factory=set)
    _last: str = ""
    _best: Acceptable | None = None
    _rest: Acceptable | None = None
    _problems: tuple[Problem, ...] = ()
    _refused: dict[str, None] = field(default_factory=dict)

    def run(self) -> RepairResult:
        """Ask until an answer is acceptable, at most ``1 + reasks`` times. Raises ``Stopped`` only."""
        opened = messages = tuple(Message(role, text) for role, text in self.opening)
        if self.begin_in_stages and self.in_stages is not None:
            self._way = "stages"
        while True:
            try:
                answer = self._ask(messages)
            except ModelError as error:
                way = self._way_after(error)
                if way is None:
                    return self._result(self._best, error if self._best is None else None)
                self._attempts, self._way, messages = self._attempts + 1, way, opened
                self._refused[error.code] = None
                self.on_repair()
                continue
            staged = self._way == "stages"
            ended = self._look_at(answer)
            if ended is not None:
                return ended
            self.on_repair()
            told = conversation.reask(self._problems, self.notation)
            if staged:  # what was wrong with what came little by little says nothing about the whole
                messages = opened
            elif self._way == "fresh":  # what it said stands in its way: begin again, with what is to be minded
                messages = (*opened[:-1], Message("user", f"{opened[-1].content}\n\n{told}"))
            else:
                messages += (Message("assistant", answer.text), Message("user", told))

    def _ask(self, messages: tuple[Message, ...]) -> Answer:
        self._asked.add(self._way)
        if self._way == "stages" and self.in_stages is not None:
            return self.in_stages()
        return self.ask(messages, fresh=self._way == "fresh")

    def _may_go_in_stages(self) -> bool:
        return self.in_stages is not None and "stages" not in self._asked

    def _way_after(self, error: ModelError) -> Way | None:
        """How to ask after an error of the model; None when another question would not help."""
        if self._best is not None or self._attempts >= self.reasks:
            return None
        if error.code in _TOO_MUCH and self._may_go_in_stages():
            return "stages"
        return "fresh" if error.code in _ASKED_AFRESH and "fresh" not in self._asked else None

    def _way_on(self, *, same: bool) -> Way | None:
        """How to ask after an answer that was refused; None when another question would not help."""
        if self._attempts > self.reasks:
            return None
        if self._way == "stages":
            return "again" if self._asked == {"stages"} else None
        lost = bool(_OUT_OF_ITS_DEPTH & {problem.code for problem in self._problems if problem.severity == "error"})
        if (lost or same or self._attempts > 1) and self._may_go_in_stages():
            return "stages"
        if same:
            return None if self._way == "fresh" else "fresh"
        return "again"

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
        self._rest = candidate if echo is None else self._rest
        self._refused |= dict.fromkeys(problem.code for problem in self._problems if problem.severity == "error")
        way = self._way_on(same=self._last == last)
        if way is None:
            return self._result(None, _invalid())
        self._way = way
        return None

    def _weigh(self, candidate: Acceptable) -> RepairResult | None:
        """Take an acceptable answer, or keep it and ask for what it lacks."""
        best = self._best
        final = best is not None or self._way == "stages" or self._attempts > self.reasks
        if final or not candidate.wanting:
            return self._result(candidate if best is None or len(candidate.wanting) < len(best.wanting) else best)
        self._best, self._problems, self._way = candidate, candidate.wanting, "again"
        self._refused |= dict.fromkeys(problem.code for problem in self._problems)
        return None

    def _material(self) -> str:
        """What the model was given beside the instruction; to repeat that is no echo."""
        return "\n".join(text.replace(self.instruction, "") for _, text in self.opening)

    def _result(self, candidate: Acceptable | None, failure: ModelError | None = None) -> RepairResult:
        return RepairResult(
            candidate,
            self._attempts,
            self._model,
            failure,
            self._problems,
            tuple(self._refused),
            rest=self._rest,
            staged=self._way == "stages",
        )


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
