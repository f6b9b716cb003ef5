"""How calls share a provider: the limit, the breaker, joined halves."""

from __future__ import annotations

import threading
import time

import pytest

from designchord.errors import Stopped
from designchord.llm.base import Message, Request
from designchord.llm.breaker import Breaker
from designchord.llm.concurrency import ConcurrencyLimit
from designchord.llm.continuation import ask_shorter, ask_to_go_on, join
from designchord.llm.stop import Stop


def enter(limit: ConcurrencyLimit, owner: str = "a", wait: float = 5.0):
    try:
        return limit.acquire(owner, wait=lambda turn: turn.result(wait))
    except TimeoutError:
        return None


def test_no_more_calls_run_than_the_limit() -> None:
    limit = ConcurrencyLimit(2)
    assert enter(limit)
    assert enter(limit)
    assert enter(limit, wait=0.02) is None


def test_a_place_is_given_on() -> None:
    limit = ConcurrencyLimit(1)
    slot = enter(limit)
    threading.Timer(0.02, limit.release, [slot], {"well": True}).start()
    assert enter(limit)


def test_who_gives_up_leaves_no_trace() -> None:
    limit = ConcurrencyLimit(1)
    slot = enter(limit)
    stop = Stop()
    threading.Timer(0.02, stop.say).start()

    with pytest.raises(Stopped):
        limit.acquire("b", wait=lambda turn: stop.wait(turn, 60))
    assert enter(limit, "b", 0.02) is None
    limit.release(slot, well=True)
    assert enter(limit, "c")


def test_owners_take_turns_behind_a_flood() -> None:
    limit = ConcurrencyLimit(1)
    running = enter(limit, "flood")
    order: list[str] = []
    threads = []

    def call(owner: str) -> None:
        slot = enter(limit, owner)
        order.append(owner)
        limit.release(slot, well=None)

    for owner in [*["flood"] * 20, "small"]:
        thread = threading.Thread(target=call, args=(owner,))
        thread.start()
        threads.append(thread)
        while sum(len(queue) for queue in limit._queues.values()) < len(threads):
            time.sleep(0.001)
    limit.release(running, well=None)
    for thread in threads:
        thread.join(5)
    assert len(order) == 21
    assert order.index("small") <= 1


def test_complaints_of_one_round_lower_the_limit_once() -> None:
    limit = ConcurrencyLimit(100)
    places = [enter(limit) for _ in range(50)]
    for slot in places:
        limit.release(slot, well=False)
    assert limit.limit == pytest.approx(35)
    limit.release(enter(limit), well=False)
    assert limit.limit == 4


def test_a_full_round_of_successes_raises_the_limit_by_about_one() -> None:
    limit = ConcurrencyLimit(100)
    limit.limit = 10.0
    for _ in range(10):
        places = [enter(limit) for _ in range(int(limit.limit))]
        for slot in places[:1]:
            limit.release(slot, well=True)
        for slot in places[1:]:
            limit.release(slot, well=None)
    assert 10.9 < limit.limit < 11.1


def test_an_idle_gate_does_not_grow() -> None:
    limit = ConcurrencyLimit(100)
    limit.limit = 10.0
    for _ in range(50):
        limit.release(enter(limit), well=True)
    assert limit.limit == 10


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock) -> Breaker:
    breaker = Breaker(failures=3, rest=10, longest=25, clock=clock)
    for _ in range(3):
        assert breaker.wait() == 0
        breaker.report(up=False)
    return breaker


def test_failures_in_a_row_open_the_breaker() -> None:
    clock = Clock()
    breaker = broken(clock)
    assert breaker.wait() == 10
    clock.now = 4
    assert breaker.wait() == 6


def test_an_answer_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(failures=3, clock=Clock())
    for up in (False, False, True, False, False, None, None):
        breaker.report(up=up)
    assert breaker.wait() == 0


def test_after_the_rest_one_call_tries_and_the_others_wait() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now = 11
    assert breaker.wait() == 0
    assert breaker.wait() > 0
    breaker.report(up=True)
    assert breaker.wait() == 0


def test_a_failed_trial_doubles_the_rest_up_to_the_longest() -> None:
    clock = Clock()
    breaker = broken(clock)
    for rest in (20, 25, 25):
        clock.now += 1000
        assert breaker.wait() == 0
        breaker.report(up=False)
        assert breaker.wait() == rest


def test_a_trial_that_says_nothing_lets_the_next_one_try() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now = 11
    assert breaker.wait() == 0
    breaker.report(up=None)
    assert breaker.wait() == 0


def test_a_late_failure_of_another_call_does_not_end_the_trial() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now = 11
    assert breaker.wait() == 0
    other = threading.Thread(target=breaker.report, kwargs={"up": False})
    other.start()
    other.join()
    assert breaker.wait() == 1.0


@pytest.mark.parametrize(
    ("partial", "more", "whole"),
    [
        ("erDiagram\n  Loan {", "\n    uuid id\n  }", "erDiagram\n  Loan {\n    uuid id\n  }"),
        ("one two three four five", "three four five six", "one two three four five six"),
        ("```mermaid\nerDiagram\n", "```mermaid\n  Loan {\n  }\n```", "```mermaid\nerDiagram\n  Loan {\n  }\n```"),
        ("```mermaid\nerDiagram\n  A {\n  }\n", "```", "```mermaid\nerDiagram\n  A {\n  }\n```"),
        ("no overlap", "overlap", "no overlapoverlap"),
        ("", "all", "all"),
    ],
)
def test_halves_are_joined_without_repeating(partial: str, more: str, whole: str) -> None:
    assert join(partial, more) == whole


def test_asking_again_keeps_the_conversation() -> None:
    request = Request((Message("system", "s"), Message("user", "u")), 100)
    assert [message.role for message in ask_to_go_on(request, "half").messages] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert ask_shorter(request).messages[:2] == request.messages
