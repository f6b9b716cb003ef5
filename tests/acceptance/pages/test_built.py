"""What was built, on the page: each requirement with what of it is there, what differs, drift over time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server
from tests.flows.system import API, SCHEMA

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}}
DRIFT = SCHEMA.replace("    title varchar(100) NOT NULL,\n", "")
WITHOUT_LOANS = API[: API.index("  /loans:\n")] + API[API.index("components:\n") :]


@pytest.fixture
def design(server: Server) -> str:
    files = [{"name": "openapi.yaml", "text": API}, {"name": "schema.sql", "text": SCHEMA}]
    status, made = server.call("POST", "/imports", {"files": files, "title": "Tool library", "language": "en"})
    assert status == 202, made
    server.wait_until_ended(made["id"])
    return str(made["id"])


@pytest.fixture
def report(server: Server, tmp_path: Path) -> Callable[..., None]:
    """Verifies as a CI job does: against an exported folder, with the design's address and the commit."""
    from designchord.cli import run

    def verify(design: str, revision: str, *, schema: str = SCHEMA, api: str = API) -> None:
        source = server.call("GET", f"/designs/{design}/artifacts/blueprint")[1]["revision"]["source"]
        for name, text in (("blueprint.json", source), ("schema.sql", schema), ("openapi.yaml", api)):
            (tmp_path / name).write_text(text)
        given = [
            "--openapi",
            str(tmp_path / "openapi.yaml"),
            *(["--ddl", str(tmp_path / "schema.sql")] if schema else []),
        ]
        told = ["--report-to", f"{server.url}/designs/{design}/", "--revision", revision]
        assert run(["verify", str(tmp_path / "blueprint.json"), *given, *told]) in (0, 1)

    return verify


def bars(page: Page) -> list[str]:
    """How the bars of the picture are made up, from the floor up."""
    layers = "bars => bars.map((bar) => [...bar.querySelectorAll('rect')].map((one) => one.dataset.standing).join(' '))"
    found: list[str] = page.locator(".drift-bar").evaluate_all(layers)
    return found


def test_each_requirement_says_what_of_it_is_there_and_the_picture_how_that_went(
    visit: Callable[..., Visit], server: Server, design: str, report: Callable[..., None]
) -> None:
    person = visit()
    person.open(design, "report")
    page = person.page
    expect(page.get_by_role("columnheader", name="Shown to run")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Built")).to_have_count(0)
    report(design, "1f2e3d4", schema="")
    # Whoever has the page open sees it come.
    expect(page.get_by_role("columnheader", name="Built")).to_be_visible()
    assert bars(page) == ["exists unchecked"]
    report(design, "5a6b7c8", schema=DRIFT, api=WITHOUT_LOANS)
    expect(page.locator(".drift-bar")).to_have_count(2)
    assert bars(page)[1] == "exists differs missing"
    expect(page.locator(".drift-bar").nth(1).locator("text")).to_have_text("2")
    section = page.get_by_role("region", name="Built")
    expect(section).to_contain_text("version 5a6b7c8")
    expect(section.locator(".difference").first).to_contain_text("No column keeps Tool.title.")
    expect(section.locator(".difference").first).to_contain_text("Add a column title to tools.")
    last = server.call("GET", f"/designs/{design}/verifications")[1]["last"]
    loans = next(one["id"] for one in last["requirements"] if one["missing"])
    cell = page.locator("tr", has=page.get_by_text(loans, exact=True)).locator("td.built")
    expect(cell).to_contain_text("missing")
    expect(cell).to_contain_text("POST /loans")
    section.get_by_text(re.compile("All verifications")).click()
    expect(section.get_by_role("row", name=re.compile("1f2e3d4"))).to_be_visible()
    assert find_violations(page) == []
    person.expect_nothing_bad()


def test_a_verification_of_an_older_blueprint_is_said_to_be_out_of_date(
    visit: Callable[..., Visit], server: Server, design: str, report: Callable[..., None]
) -> None:
    report(design, "1f2e3d4")
    person = visit()
    person.open(design)
    page = person.page
    line = page.locator(".brief .hint", has_text="Built:")
    expect(line).to_contain_text("requirements are there as designed")
    expect(line).not_to_contain_text("changed since")
    wish = {"words": "add a rating to Tool", "apply": True}
    assert server.call("POST", f"/designs/{design}/changes", wish)[0] == 200
    expect(line).to_contain_text("The blueprint was changed since")
    person.open(design, "report")
    expect(page.get_by_role("region", name="Built").locator(".notice.warning")).to_be_visible()


def test_on_a_phone_in_korean_it_fits_and_says_the_same(
    visit: Callable[..., Visit], design: str, report: Callable[..., None]
) -> None:
    report(design, "1f2e3d4", schema=DRIFT)
    person = visit(locale="ko-KR", color_scheme="dark", **PHONE)
    person.open(design, "report")
    page = person.page
    section = page.get_by_role("region", name="구현")
    expect(section).to_contain_text("버전 1f2e3d4를 검증했습니다")
    expect(page.locator("td.built [data-standing=differs]").first).to_have_text("다름")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert find_violations(page) == []
    person.expect_nothing_bad()


def test_what_somebody_reports_is_text_and_nothing_else(
    visit: Callable[..., Visit], server: Server, design: str
) -> None:
    word = '<img src=x onerror="alert(1)">'
    finding: dict[str, Any] = {"code": "verify.type", "severity": "error", "thing": word, "message": word, "note": word}
    spot = {"file": word, "line": 3, "item": word}
    body = {"compared": {}, "findings": [finding | {"built": spot}], "things": [], "revision": word}
    assert server.call("POST", f"/designs/{design}/verifications", body)[0] == 201
    person = visit()
    person.open(design, "report")
    expect(person.page.get_by_role("region", name="Built").locator(".difference")).to_contain_text(
        json.dumps(word)[1:5]
    )
    expect(person.page.locator(".difference img")).to_have_count(0)
    person.expect_nothing_bad()
