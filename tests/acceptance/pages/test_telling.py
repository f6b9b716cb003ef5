"""Stories: how a design stands is told to whoever looks, to whoever listens, and to whoever does something else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.visiting import BRIEF, Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

#: What the system would show, and whether somebody looks; ``PERMISSION`` is what was decided before.
_SYSTEM = """
window.told = [];
window.Notification = class {
  static permission = "PERMISSION";
  static requestPermission() { this.permission = "granted"; return Promise.resolve("granted"); }
  constructor(title, { body }) { window.told.push([title, body]); }
};
Object.defineProperty(document, "hidden", { get: () => window.away === true });
"""

#: Whether an element changes within three of its ticks.
_STREAMS = """window.streams = [];
window.EventSource = class extends EventSource {
  constructor(...all) { super(...all); streams.push(this); }
};"""

_MOVES = """element => new Promise((done) => {
  new MutationObserver(() => done(true)).observe(element, { characterData: true, childList: true, subtree: true });
  setTimeout(() => done(false), 700);
})"""


def test_whoever_looks_elsewhere_is_notified_if_they_wished_so(visit: Callable[..., Visit], server: Server) -> None:
    told = {}
    for permission in ("default", "granted", "denied"):
        person = visit()
        person.page.add_init_script(_SYSTEM.replace("PERMISSION", permission))
        person.open(server.submit(**BRIEF, effort="thorough"))
        ask = person.page.get_by_role("button", name="Tell me when it is done")
        if permission == "default":
            ask.click()
        expect(person.page.get_by_role("button", name="Stop")).to_be_visible()
        expect(ask).to_have_count(0)
        person.page.evaluate(f"window.away = {str(permission != 'granted').lower()}")
        person.expect_state("done")
        expect(person.page).to_have_title(re.compile("^✓ Tool library"))
        expect(person.page.get_by_role("status").filter(has_text="The design is done.")).to_have_count(1)
        told[permission] = person.page.evaluate("window.told")
        person.expect_nothing_bad()
    assert told == {"default": [["Tool library", "The design is done."]], "granted": [], "denied": []}


def test_everything_that_failed_is_told_in_one_banner_and_time_stands_still_without_a_server(
    visit: Callable[..., Visit], server: Server, model_says: Callable[..., None]
) -> None:
    model_says(
        {"fault": "401", "kind": "erd"}, {"fault": "401", "kind": "api"}, {"fault": "nonsense", "kind": "document"}
    )
    person = visit()
    page = person.page
    page.add_init_script(_STREAMS)
    person.open(server.submit(**BRIEF))
    elapsed = page.locator(".elapsed")
    expect(elapsed).to_be_visible()
    assert elapsed.evaluate(_MOVES)
    page.context.set_offline(True)
    page.evaluate("streams.forEach((stream) => stream.close())")  # which live on otherwise
    expect(page.locator(".freshness")).to_have_attribute("data-status", "offline")
    assert not elapsed.evaluate(_MOVES), "nobody knows how long it takes"
    page.context.set_offline(False)

    person.expect_state("partial")
    expect(page).to_have_title(re.compile("^⚠ Tool library"))
    expect(page.get_by_role("status").filter(has_text="The design is partly done.")).to_have_count(1)
    banner = page.locator(".design-head .notice li")
    expect(banner).to_have_count(2)
    expect(banner.filter(has_text="does not accept the key")).to_contain_text("ERD, API")
    expect(banner.filter(has_text="Document")).to_be_visible()
    expect(page.locator(".head-facts")).to_have_text(re.compile(r"^\s*openai:gpt-4o · \$0\.\d+ ·\s+now"))
    page.get_by_role("button", name="Timeline").click()
    expect(page.locator(".legend")).to_contain_text(re.compile(r"thorough · \d+ calls · [\d,.]+K? tokens"))
