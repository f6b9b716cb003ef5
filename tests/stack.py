"""A scaled designchord on private servers: web processes and workers as subprocesses, any number of each."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import amqp
import redis

from tests.invariants import Findings, find
from tests.servers import ROOT, Kept, PostgreSQL, RabbitMQ, Redis, wait_until

#: Looked for in everything that is kept or said; nobody may find it anywhere.
CANARY = "sk-canary-d41d8cd98f00"

ENDED = {"done", "partial", "failed", "cancelled"}

IDEA = {
    "title": "Library of things",
    "content": "Neighbours lend tools to each other. A member borrows an item, returns it, and reports damage.",
    "requirements": "- A member can reserve an item for a period.\n- An item must be returned within 14 days.\n",
    "language": "en",
}


PASSWORD = "three green umbrellas"

_PEOPLE = """
import sys
from designchord import wiring
wiring.setup()
from designchord.designs.services.accounts import owner_create
from designchord.designs.services.tokens import token_create
for name in sys.argv[2:]:
    print(token_create(owner=owner_create(name=name, password=sys.argv[1]), name="test", scope="write")[1])
"""


class Stack:
    """A context manager; ``ports`` replaces the port of a server (``amqp``, ``redis``, ``postgres``) by a proxy's;
    ``clock`` is a file that says by how many seconds the clock of its processes is ahead."""

    def __init__(
        self,
        *,
        rabbitmq: RabbitMQ,
        redis_server: Redis,
        postgresql: PostgreSQL,
        folder: Path,
        model_url: str = "",
        ports: dict[str, int] | None = None,
        clock: Path | None = None,
        **environ: str,
    ) -> None:
        self.rabbitmq, self.redis, self.postgresql = rabbitmq, redis_server, postgresql
        self.folder = folder
        self.clock = clock
        self.database = f"stack_{os.getpid()}_{abs(hash(str(folder)))}"
        ports = ports or {}
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "DESIGNCHORD_HOME": str(folder / "home"),
            "DESIGNCHORD_DATABASE_URL": _on_port(postgresql.url_of(self.database), ports.get("postgres")),
            "DESIGNCHORD_ENGINE_URL": _on_port(rabbitmq.url, ports.get("amqp")),
            "DESIGNCHORD_EVENTS_URL": _on_port(redis_server.url, ports.get("redis")),
            "DESIGNCHORD_MODEL": "openai:test" if model_url else "offline",
            "DESIGNCHORD_EFFORT": "thorough",
            "DESIGNCHORD_ACCOUNTS": "off",
            "DESIGNCHORD_SWEEP_EVERY": "1",
            "DESIGNCHORD_LEASE": "6",
            "DESIGNCHORD_HEARTBEAT": "2",
            "DESIGNCHORD_REDELIVER_AFTER": "3",
            "OPENAI_API_KEY": CANARY,
            **({"OPENAI_BASE_URL": model_url} if model_url else {}),
            **environ,
        }
        self.processes: list[Kept] = []
        self.url = ""

    def __enter__(self) -> Self:
        self.postgresql.create_database(self.database)
        self._forget()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.end()
        self._forget()
        self.postgresql.drop_database(self.database)

    def serve(self, **environ: str) -> Kept:
        """Start a web process and wait until it answers; requests go to the newest one."""
        log = self.folder / f"serve-{len(self.processes)}.log"
        process = self._start(["serve", "--port", "0", "--no-browser"], log, environ)

        def announced() -> bool:
            if not process.alive():
                raise RuntimeError(log.read_text())
            line = next((line for line in log.read_text().splitlines() if line.startswith("designchord is at ")), "")
            self.url = line.removeprefix("designchord is at ")
            return bool(self.url)

        wait_until(announced, 60, "the web process answering")
        return process

    def worker(self, *, concurrency: int = 16, wait: bool = True, **environ: str) -> Kept:
        """Start a worker and wait until it takes steps."""
        log = self.folder / f"worker-{len(self.processes)}.log"
        process = self._start(["worker", "--concurrency", str(concurrency)], log, environ)
        if wait:
            self.await_worker(process)
        return process

    def await_worker(self, process: Kept) -> None:
        def started() -> bool:
            if not process.alive():
                raise RuntimeError(process.log.read_text())
            return "worker_started" in process.log.read_text()

        wait_until(started, 60, "the worker's start")

    def people(self, *names: str) -> dict[str, str]:
        """Make accounts, after a process of the stack has prepared the database; each one's API token."""
        done = subprocess.run(
            [sys.executable, "-c", _PEOPLE, PASSWORD, *names],
            env=self.environ, cwd=self.folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return dict(zip(names, done.stdout.split(), strict=True))

    def submit(self, *, key: str | None = None, token: str = "", timeout: float = 10, **fields: Any) -> dict[str, Any]:
        """Start a design over HTTP; its snapshot, after 202."""
        headers = {"Idempotency-Key": key} if key else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        status, body = self.ask("POST", "/api/v1/designs", IDEA | fields, headers, timeout=timeout)
        assert status == 202, (status, body)
        return body

    def look(self, design: str) -> dict[str, Any]:
        status, body = self.ask("GET", f"/api/v1/designs/{design}")
        assert status == 200, (status, body)
        return body

    def await_end(self, *designs: str, seconds: float = 60) -> list[str]:
        """The states in which designs ended."""
        states: dict[str, str] = {}

        def ended() -> bool:
            for design in designs:
                if states.get(design) not in ENDED:
                    states[design] = self.look(design)["state"]
            return all(state in ENDED for state in states.values())

        try:
            wait_until(ended, seconds, f"the end of {len(designs)} designs")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.unsettled()}") from error
        return [states[design] for design in designs]

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, *, timeout: float = 10
    ) -> tuple[int, Any]:
        """Status and JSON of one request."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data, {"Content-Type": "application/json", **(headers or {})}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def sql(self, statement: str) -> list[Any]:
        return self.postgresql.execute(statement, self.database)

    def unsettled(self) -> list[Any]:
        return self.sql(
            "SELECT d.id::text, d.state, p.kind, p.key, s.state, s.attempt, s.token, s.enqueued_at::text, "
            "s.lease_until::text, s.holder FROM designs_step s JOIN designs_design d ON d.id = s.design_id "
            "LEFT JOIN designs_part p ON p.id = s.part_id WHERE s.state NOT IN ('done', 'failed', 'cancelled') LIMIT 20"
        )

    def check(self, *, accepted: Iterable[str] = (), model_calls: int | None = None) -> Findings:
        """The invariants that hold after everything, whatever happened; raises ``AssertionError``."""
        logs = [process.log.read_text(errors="replace") for process in self.processes]
        found = find(
            self.postgresql.url_of(self.database),
            accepted=accepted,
            canary=CANARY,
            texts=logs,
            redis_url=self.redis.url,
        )
        assert not found.violations, found.violations
        if model_calls is not None:
            assert found.calls == model_calls
        return found

    def _start(self, arguments: list[str], log: Path, environ: dict[str, str]) -> Kept:
        program = [str(Path(sys.executable).with_name("designchord"))]
        if self.clock is not None:
            program = [sys.executable, str(ROOT / "tests" / "clockwork.py"), str(self.clock)]
        process = Kept([*program, *arguments], log=log, env=self.environ | environ)
        self.processes.append(process)
        return process

    def _forget(self) -> None:
        """No message and no key of an earlier stack."""
        redis.Redis.from_url(self.redis.url).flushall()
        with amqp.Connection(f"127.0.0.1:{self.rabbitmq.port}") as connection:
            for queue in ("designchord", "designchord.dead"):
                with contextlib.suppress(amqp.exceptions.NotFound):
                    connection.channel().queue_purge(queue)


def _on_port(url: str, port: int | None) -> str:
    if port is None:
        return url
    head, _, rest = url.rpartition(":")
    _, slash, tail = rest.partition("/")
    return f"{head}:{port}{slash}{tail}"
