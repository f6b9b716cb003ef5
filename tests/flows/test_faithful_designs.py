"""A design is about its author's idea, whatever the model answers: models that misbehave, over real HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.model_server import ModelServer
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from designchord.designs.services.designs import local_owner
from designchord.drafter import draft
from designchord.kinds import conversation, registry
from designchord.kinds.base import Part
from designchord.pipeline.explaining import explanation
from tests.flows.apps import CLINIC, LIBRARY, artifact, running_app, step, submit, wait_until_ended

pytestmark = pytest.mark.django_db(transaction=True)

MODEL = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-canary-7f3a"}


STAGES = ("things", "operations", "relations", "attributes", "stories")


def _instruction(kind: str) -> str:
    if kind == "blueprint":
        return conversation.blueprint_instruction(LIBRARY)
    if kind.startswith("stage-"):
        return conversation.stage_opening(LIBRARY, (), kind.removeprefix("stage-"), {})[-1][1]
    maker, blueprint = registry.kind(kind), draft(LIBRARY)
    return maker.prompt(LIBRARY, blueprint, maker.parts(blueprint)[0])


def _sample(kind: str) -> str:
    """What a prompt shows of the form, as a model would repeat it."""
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", _instruction(kind), re.DOTALL | re.MULTILINE)
    blocks = blocks or re.findall(r"^\{\".*\}$", _instruction(kind), re.MULTILINE)
    return blocks[0] if blocks else _instruction(kind)


@pytest.mark.parametrize("kind", ["blueprint", *registry.KINDS])
def test_a_model_that_repeats_the_form_is_told_so_and_what_code_makes_stays(tmp_path: Path, kind: str) -> None:
    asked_for = [kind, *(f"stage-{name}" for name in STAGES)] if kind == "blueprint" else [kind]
    rules = [{"fault": "answer", "kind": one, "answer": _sample(one)} for one in asked_for]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))
        asked = [call.body["messages"] for call in server.calls if call.kind == kind]

    assert artifact(snapshot, kind)["revision"]["origin"] == ("skeleton" if kind == "blueprint" else "compiled")
    assert step(snapshot, kind)["error"]["code"] == "artifact_invalid"
    assert "answer.echo" in step(snapshot, kind)["refused"]
    assert step(snapshot, kind)["state"] == "failed"
    if kind == "blueprint":  # who repeats the whole form is asked little by little
        return
    again = max(asked, key=len)
    assert "form that was shown" in again[-1]["content"] or "what was shown as the form" in again[-1]["content"]


def test_a_model_that_repeats_the_form_once_is_forgiven(tmp_path: Path) -> None:
    rules = [{"fault": "answer", "kind": "api", "answer": _sample("api"), "times": 1}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))

    made = artifact(snapshot, "api")["revision"]
    assert snapshot["state"] == "done"
    assert made["origin"] == "repaired"
    assert made["provenance"]["refused"] == ["answer.echo"]


def _blueprint(snapshot: dict[str, Any]) -> dict[str, Any]:
    return json.loads(artifact(snapshot, "blueprint")["revision"]["source"])


def _answered(**changes: Any) -> str:
    """A right answer about the library, changed as told."""
    return json.dumps(json.loads(answering.dump(draft(LIBRARY))) | changes)


def test_half_the_requirements_in_the_answer_are_all_of_them_in_the_design(tmp_path: Path) -> None:
    told = [{"id": "R1", "text": "Something quite different from what its author said."}, {"id": "R3"}]
    rules = [{"fault": "answer", "kind": "blueprint", "answer": _answered(requirements=told)}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        made = _blueprint(wait_until_ended(submit(app, kinds=["erd"])))

    texts = [one["text"] for one in made["requirements"]]
    assert texts == [one.text for one in read_requirements(LIBRARY)]
    assert {line.removeprefix("- ") for line in LIBRARY.requirements.splitlines()} <= set(texts)
    assert [one["id"] for one in made["requirements"]] == [f"R{number}" for number in range(1, len(texts) + 1)]


def test_a_new_version_by_words_keeps_the_requirements_that_a_person_wrote(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app, kinds=["erd"])
        blueprint = _blueprint(wait_until_ended(design_id))
        blueprint["requirements"][0]["text"] = "Members find items by category and by street."
        edited = json.dumps(blueprint)
        app.verbs.edit(owner=local_owner(), design_id=design_id, kind="blueprint", part="", source=edited, base=1)
        app.verbs.regenerate(owner=local_owner(), design_id=design_id, kind="blueprint", feedback="Shorter labels.")
        made = _blueprint(wait_until_ended(design_id))

    assert made["requirements"] == blueprint["requirements"]


def _asked_for_blueprint(server: ModelServer) -> list[list[dict[str, Any]]]:
    return sorted((call.body["messages"] for call in server.calls if call.kind == "blueprint"), key=len)


def test_a_design_of_another_idea_is_refused_and_the_authors_own_stands_in_its_place(tmp_path: Path) -> None:
    other = Brief("동네 병원 예약", CLINIC.content, CLINIC.requirements, "ko")
    kinds = ["blueprint", *(f"stage-{name}" for name in STAGES)]
    rules = [{"fault": "answer", "kind": kind, "answer": answering.dump(draft(other))} for kind in kinds]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))

    made = artifact(snapshot, "blueprint")["revision"]
    assert made["origin"] == "skeleton"
    assert {"grounding.language", "grounding.other_project"} <= set(made["provenance"]["refused"])
    assert json.loads(made["source"])["title"] == LIBRARY.title
    assert snapshot["state"] == "partial"


def test_what_the_text_does_not_speak_of_is_asked_about_once_then_marked_and_shown(tmp_path: Path) -> None:
    blueprint = json.loads(_answered())
    coupon = {"name": "Coupon", "label": "Coupon", "attributes": [{"name": "id", "type": "uuid", "key": "primary"}]}
    rules = [{"fault": "answer", "kind": "blueprint", "answer": _answered(entities=[*blueprint["entities"], coupon])}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))
        asked = _asked_for_blueprint(server)

    revision = artifact(snapshot, "blueprint")["revision"]
    made = json.loads(revision["source"])
    assert len(asked) == 2
    assert "The text does not speak of Coupon (Coupon)" in asked[-1][-1]["content"]
    assert [one["name"] for one in made["entities"] if one.get("assumed")] == ["Coupon"]
    assert "entity:Coupon" in {one["about"] for one in made["assumptions"]}
    assert "grounding.ungrounded" in {one["code"] for one in revision["problems"]}
    assert snapshot["state"] == "done"


def test_a_requirement_that_nothing_named_is_named_in_the_better_second_answer(tmp_path: Path) -> None:
    blueprint = json.loads(_answered())
    lost = blueprint["requirements"][0]["id"]
    for part in (*blueprint["operations"], *blueprint["scenarios"], *blueprint["entities"]):
        part["requirements"] = [one for one in part.get("requirements", []) if one != lost]
    rules = [{"fault": "answer", "kind": "blueprint", "answer": json.dumps(blueprint), "times": 1}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))
        again = _asked_for_blueprint(server)[-1][-1]["content"]

    assert f"No operation and no scenario names these requirements: {lost} (" in again
    made = _blueprint(snapshot)
    assert any(lost in one.get("requirements", []) for one in made["operations"])


def test_each_thing_that_a_model_made_can_be_explained(tmp_path: Path) -> None:
    with ModelServer() as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        design_id = submit(app)
        wait_until_ended(design_id)
        told = explanation(owner=local_owner(), design_id=design_id)

    assert told["reason"] is None
    item = next(one for one in told["items"] if (one["kind"], one["name"]) == ("entity", "Item"))
    assert item["rule"] == "word"
    assert "item" in item["words"].lower()


def test_the_header_in_the_fences_opening_line_is_taken_as_the_diagrams_own(tmp_path: Path) -> None:
    diagram = registry.kind("erd").skeleton(draft(LIBRARY), Part("", "ERD")).removeprefix("erDiagram\n")
    rules = [{"fault": "answer", "kind": "erd", "answer": f"```erDiagram\n{diagram}```\n"}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        made = artifact(wait_until_ended(submit(app, kinds=["erd"])), "erd")["revision"]
        asked = [call for call in server.calls if call.kind == "erd"]

    assert len(asked) == 1
    assert made["source"].startswith("erDiagram\n")
    assert "answer.header" in {fix["code"] for fix in made["provenance"]["fixes"]}


def test_who_answers_the_same_twice_is_asked_in_a_fresh_conversation(tmp_path: Path) -> None:
    rules = [{"fault": "answer", "kind": "erd", "answer": "There is nothing to draw.", "times": 2}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app, kinds=["erd"]))
        asked = [call.body for call in server.calls if call.kind == "erd"]

    assert artifact(snapshot, "erd")["revision"]["origin"] == "repaired"
    assert [len(one["messages"]) for one in asked] == [2, 4, 2]
    assert "A parser checked your Mermaid diagram" in asked[2]["messages"][-1]["content"]
    assert asked[2]["temperature"] > 0
    assert "temperature" not in asked[1]


def test_an_answer_without_end_is_cut_off_and_asked_for_afresh(tmp_path: Path) -> None:
    endless = "erDiagram\n" + "Tool ||--o{ Loan : has\n" * 2000
    rules = [{"fault": "answer", "kind": "erd", "answer": endless, "times": 1}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        made = artifact(wait_until_ended(submit(app, kinds=["erd"])), "erd")["revision"]

    assert made["origin"] == "repaired"
    assert made["provenance"]["refused"] == ["model_circling"]


def test_a_model_that_only_goes_round_in_circles_ends_in_a_sentence_that_says_so(tmp_path: Path) -> None:
    rules = [{"fault": "answer", "kind": "erd", "answer": "erDiagram\n" + "Tool ||--o{ Loan : has\n" * 2000}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app, kinds=["erd"]))
        asked = [call for call in server.calls if call.kind == "erd"]

    assert step(snapshot, "erd")["error"]["code"] == "model_circling"
    assert artifact(snapshot, "erd")["revision"]["origin"] == "compiled"
    assert len(asked) == 2


def test_what_a_small_model_leaves_out_is_added_by_rules_and_said(tmp_path: Path) -> None:
    blueprint = json.loads(_answered())
    kept = blueprint["operations"][0]
    for scenario in blueprint["scenarios"]:
        scenario["requirements"] = kept.get("requirements", [])
        scenario["steps"] = [{**one, "operation": None} for one in scenario["steps"]]
    answer = _answered(operations=[kept], scenarios=blueprint["scenarios"])
    rules = [{"fault": "answer", "kind": "blueprint", "answer": answer}]
    with ModelServer(rules) as server, running_app(tmp_path, OPENAI_BASE_URL=server.base_url, **MODEL) as app:
        snapshot = wait_until_ended(submit(app))

    revision = artifact(snapshot, "blueprint")["revision"]
    made = json.loads(revision["source"])
    named = {one for part in made["operations"] for one in part.get("requirements", [])}
    assert {one["id"] for one in made["requirements"]} <= named
    assert "blueprint.joined" in {fix["code"] for fix in revision["provenance"]["fixes"]}
    assert revision["origin"] == "repaired"
