"""Asks clients until one answers: whatever a provider does, a question ends with a complete answer or one clear error.

The only thing that retries. One deadline covers all attempts with all models; that they bring nothing is borne less
long than that they write. Which error leads to what:

- worth retrying (unreachable, overloaded, rate limited, bad or broken answer): again after a jittered, growing pause,
  or after as long as the provider asked for, where that fits; less often where a call has probably been billed;
- cut off at its length: asked to go on, then once for a shorter answer;
- final for this model (key, credit, unknown model, context length, down): the next model, where there is one;
- nobody there: named within seconds, and for a while nobody else tries;
- final for the question (refused, content filter, budget): the end.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TypeVar

from designchord.errors import ModelError
from designchord.llm import loop
from designchord.llm.base import (
    Answer,
    Away,
    BrokenAnswer,
    Ledger,
    ModelClient,
    OnText,
    OnWait,
    ParameterRefused,
    Request,
    TokenUsage,
    Waiting,
)
from designchord.llm.breaker import Breaker
from designchord.llm.concurrency import ConcurrencyLimit
from designchord.llm.continuation import ask_shorter, ask_to_go_on, join
from designchord.llm.failures import failure
from designchord.llm.stop import Stop

T = TypeVar("T")

_ENDS_THE_QUESTION = frozenset({"model_refused", "model_content_filter", "model_budget"})
_DOWN = frozenset({"model_unreachable", "model_overloaded", "model_timeout"})
_COMPLAINTS = frozenset({"model_rate_limited", "model_overloaded"})
#: While another model could still be asked, one call may use this share of the time that is left.
_SHARE = 0.6
#: Names of models are users' own.
_MODELS_REMEMBERED = 1000
#: How an answer ends that its server, not its length, cut short; and from how many characters on it is gone on with
#: rather than begun anew.
_BREAKS_OFF = frozenset({"model_incomplete", "model_timeout"})
_WORTH_KEEPING = 400

#: Seconds from which on a wait is told, and a silence; and how often it is looked whether that has ended.
_WORTH_TELLING, _SILENCE, _GLANCE = 1.0, 10.0, 2.0
#: Seconds for which text that nobody wants to see may gather.
_NOBODY_READS = 0.5


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How stubborn an asker is: how often it asks one model in all (``rate_limits``, which cost nothing) and after
    each sort of error, and how long it pauses. Times are in seconds.
    """

    rate_limits: int = 10
    attempts: int = 4
    broken_answers: int = 3
    timeouts: int = 2
    pause: float = 1.0
    longest_pause: float = 20.0
    longest_wait: float = 90.0
    unreachable: float = 12.0  # for so long a server that cannot be reached is tried

    def pause_before(self, attempt: int) -> float:
        """A random pause before the attempt of this number, growing from the second one on."""
        longest = min(self.longest_pause, self.pause * 2.0 ** (attempt - 2))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret

    def allows_another(self, seen: Counter[str], code: str) -> bool:
        """Whether to ask again after an error of this code, when these codes were seen so often."""
        limits = {
            "model_rate_limited": self.rate_limits,
            "model_timeout": self.timeouts,
            "model_incomplete": self.broken_answers,
            "model_bad_answer": self.broken_answers,
        }
        return seen.total() < self.rate_limits and seen[code] < limits.get(code, self.attempts)

    def with_another_left(self) -> RetryPolicy:
        """Less of it, while there is another model to ask."""
        return replace(
            self,
            rate_limits=min(2, self.rate_limits),
            attempts=min(2, self.attempts),
            broken_answers=min(2, self.broken_answers),
            timeouts=1,
            longest_wait=min(self.longest_wait, self.longest_pause / 4),
        )


class NotAsked(ModelError):
    """A model that was down a moment ago was left alone; the code and the words are those of what it was then."""


@dataclass(slots=True)
class ModelLimits:
    """What is known of one model, by all askers of the process."""

    concurrency: ConcurrencyLimit = field(default_factory=ConcurrencyLimit)
    breaker: Breaker = field(default_factory=Breaker)


class LimitRegistry:
    """The limits of a process, by model: one that is down says nothing about its provider's others."""

    def __init__(self, new_limits: Callable[[], ModelLimits] = ModelLimits) -> None:
        self._new_limits = new_limits
        self._limits = OrderedDict[str, ModelLimits]()
        self._lock = threading.Lock()

    def limits_of(self, client: ModelClient) -> ModelLimits:
        with self._lock:
            if client.name not in self._limits:
                self._limits[client.name] = self._new_limits()
            self._limits.move_to_end(client.name)
            while len(self._limits) > _MODELS_REMEMBERED:
                self._limits.popitem(last=False)
            return self._limits[client.name]


class RetryingAsker:
    """Asks ``clients`` in order, the later ones only when the earlier ones cannot. Implements ``llm.base.Asker``."""

    def __init__(
        self,
        clients: Sequence[ModelClient],
        *,
        registry: LimitRegistry | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        if not clients:
            raise ValueError("there must be at least one client")
        self._clients = tuple(clients)
        self._registry = registry or LimitRegistry()
        self._policy = policy or RetryPolicy()
        self.model = self._clients[0].name

    def ask(
        self,
        request: Request,
        *,
        ledger: Ledger,
        owner: str,
        on_text: OnText | None = None,
        on_retry: Callable[[], None] | None = None,
        stop: Stop | None = None,
        away: Away | None = None,
        on_wait: OnWait | None = None,
    ) -> Answer:
        """See ``llm.base.Asker.ask``."""
        question = _Question(
            request, ledger, owner, self._policy, _LiveText(on_text, on_retry), stop or Stop(), away or _here,
            on_wait or _untold, self._registry,
        )  # fmt: skip
        error: ModelError | None = None
        for place, client in enumerate(self._clients):
            try:
                answer = question.ask(client, last=place == len(self._clients) - 1)
            except ModelError as raised:
                if raised.code in _ENDS_THE_QUESTION:
                    raise
                # A model that could not even be tried says less about the failure than the one before it.
                error = raised if error is None or not isinstance(raised, NotAsked) else error
                if question.left_to_begin() <= 0:
                    break
            else:
                self.model = answer.model
                return answer
        assert error is not None  # noqa: S101 - there is at least one client
        raise error


def _here(*, calling: bool) -> AbstractContextManager[None]:
    return nullcontext()


def _untold(waiting: Waiting | None) -> None:
    """Nobody wants to know."""


class _LiveText:
    """Passes text on while it is wanted, and takes it back when the call starts anew."""

    def __init__(self, on_text: OnText | None, on_retry: Callable[[], None] | None) -> None:
        self._on_text, self._on_retry = on_text, on_retry
        self._call = 0
        self._shown = False
        self.begun = False  # the call that runs

    def of_call(self) -> OnText:
        """Where the next call's text goes; what an earlier call still says is no longer heard."""
        self._call += 1
        self.begun = False
        number, on_text = self._call, self._on_text

        def pass_on(text: str) -> float | None:
            if number != self._call:
                return None
            self.begun = True
            if on_text is None:
                return _NOBODY_READS
            self._shown = True
            return on_text(text)

        return pass_on

    def hush(self) -> None:
        self._call += 1

    def take_back(self) -> None:
        self.hush()
        if self._shown and self._on_retry is not None:
            self._on_retry()
        self._shown = False

    def replace(self, text: str) -> None:
        """Show another text than what was passed on so far."""
        self.take_back()
        if self._on_text is not None and text:
            self._shown = True
            self._on_text(text)


@dataclass(slots=True)
class _Question:
    """One question on its way through the models."""

    request: Request
    ledger: Ledger
    owner: str
    policy: RetryPolicy
    live: _LiveText
    stop: Stop
    away: Away
    on_wait: OnWait
    registry: LimitRegistry
    usage: TokenUsage = field(default_factory=TokenUsage)
    ends: float = 0.0
    begin_by: float = 0.0
    trials: int = 0  # that had failed before this question

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.request.deadline
        self.begin_by = time.monotonic() + self.request.begun_by

    def left(self) -> float:
        return self.ends - time.monotonic()

    def left_to_begin(self) -> float:
        """Seconds in which a further attempt may begin."""
        return min(self.ends, self.begin_by) - time.monotonic()

    def ask(self, client: ModelClient, *, last: bool) -> Answer:
        """Ask one model until it has answered or will not."""
        policy = self.policy if last else self.policy.with_another_left()
        seen = Counter[str]()
        began = time.monotonic()
        self.trials = self.registry.limits_of(client).breaker.failed_trials
        while True:
            try:
                return self._ask_whole(client, last=last)
            except ParameterRefused:
                if self.left_to_begin() <= 0:
                    raise
            except ModelError as error:
                self.live.take_back()
                seen[error.code] += 1
                if isinstance(error, NotAsked):  # its wait was waited for already
                    raise
                pause = policy.pause_before(seen.total() + 1)
                if error.retry_after is not None:
                    pause = error.retry_after + pause * 0.1
                another = error.retryable and policy.allows_another(seen, error.code)
                if error.code == "model_timeout":  # another silence of that length has to fit
                    another = another and 2 * (time.monotonic() - began) < self.request.begun_by
                if error.code == "model_unreachable":
                    another = another and time.monotonic() - began + pause < policy.unreachable
                if not another or pause > policy.longest_wait or pause >= self.left_to_begin():
                    if error.code == "model_unreachable":
                        self.registry.limits_of(client).breaker.give_up(error)
                    raise
                self._pause(pause, client, error)

    def _ask_whole(self, client: ModelClient, *, last: bool) -> Answer:
        """One attempt: a call, and where its answer is cut or breaks off the calls that complete it."""
        try:
            return self._call(client, self.request, last=last)
        except BrokenAnswer as error:
            partial = error.partial
            broke_off = error.code in _BREAKS_OFF and len(partial) >= _WORTH_KEEPING
            if error.code != "model_truncated" and not broke_off:
                raise
        if partial.strip():
            # It had begun to answer: what it goes on with has as much time to begin as that had.
            self.begin_by = max(self.begin_by, time.monotonic() + self.request.begun_by)
            try:
                return self._call(client, ask_to_go_on(self.request, partial), last=last, partial=partial)
            except BrokenAnswer as error:
                if error.code != "model_truncated":
                    raise
        self.live.take_back()
        return self._call(client, ask_shorter(self.request), last=last)

    def _call(self, client: ModelClient, request: Request, *, last: bool, partial: str = "") -> Answer:
        """One call through the provider's breaker and gate, written down before and after."""
        limits = self.registry.limits_of(client)
        self._pass_breaker(limits.breaker, client, last=last)
        outcome: ModelError | None = None
        reported = False
        try:
            try:
                slot = limits.concurrency.acquire(self.owner, wait=self._wait_for_slot)
            except TimeoutError:
                sentence = "There was no free place at {who} in time."
                raise failure("model_timeout", client.name, sentence=sentence) from None
            try:
                answer = self._run(client, request, last=last, partial=partial)
                reported = True
                return answer
            except ModelError as error:
                outcome, reported = error, True
                raise
            finally:
                limits.concurrency.release(slot, well=_well(outcome, reported))
        finally:
            limits.breaker.report(self.owner, up=_up(outcome, reported), error=outcome)

    def _pass_breaker(self, breaker: Breaker, client: ModelClient, *, last: bool) -> None:
        """Wait for a model that is down to be tried again, once: if that trial fails, too, this question ends."""
        while (wait := breaker.wait(self.owner)) > 0:
            reason = breaker.reason
            if reason is not None and (breaker.nobody or breaker.failed_trials > self.trials):
                raise NotAsked(reason.message, code=reason.code, retryable=True, retry_after=wait)
            if not last or wait >= min(self.left_to_begin(), self.policy.longest_wait):
                raise NotAsked(
                    f"{client.name} failed several times in a row and is left alone for {max(1, round(wait))} s.",
                    code="model_circuit_open",
                    retryable=True,
                    retry_after=wait,
                )
            self._pause(wait, client, reason)

    def _run(self, client: ModelClient, request: Request, *, last: bool, partial: str) -> Answer:
        left, begin = max(0.1, self.left()), max(0.1, self.left_to_begin())
        connect = min(request.connect, self.policy.unreachable / 2)
        request = replace(
            request,
            deadline=left if last else left * _SHARE,
            begun_by=begin if last else begin * _SHARE,
            first=min(request.first, begin if last else begin * _SHARE),
            connect=connect,
        )
        call = self.ledger.open(client.name)
        try:
            answer = self._complete(client, request)
        except ModelError as error:
            self._add(error.usage if isinstance(error, BrokenAnswer) else TokenUsage())
            self.ledger.close(call, error=error)
            raise
        except BaseException:
            self.ledger.close(call)
            raise
        if partial:
            joined = join(partial, answer.text)
            if joined != partial + answer.text:
                self.live.replace(joined)
            answer = replace(answer, text=joined)
        self.ledger.close(call, answer=answer)
        self._add(answer.usage)
        return replace(answer, usage=self.usage)

    def _complete(self, client: ModelClient, request: Request) -> Answer:
        """Run the call on the shared loop."""
        future = loop.run(client.complete(request, self.live.of_call()))
        try:
            if (answer := self._wait_for_a_sign(client, future)) is not None:
                return answer
            # The client keeps its own deadline; this is the net below.
            return self._wait(future, request.deadline + 5.0, calling=False)
        except TimeoutError:
            raise failure("model_timeout", client.name) from None
        finally:
            if not future.done():
                future.cancel()
            if future.cancelled():
                self.live.hush()

    def _wait_for_a_sign(self, client: ModelClient, future: Future[Answer]) -> Answer | None:
        """Wait until text comes; a long silence is told, and its end. Gives the answer, if that comes first."""
        told, seconds = False, _SILENCE
        try:
            while not self.live.begun:
                try:
                    return self._wait(future, seconds, calling=False)
                except TimeoutError:
                    if not told and not self.live.begun:
                        self.on_wait(Waiting(client.name, _SILENCE, "model_silent"))
                    told, seconds = True, _GLANCE
            return None
        finally:
            if told:
                self.on_wait(None)

    def _add(self, usage: TokenUsage) -> None:
        self.usage = TokenUsage(
            self.usage.input + usage.input,
            self.usage.cached + usage.cached,
            self.usage.output + usage.output,
            self.usage.estimated or usage.estimated,
        )

    def _pause(self, seconds: float, client: ModelClient, error: ModelError | None) -> None:
        told = seconds >= _WORTH_TELLING
        if told:
            self.on_wait(Waiting(client.name, seconds, error.code if error else "model_circuit_open"))
        with self.away(calling=True):
            self.stop.pause(seconds)
        if told:
            self.on_wait(None)

    def _wait_for_slot(self, turn: Future[None]) -> None:
        self._wait(turn, self.left_to_begin(), calling=True)

    def _wait(self, future: Future[T], seconds: float, *, calling: bool) -> T:
        with self.away(calling=calling):
            return self.stop.wait(future, seconds)


def _well(error: ModelError | None, reported: bool) -> bool | None:
    """What a call says about how many calls the provider can take."""
    if not reported:
        return None
    if error is None:
        return True
    return False if error.code in _COMPLAINTS else None


def _up(error: ModelError | None, reported: bool) -> bool | None:
    """What a call says about whether the provider is up; a budget of ours, or a stop, says nothing."""
    if not reported or (error is not None and error.code in ("model_budget", "model_rate_limited")):
        return None
    return error is None or error.code not in _DOWN
