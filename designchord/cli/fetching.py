"""Descriptions that a person names by an address: fetched once, within a size and a time, from the web alone."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from designchord import __version__
from designchord.cli.texts import MAX_BYTES, decode
from designchord.errors import BadInput, TooLarge, Unavailable

#: Seconds for the whole of it, and without a byte.
PATIENCE: Final = 20.0
SILENCE: Final = 8.0
_PIECE: Final = 65_536


def is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def shown_address(address: str) -> str:
    """An address without who asks, with which word, and what it is asked."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{parts.hostname or ''}{port}", parts.path, "", ""))


class _Web(urllib.request.HTTPRedirectHandler):
    """Redirects lead to the web only, and from encryption never out of it."""

    max_redirections = 3

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        kept = is_address(newurl) and not (req.full_url.startswith("https:") and newurl.startswith("http:"))
        return super().redirect_request(req, fp, code, msg, headers, newurl) if kept else None


def fetch(address: str) -> str:
    """The text at an address. Raises ``BadInput`` or ``Unavailable`` with a sentence that holds nothing secret."""
    try:
        shown = shown_address(address)
        host = urlsplit(address).hostname
    except ValueError:
        host, shown = None, ""
    if not host:
        raise BadInput("This is no address on the web: write https://host/openapi.json.", code="bad_address")
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Web(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(address, headers={"User-Agent": f"designchord/{__version__}"})  # noqa: S310 - the opener above knows the web alone
    until = time.monotonic() + PATIENCE
    try:
        with opener.open(request, timeout=SILENCE) as answer:
            data = _read(answer, until, shown)
    except urllib.error.HTTPError as error:
        raise Unavailable(f"{shown} answers {error.code}.", code="fetch_refused") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise Unavailable(f"{shown} cannot be reached.", code="fetch_failed") from None
    text = decode(data).text
    if text is None:
        raise BadInput(f"What {shown} answers is not text.", code="not_text")
    return text


def _read(answer: http.client.HTTPResponse, until: float, shown: str) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise TooLarge(f"{shown} answers more than {MAX_BYTES:,} bytes.")
        if time.monotonic() > until:
            raise Unavailable(f"{shown} takes longer than {PATIENCE:g} s.", code="fetch_timeout")
    return b"".join(pieces)
