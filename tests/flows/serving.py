"""A ``designchord serve`` of the test's own, and a client for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

ENDED = {"done", "partial", "failed", "cancelled"}


@contextmanager
def serving(
    home: Path,
    *,
    port: str = "0",
    program: Sequence[str] = ("-m", "designchord"),
    log: Path = Path(os.devnull),
    **environ: str,
) -> Iterator[str]:
    """The address of a server that ends with the block; what it logs is written to ``log``."""
    with (
        log.open("wb") as logged,
        subprocess.Popen(
            [sys.executable, *program, "serve", "--port", port, "--no-browser"],
            stdout=subprocess.PIPE,
            stderr=logged,
            text=True,
            env={"DESIGNCHORD_HOME": str(home), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
            | {"DESIGNCHORD_EFFORT": "thorough", **environ},
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("designchord is at http://127.0.0.1:"), line
            yield line.split()[-1]
        finally:
            process.terminate()
            left = process.wait(20)
        assert left == 0


class Client:
    """Speaks to the API; paths are below ``/api/v1``."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx2.Client(base_url=f"{address}/api/v1", timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.http.close()

    def start(self, **body: Any) -> str:
        body = {"title": "Loans", "content": "Members borrow books. A librarian adds books.", **body}
        response = self.http.post("/designs", json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def finished(self, design_id: str, seconds: float = 30.0) -> dict[str, Any]:
        """The snapshot once the design has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            snapshot: dict[str, Any] = self.http.get(f"/designs/{design_id}").json()
            if snapshot["state"] in ENDED:
                return snapshot
            time.sleep(0.05)
        raise AssertionError(f"not ended in {seconds} s: {snapshot['steps']}")

    def make(self, **body: Any) -> dict[str, Any]:
        return self.finished(self.start(**body))

    def events(self, design_id: str, *, until: str = "done", **headers: str) -> Iterator[dict[str, Any]]:
        """Events as they come, each with ``id``, ``event`` and ``data``, up to the first of the type ``until``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.http.stream("GET", f"/designs/{design_id}/events", headers=sent) as response:
            assert response.status_code == 200, response.read()
            found: dict[str, Any] = {}
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "data":
                    found["data"] = json.loads(value)
                elif name in {"id", "event"}:
                    found[name] = value
                elif not line and "event" in found:
                    yield found
                    if found["event"] == until:
                        return
                    found = {}
