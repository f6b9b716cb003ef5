"""What is made again and comes out the same is no new revision, whoever makes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.model_server import ModelServer
from designchord.designs.services.designs import local_owner
from designchord.kinds import registry
from designchord.wiring import App
from tests.flows.apps import artifact, look, running_app, step, submit, wait_until_ended
from tests.flows.test_pipeline import MODEL, assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def again(app: App, design_id: str, kind: str, **wish: str) -> dict[str, Any]:
    """The design after one artifact of it was made again."""
    app.verbs.regenerate(owner=local_owner(), design_id=design_id, kind=kind, **wish)
    return wait_until_ended(design_id)


def number(snapshot: dict[str, Any], kind: str) -> tuple[int, str, bool]:
    revision = artifact(snapshot, kind)["revision"]
    return revision["number"], revision["origin"], step(snapshot, kind)["unchanged"]


def test_rules_that_make_the_same_again_add_no_revision_and_say_so(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        design_id = submit(app)
        before = wait_until_ended(design_id)
        after = [again(app, design_id, kind) for kind in ("blueprint", "erd")][-1]
        edit = {"owner": local_owner(), "design_id": design_id, "kind": "erd", "part": ""}
        app.verbs.edit(**edit, source=artifact(after, "erd")["revision"]["source"] + "    %% mine\n", base=1)
        replaced = again(app, design_id, "erd")
        back = app.verbs.restore(**edit, number=2)[1].number
        over = again(app, design_id, "erd")

    assert after["artifacts"] == before["artifacts"]
    assert (number(after, "blueprint"), number(after, "erd")) == ((1, "offline", True), (1, "compiled", True))
    assert (after["state"], after["last_event_id"] > before["last_event_id"]) == ("done", True)
    assert number(replaced, "erd") == (3, "compiled", False), "what a person wrote is replaced"
    assert back == 4
    assert number(over, "erd") == (5, "compiled", False)
    assert_invariants(design_id)


def test_a_model_that_answers_the_same_adds_a_revision_only_for_another_blueprint(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, kinds=["erd"])
        answer = artifact(wait_until_ended(design_id), "erd")["revision"]["source"]
        server.script([{"fault": "answer", "kind": "erd", "answer": answer}])
        same = again(app, design_id, "erd", feedback="nicer names")
        blueprint = json.loads(artifact(same, "blueprint")["revision"]["source"])
        blueprint["entities"][0]["label"] += " X"
        edit = {"owner": local_owner(), "design_id": design_id, "kind": "blueprint", "part": ""}
        app.verbs.edit(**edit, source=json.dumps(blueprint), base=1)
        stale = artifact(look(design_id), "erd")["stale"]
        anew = again(app, design_id, "erd")
        server.script([])
        other = again(app, design_id, "erd")

    assert number(same, "erd") == (2, "generated", True)
    assert same["usage"]["calls"] == 3, "it was asked all the same"
    assert stale
    assert artifact(anew, "erd")["stale"] is None
    assert number(anew, "erd") == (3, "regenerated", False), "it remembers which blueprint it is of"
    assert number(other, "erd") == (4, "regenerated", False)
    assert_invariants(design_id)


def test_a_draft_that_stands_in_once_more_for_a_models_blueprint_is_the_same_draft(tmp_path: Path) -> None:
    rules = [{"fault": "401"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        before = wait_until_ended(design_id)
        app.verbs.retry(owner=local_owner(), design_id=design_id)
        failed = wait_until_ended(design_id)
        server.script([])
        app.verbs.retry(owner=local_owner(), design_id=design_id)
        whole = wait_until_ended(design_id)

    assert number(before, "blueprint") == (1, "skeleton", False)
    assert number(failed, "blueprint") == (1, "skeleton", True)
    assert step(failed, "blueprint")["state"] == "failed"
    assert [a["revision"]["number"] for a in failed["artifacts"]] == [1] * len(failed["artifacts"])
    assert number(whole, "blueprint") == (2, "regenerated", False)
    assert {a["kind"] for a in whole["artifacts"]} == {"blueprint", *registry.KINDS}
    assert_invariants(design_id)
