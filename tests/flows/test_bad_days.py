"""When the database is away, or a request is no request: refused in the one shape, never an error of ours."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.flows.people import Person, bearing, serving_people, signed_in
from tests.flows.serving import Client, serving
from tests.servers import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people") / "home"


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving_people(home, "anna") as address:
        yield address


@pytest.fixture(scope="module")
def anna(address: str) -> Iterator[Person]:
    with signed_in(address, "anna") as person:
        yield person


def shaped(answer: httpx2.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["X-Request-ID"] == answer.json()["error"]["request_id"]


def raw(address: str, path: str, **headers: str) -> tuple[int, str]:
    """Ask with a path as it stands; the status and the whole answer."""
    parts = urlsplit(address)
    sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=20)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n{sent}\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    return int(answer.split()[1]), answer


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "http://a:b@[x]", "[]", "http://\u00e9["])
def test_an_origin_that_is_no_address_is_foreign(anna: Person, origin: str) -> None:
    answer = anna.http.post(
        "/check", json={"kind": "document", "source": "# A"}, headers={"Origin": origin.encode("latin1")}
    )

    shaped(answer, 403, "foreign_origin")


@pytest.mark.parametrize("path", ["/account/", "/account/export/"])
def test_a_token_is_refused_on_the_pages_of_an_account(address: str, anna: Person, path: str) -> None:
    with bearing(address, anna.make_token()["text"]) as program:
        answer = program.http.get(f"{address}{path}")

    assert answer.status_code == 403
    assert "A token cannot do this" in answer.text
    assert answer.headers["X-Request-ID"]


@pytest.mark.parametrize("path", ["/share/%00", "/share/a%00b", "/api/v1/designs/%00", "/api/v1/x%00", "/%00"])
def test_what_is_called_by_no_text_is_not_there(address: str, path: str) -> None:
    assert raw(address, path)[0] == 404


def test_a_part_called_by_no_text_is_not_there(address: str, anna: Person) -> None:
    design = anna.make(model="offline", kinds=["document"])["id"]
    cookies = "; ".join(f"{name}={value}" for name, value in anna.http.cookies.items())
    for tail in ("artifacts/%00", "artifacts/document/%00", "artifacts/document/%00/svg"):
        status, answer = raw(address, f"/api/v1/designs/{design}/{tail}", Cookie=cookies)
        assert status == 404, tail
        assert '"not_found"' in answer


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "state=%00", "%00=1"])
def test_a_question_that_is_no_text_is_refused(anna: Person, query: str) -> None:
    shaped(anna.http.get(f"/designs?{query}"), 422, "not_text")


def test_without_a_database_everything_says_when_to_come_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving_people(home, "anna") as address, signed_in(address, "anna") as anna:
        token = anna.make_token()["text"]
        broken(home)
        shaped(anna.http.get("/designs"), 503, "unavailable")
        with bearing(address, token) as program:
            shaped(program.http.get("/designs"), 503, "unavailable")
        for path in ("/", "/account/", "/share/x", "/sign-in/"):
            page = anna.http.get(f"{address}{path}")
            if path == "/sign-in/" and page.status_code == 200:  # it needs none
                continue
            assert page.status_code == 503, path
            assert int(page.headers["Retry-After"]) > 0
            assert page.headers["X-Request-ID"]
        assert anna.http.get(f"{address}/healthz").status_code == 200
        assert anna.http.get(f"{address}/readyz").status_code == 503


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a small disk")
def test_a_server_that_cannot_write_is_not_ready_and_is_again_when_it_can(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk], check=True)
    try:
        with serving(disk / "home") as address, Client(address) as client:
            assert client.http.get(f"{address}/readyz").status_code == 200
            fill(disk / "full")
            wait_until(lambda: client.http.get(f"{address}/readyz").status_code == 503, 10, "the news")
            assert client.http.get(f"{address}/readyz").json()["checks"]["database"] is False
            assert client.http.get(f"{address}/healthz").status_code == 200
            codes = set()
            for _ in range(40):  # until what SQLite had in reserve is used up
                started = client.http.post("/designs", json={"title": "T", "content": "Members borrow. " * 3000})
                if started.status_code != 202:
                    codes.add((started.status_code, started.json()["error"]["code"]))
                    assert str(disk) not in started.text
            assert codes == {(503, "no_space")}
            (disk / "full").unlink()
            wait_until(lambda: client.http.get(f"{address}/readyz").status_code == 200, 10, "the news")
            assert client.make(model="offline", kinds=["document"])["state"] == "done"
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as handle:
        while True:
            handle.write(bytes(65_536))


def test_the_log_is_json_and_holds_no_word_of_an_error(tmp_path: Path) -> None:
    home = tmp_path / "home"
    log = tmp_path / "log"
    with serving(home, log=log) as address, Client(address) as client:
        broken(home)
        assert client.http.get("/designs").status_code == 503
        assert raw(address, "/", **{"Content-Length": "x"})[0] == 400

    lines = log.read_text().splitlines()
    assert lines
    assert all(json.loads(line)["event"] for line in lines)
    assert "not a database" not in log.read_text()


def broken(home: Path) -> None:
    """What a failing disk leaves of a database."""
    for file in home.glob("designchord.sqlite3*"):
        file.unlink()
    (home / "designchord.sqlite3").write_bytes(b"nothing that could be read" * 1000)
