"""The server as a person runs it: a process of its own, with its own home folder, ended with the test."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ENDED = {"done", "partial", "failed", "cancelled"}


def clean_environ(home: Path, **environ: str) -> dict[str, str]:
    """The environment of a newcomer: no setting of ours, no key, but those given."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DESIGNCHORD_", "OPENAI_", "DEEPSEEK_", "DJANGO_", "OLLAMA_"))
    }
    return {**kept, "DESIGNCHORD_HOME": str(home), **environ}


class Server:
    """``designchord serve`` on a free port."""

    def __init__(self, home: Path, *, program: Sequence[str] = ("-m", "designchord"), **environ: str) -> None:
        self.home = home
        self._log = (home.parent / f"{home.name}.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, *program, "serve", "--port", "0", "--no-browser"],
            env=clean_environ(home, **environ),
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.url = self._wait_for_address()

    def _wait_for_address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found[0]
        raise AssertionError(f"the server did not start: {self.log()}")

    def log(self) -> str:
        return Path(self._log.name).read_text(encoding="utf-8")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of one request to the HTTP API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                status, raw = response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                status, raw = error.code, error.read()
        return status, json.loads(raw) if raw else None

    def submit(self, **body: Any) -> str:
        status, design = self.call("POST", "/designs", body)
        assert status == 202, design
        return str(design["id"])

    def wait_until_ended(self, design_id: str, *, seconds: float = 60.0) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            _, snapshot = self.call("GET", f"/designs/{design_id}")
            if snapshot["state"] in ENDED:
                return snapshot
            time.sleep(0.1)
        raise AssertionError([(s["kind"], s["part"], s["state"]) for s in snapshot["steps"]])

    def kill(self) -> None:
        """As the system does when memory runs out: without a word."""
        self.process.kill()
        self._end()

    def stop(self, *, seconds: float = 45.0) -> int:
        """As an operator does: politely; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self._end()

    def _end(self) -> None:
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log.close()


@contextmanager
def serving(home: Path, **options: Any) -> Iterator[Server]:
    server = Server(home, **options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
