"""What a reader of a design waits for, in a real browser: the first picture, long tasks, what moves, what is fetched.

    python -m bench.page                      this version, five openings of each view, in some three minutes
    python -m bench.page --against FOLDER     another checkout beside it, opened in turn, so that load hits both alike
    python -m bench.page --view ERD --moved   one view, and what moved in it

The design has thirty entities and is opened with an empty cache; the one that is made is an example, written by the
model server. Figures are medians, but for the layout shift, of which the largest counts. CPU of the main thread is what
load changes least.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.acceptance.pages.conftest import CHROMIUM
from tests.acceptance.pages.large import blueprint
from tests.acceptance.processes import Server, serving
from tests.servers import ROOT

ENTITIES = 30
IDEA = {"title": "Hospital", "content": "Staff keep the records of patients", "language": "en", "model": "offline"}
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
#: The time until something is on the screen, long tasks and shifts, as the browser itself counts them.
WATCH = "".join(
    Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page_watch.js", "layout_shift.js")
)
#: After the picture: what is still done must not hurt either.
CALM_MS = 1500
#: Seconds that a picture may take before something is wrong.
PATIENCE = 60
MADE = "made"


@dataclass(frozen=True, slots=True)
class View:
    """What is opened: its name, the part of the design, the window, what is the picture there."""

    name: str
    part: str
    window: dict[str, int]
    picture: str


VIEWS = (
    View("overview", "", DESK, ".brief .er-table"),
    View("overview, phone", "", PHONE, ".brief .er-table"),
    View("ERD", "#erd", DESK, ".stage .er-table"),
    View("story", "#sequence/long-day", DESK, ".inline-drawing"),
    View("document", "#document", DESK, ".document-picture .er-table"),
    View("API", "#api", DESK, ".api-reader"),
    View("being made", MADE, DESK, ".card .er-table"),
    View("being made, phone", MADE, PHONE, ".card .er-table"),
)


class Opening:
    """One view opened once, with nothing in the cache."""

    def __init__(self, browser: Browser, view: View) -> None:
        self._context = browser.new_context(viewport=view.window, locale="en-US")  # type: ignore[arg-type]
        self.page: Page = self._context.new_page()
        self._picture = view.picture
        self._session = self._context.new_cdp_session(self.page)
        self._session.send("Network.enable")
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._requests = 0
        self._bytes = 0.0
        self._session.on("Network.requestWillBeSent", self._on_request)
        self._session.on("Network.loadingFinished", self._on_finished)
        self.page.add_init_script(f"window.PICTURE = {json.dumps(view.picture)};\n{WATCH}")

    def _on_request(self, _: Any) -> None:
        self._requests += 1

    def _on_finished(self, event: Any) -> None:
        self._bytes += event["encodedDataLength"]

    def look(self, url: str, until: str = "") -> tuple[dict[str, float], list[Any]]:
        """The figures, and what moved."""
        self.page.goto(url, wait_until="commit")
        # The policy lets no text become a script, so it is asked instead of waited for.
        deadline = time.monotonic() + PATIENCE
        while not self.page.evaluate("window.seen.picture"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self._picture} did not come on {url}")
            self.page.wait_for_timeout(20)
        requests, fetched, busy = self._requests, self._bytes, self._busy()
        if until:
            self.page.wait_for_selector(until, timeout=PATIENCE * 2000)
        self.page.wait_for_timeout(CALM_MS)
        seen, moved = self.page.evaluate("[window.seen, window.moved]")
        self._session.send("HeapProfiler.collectGarbage")
        figures = {
            "first paint, ms": seen["paint"],
            "picture, ms": seen["picture"],
            "main thread until then, CPU ms": busy,
            "longest task, ms": max((duration for _, duration in seen["tasks"]), default=0),
            "layout shift": moved["worst"],
            "requests until then": requests,
            "kB until then": fetched / 1000,
            "heap, MB": self.page.evaluate("performance.memory.usedJSHeapSize / 1e6"),
        }
        return figures, moved["shifts"]

    def _busy(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration") * 1000)

    def close(self) -> None:
        self._context.close()


class Subject:
    """A checkout, served, with a finished design of thirty entities."""

    def __init__(self, stack: ExitStack, root: Path, home: Path, model: str) -> None:
        self.name = root.name
        asked = {"DESIGNCHORD_MODEL": "openai:gpt-4o", "DESIGNCHORD_EFFORT": "quick"}
        provider = {"OPENAI_BASE_URL": model, "OPENAI_API_KEY": "sk-test"}
        found = {"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1"}
        self._server: Server = stack.enter_context(serving(home, **asked, **provider, **found))
        self._design = self._server.submit(**IDEA, blueprint=blueprint(ENTITIES))
        self._server.wait_until_ended(self._design)
        examples = self._server.call("GET", "/examples")[1]["items"]
        example = next(one for one in examples if one["language"] == "en")
        self._brief = {name: example[name] for name in ("title", "content", "requirements", "language")}

    def open(self, browser: Browser, view: View, *, moved: bool) -> dict[str, float]:
        opening = Opening(browser, view)
        try:
            if view.part == MADE:
                made = self._server.submit(**self._brief)
                figures, shifts = opening.look(f"{self._server.url}/designs/{made}/", ".brief .er-table")
            else:
                figures, shifts = opening.look(f"{self._server.url}/designs/{self._design}/{view.part}")
        finally:
            opening.close()
        if moved:
            print(*(f"    {shift}" for shift in shifts), sep="\n")
        return figures


def show(view: str, subject: str, seen: list[dict[str, float]]) -> None:
    told = []
    for name in seen[0]:
        values = [one[name] for one in seen]
        told.append(
            f"{name} {max(values):.3f}" if name == "layout shift" else f"{name} {statistics.median(values):.0f}"
        )
    print(f"{view:18} {subject:12} {' · '.join(told)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--view", action="append", choices=[view.name for view in VIEWS], help="only this one")
    parser.add_argument("--moved", action="store_true", help="print what moved")
    wish = parser.parse_args()
    roots = [*([wish.against.resolve()] if wish.against else []), ROOT]
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        model = stack.enter_context(ModelServer(pace=Pace(ttft=0.5, tps=400)))
        subjects = [Subject(stack, root, folder / str(n), model.base_url) for n, root in enumerate(roots)]
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        stack.callback(browser.close)
        for view in VIEWS:
            if wish.view and view.name not in wish.view:
                continue
            figures: dict[str, list[dict[str, float]]] = defaultdict(list)
            for _ in range(wish.times):
                for subject in subjects:
                    figures[subject.name].append(subject.open(browser, view, moved=wish.moved))
            for name, seen in figures.items():
                show(view.name, name, seen)
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
