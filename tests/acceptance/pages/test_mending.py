"""Stories: a problem of the cross-check is mended by its button, seen before it happens, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.test_changing import source_of
from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser


def test_a_name_that_somebody_changed_in_the_picture_is_changed_everywhere_and_back(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    drawn = source_of(server, design_id, "erd").replace("Tool", "Instrument")
    server.call("PUT", f"/designs/{design_id}/artifacts/erd", {"source": drawn, "base": 1})
    person = visit()
    page = person.page
    person.open(design_id, "report")
    mend = page.get_by_role("button", name="Rename Tool to Instrument everywhere")
    mend.first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("tool_id")).not_to_have_count(0)
    assert find_violations(page) == []
    dialog.get_by_role("button", name=re.compile("^Do these")).click()

    expect(mend).to_have_count(0)
    assert "Instrument" in source_of(server, design_id, "blueprint")
    assert "instrument_id" in source_of(server, design_id, "erd")
    assert "/instruments" in source_of(server, design_id, "api")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert "Instrument" not in source_of(server, design_id, "blueprint")
    person.expect_nothing_bad()


def test_what_a_part_lacks_is_taken_over_and_back(
    visit: Callable[..., Visit], new_design: Callable[..., str], server: Server
) -> None:
    design_id = new_design()
    source = source_of(server, design_id, "erd")
    lacking = "\n".join(line for line in source.split("\n") if "serial_number" not in line)
    server.call("PUT", f"/designs/{design_id}/artifacts/erd", {"source": lacking, "base": 1})
    person = visit()
    page = person.page
    person.open(design_id, "report")
    mend = page.get_by_role("button", name="Add to Tool in the ERD: serial_number")
    mend.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("tr.added")).to_contain_text("serial_number")
    assert find_violations(page) == []
    dialog.get_by_role("button", name="Apply").click()

    expect(mend).to_have_count(0)
    assert source_of(server, design_id, "erd") == source
    page.get_by_role("button", name="Undo").click()
    expect(mend).to_be_visible()
    assert source_of(server, design_id, "erd") == lacking
    person.expect_nothing_bad()
