"""Stories of steps: delivered twice or never, their leases lost, their processes gone."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from bench.model_server import ModelServer
from designchord.blueprint import answering
from designchord.designs.models import Revision, Step
from designchord.designs.services import steps as step_services
from designchord.designs.services.designs import local_owner
from designchord.errors import Stopped
from designchord.runtime.leases import LeaseKeeper
from tests.flows.apps import running_app, submit, wait_until_ended
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a"}


def test_a_step_delivered_many_times_runs_once(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, engine=False, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, kinds=["erd"])
        step_id = Step.objects.get(design_id=design_id, part__kind="blueprint").pk
        threads = [threading.Thread(target=app.steps.handle, args=[step_id]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        app.steps.handle(step_id)
        assert server.count == 1
    assert Revision.objects.filter(part__design_id=design_id, part__kind="blueprint").count() == 1


def test_a_write_after_the_lease_was_lost_is_refused(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        design_id = submit(app)
        step_id = Step.objects.get(design_id=design_id, part__kind="blueprint").pk
        claim = step_services.step_claim(step_id=step_id, holder="somebody/1", seconds=60)
        assert claim is not None
        Step.objects.filter(pk=step_id).update(lease_until=timezone.now() - timedelta(seconds=1))
        app.steps.handle(step_id)  # somebody else takes it over and finishes

        with pytest.raises(Stopped):
            step_services.step_phase(lease=claim.lease, phase="repairing")
    assert Revision.objects.filter(part__design_id=design_id, part__kind="blueprint").count() == 1


def test_a_lease_is_renewed_while_its_step_works_and_its_loss_is_told(tmp_path: Path) -> None:
    leases = LeaseKeeper(lease_seconds=60, renew_seconds=0.0)
    with running_app(tmp_path, engine=False) as app:
        design_id = submit(app)
        step_id = Step.objects.get(design_id=design_id, part__kind="blueprint").pk
        claim = step_services.step_claim(step_id=step_id, holder="somebody/1", seconds=5)
        assert claim is not None
        first = Step.objects.get(pk=step_id).lease_until
        with leases.holding(claim.lease) as hold:
            wait_until(lambda: Step.objects.get(pk=step_id).lease_until > first, 10, "its renewal")
            app.verbs.cancel(owner=local_owner(), design_id=design_id)
            wait_until(hold.lost, 10, "the news of the cancelling")
    assert leases.held() == 0


def test_an_answer_paid_for_before_a_crash_is_not_paid_for_again(tmp_path: Path, monkeypatch) -> None:
    with ModelServer() as server, running_app(tmp_path, engine=False, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, kinds=["erd"])
        step_id = Step.objects.get(design_id=design_id, part__kind="blueprint").pk

        class Death(BaseException):
            """The process dies between the answer and its saving."""

        def die(*_: object, **__: object) -> None:
            raise Death

        with monkeypatch.context() as patched:
            patched.setattr(answering, "read", die)
            with pytest.raises(Death):
                app.steps.handle(step_id)
        Step.objects.filter(pk=step_id).update(lease_until=timezone.now() - timedelta(seconds=1))
        app.steps.handle(step_id)

        assert Step.objects.get(pk=step_id).state == "done"
        assert server.count == 1


def test_work_committed_and_never_handed_over_is_found(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        design_id = submit(app)  # nobody runs steps: handing over fails
    with running_app(tmp_path):
        snapshot = wait_until_ended(design_id)
    assert snapshot["state"] == "done"


def test_what_waits_in_this_process_is_not_handed_over_again(tmp_path: Path) -> None:
    environ = {**MODEL, "DESIGNCHORD_CONCURRENCY": "1", "DESIGNCHORD_SWEEP_EVERY": "3600"}
    rules = [{"fault": "hang"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **environ) as app:
        submitted = [submit(app) for _ in range(3)]
        wait_until(lambda: server.count > 0, 20, "the first call")
        found = app.sweeper.sweep()
        for design_id in submitted:
            app.verbs.cancel(owner=local_owner(), design_id=design_id)

    assert found["handed_over"] == 0
    assert Step.objects.filter(part__kind="blueprint", enqueued_at=None).count() == 0


def test_a_step_that_never_comes_back_is_ended_after_five_attempts(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        design_id = submit(app)
        step_id = Step.objects.get(design_id=design_id, part__kind="blueprint").pk
        for _ in range(5):
            assert step_services.step_claim(step_id=step_id, holder="elsewhere/1", seconds=60)
            Step.objects.filter(pk=step_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    with running_app(tmp_path):
        snapshot = wait_until_ended(design_id)
    assert snapshot["state"] == "failed"
    assert snapshot["error"]["code"] == "step_poison"
