"""Asking a service that was built: only where its owner named it, each request and all of them within a time."""

from __future__ import annotations

import http.client
import json
import queue
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from designchord.cli.fetching import shown_address
from designchord.errors import BadInput, Unavailable, outcome_of
from designchord.rehearsal.mock import Answer

#: Seconds until a request is given up, whatever of its answer has come, and without a byte.
PATIENCE: Final = 20.0
SILENCE: Final = 10.0
#: Seconds for all requests of a command.
WHOLE: Final = 300.0
#: Bytes of an answer that are read.
MOST: Final = 4_000_000
#: Redirects within the service that are followed, such as to a path with a slash at its end.
REDIRECTS: Final = 3


class Service:
    """A service at an address. What it answers is its owner's; what leads elsewhere is not followed."""

    def __init__(self, address: str, *, patience: float = PATIENCE, whole: float = WHOLE) -> None:
        try:
            parts = urlsplit(address.strip())
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise BadInput("--base-url takes the URL of a server: http://localhost:8080", code="base_url")
        if parts.username is not None or parts.password is not None:
            raise BadInput("Leave the password out of --base-url: tokens go with --input.", code="base_url")
        self._parts = parts
        self.name = shown_address(address.strip()).rstrip("/")
        self._patience = patience
        self._until = time.monotonic() + whole

    def spent(self) -> bool:
        """Whether there was time enough."""
        return time.monotonic() > self._until

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """One request, given up when its time is over: a thread waits for it, for nothing else ends a look-up of a name
        or a server that sends a byte now and then."""
        answers: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
        asking = threading.Thread(
            target=lambda: answers.put(outcome_of(lambda: self._follow(method, target, headers, body))),
            name="request to a service",
            daemon=True,
        )
        asking.start()
        try:
            outcome = answers.get(timeout=self._patience)
        except queue.Empty:
            raise Unavailable(
                f"{self.name} did not answer {method} {target[:100]} within {self._patience:g} s.",
                code="service_timeout",
            ) from None
        if isinstance(outcome, (OSError, http.client.HTTPException)):
            raise Unavailable(f"{self.name} cannot be reached.", code="service_unreachable") from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _follow(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        path = self._parts.path.rstrip("/") + target
        for _ in range(REDIRECTS):
            answer, location = self._ask(method, path, headers, body)
            onward = self._within(path, location) if answer.status in (301, 302, 307, 308) and method == "GET" else None
            if onward is None:
                return answer
            path = onward
        return answer

    def _within(self, path: str, location: str) -> str | None:
        """Where a redirect leads, if that is the same service."""
        base = f"{self._parts.scheme}://{self._parts.netloc}"
        try:
            parts = urlsplit(urljoin(base + path, location)) if location else None
            same = parts is not None and (parts.scheme, parts.netloc) == (self._parts.scheme, self._parts.netloc)
        except ValueError:
            return None
        return parts._replace(scheme="", netloc="", fragment="").geturl() if parts is not None and same else None

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> tuple[Answer, str]:
        host, port = self._parts.hostname or "", self._parts.port
        connection: http.client.HTTPConnection
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, port, timeout=SILENCE, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=SILENCE)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            text = response.read(MOST)
            return Answer(response.status, _value(text)), response.getheader("Location") or ""
        finally:
            connection.close()


def _value(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text.decode(errors="replace")[:1000]
