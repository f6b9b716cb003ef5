"""Stories: what the design takes for granted is decided on the page, and what it rests on is told there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

IDEA = {
    "title": "Tool library",
    "content": "Neighbours lend tools to each other. Members search tools and borrow them. Keepers register tools. "
    "Members pay a deposit. Vans bring large tools.",
}


def test_decisions_are_answered_by_button_by_key_and_together(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design(**IDEA)
    person = visit()
    person.open(design_id)
    page = person.page
    expect(page.get_by_role("note")).to_contain_text("Drafted by rules")
    expect(page.locator(".brief")).to_contain_text("requirements placed")
    expect(page.locator(".brief .er-table").first).to_be_visible()
    page.get_by_role("link", name="Decide").click()

    def ids() -> set[str]:
        source = server.call("GET", f"/designs/{design_id}/artifacts/blueprint")[1]["revision"]["source"]
        return set(re.findall(r'"id": "(A\d+)"', source))

    asked = page.locator(".decision")
    expect(asked.first).to_be_visible()
    count, before = asked.count(), ids()
    assert count <= 7
    first = str(asked.first.locator("code").text_content())
    asked.first.get_by_role("button", name="Yes").focus()
    page.keyboard.press("y")
    expect(page.locator(".decision code", has_text=re.compile(f"^{first}$"))).to_have_count(0)
    assert ids() == before - {first}

    told = " ".join(page.locator(".decision-group .assumption").all_text_contents())
    assert "not in the text" in told.lower() or "usual" in told.lower(), told
    assert not re.search("[a-z]_[a-z]", told), "attributes are told by what they are called"

    page.get_by_role("button", name=re.compile("Confirm all")).first.click()
    expect(page.locator(".decision-rest")).to_have_count(0)
    assert len(ids()) <= 7

    question = page.locator(".open-question").first
    question.get_by_role("textbox").fill("Vans belong to the keepers")
    question.get_by_role("button", name="Answer").click()
    expect(page.locator(".requirements")).to_contain_text("Vans belong to the keepers")
    person.expect_nothing_bad()


def test_what_a_thing_rests_on_and_the_idea_itself_are_told(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "blueprint")
    page = person.page
    tool = page.locator("#bp-entity-Tool")
    tool.get_by_text("Why?").click()
    expect(tool).to_contain_text(re.compile("lend tools.*line 1"))

    page.locator("nav.parts").get_by_role("link", name="Idea").click()
    expect(page.locator(".idea-text")).to_contain_text("Neighbours lend tools to each other.")
    page.get_by_role("button", name="Change it and make it anew").click()
    expect(page.locator("#content")).to_have_value(
        re.compile("# Tool library\n\nNeighbours lend.*## Requirements", re.DOTALL)
    )
    person.expect_nothing_bad()


def test_the_matrix_names_what_fulfils_a_requirement_and_shows_what_nothing_does(
    visit: Callable[..., Visit], finished_design: str
) -> None:
    person = visit()
    person.open(finished_design, "report")
    page = person.page
    rows = page.locator(".matrix tbody tr")
    expect(rows.first).to_be_visible()
    assert not re.search(r"line \d", page.locator(".matrix").inner_text())
    open_rows = page.locator(".matrix tbody tr:has(.grade:not([data-grade=said]))").count()
    page.get_by_label("Only requirements with a gap").check()
    expect(rows).to_have_count(open_rows)


def test_what_is_carried_out_counts_as_placed_and_what_is_only_repeated_does_not(
    visit: Callable[..., Visit], new_design: Callable[..., str]
) -> None:
    demands = (
        "- A clerk can add an album.\n- A clerk prints a plumflake and archives an album.\n- The owl hoots softly."
    )
    design_id = new_design(title="Office", content="Clerks keep albums.", requirements=demands)
    person = visit()
    person.open(design_id)
    expect(person.page.locator(".brief")).to_contain_text("1 of 3 requirements placed")
    person.open(design_id, "report")
    expect(person.page.locator(".matrix")).to_contain_text("nothing does this: print")
    person.expect_nothing_bad()
