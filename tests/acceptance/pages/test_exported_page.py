"""The exported page in a real browser, opened from disk: drawn, readable, closed to everything outside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from designchord.export.design import Artifact, Design
from designchord.export.folder import drawing
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
PLAN = json.dumps({"summary": f"공구를 빌린다 {HOSTILE}", "actors": [{"id": HOSTILE}], "questions": [HOSTILE, HOSTILE]})
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
        Artifact("blueprint", "", "", PLAN, "generated"),
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


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("exported") / "index.html"
    with drawing() as draw:
        path.write_text(single_html(DESIGN, draw), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser: Browser, file: str) -> Iterator[Callable[..., Page]]:
    """Opens the page from disk, as light, dark, wide or narrow as one likes; nothing is asked for elsewhere."""
    pages: list[Page] = []
    asked: list[str] = []

    def open_it(**options: Any) -> Page:
        page = browser.new_page(**options)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file)
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        page.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_every_valid_diagram_is_drawn_and_a_broken_one_shows_its_source(opened: Callable[..., Page]) -> None:
    page = opened()
    assert page.locator("#sequence-lend figure svg").count() == 1
    assert page.locator("#erd-main figure svg").count() == 1
    assert "회원" in (page.locator("#sequence-lend svg").text_content() or "")
    assert page.locator("#sequence-broken figure > pre").is_visible()
    assert page.locator("#sequence-broken svg").count() == 0


def test_it_begins_with_the_brief_and_its_pictures(opened: Callable[..., Page]) -> None:
    cover = opened(viewport={"width": 1280, "height": 800}).locator(".cover")
    assert "공구를 빌린다" in cover.inner_text()
    assert "요구사항 1개 중 0개" in cover.inner_text()
    pictures = cover.locator(".glance svg")
    assert pictures.count() == 2
    for picture in pictures.all():
        box = picture.locator("use").bounding_box()
        assert box
        assert box["width"] > 50
    cover.locator(".glance").first.click()
    assert cover.page.url.endswith("#erd-main")


def test_nothing_that_somebody_wrote_runs(opened: Callable[..., Page]) -> None:
    page = opened()
    page.wait_for_timeout(300)
    assert page.title() == DESIGN.title
    assert page.locator("img[onerror], [onerror], a[href^='javascript']").count() == 0
    assert page.locator("img[src^='http']").count() == 0


def test_a_link_opens_the_operation_that_it_points_to(opened: Callable[..., Page]) -> None:
    page = opened()
    operation = page.locator("#operation-listLoans")
    assert operation.get_attribute("open") is None
    page.locator("a[href='#operation-listLoans']").click()
    page.wait_for_function("document.querySelector('#operation-listLoans').open")
    assert operation.get_by_text("The loans").is_visible()


def test_one_drawing_is_light_dark_and_on_paper(opened: Callable[..., Page]) -> None:
    page = opened(color_scheme="dark")
    colour = """() => getComputedStyle(document.querySelector("#sequence-lend .messageText")).fill"""
    on_dark = page.evaluate(colour)
    page.emulate_media(color_scheme="light")
    on_light = page.evaluate(colour)
    assert on_light != on_dark
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(colour) == on_light
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_on_a_phone_pictures_scroll_in_their_frames_and_the_page_does_not(opened: Callable[..., Page]) -> None:
    page = opened(viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    picture = page.locator("#sequence-lend figure svg").bounding_box()
    assert picture
    assert picture["width"] > 0.7 * 390


def outline_of(pdf: bytes) -> list[tuple[str, int, float]]:
    """The headings of a PDF: each with its page, from 1, and how far up on it, in points."""
    objects = dict(re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL))
    pages: list[bytes] = []

    def walk(number: bytes) -> None:
        kids = re.search(rb"/Kids \[([^\]]*)\]", objects[number])
        if kids is None:
            pages.append(number)
        for kid in re.findall(rb"(\d+) 0 R", kids[1]) if kids else ():
            walk(kid)

    walk(next(re.search(rb"/Pages (\d+) 0 R", one)[1] for one in objects.values() if b"/Type /Catalog" in one))  # type: ignore[index]
    found = re.findall(rb"/Title (<[0-9A-F]+>|\([^)]*\))\n/Dest \[(\d+) 0 R /XYZ [\d.]+ ([\d.]+)", pdf)
    decoded = (
        bytes.fromhex(title[5:-1].decode()).decode("utf-16-be") if title[:1] == b"<" else title[1:-1].decode()
        for title, _, _ in found
    )
    return [(title, pages.index(page) + 1, float(top)) for title, (_, page, top) in zip(decoded, found, strict=True)]


def test_it_prints_as_a_cover_contents_and_a_page_for_each_part(opened: Callable[..., Page]) -> None:
    page = opened(color_scheme="dark")
    outline = outline_of(page.pdf(prefer_css_page_size=True, outline=True, tagged=True))
    at = {title: (number, top) for title, number, top in reversed(outline)}
    parts = [page.locator(f"#{part} > h2").inner_text() for part in ("document", "sequence", "erd", "api", "report")]

    def begins(words: str) -> tuple[int, float]:
        return next(place for title, place in at.items() if title.startswith(words))

    assert begins("요구사항 1개")[0] == 1, "the brief is the cover"
    assert begins("목차")[0] == 2
    numbers = [begins(part)[0] for part in parts]
    assert numbers == sorted(set(numbers)), "each part has pages of its own"
    assert numbers[0] == 3
    assert all(begins(part)[1] > 750 for part in parts), "each part begins at the top"


def test_on_paper_nothing_is_folded_or_cut(opened: Callable[..., Page]) -> None:
    page = opened()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#operation-listLoans").get_by_text("The loans").is_visible()
    for part in ("figure", "tr"):
        breaks = f"[...document.querySelectorAll('main {part}')].map((one) => getComputedStyle(one).breakInside)"
        assert set(page.evaluate(breaks)) == {"avoid"}
    heights = "[...document.querySelectorAll('figure svg')].map((one) => one.getBoundingClientRect().height)"
    assert max(page.evaluate(heights)) < 257 / 25.4 * 96, "each picture has room on a page"
    assert not page.locator("details.source").first.is_visible()
