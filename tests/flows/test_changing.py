"""Stories of designs that change while they are made and afterwards: what is out of date, what is gone, what stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.blueprint import answering
from designchord.designs import selectors
from designchord.designs.services.designs import local_owner
from designchord.errors import Conflict
from designchord.kinds.erd.kind import ErdKind
from designchord.pipeline import compiling
from designchord.pipeline import steps as pipeline_steps
from designchord.pipeline.reporting import report_of
from designchord.wiring import App
from tests.flows.apps import artifact, look, running_app, step, submit, wait_until_ended
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a"}


def blueprint_of(design_id: str) -> tuple[int, dict[str, Any]]:
    """The number of the current revision, and what it says."""
    current = artifact(look(design_id), "blueprint")["revision"]
    return current["number"], json.loads(current["source"])


def change_blueprint(app: App, design_id: str, change: Callable[[dict[str, Any]], None]) -> None:
    base, blueprint = blueprint_of(design_id)
    change(blueprint)
    source = json.dumps(blueprint, ensure_ascii=False)
    app.verbs.edit(owner=local_owner(), design_id=design_id, kind="blueprint", part="", source=source, base=base)


def edit(app: App, design_id: str, kind: str, source: str, part: str = "") -> None:
    base = artifact(look(design_id), kind, part)["revision"]["number"]
    app.verbs.edit(owner=local_owner(), design_id=design_id, kind=kind, part=part, source=source, base=base)


def drop_scenario(number: int) -> Callable[[dict[str, Any]], None]:
    def change(blueprint: dict[str, Any]) -> None:
        del blueprint["scenarios"][number]

    return change


def relabel_entity(blueprint: dict[str, Any]) -> None:
    blueprint["entities"][0]["label"] += " X"


def scenarios(design_id: str) -> list[str]:
    return [a["part"] for a in look(design_id)["artifacts"] if a["kind"] == "sequence"]


def report_is_of_what_is_shown(design_id: str) -> bool:
    shown = look(design_id)
    sources = {(a["kind"], a["part"]): a["revision"]["source"] for a in shown["artifacts"]}
    blueprint = answering.load(sources.pop(("blueprint", "")))
    return bool(shown["report"] == json.loads(json.dumps(report_of(sources, blueprint, language="en"))))


def test_parts_made_from_a_blueprint_that_was_edited_meanwhile_are_out_of_date(tmp_path: Path) -> None:
    with (
        ModelServer(pace=Pace(latency=0.5)) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        design_id = submit(app)
        wait_until(lambda: any(call.kind == "erd" for call in server.calls), 20, "the ERD's call")
        entity = blueprint_of(design_id)[1]["entities"][0]["name"]
        change_blueprint(app, design_id, relabel_entity)
        snapshot = wait_until_ended(design_id)
        asked_before = server.count
        app.verbs.refresh(owner=local_owner(), design_id=design_id)
        after = wait_until_ended(design_id)

    stale = artifact(snapshot, "erd")["stale"]
    assert stale["reason"] == "blueprint_changed"
    assert {"what": "entity", "id": entity, "how": "changed"} in stale["changes"]
    assert artifact(snapshot, "api")["stale"]
    assert asked_before < server.count
    assert [a["kind"] for a in after["artifacts"] if a["stale"]] == []


def test_a_scenario_removed_while_its_diagram_is_made_is_not_shown_and_stays_away(tmp_path: Path) -> None:
    with (
        ModelServer(pace=Pace(latency=0.5)) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        design_id = submit(app)
        wait_until(lambda: any(call.kind == "sequence" for call in server.calls), 20, "the diagrams' calls")
        gone = blueprint_of(design_id)[1]["scenarios"][-1]["id"]
        change_blueprint(app, design_id, drop_scenario(-1))
        snapshot = wait_until_ended(design_id)

    assert snapshot["state"] == "done"
    assert gone not in scenarios(design_id)
    assert gone not in [s["part"] for s in snapshot["steps"]]


def test_a_part_that_the_blueprint_has_no_more_is_not_brought_back_by_retry_or_regenerate(tmp_path: Path) -> None:
    rules = [{"fault": "refusal", "kind": "sequence"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        wait_until_ended(design_id)
        gone = blueprint_of(design_id)[1]["scenarios"][-1]["id"]
        change_blueprint(app, design_id, drop_scenario(-1))
        owner, where = local_owner(), {"design_id": design_id, "kind": "sequence", "part": gone}
        with pytest.raises(Conflict) as retried:
            app.verbs.retry(owner=owner, **where)
        with pytest.raises(Conflict) as regenerated:
            app.verbs.regenerate(owner=owner, **where)
        with pytest.raises(Conflict) as edited:
            app.verbs.edit(owner=owner, **where, source="sequenceDiagram\n    A->>B: hi\n", base=1)
        app.verbs.retry(owner=owner, design_id=design_id)
        wait_until_ended(design_id)
        history = selectors.revisions_list(owner=owner, **where)

    assert [refused.value.code for refused in (retried, regenerated, edited)] == [
        "nothing_to_retry", "part_retired", "part_retired",
    ]  # fmt: skip
    assert gone not in scenarios(design_id)
    assert len(history) == 1, "what was there can still be read"


def test_a_scenario_that_comes_back_has_its_diagram_and_history_again(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        design_id = submit(app)
        before = wait_until_ended(design_id)
        kept = artifact(before, "blueprint")["revision"]["number"]
        gone = scenarios(design_id)[-1]
        change_blueprint(app, design_id, drop_scenario(-1))
        assert gone not in scenarios(design_id)
        app.verbs.restore(owner=local_owner(), design_id=design_id, kind="blueprint", part="", number=kept)
        after = wait_until_ended(design_id)

    assert artifact(after, "sequence", gone)["revision"] == artifact(before, "sequence", gone)["revision"]
    assert artifact(after, "sequence", gone)["stale"] is None
    assert (gone, "done") in [(s["part"], s["state"]) for s in after["steps"]]


def test_a_failed_part_that_is_removed_no_longer_keeps_the_design_partial(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        blueprint = artifact(wait_until_ended(submit(app)), "blueprint")["revision"]["source"]
        last = json.loads(blueprint)["scenarios"][-1]
    rules = [{"fault": "refusal", "kind": "sequence", "text": f"scenario `{last['id']}`"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, blueprint=blueprint)
        partial = wait_until_ended(design_id)
        change_blueprint(app, design_id, drop_scenario(-1))
        after = look(design_id)

    assert partial["state"] == "partial"
    assert [s["part"] for s in partial["steps"] if s["state"] == "failed"] == [last["id"]]
    assert (after["state"], after["error"]) == ("done", None)


def test_a_process_that_dies_in_the_middle_of_an_edit_leaves_blueprint_and_parts_in_agreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Death(BaseException):
        """The process ends here; nothing after it runs."""

    def die(*_: object) -> None:
        raise Death

    with running_app(tmp_path) as app:
        design_id = submit(app)
        wait_until_ended(design_id)
        gone = scenarios(design_id)[-1]

        def change(blueprint: dict[str, Any]) -> None:
            drop_scenario(-1)(blueprint)
            relabel_entity(blueprint)

        monkeypatch.setattr(app.stream, "publish", die)
        with pytest.raises(Death):
            change_blueprint(app, design_id, change)
        monkeypatch.undo()
        snapshot = look(design_id)
        assert blueprint_of(design_id)[0] == 2, "the edit itself is kept"
        assert gone not in scenarios(design_id)
        assert artifact(snapshot, "erd")["revision"]["number"] == 2, "compiled of the new one"
        wait_until(
            lambda: gone not in json.dumps(look(design_id)["report"]), 10, "the report of what is there, by the sweeper"
        )
    assert report_is_of_what_is_shown(design_id)


def test_what_a_person_writes_while_a_model_does_stands(tmp_path: Path) -> None:
    drawn = "erDiagram\n    Nonsense {\n        uuid id PK\n    }\n"
    with (
        ModelServer(pace=Pace(latency=1.0)) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        design_id = submit(app)
        wait_until(lambda: server.count > 1, 20, "the first elaboration")
        edit(app, design_id, "erd", drawn)
        snapshot = wait_until_ended(design_id)
        history = selectors.revisions_list(owner=local_owner(), design_id=design_id, kind="erd")

    assert artifact(snapshot, "erd")["revision"]["source"] == drawn
    assert [one["origin"] for one in history] == ["edited", "generated", "edited", "compiled"]


def test_a_report_is_never_of_artifacts_that_are_no_longer_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits: list[str] = []
    with ModelServer() as server, running_app(tmp_path, engine=False, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)

        def check_while_somebody_edits(*arguments: Any, **options: Any) -> Any:
            report = report_of(*arguments, **options)
            if not edits:
                edits.append("erDiagram\n    Nonsense {\n        uuid id PK\n    }\n")
                edit(app, design_id, "erd", edits[0])
            return report

        monkeypatch.setattr(pipeline_steps, "report_of", check_while_somebody_edits)
        app.run()
        wait_until_ended(design_id)
        monkeypatch.undo()

    assert artifact(look(design_id), "erd")["revision"]["source"] == edits[0]
    assert report_is_of_what_is_shown(design_id)


def test_two_edits_at_once_leave_a_report_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_app(tmp_path) as app:
        design_id = submit(app)
        snapshot = wait_until_ended(design_id)
        document = artifact(snapshot, "document")["revision"]["source"].replace("R1", "R7777")
        others: list[str] = [document]

        def check_while_somebody_edits(*arguments: Any, **options: Any) -> Any:
            report = report_of(*arguments, **options)
            if others:
                edit(app, design_id, "document", others.pop())
            return report

        monkeypatch.setattr(pipeline_steps, "report_of", check_while_somebody_edits)
        edit(app, design_id, "erd", "erDiagram\n    Nonsense {\n        uuid id PK\n    }\n")
        monkeypatch.undo()

    assert "R7777" in json.dumps(look(design_id)["report"])
    assert report_is_of_what_is_shown(design_id)


def test_a_report_that_cannot_be_made_ends_the_design_and_can_be_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("a rule that nobody tested")

    with running_app(tmp_path, DESIGNCHORD_STEP_ATTEMPTS="2") as app:
        monkeypatch.setattr(pipeline_steps, "report_of", fail)
        monkeypatch.setattr(compiling, "report_of", fail)
        monkeypatch.setattr(pipeline_steps, "SNOOZED_SECONDS", 0.1, raising=False)
        design_id = submit(app)
        broken = wait_until_ended(design_id, seconds=20)
        monkeypatch.undo()
        app.verbs.retry(owner=local_owner(), design_id=design_id)
        whole = wait_until_ended(design_id)

    assert broken["state"] == "partial"
    assert broken["error"]["code"] == step(broken, "report")["error"]["code"] == "step_poison"
    assert artifact(broken, "erd")["revision"]["origin"] == "compiled", "what was made is there"
    assert whole["state"] == "done"
    assert whole["report"]["counts"]["error"] == 0


def test_refresh_leaves_a_restored_hand_edit_alone_unless_asked_for(tmp_path: Path) -> None:
    by_hand = "erDiagram\n    Mine {\n        uuid id PK\n    }\n"
    with running_app(tmp_path) as app:
        owner = local_owner()
        design_id = submit(app)
        made = artifact(wait_until_ended(design_id), "erd")["revision"]["source"]
        edit(app, design_id, "erd", by_hand)
        edit(app, design_id, "erd", made)
        app.verbs.restore(owner=owner, design_id=design_id, kind="erd", part="", number=2)
        change_blueprint(app, design_id, relabel_entity)
        app.verbs.refresh(owner=owner, design_id=design_id)
        kept = artifact(wait_until_ended(design_id), "erd")
        app.verbs.refresh(owner=owner, design_id=design_id, with_edited=True)
        remade = artifact(wait_until_ended(design_id), "erd")

    assert kept["revision"]["source"] == by_hand
    assert kept["stale"]
    assert remade["revision"]["source"] != by_hand
    assert remade["stale"] is None


def test_a_reworded_skeleton_makes_nothing_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        wait_until_ended(design_id)
        skeleton = ErdKind.skeleton
        monkeypatch.setattr(ErdKind, "skeleton", lambda *args: skeleton(*args) + "%% in other words\n")

        def change(blueprint: dict[str, Any]) -> None:
            blueprint["scenarios"][0]["title"] += " X"

        change_blueprint(app, design_id, change)
        snapshot = look(design_id)

    assert artifact(snapshot, "erd")["stale"] is None
    assert artifact(snapshot, "api")["stale"] is None
    scenario = blueprint_of(design_id)[1]["scenarios"][0]["id"]
    assert artifact(snapshot, "sequence", scenario)["stale"]["changes"] == [
        {"what": "scenario", "id": scenario, "how": "changed"}
    ]


def test_what_is_out_of_date_says_which_things_changed(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        wait_until_ended(design_id)
        _, before = blueprint_of(design_id)
        requirement, entity = before["requirements"][0]["id"], before["entities"][0]["name"]

        def change(blueprint: dict[str, Any]) -> None:
            blueprint["requirements"][0]["text"] += " At once."
            blueprint["entities"][0]["attributes"].append({"name": "shade", "type": "string"})

        change_blueprint(app, design_id, change)
        snapshot = look(design_id)

    changed_entity = {"what": "entity", "id": entity, "how": "changed"}
    assert artifact(snapshot, "erd")["stale"]["changes"] == [changed_entity]
    assert artifact(snapshot, "api")["stale"]["changes"] == [changed_entity]
    assert artifact(snapshot, "document")["stale"]["changes"] == [
        {"what": "requirement", "id": requirement, "how": "changed"},
        changed_entity,
    ]
    assert all(a["stale"] is None for a in snapshot["artifacts"] if a["kind"] == "sequence")


def test_a_watcher_sees_removed_parts_go_and_ends_with_what_a_new_one_sees(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        design_id = submit(app)
        before = wait_until_ended(design_id)
        change_blueprint(app, design_id, drop_scenario(-1))
        after = wait_until_ended(design_id)
        events = selectors.events_after(design_id=design_id, after=before["last_event_id"])

    shown = {
        "step": {(s["kind"], s["part"]): s for s in before["steps"]},
        "revision": {(a["kind"], a["part"]): a for a in before["artifacts"]},
    }
    for event in events:
        if event.type in shown:
            place = (event.data["kind"], event.data["part"])
            if event.data["retired"]:
                shown[event.type].pop(place, None)
            else:
                shown[event.type][place] = event.data
    assert shown["step"] == {(s["kind"], s["part"]): s for s in after["steps"]}
    assert shown["revision"] == {(a["kind"], a["part"]): a for a in after["artifacts"]}
