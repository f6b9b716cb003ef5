"""Words that nobody else uses, in everything that is secret; then every place is looked through for them."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import amqp
import httpx2
import psycopg
import pytest
import redis

from bench.model_exchange import Pace
from bench.model_faults import CANARY as PROVIDERS_WORD
from bench.model_server import ModelServer
from tests.flows.people import Person, bearing
from tests.flows.serving import Client
from tests.servers import Redis, wait_until
from tests.stack import CANARY as KEY
from tests.stack import PASSWORD, Stack

pytestmark = [pytest.mark.servers, pytest.mark.slow]

SIGNING = "signing-canary-77d0a4e19b55c3f2c1d8"
IDEA = "Quahogwort"
CHANNEL = "progress"

#: Where a design's words belong: its rows, and the ledger of what a model wrote.
TABLES_OF_DESIGNS = {
    "designs_design", "designs_step", "designs_part", "designs_revision", "designs_event", "designs_call",
}  # fmt: skip

#: Refusals of every sort for some parts, which echo key and prompt; the other parts are made.
FAULTS: list[dict[str, Any]] = [
    {"fault": "500", "kind": "blueprint", "times": 1},
    {"fault": "400", "kind": "erd"},
    {"fault": "401", "kind": "api"},
    {"fault": "error_in_stream", "kind": "document", "times": 1},
]


@dataclass
class Heard:
    """What went over the wires, in the order in which it went."""

    messages: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)


@contextmanager
def listening(stack: Stack) -> Iterator[Heard]:
    """Hear each message on its way to the queue and each command to Redis."""
    heard = Heard()
    with (
        amqp.Connection(f"127.0.0.1:{stack.rabbitmq.port}") as connection,
        redis.Redis.from_url(stack.redis.url, decode_responses=True, socket_timeout=None) as client,
        client.monitor() as monitor,
        client.pubsub() as channel,
    ):
        tap = connection.channel()
        tap.exchange_declare("designchord", "direct", durable=True, auto_delete=False)
        tap.queue_declare("tap", exclusive=True)
        tap.queue_bind("tap", "designchord", "designchord")
        channel.subscribe(CHANNEL)

        def hear(source: Iterator[Any], into: list[str]) -> None:
            for said in source:
                into.append(str(said))
                if "the end" in into[-1]:
                    return

        threads = [
            threading.Thread(target=hear, args=pair)
            for pair in ((monitor.listen(), heard.commands), (channel.listen(), heard.published))
        ]
        for thread in threads:
            thread.start()
        try:
            yield heard
        finally:
            client.publish(CHANNEL, "the end")
            for thread in threads:
                thread.join(20)
            while (message := tap.basic_get("tap", no_ack=True)) is not None:
                heard.messages.append(f"{message.body} {message.headers} {message.properties}")


def kept_in_redis(server: Redis) -> dict[str, str]:
    """Every key with all that it holds."""
    reads = {
        "string": "get", "list": "lrange", "set": "smembers", "hash": "hgetall", "zset": "zrange", "stream": "xrange",
    }  # fmt: skip
    with redis.Redis.from_url(server.url, decode_responses=True, protocol=2) as client:
        found = {}
        for key in client.scan_iter("*"):
            kind = client.type(key)
            bounds = (0, -1) if kind in {"list", "zset"} else ()
            found[key] = str(getattr(client, reads[kind])(key, *bounds))
        return found


def kept_in_database(stack: Stack) -> dict[str, str]:
    """Every table with all its rows as text."""
    with psycopg.connect(stack.postgresql.url_of(stack.database), connect_timeout=5) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {
            table: "\n".join(row[0] for row in connection.execute(f'SELECT t::text FROM "{table}" t'))
            for table in tables
        }


def kept_in_queues(stack: Stack) -> str:
    """All messages that are still in a queue; they stay there."""
    found = []
    with amqp.Connection(f"127.0.0.1:{stack.rabbitmq.port}") as connection:
        for queue in ("designchord", "designchord.dead"):
            channel = connection.channel()
            while (message := channel.basic_get(queue)) is not None:
                found.append(f"{message.body} {message.headers}")
    return "\n".join(found)


def everything_about(client: Client, design: str) -> list[httpx2.Response]:
    """What can be read of a design, and what can be read without one."""
    about = f"/designs/{design}"
    paths = [
        about, f"{about}/export?format=zip", f"{about}/export?format=md", f"{about}/export?format=html",
        f"{about}/artifacts/document", f"{about}/artifacts/erd/revisions", "/designs", f"/designs?q={IDEA}", "/models",
        f"{client.address}/", f"{client.address}{about}/", f"{client.address}/metrics", f"{client.address}/readyz",
    ]  # fmt: skip
    refusals = [
        client.http.post("/designs", json={"title": IDEA, "content": 7}),
        client.http.post(f"{about}/artifacts/nothing/regenerate", json={}),
        client.http.put(f"{about}/artifacts/erd", json={"source": IDEA, "base": 99}),
    ]
    return [client.http.get(path) for path in paths] + refusals


def text_of(answers: list[httpx2.Response]) -> str:
    """Headers and contents, those of archives unpacked."""
    return "\n".join(f"{answer.headers} {_unpacked(answer)}" for answer in answers)


def _unpacked(answer: httpx2.Response) -> str:
    if answer.headers.get("Content-Type") != "application/zip":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def places_of(
    stack: Stack, heard: Heard, *, rows: dict[str, str], keys: dict[str, str], own: list[str], foreign: list[str]
) -> dict[str, str]:
    """Everything that was said or kept anywhere, by where it was."""
    logs = "\n".join(process.log.read_text(errors="replace") for process in stack.processes)
    servers = "\n".join((server.folder / "output.log").read_text(errors="replace") for server in (
        stack.postgresql, stack.redis, stack.rabbitmq,
    ))  # fmt: skip
    return {
        **{f"table {name}": text for name, text in rows.items()},
        **{f"key {name}": text for name, text in keys.items()},
        **{f"answer {number}": text for number, text in enumerate(own)},
        **{f"foreign answer {number}": text for number, text in enumerate(foreign)},
        "commands": "\n".join(heard.commands), "channel": "\n".join(heard.published),
        "messages": "\n".join(heard.messages), "queues": kept_in_queues(stack), "logs": logs, "servers": servers,
    }  # fmt: skip


def test_secrets_are_nowhere_and_ideas_are_where_they_belong(
    new_stack: Callable[..., Stack], model: ModelServer
) -> None:
    model.pace = Pace(ttft=0.1, tps=3000)
    model.script(FAULTS)
    stack = new_stack(
        DESIGNCHORD_ACCOUNTS="on", DESIGNCHORD_SECRET_KEY=SIGNING, DESIGNCHORD_PUBSUB_CHANNEL=CHANNEL,
        DESIGNCHORD_LOG_LEVEL="DEBUG",
    )  # fmt: skip
    with listening(stack) as heard:
        stack.serve()
        stack.worker()
        tokens = stack.people("anna", "bert")
        with (
            Person(stack.url) as session,
            bearing(stack.url, tokens["anna"]) as anna,
            bearing(stack.url, tokens["bert"]) as bert,
            Client(stack.url) as stranger,
        ):
            session.sign_in("anna")
            cookie = next(value for name, value in session.http.cookies.items() if "session" in name)
            wish = {"title": f"{IDEA} garden", "content": f"Members of the {IDEA} garden borrow spades."}
            again = {"Idempotency-Key": f"key-{IDEA}"}
            design = anna.http.post("/designs", json=wish, headers=again).raise_for_status().json()["id"]
            assert anna.http.post("/designs", json=wish, headers=again).json()["id"] == design
            own = [json.dumps(list(anna.events(design, Last_Event_ID="0")))]
            own += [text_of(everything_about(client, design)) for client in (anna, session)]
            own.append(text_of([session.http.get("/account/export")]))
            foreign = [text_of(everything_about(client, design)) for client in (bert, stranger)]
        wait_until(lambda: any("done" in said for said in heard.published), 20, "the last word on the channel")

    rows, keys = kept_in_database(stack), kept_in_redis(stack.redis)
    assert model.count > 5
    for number, text in enumerate(own):
        assert IDEA in text, number
    assert heard.messages
    assert keys

    places = places_of(stack, heard, rows=rows, keys=keys, own=own, foreign=foreign)

    def where(word: str) -> set[str]:
        return {place for place, text in places.items() if word.lower() in text.lower()}

    for secret in (KEY, PROVIDERS_WORD, PASSWORD, SIGNING, *tokens.values()):
        assert where(secret) == set(), secret
    assert where(cookie) == {"table django_session"}

    assert {f"table {name}" for name in ("designs_design", "designs_revision")} <= where(IDEA)
    belongs = {f"table {name}" for name in TABLES_OF_DESIGNS} | {name for name in places if name.startswith("answer")}
    belongs |= {f"key {name}" for name in keys if design in name}
    assert where(IDEA) - belongs <= {"commands"}
    assert not [said for said in heard.commands if IDEA.lower() in said.lower() and design not in said]
