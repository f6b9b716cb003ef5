"""What a design takes for granted, confirmed and struck over HTTP and on the command line; and why things are there."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from designchord.api import answers
from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from tests.commands import designchord
from tests.flows.serving import Client, serving

IDEA = {"title": "Tool library", "content": "Members borrow tools. A tool has a name.", "kinds": ["erd", "api"]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[Client]:
    with serving(home) as address, Client(address) as opened:
        yield opened


def blueprint_of(snapshot: dict[str, Any]) -> Blueprint:
    source = next(a["revision"]["source"] for a in snapshot["artifacts"] if a["kind"] == "blueprint")
    return answering.load(source)


def assumed(blueprint: Blueprint, about: str) -> str:
    return next(one.id for one in blueprint.assumptions if one.about.startswith(about))


def test_a_struck_assumption_makes_a_revision_and_what_is_compiled_of_it_anew(client: Client) -> None:
    design = client.make(**IDEA)
    before = blueprint_of(design)
    struck = assumed(before, "operation:createTool")
    answered = client.http.post(f"/designs/{design['id']}/assumptions/{struck}", json={"verdict": "strike"})
    assert answered.status_code == 200, answered.text
    artifact = answers.Artifact.model_validate(answered.json())
    assert (artifact.revision.number, artifact.revision.origin) == (2, "edited")
    assert answering.load(artifact.revision.source).operation("createTool") is None
    after = client.http.get(f"/designs/{design['id']}").json()
    assert not any(a["stale"] for a in after["artifacts"])
    assert {a["kind"]: a["revision"]["number"] for a in after["artifacts"]} == {"blueprint": 2, "erd": 1, "api": 2}
    assert "createTool" not in next(a["revision"]["source"] for a in after["artifacts"] if a["kind"] == "api")
    assert after["state"] == "done"


def test_a_confirmed_assumption_is_no_longer_one(client: Client) -> None:
    design = client.make(**IDEA)
    confirmed = assumed(blueprint_of(design), "attribute:Tool.")
    answered = client.http.post(f"/designs/{design['id']}/assumptions/{confirmed}", json={"verdict": "confirm"})
    blueprint = answering.load(answered.json()["revision"]["source"])
    tool = blueprint.entity("Tool")
    assert tool is not None
    assert not any(attribute.assumed for attribute in tool.attributes)
    assert confirmed not in {one.id for one in blueprint.assumptions}


def test_unknown_assumptions_and_verdicts_are_refused(client: Client) -> None:
    url = f"/designs/{client.make(**IDEA)['id']}/assumptions"
    unknown = client.http.post(f"{url}/A99", json={"verdict": "strike"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "assumption_not_found")
    assert client.http.post(f"{url}/A1", json={"verdict": "perhaps"}).status_code == 422


def test_nothing_beyond_the_text_is_added_on_request(client: Client) -> None:
    blueprint = blueprint_of(client.make(**IDEA, assume="none"))
    assert not any(one.about.startswith(("attribute", "operation")) for one in blueprint.assumptions)
    assert not any(operation.assumed for operation in blueprint.operations)
    assert client.http.post("/designs", json={**IDEA, "assume": "much"}).status_code == 422


def test_a_drafted_design_is_explained_also_after_edits(client: Client) -> None:
    design = client.make(**IDEA)
    url = f"/designs/{design['id']}"
    told = answers.Explanation.model_validate(client.http.get(f"{url}/explain").json())
    tool = next(item for item in told.items if (item.kind, item.name) == ("entity", "Tool"))
    assert (tool.field, tool.line, tool.word) in {("title", 1, "tool"), ("content", 1, "tool")}
    assert told.reason is None
    struck = assumed(blueprint_of(design), "operation:createTool")
    client.http.post(f"{url}/assumptions/{struck}", json={"verdict": "strike"})
    later = answers.Explanation.model_validate(client.http.get(f"{url}/explain").json())
    assert "createTool" in {item.name for item in told.items} - {item.name for item in later.items}


def test_a_blueprint_that_somebody_gave_has_no_rules_to_tell_of(client: Client) -> None:
    source = answering.dump(blueprint_of(client.make(**IDEA)))
    given = client.make(**IDEA, blueprint=source)
    told = answers.Explanation.model_validate(client.http.get(f"/designs/{given['id']}/explain").json())
    assert told.items == []
    assert told.reason is not None
    assert told.reason.code == "not_drafted"


def command(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environ = {"DESIGNCHORD_HOME": str(home), "PATH": os.environ["PATH"], "DESIGNCHORD_MODEL": "offline"}
    return designchord(*arguments, env=environ)


def test_the_command_line_settles_assumptions_and_makes_the_rest_again(tmp_path: Path) -> None:
    made = command(tmp_path, "generate", "--content", "Members borrow tools.", "--out", tmp_path / "out", "--json")
    design_id = json.loads(made.stdout)["id"]
    listed = json.loads(command(tmp_path, "assumptions", design_id, "--json").stdout)
    first, second = (one["id"] for one in listed["assumptions"][:2])
    done = command(
        tmp_path, "assumptions", design_id, "--confirm", first.lower(), "--strike", second, "--refresh", "--json"
    )
    assert done.returncode == 0, done.stderr
    left = json.loads(done.stdout)
    assert left["stale"] == 0
    assert not {first, second} & {one["id"] for one in left["assumptions"]}
    refused = command(tmp_path, "assumptions", design_id, "--strike", first)
    assert refused.returncode == 2
    assert first in refused.stderr


def test_the_command_line_explains_an_idea_without_storing_it(tmp_path: Path) -> None:
    (tmp_path / "idea.md").write_text("# 공구 도서관\n\n회원은 공구를 빌린다.\n", encoding="utf-8")
    told = command(tmp_path / "home", "explain", tmp_path / "idea.md")
    assert told.returncode == 0, told.stderr
    assert "entity Tool  (공구)" in told.stdout
    assert "“회원은 공구를 빌린다.”" in told.stdout
    items = json.loads(command(tmp_path / "home", "explain", tmp_path / "idea.md", "--json").stdout)["items"]
    assert {"kind", "name", "rule", "because", "words", "field", "line"} <= items[0].keys()
    assert {item["file_line"] for item in items if item["words"].startswith("회원은")} == {3}
    assert not (tmp_path / "home").exists()


def test_generate_can_be_told_to_assume_nothing(tmp_path: Path) -> None:
    options = ("--content", "Members borrow tools.", "--assume", "none", "--out", tmp_path / "out")
    assert command(tmp_path, "generate", *options).returncode == 0
    blueprint = answering.load((tmp_path / "out" / "blueprint.json").read_text(encoding="utf-8"))
    assert not any(operation.assumed for operation in blueprint.operations)
