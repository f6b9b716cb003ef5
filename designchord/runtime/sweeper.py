"""Finds steps that were committed and not enqueued or lost their worker, and designs past their deadline.

Any number may run at the same time.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog
from django.utils import timezone

from designchord.designs import selectors
from designchord.designs.connections import release_connection
from designchord.designs.models import Design, DesignState, Step, StepState
from designchord.designs.services import accounts, designs, rate_limits, steps
from designchord.designs.services.beats import Round, beat
from designchord.errors import QuotaExceeded, outcome_of
from designchord.runtime.holders import holder_is_dead
from designchord.runtime.ports import Ports

log = structlog.get_logger("designchord.sweeper")

#: Seconds after its deadline when a design is ended whatever its steps do.
OVERDUE_SECONDS = 30.0

#: How long ago a design must have ended for want of a model, and may have, to be made when the model is back: longer
#: than an address where nobody answered is left alone, and not so long that its owner thinks of something else.
CUT_OFF_AFTER, CUT_OFF_UNTIL = timedelta(seconds=15), timedelta(minutes=10)


def _queued_for_good(step: Step) -> bool:
    """Whether a step that is ready was enqueued so lately that its message must still be in a long queue.

    Each enqueueing is trusted for as long as all before it took together, but for two minutes at most: work that
    is late because there is much of it does not become more by this.
    """
    if step.state != StepState.READY or step.enqueued_at is None or step.ready_at is None:
        return False
    trusted = min(step.enqueued_at - step.ready_at, timedelta(minutes=2))
    return -selectors.CLOCK_SET_BACK < timezone.now() - step.enqueued_at < trusted


class Steps(Protocol):
    """What the sweeper asks for: ``pipeline.steps``."""

    def enqueue(self, ready: list[int]) -> None: ...

    def note_enqueued(self) -> None: ...

    def advance(self, design_id: UUID) -> None: ...

    def report_again(self, design_id: UUID) -> None: ...

    def rerun_lost(self, design: Design, lost: Sequence[Step]) -> int: ...


class Leases(Protocol):
    """What this process itself works at: ``runtime.leases``."""

    def keeps(self, step_id: int) -> bool: ...


class Sweeper:
    """``sweep`` does one round; ``start`` does one every few seconds in a thread of its own."""

    def __init__(
        self, *, ports: Ports, steps: Steps, leases: Leases, inherits: bool = True, alive_file: Path | None = None
    ) -> None:
        self._ports = ports
        self._leases = leases
        self._alive_file = alive_file
        self._inherits = inherits
        self._steps = steps
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._round = Round(at=timezone.now(), patient=False)

    def sweep(self, *, silent_for: float | None = None) -> Counter[str]:
        """One round; what was found, by sort. Steps enqueued ``silent_for`` seconds ago are enqueued again."""
        self.mind_clock()
        return sum((chore() for chore in self._chores(silent_for)), Counter[str]())

    def _chores(self, silent_for: float | None) -> list[Callable[[], Counter[str]]]:
        """What a round consists of. None depends on another, so one that fails keeps no other from being done."""
        limits = self._ports.limits
        silent = timedelta(seconds=limits.redeliver_after if silent_for is None else silent_for)
        return [
            self._show_life,
            self._note_enqueued,
            self._expire_dead_holders,
            self._purge,
            self._end_overdue,
            self._discard_poison,
            lambda: self._enqueue_due(silent),
            self._advance_stalled,
            self._report_due,
            self._try_again,
        ]

    def _show_life(self) -> Counter[str]:
        """For a health check; also while the database is away, which is no reason to start this process anew."""
        if self._alive_file is not None:
            try:
                self._alive_file.touch()
            except OSError as error:
                log.warning("alive_file_not_written", error=type(error).__name__)
        return Counter()

    def _try_again(self) -> Counter[str]:
        """Run once more what ended because nobody answered at a model's address, when somebody does."""
        found = Counter[str]()
        answers: dict[str, bool] = {}
        for design in selectors.designs_cut_off(at_least=CUT_OFF_AFTER, at_most=CUT_OFF_UNTIL):
            if design.model not in answers:
                answers[design.model] = self._ports.models.answers(design.model)
            if answers[design.model]:
                try:
                    found["tried_again"] += self._steps.rerun_lost(design, selectors.steps_lost(design=design))
                except QuotaExceeded:
                    continue  # its owner has enough under way; the next round may do better
        return found

    def _note_enqueued(self) -> Counter[str]:
        self._steps.note_enqueued()
        return Counter()

    def _purge(self) -> Counter[str]:
        rate_limits.rate_limits_forget()
        return Counter(purged=designs.designs_purge(), sessions=accounts.sessions_purge())

    def _end_overdue(self) -> Counter[str]:
        overdue = selectors.designs_overdue(before=self._round.at - timedelta(seconds=OVERDUE_SECONDS))
        for design_id in overdue:
            self._ports.publish(
                designs.design_cancel(
                    design_id=design_id,
                    state=DesignState.FAILED,
                    code="design_deadline",
                    message="The time for this design is over. Retry what is missing.",
                )
            )
        return Counter(overdue=len(overdue))

    def _discard_poison(self) -> Counter[str]:
        attempts = self._ports.limits.step_attempts
        due = selectors.steps_due(silent_for=timedelta()).filter(attempt__gte=attempts)
        poison = [step for step in due if not self._is_held(step)]
        for step in poison:
            self._ports.publish(designs.design_discard(step_id=step.pk, attempts=attempts))
            self._steps.advance(step.design_id)
        return Counter(poisoned=len(poison))

    def _enqueue_due(self, silent: timedelta) -> Counter[str]:
        due = selectors.steps_due(silent_for=silent).filter(attempt__lt=self._ports.limits.step_attempts)
        ready = [step.pk for step in due if not _queued_for_good(step) and not self._is_held(step)]
        self._steps.enqueue(ready)
        return Counter(enqueued=len(ready))

    def _is_held(self, step: Step) -> bool:
        """Whether somebody works at a step although its lease has run out, as far as can be known."""
        if step.state != StepState.RUNNING:
            return False
        if self._leases.keeps(step.pk):
            return True
        return self._round.patient and not holder_is_dead(step.holder)

    def mind_clock(self) -> None:
        """Begin a round: make up for time in which no process looked after the designs, and for what this process's own
        clock has skipped."""
        limits = self._ports.limits
        self._round = beat(every=limits.sweep_every, lease=limits.lease, design_deadline=limits.design_deadline)
        if self._round.moved:
            log.warning("time_missed", seconds=round(self._round.missed), designs=self._round.moved)
        if abs(self._ports.clock.skipped()) >= limits.lease / 2:
            self._ports.clock.mind()

    def _advance_stalled(self) -> Counter[str]:
        stalled = selectors.designs_stalled()
        for design_id in stalled:
            self._steps.advance(design_id)
        return Counter(stalled=len(stalled))

    def _report_due(self) -> Counter[str]:
        due = selectors.designs_with_report_due()
        for design_id in due:
            self._steps.report_again(design_id)
        return Counter(reported=len(due))

    def prepare(self) -> None:
        """Before this process takes a step: what seems late only because nobody was there must not end by it."""
        self._done(self.mind_clock)
        release_connection()

    def start(self) -> None:
        """Sweep at once, then every few seconds until ``stop``.

        Where the queue dies with its process, the first round believes nobody (``inherits``): what a dead process had
        queued is run at once, and what a living one has queued is claimed by one of the two. A broker keeps its queue.
        """
        self._stopping.clear()
        self._thread = threading.Thread(target=self._loop, name="sweeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def _loop(self) -> None:
        silent_for = 0.0 if self._inherits else None
        while True:
            begun = self._done(self.mind_clock)
            done = [self._done(chore) for chore in self._chores(silent_for)] if begun else [False]
            silent_for = None if all(done) else silent_for
            release_connection()
            if self._stopping.wait(self._ports.limits.sweep_every):
                return

    def _done(self, chore: Callable[[], object]) -> bool:
        """Whether a chore was done; the next round may do better, no round at all would do nothing."""
        outcome = outcome_of(chore)
        if isinstance(outcome, Exception):
            log.warning("sweep_interrupted", error=type(outcome).__name__)
            return False
        return True

    def _expire_dead_holders(self) -> Counter[str]:
        """Take back at once what a process that is seen to be dead still holds, instead of waiting for its leases."""
        held = selectors.steps_held()
        dead = {holder for holder in {holder for _, holder in held} if holder_is_dead(holder)}
        for step_id, holder in held:
            if holder in dead:
                steps.lease_expire(step_id=step_id, holder=holder)
        return Counter()
