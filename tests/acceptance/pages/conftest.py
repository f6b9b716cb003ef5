"""A real browser, a real server, and a model server at a pace that lets one watch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.acceptance.pages.visiting import BRIEF, COUNT_VIOLATIONS, PATIENCE_MS, Visit
from tests.acceptance.processes import Server, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def model() -> Iterator[ModelServer]:
    with ModelServer(pace=Pace(latency=1.2)) as server:
        yield server


@pytest.fixture
def model_says(model: ModelServer) -> Iterator[Callable[..., None]]:
    """Change what the model does for one test: rules as in ``bench/README.md``."""
    yield lambda *rules: model.script(rules)
    model.script([])


@pytest.fixture(scope="session")
def server(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("pages") / "home"
    environ = {
        "DESIGNCHORD_MODEL": "openai:gpt-4o",
        "DESIGNCHORD_EFFORT": "thorough",
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_API_KEY": "sk-test",
    }
    with serving(home, **environ) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Visit]]:
    """Opens a browser window of its own: ``visit(locale="ko-KR")``."""
    contexts: list[BrowserContext] = []

    def begin(**options: Any) -> Visit:
        context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(COUNT_VIOLATIONS)
        contexts.append(context)
        return Visit(context.new_page(), server)

    yield begin
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def finished_design(server: Server) -> str:
    """A design that was made already. Tests that change one make their own."""
    design_id = server.submit(**BRIEF, model="offline")
    assert server.wait_until_ended(design_id)["state"] == "done"
    return design_id


@pytest.fixture
def new_design(server: Server) -> Callable[..., str]:
    """Makes a finished design of its own for a test."""

    def make(**changes: Any) -> str:
        design_id = server.submit(**{**BRIEF, "model": "offline", **changes})
        server.wait_until_ended(design_id)
        return design_id

    return make
