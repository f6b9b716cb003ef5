"""What the services keep to on every database, with many claimers, every message three times and ends that race."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from designchord.blueprint.model import Brief
from designchord.designs import selectors
from designchord.designs.models import (
    Call,
    Design,
    DesignState,
    Event,
    Origin,
    Owner,
    Part,
    Revision,
    Step,
    StepState,
)
from designchord.designs.selectors import NOTHING_USED
from designchord.designs.services import calls, designs, parts, planning, steps
from designchord.designs.services.parts import Made, NewRevision
from designchord.designs.services.planning import Compiled, PlannedPart
from designchord.designs.services.steps import Lease, Outcome
from designchord.errors import Conflict, Stopped
from designchord.llm.base import Answer, TokenUsage
from designchord.settings import Limits

PARTS = ("document", "erd", "api")


@pytest.fixture
def owner(database: str) -> Owner:
    return Owner.objects.create(username="alice")


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Runs functions at the same moment in threads with connections of their own; results, or errors, in order."""
    with ThreadPoolExecutor(16) as pool:

        def run(*works: Callable[[], Any]) -> list[Any]:
            together = threading.Barrier(len(works))

            def one(work: Callable[[], Any]) -> Any:
                try:
                    together.wait(10)
                    return work()
                except (Stopped, Conflict) as error:
                    return error
                finally:
                    connection.close()

            return [future.result(30) for future in [pool.submit(one, work) for work in works]]

        yield run


def create(owner: Owner, key: str | None = None, title: str = "Library") -> tuple[Design, bool]:
    new = designs.NewDesign(
        brief=Brief(title, "Lends books.", "", "en"),
        kinds=PARTS,
        model="offline",
        digest=title,
        idempotency_key=key,
        deadline=600,
    )
    return designs.design_create(owner=owner, new=new)


def claim(step: int, *, seconds: float = 60) -> Lease | None:
    claimed = steps.step_claim(step_id=step, holder="test", seconds=seconds)
    return claimed.lease if claimed else None


def made(text: str) -> Made:
    return Made(new=NewRevision(source=text, origin=Origin.OFFLINE), outcome=Outcome())


def store(lease: Lease, text: str = "made") -> None:
    parts.revision_store(lease=lease, made=made(text))


def planned(owner: Owner) -> tuple[UUID, list[int]]:
    """A design whose blueprint is stored, and its parts' steps."""
    design, _ = create(owner)
    lease = claim(Step.objects.get(design=design, part__kind="blueprint").pk)
    assert lease is not None
    plan = [
        PlannedPart(kind=kind, key="", title=kind, position=at, compiled=None, elaborated=True)
        for at, kind in enumerate(PARTS, 1)
    ]
    blueprint = NewRevision(source="{}", origin=Origin.OFFLINE)
    compiled = Compiled(plan, report=None)
    stored = planning.blueprint_store(lease=lease, outcome=Outcome(), new=blueprint, compiled=compiled)
    return design.pk, stored.ready


def finish(design: UUID) -> bool:
    """What the pipeline does when it has ended a step: run the report if everything else has settled."""
    report = steps.report_claimable(design_id=design)
    lease = claim(report) if report is not None else None
    if lease is None:
        return False
    seen = Design.objects.get(pk=design).last_event
    designs.design_end(lease=lease, report={"problems": []}, seen=seen)
    return True


def assert_sound(design: UUID) -> None:
    """Gapless events, exactly one end among them when there is one, one current revision an artifact."""
    row = Design.objects.get(pk=design)
    events = list(Event.objects.filter(design=design).values_list("number", "type"))
    assert [number for number, _ in events] == list(range(1, row.last_event + 1))
    assert [kind for _, kind in events].count("done") == (1 if row.finished_at else 0)
    for part in Part.objects.filter(design=design):
        assert list(part.revisions.values_list("number", flat=True)) == list(range(1, part.current + 1))


def test_of_eight_claimers_of_twenty_steps_each_step_has_one(owner: Owner, at_once: Any) -> None:
    ready = [pk for _ in range(7) for pk in planned(owner)[1]][:20]

    leases = at_once(*[lambda: [claim(pk) for pk in ready]] * 8)

    taken = [lease.step for mine in leases for lease in mine if lease is not None]
    assert sorted(taken) == sorted(ready)


def test_every_message_delivered_three_times_makes_one_revision_a_part(owner: Owner, at_once: Any) -> None:
    for _ in range(10):
        design, ready = planned(owner)

        def deliver(step: int, design: UUID = design) -> None:
            lease = claim(step)
            if lease is not None:
                store(lease)
                finish(design)

        at_once(*[lambda pk=pk: deliver(pk) for pk in ready for _ in range(3)])

        assert Revision.objects.filter(part__design=design).count() == 1 + len(ready)
        assert Design.objects.get(pk=design).state == DesignState.DONE
        assert_sound(design)


def test_a_finished_step_that_is_delivered_again_changes_nothing(owner: Owner) -> None:
    design, ready = planned(owner)
    for pk in ready:
        lease = claim(pk)
        assert lease is not None
        store(lease)
    finish(design)
    before = list(Event.objects.filter(design=design).values_list("number", "type"))

    assert [claim(pk) for pk in Step.objects.values_list("pk", flat=True)] == [None] * 5
    assert list(Event.objects.filter(design=design).values_list("number", "type")) == before


def test_the_last_two_parts_finishing_at_once_run_the_report_exactly_once(owner: Owner, at_once: Any) -> None:
    for _ in range(40):
        design, ready = planned(owner)
        leases = [claim(pk) for pk in ready]
        assert all(leases)
        store(leases[0])  # type: ignore[arg-type]

        def end(lease: Lease | None, design: UUID = design) -> bool:
            assert lease is not None
            store(lease)
            return finish(design)

        ran = at_once(lambda: end(leases[1]), lambda: end(leases[2]))  # noqa: B023 - runs within the round

        assert sorted(ran) == [False, True]
        assert Design.objects.get(pk=design).state == DesignState.DONE
    assert_sound(design)


def test_cancelling_against_finishing_has_one_winner(owner: Owner, at_once: Any) -> None:
    won = []
    for _ in range(40):
        design, ready = planned(owner)
        leases = [lease for pk in ready if (lease := claim(pk))]
        for lease in leases[1:]:
            store(lease)

        def end(lease: Lease, design: UUID = design) -> None:
            store(lease)
            finish(design)

        def cancel(design: UUID = design) -> None:
            designs.design_cancel(design_id=design, state=DesignState.CANCELLED, code="cancelled", message="")

        results = at_once(lambda: end(leases[0]), cancel)  # noqa: B023

        assert results[0] is None or isinstance(results[0], Stopped)
        won.append(Design.objects.get(pk=design).state)
        assert_sound(design)
        assert not Step.objects.filter(design=design).exclude(state__in=["done", "cancelled"]).exists()
    assert set(won) <= {DesignState.DONE, DesignState.CANCELLED}


def test_parts_that_end_while_others_begin_and_the_design_is_cancelled_never_lock_each_other_out(
    owner: Owner, at_once: Any
) -> None:
    for _ in range(30):
        design, ready = planned(owner)
        first = claim(ready[0])
        assert first is not None

        def cancel(design: UUID = design) -> None:
            designs.design_cancel(design_id=design, state=DesignState.CANCELLED, code="cancelled", message="")

        at_once(
            lambda: store(first),  # noqa: B023
            lambda: claim(ready[1]),  # noqa: B023
            lambda: claim(ready[2]),  # noqa: B023
            cancel,
        )
        assert_sound(design)


def test_a_write_with_an_outdated_token_is_refused_and_leaves_no_trace(owner: Owner) -> None:
    design, ready = planned(owner)
    suspended = claim(ready[0], seconds=-1)  # its lease has run out
    successor = claim(ready[0])
    assert suspended is not None
    assert successor is not None
    before = Design.objects.get(pk=design).last_event

    with pytest.raises(Stopped):
        store(suspended, "late")
    with pytest.raises(Stopped):
        steps.step_fail(lease=suspended, code="late", message="")
    with pytest.raises(Stopped):
        steps.step_phase(lease=suspended, phase="repairing")
    assert not steps.step_release(lease=suspended)
    assert steps.leases_lost(leases=[suspended, successor]) == {ready[0]}
    assert Design.objects.get(pk=design).last_event == before

    store(successor, "in time")
    assert Revision.objects.get(part__design=design, part__kind="document").source == "in time"


def test_a_lease_can_be_taken_over_only_when_it_has_run_out(owner: Owner) -> None:
    _, ready = planned(owner)
    lease = claim(ready[0])
    assert lease is not None
    assert claim(ready[0]) is None

    steps.leases_renew(leases=[lease], seconds=-1)
    taken_over = claim(ready[0])

    assert taken_over is not None
    assert taken_over.token > lease.token


def test_a_released_step_is_ready_for_anybody_and_the_attempt_does_not_count(owner: Owner) -> None:
    _, ready = planned(owner)
    lease = claim(ready[0])
    assert lease is not None

    assert steps.step_release(lease=lease)

    step = Step.objects.get(pk=ready[0])
    assert (step.state, step.attempt, step.enqueued_at) == (StepState.READY, 0, None)
    assert claim(ready[0]) is not None


def test_a_step_that_never_came_back_is_put_aside_and_cannot_be_taken_any_more(owner: Owner) -> None:
    design, ready = planned(owner)
    for _ in range(3):
        assert claim(ready[0], seconds=-1) is not None
    assert designs.design_discard(step_id=ready[0], attempts=4) == []

    assert designs.design_discard(step_id=ready[0], attempts=3)

    step = Step.objects.get(pk=ready[0])
    assert (step.state, step.error_code) == (StepState.FAILED, "step_poison")
    assert claim(ready[0]) is None
    assert_sound(design)


def test_one_key_sent_eight_times_at_once_makes_one_design(owner: Owner, at_once: Any) -> None:
    results = at_once(*[lambda: create(owner, key="k1")] * 8)

    assert len({design.pk for design, _ in results}) == 1
    assert [new for _, new in results].count(True) == 1
    assert Design.objects.count() == 1


def test_one_key_with_another_request_is_a_conflict_and_another_owners_key_is_not(owner: Owner) -> None:
    create(owner, key="k1")

    with pytest.raises(Conflict):
        create(owner, key="k1", title="Another")
    bob = Owner.objects.create(username="bob")
    assert create(bob, key="k1")[1]


def test_two_edits_of_one_revision_at_once_are_an_edit_and_a_conflict(owner: Owner, at_once: Any) -> None:
    design, ready = planned(owner)
    lease = claim(ready[0])
    assert lease is not None
    store(lease)
    document = Part.objects.get(design=design, kind="document")

    def edit(text: str) -> Any:
        new = NewRevision(source=text, origin=Origin.EDITED)
        return parts.revision_add(part_id=document.pk, base=1, new=new)

    results = at_once(lambda: edit("a"), lambda: edit("b"))

    assert [isinstance(result, Conflict) for result in results].count(True) == 1
    assert_sound(design)


def test_a_call_is_written_down_before_it_is_made_and_its_answer_is_found_again(owner: Owner) -> None:
    _, ready = planned(owner)
    lease = claim(ready[0])
    assert lease is not None
    ledger = calls.DatabaseLedger(
        lease=lease, owner_id=owner.pk, run=1, limits=Limits(), price=lambda *_: 0.5, before=dict(NOTHING_USED)
    ).about("q")

    number = ledger.open("openai:test")
    assert Call.objects.get(pk=number).state == "open"
    ledger.close(number, answer=Answer("said", "openai:test", TokenUsage(input=3, output=2)))

    saved = calls.answer_saved(step_id=lease.step, run=1, digest="q")
    assert saved is not None
    assert saved.text == "said"
    assert Call.objects.get(pk=number).cost_usd == ledger.used["cost_usd"] == 0.5


def test_steps_that_nobody_took_up_are_due_and_those_just_handed_over_are_not(owner: Owner) -> None:
    _, ready = planned(owner)
    steps.steps_enqueued(step_ids=ready[1:])
    Step.objects.filter(pk=ready[2]).update(enqueued_at=timezone.now() - timedelta(seconds=31))

    due = [step.pk for step in selectors.steps_due(silent_for=timedelta(seconds=30))]

    assert due == [ready[0], ready[2]]


def test_a_sweep_reads_no_table_from_end_to_end(owner: Owner) -> None:
    """Each process sweeps every few seconds, so what is done and kept must not make it slower."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever indexes it has")
    with CaptureQueriesContext(connection) as asked:
        list(selectors.steps_due(silent_for=timedelta(seconds=30)))
        selectors.designs_stalled()
        selectors.designs_with_report_due()
        selectors.designs_overdue(before=timezone.now())
        selectors.steps_held()
        designs.designs_purge()
    plans = []
    for query in asked.captured_queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plans += [row[3] for row in cursor.fetchall()]

    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN") and "USING" not in plan] == []
    assert not [plan for plan in plans if "(part_id=?)" in plan], "every design has one report"
