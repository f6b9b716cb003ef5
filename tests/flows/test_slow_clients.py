"""Whoever sends too slowly or takes nothing is cut off, holds little until then, and keeps nobody else waiting."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.flows.people import Person, serving_people, signed_in
from tests.flows.test_long_histories import memory
from tests.servers import wait_until

pytestmark = pytest.mark.slow

#: Starts a server that is less patient, so that a test need not wait for half a minute.
HURRIED = """
from designchord import wiring
wiring.setup()
from designchord.api import body_limit, connections
body_limit.BODY_SECONDS, connections.HEAD_SECONDS, connections.STALLED_SECONDS = 4.0, 2.0, 3.0
from designchord.cli import main
raise SystemExit(main())
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("slow") / "home"
    with serving_people(home, "anna", program=("-c", HURRIED)) as address:
        yield address


@pytest.fixture(scope="module")
def anna(address: str) -> Iterator[Person]:
    with signed_in(address, "anna") as person:
        yield person


def connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def head(address: str, line: str, *more: str) -> bytes:
    return "\r\n".join((line, f"Host: {urlsplit(address).netloc}", *more, "", "")).encode()


def fill(connection: socket.socket) -> None:
    """Send as much as the other end takes."""
    connection.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            connection.send(b"a" * 65_536)


def is_over(connection: socket.socket) -> bool:
    """Whether the other end has closed a connection; what it said before is passed over."""
    connection.setblocking(False)
    try:
        while connection.recv(65_536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n"])
def test_a_head_that_does_not_come_is_not_waited_for(address: str, begun: bytes) -> None:
    with closing(connect(address)) as connection:
        connection.sendall(begun)
        assert not is_over(connection)
        wait_until(lambda: is_over(connection), 30, "the end of the connection")


def test_a_connection_that_is_kept_may_ask_again(anna: Person) -> None:
    assert [anna.http.get("/designs").status_code for _ in range(3)] == [200, 200, 200]


def test_strangers_whose_bodies_do_not_come_hold_little_and_keep_nobody_waiting(address: str, anna: Person) -> None:
    before = memory(address)
    asked = head(
        address, "POST /sign-in/ HTTP/1.1",
        "Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000000",
    )  # fmt: skip
    with ExitStack() as held:
        stalled = []
        for _ in range(200):
            connection = held.enter_context(closing(connect(address)))
            connection.sendall(asked + b"a" * 200_000)  # nobody is cut off in the middle of it
            fill(connection)
            stalled.append(connection)
        assert anna.http.get("/designs").status_code == 200
        assert memory(address) - before < 60
        wait_until(lambda: all(is_over(connection) for connection in stalled), 60, "the end of all of them")


def test_an_owner_whose_body_does_not_come_is_told_so(address: str, anna: Person) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in anna.http.cookies.items())
    with closing(connect(address)) as connection:
        more = (f"Cookie: {cookies}", "Content-Type: application/json", "Content-Length: 100")
        connection.sendall(head(address, "POST /api/v1/check HTTP/1.1", *more))
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()

    assert answer.startswith("HTTP/1.1 408 ")
    assert json.loads(answer.partition("\r\n\r\n")[2])["error"]["code"] == "too_slow"


def test_who_takes_nothing_of_a_long_answer_is_cut_off(address: str, anna: Person) -> None:
    design = anna.make(model="offline", kinds=["document"])["id"]
    text = "# T\n\n" + "word word word word\n" * 45_000
    assert anna.http.put(f"/designs/{design}/artifacts/document", json={"source": text, "base": 1}).status_code == 200
    cookies = "; ".join(f"{name}={value}" for name, value in anna.http.cookies.items())
    asked = head(address, f"GET /api/v1/designs/{design}/artifacts/document HTTP/1.1", f"Cookie: {cookies}")
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect((urlsplit(address).hostname, urlsplit(address).port))
        connection.sendall(asked * 20)
        threading.Event().wait(8)
        taken = 0
        with suppress(ConnectionResetError):
            while piece := connection.recv(65_536):
                taken += len(piece)
    assert taken < 20 * len(text)


def test_who_takes_an_answer_slowly_gets_all_of_it(address: str, anna: Person, tmp_path: Path) -> None:
    design = anna.make(model="offline", kinds=["document"])["id"]
    text = "# T\n\n" + "word word word word\n" * 45_000
    assert anna.http.put(f"/designs/{design}/artifacts/document", json={"source": text, "base": 1}).status_code == 200
    cookies = "; ".join(f"{name}={value}" for name, value in anna.http.cookies.items())
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect((urlsplit(address).hostname, urlsplit(address).port))
        asked = f"GET /api/v1/designs/{design}/artifacts/document HTTP/1.1"
        connection.sendall(head(address, asked, f"Cookie: {cookies}", "Connection: close"))
        answer = bytearray()
        while piece := connection.recv(65_536):
            answer += piece
            threading.Event().wait(0.02)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["revision"]["source"] == text
