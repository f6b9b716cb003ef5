"""Artifacts written by somebody who means harm are shown and do nothing."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.visiting import Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

SCRIPT = "</script><script>alert(1)</script>"
IMAGE = '<img src="https://evil.example/x.png" onerror="alert(2)">'
LINK = "javascript:alert(3)"
FRAME = '<iframe srcdoc="<script>parent.alert(4)</script>"></iframe>'
HARM = f"{SCRIPT}{IMAGE}{FRAME}<svg onload=alert(5)><style>@import 'https://evil.example/x.css';</style>"

DOCUMENT = f"""# Title {HARM}

[click]({LINK}) [other](data:text/html,{SCRIPT}) ![picture](https://evil.example/y.png) <{LINK}>

<form action="https://evil.example"><button>send</button></form>
<a href="{LINK}" onclick="alert(6)">raw</a><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example">

```mermaid
sequenceDiagram
  A->>B: {HARM}
```
"""

SEQUENCE = f"""---
config:
  securityLevel: loose
  htmlLabels: true
  themeCSS: "@import url(https://evil.example/a.css); * {{ background: url(https://evil.example/b.png) }}"
---
%%{{init: {{"securityLevel": "loose", "htmlLabels": true}}}}%%
%%{{init: {{"themeVariables": {{"fontFamily": "x; background: url(https://evil.example/c.png)"}}}}}}%%
sequenceDiagram
  participant A as {HARM}
  participant B as <b onmouseover=alert(7)>B</b>
  link A: Dashboard @ {LINK}
  links B: {{"Evil": "{LINK}"}}
  A->>B: {HARM}
  Note over A,B: {HARM}
"""

ERD = f"""erDiagram
  A ||--o{{ B : "{HARM.replace('"', "'")}"
  A {{
    string name "{HARM.replace('"', "'")}"
  }}
  click A href "{LINK}"
"""


def hostile_spec(spec: dict[str, Any]) -> dict[str, Any]:
    """Harm in every text of an OpenAPI document, and references that would load something."""

    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: poison(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [poison(inner, key) for inner in value]
        return f"{value} {HARM} [x]({LINK})" if key in ("description", "summary", "title", "name") else value

    poisoned: dict[str, Any] = poison(spec)
    poisoned["externalDocs"] = {"url": LINK, "description": HARM}
    poisoned["info"]["contact"] = {"url": LINK, "name": HARM}
    poisoned["components"]["schemas"]["Evil"] = {"$ref": "https://evil.example/schema.json"}
    return poisoned


def hostile_source(kind: str, source: str) -> str:
    if kind == "api":
        return json.dumps(hostile_spec(json.loads(source)), indent=2)
    if kind == "blueprint":
        return json.dumps({**json.loads(source), "summary": HARM})
    return {"document": DOCUMENT, "sequence": SEQUENCE, "erd": ERD}[kind]


@pytest.fixture(scope="module")
def hostile_design(server: Server) -> str:
    design_id = server.submit(
        title=f"Title {HARM}"[:200], content=f"Members borrow tools. {HARM}", requirements=f"- {HARM}", model="offline"
    )
    # The blueprint last: with it everything that nobody edited is compiled anew.
    for artifact in reversed(server.wait_until_ended(design_id)["artifacts"]):
        kind, part, revision = artifact["kind"], artifact["part"], artifact["revision"]
        path = f"/designs/{design_id}/artifacts/{kind}{f'/{part}' if part else ''}"
        edit = {"source": hostile_source(kind, revision["source"]), "base": revision["number"]}
        status, answer = server.call("PUT", path, edit)
        assert status in (200, 422), answer
    return design_id


def violations(server: Server) -> dict[str, int]:
    """What browsers have reported to the server as refused, by its labels."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=20) as answer:
        found = re.findall(r"^designchord_csp_violations_total\{(.*)\} (.*)$", answer.read().decode(), re.MULTILINE)
    return {labels: int(float(count)) for labels, count in found}


def test_what_a_policy_refuses_is_reported_and_counted(visit: Callable[..., Visit], server: Server) -> None:
    person = visit()
    person.open("00000000-0000-4000-8000-000000000000")
    before = violations(server)
    person.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://evil.example/x.png?word'}))")
    expected = 'blocked="https://evil.example",directive="img-src",page="/designs/<uuid:id>/"'
    until = time.monotonic() + 20
    while (found := violations(server)) == before and time.monotonic() < until:
        person.page.wait_for_timeout(100)
    assert {labels: count - before.get(labels, 0) for labels, count in found.items()} == {expected: 1}


def test_hostile_artifacts_do_nothing_in_any_view(
    visit: Callable[..., Visit], hostile_design: str, server: Server
) -> None:
    reported = violations(server)
    person = visit()
    page = person.page
    person.open(hostile_design)
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>alert(1)</script>")
    for part in page.locator("nav.parts a").all():
        part.click()
        for view in ("Preview", "Source", "History"):
            button = page.locator(".panel-tools").get_by_role("button", name=view)
            if button.count():
                button.click()
                page.wait_for_timeout(250)

    person.open(hostile_design, "api")
    page.reload()
    expect(page.locator(".api-detail")).to_be_visible()
    for operation in page.locator(".api-list section a").all():
        operation.click()
    page.wait_for_timeout(500)
    person.expect_nothing_bad()
    assert violations(server) == reported, "nothing got as far as to be refused"
    assert page.locator("main script, main iframe, main [onerror], main [onclick], main form[action]").count() == 0
    for link in page.locator("a[href]").all():
        assert not (link.get_attribute("href") or "").startswith(("javascript:", "data:"))


def test_hostile_live_text_does_nothing(
    visit: Callable[..., Visit], server: Server, model_says: Callable[..., None]
) -> None:
    model_says(
        {"fault": "answer", "kind": "document", "answer": DOCUMENT},
        {"fault": "answer", "kind": "sequence", "answer": SEQUENCE},
        {"fault": "answer", "kind": "erd", "answer": f"```mermaid\n{ERD}\n```"},
    )
    design_id = server.submit(title="Tools", content="Members borrow tools and return them.", language="en")
    person = visit()
    person.open(design_id)
    server.wait_until_ended(design_id)
    person.expect_state("done|partial")
    person.open(design_id, "document")
    expect(person.page.locator(".prose h1")).to_be_visible()
    person.page.wait_for_timeout(500)
    person.expect_nothing_bad()


def test_every_page_forbids_what_it_does_not_need(server: Server, visit: Callable[..., Visit]) -> None:
    person = visit()
    for path in ("/", "/designs/00000000-0000-4000-8000-000000000000/"):
        response = person.page.goto(f"{server.url}{path}")
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
    response = person.page.goto(f"{server.url}/frames/diagram/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "sandbox allow-scripts;" in policy
    assert "connect-src" not in policy.replace("default-src 'none'", "")
    assert person.page.evaluate("origin") == "null"
