"""``designchord eval`` as a person who chooses a model meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.model_server import ModelServer
from tests.commands import designchord

Command = Callable[..., "subprocess.CompletedProcess[str]"]

IDEAS = [
    {
        "id": "tools",
        "text": "# Tool library\n\nMembers borrow tools. A tool has a name.\n\n"
        "## Requirements\n\n- A member can borrow a tool.\n- A member can search tools.\n",
        "gold": {"entities": ["tools", "user", "TB_LOAN", "spaceship"], "operations": ["GET /tool"]},
    },
    {
        "id": "clinic",
        "title": "동네 병원 예약",
        "content": "환자는 의사의 진료를 예약한다. 환자는 예약을 취소할 수 있다.",
        "lang": "ko",
        "label": {"gold": {"entities": ["환자", "doctor", ["예약", "booking"]]}},
    },
    {"text": "Chess players join tournaments. An arbiter records results of matches."},
]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    home = tmp_path_factory.mktemp("home")

    def run_command(*arguments: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": os.environ["PATH"], "DESIGNCHORD_EFFORT": "thorough", **environ}
        return designchord(*arguments, env={"DESIGNCHORD_HOME": str(home), **environ})

    return run_command


@pytest.fixture(scope="module")
def ideas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ideas") / "ideas.jsonl"
    path.write_text("\n".join(json.dumps(idea, ensure_ascii=False) for idea in IDEAS) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def test_the_drafter_is_measured_and_nothing_of_it_stays(command: Command, ideas: Path, tmp_path: Path) -> None:
    done = command("eval", ideas, "--model", "offline", "--json", tmp_path / "out.json", "--plot", tmp_path / "out.svg")
    assert done.returncode == 0, done.stderr
    assert "[3/3]" in done.stderr
    assert "name       tools = Tool" in done.stdout
    assert "missed     spaceship" in done.stdout
    results = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    run = results["runs"][0]
    assert (results["complete"], run["model"]) == (True, "offline")
    assert [record["id"] for record in run["records"]] == ["tools", "clinic", "line-3"]
    assert all(record["state"] == "done" and record["findings"]["error"] == 0 for record in run["records"])
    assert {"first"} == {
        outcome for record in run["records"] for kind in record["outcomes"].values() for outcome in kind
    }
    matched = {match["expected"]: match["rule"] for match in run["records"][0]["entities"]["matched"]}
    assert matched == {"tools": "name", "user": "synonym", "TB_LOAN": "affix"}
    assert run["records"][2]["entities"] is None
    assert ET.parse(tmp_path / "out.svg").getroot().tag.endswith("svg")
    assert command("status").stdout == ""


def test_models_are_compared_side_by_side_and_with_earlier_results(
    command: Command, ideas: Path, model: ModelServer, tmp_path: Path
) -> None:
    asked = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "key"}
    both = ("--model", "offline", "--model", "openai:gpt-4o", "--limit", "1")
    first = command("eval", ideas, *both, "--json", tmp_path / "first.json", **asked)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[0].split() == ["offline", "openai:gpt-4o"]
    record = json.loads((tmp_path / "first.json").read_text(encoding="utf-8"))["runs"][1]["records"][0]
    assert record["calls"] == model.count > 3
    assert record["output_tokens"] > 0
    assert record["cost_usd"] > 0

    model.script([{"fault": "refusal", "kind": "erd"}, {"fault": "not_null", "kind": "api", "turn": 1}])
    second = command(
        "eval", ideas, "--model", "openai:gpt-4o", "--limit", "1", "--compare", tmp_path / "first.json", **asked
    )
    assert second.returncode == 0, second.stderr
    told = [" ".join(line.split()) for line in second.stdout.splitlines()]
    assert "tools: done → partial" in told
    assert any(line.startswith("artifacts stand-ins") and line.endswith("worse") for line in told)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("nonsense", "line 4: this is not JSON"),
        ('{"id": "x"}', "line 4: there is no idea"),
        ('{"text": "…"}', "line 4: The idea has no words"),
        ('{"text": "Members borrow tools.", "lang": "xx-nowhere"}', "line 4: The language"),
    ],
)
def test_a_bad_line_is_said_before_anything_is_made(
    command: Command, ideas: Path, tmp_path: Path, bad: str, told: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(ideas.read_text(encoding="utf-8") + bad + "\n", encoding="utf-8")
    done = command("eval", path, "--model", "offline")
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_what_cannot_be_used_is_said_in_one_sentence(command: Command, ideas: Path, tmp_path: Path) -> None:
    for arguments in (
        (tmp_path / "none.jsonl",),
        (tmp_path,),
        (ideas, "--model", "openai:gpt-4o"),
        (ideas, "--model", "offline", "--compare", ideas),
    ):
        done = command("eval", *arguments)
        assert done.returncode == 2, done.stdout
        assert len(done.stderr.splitlines()) == 1


def test_an_interrupted_run_keeps_what_was_measured(ideas: Path, model: ModelServer, tmp_path: Path) -> None:
    model.script([{"fault": "hang", "text": "Chess"}])
    arguments = ["eval", ideas, "--model", "openai:gpt-4o", "--at-once", "3", "--json", tmp_path / "out.json"]
    environ = {"DESIGNCHORD_HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"], "OPENAI_API_KEY": "key"}
    with subprocess.Popen(
        [sys.executable, "-m", "designchord", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**environ, "OPENAI_BASE_URL": model.base_url},
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "openai:gpt-4o: 3 ideas, 3 at once\n"
        assert "[1/3]" in process.stderr.readline()
        assert "[2/3]" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    results = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert results["complete"] is False
    assert [record["id"] for record in results["runs"][0]["records"]] == ["tools", "clinic"]
