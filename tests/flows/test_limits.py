"""Quotas hold under requests at the same moment, say when to come back, and are each owner's own."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.designs.models import Design, DesignState, Owner, Step
from designchord.designs.services.rate_limits import rate_limit_take
from designchord.errors import QuotaExceeded
from designchord.llm import loop
from tests.flows.apps import LIBRARY, running_app
from tests.flows.people import Person, bearing, serving_people, signed_in
from tests.flows.serving import Client

pytestmark = pytest.mark.slow

PARALLEL = 50


def at_once(ask: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(ask, range(PARALLEL)))


def told(answers: list[httpx2.Response]) -> Counter[tuple[int, str]]:
    return Counter(
        (answer.status_code, answer.json()["error"]["code"] if answer.status_code >= 400 else "") for answer in answers
    )


@pytest.fixture(autouse=True, scope="module")
def _end_loop() -> Iterator[None]:
    yield
    loop.stop()


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer(pace=Pace(latency=60.0)) as server:
        yield server


@pytest.fixture
def programs(tmp_path: Path, model: ModelServer) -> Iterator[Callable[..., list[Client]]]:
    """Programs of two owners, anna's and bert's, on a server where designs take long."""
    with ExitStack() as open_:

        def begin(**limits: str) -> list[Client]:
            environ = {
                "DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": model.base_url,
                "DESIGNCHORD_STARTS_PER_MINUTE": "100000", "DESIGNCHORD_DESIGNS_IN_FLIGHT": "1000", **limits,
            }  # fmt: skip
            address = open_.enter_context(serving_people(tmp_path / "home", "anna", "bert", **environ))
            texts = []
            for name in ("anna", "bert"):
                with signed_in(address, name) as person:
                    texts.append(person.make_token()["text"])
            return [open_.enter_context(bearing(address, text)) for text in texts]

        yield begin


def start(client: Client, number: int = 0) -> httpx2.Response:
    body = {"title": f"Loans {number}", "content": "Members borrow books."}
    return client.http.post("/designs", json=body, headers={"Idempotency-Key": f"n{number}"})


def test_designs_in_flight_never_exceed_their_quota(programs: Callable[..., list[Client]]) -> None:
    anna, bert = programs(DESIGNCHORD_DESIGNS_IN_FLIGHT="7")
    answers = at_once(lambda number: start(anna, number))
    assert told(answers) == {(202, ""): 7, (429, "designs_in_flight"): PARALLEL - 7}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers if answer.status_code == 429)
    assert start(bert).status_code == 202
    made = next(number for number, answer in enumerate(answers) if answer.status_code == 202)
    assert start(anna, made).status_code == 202  # the same request again is no further design
    design = answers[made].json()["id"]
    assert anna.http.post(f"/designs/{design}/cancel").status_code == 200
    assert start(anna, 1000).status_code == 202
    refused = anna.http.post(f"/designs/{design}/retry")
    assert refused.json()["error"]["code"] == "designs_in_flight"


def test_starts_a_minute_never_exceed_their_quota(programs: Callable[..., list[Client]]) -> None:
    anna, bert = programs(DESIGNCHORD_STARTS_PER_MINUTE="5")
    began = time.monotonic()
    answers = at_once(lambda number: start(anna, number))
    refilled = int((time.monotonic() - began) / 12) + 1
    counts = told(answers)
    assert set(counts) == {(202, ""), (429, "too_fast")}
    assert 5 <= counts[202, ""] <= 5 + refilled
    # From one address twice as many, whoever asks: what was refused counted for nobody.
    more = told([start(bert, number) for number in range(12)])
    assert 1 <= more[202, ""] <= 5 + refilled


def test_sign_ins_never_exceed_their_quota_for_an_address_nor_for_a_name(tmp_path: Path) -> None:
    behind_a_proxy = {"DESIGNCHORD_HTTPS": "proxy", "DESIGNCHORD_ALLOWED_HOSTS": "127.0.0.1"}
    limits = {"DESIGNCHORD_SIGN_INS_PER_MINUTE": "4"}
    with serving_people(tmp_path / "home", "anna", **limits, **behind_a_proxy) as address, Person(address) as page:
        page.http.headers |= {"X-Forwarded-Proto": "https", "Referer": f"https://{page.http.base_url.netloc.decode()}/"}
        form = page.http.get(f"{address}/sign-in/")

        def guess(name: str, came_from: str) -> int:
            headers = {"X-Forwarded-For": came_from, "Cookie": form.headers["Set-Cookie"].partition(";")[0]}
            return page.send(form, "/sign-in/", headers=headers, username=name, password="guess").status_code

        def counted(ask: Callable[[int], int]) -> int:
            began = time.monotonic()
            answers = Counter(at_once(ask))
            assert set(answers) <= {422, 429}
            return answers[422] - int((time.monotonic() - began) / 5)  # what was refilled meanwhile

        # Whoever has one address of a network has all of them.
        assert counted(lambda number: guess(f"name{number}", f"2001:db8:7::{number:x}")) <= 4
        # Of all that a proxy tells, only what it adds itself counts: the last one.
        assert counted(lambda number: guess(f"name{number}", f"10.0.0.{number}, 203.0.113.7")) <= 4
        assert 4 < counted(lambda number: guess("anna", f"203.0.113.{100 + number}")) <= 12


def test_event_streams_never_exceed_their_quota(programs: Callable[..., list[Client]]) -> None:
    anna, bert = programs(DESIGNCHORD_STREAMS="3")
    design = start(anna).json()["id"]
    with ExitStack() as open_:
        url = f"/designs/{design}/events"

        def watch(_: int) -> httpx2.Response:
            request = anna.http.build_request("GET", url, timeout=30)
            answer = anna.http.send(request, stream=True)
            open_.callback(answer.close)
            return answer

        answers = at_once(watch)
        assert Counter(answer.status_code for answer in answers) == {200: 3, 429: PARALLEL - 3}
        refused = next(answer for answer in answers if answer.status_code == 429)
        refused.read()
        assert refused.json()["error"]["code"] == "too_many_streams"
        other = start(bert).json()["id"]
        with bert.http.stream("GET", f"/designs/{other}/events") as answer:
            assert answer.status_code == 200
    until = time.monotonic() + 30
    while (again := watch(0)).status_code != 200:  # the server learns a little later that clients left
        again.close()
        assert time.monotonic() < until
        time.sleep(0.2)
    again.close()


@pytest.mark.django_db(transaction=True)
def test_a_pace_is_kept_by_threads_at_the_same_moment_and_refills() -> None:
    waits: list[float] = []

    def take(_: int) -> bool:
        from django.db import connection

        try:
            rate_limit_take(what="test", who="somebody", per_minute=6)
        except QuotaExceeded as error:
            waits.append(error.retry_after)
            return False
        finally:
            connection.close()
        return True

    assert 6 <= sum(at_once(take)) <= 7
    assert 1 <= min(waits) <= max(waits) <= 60
    rate_limit_take(what="test", who="somebody else", per_minute=6)
    rate_limit_take(what="test", who="somebody", per_minute=None)


@pytest.mark.django_db(transaction=True)
def test_a_flood_of_one_owner_does_not_keep_another_waiting(tmp_path: Path, model: ModelServer) -> None:
    flooding, other = (Owner.objects.create(username=name) for name in ("flooding", "other"))
    environ = {
        "DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": model.base_url,
        "DESIGNCHORD_CONCURRENCY": "8",
    }  # fmt: skip
    with running_app(tmp_path, engine=False, **environ) as app:
        for _ in range(60):
            app.verbs.start(owner=flooding, brief=LIBRARY)
        app.run()
        wait_for(lambda: begun(flooding) >= 8)
        app.verbs.start(owner=other, brief=LIBRARY)
        wait_for(lambda: begun(other) == 1)
        assert begun(flooding) == 8  # none of the flood had ended
        for owner in (flooding, other):
            for made in Design.objects.filter(owner=owner):
                app.verbs.cancel(owner=owner, design_id=made.pk)
    assert not Design.objects.exclude(state=DesignState.CANCELLED).exists()


def begun(owner: Owner) -> int:
    return Step.objects.filter(design__owner=owner, started_at__isnull=False).count()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def edit(client: Client, design: str, source: str, base: int) -> httpx2.Response:
    return client.http.put(f"/designs/{design}/artifacts/document", json={"source": source, "base": base})


def test_edits_have_a_pace_and_it_is_each_owners_own(programs: Callable[..., list[Client]]) -> None:
    anna, bert = programs(DESIGNCHORD_EDITS_PER_MINUTE="3")
    designs = [client.make(model="offline", kinds=["document"])["id"] for client in (anna, bert)]
    answers = [edit(anna, designs[0], f"# T\n\n{number}\n", number) for number in range(1, 5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["error"]["code"] == "too_fast"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert edit(bert, designs[1], "# T\n\n1\n", 1).status_code == 200


def test_who_keeps_too_much_is_told_and_may_still_read_and_delete(programs: Callable[..., list[Client]]) -> None:
    anna, bert = programs(DESIGNCHORD_STORAGE_MB="1")
    design = anna.make(model="offline", kinds=["document"])["id"]
    statuses = [edit(anna, design, f"# T\n\n{'word ' * 100_000}{number}\n", number).status_code for number in (1, 2)]
    refused = edit(anna, design, "# T\n\nsmall\n", 3)

    assert statuses == [200, 200]
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "storage_full")
    assert refused.json()["error"]["details"]["used_bytes"] > refused.json()["error"]["details"]["allowed_bytes"]
    assert start(anna).json()["error"]["code"] == "storage_full"
    assert start(bert).status_code == 202
    assert anna.http.get(f"/designs/{design}/artifacts/document/revisions/2").status_code == 200
    assert anna.http.delete(f"/designs/{design}").status_code == 204


def test_an_account_tells_how_much_it_keeps(tmp_path: Path) -> None:
    with (
        serving_people(tmp_path / "home", "anna", DESIGNCHORD_STORAGE_MB="5") as address,
        signed_in(address, "anna") as anna,
    ):
        before = anna.http.get("/account").json()
        design = anna.make(model="offline", kinds=["document"])["id"]
        begun = anna.http.get("/account").json()["stored_bytes"]
        assert edit(anna, design, "# T\n\n나무\n", 1).status_code == 200
        edited = anna.http.get("/account").json()["stored_bytes"]
        assert edit(anna, design, "# T\n\n나무\n", 2).status_code == 200, "nothing is changed"
        unchanged = anna.http.get("/account").json()["stored_bytes"]

    assert (before["stored_bytes"], before["stored_bytes_allowed"]) == (0, 5_000_000)
    assert begun > 0
    assert edited == unchanged == begun + len("# T\n\n나무\n".encode())
