"""Processes that are measured: started for a while, talked to by lines, and what they use of the machine."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil
import requests

from bench.model_exchange import Pace
from tests.servers import ROOT, Kept, wait_until

#: Versions that matter to somebody who compares.
_PACKAGES = ("aiohttp", "celery", "django", "psycopg", "pydantic", "quickjs-ng", "redis", "requests", "uvicorn")


def environment(**more: str) -> dict[str, str]:
    """This process's environment without any setting of designchord or of a provider; a model makes every part."""
    foreign = ("DESIGNCHORD_", "OPENAI_", "DEEPSEEK_", "OLLAMA_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PYTHONPATH": str(ROOT), "DESIGNCHORD_EFFORT": "thorough", **more}


class Talker:
    """A Python module as a process that answers each line of JSON with one."""

    def __init__(self, *arguments: str, env: Mapping[str, str], log: Path) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            text=True, env=dict(env), cwd=ROOT,
        )  # fmt: skip
        self.pid = self._process.pid

    def hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a measured process ended:\n{Path(self._log.name).read_text()[-3000:]}")
        return json.loads(line)

    def ask(self, **question: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self.hear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()


@dataclass(frozen=True, slots=True)
class Model:
    """The model server as a process of its own."""

    url: str
    pid: int

    def keep(self, pace: Pace) -> None:
        """Answer at this pace from now on; until told, answers come at once."""
        address = self.url.removesuffix("/v1") + "/_pace"
        requests.post(address, json=asdict(pace), timeout=10).raise_for_status()


@contextmanager
def model_server(folder: Path) -> Iterator[Model]:
    with ExitStack() as stack:
        log = folder / "model.log"
        process = Kept([sys.executable, str(ROOT / "bench" / "model_server.py")], log=log, env=environment())
        stack.callback(process.end)
        wait_until(lambda: log.read_text().startswith("http"), 20, "the model server's start")
        yield Model(log.read_text().split()[0], process.pid)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int) -> float:
    """CPU time so far of a process, of all below it, and of those below it that have ended."""
    total = 0.0
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def resident_mb(pid: int) -> float:
    """Memory that a process has to itself or its share of what it has in common with others, in MB."""
    total = 0.0
    for process in _tree(pid):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss / 1e6
    return total


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor() or platform.machine(),
    )
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
        "load_before": round(os.getloadavg()[0], 2),
    }
