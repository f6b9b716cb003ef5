"""A design is played and tried out over HTTP: nothing is stored, nothing is shared, everything is bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.flows.people import serving_people, signed_in
from tests.flows.serving import Client, serving

IDEA = {
    "title": "Tool library",
    "content": "Neighbours lend tools to each other. Members search tools and borrow them. Keepers register tools.",
    "requirements": "- Members sign up with their email\n- Keepers register a tool\n- Members borrow a tool",
    "language": "en",
    "model": "offline",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    few = {"DESIGNCHORD_TRY_REQUESTS": "3", "DESIGNCHORD_TRY_CHARS": "500"}
    with serving(tmp_path_factory.mktemp("home"), **few) as address, Client(address) as client:
        yield client


@pytest.fixture(scope="module")
def design(client: Client) -> str:
    return str(client.make(**IDEA)["id"])


@pytest.fixture(scope="module")
def offer(client: Client, design: str) -> dict[str, Any]:
    return dict(client.http.get(f"/designs/{design}/mock").json())


def told(offer: dict[str, Any], operation: str) -> dict[str, Any]:
    return next(one for one in offer["operations"] if one["id"] == operation)


class Sandbox:
    """What a client keeps of a sandbox."""

    def __init__(self, client: Client, design: str) -> None:
        self._client = client
        self._design = design
        self.before: list[dict[str, Any]] = []

    def ask(self, method: str, target: str, body: str = "", **more: Any) -> dict[str, Any]:
        request = {"method": method, "target": target, "body": body, "token": "mock-Member", **more}
        sent = {"before": self.before, "request": request}
        answered = self._client.http.post(f"/designs/{self._design}/mock", json=sent)
        answer = dict(answered.json())
        if answered.status_code == 200 and answer["changes"]:
            self.before.append(request)
        return answer


@pytest.fixture
def sandbox(client: Client, design: str) -> Sandbox:
    return Sandbox(client, design)


def test_a_story_is_played_with_what_was_sent_and_answered(client: Client, design: str) -> None:
    played = client.http.get(f"/designs/{design}/rehearsal").json()
    assert played["ran"] == played["total"] > 0
    story = played["stories"][0]
    (one,) = client.http.get(f"/designs/{design}/rehearsal", params={"story": story["id"]}).json()["stories"]
    assert one == story
    first = story["workflows"][0]["steps"][0]
    assert first["request"].startswith("POST /")
    assert set(first["sent"]) <= set(first["answered"]) | {"password"}
    missing = client.http.get(f"/designs/{design}/rehearsal", params={"story": "nobody"})
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "story_not_found")


def test_what_is_offered_works_as_it_is_offered(offer: dict[str, Any], client: Client, design: str) -> None:
    for one in offer["operations"]:
        if one["method"] not in ("GET", "POST"):
            continue
        target = one["path"]
        for parameter in one["parameters"]:
            target = target.replace("{" + parameter["name"] + "}", parameter["example"])
        token = f"mock-{one['role']}" if one["secured"] else ""
        body = "" if one["body"] is None else json.dumps(one["body"])
        answer = Sandbox(client, design).ask(one["method"], target, body, token=token)
        assert answer["status"] < 400 or answer["status"] in (401, 409), (one["id"], answer)


def test_a_sandbox_creates_lists_gets_and_refuses_a_duplicate(offer: dict[str, Any], sandbox: Sandbox) -> None:
    sign_up = told(offer, "signUp")
    body = '{"email": "new@example.com", "password": "longer-than-eight", "name": "New"}'
    made = sandbox.ask("POST", sign_up["path"], body)
    assert (made["status"], made["changes"]) == (201, True)
    again = sandbox.ask("POST", sign_up["path"], body)
    assert (again["status"], again["changes"]) == (409, False)
    tool = sandbox.ask("POST", "/tools", '{"name": "Drill", "serial_number": "D-1"}')
    assert tool["status"] == 201
    listed = sandbox.ask("GET", "/tools?size=100")
    assert tool["body"]["id"] in str(listed["body"])
    assert len(sandbox.before) == 2


def test_nobody_sees_what_is_in_the_sandbox_of_another(client: Client, design: str) -> None:
    one, other = Sandbox(client, design), Sandbox(client, design)
    one.ask("POST", "/tools", '{"name": "Only mine", "serial_number": "X"}')
    assert "Only mine" in str(one.ask("GET", "/tools")["body"])
    assert "Only mine" not in str(other.ask("GET", "/tools")["body"])


def test_a_sandbox_is_bounded_in_number_and_size(sandbox: Sandbox) -> None:
    for number in range(4):
        sandbox.ask("POST", "/tools", f'{{"name": "Tool {number}", "serial_number": "{number}"}}')
    full = sandbox.ask("GET", "/tools")
    assert full["error"]["code"] == "sandbox_full"
    sandbox.before.clear()
    assert sandbox.ask("GET", "/tools")["status"] == 200
    assert sandbox.ask("POST", "/tools", "x" * 501)["error"]["code"] == "too_large"


def test_a_refusal_can_be_asked_for(offer: dict[str, Any], sandbox: Sandbox) -> None:
    refusals = told(offer, "signUp")["refusals"]
    assert 409 in refusals
    assert sandbox.ask("POST", told(offer, "signUp")["path"], answer=409)["status"] == 409


def test_what_cannot_be_played_is_said(client: Client) -> None:
    design = client.make(**IDEA, kinds=["document"])["id"]
    for method, path in (("GET", "mock"), ("POST", "mock")):
        sent = {"request": {"method": "GET", "target": "/"}} if method == "POST" else None
        answered = client.http.request(method, f"/designs/{design}/{path}", json=sent)
        assert (answered.status_code, answered.json()["error"]["code"]) == (409, "not_playable")
    assert client.http.get(f"/designs/{design}/rehearsal").json()["total"] == 0


def test_only_the_owner_plays_and_tries_also_where_a_design_is_shared(tmp_path: Any) -> None:
    with (
        serving_people(tmp_path / "home", "anna", "ben") as address,
        signed_in(address, "anna") as anna,
        signed_in(address, "ben") as ben,
    ):
        design = anna.make(**IDEA)["id"]
        shared = anna.http.post(f"/designs/{design}/share").json()["path"]
        sent = {"request": {"method": "GET", "target": "/tools", "token": "mock-Member"}}
        assert anna.http.post(f"/designs/{design}/mock", json=sent).json()["status"] == 200
        assert ben.http.post(f"/designs/{design}/mock", json=sent).status_code == 404
        assert ben.http.get(f"/designs/{design}/mock").status_code == 404
        assert ben.http.get(f"/designs/{design}/rehearsal").status_code == 404
        page = ben.http.get(f"{address}{shared}")
        assert page.status_code == 200
        assert "stories ran" in page.text
