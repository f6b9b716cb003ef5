"""How much of a design a model writes: what is compiled, what is elaborated, and what becomes of either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.designs import selectors
from designchord.designs.services.designs import local_owner
from designchord.errors import BadInput
from designchord.kinds import registry
from designchord.kinds.api.kind import ApiKind
from tests.flows.apps import artifact, look, running_app, step, submit, wait_until_ended
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a", "DESIGNCHORD_EFFORT": "standard"}


def origins(snapshot: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for made in snapshot["artifacts"]:
        found.setdefault(made["kind"], set()).add(made["revision"]["origin"])
    return found


def errors(snapshot: dict[str, Any]) -> list[Any]:
    return [p for a in snapshot["artifacts"] for p in a["revision"]["problems"] if p["severity"] == "error"]


def test_a_quick_design_is_one_call_and_whole_the_moment_its_blueprint_is_there(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, effort="quick")
        snapshot = wait_until_ended(design_id)
        events = selectors.events_after(design_id=design_id, after=0)
        assert server.count == 1

    assert (snapshot["state"], snapshot["effort"], snapshot["usage"]["calls"]) == ("done", "quick", 1)
    compiled = {kind: {"compiled"} for kind in registry.KINDS}
    assert origins(snapshot) == {"blueprint": {"generated"}, **compiled}
    assert errors(snapshot) == []
    assert snapshot["report"]["counts"]["error"] == 0
    assert [row["id"] for row in snapshot["report"]["matrix"]["rows"]][:2] == ["R1", "R2"]
    assert {s["state"] for s in snapshot["steps"]} == {"done"}
    blueprint = next(at for at, event in enumerate(events) if event.type == "revision")
    assert {event.type for event in events[blueprint:]} == {"revision", "step", "report", "design", "done"}
    assert "running" not in [event.data["state"] for event in events[blueprint:] if event.type == "step"]


def test_a_standard_design_is_usable_before_its_document_is_elaborated(tmp_path: Path) -> None:
    rules = [{"fault": "hang", "kind": "document", "times": 1}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        wait_until(lambda: server.count == 2, 20, "the document's call")
        meanwhile = look(design_id)
        app.verbs.cancel(owner=local_owner(), design_id=design_id)
        app.verbs.retry(owner=local_owner(), design_id=design_id)
        snapshot = wait_until_ended(design_id)

    assert meanwhile["state"] == "running"
    assert meanwhile["report"]["counts"]["error"] == 0
    assert {a["kind"] for a in meanwhile["artifacts"]} == {"blueprint", *registry.KINDS}
    assert artifact(meanwhile, "document")["revision"]["origin"] == "compiled"
    assert step(meanwhile, "document")["state"] == "running"
    assert (snapshot["state"], snapshot["effort"]) == ("done", "standard")
    assert origins(snapshot)["document"] == {"regenerated"}
    assert origins(snapshot)["api"] == origins(snapshot)["sequence"] == {"compiled"}
    assert snapshot["usage"]["calls"] == 3


def test_a_failing_elaboration_leaves_what_was_compiled_and_says_which_is_missing(tmp_path: Path) -> None:
    rules = [{"fault": "nonsense", "kind": "document"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))

    assert snapshot["state"] == "partial"
    assert snapshot["error"]["code"] == "artifact_invalid"
    assert "not elaborated: document." in snapshot["error"]["message"]
    assert artifact(snapshot, "document")["revision"]["origin"] == "compiled"
    assert step(snapshot, "document")["error"]["code"] == "artifact_invalid"
    assert errors(snapshot) == []


@pytest.mark.parametrize("wish", ["", "Say more about damage."])
def test_any_one_part_can_be_elaborated_later(tmp_path: Path, wish: str) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, effort="quick")
        before = wait_until_ended(design_id)
        app.verbs.regenerate(owner=local_owner(), design_id=design_id, kind="erd", feedback=wish)
        after = wait_until_ended(design_id)
        assert server.count == 2
        assert wish in json.dumps(server.calls[-1].body)

    assert after["state"] == "done"
    assert [a["kind"] for a in after["artifacts"] if a not in before["artifacts"]] == ["erd"]
    assert artifact(after, "erd")["revision"]["origin"] == "generated"


def test_what_an_elaboration_loses_is_a_problem_of_it(tmp_path: Path) -> None:
    short = "erDiagram\n    Member {\n        uuid id PK\n    }\n"
    rules = [{"text": "entity-relationship", "kind": "erd", "fault": "answer", "answer": short}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, effort="quick", kinds=["erd"])
        entities = json.loads(artifact(wait_until_ended(design_id), "blueprint")["revision"]["source"])["entities"]
        app.verbs.regenerate(owner=local_owner(), design_id=design_id, kind="erd")
        problems = artifact(wait_until_ended(design_id), "erd")["revision"]["problems"]

    lost = [p["message"] for p in problems if p["code"] == "answer.lost"]
    gone = [entity["name"] for entity in entities if entity["name"] != "Member"]
    assert gone
    assert all(any(name in message for message in lost) for name in gone)


def test_what_a_person_wrote_is_kept_when_the_rest_is_compiled_anew(tmp_path: Path) -> None:
    by_hand = "erDiagram\n    Mine {\n        uuid id PK\n    }\n"
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        owner = local_owner()
        design_id = submit(app, effort="quick")
        blueprint = json.loads(artifact(wait_until_ended(design_id), "blueprint")["revision"]["source"])
        app.verbs.edit(owner=owner, design_id=design_id, kind="erd", part="", source=by_hand, base=1)
        blueprint["entities"][0]["label"] += " X"
        where = {"design_id": design_id, "kind": "blueprint", "part": ""}
        app.verbs.edit(owner=owner, **where, source=json.dumps(blueprint, ensure_ascii=False), base=1)
        snapshot = look(design_id)
        assert server.count == 1

    assert artifact(snapshot, "erd")["revision"]["source"] == by_hand
    assert artifact(snapshot, "erd")["stale"]["changes"][0]["how"] == "changed"
    assert artifact(snapshot, "api")["revision"]["number"] == 2
    assert artifact(snapshot, "api")["stale"] is None
    assert f"{blueprint['entities'][0]['label']}" in artifact(snapshot, "api")["revision"]["source"]
    assert snapshot["state"] == "done"


def test_a_quick_design_of_a_given_blueprint_asks_nobody(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        given = artifact(wait_until_ended(submit(app, effort="quick")), "blueprint")["revision"]["source"]
        before = server.count
        snapshot = wait_until_ended(submit(app, effort="quick", blueprint=given))
        assert server.count == before

    assert snapshot["state"] == "done"
    assert {a["revision"]["origin"] for a in snapshot["artifacts"]} == {"edited", "compiled"}
    assert snapshot["report"]["counts"]["error"] == 0


def test_a_compiler_that_fails_costs_no_other_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(ApiKind, "skeleton", fail)
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app, effort="quick", kinds=["erd", "api"]))

    assert origins(snapshot) == {"blueprint": {"generated"}, "erd": {"compiled"}, "api": {"generated"}}
    assert snapshot["state"] == "done"


def test_the_estimate_says_for_each_effort_what_it_takes(tmp_path: Path) -> None:
    from tests.flows.apps import LIBRARY

    with running_app(tmp_path, **MODEL) as app:
        _, chosen, found = app.verbs.estimate(brief=LIBRARY)
        with pytest.raises(BadInput) as refused:
            app.verbs.estimate(brief=LIBRARY, effort="heroic")

    assert chosen == "standard"
    assert (found["quick"].calls, found["standard"].calls) == (1, 2)
    assert found["thorough"].calls > 4
    tokens = [each.input_tokens + each.output_tokens for each in found.values()]
    assert tokens == sorted(tokens)
    assert refused.value.code == "unknown_effort"


def test_everything_that_is_compiled_comes_with_its_blueprint(tmp_path: Path) -> None:
    """Whoever looks in the same moment sees both or neither."""
    seen: list[set[str]] = []
    with (
        ModelServer(pace=Pace(latency=0.3)) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        design_id = submit(app, effort="quick")
        while look(design_id)["state"] != "done":
            seen.append({a["kind"] for a in look(design_id)["artifacts"]})
    assert set(map(frozenset, seen)) <= {frozenset(), frozenset({"blueprint", *registry.KINDS})}
