"""Designs of many owners, all at once, while workers are killed at random and servers are restarted in between.

    make chaos
    python -m bench.chaos --designs 1000 --workers 2 --no-faults
    sudo python -m bench.chaos --bad-day

A bad day has more: workers are suspended for longer than their leases, the clock is set an hour ahead and then half
an hour back, and PostgreSQL's disk (a small one in memory, which only root may make) is full for a while.

Everything is private and ends with this process. The exit code is 0 when every design that was accepted ended once, as
done or partial for a recorded reason, with nothing lost and nothing stored twice.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.invariants import Findings, find
from tests.servers import Kept, PostgreSQL, RabbitMQ, Redis
from tests.stack import CANARY, IDEA, Stack

#: How long one answer of the model takes, in seconds: long enough that most steps meet a kill, not so long that all do.
LATENCY = 5.0

#: How often a step may be taken up. Kills come as fast as answers do; on a bad day, with the other worker suspended,
#: each of them meets every step that is under way, and none of these steps is what its worker died of.
ATTEMPTS, ATTEMPTS_OF_BAD_DAY = 12, 40

#: Seconds for which a worker is suspended (its leases last for 20) and for which the disk is full; its size.
SUSPENDED, FULL, DISK_MB = 26.0, 5.0, 400


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="designchord-chaos-") as folder, ExitStack() as running:
        disk = running.enter_context(_small_disk(Path(folder) / "disk")) if arguments.bad_day else None
        rabbitmq, redis = running.enter_context(RabbitMQ()), running.enter_context(Redis())
        postgresql = running.enter_context(PostgreSQL(disk and disk / "postgresql"))
        model = running.enter_context(ModelServer(pace=Pace(latency=arguments.latency), keep=10))
        model.keep_bodies = False
        stack = Stack(
            rabbitmq=rabbitmq, redis_server=redis, postgresql=postgresql, folder=Path(folder),
            model_url=model.base_url, clock=Path(folder) / "clock" if arguments.bad_day else None,
            DESIGNCHORD_DESIGN_DEADLINE=str(arguments.seconds),
            DESIGNCHORD_LEASE="20", DESIGNCHORD_HEARTBEAT="5", DESIGNCHORD_REDELIVER_AFTER="15",
            DESIGNCHORD_STEP_ATTEMPTS=str(ATTEMPTS_OF_BAD_DAY if arguments.bad_day else ATTEMPTS),
        )  # fmt: skip
        return _run(arguments, running.enter_context(stack), model)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Designs while everything fails.")
    parser.add_argument("--designs", type=int, default=200)
    parser.add_argument("--owners", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=128)
    parser.add_argument("--latency", type=float, default=LATENCY, help="seconds that the model takes for an answer")
    parser.add_argument("--seconds", type=float, default=280.0, help="when it is over in any case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-faults", action="store_true", help="only the load")
    parser.add_argument(
        "--bad-day", action="store_true", help="suspended workers, a clock that is set, a full disk, too"
    )
    return parser.parse_args()


@contextmanager
def _small_disk(at: Path) -> Iterator[Path]:
    at.parent.chmod(0o755)  # PostgreSQL runs as somebody else
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(at)], check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def _run(arguments: argparse.Namespace, stack: Stack, model: ModelServer) -> int:
    stack.serve()
    chaos = Chaos(stack, arguments)
    began = time.monotonic()
    with watched(stack) as peaks:
        accepted = _submit_all(arguments, stack)
        submitted = time.monotonic() - began
        chaos.run(until=lambda: _ended(stack) == len(accepted), seconds=arguments.seconds)
        took = time.monotonic() - began
    logs = [process.log.read_text(errors="replace") for process in stack.processes]
    found = find(
        stack.postgresql.url_of(stack.database), accepted=accepted, canary=CANARY, texts=logs, redis_url=stack.redis.url
    )
    if found.calls < model.count:
        found.violations.append(f"{model.count} calls were made and {found.calls} are in the ledger")
    _print(arguments, found, model, chaos, submitted, took, peaks)
    return 1 if found.violations or set(found.states) - {"done", "partial"} else 0


def _submit_all(arguments: argparse.Namespace, stack: Stack) -> list[str]:
    """Accept all designs through the verbs, as a web process does for each of its owners."""
    os.environ.update(stack.environ)
    from designchord import wiring

    app = wiring.build(wiring.setup())

    from designchord.blueprint.model import Brief
    from designchord.designs.models import Owner

    owners = [Owner.objects.create(username=f"owner-{number}") for number in range(arguments.owners)]
    brief = Brief(IDEA["title"], IDEA["content"], IDEA["requirements"], IDEA["language"])
    accepted = [
        str(app.verbs.start(owner=owners[number % len(owners)], brief=brief, idempotency_key=f"n{number}")[0].pk)
        for number in range(arguments.designs)
    ]
    app.close(10)
    return accepted


def _ended(stack: Stack) -> int:
    try:
        rows = stack.sql("SELECT count(*) FROM designs_design WHERE state NOT IN ('queued', 'running')")
    except Exception:  # noqa: BLE001 - the database is busy; asked again soon
        return -1
    return int(rows[0][0])


class Chaos:
    """Starts the workers, and kills and restarts what it can until the work is done."""

    def __init__(self, stack: Stack, arguments: argparse.Namespace) -> None:
        self._stack = stack
        self._luck = random.Random(arguments.seed)
        self._faults = not arguments.no_faults
        self._concurrency = arguments.concurrency
        self._workers = [self._worker() for _ in range(arguments.workers)]
        self._bad_day = arguments.bad_day
        self.kills = self.broker_restarts = self.redis_restarts = 0
        self.postgresql_ended = 0
        self.suspended = self.clocks_set = self.disks_filled = 0

    def run(self, *, until: Callable[[], bool], seconds: float) -> None:
        began = time.monotonic()
        restarts = iter([(8.0, self._restart_redis), (12.0, self._restart_broker), (30.0, self._restart_redis),
                         (40.0, self._restart_broker)])  # fmt: skip
        if self._bad_day:
            restarts = iter(sorted([*restarts, (6.0, self._suspend), (16.0, lambda: self._set_clock(3_600)),
                                    (24.0, self._fill_disk), (34.0, lambda: self._set_clock(-1_800)),
                                    (36.0, self._suspend)], key=lambda fault: fault[0]))  # fmt: skip
        at, restart = next(restarts)
        next_kill = began + 4
        while not until() and time.monotonic() - began < seconds:
            time.sleep(0.25)
            if not self._faults:
                continue
            if time.monotonic() >= next_kill:
                self._kill()
                next_kill = time.monotonic() + self._luck.uniform(3, 6)
            if time.monotonic() - began >= at:
                restart()
                at, restart = next(restarts, (seconds * 2, restart))

    def _worker(self) -> Kept:
        return self._stack.worker(concurrency=self._concurrency, wait=False)

    def _kill(self) -> None:
        victim = self._workers.pop(self._luck.randrange(len(self._workers)))
        victim.kill()
        self.kills += 1
        self._workers.append(self._worker())

    def _suspend(self) -> None:
        """Stop a worker for longer than its leases; it goes on by itself."""
        victim = self._workers.pop(self._luck.randrange(len(self._workers)))
        victim.signal(signal.SIGSTOP)

        def resume() -> None:
            victim.signal(signal.SIGCONT)
            self._workers.append(victim)

        timer = threading.Timer(SUSPENDED, resume)
        timer.daemon = True
        timer.start()
        self.suspended += 1

    def _set_clock(self, ahead: float) -> None:
        assert self._stack.clock is not None
        self._stack.clock.write_text(str(ahead))
        self.clocks_set += 1

    def _fill_disk(self) -> None:
        """Leave PostgreSQL no room for some seconds; it may end of it, and is started again when there is room."""
        filler = self._stack.postgresql.folder.parent / "full"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65_536))
        time.sleep(FULL)
        filler.unlink()
        time.sleep(1)
        self.disks_filled += 1
        server = self._stack.postgresql.process
        if server is None or not server.alive():
            self._stack.postgresql.restart()
            self.postgresql_ended += 1

    def _restart_broker(self) -> None:
        self._stack.rabbitmq.restart()
        self.broker_restarts += 1

    def _restart_redis(self) -> None:
        self._stack.redis.restart()
        self.redis_restarts += 1


@contextmanager
def watched(stack: Stack) -> Iterator[dict[str, float]]:
    """Peaks, by name: memory of the web and of the largest worker in MB, and connections to the database."""
    peaks: dict[str, float] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            for process in tuple(stack.processes):
                name = f"{process.log.stem.partition('-')[0]} MB"
                peaks[name] = max(peaks.get(name, 0.0), _resident(process.pid))
            try:
                count = stack.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")[0][0]
            except Exception:  # noqa: BLE001 - looked at again soon
                continue
            peaks["connections"] = max(peaks.get("connections", 0.0), float(count) - 1)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    yield peaks
    over.set()
    thread.join(5)


def _resident(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def _print(
    arguments: argparse.Namespace,
    found: Findings,
    model: ModelServer,
    chaos: Chaos,
    submitted: float,
    took: float,
    peaks: dict[str, Any],
) -> None:
    lines = {
        "designs": f"{arguments.designs} of {arguments.owners} owners: {found.states}",
        "reasons of parts that were not made": found.reasons or "none needed",
        "accepted in": f"{submitted:.1f} s",
        "ended in": f"{took:.1f} s; a design alone needs {2 * arguments.latency:.1f} s",
        "faults": f"{chaos.kills} workers killed, RabbitMQ restarted {chaos.broker_restarts} times, "
        f"Redis {chaos.redis_restarts} times"
        + (
            f", {chaos.suspended} workers suspended for {SUSPENDED:.0f} s, the clock set {chaos.clocks_set} times, the "
            f"disk full {chaos.disks_filled} times (PostgreSQL ended {chaos.postgresql_ended} times of it)"
            if arguments.bad_day
            else ""
        ),
        "calls": f"{model.count} made, {found.calls} in the ledger ({found.open_calls} cut off by a kill), "
        f"at most {model.most_at_once} at once",
        "takings of steps": found.attempts,
        "peaks": ", ".join(f"{name} {value:.0f}" for name, value in sorted(peaks.items())),
        "violations": found.violations or "none",
    }
    for name, value in lines.items():
        print(f"{name + ':':<36} {value}")


if __name__ == "__main__":
    sys.exit(main())
