"""``handle``: what an engine calls with a step's id, in any process, once or more often."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import Error
from structlog.contextvars import bound_contextvars

from designchord.blueprint import answering
from designchord.designs import selectors
from designchord.designs.models import Design, Step
from designchord.designs.services import designs, parts, planning, requests, steps
from designchord.errors import ModelError, Stopped, Unavailable
from designchord.pipeline.asking import read_request
from designchord.pipeline.changing import remade
from designchord.pipeline.compiling import compile_for
from designchord.pipeline.making import maker_for
from designchord.pipeline.reporting import report_of
from designchord.runtime.leases import Hold, LeaseKeeper
from designchord.runtime.ports import Ports

log = structlog.get_logger("designchord.steps")

#: Seconds after which a step that failed unexpectedly may be taken up again.
SNOOZED_SECONDS = 2.0


class Steps:
    """Takes steps up, makes what they ask for, stores it, and makes ready what follows."""

    def __init__(self, *, ports: Ports, leases: LeaseKeeper, alone: bool = False) -> None:
        """``alone``: what is enqueued runs in this process, and the note of it may wait for the sweeper."""
        self._ports = ports
        self._leases = leases
        self._alone = alone
        self._lock = threading.Lock()
        self._enqueued: list[int] = []

    def handle(self, step_id: int, owner: int = 0) -> None:
        """Run one step, of that owner, if it is to be had. Returns quietly in every case; raises nothing."""
        with self._ports.admission.seat(urgent=True, owner=owner):
            self._take(step_id)

    def _take(self, step_id: int) -> None:
        try:
            if self._leases.keeps(step_id):  # delivered once more while it runs here
                return
            claim = steps.step_claim(step_id=step_id, holder=self._ports.holder, seconds=self._ports.limits.lease)
            if claim is None:
                return
            self._ports.publish(claim.events)
            lease = claim.lease
            logged = bound_contextvars(design=str(lease.design), step=step_id)
            with logged, self._leases.holding(lease) as hold:
                self._run(hold, lease.taken)
        except Stopped:
            log.info("step_stopped", step=step_id)
        except Error as error:
            log.warning("step_interrupted", step=step_id, error=type(error).__name__)

    def _run(self, hold: Hold, step: Step) -> None:
        try:
            if step.request is not None:
                self._request(hold, step)
            elif step.part is None:
                self._report(hold)
            elif step.kind == "blueprint":
                self._blueprint(hold, step)
            else:
                self._part(hold, step)
        except (Stopped, Error):
            raise
        except ModelError as error:
            self._ports.publish(steps.step_fail(lease=hold.lease, code=error.code, message=error.message))
            self._advance(hold.lease.design)
        except Exception as error:
            log.error("step_failed", step=step.pk, kind=step.kind, error=type(error).__name__, exc_info=True)
            steps.step_snooze(lease=hold.lease, seconds=SNOOZED_SECONDS)

    def _blueprint(self, hold: Hold, step: Step) -> None:
        """Make a blueprint, and store it with all that code makes of it."""
        new, outcome = maker_for(ports=self._ports, hold=hold, step=step).make_blueprint()
        before, change = hold.lease.blueprint, None
        if before is not None:
            new, change = remade(source=before.source, new=new, who=step.design.model, why=step.feedback)
        compiled = compile_for(step.design, answering.load(new.source))
        planned = planning.blueprint_store(lease=hold.lease, outcome=outcome, new=new, compiled=compiled, change=change)
        self._ports.publish(planned.events)
        self.enqueue(planned.ready, owner=step.design.owner_id)
        if not planned.ready and not planned.ended:
            self._advance(hold.lease.design)

    def _part(self, hold: Hold, step: Step) -> None:
        made = maker_for(ports=self._ports, hold=hold, step=step).make_part()
        stored = parts.revision_store(lease=hold.lease, made=made)
        self._ports.publish(stored.events)
        if not stored.last:  # the last one sees to the report
            return
        self._advance(hold.lease.design)

    def _request(self, hold: Hold, step: Step) -> None:
        """Have a model read a request. What it makes of it is only proposed; the design stays as it is."""
        found, outcome = read_request(ports=self._ports, hold=hold, step=step)
        self._ports.publish(requests.request_answer(lease=hold.lease, outcome=outcome, found=found))

    def _report(self, hold: Hold) -> None:
        """Cross-check the design as it stands, once more whenever something has changed meanwhile."""
        while not hold.lost():
            seen, report = self._compile_report(hold.lease.taken.design)
            events = designs.design_end(lease=hold.lease, report=report, seen=seen)
            if events is not None:
                self._ports.publish(events)
                return

    def report_again(self, design_id: UUID) -> None:
        """Cross-check a design that has ended and was changed by hand; one under way will be checked at its end."""
        while (design := selectors.design_with_report_due(design_id=design_id)) is not None:
            seen, report = self._compile_report(design)
            events = designs.design_report(design_id=design_id, report=report, seen=seen)
            if events is not None:
                self._ports.publish(events)
                return

    def _compile_report(self, design: Design) -> tuple[int, dict[str, object]]:
        """The cross-check of a design as it stands, and the last event that it knows of."""
        seen, sources = selectors.current_sources(design_id=design.pk)
        source = sources.pop(("blueprint", ""), None)
        blueprint = answering.load(source) if source else None
        return seen, report_of(sources, blueprint, language=design.language, before=design.report)

    def rerun_stale(self, design_id: UUID, *, with_edited: bool) -> int:
        """Make again what is out of date; the number of steps that run now."""
        stale = selectors.stale_steps(design_id=design_id, with_edited=with_edited)
        return self.rerun(design_id, stale)

    def rerun_lost(self, design: Design, lost: Sequence[Step]) -> int:
        """Run again these steps, which failed or were cancelled; the number of steps that run now."""
        blueprint = [step.pk for step in lost if step.kind == "blueprint"]
        if blueprint:  # the parts follow from it
            return self.rerun(design.pk, blueprint, cascade=True)
        return self.rerun(design.pk, [step.pk for step in lost])

    def rerun(self, design_id: UUID, step_ids: list[int], *, feedback: str = "", cascade: bool = False) -> int:
        ready, events = designs.design_rerun(
            design_id=design_id,
            step_ids=step_ids,
            seconds=self._ports.limits.design_deadline,
            feedback=feedback,
            cascade=cascade,
            in_flight=self._ports.limits.designs_in_flight,
        )
        self._ports.publish(events)
        self.enqueue(ready)
        return len(ready)

    def enqueue(self, ready: list[int], *, owner: int | None = None) -> None:
        """Hand committed steps to the engine, of one ``owner`` or of whoever's they are; what it does not take now is
        left to the sweeper."""
        if not ready:
            return
        owned = selectors.steps_by_owner(step_ids=ready) if owner is None else {owner: ready}
        try:
            for whose, steps_of in owned.items():
                self._ports.engine().enqueue(steps_of, owner=whose)
        except Unavailable:
            log.warning("engine_unavailable", steps=len(ready))
        else:
            with self._lock:
                self._enqueued += ready
            if not self._alone:
                self.note_enqueued()

    def note_enqueued(self) -> None:
        """Write down what was enqueued. Most of it has been taken up before a sweeper of this process looks."""
        with self._lock:
            enqueued, self._enqueued = self._enqueued, []
        steps.steps_enqueued(step_ids=enqueued)

    def advance(self, design_id: UUID) -> None:
        """Run the report when everything else has settled; exactly one of many callers does."""
        with self._ports.admission.seat(urgent=False):
            self._advance(design_id)

    def _advance(self, design_id: UUID) -> None:
        report = steps.report_claimable(design_id=design_id)
        if report is not None:
            self._take(report)
