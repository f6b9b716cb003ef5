"""The image as compose.yaml runs it: prepared, watched, used, a worker killed, and ended; sentences with figures.

Web and workers are containers; PostgreSQL, RabbitMQ and Redis are programs of this machine, on its loopback as the
containers are, too. So compose's network, ports and server images are no part of this.
"""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import redis

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.image.engine import Engine, options, probe_of, services
from tests.invariants import find
from tests.servers import PostgreSQL, RabbitMQ, Redis, free_port, wait_until
from tests.stack import _PEOPLE, CANARY, IDEA, PASSWORD

#: Any characters may be in a password.
_REDIS_PASSWORD = "sun # and / moon ?"

_ENDED = ("done", "partial", "failed", "cancelled")

#: What the flags are to bring about, looked at from within; prints what does not hold.
_BOUNDS = r"""
grep -q '^CapEff:\s*0*$' /proc/1/status || echo "it has capabilities"
grep -q '^NoNewPrivs:\s*1' /proc/1/status || echo "it may gain privileges"
[ "$(id -u)" = 10001 ] || echo "it is not user 10001"
touch /usr/anything 2>/tmp/refused && echo "it can write to the image"
touch /run/anything 2>/tmp/refused && echo "it can write to /run"
touch "$DESIGNCHORD_HOME/written" || echo "it cannot write to its home folder"
[ "$(stat -c %a "$DESIGNCHORD_HOME")" = 700 ] || echo "others can read its home folder"
limit=$(cat /sys/fs/cgroup/memory.max 2>/tmp/refused || cat /sys/fs/cgroup/memory/memory.limit_in_bytes)
[ "$limit" = "$1" ] || echo "its memory is bounded at $limit, not $1"
limit=$(cat /sys/fs/cgroup/pids.max 2>/tmp/refused || cat /sys/fs/cgroup/pids/pids.max)
[ "$limit" = "$2" ] || echo "its processes are bounded at $limit, not $2"
"""


class Trial:
    """A context manager: servers are up inside it, and nothing is left behind."""

    def __init__(self, engine: Engine, image: str, folder: Path, say: Callable[[str], None]) -> None:
        self._engine, self._image, self._folder, self._say = engine, image, folder, say
        self._running = ExitStack()
        self._port = free_port()
        self._token = ""
        self._started: list[str] = []
        self._lost_logs: list[str] = []
        self._accepted: list[str] = []

    def __enter__(self) -> Self:
        enter = self._running.enter_context
        try:
            self._rabbitmq, self._redis, self._postgresql = enter(RabbitMQ()), enter(Redis()), enter(PostgreSQL())
            self._model = enter(ModelServer(pace=Pace(latency=0.2)))
            self._postgresql.create_database("designchord")
            with redis.Redis.from_url(self._redis.url) as client:
                client.config_set("requirepass", _REDIS_PASSWORD)
            self._env = self._folder / "env"
            self._env.write_text(
                f"OPENAI_BASE_URL={self._model.base_url}\nOPENAI_API_KEY={CANARY}\n"
                "DESIGNCHORD_MODEL=openai:test\nDESIGNCHORD_MODELS=openai:test\nDESIGNCHORD_EFFORT=thorough\n"
                "DESIGNCHORD_TOKENS_PER_DAY=1000000000\n"
            )
            self._services = services(
                {"POSTGRES_PASSWORD": "any", "RABBITMQ_PASSWORD": "guest", "REDIS_PASSWORD": _REDIS_PASSWORD,
                 "DESIGNCHORD_SECRET_KEY": os.urandom(32).hex()}
            )  # fmt: skip
        except BaseException:
            self._running.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def prepare(self) -> None:
        said = self._engine.logged(self._folder / "prepare.log", "run", "--rm", *self._options("prepare", keeps=False))
        self._say("prepare ended well. It said:\n" + "".join(f"    {line}\n" for line in said.splitlines()).rstrip())

    def start(self) -> None:
        began = time.monotonic()
        workers = self._services["worker"]["deploy"]["replicas"]
        for service, name in (("web", "web"), *(("worker", f"worker-{n + 1}") for n in range(workers))):
            self._engine.run("run", "--detach", "--name", name, "--hostname", name, *self._options(service, keeps=True))
            self._started.append(name)
        for name in self._started:
            try:
                wait_until(lambda name=name: self._healthy(name), 90, f"the health check of {name} passing")
            except AssertionError as error:
                raise AssertionError(f"{error}. Its last words:\n{self._last_words(name)}") from error
            self._check_bounds(name)
        self._say(
            f"Web and {workers} workers are healthy after {time.monotonic() - began:.0f} s, and bounded as described."
        )

    def make(self, number: int) -> None:
        """Designs, while nothing fails."""
        made = self._engine.run(
            "exec", "--interactive", "web", "python", "-c", _PEOPLE, PASSWORD, "somebody", given=""
        ).stdout
        self._token = made.split()[-1]
        began = time.monotonic()
        designs = [self._submit() for _ in range(number)]
        self._await(designs)
        self._say(f"{number} of {number} designs are done after {time.monotonic() - began:.0f} s.")

    def crash(self, number: int) -> None:
        """A worker dies in the middle of its steps and comes back, as compose's ``restart`` says."""

        def back() -> bool:
            return self._pid(victim) not in {0, pid} and self._healthy(victim)

        designs, victim = self._under_way(number), self._started[1]
        held, pid = self._held(victim), self._pid(victim)
        os.kill(pid, signal.SIGKILL)
        took = self._taken_over(held)
        wait_until(back, 90, f"{victim} coming back")
        self._await(designs)
        self._say(
            f"{victim} crashed with {len(held)} steps under way and came back by itself. The last of them was taken "
            f"over after {took:.0f} s, and {number} of {number} designs are done."
        )

    def lose(self, number: int) -> None:
        """A worker is gone for good, as when its machine dies; nobody can tell but by its leases."""
        designs, victim = self._under_way(number), self._started.pop()
        held = self._held(victim)
        self._engine.run("kill", "--signal", "KILL", victim)
        took = self._taken_over(held)
        self._await(designs)
        self._lost_logs.append(self._logs(victim))
        self._engine.run("rm", "--force", victim)
        self._say(
            f"{victim} was lost with {len(held)} steps under way. The last of them was taken over after {took:.0f} s, "
            f"and {number} of {number} designs are done."
        )

    def stop(self) -> None:
        """Asked to leave, each does so in its time and says that all went well."""
        for name in self._started:
            memory = self._engine.says("exec", name, "sed", "-nE", r"s/^VmHWM:\s*([0-9]+) kB/\1/p", "/proc/1/status")
            began = time.monotonic()
            self._engine.run("stop", name)
            took, code = time.monotonic() - began, self._engine.says("inspect", "--format", "{{.State.ExitCode}}", name)
            if code != "0":
                raise AssertionError(f"{name} ended with {code} when it was asked to stop:\n{self._last_words(name)}")
            self._say(f"{name} stopped after {took:.1f} s; it had {int(memory) / 1000:.0f} MB at most.")

    def settle(self) -> None:
        """Nothing is lost, nothing is stored twice, no key stands anywhere."""
        logs = [*self._lost_logs, *(self._logs(name) for name in self._started)]
        url = self._redis.url.replace("redis://", "redis://:sun%20%23%20and%20%2F%20moon%20%3F@")
        found = find(
            self._postgresql.url_of("designchord"),
            accepted=self._accepted, canary=CANARY, texts=logs, redis_url=url,
        )  # fmt: skip
        if found.calls < self._model.count:
            found.violations.append(f"{self._model.count} calls were made and {found.calls} are in the ledger")
        if found.violations:
            raise AssertionError("; ".join(map(str, found.violations)))
        self._say(f"{len(self._accepted)} designs, {found.calls} calls: nothing is lost and nothing stored twice.")

    def _options(self, service: str, *, keeps: bool) -> list[str]:
        described = self._services[service]
        described["environment"] |= {
            "DESIGNCHORD_DATABASE_URL": self._postgresql.url_of("designchord"),
            "DESIGNCHORD_ENGINE_URL": self._rabbitmq.url.replace(":guest@", "@"),
            "DESIGNCHORD_EVENTS_URL": self._redis.url,
        }
        # On this machine's own network, where other ports may be taken and nobody else is to be reached.
        here = {"0.0.0.0": "127.0.0.1", "8000": str(self._port)}
        command = [here.get(word, word) for word in described["command"]]
        return [
            "--network",
            "host",
            "--env-file",
            str(self._env),
            *options(described, keeps=keeps),
            self._image,
            *command,
        ]

    def _healthy(self, name: str) -> bool:
        command = [word.replace(":8000", f":{self._port}") for word in probe_of(self._services[name.partition("-")[0]])]
        return self._engine.run("exec", name, *command, check=False).returncode == 0

    def _check_bounds(self, name: str) -> None:
        limits = self._services[name.partition("-")[0]]["deploy"]["resources"]["limits"]
        memory = int(limits["memory"][:-1]) << {"M": 20, "G": 30}[limits["memory"][-1]]
        if said := self._engine.says("exec", name, "sh", "-c", _BOUNDS, "sh", str(memory), str(limits["pids"])):
            raise AssertionError(f"{name}: {said}")

    def _under_way(self, number: int) -> list[str]:
        """Designs of a slow model; every worker holds steps of theirs."""
        self._model.pace = Pace(latency=5.0)
        designs = [self._submit() for _ in range(number)]
        wait_until(lambda: all(self._held(name) for name in self._started[1:]), 60, "every worker holding steps")
        return designs

    def _taken_over(self, held: dict[int, int]) -> float:
        began = time.monotonic()
        wait_until(lambda: not self._still(held), 180, "other workers taking over")
        return time.monotonic() - began

    def _submit(self) -> str:
        design: str = self._ask("/api/v1/designs", IDEA)["id"]
        self._accepted.append(design)
        return design

    def _await(self, designs: list[str]) -> None:
        def ended() -> bool:
            return all(self._ask(f"/api/v1/designs/{design}")["state"] in _ENDED for design in designs)

        wait_until(ended, 300, f"the end of {len(designs)} designs")
        states = {design: self._ask(f"/api/v1/designs/{design}")["state"] for design in designs}
        if unfinished := {design: state for design, state in states.items() if state != "done"}:
            raise AssertionError(f"not all designs are done: {unfinished}")

    def _ask(self, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.code} {error.read().decode(errors='replace')}") from error

    def _pid(self, name: str) -> int:
        return int(self._engine.says("inspect", "--format", "{{.State.Pid}}", name))

    def _held(self, name: str) -> dict[int, int]:
        """The steps that a container holds, with the number of their holding."""
        namespace = Path(f"/proc/{self._pid(name)}/ns/pid").stat().st_ino
        rows = self._postgresql.execute(
            f"SELECT id, token FROM designs_step WHERE state = 'running' AND holder LIKE '%/{namespace}/%'",
            "designchord",
        )
        return dict(rows)

    def _still(self, held: dict[int, int]) -> bool:
        rows = self._postgresql.execute("SELECT id, token FROM designs_step WHERE state = 'running'", "designchord")
        return bool(set(held.items()) & set(rows))

    def _logs(self, name: str) -> str:
        done = self._engine.run("logs", name)
        return done.stdout + done.stderr

    def _last_words(self, name: str) -> str:
        return "\n".join(self._logs(name).splitlines()[-12:])
