"""Stories of designs through the pipeline: from an idea to its end, whatever happens on the way."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.designs import selectors
from designchord.designs.models import Call, Design, Part, Revision
from designchord.designs.models import Event as EventRow
from designchord.designs.services.designs import local_owner
from designchord.errors import BadInput, Conflict, NotFound, SettingsError
from designchord.events.base import Event
from designchord.kinds import registry
from tests.flows.apps import CLINIC, LIBRARY, artifact, look, running_app, step, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a"}


def assert_invariants(design_id: str) -> None:
    """What holds after every story: one end, gapless events, one current revision a part, nothing secret stored."""
    numbers = list(EventRow.objects.filter(design_id=design_id).values_list("number", flat=True))
    assert numbers == list(range(1, Design.objects.get(pk=design_id).last_event + 1))
    for row in Part.objects.filter(design_id=design_id):
        assert sorted(row.revisions.values_list("number", flat=True)) == list(range(1, row.current + 1))
    stored = json.dumps([*Revision.objects.values_list("source", "provenance"), *EventRow.objects.values_list("data")])
    assert "sk-canary" not in stored


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["English", "Korean"])
def test_an_idea_becomes_a_checked_design_without_any_model(tmp_path: Path, brief) -> None:
    with running_app(tmp_path) as app:
        snapshot = wait_until_ended(submit(app, brief))

    assert snapshot["state"] == "done"
    assert {a["kind"] for a in snapshot["artifacts"]} == {"blueprint", *registry.KINDS}
    for made in snapshot["artifacts"]:
        assert made["revision"]["origin"] == ("offline" if made["kind"] == "blueprint" else "compiled")
        assert [p for p in made["revision"]["problems"] if p["severity"] == "error"] == []
        assert made["stale"] is None
    assert snapshot["report"]["counts"]["error"] == 0
    assert snapshot["usage"]["calls"] == 0
    assert_invariants(snapshot["id"])


def test_every_kind_comes_from_the_models_answer_and_says_so(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))
        calls = server.count

    assert snapshot["state"] == "done", snapshot["error"]
    for made in snapshot["artifacts"]:
        assert made["revision"]["origin"] == "generated", made["revision"]["problems"]
        assert made["revision"]["provenance"]["model"] == "openai:test"
        assert made["revision"]["provenance"]["output_tokens"] > 0
    assert calls == snapshot["usage"]["calls"] == len(snapshot["steps"]) - 1
    assert_invariants(snapshot["id"])


def test_parts_are_asked_for_at_the_same_time(tmp_path: Path) -> None:
    with (
        ModelServer(pace=Pace(latency=0.4)) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        snapshot = wait_until_ended(submit(app))

    parts = [s for s in snapshot["steps"] if s["kind"] not in ("blueprint", "report")]
    assert len(parts) >= 4
    assert max(s["started_at"] for s in parts) < min(s["finished_at"] for s in parts)


def test_only_the_kinds_asked_for_are_made(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        snapshot = wait_until_ended(submit(app, kinds=["api", "erd"]))

    assert [a["kind"] for a in snapshot["artifacts"]] == ["blueprint", "erd", "api"]


def test_with_a_blueprint_of_ones_own_only_the_parts_are_made(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        source = artifact(wait_until_ended(submit(app)), "blueprint")["revision"]["source"]
        before = server.count
        snapshot = wait_until_ended(submit(app, kinds=["erd", "api"], blueprint=source))
        assert server.count - before == 2
        with pytest.raises(BadInput) as refused:
            submit(app, blueprint='{"title": "no more than this"}')

    assert snapshot["state"] == "done"
    assert json.loads(artifact(snapshot, "blueprint")["revision"]["source"]) == json.loads(source)
    assert artifact(snapshot, "erd")["revision"]["origin"] == "generated"
    assert refused.value.code == "invalid_blueprint"
    assert_invariants(snapshot["id"])


def test_live_text_arrives_while_it_is_written_and_adds_up_to_the_answer(tmp_path: Path) -> None:
    heard: list[Event] = []
    with (
        ModelServer(pace=Pace(ttft=0.05, tps=2000)) as server,
        running_app(tmp_path, engine=False, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        design_id = submit(app, kinds=["erd"])
        app.stream.subscribe(design_id, heard.append)
        app.run()
        wait_until_ended(design_id)

    text = ""
    for event in heard:
        if (
            event.type == "delta" and event.data["kind"] == "erd" and event.data["run"]
        ):  # 0 is what the blueprint comes to
            assert event.data["offset"] == len(text)
            text += event.data["text"]
    assert "erDiagram" in text
    assert next(i for i, e in enumerate(heard) if e.type == "delta") < next(
        i for i, e in enumerate(heard) if e.type == "revision"
    )


def test_a_snapshot_and_the_events_after_it_equal_a_later_snapshot(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, engine=False, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        before = look(design_id)
        app.run()
        after = wait_until_ended(design_id)

    state = {**before, "steps": {}, "artifacts": {}}
    for shown in before["steps"]:
        state["steps"][shown["kind"], shown["part"]] = shown
    for event in selectors.events_after(design_id=design_id, after=before["last_event_id"]):
        key = (event.data.get("kind"), event.data.get("part"))
        if event.type == "step":
            state["steps"][key] = event.data
        elif event.type == "revision":
            state["artifacts"][key] = event.data
        elif event.type in ("design", "report"):
            state |= event.data
        state["last_event_id"] = event.id
    assert state["state"] == after["state"]
    assert state["finished_at"] == after["finished_at"]
    assert state["report"] == after["report"]
    assert state["usage"] == after["usage"]
    assert state["last_event_id"] == after["last_event_id"]
    assert state["steps"] == {(s["kind"], s["part"]): s for s in after["steps"]}
    assert state["artifacts"] == {(a["kind"], a["part"]): a for a in after["artifacts"]}


def test_an_invalid_answer_is_asked_for_again_and_repaired(tmp_path: Path) -> None:
    rules = [{"fault": "nonsense", "kind": "erd", "times": 1}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))

    assert snapshot["state"] == "done"
    erd = artifact(snapshot, "erd")["revision"]
    assert erd["origin"] == "repaired"
    assert [p for p in erd["problems"] if p["severity"] == "error"] == []


def test_one_part_without_a_valid_answer_stays_as_it_was_compiled_and_the_others_are_whole(tmp_path: Path) -> None:
    rules = [{"fault": "refusal", "kind": "erd", "times": 1}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        partial = wait_until_ended(design_id)
        app.verbs.retry(owner=local_owner(), design_id=design_id)
        whole = wait_until_ended(design_id)

    assert partial["state"] == "partial"
    assert partial["error"]["code"] == "model_refused"
    assert "ER diagram" in partial["error"]["message"], "it says which elaboration is missing"
    erd = artifact(partial, "erd")["revision"]
    assert (erd["number"], erd["origin"]) == (1, "compiled")
    assert step(partial, "erd")["error"]["code"] == "model_refused"
    assert [p for p in erd["problems"] if p["severity"] == "error"] == []
    assert artifact(partial, "api")["revision"]["origin"] == "generated"
    assert whole["state"] == "done"
    assert artifact(whole, "erd")["revision"]["origin"] == "regenerated"
    assert artifact(whole, "api") == artifact(partial, "api"), "the retry touches the failed part alone"
    assert_invariants(design_id)


def test_an_answer_that_a_check_fails_on_counts_as_invalid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = registry.kind("erd")

    def fails(answer: str, blueprint: object, part: object) -> None:
        raise ValueError(answer)

    monkeypatch.setattr(type(kind), "extract", lambda self, *arguments: fails(*arguments))
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))

    assert artifact(snapshot, "erd")["revision"]["origin"] == "compiled"
    assert step(snapshot, "erd")["error"]["code"] == "artifact_invalid"
    assert step(snapshot, "erd")["attempt"] == 1, "no step is put off for it"
    assert artifact(snapshot, "api")["revision"]["origin"] == "generated"
    assert snapshot["state"] == "partial"
    assert_invariants(snapshot["id"])


def test_a_dead_provider_ends_as_failed_with_what_rules_make_in_every_panel(tmp_path: Path) -> None:
    rules = [{"fault": "401"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))

    assert snapshot["state"] == "failed"
    assert snapshot["error"]["code"] == "model_auth"
    assert "sk-canary" not in json.dumps(snapshot)
    assert artifact(snapshot, "blueprint")["revision"]["origin"] == "skeleton"
    assert {a["revision"]["origin"] for a in snapshot["artifacts"][1:]} == {"compiled"}
    assert {a["kind"] for a in snapshot["artifacts"]} == {"blueprint", *registry.KINDS}


def test_a_design_ends_by_its_deadline_when_the_model_hangs(tmp_path: Path) -> None:
    rules = [{"fault": "hang"}]
    environ = {**MODEL, "DESIGNCHORD_DESIGN_DEADLINE": "5"}
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **environ) as app:
        snapshot = wait_until_ended(submit(app), seconds=15)

    assert snapshot["state"] == "failed"
    assert artifact(snapshot, "blueprint")["revision"]["origin"] == "skeleton"
    assert {a["kind"] for a in snapshot["artifacts"]} == {"blueprint", *registry.KINDS}


def test_cancelling_reaches_a_running_call_and_keeps_what_is_there(tmp_path: Path) -> None:
    rules = [{"fault": "hang", "kind": "erd"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            states = {s["kind"]: s["state"] for s in look(design_id)["steps"]}
            if states.get("api") == "done" and states.get("erd") == "running":
                break
            time.sleep(0.05)
        app.verbs.cancel(owner=local_owner(), design_id=design_id)
        snapshot = wait_until_ended(design_id)
        until = time.monotonic() + 10
        while Call.objects.filter(state="open").exists() and time.monotonic() < until:
            time.sleep(0.05)

    assert snapshot["state"] == "cancelled"
    assert step(snapshot, "erd")["state"] == "cancelled"
    assert artifact(snapshot, "api")["revision"]["origin"] == "generated"
    assert not Call.objects.filter(state="open").exists(), "the call was let go"
    assert_invariants(design_id)


def test_work_that_was_stopped_and_begun_again_at_once_lets_go_of_its_first_call(tmp_path: Path) -> None:
    rules = [{"fault": "hang", "kind": "erd", "times": 1}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, kinds=["erd"])
        until = time.monotonic() + 20
        while not any(call.kind == "erd" for call in server.calls) and time.monotonic() < until:
            time.sleep(0.02)
        app.verbs.cancel(owner=local_owner(), design_id=design_id)
        app.verbs.retry(owner=local_owner(), design_id=design_id)
        snapshot = wait_until_ended(design_id)
        until = time.monotonic() + 10
        while Call.objects.filter(state="open").exists() and time.monotonic() < until:
            time.sleep(0.05)

    assert snapshot["state"] == "done"
    assert not Call.objects.filter(state="open").exists(), "nobody listens to the first call any more"
    assert_invariants(design_id)


def test_cancelling_against_finishing_gives_exactly_one_end(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        for delay in (0.0, 0.05, 0.1, 0.2, 0.3):
            design_id = submit(app)
            time.sleep(delay)
            app.verbs.cancel(owner=local_owner(), design_id=design_id)
            wait_until_ended(design_id)
            time.sleep(0.2)
            assert EventRow.objects.filter(design_id=design_id, type="done").count() == 1
            assert_invariants(design_id)


def test_the_same_key_gives_the_same_design_and_another_request_is_refused(tmp_path: Path) -> None:
    with running_app(tmp_path, engine=False) as app:
        owner = local_owner()
        first, created = app.verbs.start(owner=owner, brief=LIBRARY, idempotency_key="k1")
        again, created_again = app.verbs.start(owner=owner, brief=LIBRARY, idempotency_key="k1")
        assert (created, created_again, first.pk) == (True, False, again.pk)
        with pytest.raises(Conflict) as refused:
            app.verbs.start(owner=owner, brief=CLINIC, idempotency_key="k1")
    assert refused.value.code == "idempotency_conflict"


def test_an_edit_is_checked_kept_and_can_be_taken_back(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        owner = local_owner()
        design_id = submit(app)
        original = artifact(wait_until_ended(design_id), "erd")["revision"]["source"]
        where = {"owner": owner, "design_id": design_id, "kind": "erd", "part": ""}
        app.verbs.edit(**where, source=original + "  BROKEN ||--", base=1)
        broken = artifact(look(design_id), "erd")["revision"]
        with pytest.raises(Conflict):
            app.verbs.edit(**where, source="erDiagram\n A", base=1)
        app.verbs.restore(**where, number=1)
        restored = artifact(look(design_id), "erd")["revision"]

    assert broken["origin"] == "edited"
    assert any(p["severity"] == "error" and p["line"] for p in broken["problems"])
    assert (restored["number"], restored["origin"], restored["source"]) == (3, "restored", original)
    assert len(selectors.revisions_list(owner=owner, design_id=design_id, kind="erd")) == 3
    assert_invariants(design_id)


def test_a_changed_blueprint_makes_exactly_what_depends_on_it_stale_and_refresh_mends_it(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        owner = local_owner()
        design_id = submit(app)
        before = wait_until_ended(design_id)
        blueprint = json.loads(artifact(before, "blueprint")["revision"]["source"])
        blueprint["entities"][0]["label"] += " X"
        where = {"owner": owner, "design_id": design_id, "kind": "blueprint", "part": ""}
        app.verbs.edit(**where, source=json.dumps(blueprint, ensure_ascii=False), base=1)
        stale = {a["kind"] for a in look(design_id)["artifacts"] if a["stale"]}
        app.verbs.refresh(owner=owner, design_id=design_id)
        after = wait_until_ended(design_id)

    assert "erd" in stale
    assert "sequence" not in stale, "no scenario changed"
    assert [a["kind"] for a in after["artifacts"] if a["stale"]] == []
    assert artifact(after, "erd")["revision"]["origin"] == "regenerated"
    assert artifact(after, "sequence") == artifact(before, "sequence")
    assert_invariants(design_id)


def test_a_blueprint_with_an_error_is_not_saved(tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        design_id = submit(app)
        wait_until_ended(design_id)
        with pytest.raises(BadInput) as refused:
            app.verbs.edit(
                owner=local_owner(), design_id=design_id, kind="blueprint", part="", source='{"title": "x"}', base=1
            )
    assert refused.value.code == "invalid_blueprint"
    assert refused.value.details["problems"]


def test_feedback_in_words_reaches_the_model_with_the_version_it_is_about(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        owner = local_owner()
        design_id = submit(app, kinds=["erd"])
        wait_until_ended(design_id)
        app.verbs.regenerate(owner=owner, design_id=design_id, kind="erd", feedback="add an audit table")
        snapshot = wait_until_ended(design_id)
        asked = json.dumps(server.calls[-1].body)

    assert "add an audit table" in asked
    assert (step(snapshot, "erd")["state"], step(snapshot, "erd")["run"]) == ("done", 2)


def test_foreign_deleted_and_unknown_designs_are_equally_not_found(tmp_path: Path, django_user_model) -> None:
    stranger = django_user_model.objects.create(username="stranger")
    with running_app(tmp_path, engine=False) as app:
        design_id = submit(app)
        deleted = submit(app)
        app.verbs.delete(owner=local_owner(), design_id=deleted)
        messages = set()
        for owner, wanted in [
            (stranger, design_id),
            (local_owner(), deleted),
            (local_owner(), "3f0c4e0e-0000-4000-8000-000000000000"),
            (local_owner(), "nonsense"),
        ]:
            with pytest.raises(NotFound) as missing:
                selectors.snapshot(owner=owner, design_id=wanted)
            messages.add((missing.value.code, missing.value.message))
        app.verbs.undelete(owner=local_owner(), design_id=deleted)
        assert look(deleted)["id"] == deleted
    assert len(messages) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"content": "", "requirements": ""}, "content_missing"),
        ({"content": "…!?", "requirements": ""}, "content_wordless"),
        ({"content": "a\x00b"}, "not_text"),
        ({"content": "x" * 100_001}, "too_large"),
        ({"language": "Klingon!"}, "unknown_language"),
    ],
)
def test_a_brief_that_cannot_be_used_is_refused_before_anything_is_stored(tmp_path: Path, change, code) -> None:
    from dataclasses import replace

    with running_app(tmp_path, engine=False) as app, pytest.raises(BadInput) as refused:
        submit(app, replace(LIBRARY, **change))
    assert refused.value.code == code
    assert not Design.objects.exists()


def test_a_fallback_that_is_not_ready_is_refused_at_the_start(tmp_path: Path) -> None:
    environ = {"DESIGNCHORD_FALLBACK_MODELS": "deepseek:deepseek-chat"}
    with pytest.raises(SettingsError, match="DEEPSEEK_API_KEY"), running_app(tmp_path, **environ):
        pass


def test_a_days_tokens_end_what_would_use_more(tmp_path: Path) -> None:
    limits = {"DESIGNCHORD_TOKENS_PER_DAY": "1"}
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL, **limits) as app:
        snapshot = wait_until_ended(submit(app, kinds=["erd"]))
        assert server.count == 1  # the blueprint, before which nothing had been used

    assert snapshot["state"] == "partial"
    assert snapshot["error"]["code"] == "model_budget"
    assert artifact(snapshot, "erd")["revision"]["origin"] == "compiled"
