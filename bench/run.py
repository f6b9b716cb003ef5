"""All designs of the software side by side, the aims, and the pictures.

    make bench              python -m bench.run
    make bench QUICK=1      python -m bench.run --quick

Ends by itself: within twenty minutes, quick within three. Servers are private and end with it. The full
run writes ``bench/results/latest.json``, ``docs/benchmarks/`` and the tables in ``docs/benchmarks.md``; the quick one
writes to ``.make/bench`` and is for looking, because with short calls everything else weighs more.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import comparison, figures, loads, plots, report, waiting, watching
from bench.comparison import Plan, Row
from bench.model_exchange import Pace
from bench.processes import Model, machine, model_server
from tests.servers import POSTGRES, ROOT

#: What belongs to designchord and what it needs, not to the model.
_OWN = ("designchord", "web", "worker 0", "worker 1", "broker", "cache", "database", "client", "worker")


#: How answers come, beside the published way (all of an answer after the same time).
TOKENS, PIECES = "token by token", "piece by piece"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. ``small``, ``quick`` and ``growing`` are numbers of designs at once."""

    seconds: float
    latency: float
    runs: int
    small: tuple[int, ...]
    quick: tuple[int, ...]
    growing: tuple[int, ...]
    streamed: int
    watched: int
    clients: int
    listening: float
    output: Path
    ttft: float = 0.5
    tokens_per_second: int = 300

    def paces(self) -> dict[str, Pace]:
        """The published pace; real lengths at a token rate, as a busy network delivers them; and as fast connections
        do, each piece by itself."""
        tps = self.tokens_per_second
        return {
            "": Pace(self.latency, piece=1_000_000),
            TOKENS: Pace(ttft=self.ttft, tps=tps, every=0.25),
            PIECES: Pace(ttft=self.ttft, tps=tps),
        }


FULL = Scale(
    seconds=1050, latency=loads.LATENCY, runs=3, small=(10, 100), quick=(10, 100, 1000),
    growing=(10, 100, 1000), streamed=50, watched=100,
    clients=1000, listening=6.0, output=ROOT / "bench" / "results" / "latest.json",
)  # fmt: skip
QUICK = Scale(
    seconds=100, latency=0.4, runs=1, small=(10, 100), quick=(10, 100), growing=(), streamed=10,
    watched=20, clients=200, listening=2.0,
    output=ROOT / ".make" / "bench" / "quick.json", tokens_per_second=1000,
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="The benchmark.")
    parser.add_argument("--quick", action="store_true", help="less of everything, in three minutes")
    scale = QUICK if parser.parse_args().quick else FULL
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="designchord-bench-") as name:
        raw = measure(
            scale,
            Path(name),
            Plan(began + scale.seconds, lambda line: print(f"{time.monotonic() - began:4.0f} s  {line}", flush=True)),
        )
    # Last: it takes the time that it takes, and must not take it from the rows.
    waited = waiting.measure((1500.0,) if scale is QUICK else (80.0, 300.0), designs=3 if scale is QUICK else 10)
    raw["waiting"] = waited
    raw["took"] = round(time.monotonic() - began)
    scale.output.parent.mkdir(parents=True, exist_ok=True)
    scale.output.write_text(json.dumps(raw, indent=1) + "\n")
    pictures = ROOT / "docs" / "benchmarks" if scale is FULL else scale.output.parent
    draw(raw, pictures)
    if scale is FULL:
        write_page(raw, ROOT / "docs" / "benchmarks.md")
    print("\n".join(["", *report.against_aims(raw), "", *report.side_by_side(raw), "", *report.small_figures(raw)]))
    print("\n".join(["", *waiting.table(waited), "", *waiting.against_aims(waited)]))
    print(f"\n{report.machine(raw)}\n{raw['took']} s; raw figures in {scale.output}, pictures in {pictures}")


def measure(scale: Scale, folder: Path, plan: Plan) -> dict[str, Any]:
    raw: dict[str, Any] = {"machine": machine(), "streamed_designs": scale.streamed, "servers": _server_versions()}
    paces = scale.paces()
    with comparison.servers() as servers, model_server(folder) as model:
        for workload in loads.WORKLOADS:  # from now on the model has its answers ready
            comparison.bare(Row("", workload, loads.IDEAS, 1.0), model)
        model.keep(paces[""])
        raw["queries"] = _at_the_published_pace(scale, folder / "published", plan, model, servers)
        model.keep(paces[PIECES])
        raw |= _streamed(scale, folder / "streamed", plan, model, servers)
        model.keep(paces[TOKENS])
        if scale.growing:
            _growing(scale, folder / "growing", plan, model, servers)
    raw |= {
        "checks": figures.checks(),
        "commands": figures.commands(folder, scale.runs),
        "rest": figures.at_rest(folder),
    }
    raw["rows"] = [_summary(row) for row in plan.rows]
    raw["left_out"] = plan.left_out
    return raw


def _path(workload: str, designs: int, pace: Pace) -> float:
    """Seconds of the critical path: of each stage the longest call, of all designs the slowest (of a sample: they are
    much alike)."""
    from bench.model_answers import answer, understand

    return max(
        sum(max(pace.seconds(answer(understand(messages))) for messages in stage)
            for stage in loads.stages(workload, number))
        for number in range(min(designs, 10))
    )  # fmt: skip


def _at_the_published_pace(
    scale: Scale, folder: Path, plan: Plan, model: Model, servers: comparison.Servers
) -> dict[str, float]:
    """Both published designs, the limit, and ours. Returns the queries of an embedded design, by their first word."""
    pace = scale.paces()[""]

    def row(mode: str, workload: str, designs: int, *, counted: bool = False) -> Row:
        return Row(mode, workload, designs, _path(workload, designs, pace), counted=counted)

    small = [("parts", 10), *(("whole", count) for count in scale.small)]
    quick = [("quick", count) for count in scale.quick]
    for workload, count in small:
        plan.run(row("bare", workload, count), scale.runs, lambda row: comparison.bare(row, model), takes=10)
    folder.mkdir()
    with comparison.chord(folder, model, servers.broker, servers.cache) as run:
        plan.run(row("chord", "parts", 10), 1, run, takes=scale.latency * 17)
    plan.run(
        row("synchronous", "parts", 10), 1, lambda row: comparison.synchronous(row, model), takes=scale.latency * 31
    )
    with comparison.embedded(folder, model) as run:
        counted = row("embedded", "whole", 4, counted=True)
        run(counted)
        for workload, count in (*small, *quick):
            plan.run(row("embedded", workload, count), _runs(scale, count), run, takes=15)
    with comparison.scaled(folder, model, servers) as run:
        run(row("scaled", "whole", 4))
        for workload, count in (*small, *quick):
            plan.run(row("scaled", workload, count), _runs(scale, count), run, takes=15)
    queries: dict[str, float] = counted.details["queries"]
    return queries


def _runs(scale: Scale, designs: int) -> int:
    """A thousand designs vary little, and take the time of all other rows."""
    return scale.runs if designs < 1000 else 1


def _streamed(scale: Scale, folder: Path, plan: Plan, model: Model, servers: comparison.Servers) -> dict[str, Any]:
    """Each piece of an answer by itself, and people who watch them."""
    path = _path("whole", scale.streamed, scale.paces()[PIECES])
    folder.mkdir()
    content = watching.first_content(folder, model, scale.watched)
    with comparison.scaled(folder, model, servers) as run:
        run(Row("scaled", "whole", 4, path))
        for watched in (False, True):
            plan.run(Row("scaled", "whole", scale.streamed, path, PIECES, watched=watched), 1, run, takes=path * 1.3)
    return {"first_content": content, "crowd": watching.crowd(folder, model, scale.clients, scale.listening)}


def _growing(scale: Scale, folder: Path, plan: Plan, model: Model, servers: comparison.Servers) -> None:
    """More and more designs at once: last, so that what the time does not suffice for is theirs."""
    pace = scale.paces()[TOKENS]
    rows = {count: _path("whole", count, pace) for count in scale.growing}

    def all_of(mode: str, run: Callable[[Row], None]) -> None:
        for count, path in rows.items():
            plan.run(Row(mode, "whole", count, path, TOKENS), 1, run, takes=path * (3 if count >= 1000 else 1.3))

    folder.mkdir()
    all_of("bare", lambda row: comparison.bare(row, model))
    with comparison.embedded(folder, model) as run:
        run(Row("embedded", "whole", 4, 1.0))
        all_of("embedded", run)
    with comparison.scaled(folder, model, servers) as run:
        run(Row("scaled", "whole", 4, 1.0))
        all_of("scaled", run)


def _summary(row: Row) -> dict[str, Any]:
    names = {name for run in row.cpu_ms for name in run}
    return {
        "key": row.key,
        **row.to_dict(),
        **{f"{name}_median": statistics.median(getattr(row, name)) for name in ("seconds", "p50", "p95")},
        "cpu_median_ms": {name: row.cpu(name) for name in sorted(names)},
        "cpu_own_ms": row.cpu(*_OWN),
    }


def _server_versions() -> str:
    said = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            for command in (["redis-server", "--version"], [str(POSTGRES / "postgres"), "--version"])]  # fmt: skip
    redis = re.search(r"v=(\S+)", said[0])
    return f"Redis {redis[1] if redis else '?'}, {said[1].replace('postgres (PostgreSQL)', 'PostgreSQL')}, RabbitMQ"


def draw(raw: dict[str, Any], folder: Path) -> None:
    plots.headline(raw["rows"], folder / "headline.svg")
    plots.growth(raw["rows"], folder / "growth.svg")
    scaled = [
        row for row in raw["rows"] if row["mode"] == "scaled" and row["workload"] == "whole" and row["pace"] != PIECES
    ]
    plots.waiting(raw["waiting"]["rows"], folder / "waiting.svg")
    if scaled:
        plots.costs(max(scaled, key=lambda row: row["designs"]), folder / "costs.svg")


def write_page(raw: dict[str, Any], page: Path) -> None:
    """Put the tables between their marks; what people wrote around them stays."""
    text = page.read_text(encoding="utf-8")
    parts = {
        "aims": report.against_aims(raw), "rows": report.side_by_side(raw), "small": report.small_figures(raw),
        "machine": [report.machine(raw)],
        "waiting": [*waiting.against_aims(raw["waiting"]), "", *waiting.table(raw["waiting"])],
    }  # fmt: skip
    for name, lines in parts.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"{begin}.*?{end}", lambda _: "\n".join([begin, *lines, end]), text, flags=re.DOTALL)  # noqa: B023
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
