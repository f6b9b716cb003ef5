"""Steps that wait for their turn together are taken up together, each of them once."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from designchord.designs import selectors
from designchord.designs.models import Event, Revision, Step
from designchord.wiring import App
from tests.flows.apps import CLINIC, LIBRARY, look, running_app, submit

pytestmark = pytest.mark.django_db(transaction=True)


def planned(app: App, *briefs) -> list[str]:
    """Designs whose blueprints are made and whose parts nobody has taken up."""
    made = [submit(app, brief) for brief in briefs]
    for design_id in made:
        app.steps.handle(Step.objects.get(design_id=design_id, kind="blueprint").pk)
    return made


def handle_together(app: App, step_ids: Sequence[int]) -> None:
    """Deliver all before the first one has its turn."""
    turnstile = app.steps._ports.turnstile
    threads = [threading.Thread(target=app.steps.handle, args=[step_id]) for step_id in step_ids]
    with turnstile.working(urgent=True):
        for thread in threads:
            thread.start()
        while turnstile.waiting() < len(threads):
            time.sleep(0.01)
    for thread in threads:
        thread.join()


def test_the_parts_of_a_design_that_wait_together_are_taken_up_in_one_transaction(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False, DESIGNCHORD_AT_WORK="1") as app:
        designs = planned(app, LIBRARY, CLINIC)
        parts = [pk for design_id in designs for pk in selectors.steps_ready(design_id=UUID(design_id))]
        handle_together(app, parts)

    for design_id in designs:
        assert look(design_id)["state"] == "done"
        steps = Step.objects.filter(design_id=design_id).exclude(kind__in=["blueprint", "report"])
        assert len(set(steps.values_list("started_at", flat=True))) == 1
        assert set(steps.values_list("attempt", flat=True)) == {1}
        events = Event.objects.filter(design_id=design_id, type="step", data__state="running")
        assert events.filter(data__kind__in=["document", "sequence", "erd", "api"]).count() == len(steps)


def test_a_step_that_is_delivered_twice_to_threads_that_wait_runs_once(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False, DESIGNCHORD_AT_WORK="1") as app:
        (design_id,) = planned(app, LIBRARY)
        parts = selectors.steps_ready(design_id=UUID(design_id))
        handle_together(app, [*parts, *parts])

    assert look(design_id)["state"] == "done"
    assert Revision.objects.filter(artifact__design_id=design_id).count() == 1 + len(parts)
    assert set(Step.objects.filter(design_id=design_id).values_list("attempt", flat=True)) == {1}


def test_a_cancelled_design_does_not_keep_its_neighbours_from_being_made(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False, DESIGNCHORD_AT_WORK="1") as app:
        first, second = planned(app, LIBRARY, CLINIC)
        parts = [pk for design_id in (first, second) for pk in selectors.steps_ready(design_id=UUID(design_id))]
        app.verbs.cancel(owner=app.owner(), design_id=first)
        handle_together(app, parts)

    assert look(first)["state"] == "cancelled"
    assert look(second)["state"] == "done"
