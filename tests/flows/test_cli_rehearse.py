"""`designchord rehearse` and `designchord mock` as a person meets them: a folder, a stored design, a server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.commands import designchord
from tests.servers import PostgreSQL

IDEA = """# Tool library

Members borrow tools. A clerk adds tools. A tool has a name and a deposit.

## Requirements

- Members can search tools.
- Members can reserve a tool for a day; if the tool is already reserved at that time, it is refused.
- The clerk can add and remove tools.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "idea.md").write_text(IDEA, encoding="utf-8")
    made = command(home, "generate", home / "idea.md", "--out", home / "out")
    assert made.returncode == 0, made.stderr
    return home / "out"


def environment(home: Path) -> dict[str, str]:
    return {"DESIGNCHORD_HOME": str(home), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}


def command(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return designchord(*arguments, env=environment(home))


def test_a_folder_is_rehearsed_and_its_stories_run(folder: Path, tmp_path: Path) -> None:
    told = command(folder.parent, "rehearse", folder, "--junit", tmp_path / "junit.xml")
    assert told.returncode == 0, told.stdout + told.stderr
    assert re.search(r"(\d+) of \1 stories ran\.", told.stderr)
    cases = ET.parse(tmp_path / "junit.xml").getroot().findall(".//testcase")
    assert cases
    assert not any(case.find("failure") is not None for case in cases)


def test_a_check_takes_what_was_made_of_other_files_for_no_further_part(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    document = json.loads((copy / "openapi.json").read_text(encoding="utf-8"))
    document["paths"]["/hours"] = {
        "get": {"operationId": "listHours", "summary": "Hours", "responses": {"200": {"description": "ok"}}}
    }
    (copy / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    told = json.loads(command(folder.parent, "check", copy, "--json").stdout)
    derived = {path.name for path in copy.rglob("*") if path.suffix in (".sql", ".http") or "3.0" in path.name}
    derived |= {"collection.postman.json", *(path.name for path in (copy / "stories").iterdir())}
    assert len(derived) >= 7
    assert not derived & {Path(one["path"]).name for one in told["problems"]}
    (unused,) = [one for one in told["problems"] if one["code"] == "cross.operations_unused"]
    assert Path(unused["path"]).name == "openapi.json"
    assert "GET /hours" in unused["message"]
    parts = len(list(copy.glob("sequence-*.mmd")))
    assert told["checked"] == parts + len({"erd.mmd", "blueprint.json", "openapi.json", "openapi.yaml"})
    alone = json.loads(command(folder.parent, "check", copy / "openapi-3.0.json", "--json").stdout)
    assert alone["checked"] == 1
    (copy / "openapi.json").unlink()
    (copy / "openapi.yaml").unlink()
    told = json.loads(command(folder.parent, "check", copy, "--json").stdout)
    assert told["checked"] == parts + len({"erd.mmd", "blueprint.json", "openapi-3.0.json"})


def test_the_file_that_a_kind_is_named_by_is_the_part(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    document = json.loads((copy / "openapi.json").read_text(encoding="utf-8"))
    document["paths"] = {}
    (copy / "draft-of-an-api.json").write_text(json.dumps(document), encoding="utf-8")
    before = json.loads(command(folder.parent, "check", folder, "--json").stdout)["problems"]
    after = json.loads(command(folder.parent, "check", copy, "--json").stdout)["problems"]
    assert {one["code"] for one in after if one["code"].startswith("cross.")} == {
        one["code"] for one in before if one["code"].startswith("cross.")
    }


def test_a_stored_design_is_rehearsed_by_its_id_and_its_report_says_the_same(folder: Path) -> None:
    listed = json.loads(command(folder.parent, "list", "--json").stdout)
    designs = listed if isinstance(listed, list) else listed["items"]
    told = json.loads(command(folder.parent, "rehearse", designs[0]["id"], "--json").stdout)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report["rehearsal"]["ran"] == told["ran"] == told["total"] > 0
    assert any(row["runs"] for row in report["matrix"]["rows"])


def test_a_story_that_breaks_is_found_explained_mended_and_runs(folder: Path, tmp_path: Path) -> None:
    for name in ("blueprint.json", "openapi.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    whole = (tmp_path / "openapi.json").read_text(encoding="utf-8")
    document = json.loads(whole)
    blueprint = json.loads((tmp_path / "blueprint.json").read_text(encoding="utf-8"))
    called = {step.get("operation") for story in blueprint["scenarios"] for step in story["steps"]} - {None}
    path, method = next(
        (path, method) for path, item in document["paths"].items() for method, one in item.items()
        if one.get("operationId") in called
    )  # fmt: skip
    del document["paths"][path][method]
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    broken = command(tmp_path, "rehearse", tmp_path)
    assert broken.returncode == 1
    assert "rehearsal.no_operation" in broken.stdout
    (tmp_path / "openapi.json").write_text(whole, encoding="utf-8")
    assert command(tmp_path, "rehearse", tmp_path).returncode == 0


def test_what_cannot_be_rehearsed_says_why(folder: Path, tmp_path: Path) -> None:
    assert "has no blueprint" in command(tmp_path, "rehearse", tmp_path).stderr
    (tmp_path / "blueprint.json").write_text("{", encoding="utf-8")
    assert command(tmp_path, "rehearse", tmp_path).returncode == 2
    assert command(tmp_path, "rehearse", folder, "--base-url", "ftp://x").returncode == 2
    assert command(tmp_path, "rehearse", folder, "--database", "mysql://x").returncode == 2


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    """A mock in a process of its own; its address."""
    words = [sys.executable, "-m", "designchord", "mock", str(folder), "--port", "0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment(folder.parent))
    assert process.stdout is not None
    yield process.stdout.readline().split()[0]
    process.terminate()
    process.wait(20)
    process.stdout.close()


def test_a_mock_answers_browsers_of_any_origin_and_another_runner_gives_the_same_verdicts(
    folder: Path, served: str
) -> None:
    preflight = Request(f"{served}/tools", method="OPTIONS", headers={"Origin": "http://localhost:3000"})
    with urlopen(preflight, timeout=20) as answer:
        pass
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    told = command(folder.parent, "rehearse", folder, "--base-url", served)
    assert told.returncode == 0, told.stdout


@pytest.mark.servers
def test_tables_are_created_in_a_database_and_leave_nothing_behind(folder: Path, postgresql: PostgreSQL) -> None:
    url = postgresql.create_database("rehearsal")
    told = command(folder.parent, "rehearse", folder, "--database", url)
    assert "tables created" in told.stderr, told.stderr
    left = postgresql.execute("SELECT count(*) FROM pg_tables WHERE schemaname NOT LIKE 'pg%'", "rehearsal")
    assert left[0][0] == postgresql.execute("SELECT count(*) FROM pg_tables WHERE schemaname NOT LIKE 'pg%'")[0][0]
    postgresql.drop_database("rehearsal")
