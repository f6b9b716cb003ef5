"""A model that a whole blueprint is too much for is asked little by little: over real HTTP, as it shows to be weak."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.model_server import ModelServer
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from designchord.drafter import draft
from tests.flows.apps import CLINIC, LIBRARY, artifact, running_app, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a"}

ENDLESS = '{"title": "' + "and so on, " * 2000
OTHER_PROJECT = answering.dump(draft(Brief("동네 병원 예약", CLINIC.content, CLINIC.requirements, "ko")))
NO_JSON = "I would begin with the entities and then think about the calls."


def _whole(answer: str) -> dict[str, Any]:
    return {"fault": "answer", "kind": "blueprint", "answer": answer}


def _kinds(server: ModelServer) -> list[str]:
    return [call.kind for call in server.calls if call.kind.startswith(("blueprint", "stage-"))]


@pytest.mark.parametrize("answer", [ENDLESS, OTHER_PROJECT, NO_JSON], ids=["endless", "another project", "no JSON"])
def test_who_is_out_of_its_depth_is_asked_in_stages_instead_of_the_same_again(tmp_path: Path, answer: str) -> None:
    with (
        ModelServer([_whole(answer)]) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        snapshot = wait_until_ended(submit(app))
        asked = _kinds(server)

    revision = artifact(snapshot, "blueprint")["revision"]
    made = json.loads(revision["source"])
    assert snapshot["state"] == "done"
    assert asked[:3] == ["blueprint", "stage-things", "stage-operations"]
    assert asked.count("blueprint") == 1
    assert (revision["origin"], bool(revision["provenance"]["staged_since"])) == ("repaired", True)
    assert [one["text"] for one in made["requirements"]] == [one.text for one in read_requirements(LIBRARY)]
    assert {one["name"] for one in draft(LIBRARY, assume="none").model_dump()["entities"]} <= {
        one["name"] for one in made["entities"]
    }
    named = {rid for one in made["operations"] for rid in one.get("requirements", [])}
    assert {one["id"] for one in made["requirements"] if one.get("kind", "functional") == "functional"} <= named


def test_each_stage_allows_only_the_names_and_numbers_that_exist(tmp_path: Path) -> None:
    with (
        ModelServer([_whole(ENDLESS)]) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        made = json.loads(artifact(wait_until_ended(submit(app)), "blueprint")["revision"]["source"])
        bodies = {call.kind: call.body for call in server.calls if call.kind.startswith("stage-")}

    def schema(kind: str) -> dict[str, Any]:
        return bodies[kind]["response_format"]["json_schema"]["schema"]

    call = schema("stage-operations")["properties"]["R1"]["items"]["properties"]
    assert list(schema("stage-operations")["properties"]) == [
        one["id"] for one in made["requirements"] if one.get("kind", "functional") == "functional"
    ]
    assert set(call["entity"]["enum"]) == {one["name"] for one in made["entities"]}
    assert set(call["actor"]["enum"]) == {one["id"] for one in made["actors"]}
    stories = schema("stage-stories")["properties"]["stories"]["items"]["properties"]
    assert set(stories["calls"]["items"]["enum"]) == {one["id"] for one in made["operations"]}
    begins = {body["messages"][1]["content"].partition("[idea")[0] for body in bodies.values()}
    assert len(begins) == 1


def test_a_model_that_was_weak_is_asked_in_stages_at_once_the_next_time(tmp_path: Path) -> None:
    with (
        ModelServer([_whole(NO_JSON)]) as server,
        running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app,
    ):
        wait_until_ended(submit(app))
        server.calls.clear()
        again = artifact(wait_until_ended(submit(app, CLINIC)), "blueprint")["revision"]
        asked = _kinds(server)

    assert asked[0] == "stage-things"
    assert "blueprint" not in asked
    assert again["provenance"]["staged_since"]


def test_a_model_that_answers_well_is_never_asked_in_stages(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        made = artifact(wait_until_ended(submit(app)), "blueprint")["revision"]
        asked = _kinds(server)

    assert set(asked) == {"blueprint"}
    assert "staged_since" not in made["provenance"]


def test_a_stage_that_brings_nothing_costs_no_more_than_itself(tmp_path: Path) -> None:
    rules = [_whole(NO_JSON), {"fault": "answer", "kind": "stage-relations", "answer": "It depends."}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))
        asked = _kinds(server)

    assert snapshot["state"] == "done"
    assert "stage-stories" in asked
    assert json.loads(artifact(snapshot, "blueprint")["revision"]["source"])["relations"]


def test_what_the_text_does_not_speak_of_is_not_taken_from_a_stage(tmp_path: Path) -> None:
    things = {
        "summary": "Neighbours lend tools to each other.",
        "actors": [{"label": "Member", "name": "Member"}, {"label": "Auditor", "name": "Auditor"}],
        "entities": [{"label": "Item", "name": "Item"}, {"label": "Invoice", "name": "Invoice"}],
    }
    rules = [_whole(NO_JSON), {"fault": "answer", "kind": "stage-things", "answer": json.dumps(things)}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        made = json.loads(artifact(wait_until_ended(submit(app)), "blueprint")["revision"]["source"])

    assert "Invoice" not in {one["name"] for one in made["entities"]}
    assert "Auditor" not in {one["id"] for one in made["actors"]}
    assert {"Item", "Reservation"} <= {one["name"] for one in made["entities"]}


def test_what_a_refused_answer_holds_of_the_text_is_joined_to_the_stand_in_and_told(tmp_path: Path) -> None:
    damage = {"name": "Damage", "label": "damage", "attributes": [{"name": "id", "type": "uuid", "key": "primary"}]}
    invoice = {"name": "Invoice", "label": "Invoice", "attributes": [{"name": "id", "type": "uuid", "key": "primary"}]}
    broken = json.dumps({"title": "Library of things", "entities": [damage, invoice], "operations": []})
    rules = [_whole(broken), {"fault": "status", "kind": "stage-things", "status": 400}]
    brief = Brief(LIBRARY.title, "People note each damage of a tool.", LIBRARY.requirements, "en")
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app, brief))

    revision = artifact(snapshot, "blueprint")["revision"]
    names = {one["name"] for one in json.loads(revision["source"])["entities"]}
    assert revision["origin"] == "skeleton"
    assert "Invoice" not in names
    assert {one["code"] for one in revision["provenance"].get("fixes", [])} <= {"blueprint.joined"}
    assert any("Damage" in one["message"] for one in revision["provenance"]["fixes"]) == ("Damage" in names)
    assert "Damage" in names
