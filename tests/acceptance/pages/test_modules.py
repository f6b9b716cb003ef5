"""The page's own logic, run where it runs."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from designchord.notation.mermaid import parse
from tests.acceptance.pages.visiting import BRIEF, Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def call(visit: Callable[..., Visit]) -> Callable[..., Any]:
    """Call an exported function of a module with JSON values."""
    person = visit()
    person.start()
    page: Page = person.page

    def run(module: str, name: str, *values: Any) -> Any:
        script = "async ([path, name, values]) => (await import(path))[name](...values)"
        return page.evaluate(script, [f"/static/js/{module}.js", name, list(values)])

    return run


def read_events(server: Server, design_id: str, last: int) -> list[tuple[int, str, dict[str, Any]]]:
    """The stored events of a design from its beginning, without the live text."""
    events = []
    with urllib.request.urlopen(f"{server.url}/api/v1/designs/{design_id}/events?after=0", timeout=20) as stream:
        fields: dict[str, str] = {}
        for raw in stream:
            line = raw.decode().rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
                continue
            if "id" in fields and fields.get("event") != "snapshot":
                events.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
                if events[-1][0] >= last:
                    break
            fields = {}
    return events


def test_what_is_to_come_keeps_its_place_while_parts_arrive_one_by_one(
    call: Callable[..., Any], server: Server
) -> None:
    call("catalogue", "loadCatalogue")
    status, design = server.call("POST", "/designs", {**BRIEF, "model": "offline"})
    assert status == 202
    last = server.wait_until_ended(design["id"])["last_event_id"]

    def listed() -> list[str]:
        return [item["key"] for item in call("design/items", "listItems", design) if not item["part"]]

    expected = [key for key in listed() if key != "sequence"]
    assert {"document", "erd", "api"} <= set(expected)
    for number, kind, data in read_events(server, design["id"], last):
        design = call("design/store", "fold", design, kind, data, number)
        assert [key for key in listed() if key in expected] == expected, (number, kind)


def test_a_snapshot_and_the_events_after_it_make_the_later_snapshot(call: Callable[..., Any], server: Server) -> None:
    status, design = server.call("POST", "/designs", {**BRIEF, "model": "offline"})
    assert status == 202
    later = server.wait_until_ended(design["id"])
    for number, kind, data in read_events(server, design["id"], later["last_event_id"]):
        design = call("design/store", "fold", design, kind, data, number)
        assert call("design/store", "fold", design, kind, data, number) == design, "an event twice changes nothing"

    def shape(snapshot: dict[str, Any]) -> dict[str, Any]:
        by_place = {
            name: sorted(snapshot[name], key=lambda entry: (entry["kind"], entry["part"]))
            for name in ("steps", "artifacts")
        }
        return {**snapshot, **by_place}

    assert shape(design) == shape(later)


SEQUENCE = """sequenceDiagram
  actor M as Member
  participant S as System
  M->>S: POST /loans
  alt free
    loop each day
      S-->>M: 201
    end
  else lent
    opt wants
      M->>S: POST /reservations
    end
  end
"""
ERD = """erDiagram
  MEMBER ||--o{ LOAN : "borrows"
  MEMBER {
    uuid id PK
    string name "the name"
  }
  LOAN {
    uuid id PK
  }
"""


@pytest.mark.parametrize(
    ("kind", "keyword", "text"), [("sequence", "sequenceDiagram", SEQUENCE), ("erd", "erDiagram", ERD)]
)
def test_every_beginning_of_a_diagram_is_drawn_or_not_yet_begun(
    call: Callable[..., Any], server: Server, kind: str, keyword: str, text: str
) -> None:
    drawn = 0
    for fence in ("", "```mermaid\n"):
        for length in range(0, len(text), 7):
            source = call("design/prefix", "cutToDrawable", keyword, fence + text[:length])
            if source:
                _, answer = server.call("POST", "/check", {"kind": kind, "source": source})
                assert [p for p in answer["problems"] if p["code"] == "mermaid.syntax"] == [], source
                drawn += 1
    assert drawn > 10


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "a"),
        ("a\nb\nc", "a\nc"),
        ("a\nb", "b\na"),
        ("x\n\ny\n", "x\ny\n\n"),
        ("가\n나", "가\n다\n나"),
        ("same", "same"),
    ],
)
def test_a_difference_holds_both_texts_whole(call: Callable[..., Any], before: str, after: str) -> None:
    lines = call("design/diff", "compareLines", before, after)
    assert "\n".join(line["text"] for line in lines if line["sign"] != "+") == before
    assert "\n".join(line["text"] for line in lines if line["sign"] != "-") == after


def test_what_changed_in_a_long_text_is_found_however_far_apart_it_lies(call: Callable[..., Any]) -> None:
    before = [f"line {number}" for number in range(5_000)]
    after = ["first", *before[1:-1], "last"]
    lines = call("design/diff", "compareLines", "\n".join(before), "\n".join(after))
    changed = [(line["sign"], line["text"]) for line in lines if line["sign"] != " "]
    assert sorted(changed) == [("+", "first"), ("+", "last"), ("-", "line 0"), ("-", "line 4999")]


def test_both_languages_have_every_word(call: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    person = visit()
    person.start()
    # English lacks errors whose message comes from the server in English; Korean has no forms for one and for many.
    read = "async tag => Object.keys((await import(`/static/js/${tag}.js`))[tag])"
    english, korean = (
        {word.removesuffix(".one") for word in person.page.evaluate(read, tag) if not word.startswith("error.")}
        for tag in ("en", "ko")
    )
    assert english == korean


def test_one_thing_is_not_several(call: Callable[..., Any]) -> None:
    said = [call("i18n", "t", "calls", {"n": count}) for count in (0, 1, 2)]
    assert said == ["0 calls", "1 call", "2 calls"]
    assert call("format", "formatTokens", 1) == "1 token"
    assert call("i18n", "t", "revision", {"n": 1}) == "Version 1"


@pytest.mark.parametrize(
    "text",
    [
        ERD,
        'erDiagram\n  Author["작가 Author"] {\n    uuid id PK\n    string n UK "a, b"\n  }\n  Author |o--|{ Book : ""',
        "erDiagram\n%% a note\n  direction LR\n  Book\n  Book ||..o{ Page : has",
        'erDiagram\n  "Line item" }|--|| ORDER : "is of"\n  ORDER {\n    int id PK, FK\n  }',
    ],
)
def test_the_page_reads_entities_as_the_checks_do(call: Callable[..., Any], text: str) -> None:
    read, er = call("erd/reading", "readModel", text), parse(text).er
    assert er is not None
    assert {table["name"]: len(table["columns"]) for table in read["tables"]} == {
        entity.name: len(entity.attributes) for entity in er.entities
    }
    assert [link["label"] for link in read["links"]] == [relation.label for relation in er.relationships]


def test_what_the_page_cannot_read_of_entities_is_left_to_mermaid(call: Callable[..., Any]) -> None:
    for text in (
        "erDiagram\n  A {\n    int id PK\n",
        "erDiagram\n  A ||-- B : x",
        "erDiagram\nclassDef x fill:#f00",
        ERD + "}",
    ):
        assert call("erd/reading", "readModel", text) is None


def test_a_drawing_brings_shapes_and_words_and_nothing_else(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.start()
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)" style="fill: url(https://e.example/)">'
        "<style>@import 'https://e.example/x.css'; text { fill: red }</style><script>alert(1)</script>"
        '<foreignObject><img src="https://e.example/x"/></foreignObject><image href="https://e.example/y"/>'
        '<a href="javascript:alert(1)"><text>linked</text></a><use href="https://e.example/z#a"/>'
        '<g id="a" fill="url(https://e.example/)" onclick="alert(1)"><text x="1" style="font-size: 9px">word</text></g>'
        "</svg>"
    )
    script = """async drawing => {
      const { picture, sheet } = (await import("/static/js/viewer/inline.js")).takeOver(drawing);
      document.body.append(picture); return [picture.outerHTML, sheet.cssRules.length]; }"""
    taken, rules = person.page.evaluate(script, drawing)
    assert "word" in taken
    assert "font-size: 9px" in taken
    for bad in ("e.example", "alert", "script", "foreignObject", "linked", "onload", "onclick"):
        assert bad not in taken
    assert rules == 1
    person.expect_nothing_bad()


def test_korean_particles_follow_the_sound_before_them(call: Callable[..., Any]) -> None:
    words = [
        ("쿠폰", "쿠폰을"),
        ("코드", "코드를"),
        ("쿠폰(MemberCoupon)", "쿠폰(MemberCoupon)을"),
        ("API", "API를"),
        ("Member", "Member를"),
        ("rating", "rating을"),
    ]
    for word, said in words:
        assert call("particles", "withParticle", word, "을/를") == said
    for word, said in (
        ("고객", "고객으로"),
        ("회의실", "회의실로"),
        ("Tool", "Tool로"),
        ("Member", "Member로"),
        ("상태", "상태로"),
    ):
        assert call("particles", "withParticle", word, "으로/로") == said
