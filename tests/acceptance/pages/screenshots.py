"""Takes the pictures in ``docs/screenshots``: ``python -m tests.acceptance.pages.screenshots docs/screenshots``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.acceptance.pages.conftest import CHROMIUM
from tests.acceptance.pages.large import blueprint
from tests.acceptance.processes import Server, serving

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
PACE = Pace(ttft=0.8, tps=900)


class Camera:
    def __init__(self, browser: Browser, server: Server, folder: Path) -> None:
        self._browser = browser
        self._server = server
        self._folder = folder

    def open(self, path: str, *, locale: str = "en-US", dark: bool = False, narrow: bool = False) -> Page:
        options: dict[str, Any] = {
            "locale": locale,
            "color_scheme": "dark" if dark else "light",
            "viewport": NARROW if narrow else WIDE,
            "reduced_motion": "reduce",
        }
        page = self._browser.new_context(**options).new_page()
        page.goto(f"{self._server.url}{path}")
        page.wait_for_load_state("networkidle" if path == "/" else "load")
        return page

    def take(self, page: Page, name: str, *, wait: int = 1500) -> None:
        page.wait_for_timeout(wait)
        page.screenshot(path=self._folder / f"{name}.png")
        page.context.close()


def example(server: Server, language: str) -> dict[str, Any]:
    items = server.call("GET", "/examples")[1]["items"]
    found = next(item for item in items if item["language"] == language)
    return {name: found[name] for name in ("title", "content", "requirements", "language")}


def idea_text(server: Server, language: str) -> str:
    found = example(server, language)
    return f"# {found['title']}\n\n{found['content']}\n\n## Requirements\n\n{found['requirements']}\n"


def take_hospital(camera: Camera, server: Server) -> None:
    """A design of sixty entities: the whole, one entity with its neighbours, a word followed."""
    idea = {"title": "Hospital", "content": "Staff keep the records of patients", "language": "en", "model": "offline"}
    large = server.submit(**idea, blueprint=blueprint(60))
    server.wait_until_ended(large)
    camera.take(camera.open(f"/designs/{large}/#erd"), "erd-large-en", wait=2500)
    focused = camera.open(f"/designs/{large}/#erd", dark=True)
    focused.click(".er-table[data-name=Encounter] .er-label")
    camera.take(focused, "erd-focus-en-dark")
    thread = camera.open(f"/designs/{large}/")
    thread.wait_for_selector(".brief")
    thread.keyboard.press("/")
    thread.keyboard.type("Patient")
    camera.take(thread, "thread-en")


def take_all(camera: Camera, server: Server) -> None:
    start = camera.open("/")
    start.fill("#content", idea_text(server, "en"))
    camera.take(start, "start-en")
    connect = camera.open("/", dark=True)
    connect.click("button:has-text('Connect a model')")
    camera.take(connect, "connect-en-dark")
    korean = server.submit(**example(server, "ko"))
    live = camera.open(f"/designs/{korean}/", locale="ko-KR")
    live.wait_for_selector(".card[data-kind=sequence][data-standing=done] img", timeout=60_000)
    camera.take(live, "live-ko", wait=200)
    finished = server.call("GET", "/examples/en-3-choir-library")[1]
    fields = ("title", "content", "requirements", "language", "blueprint")
    english = server.submit(**{name: finished[name] for name in fields}, model="offline")
    for design_id in (korean, english):
        server.wait_until_ended(design_id)

    camera.take(camera.open("/", locale="ko-KR", dark=True), "start-ko-dark")
    overview = camera.open(f"/designs/{english}/")
    camera.take(overview, "overview-en", wait=4000)
    camera.take(camera.open(f"/designs/{english}/#erd", dark=True), "erd-en-dark", wait=3000)
    camera.take(camera.open(f"/designs/{korean}/#document", locale="ko-KR"), "document-ko")
    camera.take(camera.open(f"/designs/{korean}/#report", locale="ko-KR", dark=True), "report-ko-dark")
    camera.take(camera.open(f"/designs/{english}/#api@addProgrammeItem"), "api-en")
    shared = server.call("POST", f"/designs/{english}/share")[1]["path"]
    camera.take(camera.open(shared), "share-en")
    camera.take(camera.open(f"/designs/{korean}/#api", locale="ko-KR", narrow=True), "phone-api-ko")
    camera.take(camera.open(f"/designs/{english}/#blueprint"), "blueprint-en")
    edit = camera.open(f"/designs/{korean}/#erd", locale="ko-KR")
    edit.wait_for_selector(".stage-picture svg")
    edit.click(".panel-tools button:has-text('편집')")
    edit.locator(".cm-content").click()
    edit.keyboard.press("Control+End")
    edit.keyboard.insert_text(" :")
    edit.wait_for_selector(".cm-lint-marker-error")
    edit.click(".problem[data-severity=error] .link")
    edit.evaluate("scrollTo(0, 0)")
    camera.take(edit, "edit-ko", wait=500)
    take_hospital(camera, server)
    drafted = server.submit(**{**example(server, "ko"), "model": "offline"})
    server.wait_until_ended(drafted)
    camera.take(camera.open(f"/designs/{drafted}/#blueprint", locale="ko-KR"), "decisions-ko")
    camera.take(camera.open("/", locale="ko-KR", narrow=True), "phone-start-ko")
    camera.take(camera.open(f"/designs/{korean}/", locale="ko-KR", narrow=True, dark=True), "phone-overview-ko-dark")
    camera.take(camera.open(f"/designs/{english}/#erd", narrow=True), "phone-erd-en", wait=3000)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, ModelServer(pace=PACE) as model, sync_playwright() as playwright:
        environ = {
            "DESIGNCHORD_MODEL": "openai:gpt-4o",
            "DESIGNCHORD_EFFORT": "thorough",
            "OPENAI_BASE_URL": model.base_url,
            "OPENAI_API_KEY": "sk-test",
        }
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with serving(Path(home) / "home", **environ) as server:
            take_all(Camera(browser, server, folder), server)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
