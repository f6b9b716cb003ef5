"""The figures as a table against the aims, for the terminal and for ``docs/benchmarks.md``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TOKENS, _PIECES = "token by token", "piece by piece"


@dataclass(frozen=True, slots=True)
class Aim:
    """One figure beside what it should be; ``value`` is None when it was not measured."""

    name: str
    value: float | None
    aim: float
    unit: str = ""

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        return "reached" if self.value <= self.aim else "**not reached**"

    def row(self) -> str:
        return f"| {self.name} | {self.shown()} | ≤ {_number(self.aim)}{self.unit} | {self.verdict} |"

    def shown(self) -> str:
        return "–" if self.value is None else f"{_number(self.value)}{self.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


class Figures:
    """The raw figures of one run, looked up by name."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self._rows = {row["key"]: row for row in raw["rows"]}

    def row(self, key: str) -> dict[str, Any] | None:
        return self._rows.get(key)

    def ratio(self, key: str) -> float | None:
        row = self.row(key)
        return row["ratio"] if row else None

    def own_cpu(self, key: str) -> float | None:
        row = self.row(key)
        return row["cpu_own_ms"] if row else None

    def worker_cpu(self, key: str) -> float | None:
        row = self.row(key)
        if row is None:
            return None
        return sum(ms for name, ms in row["cpu_median_ms"].items() if name.startswith("worker"))

    def quotient(self, above: float | None, below: float | None) -> float | None:
        return above / below if above is not None and below else None

    def seconds(self, key: str) -> float | None:
        row = self.row(key)
        return row["seconds_median"] if row else None

    def other(self, group: str, name: str) -> float | None:
        return (self.raw.get(group) or {}).get(name)


def aims(raw: dict[str, Any]) -> list[Aim]:
    figures = Figures(raw)
    streams = raw["streamed_designs"]
    first_ms, crowd_ms = (figures.quotient(figures.other(group, "p95"), 0.001) for group in ("first_content", "crowd"))
    return [
        *(Aim(f"three calls, 10 requests, {mode}: makespan ÷ one call", figures.ratio(f"{mode} parts 10"), 1.05)
          for mode in ("embedded", "scaled")),
        *(Aim(f"whole pipeline, {count:,} designs, answers {pace or 'at once'}, {mode}: makespan ÷ "
              "critical path", figures.ratio(f"{mode} whole {count} {pace}".strip()), aim)
          for pace, count, aim in (("", 10, 1.05), ("", 100, 1.25), (_TOKENS, 10, 1.05), (_TOKENS, 100, 1.25),
                                   (_TOKENS, 1000, 3.0))
          for mode in ("embedded", "scaled")),
        *(Aim(f"quick designs, {count:,} at once, answers at once, {mode}: makespan ÷ one call",
              figures.ratio(f"{mode} quick {count}"), aim)
          for count, aim in ((10, 1.05), (100, 1.15), (1000, 2.0)) for mode in ("embedded", "scaled")),
        Aim("worker CPU of a design, streaming, watched",
            figures.worker_cpu(f"scaled whole {streams} {_PIECES} watched"), 60, " ms"),
        Aim("worker CPU of a design, streaming, not watched", figures.worker_cpu(f"scaled whole {streams} {_PIECES}"),
            25, " ms"),
        Aim("embedded ÷ bare concurrent calls, 100 designs",
            figures.quotient(figures.seconds("embedded whole 100"), figures.seconds("bare whole 100")), 1.15),
        Aim("first visible content after the model's first token, p95", first_ms, 150, " ms"),
        Aim("1,000 clients in one process: p95 delay", crowd_ms, 250, " ms"),
        Aim("1,000 clients in one process: memory of a client", figures.other("crowd", "kb_per_client"), 60, " KB"),
        *(Aim(f"CPU of a design at 1,000 ÷ at 10, {mode}",
              figures.quotient(figures.own_cpu(f"{mode} whole 1000 {_TOKENS}"),
                               figures.own_cpu(f"{mode} whole 10 {_TOKENS}")), 1.3)
          for mode in ("embedded", "scaled")),
        Aim("offline, 3,000 characters to a written folder: CPU", figures.other("commands", "generate_cpu_s"), 2, " s"),
        Aim("`designchord --help`", figures.other("commands", "help_s"), 0.3, " s"),
        Aim("`designchord serve` at rest", figures.other("rest", "rest_mb"), 150, " MB"),
    ]  # fmt: skip


def against_aims(raw: dict[str, Any]) -> Iterator[str]:
    yield "| figure | measured | aim | |"
    yield "|---|---|---|---|"
    yield from (aim.row() for aim in aims(raw))


def side_by_side(raw: dict[str, Any]) -> Iterator[str]:
    titles = ("design of the software", "calls", "designs", "makespan, s (least–most, runs)", "÷ critical path")
    yield f"| {' | '.join(titles)} | p50 / p95, s | CPU of a design, ms |"
    yield "|---|---|---|---|---|---|---|"
    for row in raw["rows"]:
        spread = f"{min(row['seconds']):.2f}–{max(row['seconds']):.2f}, {len(row['seconds'])}"
        name = ", ".join(filter(None, (row["mode"], row["pace"], "watched" if row["watched"] else "")))
        cpu = ", ".join(
            f"{process} {_number(ms)}" for process, ms in row["cpu_median_ms"].items() if process != "model"
        )
        yield (
            f"| {name} | {row['calls']:.0f} | {row['designs']:,} | {row['seconds_median']:.2f} ({spread}) "
            f"| {row['ratio']:.2f} | {row['p50_median']:.2f} / {row['p95_median']:.2f} | {cpu} |"
        )


def small_figures(raw: dict[str, Any]) -> Iterator[str]:
    yield "| figure | |"
    yield "|---|---|"
    for kind, check in (raw.get("checks") or {}).items():
        yield f"| check of a {kind} of {check['chars']:,} characters | {check['ms']:.1f} ms of CPU |"
    if rest := raw.get("rest"):
        yield f"| `designchord serve`: from the command to the first answer | {rest['start_s']:.1f} s |"
    if crowd := raw.get("crowd"):
        yield (
            f"| {crowd['clients']:,} clients watch: CPU of an event sent; events heard of those expected "
            f"| {crowd['cpu_ms_per_event']:.2f} ms; {crowd['heard']:,} of {crowd['expected']:,.0f} |"
        )
    most = max((row["designs"] for row in raw["rows"]), default=0)
    for row in raw["rows"]:
        if row["workload"] != "whole" or row["designs"] != most or not row["details"]:
            continue
        memory = ", ".join(f"{name} {mb:,.0f}" for name, mb in row["details"]["memory_mb"].items() if name != "model")
        yield f"| {row['mode']}, memory after {row['designs']:,} designs at once, MB | {memory} |"
    row = next((row for row in raw["rows"] if row["key"] == "scaled whole 100"), None)
    for mode, asked in (("embedded", raw["queries"]), ("scaled", row["details"]["round_trips"] if row else {})):
        words = ", ".join(f"{count:.0f} {what}" for what, count in asked.items())
        yield f"| {mode}, asked of the database and Redis for a design | {words or '–'} |"


def machine(raw: dict[str, Any]) -> str:
    here = raw["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in here["versions"].items())
    return (
        f"{here['cores']} cores of {here['processor']}, {here['memory_gb']} GB, {here['system']}, Python "
        f"{here['python']}; {versions}; {raw['servers']}. Load of the machine before: {here['load_before']}."
    )
