"""Speed and size of one piece at a time: commands, the server at rest, the checks."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench import loads
from bench.processes import environment, resident_mb
from designchord import drafter
from designchord.blueprint import answering
from designchord.kinds.registry import KINDS
from tests.servers import Kept, wait_until

_PROGRAM = str(Path(sys.executable).with_name("designchord"))

#: A sentence in the manner of people who describe what they want; repeated with other nouns until it is long enough.
_SENTENCES = (
    "A {a} can search, create and cancel a {b}; each {b} belongs to one {a} and has a name, a date and a status. ",
    "The manager approves every {b} within two days, and the {a} is notified by e-mail. ",
)
_NOUNS = ("member", "loan", "customer", "order", "patient", "appointment", "driver", "trip", "teacher", "course",
          "tenant", "contract", "player", "match", "author", "article")  # fmt: skip

IDEA_CHARS = 3000


def long_idea() -> str:
    """An idea file of ``IDEA_CHARS`` characters."""
    text, number = "# Community services\n\n", 0
    while len(text) < IDEA_CHARS:
        pair = _NOUNS[number * 2 % len(_NOUNS)], _NOUNS[(number * 2 + 1) % len(_NOUNS)]
        text += _SENTENCES[number % 2].format(a=pair[0], b=pair[1]) + ("\n\n" if number % 4 == 3 else "")
        number += 1
    return text[:IDEA_CHARS]


def commands(folder: Path, runs: int) -> dict[str, float]:
    """Seconds of the commands that people wait for, start-up included."""
    env = environment(DESIGNCHORD_HOME=str(folder / "commands"), DESIGNCHORD_MODEL="offline")
    idea = folder / "idea.md"
    idea.write_text(long_idea())

    def generate(number: int) -> Sequence[str]:
        return (_PROGRAM, "generate", str(idea), "--out", str(folder / f"out{number}"))

    generated, _ = _timed(generate, env, runs)
    helped, waited = _timed(lambda _: (_PROGRAM, "--help"), env, runs)
    return {"generate_cpu_s": generated, "help_cpu_s": helped, "help_s": waited}


def _timed(command: Callable[[int], Sequence[str]], env: dict[str, str], runs: int) -> tuple[float, float]:
    """Median CPU and wall seconds of a command; the first run, which fills caches of the disk, is left out."""
    cpu, wall = [], []
    for number in range(runs + 1):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command(number), env=env, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append(time.perf_counter() - began)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(cpu[1:]), statistics.median(wall[1:])


def at_rest(folder: Path) -> dict[str, float]:
    """Seconds until the server answers, and MB that it holds when nobody asks anything."""
    env = environment(DESIGNCHORD_HOME=str(folder / "rest"), DESIGNCHORD_MODEL="offline")
    log, began = folder / "rest.log", time.perf_counter()
    server = Kept([_PROGRAM, "serve", "--port", "0", "--no-browser"], log=log, env=env, end="TERM")
    try:
        wait_until(lambda: "designchord is at" in log.read_text(), 60, "the server's start")
        started = time.perf_counter() - began
        time.sleep(2.0)
        return {"start_s": started, "rest_mb": resident_mb(server.pid)}
    finally:
        with suppress(AssertionError):
            server.end()


def checks() -> dict[str, Any]:
    """CPU milliseconds of checking one artifact, by kind, with the artifact's size."""
    blueprint = drafter.draft(loads.idea(0))
    figures = {}
    for name, kind in KINDS.items():
        source = kind.skeleton(blueprint, kind.parts(blueprint)[0])
        figures[name] = {"ms": _cpu_ms(kind.check, source), "chars": len(source)}
    dumped = answering.dump(blueprint)
    figures["blueprint"] = {"ms": _cpu_ms(answering.check, dumped), "chars": len(dumped)}
    return figures


def _cpu_ms(check: Callable[[str], object], source: str, runs: int = 15) -> float:
    """Each run checks a text that was not seen before, for what was is remembered."""
    spent = []
    for number in range(runs + 1):
        text = source.replace("Member", f"Member{number}")
        began = time.thread_time()
        check(text)
        spent.append(time.thread_time() - began)
    return statistics.median(spent[1:]) * 1000
