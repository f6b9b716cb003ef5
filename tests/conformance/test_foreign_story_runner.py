"""The stories of a design in a runner that nobody here wrote, Redocly's ``respect``: the same verdicts.

``scripts/respect`` installs it and prints where its executable is; ``RESPECT`` names it.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from designchord.blueprint.model import Blueprint, Entity, Operation, Scenario
from designchord.kinds.registry import KINDS
from designchord.notation.openapi.writing import to_json
from designchord.rehearsal.mock import Mock
from designchord.rehearsal.rehearsing import rehearse, yaml_of
from designchord.rehearsal.serving import MockServer
from tests.servers import free_port, wait_until
from tests.unit.test_rehearsal import ID, LENDING, call, library, stage

RESPECT = os.environ.get("RESPECT")
pytestmark = [pytest.mark.skipif(not RESPECT, reason="respect is not installed"), pytest.mark.slow]


def plan() -> Blueprint:
    """One story that runs, and one that does not: what it reads is not kept under that path."""
    broken = Scenario(id="find-a-note", title="Find a note", actor="Member", steps=(call("getNote"),))
    made = library(LENDING, broken)
    note = Entity(name="Note", label="note", attributes=(ID,))
    reading = (
        Operation(id="listNotes", method="GET", path="/notes", summary="List", entity="Note", returns="page"),
        Operation(id="getNote", method="GET", path="/notes/{note_id}", summary="Get", entity="Note"),
    )
    return made.model_copy(update={"entities": (*made.entities, note), "operations": (*made.operations, *reading)})


def mock() -> Mock:
    """A mock in which the second story finds nothing."""
    made = stage(plan())
    served = Mock(made)
    note = made.schema.of_entity("Note")
    assert note is not None
    served.store.remove(note, {})
    return served


@pytest.fixture
def address() -> Iterator[str]:
    port = free_port()
    served = mock()
    server = uvicorn.Server(uvicorn.Config(MockServer(served), port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, 30, "the mock")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)
    served.close()


def test_a_foreign_runner_comes_to_the_same_verdicts(address: str, tmp_path: Path) -> None:
    made = stage(plan())
    (tmp_path / "stories").mkdir()
    (tmp_path / "openapi.json").write_text(to_json(made.document), encoding="utf-8")
    for name, document in made.documents().items():
        (tmp_path / name).write_text(yaml_of(document), encoding="utf-8")
    sources = {("api", ""): KINDS["api"].skeleton(made.blueprint, KINDS["api"].parts(made.blueprint)[0])}
    with closing(mock()) as served:
        ours = {story.id: story.ran for story in rehearse(sources, made.blueprint, send=served.handle).stories}
    assert ours == {"lend-a-tool": True, "find-a-note": False}
    assert {story: verdict(tmp_path, story, address) for story in ours} == ours


def verdict(folder: Path, story: str, address: str) -> bool:
    """Whether every workflow of a story passes there."""
    written = folder / f"{story}.json"
    words = [str(RESPECT), "respect", f"stories/{story}.arazzo.yaml", "--server", f"api={address}"]
    done = subprocess.run(
        [*words, "--json-output", str(written)], cwd=folder, capture_output=True, text=True, timeout=110, check=False
    )
    told: Any = json.loads(written.read_text(encoding="utf-8"))
    assert told, done.stdout
    return done.returncode == 0
