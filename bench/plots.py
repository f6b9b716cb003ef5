"""The figures as pictures: SVG files that a README can show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt

#: The same file for the same figures; text stays text.
mpl.rcParams.update(
    {"svg.hashsalt": "designchord", "svg.fonttype": "none", "font.size": 11, "axes.spines.top": False,
     "axes.spines.right": False, "font.family": "sans-serif"}
)  # fmt: skip

_OURS, _THEIRS, _LIMIT = "#0072b2", "#999999", "#009e73"
_NAMES = {
    "synchronous": "published: synchronous",
    "chord": "published: Celery chord",
    "embedded": "designchord, embedded",
    "scaled": "designchord, scaled",
    "bare": "bare concurrent calls",
}
_COLOURS = {"synchronous": _THEIRS, "chord": _THEIRS, "bare": _LIMIT}


def headline(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Ten requests of three calls: how many calls long each design takes."""
    shown = [
        (name, row["ratio"])
        for name in _NAMES
        for row in rows
        if (row["mode"], row["workload"], row["designs"], row["watched"]) == (name, "parts", 10, False)
    ]
    figure, axes = plt.subplots(figsize=(8, 2.6))
    bars = axes.barh(
        [_NAMES[name] for name, _ in shown], [ratio for _, ratio in shown],
        color=[_COLOURS.get(name, _OURS) for name, _ in shown],
    )  # fmt: skip
    axes.bar_label(bars, [f"{ratio:.2f} ×" for _, ratio in shown], padding=4)
    axes.invert_yaxis()
    axes.set_xlabel("10 requests of 3 model calls: makespan ÷ one call")
    _save(figure, file)


def growth(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """The whole pipeline with more and more designs at once, at the pace that was measured with the most."""
    pace = max((row for row in rows if row["workload"] == "whole"), key=lambda row: row["designs"])["pace"]
    figure, (ratios, cpus) = plt.subplots(1, 2, figsize=(9, 3.2))
    for mode in ("embedded", "scaled", "bare"):
        mine = sorted(
            (r for r in rows if r["mode"] == mode and r["workload"] == "whole" and r["pace"] == pace),
            key=lambda row: row["designs"],
        )
        if not mine:
            continue
        counts, colour = [row["designs"] for row in mine], _COLOURS.get(mode, _OURS)
        style = {"color": colour, "marker": "o", "linestyle": "--" if mode == "scaled" else "-", "label": _NAMES[mode]}
        ratios.plot(counts, [row["ratio"] for row in mine], **style)
        cpus.plot(counts, [row["cpu_own_ms"] for row in mine], **style)
    for axes, title in ((ratios, "makespan ÷ critical path"), (cpus, "CPU of a design in our processes, ms")):
        axes.set_xscale("log")
        axes.set_xlabel("designs at once")
        axes.set_title(title, fontsize=11)
        axes.set_ylim(bottom=0)
    ratios.legend(frameon=False, fontsize=9)
    _save(figure, file)


def waiting(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """What a person waits for, with an idea of middle length: until something is drawn, all is usable, all is over."""
    paces = sorted({row["tokens_per_second"] for row in rows})
    ways = [way for way in ("published", "thorough", "standard", "quick") if any(row["way"] == way for row in rows)]
    figure, every = plt.subplots(1, len(paces), figsize=(9, 2.6), squeeze=False, sharey=True)
    for axes, pace in zip(every[0], paces, strict=True):
        mine = {row["way"]: row for row in rows if row["tokens_per_second"] == pace and row["idea"] == "middle"}
        names = ["published order" if way == "published" else f"designchord, {way}" for way in ways]
        ends, usable = ([mine[way][what] for way in ways] for what in ("end", "usable"))
        axes.barh(names, ends, color="#cfe3f1", label="to its end")
        axes.barh(names, usable, color=[_THEIRS if way == "published" else _OURS for way in ways], label="usable")
        axes.scatter([mine[way]["first_drawn"] for way in ways], names, color="#d55e00", zorder=3, label="first drawn")
        axes.set_title(f"{pace:g} tokens a second", fontsize=11)
        axes.set_xlabel("seconds")
    every[0][0].invert_yaxis()
    every[0][-1].legend(frameon=False, fontsize=9, loc="lower right")
    _save(figure, file)


def costs(row: dict[str, Any], file: Path) -> None:
    """Where the CPU of a design goes, process by process."""
    figure, axes = plt.subplots(figsize=(8, 2.6))
    names = sorted(row["cpu_median_ms"], key=row["cpu_median_ms"].__getitem__)
    bars = axes.barh(names, [row["cpu_median_ms"][name] for name in names], color=_OURS)
    axes.bar_label(bars, fmt="%.1f", padding=4)
    axes.set_xlabel(
        f"CPU of a design by process, ms ({row['designs']} designs at once, scaled, {row['calls']:.0f} calls)"
    )
    _save(figure, file)


def _save(figure: Any, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)
