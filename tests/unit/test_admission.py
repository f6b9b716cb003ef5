"""How steps share the processor: a few work, any number wait outside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from designchord.engines.embedded import EmbeddedEngine
from designchord.errors import Stopped
from designchord.llm import loop
from designchord.llm.base import Answer, Message, OnText, Request
from designchord.llm.retrying import RetryingAsker
from designchord.llm.scripted import MemoryLedger, Scripted
from designchord.llm.stop import Stop
from designchord.runtime import admission as admissions
from designchord.runtime.admission import Admission
from tests.servers import wait_until

REQUEST = Request((Message("user", "Write it."),), 100, deadline=120.0)


class Inside:
    """Counts who is inside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now = self.most = 0

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.now -= 1


class Crowd(Scripted):
    """A model that answers when so many calls are under way, and not before."""

    def __init__(self, size: int) -> None:
        super().__init__([])
        self._size = size
        self._there: asyncio.Event | None = None

    async def complete(self, request: Request, on_text: OnText | None = None) -> Answer:
        self._there = self._there or asyncio.Event()
        self.history.append(request)
        if len(self.history) == self._size:
            self._there.set()
        await self._there.wait()
        return Answer("hello", self.name)


@pytest.fixture(autouse=True, scope="module")
def _end_loop() -> Iterator[None]:
    yield
    loop.stop()


def started(target: object, *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread


def test_a_thousand_steps_wait_for_their_models_at_once_while_at_most_two_work() -> None:
    admission, inside, ledger = Admission(2), Inside(), MemoryLedger()
    guard = RetryingAsker([Crowd(1000)])
    ended: list[int] = []

    def handle(step: int, _: int) -> None:
        with admission.seat(urgent=True):
            with inside:
                pass
            guard.ask(REQUEST, ledger=ledger, owner="a", away=lambda *, calling: admission.vacated(urgent=calling))
            with inside:
                ended.append(step)

    engine = EmbeddedEngine(handle=handle, concurrency=1000)
    engine.start()
    engine.enqueue(range(1000))
    wait_until(lambda: len(ended) == 1000, 60, "the end of all steps")
    engine.stop(30)

    assert sorted(ended) == list(range(1000))
    assert inside.most <= 2
    assert all(entry.closed and entry.answer for entry in ledger.entries)


def test_all_who_wait_can_be_stopped_at_once() -> None:
    admission, ledger = Admission(1), MemoryLedger()
    model = Crowd(1_000_000)
    guard, stops = RetryingAsker([model]), [Stop() for _ in range(100)]

    def handle(step: int, _: int) -> None:
        with admission.seat(urgent=True), suppress(Stopped):
            guard.ask(
                REQUEST, ledger=ledger, owner="a", stop=stops[step],
                away=lambda *, calling: admission.vacated(urgent=calling),
            )  # fmt: skip

    engine = EmbeddedEngine(handle=handle, concurrency=100)
    engine.start()
    engine.enqueue(range(100))
    wait_until(lambda: len(model.history) == 100, 30, "all calls")
    for stop in stops:
        stop.say()
    engine.stop(30)

    assert len(ledger.entries) == 100
    assert all(entry.closed and entry.answer is None for entry in ledger.entries)


def test_who_waits_outside_keeps_nobody_from_working() -> None:
    admission = Admission(1)
    outside, back = threading.Event(), threading.Event()

    def waits() -> None:
        with admission.seat(urgent=False), admission.vacated(urgent=False):
            outside.set()
            back.wait(30)

    thread = started(waits)
    assert outside.wait(10)
    with admission.seat(urgent=False):
        pass
    back.set()
    thread.join(10)
    assert not thread.is_alive()


def _order(admission: Admission, names: Sequence[tuple[str, bool] | tuple[str, bool, int]]) -> list[str]:
    """Who comes in after whom when all have queued in this order; each with its urgency and its owner."""
    order: list[str] = []

    def pass_through(name: str, urgent: bool, owner: int = 0) -> None:
        with admission.seat(urgent=urgent, owner=owner):
            order.append(name)

    threads = []
    with admission.seat(urgent=True):
        for number, queued in enumerate(names, start=1):
            threads.append(started(pass_through, *queued))
            wait_until(lambda number=number: admission.waiting() == number, 10, "its queueing")
    for thread in threads:
        thread.join(10)
    return order


def test_urgent_work_goes_first_and_otherwise_whoever_came_first() -> None:
    names = [("part", False), ("call", True), ("other part", False), ("other call", True)]

    assert _order(Admission(1), names) == ["call", "other call", "part", "other part"]


def test_owners_take_turns_however_many_of_one_have_come() -> None:
    flood = [(f"a{number}", True, 1) for number in range(4)]

    assert _order(Admission(1), [*flood, ("b", False, 2), ("c", True, 3)]) == ["a0", "b", "c", "a1", "a2", "a3"]


def test_who_comes_back_has_its_owners_turn() -> None:
    admission, order = Admission(1), list[str]()

    def work(name: str, owner: int, outside: threading.Event) -> None:
        with admission.seat(urgent=True, owner=owner):
            with admission.vacated(urgent=True):
                outside.wait(30)
            order.append(name)

    gates = [threading.Event() for _ in range(3)]
    threads = [started(work, *who) for who in (("a0", 1, gates[0]), ("a1", 1, gates[1]), ("b", 2, gates[2]))]
    with admission.seat(urgent=True):
        for queued, gate in enumerate(gates, start=1):
            gate.set()
            wait_until(lambda queued=queued: admission.waiting() >= queued, 10, "its queueing")
    for thread in threads:
        thread.join(10)

    assert order == ["a0", "b", "a1"]


def test_work_that_is_not_urgent_is_not_put_off_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admissions, "BEHIND_SECONDS", 0.0)

    assert _order(Admission(1), [("part", False), ("call", True)]) == ["part", "call"]


def test_a_place_is_given_up_once_whatever_happens_inside() -> None:
    broken = True

    def leave() -> None:
        if broken:
            raise OSError

    admission = Admission(1, on_vacate=leave)
    for _ in range(2):
        with pytest.raises(OSError), admission.seat(urgent=True):
            raise ValueError
        with pytest.raises(OSError), admission.seat(urgent=True), admission.vacated(urgent=True):
            raise ValueError
    broken = False

    assert _order(admission, [("call", True), ("other call", True)]) == ["call", "other call"]
