"""A laptop that sleeps and a clock that is set cost no call twice and no design."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import F
from django.utils import timezone

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.designs.models import Beat, Design, Step, StepState
from designchord.designs.models import Pace as Paces
from designchord.designs.services import designs, steps
from designchord.designs.services.beats import Round, beat
from designchord.designs.services.designs import NewDesign, local_owner
from designchord.designs.services.rate_limits import rate_limit_take
from designchord.errors import QuotaExceeded
from designchord.runtime.clock import Clock
from tests.flows.apps import LIBRARY, running_app, wait_until_ended
from tests.flows.serving import Client, serving
from tests.servers import ROOT, wait_until

SHORT = {"DESIGNCHORD_LEASE": "3", "DESIGNCHORD_HEARTBEAT": "1", "DESIGNCHORD_SWEEP_EVERY": "0.5"}


def begun(*, deadline: float) -> Design:
    new = NewDesign(
        brief=LIBRARY, kinds=("document",), model="offline", digest="x", idempotency_key=None, deadline=deadline
    )
    return designs.design_create(owner=local_owner(), new=new)[0]


def look_after() -> Round:
    return beat(every=5, lease=60, design_deadline=600)


@contextmanager
def making(tmp_path: Path, clock: Path, latency: float = 4.0) -> Iterator[tuple[Client, ModelServer, str]]:
    """A design whose model takes its time, at the moment that the first call is under way."""
    program = (str(ROOT / "tests" / "clockwork.py"), str(clock))
    with ModelServer(pace=Pace(latency=latency)) as model:
        named = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-test-1234567890"}
        with (
            serving(tmp_path / "home", program=program, **SHORT, **named) as address,
            Client(address) as client,
        ):
            design = client.start(model="openai:gpt-4o", kinds=["document", "erd"])
            wait_until(lambda: model.count >= 1, 20, "the first call")
            yield client, model, design


def ended_well(client: Client, model: ModelServer, design: str) -> None:
    made: dict[str, Any] = client.finished(design, 60)
    assert made["state"] == "done", made["steps"]
    assert [step["attempt"] for step in made["steps"]] == [1] * len(made["steps"])
    assert model.count == made["usage"]["calls"] == len(made["steps"]) - 1


def pid_at(address: str) -> int:
    """The process that listens at an address of this machine."""
    port = f"{urlsplit(address).port:04X}"
    rows = [
        line.split() for line in Path("/proc/net/tcp").read_text().splitlines() if f":{port} 00000000:0000 0A" in line
    ]
    for file in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(file.readlink()) == f"socket:[{rows[0][9]}]":
                return int(file.parts[2])
        except OSError:
            continue
    raise AssertionError("nobody listens there")


def test_a_clock_goes_on_as_before_until_what_it_skipped_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, real, ahead = Clock(), time.time, 0.0
    monkeypatch.setattr(time, "time", lambda: real() + ahead)
    for ahead in (7_200.0, -7_200.0, 0.0):
        assert abs(clock.now() - real() - min(ahead, 0.0)) < 30
        assert abs(clock.skipped() - ahead) < 30
    ahead = 7_200.0
    clock.mind()
    assert abs(clock.now() - real() - ahead) < 30
    assert abs(clock.skipped()) < 30


@pytest.mark.slow
def test_a_process_that_was_suspended_goes_on_with_what_it_had(tmp_path: Path) -> None:
    with making(tmp_path, tmp_path / "clock", 8.0) as (client, model, design):
        pid = pid_at(client.address)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(5)  # longer than a lease
        os.kill(pid, signal.SIGCONT)
        ended_well(client, model, design)


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [90, 7_200, 400_000, -90, -7_200])
def test_a_clock_that_is_set_ends_no_design_and_repeats_no_call(tmp_path: Path, ahead: int) -> None:
    clock = tmp_path / "clock"
    with making(tmp_path, clock) as (client, model, design):
        deadline = datetime.fromisoformat(client.http.get(f"/designs/{design}").json()["deadline_at"])
        clock.write_text(str(ahead))
        ended_well(client, model, design)
        moved = datetime.fromisoformat(client.http.get(f"/designs/{design}").json()["deadline_at"])
        assert abs((moved - deadline).total_seconds() - ahead) < 60


@pytest.mark.slow
def test_a_process_that_begins_after_the_clock_was_set_ends_no_design(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    with making(tmp_path, clock) as (_, _, design):
        pass
    clock.write_text("7200")
    with making(tmp_path, clock) as (client, _, another):
        for each in (design, another):
            assert client.finished(each, 60)["state"] == "done"


@pytest.mark.django_db(transaction=True)
def test_what_was_handed_over_before_the_clock_was_set_back_is_handed_over_again(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        design, _ = app.verbs.start(owner=app.owner(), brief=LIBRARY, kinds=("document",), model="offline")
        Step.objects.filter(design=design, state=StepState.READY).update(
            enqueued_at=timezone.now() + timedelta(hours=2), ready_at=timezone.now() + timedelta(hours=2)
        )
        app.run()
        assert wait_until_ended(str(design.pk))["state"] == "done"


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_was_given_before_the_clock_was_set_back_runs_out(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False, DESIGNCHORD_LEASE="1", DESIGNCHORD_HEARTBEAT="0.4") as app:
        design, _ = app.verbs.start(owner=app.owner(), brief=LIBRARY, kinds=("document",), model="offline")
        step = Step.objects.get(design=design, state=StepState.READY)
        claim = steps.step_claim(step_id=step.pk, holder="another machine's", seconds=7_200)
        assert claim is not None
        app.sweeper.prepare()
        Design.objects.update(deadline_at=F("deadline_at") + timedelta(hours=2))
        Beat.objects.update(at=F("at") + timedelta(hours=2))
        app.run()
        assert wait_until_ended(str(design.pk))["state"] == "done"


@pytest.mark.django_db
def test_time_in_which_nobody_was_there_is_given_back_once() -> None:
    underway, ended = (begun(deadline=600.0) for _ in range(2))
    designs.design_cancel(design_id=ended.pk, state="cancelled", code="", message="")
    assert look_after().moved == 0, "nobody has looked before, so nothing is known to be missed"
    Design.objects.filter(pk=underway.pk).update(deadline_at=F("deadline_at") - timedelta(seconds=300))
    before = Design.objects.get(pk=underway.pk).deadline_at
    Beat.objects.update(at=F("at") - timedelta(seconds=105))

    rounds = [look_after() for _ in range(3)]

    assert [made.moved for made in rounds] == [1, 0, 0]
    assert all(made.patient for made in rounds), "whoever slept as well has time to renew what it holds"
    assert abs(Design.objects.get(pk=underway.pk).deadline_at - before - timedelta(seconds=100)) < timedelta(seconds=2)
    assert Design.objects.get(pk=ended.pk).deadline_at == ended.deadline_at


@pytest.mark.django_db
@pytest.mark.parametrize("away", [timedelta(days=3), timedelta(days=-3)])
def test_no_design_gets_more_time_than_a_new_one(away: timedelta) -> None:
    design = begun(deadline=600.0)
    look_after()
    Beat.objects.update(at=F("at") - away)
    Design.objects.update(deadline_at=F("deadline_at") - away)

    assert look_after().moved == 1

    left = Design.objects.get(pk=design.pk).deadline_at - timezone.now()
    assert timedelta(seconds=580) < left <= timedelta(seconds=600)


@pytest.mark.django_db
def test_nothing_is_given_while_somebody_is_there() -> None:
    design = begun(deadline=600.0)
    look_after()
    for seconds in (5, 20, -20):
        Beat.objects.update(at=timezone.now() - timedelta(seconds=seconds))
        assert look_after().missed == 0
    assert Design.objects.get(pk=design.pk).deadline_at == design.deadline_at


@pytest.mark.django_db(transaction=True)
def test_a_process_that_begins_on_a_later_day_goes_on_with_what_it_finds(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        design, _ = app.verbs.start(owner=app.owner(), brief=LIBRARY, kinds=("document",), model="offline")
        app.sweeper.prepare()
        Beat.objects.update(at=F("at") - timedelta(hours=9))
        Design.objects.update(deadline_at=F("deadline_at") - timedelta(hours=9))
        app.run()
        assert wait_until_ended(str(design.pk))["state"] == "done"


@pytest.mark.django_db
def test_a_clock_that_was_set_back_keeps_nobody_waiting_for_it() -> None:
    for _ in range(3):
        rate_limit_take(what="edit", who="1", per_minute=3)
    Paces.objects.update(free_at=time.time() + 7_200)

    for _ in range(3):
        rate_limit_take(what="edit", who="1", per_minute=3)
    with pytest.raises(QuotaExceeded):
        rate_limit_take(what="edit", who="1", per_minute=3)
