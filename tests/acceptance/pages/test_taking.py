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
from tests.acceptance.processes import Server

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


def test_the_document_shows_the_pictures_that_it_speaks_of(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design = new_design()
    place = f"/designs/{design}/artifacts/document"
    source = server.call("GET", place)[1]["revision"]["source"]
    blocks = ("sequenceDiagram\n  Keeper->>Shelf: puts back", "nothing that is drawn")
    own = "\n\n## Notes\n" + "".join(f"\n```mermaid\n{block}\n```\n" for block in blocks)
    assert server.call("PUT", place, {"source": source + own, "base": 1})[0] == 200
    person = visit()
    person.open(design, "document")
    article = person.page.locator(".prose")
    pictures = article.locator(".document-picture")
    expect(article.locator(".document-picture .er-table[data-name=Tool]")).to_be_visible()
    stories = person.page.locator("nav.parts [data-nested=true]").count()
    expect(pictures).to_have_count(stories + 2)
    expect(article.locator(".document-picture img")).to_have_count(stories + 1)
    person.expect_picture(article.locator(".document-picture img").last)
    expect(article.locator("pre", has_text="nothing that is drawn")).to_be_visible()
    article.get_by_role("link", name="Open the diagram: ERD").click()
    expect(person.page.locator("#panel-title")).to_have_text("ERD")
    person.expect_nothing_bad()


def test_the_operations_of_an_api_are_filtered_read_and_tried(
    visit: Callable[..., Visit], finished_design: str
) -> None:
    person = visit()
    person.open(finished_design, "api")
    page = person.page
    listed = page.get_by_role("navigation", name="Operations")
    expect(listed.locator("section a").first).to_be_visible()
    every = listed.locator("section a").count()
    page.get_by_label("Word, path, requirement").fill("post loans")
    expect(listed.locator("section a")).to_have_count(1)
    page.get_by_label("Word, path, requirement").fill("")
    page.get_by_label("Show only").select_option("requirement:R1")
    assert 0 < listed.locator("section a").count() < every
    page.get_by_label("Show only").select_option("entity:Tool")
    expect(listed.get_by_role("link", name="POST /tools").first).to_be_visible()
    page.get_by_label("Show only").select_option("")

    listed.get_by_role("link").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(listed.get_by_role("link").first).to_be_focused()
    listed.get_by_role("link", name="POST /loans").first.press("Enter")
    detail = page.locator(".api-detail")
    expect(detail.get_by_role("heading", name="POST /loans")).to_be_visible()
    expect(detail.locator(".response", has=page.get_by_text("409", exact=True))).to_be_visible()
    expect(detail.locator(".sample pre").first).to_contain_text('"tool_id"')
    detail.get_by_role("button", name="Try it").click()
    expect(page.get_by_label("Operation")).to_have_value("createLoan")
    person.expect_nothing_bad()


def test_an_operation_has_an_address_and_leads_to_its_schemas_and_requirements(
    visit: Callable[..., Visit], finished_design: str
) -> None:
    person = visit()
    person.open(finished_design, "api@createLoan")
    page = person.page
    detail = page.locator(".api-detail")
    detail.get_by_role("link", name="Loan", exact=True).first.click()
    expect(detail.get_by_role("heading", name="Loan", exact=True)).to_be_visible()
    expect(detail.locator("td").first).to_be_visible()
    page.go_back()
    chip = detail.locator(".requirement").first
    requirement = chip.inner_text()
    assert chip.get_attribute("title"), "the words of the requirement"
    chip.click()
    expect(page.locator(".matrix tr.lit")).to_contain_text(requirement)
    expect(page.locator(".matrix tr.lit")).to_be_in_viewport()
    page.go_back()
    expect(detail.get_by_role("heading", name="POST /loans")).to_be_visible()
    person.expect_nothing_bad()


def test_on_a_phone_an_operation_takes_the_place_of_the_list(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit(viewport={"width": 390, "height": 844})
    person.open(finished_design, "api")
    page = person.page
    page.get_by_role("link", name="POST /loans").first.click()
    expect(page.get_by_role("heading", name="POST /loans")).to_be_visible()
    expect(page.get_by_role("navigation", name="Operations")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="All operations").click()
    expect(page.get_by_role("navigation", name="Operations")).to_be_visible()
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
    expect(owner.page.get_by_role("dialog")).to_contain_text("Only this machine reaches the link")
    file = owner.page.get_by_role("dialog").get_by_role("link", name="One HTML file")
    expect(file).to_have_attribute("href", re.compile("export[?]format=html"))

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
