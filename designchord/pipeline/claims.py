"""Steps are taken up together: whoever's turn it is does so for its neighbours that wait, too, in one transaction.

The parts of a design become ready at the same moment and wait together for their turn (``pipeline.turnstile``). Seven
transactions that lock the same design one after another cost seven times as much as one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass

from designchord.designs.services.steps import Lease, steps_claim
from designchord.pipeline.heart import Heart
from designchord.pipeline.ports import Ports

#: How far apart ids may be. The parts of a design are stored by one statement, so theirs are next to each other; a step
#: of another design that comes with them is left alone.
NEIGHBOURHOOD = 16


@dataclass(slots=True, eq=False)
class Turn:
    """A thread that is going to take a step up; with an ``outcome`` to wait for where another one is about to do it."""

    step: int
    outcome: Future[Lease | None] | None = None


class Claims:
    """The threads of this process that wait to take a step up."""

    def __init__(self, *, ports: Ports, heart: Heart) -> None:
        self._ports = ports
        self._heart = heart
        self._lock = threading.Lock()
        self._turns: dict[int, Turn] = {}

    @contextmanager
    def waiting(self, step_id: int) -> Iterator[Turn]:
        """Say that this thread will ``take`` the step when it has its turn. If it never does, the lease runs out."""
        turn = Turn(step_id)
        with self._lock:
            self._turns.setdefault(step_id, turn)  # of a step that was handed over twice, one thread is enough
        try:
            yield turn
        finally:
            with self._lock:
                self._forget(turn)

    def take(self, turn: Turn) -> Lease | None:
        """The step's lease, taken now or by a neighbour before; None when it is not to be had."""
        while True:
            with self._lock:
                outcome, neighbours = turn.outcome, []
                if outcome is None:
                    self._forget(turn)
                    neighbours = self._begin_neighbours(turn)
            if outcome is None:
                return self._claim(turn, neighbours)
            if (lease := outcome.result()) is not None:
                return lease
            # Not to be had by that neighbour, as it is of another design.

    def _forget(self, turn: Turn) -> None:
        """Under the lock."""
        if self._turns.get(turn.step) is turn:
            del self._turns[turn.step]

    def _begin_neighbours(self, turn: Turn) -> list[Turn]:
        """Under the lock."""
        around = range(turn.step - NEIGHBOURHOOD, turn.step + NEIGHBOURHOOD + 1)
        known = [self._turns[step] for step in around if step in self._turns and step != turn.step]
        neighbours = [each for each in known if each.outcome is None]
        for each in neighbours:
            each.outcome = Future()
        return neighbours

    def _claim(self, turn: Turn, neighbours: list[Turn]) -> Lease | None:
        leases: dict[int, Lease] = {}
        try:
            claimed = steps_claim(
                step_ids=[turn.step, *(each.step for each in neighbours)],
                holder=self._ports.holder,
                seconds=self._ports.limits.lease,
            )
            self._ports.publish(claimed.events)
            leases = claimed.leases
        finally:
            for each in neighbours:
                self._tell(each, leases.get(each.step))
        return leases.get(turn.step)

    def _tell(self, turn: Turn, lease: Lease | None) -> None:
        if lease is not None:  # in a long queue its turn may come after the lease's end
            self._heart.keep(lease)
        with self._lock:
            outcome, turn.outcome = turn.outcome, turn.outcome if lease else None
        if outcome is not None:
            outcome.set_result(lease)
