"""A design that grows while its blueprint is written, for whoever watches and for nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.events.base import Event
from tests.flows.apps import artifact, running_app, submit, wait_until_ended
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a", "DESIGNCHORD_EFFORT": "quick"}


def growth(heard: list[Event], kind: str) -> list[Event]:
    return [e for e in heard if e.type == "delta" and e.data["run"] == 0 and e.data["kind"] == kind]


def test_who_watches_sees_views_before_there_is_a_blueprint_and_who_comes_late_sees_them_all(tmp_path: Path) -> None:
    heard: list[Event] = []
    late: list[Event] = []
    with (
        ModelServer(pace=Pace(ttft=0.05, tps=700)) as server,
        running_app(tmp_path, engine=False, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        design_id = submit(app)
        app.stream.subscribe(design_id, heard.append)
        app.run()
        wait_until(lambda: growth(heard, "erd"), 20, "the first entity")
        app.stream.subscribe(design_id, late.append)
        snapshot = wait_until_ended(design_id)
        after: list[Event] = []
        app.stream.subscribe(design_id, after.append)

    stored = next(i for i, e in enumerate(heard) if e.type == "revision")
    assert heard.index(growth(heard, "erd")[0]) < stored
    assert growth(heard, "api")
    assert growth(heard, "sequence")[0].data["title"]
    assert growth(late, "erd")[0].data["text"] in [e.data["text"] for e in growth(heard, "erd")]
    assert growth(heard, "erd")[-1].data["text"] == artifact(snapshot, "erd")["revision"]["source"]
    assert after == [], "what was live is forgotten when it is there"


def test_where_nobody_watches_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        ModelServer(pace=Pace(ttft=0.05, tps=4000)) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        sent: list[Event] = []
        publish = app.stream.publish
        monkeypatch.setattr(app.stream, "publish", lambda event: (sent.append(event), publish(event)))
        wait_until_ended(submit(app))
    assert sent
    assert [event for event in sent if event.type == "delta"] == []
