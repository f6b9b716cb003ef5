"""Asking a server: where it may be, what is sent with a question, and what its answers mean.

A token is a person's, so it goes to the named server and nowhere else: no redirect is followed, and without encryption
it leaves this machine only when told so.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from typing import IO, Any, NoReturn
from urllib.parse import urlsplit

import click

from designchord import __version__
from designchord.addresses import is_loopback
from designchord.errors import (
    BadInput,
    Conflict,
    DesignchordError,
    Forbidden,
    NotFound,
    NotSignedIn,
    QuotaExceeded,
    TooLarge,
    Unavailable,
)

#: Seconds without a byte after which a server counts as gone; an event stream says something every 15.
SILENCE = 60.0

#: Seconds that a command waits in all when a server asks it to come later.
PATIENCE = 120.0

#: How often a question is asked whose connection breaks, and a stream that had begun is taken up; seconds between.
TRIES, RESUMES, BETWEEN = 3, 30, 1.0

MAX_ANSWER = 64_000_000
_MAX_LINE = 16_000_000

_KINDS: dict[int, type[DesignchordError]] = {
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    429: QuotaExceeded,
}

#: Connections that ended in the middle; the server may well be there.
_BROKEN = (ConnectionError, TimeoutError, http.client.HTTPException)


def vet_address(text: str, *, allow_http: bool = False) -> str:
    """A server's address without its end; ``BadInput`` says what is wrong with it."""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadInput("A server is named like https://designs.example.org.", code="bad_server")
    if parts.username is not None or parts.password is not None:
        raise BadInput("Leave the password out of the server's address: use a token.", code="bad_server")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadInput("Name the server alone, without a path: https://designs.example.org.", code="bad_server")
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname):
        raise BadInput(
            "Over http:// everybody on the way could read your token and your ideas: use https://, or --allow-http "
            "in a network that nobody else is on.",
            code="not_encrypted",
        )
    return f"{parts.scheme}://{parts.netloc}"


class Server:
    """One server and the token for it."""

    def __init__(self, address: str, *, token: str | None) -> None:
        self.address = address
        self._token = token
        self._waited = 0.0
        # On the way to this machine there is no proxy.
        proxies: dict[str, str] | None = {} if is_loopback(urlsplit(address).hostname or "") else None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _NoRedirect())

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """The JSON of an answer; with a ``key`` a question that was cut off is asked again without harm."""
        headers = {"Idempotency-Key": key} if key else {}
        for tries_left in range(TRIES if key or method == "GET" else 1, 0, -1):
            try:
                with self._open(method, path, body, headers) as answer:
                    data = answer.read(MAX_ANSWER + 1)
                    missing = answer.length
                if len(data) > MAX_ANSWER:
                    raise Unavailable(f"{self.address} answers with more than can be taken.", code="bad_answer")
                if missing:
                    raise ConnectionResetError
                found = json.loads(data) if data else {}
                if not isinstance(found, dict):
                    raise self._foreign()
                return found
            except _BROKEN:
                if tries_left == 1:
                    self._unreachable("The connection broke off.")
                time.sleep(BETWEEN)
            except (ValueError, RecursionError):
                raise self._foreign() from None
        raise AssertionError  # the last try returns or raises

    def events(self, path: str) -> Iterator[tuple[str, Any]]:
        """Names and data of a stream's events, in their order, each once, over as many connections as that takes."""
        last, tries, begun = "", 0, False
        while True:
            try:
                headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
                with self._open("GET", path, None, headers) as stream:
                    for number, name, data in _events(stream):
                        last, tries, begun = number or last, 0, True
                        yield name, data
            except _BROKEN:
                pass
            except Unavailable as error:
                if not begun or error.code != "server_unreachable":
                    raise
            except ValueError:
                raise self._foreign() from None
            tries += 1
            if tries == (RESUMES if begun else TRIES):
                self._unreachable("The connection breaks off again and again.")
            time.sleep(BETWEEN)

    def _open(self, method: str, path: str, body: Any, headers: dict[str, str]) -> http.client.HTTPResponse:
        """A good answer, once the server gives one; whatever else it gives is raised."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Accept": "application/json", "User-Agent": f"designchord/{__version__}", **headers}
        if data is not None:
            sent["Content-Type"] = "application/json"
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        while True:
            request = urllib.request.Request(  # noqa: S310 - vet_address lets http and https alone pass
                f"{self.address}/api/v1{path}", data, sent, method=method
            )
            try:
                answer: http.client.HTTPResponse = self._opener.open(request, timeout=SILENCE)
                return answer
            except urllib.error.HTTPError as error:
                with error:
                    self._wait_or_raise(error)
            except urllib.error.URLError as error:
                self._raise_unreachable(error)

    def _wait_or_raise(self, error: urllib.error.HTTPError) -> None:
        """When the server says how long, wait that long; else raise what it says."""
        later = error.headers.get("Retry-After", "")
        seconds = int(later) if re.fullmatch(r"\d{1,6}", later) else None
        if error.code in {429, 503} and seconds is not None and self._waited + seconds <= PATIENCE:
            click.echo(f"The server asks to come again in {seconds} s; waiting.", err=True)
            self._waited += seconds
            time.sleep(seconds)
            return
        if 300 <= error.code < 400:
            raise BadInput(
                f"{self.address} points to another address, and a token is not carried there: name that address "
                "itself with --server.",
                code="redirected",
            )
        raise self._told(error.code, error.read(MAX_ANSWER), seconds)

    def _told(self, status: int, data: bytes, seconds: int | None) -> DesignchordError:
        try:
            said = json.loads(data)["error"]
            code, message = str(said["code"]), _printable(str(said["message"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            return self._foreign()
        if status == 401:
            message += " `designchord login` keeps a token for this server; DESIGNCHORD_TOKEN names one."
        if status == 429:
            return QuotaExceeded(message, code=code, retry_after=float(seconds or 60))
        if status >= 500:
            return Unavailable(message, code=code)
        return _KINDS.get(status, BadInput)(message, code=code)

    def _foreign(self) -> Unavailable:
        return Unavailable(f"{self.address} does not answer like a designchord.", code="not_designchord")

    def _raise_unreachable(self, error: urllib.error.URLError) -> NoReturn:
        reason = error.reason
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise Unavailable(
                f"{self.address} cannot prove who it is: its certificate is not known here. Where your own authority "
                "signed it, name that with SSL_CERT_FILE.",
                code="bad_certificate",
            ) from None
        if isinstance(reason, ssl.SSLError):
            raise Unavailable(f"{self.address} does not speak TLS as expected.", code="bad_tls") from None
        if isinstance(reason, _BROKEN) and not isinstance(reason, ConnectionRefusedError):
            raise reason
        self._unreachable("Nothing answers there.")

    def _unreachable(self, why: str) -> NoReturn:
        raise Unavailable(f"{self.address} cannot be reached. {why}", code="server_unreachable") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Message, newurl: str) -> None:
        return None


def _events(stream: IO[bytes]) -> Iterator[tuple[str, str, Any]]:
    """Id, name and data of each event of one connection."""
    found: dict[str, str] = {}
    while raw := stream.readline(_MAX_LINE):
        if not raw.endswith(b"\n"):
            return  # cut off in the middle
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            if "data" in found:
                yield found.get("id", ""), found.get("event", "message"), json.loads(found["data"])
            found = {}
            continue
        name, _, value = line.partition(":")
        if name in {"id", "event", "data"}:
            found[name] = value.removeprefix(" ")


def _printable(text: str) -> str:
    """A server's words, without what could steer a terminal."""
    return "".join(sign for sign in text if sign.isprintable())[:500]
