"""What can go wrong between the command line and a server, each said in one sentence, none of them with the token."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from designchord.cli import http, run

TOKEN = "dc_canary-7141-kept-to-itself"
EMPTY = json.dumps({"items": [], "next": None}).encode()


class Scripted(ThreadingHTTPServer):
    """Gives one answer after the other, the last again and again, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = [(200, {}, EMPTY)]
        self.asked: list[tuple[str, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def _answer(self) -> None:
        server = self.server
        server.asked.append((f"{self.command} {self.path}", dict(self.headers)))
        status, headers, body = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as scripted:
        thread = threading.Thread(target=scripted.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield scripted
        scripted.shutdown()


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """The seconds for which a command would have slept."""
    slept: list[float] = []
    monkeypatch.setattr(http.time, "sleep", slept.append)
    monkeypatch.setenv("DESIGNCHORD_TOKEN", TOKEN)
    monkeypatch.setenv("DESIGNCHORD_HOME", str(tmp_path / "home"))
    return slept


Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(server: Scripted, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command against the server: its exit code and everything it said."""

    def run_command(*arguments: str, address: str = "") -> tuple[int, str]:
        code = run(["--server", address or server.address, *(arguments or ("list",))])
        captured = capsys.readouterr()
        said = captured.out + captured.err
        assert TOKEN not in said
        assert "Traceback" not in said
        return code, said

    return run_command


def failure(code: str, message: str = "Not so.") -> bytes:
    return json.dumps({"error": {"code": code, "message": message, "details": {}, "request_id": "x"}}).encode()


def test_the_token_goes_with_every_request_and_only_there(ask: Ask, server: Scripted) -> None:
    assert ask()[0] == 0
    (asked, headers), *_ = server.asked
    assert asked == "GET /api/v1/designs?"
    assert headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (400, 2, "Not so."), (401, 2, "designchord login"), (403, 2, "Not so."), (404, 2, "Not so."),
        (409, 2, "Not so."), (413, 2, "Not so."), (421, 2, "Not so."), (422, 2, "Not so."),
        (500, 1, "Not so."), (503, 1, "Not so."),
    ],
)  # fmt: skip
def test_a_refusal_is_said_in_the_servers_words(ask: Ask, server: Scripted, status: int, code: int, told: str) -> None:
    server.answers = [(status, {}, failure("some_code"))]
    found, said = ask()
    assert found == code
    assert told in said
    assert said.startswith("designchord: ")
    assert len(said.splitlines()) == 1


def test_a_servers_words_cannot_steer_the_terminal(ask: Ask, server: Scripted) -> None:
    server.answers = [(404, {}, failure("x", "\x1b]0;owned\x07 gone\r\n\x1b[2J"))]
    _, said = ask()
    assert "gone" in said
    assert not {"\x1b", "\x07", "\r"} & set(said)


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_asked_to_wait_waits_and_asks_again(
    ask: Ask, server: Scripted, status: int, waited: list[float]
) -> None:
    server.answers = [(status, {"Retry-After": "7"}, failure("too_fast")), (200, {}, EMPTY)]
    code, said = ask()
    assert (code, waited) == (0, [7])
    assert "7 s" in said


def test_nobody_is_waited_for_longer_than_two_minutes(ask: Ask, server: Scripted, waited: list[float]) -> None:
    server.answers = [(429, {"Retry-After": "50"}, failure("too_fast"))]
    assert ask()[0] == 2
    assert waited == [50, 50]
    server.answers = [(429, {"Retry-After": "100000"}, failure("too_fast"))]
    waited.clear()
    assert ask()[0] == 2
    assert waited == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(ask: Ask, server: Scripted, status: int) -> None:
    with Scripted() as other:
        server.answers = [(status, {"Location": f"{other.address}/api/v1/designs"}, b"")]
        code, said = ask()
        assert (code, "--server" in said) == (2, True)
        server.answers = [(status, {"Location": "/elsewhere"}, b"")]
        assert ask()[0] == 2
        assert other.asked == []
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [200, 404, 502])
@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[1]", b"[" * 100_000, b"\xff"])
def test_what_is_no_designchord_is_called_so(ask: Ask, server: Scripted, status: int, body: bytes) -> None:
    server.answers = [(status, {}, body)]
    code, said = ask()
    assert code == 1
    assert "does not answer like a designchord" in said


def test_an_answer_that_breaks_off_is_asked_for_again(ask: Ask, server: Scripted, waited: list[float]) -> None:
    cut = (200, {"Content-Length": "1000"}, EMPTY)
    server.answers = [cut, cut, (200, {}, EMPTY)]
    assert ask()[0] == 0
    server.answers = [cut]
    code, said = ask()
    assert code == 1
    assert "cannot be reached" in said


def test_what_changes_something_is_sent_once(ask: Ask, server: Scripted) -> None:
    server.answers = [(200, {"Content-Length": "1000"}, b"{")]
    assert ask("cancel", "3f0c4e0e-0000-4000-8000-000000000000")[0] == 1
    assert [asked.split()[0] for asked, _ in server.asked] == ["POST"]


def test_a_design_is_started_once_however_often_it_is_sent(ask: Ask, server: Scripted, tmp_path: Path) -> None:
    server.answers = [(202, {"Content-Length": "1000"}, b"{")]
    assert ask("generate", "--content", "Books.", "--out", str(tmp_path / "out"))[0] == 1
    keys = {headers["Idempotency-Key"] for _, headers in server.asked}
    assert len(server.asked) == http.TRIES
    assert len(keys) == 1


def test_a_server_that_is_not_there_is_said(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    code, said = ask(address=f"http://127.0.0.1:{port}")
    assert (code, "cannot be reached" in said) == (1, True)


def test_a_server_without_tls_is_said(ask: Ask, server: Scripted) -> None:
    code, said = ask(address=server.address.replace("http:", "https:"))
    assert (code, "TLS" in said) == (1, True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_a_certificate_that_nobody_vouches_for_is_refused(
    ask: Ask, server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [str(tmp_path / name) for name in ("key.pem", "certificate.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files[0], "-out", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    address = server.address.replace("http:", "https:")
    code, said = ask(address=address)
    assert (code, "certificate" in said, server.asked) == (1, True, [])
    monkeypatch.setenv("SSL_CERT_FILE", files[1])
    assert ask(address=address)[0] == 0


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://designs.example", "https://"), ("http://10.1.2.3:8000", "--allow-http"),
        ("http://127.0.0.1.evil.example", "https://"), ("https://anna:word@designs.example", "token"),
        ("https://designs.example/path", "path"), ("https://designs.example?x=1", "path"),
        ("ftp://designs.example", "like"), ("designs.example", "like"), ("https://", "like"),
        ("https://designs.example:port", "like"), ("file:///etc", "like"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_before_anything_is_sent(
    capsys: pytest.CaptureFixture[str], address: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("somebody was asked"))
    assert run(["--server", address, "list"]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "word" not in said.replace("password", "")


def test_without_encryption_only_when_told_so(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: Any, *more: Any, **options: Any) -> Any:
        return real("127.0.0.1" if host == "designs.example" else host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    address = f"http://designs.example:{server.server_port}"
    assert run(["--server", address, "list"]) == 2
    assert server.asked == []
    assert run(["--server", address, "--allow-http", "list"]) == 0


def test_no_proxy_stands_before_this_machine(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert ask()[0] == 0


@pytest.mark.parametrize("text", ["dc_\nX-Evil: 1", "dc_ü", "  ", "x" * 600])
def test_a_token_that_can_be_none_is_not_sent_and_not_shown(
    server: Scripted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("DESIGNCHORD_TOKEN", text)
    assert run(["--server", server.address, "list"]) == 2
    assert "Evil" not in capsys.readouterr().err
    assert server.asked == []


def test_a_token_file_that_cannot_be_read_is_said(ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DESIGNCHORD_TOKEN")
    monkeypatch.setenv("DESIGNCHORD_TOKEN_FILE", str(tmp_path / "missing"))
    code, said = ask()
    assert (code, "DESIGNCHORD_TOKEN_FILE" in said) == (2, True)


@pytest.mark.parametrize("command", [["serve"], ["user", "list"], ["doctor"], ["sweep"], ["check", "x.mmd"]])
def test_what_is_about_this_machine_is_not_asked_of_a_server(ask: Ask, server: Scripted, command: list[str]) -> None:
    code, said = ask(*command)
    assert (code, "this machine" in said, server.asked) == (2, True, [])


def test_a_server_in_the_environment_leaves_those_commands_alone(
    server: Scripted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESIGNCHORD_SERVER", server.address)
    assert run(["doctor"]) == 0
    assert run(["status", "--system"]) == 2
    assert run(["list"]) == 0
    assert len(server.asked) == 1


def test_an_event_stream_is_taken_up_where_it_broke_off(ask: Ask, server: Scripted, tmp_path: Path) -> None:
    design = "3f0c4e0e-0000-4000-8000-000000000000"
    step = {"kind": "erd", "part": "", "title": "", "state": "running", "run": 1, "phase": "", "error": None}

    def stream(*events: tuple[int, str, Any]) -> tuple[int, dict[str, str], bytes]:
        text = "".join(f"id: {number}\nevent: {name}\ndata: {json.dumps(data)}\n\n" for number, name, data in events)
        return 200, {"Content-Type": "text/event-stream"}, f"retry: 2000\n\n: still here\n\n{text}".encode()

    whole = {
        "id": design, "title": "x", "state": "failed", "error": {"code": "x", "message": "No."}, "steps": [],
        "artifacts": [], "report": None, "usage": {},
    }  # fmt: skip
    half = stream((5, "step", step))
    server.answers = [
        (202, {}, json.dumps(whole).encode()),
        stream((3, "snapshot", {"state": "running", "steps": []}), (4, "step", step)),
        (200, half[1], half[2][:-20]),
        stream((6, "step", {**step, "state": "failed"}), (7, "design", {"state": "failed"})),
        (200, {}, json.dumps(whole).encode()),
    ]
    code, said = ask("retry", design)
    assert code == 1
    assert ("running   erd" in said, "failed    erd" in said, "No." in said) == (True, True, True)
    seen = [headers.get("Last-Event-Id") for asked, headers in server.asked if asked.endswith("/events")]
    assert seen == [None, "4", "4"]
