"""A new kind of artifact is one folder and one registration: every face that is no page shows it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.serving import Client, serving

IDEA = {
    "title": "Tool library",
    "content": "Members borrow tools. Keepers register tools.",
    "requirements": "- Keepers register tools\n- Members borrow a tool for at most 7 days",
    "model": "offline",
}

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[Client]:
    with serving(home, program=("-m", "tests.lifecycle")) as address, Client(address) as opened:
        yield opened


@pytest.fixture(scope="module")
def design(client: Client) -> dict[str, Any]:
    return client.make(**IDEA)


@pytest.fixture(scope="module")
def part(design: dict[str, Any]) -> dict[str, Any]:
    return next(artifact for artifact in design["artifacts"] if artifact["kind"] == "lifecycle")


@pytest.fixture
def command(client: Client) -> Command:
    """The command line with the new kind, on the server where it is told of one."""

    def run(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "DESIGNCHORD_SERVER": client.address, "DESIGNCHORD_MODEL": "offline"}
        words = [sys.executable, "-m", "tests.lifecycle", *map(str, arguments)]
        done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


def test_it_is_listed_with_all_that_a_page_needs(client: Client) -> None:
    kinds = {kind["name"]: kind for kind in client.http.get("/kinds").json()["items"]}
    kind = kinds["lifecycle"]
    assert (kind["labels"]["en"], kind["notation"], kind["keyword"]) == ("Lifecycles", "mermaid", "stateDiagram-v2")
    assert (kind["drawn"], kind["selectable"], list(kinds)[-2:]) == (True, True, ["lifecycle", "report"])


def test_it_is_made_with_the_others_and_passes_its_own_check(
    client: Client, design: dict[str, Any], part: dict[str, Any]
) -> None:
    assert design["state"] == "done"
    assert "lifecycle" in design["kinds"]
    assert part["revision"]["problems"] == []
    answer = client.http.post("/check", json={"kind": "lifecycle", "source": "stateDiagram-v2\n    A --> B\n"}).json()
    assert [problem["code"] for problem in answer["problems"]] == ["lifecycle.no_beginning"]


def test_its_facts_stand_in_the_matrix_and_it_is_compared_with_the_rest(design: dict[str, Any]) -> None:
    sources = [one["revision"]["source"] for one in design["artifacts"] if one["kind"] == "lifecycle"]
    named = {identifier for source in sources for identifier in re.findall(r"\bR\d+\b", source)}
    cells = {row["id"]: row["cells"]["lifecycle"] for row in design["report"]["matrix"]["rows"]}
    assert named
    assert {identifier for identifier, cell in cells.items() if cell["places"]} == named
    assert all(cell["places"][0]["line"] == 2 for cell in cells.values() if cell["places"])
    assert not any(cell["covered"] is False for cell in cells.values()), "nothing is demanded of this kind"
    assert not any(problem.get("kind") == "lifecycle" for problem in design["report"]["problems"])


def test_it_is_drawn_changed_and_made_again_over_http(client: Client) -> None:
    made = client.make(**IDEA)
    part = next(artifact for artifact in made["artifacts"] if artifact["kind"] == "lifecycle")
    where = f"/designs/{made['id']}/artifacts/lifecycle/{part['part']}"
    picture = client.http.get(f"{where}/svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert "Kept" in picture.text

    edit = {"source": "stateDiagram-v2\n    [*] --> Elsewhere\n", "base": 1}
    assert client.http.put(where, json=edit).json()["revision"]["origin"] == "edited"
    assert client.http.post(f"{where}/regenerate").status_code == 202
    client.finished(made["id"])
    assert [revision["number"] for revision in client.http.get(f"{where}/revisions").json()["items"]] == [3, 2, 1]


def test_it_is_taken_away_in_every_form(client: Client, design: dict[str, Any], part: dict[str, Any]) -> None:
    export = f"/designs/{design['id']}/export"
    name = f"lifecycle-{part['part']}.mmd"
    with zipfile.ZipFile(io.BytesIO(client.http.get(export, params={"format": "zip"}).content)) as archive:
        files = {entry.partition("/")[2]: archive.read(entry).decode() for entry in archive.namelist()}
    assert files[name] == part["revision"]["source"]
    assert f"Lifecycles: {part['title']}" in files["README.md"]
    assert "| Lifecycles |" in files["report.md"]
    assert "Lifecycles" in files["index.html"]
    assert f"```mermaid\n{part['revision']['source']}" in client.http.get(export, params={"format": "md"}).text


def test_the_command_line_names_makes_shows_and_checks_it(
    command: Command, design: dict[str, Any], part: dict[str, Any], tmp_path: Path
) -> None:
    assert "lifecycle" in command("generate", "--help").stdout
    out = tmp_path / "out"
    idea = ("--title", IDEA["title"], "--content", IDEA["content"])
    told = command("generate", *idea, "--kinds", "erd,lifecycle", "--pictures", "--out", out)
    assert re.search(r"done +lifecycle", told.stderr)
    drawn = {path.name for path in (out / "svg").iterdir()}
    assert any(name.startswith("lifecycle-") for name in drawn)
    assert command("show", design["id"], "lifecycle", part["part"]).stdout == part["revision"]["source"]

    assert "nothing wrong" in command("check", out).stderr
    file = next(out.glob("lifecycle-*.mmd"))
    file.write_text("stateDiagram-v2\n    Kept --> Gone\n    %% R99\n", encoding="utf-8")
    found = json.loads(command("check", out, "--json").stdout)
    assert {problem["code"] for problem in found["problems"] if problem["path"].endswith(file.name)} == {
        "lifecycle.no_beginning",
        "cross.unknown_requirement",
    }
    file.write_text("stateDiagram-v2\n    Kept --> { --> Gone\n", encoding="utf-8")
    command("check", out, code=1)


def test_a_design_that_has_nothing_of_it_is_done_without_it(client: Client, design: dict[str, Any]) -> None:
    source = next(artifact["revision"]["source"] for artifact in design["artifacts"] if artifact["kind"] == "blueprint")
    blueprint = json.loads(source)
    for operation in blueprint["operations"]:
        operation.pop("entity", None)
    made = client.make(**IDEA, kinds=["lifecycle"], blueprint=json.dumps(blueprint))
    assert (made["state"], made["error"]) == ("done", None)
    assert [artifact["kind"] for artifact in made["artifacts"]] == ["blueprint"]
    assert client.http.post("/estimate", json={**IDEA, "kinds": ["lifecycle"]}).status_code == 200
