"""The exported page in a real browser, opened from disk: drawn, readable, closed to everything outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from designchord.export.design import Artifact, Design
from designchord.export.page import single_html

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>"
LINKS = "[a](javascript:alert(1)) ![b](https://example.org/b.png)"
ERD = "erDiagram\n  Loan {\n    uuid id PK\n  }\n  Member ||--o{ Loan : has\n"
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Loans", "version": "1", "description": HOSTILE},
    "paths": {
        "/loans": {
            "get": {
                "operationId": "listLoans",
                "summary": HOSTILE,
                "responses": {"200": {"description": "The loans"}},
            }
        }
    },
}
DESIGN = Design(
    id="1",
    title=f"공구 {HOSTILE}",
    content=HOSTILE,
    requirements=HOSTILE,
    language="ko",
    state="done",
    model=HOSTILE,
    created_at="2026-01-01T00:00:00.000Z",
    artifacts=(
        Artifact("document", "", "문서", f"# 문서\n\n{HOSTILE}\n\n{LINKS}", "edited"),
        Artifact("sequence", "lend", HOSTILE, "sequenceDiagram\n  actor M as 회원\n  M->>S: GET /loans\n", "generated"),
        Artifact("sequence", "bad", "Bad", f"sequenceDiagram\n  A->>B: {HOSTILE}\n", "edited"),
        Artifact("sequence", "broken", "Broken", "sequenceDiagram\n  A->>\n", "edited"),
        Artifact("erd", "", "ERD", ERD, "skeleton"),
        Artifact("api", "", "API", json.dumps(OPENAPI), "generated"),
    ),
    report={
        "problems": [{"code": "x", "severity": "warning", "message": HOSTILE, "kind": "erd", "part": ""}],
        "matrix": {"rows": [{"id": "R1", "text": HOSTILE, "cells": {"erd": {"covered": True, "how": HOSTILE}}}]},
        "counts": {"error": 0, "warning": 1, "info": 0},
    },
)


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page, opened from disk and drawn; ``page.asked`` would be what it asked for elsewhere."""
    (tmp_path / "index.html").write_text(single_html(DESIGN), encoding="utf-8")
    opened = browser.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto((tmp_path / "index.html").as_uri())
    opened.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
    yield opened
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    opened.close()


def test_every_valid_diagram_is_drawn_and_a_broken_one_shows_its_source(page: Page) -> None:
    assert page.locator("#sequence-lend figure.drawn svg").count() == 1
    assert page.locator("#erd-main figure.drawn svg").count() == 1
    assert "회원" in (page.locator("#sequence-lend svg").text_content() or "")
    assert page.locator("#sequence-broken figure > pre").is_visible()
    assert page.locator("#sequence-broken svg").count() == 0


def test_nothing_that_somebody_wrote_runs(page: Page) -> None:
    page.wait_for_timeout(300)
    assert page.title() == DESIGN.title
    assert page.locator("img[onerror], [onerror], a[href^='javascript']").count() == 0
    assert page.locator("img[src^='http']").count() == 0


def test_a_link_opens_the_operation_that_it_points_to(page: Page) -> None:
    operation = page.locator("#operation-listLoans")
    assert operation.get_attribute("open") is None
    page.locator("a[href='#operation-listLoans']").click()
    page.wait_for_function("document.querySelector('#operation-listLoans').open")
    assert operation.get_by_text("The loans").is_visible()


def test_a_dark_screen_gets_dark_drawings_and_paper_gets_light_ones(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(single_html(DESIGN), encoding="utf-8")
    page = browser.new_page(color_scheme="dark")
    page.goto((tmp_path / "index.html").as_uri())
    page.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
    assert page.locator("#erd-main .dark svg").is_visible()
    assert not page.locator("#erd-main .light svg").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#erd-main .light svg").is_visible()
    assert not page.locator("#erd-main .dark svg").is_visible()
    page.close()


def test_pictures_make_the_page_need_no_drawing_script(browser: Browser, tmp_path: Path) -> None:
    picture = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20'/></svg>"
    text = single_html(DESIGN, lambda source: None if "A->>\n" in source else picture)
    assert len(text) < 100_000
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.locator("#erd-main figure img").evaluate("image => image.naturalWidth") == 40
    assert page.locator("#sequence-broken figure > pre").is_visible()
    page.close()
