"""Every route there is, asked by those who may not: nothing is told, nothing is changed.

The routes come from the URL table itself, so a new one is walked without anybody thinking of it.
"""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from django.urls import URLPattern, URLResolver

from tests.flows.people import PASSWORD, bearing, serving_people, signed_in
from tests.flows.serving import Client

pytestmark = pytest.mark.slow

CANARY = "Zanzibar ledger 7141"

#: A request for a change that nobody has made: here no model reads any.
NOBODYS = "11111111-2222-4333-8444-555555555555"

#: What strangers may see: whether the server lives, and the doors themselves.
OPEN = {
    "healthz", "readyz", "metrics", "share/<str:token>", "csp-reports",
    "sign-in/", "register/", "reset/<str:uid>/<str:token>/",
}  # fmt: skip

METHODS = ("GET", "POST", "PUT", "DELETE")
ALL_METHODS = (*METHODS, "HEAD", "PATCH", "OPTIONS")

#: A body that each operation takes, for those that need one.
BODIES: dict[str, dict[str, Any]] = {
    "api/v1/designs": {"title": "x", "content": "Members borrow books."},
    "/restore": {"number": 1},
    "/regenerate": {},
    "/retry": {},
    "/refresh": {},
    "api/v1/tokens": {"name": "x"},
    "api/v1/check": {"kind": "erd", "source": "erDiagram"},
    "api/v1/account": {"password": "x"},
    "/assumptions/<assumption_id>": {"verdict": "confirm"},
    "/assumptions": {"confirm": ["A-1"]},
    "/changes": {"words": "add a rating to Book"},
    "/verifications": {"compared": {"tables": 1}, "findings": [], "things": []},
    "/mock": {"request": {"method": "GET", "target": "/"}},
}
EDIT = {"source": "erDiagram\n    Theft {\n        uuid id PK\n    }\n", "base": 1}


def routes() -> list[str]:
    """All patterns, those included that are there only with accounts."""
    from designchord import urls
    from designchord.web import account_urls
    from designchord.web.admin import urls as admin_urls

    def walk(patterns: list[Any], before: str) -> Iterator[str]:
        for pattern in patterns:
            path = before + re.sub(
                r"^\^\(\?P<\w+>(\w+)\)/\$$", r"\1/", str(pattern.pattern)
            )  # Django's one regular expression
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path)
            else:
                assert isinstance(pattern, URLPattern)
                yield path

    tables = (urls, account_urls, admin_urls)
    return sorted({path for table in tables for path in walk(table.urlpatterns, "")})


def body_of(method: str, route: str) -> dict[str, Any] | None:
    if method == "PUT":
        return EDIT
    if method in {"GET", "HEAD", "OPTIONS"}:
        return None
    return next((body for tail, body in BODIES.items() if route.endswith(tail)), None)


@dataclass(frozen=True)
class Victim:
    design: str
    part: str
    token_id: int
    assumption: str

    def path(self, route: str, *, design: str | None = None, token_id: int | None = None) -> str:
        """A route's path with everything of this owner's in it."""
        values = {
            "design_id": design or self.design, "id": design or self.design, "token_id": token_id or self.token_id,
            "kind": "sequence" if "part>" in route else "erd", "part": self.part, "number": 1, "token": "x" * 32,
            "uid": "MQ", "assumption_id": self.assumption, "request_id": NOBODYS, "path": "css/base.css",
            "name": "library",
            "object_id": (design or self.design) if "designs/design/" in route else token_id or self.token_id,
        }  # fmt: skip
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    people = ("victim", "thief", "gone", "watcher")
    limits = {"DESIGNCHORD_STARTS_PER_MINUTE": "1000", "DESIGNCHORD_SIGN_INS_PER_MINUTE": "1000"}
    with serving_people(tmp_path_factory.mktemp("home"), *people, **limits) as address:
        yield address


@pytest.fixture(scope="module")
def victim(address: str) -> Victim:
    with signed_in(address, "victim") as person:
        design = person.make(title=CANARY, content=f"Members of the {CANARY} borrow books. Staff add books.")
        part = next(item["part"] for item in design["artifacts"] if item["kind"] == "sequence")
        return Victim(design["id"], part, person.make_token()["id"], "A-1")


def ask(client: Client, method: str, route: str, path: str) -> httpx2.Response:
    """One request; of an endless answer only the beginning."""
    with client.http.stream(method, f"{client.address}{path}", json=body_of(method, route)) as answer:
        if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            return httpx2.Response(answer.status_code, content=next(answer.iter_bytes()))
        answer.read()
        return answer


def plain(answer: httpx2.Response) -> tuple[int, str]:
    """An answer without what differs between any two requests, and without the address that was asked for."""
    text = re.sub(r'"request_id": "[^"]*"', "", answer.text)
    text = re.sub(r'(<link rel="preload" href="/api/v1/designs/)[^"]*"', r'\1"', text)
    return answer.status_code, re.sub(r'name="csrf(-token|middlewaretoken)" (content|value)="[^"]*"', "", text)


def expect_refusals(client: Client, victim: Victim, methods: tuple[str, ...] = METHODS) -> None:
    closed = [route for route in routes() if route not in OPEN]
    assert len(closed) > 30
    for route, method in itertools.product(closed, methods):
        answer = ask(client, method, route, victim.path(route))
        if answer.status_code == 302:
            assert method in {"GET", "HEAD", "OPTIONS"}, (method, route)
            assert not route.startswith("api/"), (method, route)
            assert answer.headers["Location"].startswith("/sign-in/")
            continue
        assert answer.status_code == 401, (method, route, answer.status_code)
        if method != "HEAD":
            assert answer.json()["error"]["code"] == "not_signed_in"


def test_strangers_get_nothing_but_the_door(address: str, victim: Victim) -> None:
    with Client(address) as stranger:
        expect_refusals(stranger, victim, ALL_METHODS)
        for route, method in itertools.product(OPEN, ALL_METHODS):
            answer = ask(stranger, method, route, victim.path(route))
            assert answer.status_code < 500
            assert CANARY not in answer.text


def test_a_revoked_token_opens_nothing(address: str, victim: Victim) -> None:
    with signed_in(address, "victim") as person:
        token = person.make_token()
        person.http.delete(f"/tokens/{token['id']}")
    with bearing(address, token["text"]) as program:
        expect_refusals(program, victim)


def test_a_deleted_account_opens_nothing(address: str, victim: Victim) -> None:
    with signed_in(address, "gone") as gone:
        token = gone.make_token()["text"]
        assert gone.http.request("DELETE", "/account", json={"password": PASSWORD}).status_code == 204
        with bearing(address, token) as program:
            expect_refusals(program, victim)
        expect_refusals(gone, victim)


def test_what_belongs_to_another_is_answered_like_what_never_was(address: str, victim: Victim) -> None:
    nothing = "3f0c4e0e-0000-4000-8000-000000000000"
    own = [route for route in routes() if "<" in route and route not in OPEN]
    assert len(own) > 20
    with signed_in(address, "victim") as person:
        before = person.http.get(f"/designs/{victim.design}").json()
    with signed_in(address, "thief") as thief, bearing(address, thief.make_token()["text"]) as program:
        for client, route, method in itertools.product((thief, program), own, METHODS):
            foreign = plain(ask(client, method, route, victim.path(route)))
            missing = plain(ask(client, method, route, victim.path(route, design=nothing, token_id=10**9)))
            assert foreign == missing, (method, route)
            assert CANARY not in foreign[1]
            if route.startswith("api/"):
                assert foreign[0] in {403, 404, 405}, (method, route, foreign)
        for route in routes():
            if "<" not in route and not route.endswith(("sign-out/", "delete/")):
                assert CANARY not in ask(thief, "GET", route, f"/{route}").text
    with signed_in(address, "victim") as person:
        assert person.http.get(f"/designs/{victim.design}").json() == before


@pytest.mark.slow
def test_an_event_stream_ends_soon_after_its_session_or_token(address: str) -> None:
    with signed_in(address, "watcher") as person:
        design = person.make()["id"]
        token = person.make_token()
        ended: dict[str, bool] = {}

        def watch(name: str, client: Client) -> None:
            with (
                suppress(httpx2.HTTPError, RuntimeError),  # the one that goes on is closed by its client
                client.http.stream("GET", f"/designs/{design}/events", timeout=60) as answer,
            ):
                ended[name] = False
                for _ in answer.iter_bytes():
                    pass
                ended[name] = True

        with bearing(address, token["text"]) as program, signed_in(address, "watcher") as other:
            watchers = [
                threading.Thread(target=watch, args=pair, daemon=True)
                for pair in (("session", person), ("token", program), ("signed in", other))
            ]
            for watcher in watchers:
                watcher.start()
            while len(ended) < 3:
                time.sleep(0.05)
            with signed_in(address, "watcher") as again:
                again.http.delete(f"/tokens/{token['id']}")
                again.http.cookies = person.http.cookies
                again.read_token()
                again.sign_out()
            for watcher in watchers[:2]:
                watcher.join(40)
            assert ended == {"session": True, "token": True, "signed in": False}
