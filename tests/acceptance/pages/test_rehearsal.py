"""Stories: an API is tried, a story's run is read beside its diagram, a story that breaks is explained and mended."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

IDEA = {
    "title": "Tool library",
    "content": "Neighbours lend tools to each other. Members search tools and borrow them. Keepers register tools.",
    "requirements": "- Members sign up with their email\n- Keepers register a tool\n- Members borrow a tool\n"
    "- Members view the details of a tool",
    "language": "en",
    "model": "offline",
}
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def design(server: Server) -> str:
    design_id = server.submit(**IDEA)
    server.wait_until_ended(design_id)
    return design_id


def source_of(server: Server, design_id: str) -> dict[str, Any]:
    return dict(json.loads(server.call("GET", f"/designs/{design_id}/artifacts/api")[1]["revision"]["source"]))


def story_of(server: Server, design_id: str, operation: str) -> dict[str, Any]:
    """The story that calls an operation."""
    played = server.call("GET", f"/designs/{design_id}/rehearsal")[1]["stories"]
    steps = ((story, step) for story in played for flow in story["workflows"] for step in flow["steps"][-1:])
    return next(story for story, step in steps if step["operation"] == operation)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def send(page: Page, operation: str, body: dict[str, Any] | None = None, *, keyboard: bool = False) -> None:
    page.get_by_label("Operation").select_option(operation)
    if body is not None:
        page.get_by_label("Body (JSON)").fill(json.dumps(body))
    button = page.get_by_role("button", name="Send")
    if keyboard:
        button.focus()
        page.keyboard.press("Enter")
    else:
        button.click()


def expect_answer(page: Page, status: int, *words: str) -> None:
    answer = page.get_by_role("region", name="Answer")
    expect(answer.locator(".badge").first).to_have_text(str(status))
    for word in words:
        expect(answer).to_contain_text(word)


def test_an_api_is_tried_it_creates_lists_gets_and_refuses_a_duplicate(
    visit: Callable[..., Visit], design: str
) -> None:
    person = visit(color_scheme="dark", **PHONE)
    person.open(design, "api")
    page = person.page
    page.get_by_role("button", name="Try it").click()
    send(page, "createTool", {"name": "Cordless drill", "serial_number": "D-1"})
    expect_answer(page, 201, "Cordless drill")
    expect(page.get_by_text("1 of 200 changes kept")).to_be_visible()
    send(page, "listTools", keyboard=True)
    expect_answer(page, 200, "Cordless drill")
    send(page, "getTool")  # the key of what was made stands there already
    expect_answer(page, 200, "Cordless drill")
    account = {"email": "new@example.com", "password": "longer-than-eight", "name": "New"}
    send(page, "signUp", account)
    expect_answer(page, 201, "new@example.com")
    send(page, "signUp", account)
    expect_answer(page, 409, "already")
    send(page, "createLoan")  # its body points to the drill
    expect_answer(page, 201, "tool_id")
    assert fits(page)
    assert find_violations(page) == []
    page.get_by_role("button", name="Begin again").click()
    expect(page.get_by_text("0 of 200 changes kept")).to_be_visible()
    send(page, "listTools")
    expect_answer(page, 200)
    expect(page.get_by_role("region", name="Answer")).not_to_contain_text("Cordless drill")
    person.expect_nothing_bad()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_run_of_a_story_stands_beside_its_diagram(
    visit: Callable[..., Visit], server: Server, design: str, scheme: str
) -> None:
    story = story_of(server, design, "createLoan")
    narrow = scheme == "dark"
    person = visit(color_scheme=scheme, locale="ko-KR" if narrow else "en-US", **(PHONE if narrow else {}))
    person.open(design, f"{story['kind']}/{story['id']}")
    page = person.page
    run = page.get_by_role("region", name="실행 기록" if narrow else "The run")
    step = run.locator(".run-step", has_text="POST /loans").first
    step.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(step.locator(".run-body").first).to_contain_text("tool_id")
    expect(step.locator(".run-body").last).to_contain_text('"id"')
    assert run.locator(".run-step[data-broken=true]").count() == 0
    assert fits(page)
    assert find_violations(page) == []
    person.expect_nothing_bad()


def test_a_story_that_breaks_is_found_explained_mended_by_an_edit_and_runs(
    visit: Callable[..., Visit], server: Server, design: str
) -> None:
    story = story_of(server, design, "createLoan")
    whole = source_of(server, design)
    broken = json.loads(json.dumps(whole))
    del broken["paths"]["/loans"]["post"]
    person = visit()
    person.open(design, "report")
    page = person.page
    rehearsal = page.get_by_role("region", name="Rehearsal")
    total = server.call("GET", f"/designs/{design}")[1]["report"]["rehearsal"]["total"]
    expect(rehearsal).to_contain_text(f"{total} of {total} stories ran")
    expect(rehearsal).to_contain_text("not that they are what you want")
    expect(page.locator(".matrix").get_by_text("runs").first).to_be_visible()

    saved = {"source": json.dumps(broken, indent=2), "base": 1}
    assert server.call("PUT", f"/designs/{design}/artifacts/api", saved)[0] == 200
    expect(rehearsal).to_contain_text(f"{total - 1} of {total} stories ran")
    fault = rehearsal.locator(".story[data-ran=false]")
    expect(fault).to_contain_text("rehearsal.no_operation")
    expect(fault).to_contain_text("Add the operation to the API.")
    fault.get_by_role("link", name=story["title"]).first.click()
    expect(page.get_by_role("region", name="The run")).to_contain_text("createLoan, which the API does not have")
    expect(page.locator(".inline-drawing").locator('[data-type="broken"]')).to_have_count(1)
    page.get_by_role("button", name="Steps").click()
    expect(page.locator(".step-line[data-broken=true]")).to_contain_text("createLoan")
    assert find_violations(page) == []

    page.locator("nav.parts").get_by_role("link", name="API").click()
    page.get_by_role("button", name="Edit").click()
    person.write_source(json.dumps(whole, indent=2))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("textbox", name="Source")).to_have_count(0)
    page.locator("nav.parts").get_by_role("link", name=story["title"]).click()
    expect(page.get_by_role("region", name="The run").locator(".run-step", has_text="POST /loans")).not_to_have_count(0)
    expect(page.locator(".run-step[data-broken=true]")).to_have_count(0)
    page.locator("nav.parts").get_by_role("link", name="Cross-check").click()
    expect(rehearsal).to_contain_text(f"{total} of {total} stories ran")
    person.expect_nothing_bad()
