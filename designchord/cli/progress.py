"""What a person sees while a design is made: one line a step, on standard error.

On a terminal the lines change in place (rich, loaded only then); elsewhere each change is a line of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, Self

import click

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

Step = Mapping[str, Any]

_PHASES = {"waiting": "waiting for the model"}
_WAITS = {
    "model_silent": "it has not begun to answer",
    "model_rate_limited": "its provider asks to slow down",
    "model_overloaded": "it is overloaded",
    "model_unreachable": "it cannot be reached",
    "model_circuit_open": "it failed several times in a row",
}
_MARKS = {"waiting": "·", "ready": "·", "running": "▸", "done": "✓", "failed": "✗", "cancelled": "–"}
_STYLES = {"running": "cyan", "done": "green", "failed": "red", "waiting": "dim", "ready": "dim", "cancelled": "dim"}


class Progress(Protocol):
    """Shows steps as they stand; ``show`` is called with all of them whenever one may have changed."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc_info: object) -> None: ...

    def show(self, steps: Iterable[Step]) -> None: ...


def choose_progress(*, quiet: bool) -> Progress:
    if quiet:
        return Silent()
    return Drawn() if sys.stderr.isatty() else Lines()


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        return None

    def show(self, steps: Iterable[Step]) -> None:
        return None


class Lines:
    """One line for each change of a step's state, and when it waits for a model; for logs and pipes."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._seen: dict[tuple[str, str, int], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        return None

    def show(self, steps: Iterable[Step]) -> None:
        for step in steps:
            key, state = (step["kind"], step["part"], step["run"]), step["state"]
            if state in {"waiting", "ready"}:
                continue
            if state == "running" and step.get("phase") == "waiting":
                state = "waiting"  # for a model, not for its turn
            if self._seen.get(key) == state:
                continue
            self._seen[key] = state
            error = (step.get("error") or {}).get("message", "") or _reason(step)
            elapsed = time.monotonic() - self._began
            click.echo(f"{elapsed:7.1f} s  {state:<9} {_name(step)}{f': {error}' if error else ''}", err=True)


class Drawn:
    """A table that is drawn anew as steps move."""

    def __init__(self) -> None:
        self._began: dict[tuple[str, str, int], float] = {}
        self._took: dict[tuple[str, str, int], float] = {}
        self._steps: tuple[Step, ...] = ()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(console=Console(stderr=True), refresh_per_second=8, get_renderable=self._table)
        self._live.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, steps: Iterable[Step]) -> None:
        self._steps = tuple(steps)
        now = time.monotonic()
        for step in self._steps:
            key = (step["kind"], step["part"], step["run"])
            if step["state"] == "running":
                self._began.setdefault(key, now)
            elif step["state"] in {"done", "failed", "cancelled"}:
                self._took.setdefault(key, now - self._began.get(key, now))

    def _table(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        now = time.monotonic()
        for step in self._steps:
            key, state = (step["kind"], step["part"], step["run"]), step["state"]
            seconds = self._took.get(key, now - self._began[key] if key in self._began else None)
            phase = step.get("phase") or ""
            told = (step.get("error") or {}).get("message") or _PHASES.get(phase, phase)
            told = ": ".join(filter(None, (told, _reason(step))))
            table.add_row(
                Text(_MARKS.get(state, "?"), style=_STYLES.get(state, "")),
                Text(_name(step)),
                Text("" if seconds is None else f"{seconds:.1f} s", style="dim"),
                Text(told, style="dim"),
            )
        return table


def _reason(step: Step) -> str:
    """What a step waits for, and until when."""
    waiting = step.get("waiting") or {}
    words = _WAITS.get(waiting.get("code", ""), "")
    if until := waiting.get("until"):
        words = f"{words} (until {datetime.fromisoformat(until).astimezone():%H:%M:%S})".strip()
    return words


def _name(step: Step) -> str:
    title = step.get("title") or step.get("part")
    return f"{step['kind']}: {title}" if title and title != step["kind"] else str(step["kind"])
