"""Where browsers say what a policy of ours refused. Anybody can send anything here, so little of it is believed.

Of a report only three words are kept: the directive, the origin of what was refused, and which of our routes the page
is. No ids, no paths, no samples: a shared link or a word of somebody's design could stand in them.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from designchord import metrics
from designchord.api.auth import knows_nobody
from designchord.api.callers import address_of

#: A report's size, in bytes, and how many may come at once.
MAX_BYTES = 64_000
MAX_REPORTS = 20

#: How many bodies an address may send in a minute, and how many addresses are told apart.
PER_MINUTE = 60
ADDRESSES = 10_000

OTHER = "other"
_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,80}")

_log = structlog.get_logger(__name__)


class _Senders:
    """How often each address sent something in this minute. In memory: a report is not worth a write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._sent: Counter[str] = Counter()

    def may_send(self, address: str) -> bool:
        minute = int(time.time() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._sent.clear()
            if address not in self._sent and len(self._sent) >= ADDRESSES:
                return False
            self._sent[address] += 1
            return self._sent[address] <= PER_MINUTE


_senders = _Senders()


@knows_nobody
@require_POST
def take_reports(request: HttpRequest) -> HttpResponse:
    """Count what a browser reports, in either of the two formats there are."""
    if not _senders.may_send(address_of(request)):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except UnreadablePostError:  # whoever sent it has gone
        return HttpResponse(status=400)
    if len(body) > MAX_BYTES:
        return HttpResponse(status=413)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    own = f"{request.scheme}://{request.get_host()}"
    for report in _reports(told):
        words = _words(report, own)
        if metrics.violations.count(**words):
            _log.warning("csp_violation", **words)
    return HttpResponse(status=204)


def _reports(told: Any) -> Iterator[dict[str, Any]]:
    """The reports in a body: one as ``application/csp-report``, several as ``application/reports+json``."""
    if isinstance(told, dict):
        found = [told.get("csp-report")]
    elif isinstance(told, list):
        found = [
            entry.get("body") for entry in told if isinstance(entry, dict) and entry.get("type") == "csp-violation"
        ]
    else:
        found = []
    yield from (report for report in found[:MAX_REPORTS] if isinstance(report, dict))


def _words(report: dict[str, Any], own: str) -> dict[str, str]:
    def text(*names: str) -> str:
        return next((report[name] for name in names if isinstance(report.get(name), str)), "")

    directive = text("effectiveDirective", "effective-directive", "violated-directive").partition(" ")[0].lower()
    return {
        "directive": directive if _WORD.fullmatch(directive) else OTHER,
        "blocked": _origin(text("blockedURL", "blocked-uri"), own),
        "page": _page(text("documentURL", "document-uri")),
    }


def _origin(blocked: str, own: str) -> str:
    """``inline``, ``eval``, … as it is; of an address only its origin, and ``self`` for ours."""
    if _WORD.fullmatch(blocked):
        return blocked
    try:
        parts = urlsplit(blocked)
    except ValueError:
        return OTHER
    if f"{parts.scheme}://{parts.netloc}" == own:
        return "self"
    if not _WORD.fullmatch(parts.scheme):
        return OTHER
    if not parts.netloc:
        return parts.scheme
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host}" if _HOST.fullmatch(host) else OTHER


def _page(document: str) -> str:
    """Which of our routes a page is: the pattern, never the ids in it."""
    try:
        return f"/{resolve(urlsplit(document).path).route}"
    except (Resolver404, ValueError):
        return OTHER
