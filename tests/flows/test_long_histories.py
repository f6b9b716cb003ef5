"""Long histories are replayed and taken away piece by piece: neither costs a server its memory."""

from __future__ import annotations

import io
import json
import socket
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.flows.people import Person, serving_people, signed_in

pytestmark = pytest.mark.slow

EDITS, SIZE = 60, 900_000


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    home = tmp_path_factory.mktemp("histories") / "home"
    limits = {"DESIGNCHORD_EDITS_PER_MINUTE": "100000", "DESIGNCHORD_REVISIONS_KEPT": "1000"}
    with serving_people(home, "anna", **limits) as address, signed_in(address, "anna") as person:
        yield person


@pytest.fixture(scope="module")
def design(anna: Person) -> dict[str, Any]:
    """A design whose document was edited many times."""
    made = anna.make(model="offline", kinds=["document"])
    text = "# T\n\n## A\n\n" + ("word " * 19 + "\n") * (SIZE // 96)
    for base in range(1, EDITS + 1):
        put = anna.http.put(f"/designs/{made['id']}/artifacts/document", json={"source": f"{text}{base}", "base": base})
        assert put.status_code == 200, put.text
    found: dict[str, Any] = anna.http.get(f"/designs/{made['id']}").json()
    return found


def memory(address: str) -> int:
    """What the server at an address holds, in MB, without the files that it has mapped."""
    port = f"{urlsplit(address).port:04X}"
    listening = [
        line.split() for line in Path("/proc/net/tcp").read_text().splitlines() if f":{port} 00000000:0000 0A" in line
    ]
    inode = f"socket:[{listening[0][9]}]"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(file.readlink()) == inode for file in (process / "fd").iterdir()):
                status = (process / "status").read_text()
                return int(status.partition("RssAnon:")[2].split()[0]) // 1024
        except OSError:
            continue
    raise AssertionError("nobody listens there")


def test_a_replay_gives_every_event_in_order(anna: Person, design: dict[str, Any]) -> None:
    numbers, sources = [], []
    for event in anna.events(design["id"], until="", last_event_id="0"):
        numbers.append(int(event["id"]))
        if event["event"] == "revision" and event["data"]["kind"] == "document":
            sources.append(event["data"]["revision"]["source"])
        if numbers[-1] == design["last_event_id"]:
            break

    assert numbers == list(range(1, design["last_event_id"] + 1))
    assert [int(source.split()[-1]) for source in sources[1:]] == list(range(1, EDITS + 1))


def test_readers_that_stall_in_a_replay_hold_a_little_of_it(anna: Person, design: dict[str, Any]) -> None:
    before = memory(anna.address)
    parts = urlsplit(anna.address)
    cookies = "; ".join(f"{name}={value}" for name, value in anna.http.cookies.items())
    with ExitStack() as stalled:
        for _ in range(5):
            reader = stalled.enter_context(socket.create_connection((parts.hostname, parts.port)))
            reader.sendall(
                f"GET /api/v1/designs/{design['id']}/events?after=0 HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                f"Cookie: {cookies}\r\n\r\n".encode()
            )
        time.sleep(5)

        assert memory(anna.address) - before < 100


def test_everything_is_taken_away_piece_by_piece(anna: Person, design: dict[str, Any]) -> None:
    before, most = memory(anna.address), 0
    archive = io.BytesIO()
    with anna.http.stream("GET", "/account/export") as answer:
        assert answer.status_code == 200
        for number, piece in enumerate(answer.iter_raw()):
            archive.write(piece)
            if number % 4 == 0:
                most = max(most, memory(anna.address))

    with zipfile.ZipFile(archive) as files:
        assert files.testzip() is None
        kept = json.loads(files.read(f"designs/{design['id']}.json"))
    revisions = [row for row in kept["revisions"] if row["kind"] == "document"]
    assert [row["number"] for row in revisions] == list(range(1, EDITS + 2))
    assert len(revisions[-1]["source"]) > SIZE * 0.9
    assert kept["title"] == design["title"]
    assert kept["calls"] == []
    assert most - before < 60
