"""`designchord verify --base-url`: a service that runs is asked what the stories ask, and found to differ or not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint, Operation, Requirement, Scenario
from designchord.cli import run
from designchord.cli.calling import Service
from designchord.errors import Unavailable
from designchord.readers.system import System
from designchord.rehearsal.mock import Answer, Mock
from designchord.rehearsal.stage import stage_of
from designchord.verification.plan import plan_of
from designchord.verification.playing import play, with_played
from designchord.verification.standing import standings
from designchord.verification.verifying import verify as compare
from tests.flows.test_cli_verify import SARIF
from tests.unit.test_rehearsal import LENDING, call, library, refuse, sources, step

Document = dict[str, Any]
Verify = Callable[..., tuple[int, Document]]

LOOKING = Scenario(
    id="look-for-a-tool",
    title="Look for a tool",
    actor="Member",
    requirements=("R2",),
    steps=(
        call("listTools"),
        step("System", "Member", "The tools", kind="reply"),
        call("getTool"),
        refuse("There is no such tool", 404),
        step("System", "Member", "The tool", kind="reply"),
    ),
)
KEEPING = Scenario(
    id="keep-tools",
    title="Keep tools",
    actor="Clerk",
    requirements=("R2",),
    steps=(call("addTool", "Clerk"), call("removeTool", "Clerk")),
)


def plan() -> Blueprint:
    tool = Operation(
        id="getTool", method="GET", path="/tools/{tool_id}", summary="Get a tool", entity="Tool", actor="Member",
        errors=((404, "There is no such tool"),),
    )  # fmt: skip
    made = library(LENDING, LOOKING, KEEPING)
    seen = (*made.requirements, Requirement(id="R2", text="Members look for tools"))
    return made.model_copy(update={"operations": (*made.operations, tool), "requirements": seen})


def api() -> Document:
    (source,) = sources(plan()).values()
    document: Document = json.loads(source)
    return document


@dataclass
class Built:
    """A service on this machine: a mock of an API, or whatever ``answer`` says; ``asked`` is what it was sent."""

    url: str
    asked: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def served(answer: Callable[[str, str, dict[str, str], bytes], Answer]) -> Iterator[Built]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            built.asked.append((self.command, self.path, headers.get("authorization", "")))
            found = answer(self.command, self.path, headers, body)
            data = b"" if found.body is None else json.dumps(found.body).encode()
            self.send_response(found.status)
            for name, value in {**found.headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - names of the base class

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        built = Built(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield built
        finally:
            server.shutdown()


@contextmanager
def mocked(document: Document | None = None) -> Iterator[Built]:
    """A mock of the design, or of an API that has drifted from it."""
    stage = stage_of({("api", ""): json.dumps(document or api())}, plan())
    assert stage is not None
    turn = threading.Lock()
    with closing(Mock(stage)) as mock:

        def answer(method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
            with turn:
                return mock.handle(method, target, headers, body or None)

        with served(answer) as built:
            yield built


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESIGNCHORD_DATABASE", raising=False)
    (tmp_path / "blueprint.json").write_text(answering.dump(plan()))

    def verify(*options: str) -> tuple[int, Document]:
        code = run(["verify", "blueprint.json", "--format", "json", *options])
        captured = capsys.readouterr()
        return code, (json.loads(captured.out) if captured.out else {}) | {"said": captured.out + captured.err}

    return verify


def told(report: Document) -> list[tuple[str, str]]:
    return [(one["code"], one["thing"]) for one in report["findings"]]


def test_the_mock_of_a_design_verifies_clean_and_is_only_asked(verify: Verify) -> None:
    with mocked() as built:
        code, report = verify("--base-url", built.url)
        assert (code, report["findings"], report["not_read"]) == (0, [], [])
        assert {method for method, _, _ in built.asked} == {"GET"}
        assert report["compared"] == {"calls": len(built.asked)}
        assert any("404" not in target and target.startswith("/tools/") for _, target, _ in built.asked)
    standing = {one["id"]: one["standing"] for one in report["things"]}
    assert (standing["listTools"], standing["getTool"]) == ("exists", "exists")
    assert (standing["addTool"], standing["Tool"]) == ("unchecked", "unchecked")


def test_with_writes_the_stories_are_played_whole_as_often_as_one_likes(verify: Verify) -> None:
    with mocked() as built:
        for _ in range(2):
            code, report = verify("--base-url", built.url, "--allow-writes")
            assert (code, report["findings"], report["not_read"]) == (0, [], [])
        assert {method for method, _, _ in built.asked} == {"GET", "POST", "DELETE"}
    standing = {one["id"]: one["standing"] for one in report["things"]}
    assert {standing[one] for one in ("lend", "giveBack", "addTool", "removeTool", "getTool")} == {"exists"}


def _without_tool(document: Document) -> None:
    del document["paths"]["/tools/{tool_id}"]["get"]


def _renamed_field(document: Document) -> None:
    tool = document["components"]["schemas"]["Tool"]
    tool["properties"]["title"] = tool["properties"].pop("name")
    tool["required"] = [{"name": "title"}.get(one, one) for one in tool["required"]]


def _other_success(document: Document) -> None:
    responses = document["paths"]["/tools"]["post"]["responses"]
    responses["202"] = responses.pop("201")


def _moved(document: Document) -> None:
    document["paths"]["/gadgets"] = document["paths"].pop("/tools")


def _other_refusal(document: Document) -> None:
    responses = document["paths"]["/loans"]["post"]["responses"]
    responses["422"] = responses.pop("409")


DRIFTS = [
    ((), _without_tool, ["verify.answer_status GET /tools/{tool_id}"]),
    ((), _renamed_field, ["verify.answer_body GET /tools", "verify.answer_body GET /tools/{tool_id}"]),
    ((), _moved, ["verify.answer_status GET /tools"]),
    (("--allow-writes",), _other_success, ["verify.answer_status POST /tools"]),
    (("--allow-writes",), _other_refusal, ["verify.answer_status POST /loans"]),
]


@pytest.mark.parametrize(("options", "drift", "expected"), DRIFTS)
def test_a_mock_that_has_drifted_is_found_and_nothing_else(
    verify: Verify, options: tuple[str, ...], drift: Callable[[Document], None], expected: list[str]
) -> None:
    document = api()
    drift(document)
    with mocked(document) as built:
        _, report = verify("--base-url", built.url, *options)
        name = built.url
    found = [" ".join((code, *thing.split()[:2])) for code, thing in told(report)]
    assert sorted(found) == expected
    for one in report["findings"]:
        assert (one["built"]["file"], one["design"]["file"]) == (name, "blueprint.json")
        assert one["design"]["line"] > 1
        assert one["change_the_code"]


def test_what_the_description_lacks_as_well_is_one_finding(verify: Verify, tmp_path: Path) -> None:
    document = api()
    _without_tool(document)
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    with mocked(document) as built:
        _, report = verify("--base-url", built.url, "--openapi", "openapi.json")
    assert [code for code, _ in told(report)] == ["verify.operation_missing"]
    assert any("answers 405" in one for one in report["findings"][0]["follows"])


def test_findings_of_a_service_come_in_all_forms(verify: Verify, tmp_path: Path) -> None:
    document = api()
    _renamed_field(document)
    with mocked(document) as built:
        for form in ("sarif", "junit", "codequality", "github", "text"):
            assert verify("--base-url", built.url, "--format", form, "--output", f"report.{form}")[0] == 1
    jsonschema_rs.validator_for(json.loads(SARIF.read_text())).validate(
        json.loads((tmp_path / "report.sarif").read_text())
    )
    assert ET.parse(tmp_path / "report.junit").getroot()[0].get("failures") == "2"
    assert "verify.answer_body" in (tmp_path / "report.text").read_text()


# A service that is not a mock


def test_nothing_of_what_a_service_keeps_is_told(verify: Verify) -> None:
    rows = {"items": [{"id": "canary_4711", "name": {"canary_4712": "canary_4713"}}], "total": "canary_4714"}
    with served(lambda *_: Answer(200, rows)) as built:
        _, report = verify("--base-url", built.url)
    assert "verify.answer_body" in {code for code, _ in told(report)}
    assert "canary" not in report["said"]


def test_who_has_to_sign_in_is_a_remark_and_a_token_comes_from_the_environment(
    verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = api()
    document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"bearer": []}]
    Path("openapi.json").write_text(json.dumps(document))
    monkeypatch.setenv("MEMBER", "canary_4711")
    with mocked() as mock, served(_guarded(mock)) as built:
        code, report = verify("--base-url", built.url)
        assert (code, report["findings"]) == (0, [])
        if any(token for _, _, token in built.asked):
            assert [one["code"] for one in report["not_read"]] == ["verify.not_signed_in"]
            name = report["not_read"][0]["message"].split("such as ")[1].split("=")[0]
            built.asked.clear()
            code, report = verify("--base-url", built.url, "--input", f"{name}=env:MEMBER")
            assert (code, report["findings"], report["not_read"]) == (0, [], [])
            assert {token for _, _, token in built.asked} == {"Bearer canary_4711"}
            assert "canary_4711" not in report["said"]


def _guarded(mock: Built) -> Callable[[str, str, dict[str, str], bytes], Answer]:
    """In front of a mock: who has no token is refused, who has one is a member."""
    behind = Service(mock.url)

    def answer(method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        token = headers.get("authorization", "")
        if token.startswith("Bearer mock-"):
            return Answer(401, {"code": "unknown", "message": "Who are you?"})
        told = {"authorization": "Bearer mock-Member"} if token else {}
        return behind.send(method, target, told, body or None)

    return answer


def test_an_empty_service_is_no_difference_and_what_was_not_asked_is_said(verify: Verify) -> None:
    with served(lambda *_: Answer(200, {"items": [], "page": 1, "page_size": 20, "total": 0})) as built:
        code, report = verify("--base-url", built.url)
    assert code in (0, 1)
    assert "verify.nothing_there" in {one["code"] for one in report["not_read"]}
    assert {one["id"]: one["standing"] for one in report["things"]}["addTool"] == "unchecked"


def test_a_redirect_is_followed_within_the_service_and_nowhere_else(verify: Verify) -> None:
    with served(lambda *_: Answer(200, {})) as elsewhere, mocked() as mock:
        behind = Service(mock.url)

        def answer(method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
            path, _, query = target.partition("?")
            if not path.endswith("/"):
                return Answer(307, None, {"Location": f"{path}/?{query}" if query else f"{path}/"})
            told = {name: headers[name] for name in ("authorization",) if name in headers}
            return behind.send(method, f"{path.rstrip('/')}?{query}", told, None)

        with served(answer) as slashed:
            assert (verify("--base-url", slashed.url)[1]["findings"]) == []
        with served(lambda *_: Answer(307, None, {"Location": f"{elsewhere.url}/tools"})) as leading:
            report = verify("--base-url", leading.url, "--input", "member_token=secret")[1]
        assert {one["code"] for one in report["findings"]} == {"verify.answer_status"}
        assert elsewhere.asked == []


def test_a_service_that_takes_a_connection_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        service = Service(f"http://127.0.0.1:{silent.getsockname()[1]}", patience=0.2)
        with pytest.raises(Unavailable, match="did not answer GET /tools"):
            service.send("GET", "/tools", {}, None)


def test_a_service_that_drips_is_given_up() -> None:
    enough = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as dripping:

        def drip() -> None:
            connection, _ = dripping.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not enough.wait(0.02):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        service = Service(f"http://127.0.0.1:{dripping.getsockname()[1]}", patience=0.3)
        with pytest.raises(Unavailable):
            service.send("GET", "/tools", {}, None)
        enough.set()


def test_when_the_time_for_all_is_over_what_is_left_is_said_and_counts_as_unchecked() -> None:
    stage = stage_of(sources(plan()), plan())
    assert stage is not None
    with mocked() as built:
        played = play(stage, Service(built.url).send, built.url, inputs={}, spent=lambda: True)
        assert built.asked == []
    found = with_played(compare(plan_of(plan()), System([])), plan_of(plan()), stage, played)
    assert (found.findings, [one.problem.code for one in found.remarks]) == ((), ["verify.not_played"])
    assert set(standings(found).values()) == {"unchecked"}


@pytest.mark.parametrize(
    "options",
    [
        ("--base-url", "nonsense"),
        ("--base-url", "file:///etc/passwd"),
        ("--base-url", "http://anna:canary_4711@127.0.0.1:1"),
        ("--base-url", "http://127.0.0.1:1"),
        ("--base-url", "http://127.0.0.1:1", "--input", "canary_4711"),
        ("--base-url", "http://127.0.0.1:1", "--input", "token=env:NOT_THERE_4711"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence_and_never_a_green_run(verify: Verify, options: tuple[str, ...]) -> None:
    code, report = verify(*options)
    assert code in (1, 2)
    assert report["said"].startswith("designchord: ")
    assert "canary_4711" not in report["said"]
