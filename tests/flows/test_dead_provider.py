"""Nobody answers at the address of the model: said once and clearly, drafted by rules, and nothing tried in vain."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bench.model_server import ModelServer
from designchord.designs import selectors
from designchord.designs.models import Call, Design, Event
from designchord.designs.services.designs import local_owner
from designchord.runtime import sweeper
from tests.flows.apps import LIBRARY, look, running_app, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nobody() -> Iterator[str]:
    """A base URL at which nothing listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1"


def test_a_design_ends_with_drafts_by_rules_and_one_sentence_that_helps(tmp_path: Path, nobody: str) -> None:
    with running_app(tmp_path, DESIGNCHORD_MODEL="openai:any", OPENAI_BASE_URL=nobody, OPENAI_API_KEY="sk-x") as app:
        snapshot = wait_until_ended(submit(app, LIBRARY))
    errors = [step["error"] for step in snapshot["steps"] if step["kind"] != "report"]
    assert {error["code"] for error in errors} == {"model_unreachable"}
    assert all(nobody in error["message"] and "OPENAI_BASE_URL" in error["message"] for error in errors)
    assert {artifact["revision"]["origin"] for artifact in snapshot["artifacts"]} == {"skeleton", "compiled"}
    assert snapshot["state"] == "failed"
    assert Call.objects.values("step").distinct().count() <= 2, "of the parts at most one tried whether it is back"


def test_who_watches_sees_that_it_waits(tmp_path: Path, nobody: str) -> None:
    with running_app(tmp_path, DESIGNCHORD_MODEL="openai:any", OPENAI_BASE_URL=nobody, OPENAI_API_KEY="sk-x") as app:
        design = submit(app, LIBRARY, kinds=["erd"])
        wait_until_ended(design)
    waits = [event.data["waiting"] for event in Event.objects.order_by("pk") if event.data.get("phase") == "waiting"]
    assert {one["code"] for one in waits} == {"model_unreachable"}


def test_who_waits_is_told_for_what_and_until_when(tmp_path: Path) -> None:
    rules = [{"fault": "429", "kind": "blueprint", "retry_after": 2, "times": 1}]
    environ = {"DESIGNCHORD_MODEL": "openai:any", "OPENAI_API_KEY": "sk-x"}
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **environ) as app:
        snapshot = wait_until_ended(submit(app, LIBRARY, kinds=["erd"]))
    told = [event.data for event in Event.objects.order_by("pk") if event.type == "step"]
    waiting = next(one for one in told if one["phase"] == "waiting")
    assert waiting["waiting"]["code"] == "model_rate_limited"
    assert waiting["started_at"] < waiting["waiting"]["until"]
    assert {one["waiting"] for one in told if one["phase"] != "waiting"} == {None}
    assert {step["waiting"] for step in snapshot["steps"]} == {None}


def test_when_somebody_answers_again_the_design_is_made_by_itself_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "CUT_OFF_AFTER", timedelta(seconds=11))
    with ModelServer() as server:
        url = server.base_url
    environ = {"DESIGNCHORD_MODEL": "openai:any", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-x"}
    with running_app(tmp_path, **environ) as app:
        design = submit(app, LIBRARY, kinds=["erd"])
        assert wait_until_ended(design)["state"] != "done"
        with ModelServer(port=int(url.rsplit(":", 1)[1].removesuffix("/v1"))) as server:
            until = time.monotonic() + 60
            while look(design)["state"] != "done" and time.monotonic() < until:
                time.sleep(0.2)
            assert look(design)["state"] == "done"
            assert {artifact["revision"]["origin"] for artifact in look(design)["artifacts"]} == {"regenerated"}
            assert server.count == 2


def test_what_a_person_wrote_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    monkeypatch.setattr(sweeper, "CUT_OFF_AFTER", timedelta(0))
    environ = {"DESIGNCHORD_MODEL": "openai:any", "OPENAI_BASE_URL": nobody, "OPENAI_API_KEY": "sk-x"}
    with running_app(tmp_path, **environ) as app:
        design = submit(app, LIBRARY, kinds=["erd"])
        wait_until_ended(design)
        assert [found.pk for found in cut_off()] == [UUID(design)]
        source = "erDiagram\n  BOOK {\n    uuid id PK\n  }"
        app.verbs.edit(owner=local_owner(), design_id=design, kind="erd", part="", source=source, base=1)
        assert cut_off() == []


def cut_off() -> list[Design]:
    return selectors.designs_cut_off(at_least=timedelta(0), at_most=timedelta(hours=1))
