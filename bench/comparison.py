"""The designs side by side: the same calls to the same model server, one design of the software after the other."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import redis

from bench import loads
from bench.processes import Model, Talker, cpu_seconds, environment, resident_mb
from tests.servers import ROOT, Kept, PostgreSQL, RabbitMQ, Redis, wait_until

WORKERS = 2

DATABASE = "bench"

#: Seconds beyond the end that the last measurement may take.
GRACE = 30.0


class DurablePostgreSQL(PostgreSQL):
    """As people run it: a commit is on the disk when it is confirmed."""

    def command(self) -> list[str]:
        return [word.replace("fsync=off", "fsync=on") for word in super().command()]


@dataclass(slots=True)
class Row:
    """One design of the software under one load; lists hold a figure for each run. Seconds, unless named otherwise."""

    mode: str
    workload: str
    designs: int
    path: float  # seconds of the calls that have to come one after another
    pace: str = ""  # at which the model answers, where it is not the published one
    watched: bool = False
    counted: bool = False
    seconds: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    cpu_ms: list[dict[str, float]] = field(default_factory=list)  # a design's, by process
    calls: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)
    patience: float = 60.0

    @property
    def key(self) -> str:
        more = (self.pace, "watched" if self.watched else "")
        return " ".join(filter(None, (self.mode, self.workload, str(self.designs), *more)))

    @property
    def ratio(self) -> float:
        """Median makespan ÷ critical path."""
        return statistics.median(self.seconds) / self.path

    def cpu(self, *processes: str) -> float:
        """Median CPU of a design in these processes, in ms."""
        return statistics.median(sum(run.get(name, 0.0) for name in processes) for run in self.cpu_ms)

    def add(self, result: dict[str, Any], cpu: dict[str, float]) -> None:
        each = result["each"]
        self.seconds.append(result["seconds"])
        self.p50.append(each[len(each) // 2])
        self.p95.append(each[min(len(each) - 1, int(len(each) * 0.95))])
        self.cpu_ms.append({name: seconds * 1000 / self.designs for name, seconds in cpu.items()})

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


class Plan:
    """Runs rows until the time is over; the rest is said to have been left out."""

    def __init__(self, ends: float, say: Callable[[str], None]) -> None:
        self._ends, self._say = ends, say
        self.rows: list[Row] = []
        self.left_out: list[str] = []

    def run(self, row: Row, runs: int, measure: Callable[[Row], None], *, takes: float) -> None:
        """``takes``: seconds that a run may need, when nothing is known of it yet."""
        for number in range(runs):
            if time.monotonic() + takes > self._ends:
                self.left_out.append(f"{row.key}: run {number + 1} of {runs}")
                self._say(f"{row.key}: no time left")
                break
            began = time.monotonic()
            row.patience = self._ends + GRACE - began
            try:
                measure(row)
            except TimeoutError:
                self.left_out.append(f"{row.key}: did not end in {row.patience:.0f} s")
                break
            takes = time.monotonic() - began
        if row.seconds:
            self.rows.append(row)
            self._say(f"{row.key}: {statistics.median(row.seconds):.2f} s, {row.ratio:.2f} times its critical path")


def synchronous(row: Row, model: Model) -> None:
    _once(row, "bench.baselines.synchronous", model.url, str(row.designs))


def bare(row: Row, model: Model) -> None:
    _once(row, "bench.baselines.bare", model.url, str(row.designs), row.workload)


def _once(row: Row, *arguments: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        env=env or environment(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    result = json.loads(done.stdout)
    row.calls = loads.calls(row.workload)
    row.add(result, {"client": result["cpu"]})


@contextmanager
def chord(folder: Path, model: Model, broker: RabbitMQ, cache: Redis) -> Iterator[Callable[[Row], None]]:
    """The published workers, one process a core."""
    env = environment(BENCH_BROKER=broker.url, BENCH_REDIS=cache.url.replace("/0", "/1"), BENCH_MODEL=model.url)
    log = folder / "chord.log"
    command = [sys.executable, "-m", "celery", "-A", "bench.baselines.chord", "worker", "-P", "prefork",
               "-c", str(os.cpu_count()), "-l", "INFO"]  # fmt: skip
    worker = Kept(command, log=log, env=env, end="TERM", grace=10)
    try:
        wait_until(lambda: " ready." in log.read_text(), 60, "the start of the published workers")

        def measure(row: Row) -> None:
            before = cpu_seconds(worker.pid)
            _once(row, "bench.baselines.chord", str(row.designs), env=env)
            row.cpu_ms[-1]["worker"] = (cpu_seconds(worker.pid) - before) * 1000 / row.designs

        yield measure
    finally:
        worker.end()


def settings_of(folder: Path, model: Model) -> dict[str, str]:
    return environment(
        DESIGNCHORD_HOME=str(folder), DESIGNCHORD_MODEL="openai:any", OPENAI_API_KEY="none", OPENAI_BASE_URL=model.url,
    )  # fmt: skip


@contextmanager
def embedded(folder: Path, model: Model) -> Iterator[Callable[[Row], None]]:
    """One process and SQLite."""
    folder.mkdir(exist_ok=True)
    home = folder / "embedded"
    with Talker("bench.driver", env=settings_of(home, model), log=folder / "embedded.log") as driver:
        driver.hear()
        yield lambda row: _measure(row, driver, {"designchord": driver.pid, "model": model.pid})


@dataclass(frozen=True, slots=True)
class Servers:
    """The private servers of the scaled mode."""

    broker: RabbitMQ
    cache: Redis
    database: PostgreSQL


@contextmanager
def servers() -> Iterator[Servers]:
    with ExitStack() as running:
        kinds = (RabbitMQ, Redis, DurablePostgreSQL)
        yield Servers(*(running.enter_context(kind()) for kind in kinds))  # type: ignore[arg-type]


@contextmanager
def scaled(folder: Path, model: Model, servers: Servers) -> Iterator[Callable[[Row], None]]:
    """RabbitMQ, Redis, PostgreSQL, one process that accepts and ``WORKERS`` that work."""
    env = settings_of(folder / "scaled", model) | {
        "DESIGNCHORD_DATABASE_URL": servers.database.create_database(DATABASE),
        "DESIGNCHORD_ENGINE_URL": servers.broker.url,
        "DESIGNCHORD_ACCOUNTS": "off",
        "DESIGNCHORD_EVENTS_URL": servers.cache.url,
    }
    folder.mkdir(exist_ok=True)
    with ExitStack() as running:
        running.callback(servers.database.drop_database, DATABASE)
        driver = running.enter_context(Talker("bench.driver", env=env, log=folder / "scaled.log"))
        driver.hear()
        workers = [_worker(folder / f"worker-{number}.log", env) for number in range(WORKERS)]
        for worker in workers:
            running.callback(worker.end)
        for worker in workers:
            wait_until(lambda log=worker.log: "worker_started" in log.read_text(), 60, "the workers' start")
        processes = {
            "web": driver.pid, **{f"worker {number}": worker.pid for number, worker in enumerate(workers)},
            "model": model.pid,
            **{name: server.process.pid for name, server in _named(servers) if server.process},
        }  # fmt: skip

        def measure(row: Row) -> None:
            client = redis.Redis.from_url(servers.cache.url)
            asked = _asked(servers, client)
            _measure(row, driver, processes)
            row.details["round_trips"] = {
                name: (count - asked[name]) / row.designs for name, count in _asked(servers, client).items()
            }
            client.close()

        yield measure


def _worker(log: Path, env: dict[str, str]) -> Kept:
    program = str(Path(sys.executable).with_name("designchord"))
    return Kept([program, "worker"], log=log, env=env, end="TERM", grace=10)


def _named(servers: Servers) -> tuple[tuple[str, Any], ...]:
    return (("broker", servers.broker), ("cache", servers.cache), ("database", servers.database))


def _asked(servers: Servers, client: redis.Redis) -> dict[str, float]:
    """What the servers were asked so far, our few questions included."""
    info: Any = client.info("stats")
    (commits,) = servers.database.execute(f"SELECT xact_commit FROM pg_stat_database WHERE datname = '{DATABASE}'")
    return {"redis commands": info["total_commands_processed"], "database transactions": float(commits[0])}


def _measure(row: Row, driver: Talker, processes: dict[str, int]) -> None:
    before = {name: cpu_seconds(pid) for name, pid in processes.items()}
    result = driver.ask(
        designs=row.designs, workload=row.workload, watched=row.watched, counted=row.counted, patience=row.patience
    )
    if result is None:
        raise TimeoutError
    cpu = {name: cpu_seconds(pid) - before[name] for name, pid in processes.items()}
    if set(result["states"]) != {"done"}:
        raise RuntimeError(f"{row.key}: not every design was made as asked for: {result['states']}")
    row.add(result, cpu)
    row.calls = result["calls"]
    row.details |= {
        "accepted": result["accepted"],
        "queries": result["queries"],
        "memory_mb": {name: round(resident_mb(pid), 1) for name, pid in processes.items()},
    }
