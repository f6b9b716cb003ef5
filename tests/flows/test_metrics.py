"""What operators see: figures of everybody's work, for this machine alone, that tell nothing of the contents."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from bench.model_server import ModelServer
from designchord import metrics, wiring
from designchord.api import health
from designchord.designs import figures
from designchord.designs.models import Call, CallState, Design, Owner
from designchord.designs.services.designs import local_owner
from designchord.wiring import App
from tests.flows.apps import running_app, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_figures_tell_how_designs_steps_and_calls_stand(tmp_path: Path) -> None:
    with (
        ModelServer([{"fault": "503", "kind": "erd", "times": 1}]) as server,
        running_app(
            tmp_path, OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="sk-x", DESIGNCHORD_MODEL="openai:test"
        ) as app,
    ):
        wait_until_ended(submit(app, kinds=["erd", "document"]))
        said = values(metrics.exposition(app).decode())

    assert said['designchord_designs{state="done"}'] == 1
    assert said['designchord_steps{kind="erd",state="done"}'] == 1
    assert said["designchord_queue_age_seconds"] == 0
    assert said['designchord_model_calls_total{model="openai:test",outcome="answered"}'] == 3
    assert said['designchord_model_calls_total{model="openai:test",outcome="model_overloaded"}'] == 1
    assert said['designchord_model_tokens_total{model="openai:test",sort="output"}'] > 0
    assert said['designchord_model_latency_seconds_bucket{le="+Inf",model="openai:test"}'] == 3
    assert said["designchord_live_clients"] == 0


@pytest.mark.parametrize("gone", ["purged", "erased", "with its account"])
def test_counters_never_go_down_when_designs_go(tmp_path: Path, gone: str) -> None:
    with (
        ModelServer([{"fault": "503", "kind": "erd", "times": 1}]) as server,
        running_app(
            tmp_path, OPENAI_BASE_URL=server.base_url, OPENAI_API_KEY="sk-x", DESIGNCHORD_MODEL="openai:test"
        ) as app,
    ):
        for _ in range(2):  # what is past is added to what is past already
            design_id = submit(app, kinds=["erd"])
            wait_until_ended(design_id)
            before = counters(app)
            if gone == "purged":
                Design.objects.filter(pk=design_id).update(deleted_at=timezone.now() - timedelta(days=2))
                app.sweeper.sweep()
            elif gone == "erased":
                app.verbs.erase(design_id=UUID(design_id))
            else:
                app.verbs.delete_owner(owner=local_owner())
            assert not Call.objects.exists()
            assert counters(app) == before

    assert before['designchord_model_calls_total{model="openai:test",outcome="answered"}'] == 4
    assert before['designchord_model_calls_total{model="openai:test",outcome="model_overloaded"}'] == 1


def test_names_that_users_gave_to_models_do_not_grow_the_figures_without_end(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        design = Design.objects.get(pk=submit(app))
        step = design.steps.first()
        for number in range(figures.MODELS + 20):
            Call.objects.create(
                owner=design.owner, design=design, step=step, run=1, digest="x", model=f"openai:made-up-{number}",
                state=CallState.ANSWERED, output_tokens=3, latency=1.5, started_at=timezone.now(),
            )  # fmt: skip
        before = counters(app)
        app.verbs.erase(design_id=design.pk)

        assert counters(app) == before
    answered = {name: count for name, count in before.items() if "calls_total" in name}
    assert len(answered) == figures.MODELS + 1
    assert answered['designchord_model_calls_total{model="other",outcome="answered"}'] == 20
    assert before['designchord_model_tokens_total{model="other",sort="output"}'] == 60
    assert before['designchord_model_latency_seconds_bucket{le="2.0",model="other"}'] == 20


def counters(app: App) -> dict[str, float]:
    said = values(metrics.exposition(app).decode())
    return {name: value for name, value in said.items() if "designchord_model" in name and "_created" not in name}


def test_the_queue_grows_older_while_nobody_works(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        submit(app)
        said = values(metrics.exposition(app).decode())

    assert said['designchord_steps{kind="blueprint",state="ready"}'] == 1
    assert said["designchord_queue_age_seconds"] > 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=203.0.113.9"}, 404),
        ({"REMOTE_ADDR": "nonsense"}, 404),
    ],
)
def test_metrics_are_for_this_machine_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], status: int
) -> None:
    with running_app(tmp_path, engine=False) as app:
        monkeypatch.setattr(wiring, "_app", app)
        assert health.figures(RequestFactory().get("/metrics", **headers)).status_code == status


def test_metrics_have_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_app(tmp_path, engine=False) as app:
        monkeypatch.setattr(wiring, "_app", app)
        response = Client(headers={"host": "127.0.0.1"}).get("/metrics")

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(("staff", "status"), [(True, 200), (False, 404)])
def test_staff_may_see_metrics_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, staff: bool, status: int
) -> None:
    request = RequestFactory().get("/metrics", REMOTE_ADDR="203.0.113.9")
    request.user = Owner(username="sam", is_staff=staff)
    with running_app(tmp_path, engine=False) as app:
        monkeypatch.setattr(wiring, "_app", app)
        assert health.figures(request).status_code == status


def test_readiness_names_the_parts_and_only_the_needed_ones_decide(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        before = app.readiness()
        app.run()
        after = app.readiness()

    assert (before.ready, before.status, before.checks["engine"]) == (False, "not ready", False)
    assert (after.ready, after.status) == (True, "ready")
    assert wiring.Readiness({"database": True, "events": False}, frozenset({"database"})).status == "degraded"
