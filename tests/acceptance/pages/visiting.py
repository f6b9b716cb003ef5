"""A person with the page open, and what that person must never see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.processes import Server

PATIENCE_MS = 30_000

BRIEF = {
    "title": "Tool library",
    "content": "Neighbours lend tools to each other. Members search tools and borrow them. Keepers register tools.",
    "requirements": "- Members borrow a tool for at most 7 days\n- A tool that is lent can be reserved",
    "language": "en",
}

#: Content that the policy refused is told like an error, in frames as well.
COUNT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error("violation:", event.violatedDirective, event.blockedURI, event.sourceFile));
"""


@dataclass
class Observed:
    """What a visit must never show: dialogs, requests elsewhere, refused content, errors of our own code."""

    origin: str
    dialogs: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("dialog", self._on_dialog)
        page.on("request", self._on_request)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def _on_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith((self.origin, "blob:", "data:")):
            self.foreign.append(request.url)


class Visit:
    """A person with the page open."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.observed = Observed(server.url)
        self.observed.watch(page)

    def start(self) -> None:
        self.page.goto(f"{self.server.url}/")

    def open(self, design_id: str, part: str = "") -> None:
        self.page.goto(f"{self.server.url}/designs/{design_id}/{f'#{part}' if part else ''}")

    def submit(self, title: str, idea: str, requirements: str, button: str, *, asked: bool = False) -> str:
        """Fill in the form and send it, past the questions where a short idea is asked about; the new design's id."""
        self.page.locator("#title").fill(title)
        self.page.locator("#content").fill(f"{idea}\n\n## Requirements\n\n{requirements}" if requirements else idea)
        self.page.get_by_role("button", name=button).click()
        if asked:
            self.page.get_by_role("button", name="Skip").click()
        self.page.wait_for_url(re.compile("/designs/"))
        return self.page.url.rstrip("/").rpartition("/")[2]

    def source(self) -> Locator:
        """The field that a source is written in."""
        return self.page.get_by_role("textbox", name=re.compile("^(Source|소스)$"))

    def write_source(self, text: str) -> None:
        """Write something else over all of a source."""
        self.source().focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def expect_state(self, state: str) -> None:
        expect(self.page.locator(".badge.state")).to_have_attribute("data-state", re.compile(state))

    def card(self, title: str) -> Locator:
        named = self.page.locator(".card-title", has_text=re.compile(rf"^\s*{re.escape(title)}\s*$"))
        return self.page.locator(".card", has=named)

    def expect_picture(self, image: Locator) -> None:
        expect(image).to_be_visible()
        width = "image => image.decode ? image.decode().then(() => image.naturalWidth) : image.viewBox.baseVal.width"
        assert image.evaluate(width) > 100

    def expect_nothing_bad(self) -> None:
        assert self.observed.dialogs == []
        assert self.observed.foreign == [], self.observed.foreign
        assert self.observed.errors == [], self.observed.errors
