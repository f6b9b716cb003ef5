"""How calls share a provider: the gate, the breaker, joined halves."""

from __future__ import annotations

import threading
import time

import pytest

from designchord.errors import Stopped
from designchord.llm.base import Message, Request
from designchord.llm.breaker import Breaker
from designchord.llm.continuation import ask_shorter, ask_to_go_on, join
from designchord.llm.gate import Gate
from designchord.llm.stop import Stop


def enter(gate: Gate, owner: str = "a", wait: float = 5.0):
    try:
        return gate.enter(owner, wait=lambda turn: turn.result(wait))
    except TimeoutError:
        return None


def test_no_more_calls_run_than_the_limit() -> None:
    gate = Gate(2)
    assert enter(gate)
    assert enter(gate)
    assert enter(gate, wait=0.02) is None


def test_a_place_is_given_on() -> None:
    gate = Gate(1)
    place = enter(gate)
    threading.Timer(0.02, gate.leave, [place], {"well": True}).start()
    assert enter(gate)


def test_who_gives_up_leaves_no_trace() -> None:
    gate = Gate(1)
    place = enter(gate)
    stop = Stop()
    threading.Timer(0.02, stop.say).start()

    with pytest.raises(Stopped):
        gate.enter("b", wait=lambda turn: stop.wait(turn, 60))
    assert enter(gate, "b", 0.02) is None
    gate.leave(place, well=True)
    assert enter(gate, "c")


def test_owners_take_turns_behind_a_flood() -> None:
    gate = Gate(1)
    running = enter(gate, "flood")
    order: list[str] = []
    threads = []

    def call(owner: str) -> None:
        place = enter(gate, owner)
        order.append(owner)
        gate.leave(place, well=None)

    for owner in [*["flood"] * 20, "small"]:
        thread = threading.Thread(target=call, args=(owner,))
        thread.start()
        threads.append(thread)
        while sum(len(queue) for queue in gate._queues.values()) < len(threads):
            time.sleep(0.001)
    gate.leave(running, well=None)
    for thread in threads:
        thread.join(5)
    assert len(order) == 21
    assert order.index("small") <= 1


def test_complaints_of_one_round_lower_the_limit_once() -> None:
    gate = Gate(100)
    places = [enter(gate) for _ in range(50)]
    for place in places:
        gate.leave(place, well=False)
    assert gate.limit == pytest.approx(35)
    gate.leave(enter(gate), well=False)
    assert gate.limit == 4


def test_a_full_round_of_successes_raises_the_limit_by_about_one() -> None:
    gate = Gate(100)
    gate.limit = 10.0
    for _ in range(10):
        places = [enter(gate) for _ in range(int(gate.limit))]
        for place in places[:1]:
            gate.leave(place, well=True)
        for place in places[1:]:
            gate.leave(place, well=None)
    assert 10.9 < gate.limit < 11.1


def test_an_idle_gate_does_not_grow() -> None:
    gate = Gate(100)
    gate.limit = 10.0
    for _ in range(50):
        gate.leave(enter(gate), well=True)
    assert gate.limit == 10


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
