"""Stories: a design is read and taken away."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.visiting import Visit

pytestmark = pytest.mark.browser


def take(page: Page, menu: str, entry: str, folder: Path) -> Path:
    page.get_by_role("button", name=menu).click()
    with page.expect_download() as waiting:
        page.locator(".menu-entry").filter(has_text=re.compile(f"^{re.escape(entry)}")).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_the_html_export_opens_from_disk_without_network(
    visit: Callable[..., Visit], finished_design: str, tmp_path: Path
) -> None:
    person = visit()
    person.open(finished_design)
    path = take(person.page, "Export", "One HTML file", tmp_path)

    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.page.goto(path.as_uri())
    expect(person.page.get_by_text("Tool library").first).to_be_visible()
    expect(person.page.locator("svg").first).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_zip_markdown_and_openapi_can_be_taken_away(
    visit: Callable[..., Visit], finished_design: str, tmp_path: Path
) -> None:
    person = visit()
    person.open(finished_design)
    names = zipfile.ZipFile(
        io.BytesIO(take(person.page, "Export", "Everything as ZIP", tmp_path).read_bytes())
    ).namelist()
    assert any(name.endswith("openapi.json") for name in names)
    assert "```mermaid" in take(person.page, "Export", "Markdown", tmp_path).read_text("utf-8")
    assert json.loads(take(person.page, "Export", "OpenAPI", tmp_path).read_text("utf-8"))["openapi"].startswith("3.1")


def test_a_diagram_shows_its_words_and_is_taken_away_as_svg_png_and_source(
    visit: Callable[..., Visit], finished_design: str, tmp_path: Path
) -> None:
    person = visit()
    person.open(finished_design, "erd")
    person.expect_picture(person.page.locator(".stage-picture svg"))
    source = take(person.page, "Download", "Source file", tmp_path).read_text("utf-8")
    svg = take(person.page, "Download", "SVG", tmp_path).read_text("utf-8")
    png = take(person.page, "Download", "PNG", tmp_path).read_bytes()

    shown = "".join(re.findall(r">([^<]*)<", svg))
    for entity in re.findall(r"^\s*(\w+)(?:\[.*\])? \{$", source, re.MULTILINE):
        assert entity in shown
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5_000


def test_pictures_zoom_by_keys_and_fit_again(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "erd")
    stage = person.page.locator(".stage")
    picture = stage.locator(".stage-picture svg")
    person.expect_picture(picture)
    before = picture.bounding_box()
    stage.focus()
    person.page.keyboard.press("+")
    person.page.keyboard.press("+")
    larger = picture.bounding_box()
    person.page.keyboard.press("0")
    assert before
    assert larger
    assert larger["width"] > before["width"] * 1.3
    assert (picture.bounding_box() or larger)["width"] < larger["width"]


def test_the_document_is_read_by_its_contents(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "document")
    entry = person.page.get_by_role("navigation", name="Contents").get_by_role("link").last
    entry.click()
    expect(person.page.locator(".prose").get_by_role("heading", name=entry.inner_text()).last).to_be_in_viewport()
    person.expect_nothing_bad()


def test_the_api_is_read_here_and_in_swagger_ui(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "api")
    operation = person.page.locator(".prose .operation").first
    path = operation.locator("summary code").inner_text()
    person.page.locator(".prose .operations").get_by_role("link", name=path, exact=True).first.click()
    expect(operation).to_have_attribute("open", "")
    expect(operation.get_by_role("heading", name="Responses")).to_be_visible()

    person.page.get_by_role("button", name="Swagger UI").click()
    frame = person.page.frame_locator("iframe.swagger")
    expect(frame.locator(".opblock-summary-path").first).to_have_attribute("data-path", path)
    person.expect_nothing_bad()


def test_a_cell_of_the_matrix_leads_to_its_line(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "report")
    person.page.locator(".matrix td a").first.click()
    expect(person.page.locator(".mark[data-severity=here]")).to_be_in_viewport()


def test_a_design_is_shared_for_reading_and_the_link_withdrawn(
    visit: Callable[..., Visit], new_design: Callable[..., str]
) -> None:
    owner = visit()
    owner.open(new_design())
    owner.page.get_by_role("button", name="Share").click()
    owner.page.get_by_role("button", name="Create a link").click()
    link = owner.page.get_by_label("Link for reading").input_value()

    reader = visit()
    reader.page.goto(link)
    expect(reader.page.get_by_text("Tool library").first).to_be_visible()
    expect(reader.page.get_by_role("button", name="Edit")).to_have_count(0)
    reader.expect_nothing_bad()

    owner.page.get_by_role("button", name="Withdraw").click()
    expect(owner.page.get_by_role("button", name="Create a link")).to_be_visible()
    answer = reader.page.goto(link)
    assert answer is not None
    assert answer.status == 404
    owner.expect_nothing_bad()
