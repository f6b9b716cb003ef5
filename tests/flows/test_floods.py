"""One owner asks for everything at once, wildly; another is answered meanwhile, and nothing breaks.

No times are looked at, for machines differ: what another owner asks comes to its turn before much of what the flood had
asked for already.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.flows.people import bearing, serving_people, signed_in
from tests.flows.serving import Client
from tests.servers import wait_until

pytestmark = pytest.mark.slow

FLOOD = 30

BEGINNINGS = ["sequenceDiagram\n", "erDiagram\n", "openapi: 3.1.0\n", "# T\n"]
PIECES = ["A->>B: hi\n", "# T\n\n", "- a\n  - b\n", "%%{", "[[", "{{{", "| a | b |\n", "  /a:\n", "'\"\n", "가나\n"]
TAILS = [
    "", "/export", "/export?format=html", "/export?format=md", "/artifacts/erd/svg", "/artifacts/api/svg", "/explain",
    "/artifacts/document?format=html", "/artifacts/document/revisions", "/nothing", "/artifacts/x/y/svg",
]  # fmt: skip

Ask = Callable[[Client, str, random.Random], httpx2.Response]


def text(chance: random.Random) -> str:
    """Something that a check may have much to do with."""
    piece = chance.choice(
        ["A->>B: hi\n", "# T\n\n", "- a\n  - b\n", "%%{", "[[", "{{{", "| a | b |\n", "  /a:\n", "'\"\n", "가나\n"]
    )
    return chance.choice(["sequenceDiagram\n", "erDiagram\n", "openapi: 3.1.0\n", "# T\n"]) + piece * chance.randint(
        1, 4_000
    )


def check(client: Client, design: str, chance: random.Random) -> httpx2.Response:
    kind = chance.choice(["sequence", "erd", "api", "document", "blueprint"])
    return client.http.post("/check", json={"kind": kind, "source": text(chance)[:900_000]})


def estimate(client: Client, design: str, chance: random.Random) -> httpx2.Response:
    return client.http.post("/estimate", json={"title": "T", "content": text(chance)[:99_000], "model": "offline"})


def edit(client: Client, design: str, chance: random.Random) -> httpx2.Response:
    body = {"source": text(chance)[:900_000], "base": chance.randint(1, 5)}
    return client.http.put(f"/designs/{design}/artifacts/{chance.choice(['document', 'erd', 'api'])}", json=body)


def look(client: Client, design: str, chance: random.Random) -> httpx2.Response:
    return client.http.get(f"/designs/{design}{chance.choice(TAILS)}")


KINDS: tuple[Ask, ...] = (check, estimate, edit, look)


@pytest.fixture(scope="module")
def owners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """A server's address, and the tokens of its two owners."""
    home: Path = tmp_path_factory.mktemp("floods") / "home"
    with serving_people(home, "anna", "bert", DESIGNCHORD_EDITS_PER_MINUTE="1000") as address:
        tokens = []
        for name in ("anna", "bert"):
            with signed_in(address, name) as person:
                tokens.append(person.make_token()["text"])
        yield address, tokens


@pytest.mark.parametrize("seed", range(3))
def test_who_asks_during_a_flood_is_answered_before_it_is_over(owners: tuple[str, list[str]], seed: int) -> None:
    address, (annas, berts) = owners
    order: list[str] = []
    answers: list[httpx2.Response] = []
    with ExitStack() as open_:
        bert = open_.enter_context(bearing(address, berts))
        assert bert.http.get("/designs").status_code == 200
        anna = open_.enter_context(bearing(address, annas))
        design = anna.make(model="offline")["id"]

        def flood(number: int) -> None:
            with bearing(address, annas) as client:
                client.http.timeout = 60
                chance = random.Random(1000 * seed + number)
                answers.append(chance.choice(KINDS)(client, design, chance))
                order.append("anna")

        threads = [threading.Thread(target=flood, args=(number,)) for number in range(FLOOD)]
        for thread in threads:
            thread.start()
        wait_until(lambda: bool(order), 60, "the first answer to the flood")
        before = len(order)
        status = bert.http.get("/designs").status_code
        order.append("bert")
        for thread in threads:
            thread.join()

    assert status == 200
    assert order.index("bert") - before <= FLOOD // 2, order
    told = Counter(answer.status_code for answer in answers)
    assert set(told) <= {200, 404, 409, 413, 422, 429, 503}, told
    assert all(int(answer.headers["Retry-After"]) for answer in answers if answer.status_code in {429, 503})


@pytest.mark.parametrize("ask", KINDS, ids=lambda ask: str(ask.__name__))
def test_no_text_of_anybodys_breaks_the_server(owners: tuple[str, list[str]], ask: Ask) -> None:
    address, (annas, _) = owners
    chance: Any = random.Random(7)
    with bearing(address, annas) as client:
        client.http.timeout = 60
        design = client.make(model="offline", kinds=["document", "erd", "api"])["id"]
        answers = [ask(client, design, chance) for _ in range(20)]

    assert [answer.text for answer in answers if answer.status_code >= 500 and answer.status_code != 503] == []
