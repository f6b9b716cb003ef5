"""Where a verification is reported to: a design on a server, by its server and id, or by its address."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from designchord.errors import BadInput, NotFound

if TYPE_CHECKING:
    from designchord.cli.http import Server

_PAGE: Final = re.compile(r"/designs/([0-9a-fA-F-]{32,36})/?")


@dataclass(frozen=True, slots=True)
class Place:
    """A design on a server."""

    address: str
    design: str

    def send(self, report: dict[str, Any]) -> int:
        """Report what was found; the number that it is kept under. A report that comes twice is kept once."""
        path = f"/designs/{self.design}/verifications"
        return int(self.server().ask("POST", path, report, key=uuid.uuid4().hex)["number"])

    def snapshot(self) -> dict[str, Any]:
        found: dict[str, Any] = self.server().ask("GET", f"/designs/{self.design}")
        return found

    def server(self) -> Server:
        from designchord.cli.credentials import find_token
        from designchord.cli.http import Server

        return Server(self.address, token=find_token(self.address))


def place_of(text: str, design: str) -> Place:
    """``text`` is a server's address, for a ``design`` that is named by its id; or the address of a design's page."""
    from designchord.cli.http import vet_address

    try:
        parts = urlsplit(text.strip())
    except ValueError:
        raise BadInput("--report-to takes the address of a server, or of a design on it.", code="bad_server") from None
    page = _PAGE.fullmatch(parts.path)
    base = parts._replace(path="", query="", fragment="").geturl() if page else text
    address = vet_address(base, allow_http=bool(click.get_current_context().find_root().params.get("allow_http")))
    named = page[1] if page else design
    try:
        return Place(address, str(uuid.UUID(named)))
    except ValueError:
        if page:
            raise NotFound("There is no such design.", code="design_not_found") from None
        raise BadInput(
            f"{design} is no design's id, so say which design it is: --report-to {address}/designs/ID (the address of "
            "its page).",
            code="design_unnamed",
        ) from None
