"""The guard with scripted models: what is retried, continued, handed on, stopped and written down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from designchord.errors import ModelError, Stopped
from designchord.llm import loop, retrying
from designchord.llm.base import Answer, BrokenAnswer, Message, OnWait, Request, TokenUsage, Waiting
from designchord.llm.breaker import Breaker
from designchord.llm.failures import SENTENCES, failure
from designchord.llm.retrying import LimitRegistry, ModelLimits, RetryingAsker, RetryPolicy
from designchord.llm.scripted import Line, MemoryLedger, Scripted
from designchord.llm.stop import Stop

QUICK = RetryPolicy(pause=0.001, longest_pause=0.004)
REQUEST = Request((Message("user", "Write it."),), 100, deadline=5.0)
LONG = Request((Message("user", "Write it."),), 100, deadline=300.0)


@pytest.fixture(autouse=True, scope="module")
def _end_loop() -> Iterator[None]:
    yield
    loop.stop()


def fail(code: str, retry_after: float | None = None) -> ModelError:
    return failure(code, "scripted:test", retry_after=retry_after)


def cut(partial: str) -> BrokenAnswer:
    return BrokenAnswer("cut", code="model_truncated", partial=partial, usage=TokenUsage(10, 0, 5))


def ask(
    *models: Scripted,
    ledger: MemoryLedger | None = None,
    registry: LimitRegistry | None = None,
    owner: str = "alice",
    on_wait: OnWait | None = None,
) -> Answer:
    guard = RetryingAsker(models, registry=registry, policy=QUICK)
    return guard.ask(REQUEST, ledger=ledger or MemoryLedger(), owner=owner, on_wait=on_wait)


def test_an_answer_is_returned_and_written_down() -> None:
    ledger = MemoryLedger()
    answer = ask(Scripted(["hello"]), ledger=ledger)
    assert answer.text == "hello"
    assert [(entry.closed, entry.answer and entry.answer.text) for entry in ledger.entries] == [(True, "hello")]


@pytest.mark.parametrize("code", [code for code in SENTENCES if failure(code, "x").retryable])
def test_what_may_pass_is_asked_again_and_every_call_is_in_the_ledger(code: str) -> None:
    ledger, model = MemoryLedger(), Scripted([fail(code), "hello"])
    assert ask(model, ledger=ledger).text == "hello"
    assert [entry.error.code if entry.error else None for entry in ledger.entries] == [code, None]
    assert len(model.history) == 2


@pytest.mark.parametrize(
    "code", [code for code in SENTENCES if not failure(code, "x").retryable and code != "model_truncated"]
)
def test_what_cannot_pass_ends_after_one_call(code: str) -> None:
    ledger, model = MemoryLedger(), Scripted([fail(code), "never"])
    with pytest.raises(ModelError) as caught:
        ask(model, ledger=ledger)
    assert caught.value.code == code
    assert len(ledger.entries) == len(model.history) == 1


@pytest.mark.parametrize(
    ("code", "calls"),
    [("model_rate_limited", 10), ("model_overloaded", 4), ("model_timeout", 2), ("model_incomplete", 3)],
)
def test_attempts_are_bounded_and_fewer_where_calls_may_have_been_billed(code: str, calls: int) -> None:
    model = Scripted([fail(code)] * 20)
    with pytest.raises(ModelError):
        ask(model)
    assert len(model.history) == calls


def test_a_wait_that_does_not_fit_is_not_waited_for() -> None:
    model = Scripted([fail("model_rate_limited", 3600.0), "never"])
    with pytest.raises(ModelError) as caught:
        ask(model)
    assert caught.value.retry_after == 3600
    assert len(model.history) == 1


def test_a_cut_answer_is_continued_in_the_same_conversation_and_joined() -> None:
    ledger, model = MemoryLedger(), Scripted([cut("erDiagram\n  Loan {\n"), "    uuid id PK\n  }"])
    answer = ask(model, ledger=ledger)
    assert answer.text == "erDiagram\n  Loan {\n    uuid id PK\n  }"
    assert [message.role for message in model.history[1].messages] == ["user", "assistant", "user"]
    assert ledger.entries[1].answer is not None
    assert ledger.entries[1].answer.text == answer.text
    assert answer.usage.input == 10 + ledger.entries[1].answer.usage.input


@pytest.mark.parametrize("code", ["model_incomplete", "model_timeout"])
def test_an_answer_that_breaks_off_late_is_gone_on_with_and_one_that_has_hardly_begun_is_not(code: str) -> None:
    def broken_off(partial: str) -> BrokenAnswer:
        return BrokenAnswer("gone", code=code, retryable=True, partial=partial, usage=TokenUsage(10, 0, 5))

    written = "erDiagram\n" + "".join(f"  Entity{number} {{\n    uuid id PK\n  }}\n" for number in range(20))
    model = Scripted([broken_off(written), "  Last {\n    uuid id PK\n  }"])
    assert ask(model).text == f"{written}  Last {{\n    uuid id PK\n  }}"
    assert model.history[1].messages[1].content == written

    model = Scripted([broken_off("erDiagram\n"), "erDiagram\n  Last"])
    assert ask(model).text == "erDiagram\n  Last"
    assert len(model.history[1].messages) == 1


def test_an_answer_cut_twice_is_asked_for_shorter_once() -> None:
    model = Scripted([cut("a" * 50), cut("b" * 50), "short"])
    assert ask(model).text == "short"
    with pytest.raises(BrokenAnswer) as caught:
        ask(Scripted([cut("a" * 50), cut("b" * 50), cut("c"), "never"]))
    assert caught.value.code == "model_truncated"


def test_a_cut_answer_of_thoughts_alone_is_asked_for_shorter() -> None:
    model = Scripted([cut(""), "short"])
    assert ask(model).text == "short"
    assert [message.role for message in model.history[1].messages] == ["user", "user"]


@pytest.mark.parametrize(
    "code", ["model_auth", "model_quota", "model_not_found", "model_context_length", "model_timeout"]
)
def test_the_next_model_steps_in_and_is_named(code: str) -> None:
    ledger = MemoryLedger()
    guard = RetryingAsker([Scripted([fail(code)] * 9, "first:a"), Scripted(["hello"], "second:b")], policy=QUICK)
    answer = guard.ask(REQUEST, ledger=ledger, owner="alice")
    assert (answer.text, answer.model, guard.model) == ("hello", "second:b", "second:b")
    assert [entry.model for entry in ledger.entries] == ["first:a", "second:b"]


@pytest.mark.parametrize("code", ["model_refused", "model_content_filter", "model_budget"])
def test_what_ends_the_question_is_not_handed_on(code: str) -> None:
    second = Scripted(["never"], "second:b")
    with pytest.raises(ModelError) as caught:
        ask(Scripted([ModelError("no", code=code)]), second)
    assert caught.value.code == code
    assert second.history == []


def test_the_first_model_leaves_time_for_the_second() -> None:
    seen: list[float] = []

    def first(request: Request) -> Line:
        seen.append(request.deadline)
        return fail("model_timeout")

    ask(Scripted(first, "first:a"), Scripted(["hello"], "second:b"))
    assert len(seen) == 1
    assert seen[0] < REQUEST.deadline * 0.7


def test_a_budget_of_ours_ends_it_before_the_call() -> None:
    model = Scripted(["never"])
    with pytest.raises(ModelError) as caught:
        ask(model, ledger=MemoryLedger(cap=0))
    assert caught.value.code == "model_budget"
    assert model.history == []


def test_a_stop_reaches_a_running_call() -> None:
    ledger, ended = MemoryLedger(), threading.Event()

    stop = Stop()

    class Slow(Scripted):
        async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Answer:
            stop.say()
            try:
                return await Scripted([60.0]).complete(request)
            finally:
                ended.set()

    with pytest.raises(Stopped):
        RetryingAsker([Slow([])], policy=QUICK).ask(REQUEST, ledger=ledger, owner="alice", stop=stop)
    assert ended.wait(5)
    assert [(entry.closed, entry.error) for entry in ledger.entries] == [(True, None)]


def test_a_stop_reaches_a_pause_and_a_queue() -> None:
    stop = Stop()

    def limited(_: Request) -> ModelError:
        threading.Timer(0.02, stop.say).start()
        return fail("model_rate_limited", 60.0)

    calls = Scripted(limited)
    with pytest.raises(Stopped):
        RetryingAsker([calls], policy=QUICK).ask(LONG, ledger=MemoryLedger(), owner="alice", stop=stop)
    assert len(calls.history) == 1

    registry, stop, ledger = LimitRegistry(), Stop(), MemoryLedger()
    registry.limits_of(calls).concurrency.limit = 0.0
    threading.Timer(0.02, stop.say).start()
    with pytest.raises(Stopped):
        RetryingAsker([calls], registry=registry, policy=QUICK).ask(LONG, ledger=ledger, owner="alice", stop=stop)
    assert ledger.entries == []


def test_what_was_stopped_before_it_began_is_not_asked() -> None:
    stop, ended = Stop(), threading.Event()
    stop.say()

    class Slow(Scripted):
        async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Answer:
            await Scripted([60.0]).complete(request)
            ended.set()
            raise AssertionError

    with pytest.raises(Stopped):
        RetryingAsker([Slow([])], policy=QUICK).ask(REQUEST, ledger=MemoryLedger(), owner="alice", stop=stop)
    assert not ended.is_set()


def test_who_asks_is_away_while_it_waits_and_back_for_everything_else() -> None:
    seen: list[str] = []

    @contextmanager
    def away(*, calling: bool) -> Iterator[None]:
        seen.append("before a call" if calling else "for an answer")
        try:
            yield
        finally:
            seen.append("back")

    class Watched(MemoryLedger):
        def open(self, model: str) -> int:
            seen.append("opened")
            return MemoryLedger.open(self, model)

        def close(self, call: int, *, answer: Answer | None = None, error: ModelError | None = None) -> None:
            seen.append("closed")
            MemoryLedger.close(self, call, answer=answer, error=error)

    model = Scripted([fail("model_overloaded"), "hello"])
    RetryingAsker([model], policy=QUICK).ask(REQUEST, ledger=Watched(), owner="alice", away=away)
    call = ["opened", "for an answer", "back", "closed"]
    assert seen == [*call, "before a call", "back", *call]


def test_text_of_a_failed_attempt_is_taken_back() -> None:
    class Broken(Scripted):
        async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Answer:
            if on_text is not None and not self.history:
                on_text("half")
            return await Scripted.complete(self, request, on_text)

    shown: list[str] = []
    model = Broken([fail("model_incomplete"), fail("model_overloaded"), "whole"])
    RetryingAsker([model], policy=QUICK).ask(
        REQUEST, ledger=MemoryLedger(), owner="alice", on_text=shown.append, on_retry=shown.clear
    )
    assert shown == ["whole"]


def test_joined_halves_are_shown_as_one_text() -> None:
    class Streaming(Scripted):
        async def complete(self, request: Request, on_text: Callable[[str], None] | None = None) -> Answer:
            if on_text is not None and not self.history:
                on_text("one two three four")
            return await Scripted.complete(self, request, on_text)

    shown: list[str] = []
    model = Streaming([cut("one two three four"), "two three four five"])
    answer = RetryingAsker([model], policy=QUICK).ask(
        REQUEST, ledger=MemoryLedger(), owner="alice", on_text=shown.append, on_retry=shown.clear
    )
    assert "".join(shown) == answer.text == "one two three four five"


def down(clock: Callable[[], float] = time.monotonic, rest: float = 50) -> LimitRegistry:
    return LimitRegistry(lambda: ModelLimits(breaker=Breaker(failures=2, rest=rest, clock=clock)))


def test_a_provider_that_is_down_is_left_alone_and_the_next_one_asked() -> None:
    registry = down(lambda: 0.0)
    first, ledger = Scripted([fail("model_unreachable")] * 50, "first:a"), MemoryLedger()
    for _ in range(5):
        assert ask(first, Scripted(["hello"], "second:b"), registry=registry, ledger=ledger).model == "second:b"
    assert len(first.history) == 2
    assert sum(entry.model == "first:a" for entry in ledger.entries) == 2


def test_without_another_model_the_open_circuit_is_an_error_with_the_wait() -> None:
    registry = down(lambda: 0.0)
    model = Scripted([fail("model_overloaded")] * 50)
    codes = []
    for _ in range(3):
        with pytest.raises(ModelError) as caught:
            ask(model, registry=registry)
        codes.append((caught.value.code, caught.value.retry_after))
    assert codes[-1] == ("model_circuit_open", 50)
    assert len(model.history) == 2


def test_after_an_outage_calls_flow_again() -> None:
    registry = down(rest=0.05)
    model = Scripted([fail("model_unreachable")] * 2 + ["hello"] * 20)
    assert ask(model, registry=registry).text == "hello"
    assert ask(model, registry=registry).text == "hello"


def test_who_waits_for_a_model_that_is_down_ends_when_its_trial_fails() -> None:
    """And does not wait for the next trial, which is twice as far away."""
    registry = down(rest=0.2)
    model = Scripted([fail("model_overloaded")] * 50)
    codes = []

    def question() -> None:
        with pytest.raises(ModelError) as caught:
            ask(model, registry=registry)
        codes.append(caught.value.code)

    question()
    waiting = [threading.Thread(target=question) for _ in range(5)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join(5)
    assert codes == ["model_overloaded"] * 6
    assert len(model.history) < 8, "not everybody tried"


def test_once_nobody_was_found_at_the_address_nobody_else_tries_for_a_while() -> None:
    registry = LimitRegistry(lambda: ModelLimits(breaker=Breaker(rest=50)))
    model = Scripted([fail("model_unreachable")] * 50)
    ledger = MemoryLedger()
    for _ in range(4):
        with pytest.raises(ModelError) as caught:
            ask(model, registry=registry, ledger=ledger)
        assert caught.value.code == "model_unreachable"
    assert len(model.history) == len(ledger.entries) == 4


def test_what_one_owner_asks_for_does_not_close_the_model_for_others() -> None:
    registry = down(lambda: 0.0)
    for _ in range(3):
        with pytest.raises(ModelError):
            ask(Scripted([fail("model_overloaded")] * 9), registry=registry, owner="alice")
    assert ask(Scripted(["hello"]), registry=registry, owner="bob").text == "hello"


def test_one_model_that_is_down_says_nothing_about_its_providers_others() -> None:
    registry = down(lambda: 0.0)
    for owner in ("alice", "bob"):
        with pytest.raises(ModelError):
            ask(Scripted([fail("model_overloaded")] * 9, "same:broken"), registry=registry, owner=owner)
    assert ask(Scripted(["hello"], "same:sound"), registry=registry).text == "hello"


def test_a_long_pause_is_told_and_its_end() -> None:
    told: list[Waiting | None] = []
    later = ModelError("later", code="model_rate_limited", retryable=True, retry_after=1.0)
    ask(Scripted([later, "hello"]), on_wait=told.append)
    assert [waiting and (waiting.model, waiting.code) for waiting in told] == [
        ("scripted:test", "model_rate_limited"),
        None,
    ]


def test_rate_limits_lower_how_many_calls_run_at_once() -> None:
    registry = LimitRegistry()
    ask(Scripted([fail("model_rate_limited"), "hello"]), registry=registry)
    assert registry.limits_of(Scripted([])).concurrency.limit == 4


def test_the_error_of_a_tried_model_is_told_rather_than_an_open_circuit() -> None:
    registry = down(lambda: 0.0)
    second = Scripted([fail("model_unreachable")] * 5, "second:b")
    for _ in range(3):
        with pytest.raises(ModelError):
            ask(second, registry=registry)
    with pytest.raises(ModelError) as caught:
        ask(Scripted([fail("model_auth")], "first:a"), second, registry=registry)
    assert caught.value.code == "model_auth"


def test_a_guard_without_models_is_refused() -> None:
    with pytest.raises(ValueError, match="client"):
        RetryingAsker([])


def test_a_long_silence_is_told_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "_SILENCE", 0.05)
    told: list[Waiting | None] = []
    ask(Scripted([0.3, "hello"]), on_wait=told.append)
    assert [waiting and waiting.code for waiting in told] == ["model_silent", None]
    told.clear()
    ask(Scripted(["hello"]), on_wait=told.append)
    assert told == []
