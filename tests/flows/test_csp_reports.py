"""What browsers report as refused: counted by three words, never believed, never kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from django.http import HttpResponse
from django.test import Client
from structlog.testing import LogCapture

from designchord import metrics
from designchord.web import reports
from designchord.web.security import FRAME_POLICY, PAGE_POLICY
from tests.flows.people import serving_people

OLD, NEW = "application/csp-report", "application/reports+json"
DESIGN = "3f0c4e0e-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> metrics.Tally:
    """What this test counts, and addresses that have sent nothing yet."""
    tally = metrics.Tally(*metrics.violations.labels, at_most=5)
    monkeypatch.setattr(metrics, "violations", tally)
    monkeypatch.setattr(reports, "_senders", reports._Senders())
    return tally


def send(body: Any, content_type: str = OLD, **extra: str) -> HttpResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    return client.post("/csp-reports", data, content_type, **extra)  # type: ignore[arg-type, return-value]


def old(**changes: Any) -> dict[str, Any]:
    report = {
        "document-uri": f"http://127.0.0.1/designs/{DESIGN}/?secret=word#part",
        "effective-directive": "img-src",
        "violated-directive": "img-src 'self'",
        "blocked-uri": "https://evil.example:444/path?stolen=word",
        "script-sample": "the words of a design",
    }
    return {"csp-report": {**report, **changes}}


def new(**changes: Any) -> dict[str, Any]:
    body = {
        "documentURL": "http://127.0.0.1/share/AbCdEfGhIjKlMnOp",
        "effectiveDirective": "script-src-elem",
        "blockedURL": "inline",
    }
    return {"type": "csp-violation", "url": body["documentURL"], "body": {**body, **changes}}


def test_both_formats_are_counted_by_directive_origin_and_route(counted: metrics.Tally) -> None:
    assert send(old()).status_code == 204
    assert send([new(), {"type": "deprecation", "body": {}}, new()], NEW).status_code == 204
    assert dict(counted.items()) == {
        ("img-src", "https://evil.example:444", "/designs/<uuid:id>/"): 1,
        ("script-src-elem", "inline", "/share/<str:token>"): 2,
    }


def test_the_log_has_one_line_a_report_and_nobodys_words(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = LogCapture()  # whatever level this process logs at
    log = structlog.wrap_logger(structlog.PrintLogger(), processors=[lines], wrapper_class=structlog.BoundLogger)
    monkeypatch.setattr(reports, "_log", log)
    send(old())
    send([new()], NEW)
    assert [line["event"] for line in lines.entries] == ["csp_violation", "csp_violation"]
    said = json.dumps(lines.entries)
    for secret in ("word", "stolen", DESIGN, "AbCdEfGh"):
        assert secret not in said


@pytest.mark.parametrize(
    ("blocked", "origin"),
    [
        ("http://127.0.0.1/static/js/x.js", "self"),
        ("data:text/html,<b>word</b>", "data"),
        ("data", "data"),
        ("chrome-extension://abcdef/x.js", "chrome-extension://abcdef"),
        ("https://user:word@evil.example/", "https://evil.example"),
        ("https://[", "other"),
        ("https://ev il\n.example/", "other"),
        ("", "other"),
    ],
)
def test_of_what_was_blocked_only_the_origin_is_kept(counted: metrics.Tally, blocked: str, origin: str) -> None:
    assert send(old(**{"blocked-uri": blocked})).status_code == 204
    assert [values[1] for values, _ in counted.items()] == [origin]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff", b"[" * 50_000, b"null", b"3", b'"x"', b"{}", b"[]", b"[1,[],{}]", b'{"csp-report": []}',
        {"csp-report": {"document-uri": 3, "effective-directive": ["x"], "blocked-uri": None}},
        [{"type": "csp-violation", "body": {"documentURL": "http://[", "effectiveDirective": "x" * 9000}}],
        b'{"csp-report": {"blocked-uri": "\\ud800\\u0000"}}',
    ],
)  # fmt: skip
def test_nonsense_is_taken_without_a_failure(body: Any) -> None:
    for content_type in (OLD, NEW, "text/plain"):
        assert send(body, content_type).status_code in {204, 400}


def test_large_bodies_and_other_methods_are_refused(counted: metrics.Tally) -> None:
    assert send(b" " * 64_001).status_code == 413
    assert send(b" " * 1_100_000).status_code == 413
    assert Client(headers={"host": "127.0.0.1"}).get("/csp-reports").status_code == 405
    assert send([new()] * 1_000, NEW).status_code in {204, 413}
    assert sum(count for _, count in counted.items()) <= 20


def test_what_strangers_name_does_not_grow_the_figures(counted: metrics.Tally) -> None:
    for number in range(30):
        send(old(**{"blocked-uri": f"https://evil{number}.example/"}))
    found = dict(counted.items())
    assert len(found) == 6
    assert found[("other", "other", "other")] == 25


def test_an_address_that_floods_is_told_to_wait(counted: metrics.Tally) -> None:
    # A new minute may begin meanwhile, but not two.
    answers = [send(old(), REMOTE_ADDR="127.0.0.2") for _ in range(2 * reports.PER_MINUTE + 1)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert {answer.headers["Retry-After"] for answer in refused} == {"60"}
    assert send(old(), REMOTE_ADDR="127.0.0.3").status_code == 204
    assert sum(count for _, count in counted.items()) <= 2 * reports.PER_MINUTE + 1


def test_every_policy_names_the_place() -> None:
    for policy in (PAGE_POLICY, FRAME_POLICY):
        assert "report-uri /csp-reports" in policy


@pytest.mark.slow
def test_strangers_may_report_where_there_are_accounts_and_staff_see_the_figures(tmp_path: Path) -> None:
    with serving_people(tmp_path / "home") as address:
        sent = httpx2.post(f"{address}/csp-reports", json=old(), headers={"Origin": "null", "Content-Type": OLD})
        figures = httpx2.get(f"{address}/metrics").text
    assert sent.status_code == 204
    assert "Set-Cookie" not in sent.headers
    line = (
        'designchord_csp_violations_total{blocked="https://evil.example:444",directive="img-src",'
        'page="/designs/<uuid:id>/"} 1.0'
    )
    assert line in figures


@pytest.mark.slow
def test_where_there_is_encryption_the_newer_way_is_offered_as_well(tmp_path: Path) -> None:
    environ = {"DESIGNCHORD_HTTPS": "proxy", "DESIGNCHORD_ALLOWED_HOSTS": "127.0.0.1"}
    with serving_people(tmp_path / "home", **environ) as address:
        page = httpx2.get(f"{address}/sign-in/")
    assert page.headers["Reporting-Endpoints"] == 'csp="/csp-reports"'
    assert "report-to csp" in page.headers["Content-Security-Policy"]
