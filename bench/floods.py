"""How long another owner waits while one owner sends 40 requests at a time, for each sort of costly request.

    python -m bench.floods                 # all of them, two minutes
    python -m bench.floods edits snapshots --seconds 5

A server with accounts on a free port, one process that floods and this one, which asks for what the other owner has.
Everything ends with this process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.flows.people import Person, serving_people, signed_in

AT_ONCE = 40

D = "/api/v1/designs"

#: About a megabyte of a design.
LARGE = "# T\n\n## A\n\n" + ("word " * 19 + "\n") * 9_000

#: Costs every check that reads it as much as a text of its size can.
HOSTILE = "sequenceDiagram\n" + ("%%{" + "a" * 21 + "\n") * 1_950


@dataclass(frozen=True, slots=True)
class Request:
    """What the requests of a flood are about: two designs, a number that makes each new, so that nothing is remembered,
    and the number of the large design's newest document."""

    small: str
    large: str
    number: int
    base: int


#: Method, path and body, by sort.
REQUESTS: dict[str, Callable[[Request], tuple[str, str, Any]]] = {
    "lists": lambda one: ("GET", "/api/v1/designs", None),
    "snapshots": lambda one: ("GET", f"{D}/{one.large}", None),
    "checks": lambda one: ("POST", "/api/v1/check", {"kind": "sequence", "source": f"{HOSTILE}%%{one.number}"}),
    "large checks": lambda one: ("POST", "/api/v1/check", {"kind": "document", "source": f"{LARGE}{one.number}"}),
    "estimates": lambda one: ("POST", "/api/v1/estimate", {"title": "T", "content": f"{LARGE[:99_000]}{one.number}"}),
    "pictures": lambda one: ("GET", f"{D}/{one.small}/artifacts/erd/svg?{one.number}", None),
    "pages": lambda one: ("GET", f"{D}/{one.small}/artifacts/document?format=html&{one.number}", None),
    "edits": lambda one: (
        "PUT", f"{D}/{one.large}/artifacts/document", {"source": f"{LARGE}{one.number}", "base": one.base}
    ),
    "exports": lambda one: ("GET", f"{D}/{one.large}/export?format={('zip', 'html', 'md')[one.number % 3]}", None),
    "archives": lambda one: ("GET", "/api/v1/account/export", None),
    "starts": lambda one: (
        "POST", D, {"title": "T", "content": f"Members borrow tools. {one.number}", "model": "offline"}
    ),
    "replays": lambda one: ("GET", f"{D}/{one.large}/events?after=0", None),
    "readiness": lambda one: ("GET", "/readyz", None),
}  # fmt: skip
SORTS = tuple(REQUESTS)


def main() -> int:
    arguments = _arguments()
    if arguments.flood:
        asyncio.run(_flood(*json.loads(arguments.flood)))
        return 0
    with tempfile.TemporaryDirectory(prefix="designchord-floods-") as folder:
        _measure(arguments, Path(folder) / "home")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Another owner's wait during floods.")
    parser.add_argument("sorts", nargs="*", help="all, unless named")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each flood")
    parser.add_argument("--flood", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(arguments: argparse.Namespace, home: Path) -> None:
    limits = {f"DESIGNCHORD_{name}": "1000000" for name in ("EDITS_PER_MINUTE", "STARTS_PER_MINUTE", "STORAGE_MB")}
    with (
        serving_people(home, "anna", "bert", **limits) as address,
        signed_in(address, "anna") as anna,
        signed_in(address, "bert") as bert,
    ):
        designs = {name: _made(anna, LARGE) for name in ("0", "1", "2", "3")} | {"small": _made(anna, "# T")}
        own = _made(bert, LARGE)
        cookies = "; ".join(f"{name}={value}" for name, value in anna.http.cookies.items())
        shown = {"Cookie": cookies, "X-CSRFToken": anna.http.headers["X-CSRFToken"], "Connection": "close"}
        print(f"p50 and p95 in ms of another owner's requests; a load of {os.getloadavg()[0]:.1f}")
        print(f"{'during':<22}" + "".join(f"{name:>16}" for name in _OWN) + "   answers to the flood")
        print(f"{'nothing':<22}{_figures(_waits(bert, own, arguments.seconds / 2))}")
        for sort in arguments.sorts or SORTS:
            with _flooding(address, shown, sort, designs) as told:
                time.sleep(1)
                waits = _waits(bert, own, arguments.seconds)
            print(f"{sort:<22}{_figures(waits)}   {told}", flush=True)


def _made(person: Person, text: str) -> str:
    """A design with a document of this text."""
    design: str = person.make(model="offline")["id"]
    path = f"/designs/{design}/artifacts/document"
    person.http.put(path, json={"source": text, "base": 1}).raise_for_status()
    return design


#: What the other owner asks for, again and again.
_OWN = ("list", "snapshot, 1 MB", "edit, 1 MB")


def _figures(waits: dict[str, list[float]]) -> str:
    cuts = (statistics.quantiles(waits[name], n=20) for name in _OWN)
    return "".join(f"{1000 * cut[9]:8.0f}{1000 * cut[18]:8.0f}" for cut in cuts)


def _waits(client: Person, design: str, seconds: float) -> dict[str, list[float]]:
    """How long each of the other owner's requests took, in seconds."""
    waits: dict[str, list[float]] = {name: [] for name in _OWN}
    until = time.monotonic() + seconds
    path = f"/designs/{design}"
    while time.monotonic() < until or len(waits[_OWN[-1]]) < 3:
        for name in _OWN:
            base = client.http.get(f"{path}/artifacts/document/revisions").json()["items"][0]["number"]
            began = time.monotonic()
            if name == _OWN[0]:
                answer = client.http.get("/designs")
            elif name == _OWN[1]:
                answer = client.http.get(path)
            else:
                answer = client.http.put(f"{path}/artifacts/document", json={"source": f"{LARGE}{base}", "base": base})
            waits[name].append(time.monotonic() - began)
            answer.raise_for_status()
            time.sleep(0.02)
    return waits


@contextmanager
def _flooding(address: str, shown: dict[str, str], sort: str, designs: dict[str, str]) -> Iterator[dict[str, int]]:
    told: dict[str, int] = {}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.floods", "--flood", json.dumps([address, shown, sort, designs])],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield told
    told.update(json.loads(process.communicate("end\n", timeout=60)[0]))


async def _flood(address: str, shown: dict[str, str], sort: str, designs: dict[str, str]) -> None:
    """So many requests at a time until a line comes; what was answered, by status, as JSON."""
    answers: Counter[str] = Counter()
    chance = random.Random(1)
    bases: Counter[str] = Counter()
    async with aiohttp.ClientSession(address, headers=shown, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(asker: int) -> None:
            which = str(asker % 4)
            while True:
                request = Request(designs["small"], designs[which], chance.randrange(1 << 40), bases[which] + 2)
                method, path, body = REQUESTS[sort](request)
                try:
                    async with session.request(method, path, json=body) as answer:
                        answers[str(answer.status)] += 1
                        if sort == "edits" and answer.status == 200:
                            bases[which] = request.base - 1
                        async for _ in answer.content.iter_chunked(1 << 16):
                            if sort == "replays":
                                break
                except aiohttp.ClientError as error:
                    answers[type(error).__name__] += 1

        asking = [asyncio.create_task(ask(number)) for number in range(AT_ONCE)]
        await asyncio.to_thread(sys.stdin.readline)
        for task in asking:
            task.cancel()
    print(json.dumps(dict(answers)))


if __name__ == "__main__":
    sys.exit(main())
