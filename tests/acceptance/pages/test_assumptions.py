"""Stories: what the design takes for granted is settled on the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser


def test_assumptions_are_confirmed_and_struck_one_by_one(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    person = visit()
    person.open(design_id, "blueprint")
    listed = person.page.locator(".assumption")
    expect(listed.first).to_be_visible()
    before = listed.count()
    first, second = (listed.nth(at).locator("code").inner_text() for at in (0, 1))

    listed.nth(0).get_by_role("button", name="Confirm").click()
    expect(listed).to_have_count(before - 1)
    listed.nth(0).get_by_role("button", name="Strike").click()
    expect(person.page.locator(".assumption code", has_text=second)).to_have_count(0)

    artifact = server.call("GET", f"/designs/{design_id}/artifacts/blueprint")[1]
    assert artifact["revision"]["number"] == 3
    assert f'"{first}"' not in artifact["revision"]["source"]
    assert f'"{second}"' not in artifact["revision"]["source"]
    expect(person.page.get_by_role("button", name="up to date").first).to_be_visible()
    person.expect_nothing_bad()


def test_pointing_at_a_thing_tells_the_words_that_led_to_it(visit: Callable[..., Visit], finished_design: str) -> None:
    person = visit()
    person.open(finished_design, "blueprint")
    tool = person.page.locator(".tile", has=person.page.locator("code", has_text="Tool")).first
    expect(tool).to_have_attribute("title", re.compile("lend tools.*line 1"))
    person.expect_nothing_bad()
