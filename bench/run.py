"""All designs of the software side by side, the aims, and the pictures.

    make bench              python -m bench.run
    make bench QUICK=1      python -m bench.run --quick

Ends by itself: within a quarter of an hour, quick within two minutes. Servers are private and end with it. The full
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import comparison, figures, loads, plots, report, watching
from bench.comparison import Plan, Row
from bench.processes import machine, model_server
from tests.servers import POSTGRES, ROOT

#: What belongs to designchord and what it needs, not to the model.
_OWN = ("designchord", "web", "worker 0", "worker 1", "broker", "cache", "database", "client", "worker")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    seconds: float
    latency: float
    runs: int
    designs: tuple[int, ...]
    streamed: int
    watched: int
    clients: int
    listening: float
    output: Path
    ttft: float = 0.5
    tokens_per_second: int = 300


FULL = Scale(
    seconds=840, latency=loads.LATENCY, runs=3, designs=(10, 100, 1000), streamed=100, watched=100, clients=1000,
    listening=6.0, output=ROOT / "bench" / "results" / "latest.json",
)  # fmt: skip
QUICK = Scale(
    seconds=100, latency=0.4, runs=1, designs=(10, 100), streamed=10, watched=20, clients=200, listening=2.0,
    output=ROOT / ".make" / "bench" / "quick.json",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="The benchmark.")
    parser.add_argument("--quick", action="store_true", help="less of everything, in two minutes")
    scale = QUICK if parser.parse_args().quick else FULL
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="designchord-bench-") as name:
        raw = measure(
            scale,
            Path(name),
            Plan(began + scale.seconds, lambda line: print(f"{time.monotonic() - began:4.0f} s  {line}", flush=True)),
        )
    raw["took"] = round(time.monotonic() - began)
    scale.output.parent.mkdir(parents=True, exist_ok=True)
    scale.output.write_text(json.dumps(raw, indent=1) + "\n")
    pictures = ROOT / "docs" / "benchmarks" if scale is FULL else scale.output.parent
    draw(raw, pictures)
    if scale is FULL:
        write_page(raw, ROOT / "docs" / "benchmarks.md")
    print("\n".join(["", *report.against_aims(raw), "", *report.side_by_side(raw), "", *report.small_figures(raw)]))
    print(f"\n{report.machine(raw)}\n{raw['took']} s; raw figures in {scale.output}, pictures in {pictures}")


def measure(scale: Scale, folder: Path, plan: Plan) -> dict[str, Any]:
    raw: dict[str, Any] = {"machine": machine(), "streamed_designs": scale.streamed, "servers": _server_versions()}
    fixed = ("--latency", str(scale.latency), "--piece", "1000000")
    with comparison.servers() as servers, model_server(folder, *fixed) as model:
        for workload in loads.WORKLOADS:  # from now on the model has its answers ready
            comparison.bare(Row("", workload, loads.IDEAS, scale.latency), model)
        raw["queries"] = _at_fixed_latency(scale, folder / "few", plan, model, servers)
        raw |= _streamed(scale, folder / "streamed", plan, servers)
        if max(scale.designs) >= 1000:
            _many(scale, folder / "many", plan, model, servers)
    raw |= {
        "checks": figures.checks(),
        "commands": figures.commands(folder, scale.runs),
        "rest": figures.at_rest(folder),
    }
    raw["rows"] = [_summary(row) for row in plan.rows]
    raw["left_out"] = plan.left_out
    return raw


def _at_fixed_latency(
    scale: Scale, folder: Path, plan: Plan, model: comparison.Model, servers: comparison.Servers
) -> dict[str, float]:
    """Both published designs, the limit, and ours. Returns the queries of an embedded design, by their first word."""

    def row(mode: str, workload: str, designs: int) -> Row:
        return Row(mode, workload, designs, scale.latency)

    small = [("parts", 10), *(("whole", count) for count in scale.designs if count < 1000)]
    for workload, count in small:
        plan.run(row("bare", workload, count), scale.runs, lambda row: comparison.bare(row, model), takes=10)
    folder.mkdir()
    with comparison.chord(folder, model, servers.broker, servers.cache) as run:
        plan.run(row("chord", "parts", 10), 1, run, takes=scale.latency * 17)
    plan.run(
        row("synchronous", "parts", 10), 1, lambda row: comparison.synchronous(row, model), takes=scale.latency * 31
    )
    with comparison.embedded(folder, model) as run:
        counted = Row("embedded", "whole", 4, scale.latency, counted=True)
        run(counted)
        for workload, count in small:
            plan.run(row("embedded", workload, count), scale.runs, run, takes=15)
    with comparison.scaled(folder, model, servers) as run:
        run(row("scaled", "whole", 4))
        for workload, count in small:
            plan.run(row("scaled", workload, count), scale.runs, run, takes=15)
    queries: dict[str, float] = counted.details["queries"]
    return queries


def _streamed(scale: Scale, folder: Path, plan: Plan, servers: comparison.Servers) -> dict[str, Any]:
    """Answers that come token by token, and people who watch them."""
    raw: dict[str, Any] = {}
    pace = ("--ttft", str(scale.ttft), "--tps", str(scale.tokens_per_second))
    folder.mkdir()
    with model_server(folder, *pace) as model:
        raw["first_content"] = watching.first_content(folder, model, scale.watched)
        with comparison.scaled(folder, model, servers) as run:
            run(Row("scaled", "whole", 4, 1.0))
            for watched in (False, True):
                row = Row("scaled", "whole", scale.streamed, _longest(scale), watched=watched, streamed=True)
                plan.run(row, 1, run, takes=30)
        raw["crowd"] = watching.crowd(folder, model, scale.clients, scale.listening)
    return raw


def _many(scale: Scale, folder: Path, plan: Plan, model: comparison.Model, servers: comparison.Servers) -> None:
    """A thousand designs at once: last, so that what the time does not suffice for is theirs."""

    def row(mode: str) -> Row:
        return Row(mode, "whole", max(scale.designs), scale.latency)

    plan.run(row("bare"), 1, lambda row: comparison.bare(row, model), takes=40)
    for mode, open_ in (
        ("scaled", comparison.scaled(folder, model, servers)),
        ("embedded", comparison.embedded(folder, model)),
    ):
        with open_ as run:
            plan.run(row(mode), 1, run, takes=150)


def _longest(scale: Scale) -> float:
    """Seconds of the longest of the calls at a token rate; the critical path is taken as two of them at most."""
    from bench.model_answers import answer, understand

    stages = loads.stages("whole", 0)
    longest = [max(len(answer(understand(messages))) // 4 for messages in stage) for stage in stages]
    return sum(scale.ttft + tokens / scale.tokens_per_second for tokens in longest) / len(longest)


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
        row for row in raw["rows"] if row["mode"] == "scaled" and row["workload"] == "whole" and not row["watched"]
    ]
    if scaled:
        plots.costs(max(scaled, key=lambda row: row["designs"]), folder / "costs.svg")


def write_page(raw: dict[str, Any], page: Path) -> None:
    """Put the tables between their marks; what people wrote around them stays."""
    text = page.read_text(encoding="utf-8")
    parts = {
        "aims": report.against_aims(raw), "rows": report.side_by_side(raw), "small": report.small_figures(raw),
        "machine": [report.machine(raw)],
    }  # fmt: skip
    for name, lines in parts.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        text = re.sub(f"{begin}.*?{end}", lambda _: "\n".join([begin, *lines, end]), text, flags=re.DOTALL)  # noqa: B023
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
