"""What it costs that a design proves it runs: a rehearsal in CPU, and how many requests its mock answers on one core.

    python -m bench.rehearsing

The design has 20 entities in a chain of references, 60 operations and 10 stories with a refusal each. The mock is
`designchord mock` in a process of its own, asked over eight connections: lists, single rows, new rows and duplicates.
Only that process's CPU counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from designchord.blueprint.model import (
    Actor,
    Attribute,
    Blueprint,
    Entity,
    Operation,
    Requirement,
    Scenario,
    ScenarioStep,
)
from designchord.kinds.registry import KINDS
from designchord.rehearsal.rehearsing import Rehearsal, rehearse

TOKEN = {"authorization": "Bearer mock-Clerk"}
TAKEN = "The name is already taken"
TICKS = os.sysconf("SC_CLK_TCK")


def blueprint(entities: int = 20, stories: int = 10) -> Blueprint:
    """Things that each point to the one before, can be made, read and listed, and have a name of their own."""
    return Blueprint(
        title="Things",
        actors=(Actor(id="Clerk", label="clerk"),),
        requirements=(Requirement(id="R1", text="The clerk keeps things."),),
        entities=tuple(_entity(number) for number in range(entities)),
        operations=tuple(one for number in range(entities) for one in _operations(number)),
        scenarios=tuple(_story(entities - 1 - number % entities, number) for number in range(stories)),
    )


def _entity(number: int) -> Entity:
    attributes = [Attribute(name="id", type="uuid", key="primary"), Attribute(name="name", unique=True)]
    if number:
        above = f"thing{number - 1}_id"
        attributes.append(Attribute(name=above, type="uuid", key="foreign", references=f"Thing{number - 1}"))
    return Entity(name=f"Thing{number}", label=f"thing {number}", attributes=tuple(attributes))


def _operations(number: int) -> Iterator[Operation]:
    name, path = f"Thing{number}", f"/thing{number}s"
    sent = ("name", f"thing{number - 1}_id") if number else ("name",)
    made = Operation(id=f"create{name}", method="POST", path=path, summary="Make", entity=name, actor="Clerk")
    yield made.model_copy(update={"request": sent, "errors": ((409, TAKEN),)})
    one = f"{path}/{{thing{number}_id}}"
    yield Operation(id=f"get{name}", method="GET", path=one, summary="Read", entity=name, actor="Clerk")
    yield Operation(
        id=f"list{name}", method="GET", path=path, summary="List", entity=name, actor="Clerk", returns="page"
    )


def _story(thing: int, number: int) -> Scenario:
    steps = (
        ScenarioStep(source="Clerk", target="System", message="Make", operation=f"createThing{thing}"),
        ScenarioStep(source="System", target="Clerk", message=f"{TAKEN} (409)", kind="reply", when=TAKEN),
        ScenarioStep(source="Clerk", target="System", message="Read", operation=f"getThing{thing}"),
    )
    title = f"Story {number}"
    return Scenario(id=f"story-{number}", title=title, actor="Clerk", requirements=("R1",), steps=steps)


def rehearsed(plan: Blueprint, times: int) -> tuple[Rehearsal, float, float]:
    """A rehearsal, and the milliseconds of CPU of the first in this process and of the median after it."""
    api = KINDS["api"]
    sources = {("api", ""): api.skeleton(plan, api.parts(plan)[0])}
    spent = []
    for _ in range(times + 1):
        began = time.process_time()
        result = rehearse(sources, plan)
        spent.append((time.process_time() - began) * 1000)
    return result, spent[0], statistics.median(spent[1:])


@contextmanager
def mock(folder: Path) -> Iterator[tuple[str, int]]:
    """The address of a mock in a process of its own, and the process's number."""
    command = [sys.executable, "-m", "designchord", "mock", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[0], process.pid
        finally:
            process.terminate()


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def _ask(address: str, requests: range, connections: int = 8) -> None:
    number = iter(requests)
    known = {"name": f"Known {requests.start}"}
    async with aiohttp.ClientSession(address, headers=TOKEN) as session:
        async with session.post("/thing0s", json=known) as answer:
            first = (await answer.json())["id"]

        async def work() -> None:
            for one in number:
                kind = one % 4
                body = {"name": f"Thing {one}"} if kind == 2 else known
                path = f"/thing0s/{first}" if kind == 1 else "/thing0s"
                method, wanted = [("GET", 200), ("GET", 200), ("POST", 201), ("POST", 409)][kind]
                async with session.request(method, path, json=body if method == "POST" else None) as answer:
                    await answer.read()
                    if answer.status != wanted:
                        raise SystemExit(f"{method} {path}: {answer.status} instead of {wanted}")

        await asyncio.gather(*(work() for _ in range(connections)))


def asked(plan: Blueprint, requests: int) -> tuple[float, float]:
    """Requests a second by the clock, and for a second of the mock's CPU."""
    api = KINDS["api"]
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "blueprint.json").write_text(plan.model_dump_json(), encoding="utf-8")
        (folder / api.about.file).write_text(api.skeleton(plan, api.parts(plan)[0]), encoding="utf-8")
        with mock(folder) as (address, pid):
            asyncio.run(_ask(address, range(200)))
            began, busy = time.perf_counter(), cpu_of(pid)
            asyncio.run(_ask(address, range(200, 200 + requests)))
            return requests / (time.perf_counter() - began), requests / (cpu_of(pid) - busy)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=20, help="rehearsals")
    parser.add_argument("--requests", type=int, default=4000)
    chosen = parser.parse_args()
    plan = blueprint()
    result, first, again = rehearsed(plan, chosen.times)
    by_clock, by_cpu = asked(plan, chosen.requests)
    steps = sum(len(flow.steps) for story in result.stories for flow in story.workflows)
    figures = {
        "entities": len(plan.entities),
        "operations": len(plan.operations),
        "stories": f"{result.ran} of {len(result.stories)} ran, {steps} requests",
        "first rehearsal of a process, CPU": f"{first:.0f} ms",
        "rehearsal, CPU": f"{again:.0f} ms",
        "mock, requests for a second of one core": round(by_cpu),
        "mock, requests a second by the clock": round(by_clock),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
