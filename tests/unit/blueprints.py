"""Arbitrary valid blueprints, with the labels that people and attackers really write."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from designchord.blueprint.model import (
    Actor,
    Attribute,
    Blueprint,
    Entity,
    Operation,
    Relation,
    Requirement,
    Scenario,
    ScenarioStep,
)

HOSTILE = (
    "end",
    "End",
    "회원 탈퇴",
    'say "hi"; bye',
    "#1 & 50% off",
    "a\nb\r\nc",
    "<script>alert(1)</script>",
    "😀 emoji 👩‍👩‍👧",
    "%%{init: {}}%%",
    "%% comment",
    "A->>B: x",
    "alt x",
    "```mermaid",
    "style a:#f00;",
    "classDef x:#f00;",
    "wrap: me",
    ":nowrap:x",
    "#quot;",
    "&lt;b&gt;",
    "click A href x",
    "javascript:alert(1)",
    "direction TB",
    "}",
    "{",
    "]",
    "\\",
    "`tick`",
    "\u2028line",
    "\x00nul",
    "ﬂ°°35¶ß",
    "title: x",
    "__proto__",
    "constructor",
    "<br/>",
    "<img src=x onerror=a>",
    "---\ntitle: x\n---",
    "@{ type: x }",
    "as x",
    "|o--o|",
    "회원;대출#번호",
    "'",
    "links A: {}",
    "A 1--n B",
)
WORDS = (
    "End",
    "Note",
    "Loop",
    "Alt",
    "Actor",
    "Participant",
    "Create",
    "Title",
    "Link",
    "Links",
    "Option",
    "Box",
    "Off",
    "System",
    "Database",
    "Member",
    "Class",
    "Style",
    "Subgraph",
    "ErDiagram",
    "One",
    "Many",
    "To",
    "U",
    "As",
    "And",
    "Details",
    "Properties",
    "Over",
    "Rect",
    "Break",
    "Par",
    "Else",
    "AccTitle",
    "AccDescr",
    "Autonumber",
    "Constructor",
    "SequenceDiagram",
    "Destroy",
    "Activate",
    "Zero",
    "Only",
    "Direction",
    "ClassDef",
    "Critical",
    "ToString",
)

labels = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=30)).map(
    lambda text: text.strip()[:200] or "x"
)
texts = st.one_of(st.just(""), labels)
pascal = st.one_of(st.sampled_from(WORDS), st.from_regex(r"\A[A-Z][A-Za-z0-9]{0,8}\Z"))
snake = st.one_of(st.sampled_from(["pk", "fk", "uk", "id", "end", "x_"]), st.from_regex(r"\A[a-z][a-z0-9_]{0,8}\Z"))
camel = st.from_regex(r"\A[a-z][A-Za-z0-9]{0,8}\Z")
slugs = st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,8}\Z")
types = st.sampled_from(["uuid", "string", "decimal", "enum", "datetime", "json"])


def some(strategy: Any, most: int, least: int = 0) -> Any:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


attributes = st.builds(
    Attribute,
    name=snake,
    type=types,
    label=texts,
    key=st.sampled_from(["primary", "foreign", "primary_foreign", "none"]),
    references=st.one_of(st.none(), pascal),
    unique=st.booleans(),
    values=some(labels, 3),
)
entities = st.builds(Entity, name=pascal, label=labels, attributes=some(attributes, 5))
operations = st.builds(
    Operation,
    id=camel,
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    path=st.sampled_from(["/loans", "/loans/{loan_id}", "/end/{x}/note"]),
    summary=labels,
    returns=st.sampled_from(["one", "page", "none"]),
    errors=some(st.tuples(st.sampled_from([404, 409]), texts), 2),
)


@st.composite
def blueprints(draw: Any) -> Blueprint:
    actors = draw(some(st.builds(Actor, id=pascal, label=labels, kind=st.sampled_from(["person", "external"])), 4, 1))
    things = draw(some(entities, 5, 1))
    calls = draw(some(operations, 4, 1))
    ids = st.one_of(st.sampled_from([actor.id for actor in actors]), st.sampled_from(["System", "Database"]), pascal)
    steps = st.builds(
        ScenarioStep,
        source=ids,
        target=ids,
        message=labels,
        kind=st.sampled_from(["call", "reply", "self"]),
        operation=st.one_of(st.none(), st.sampled_from([call.id for call in calls])),
        when=st.one_of(st.just(""), st.sampled_from(["w1", "end"]), texts),
    )
    scenarios = st.builds(
        Scenario, id=slugs, title=labels, actor=ids, steps=some(steps, 12), requirements=st.just(("R1", "R2"))
    )
    names = st.sampled_from([entity.name for entity in things])
    relations = st.builds(
        Relation,
        source=names,
        target=names,
        cardinality=st.sampled_from(["one_to_one", "one_to_many", "many_to_many"]),
        label=texts,
        required=st.booleans(),
    )
    return Blueprint(
        title=draw(labels),
        language=draw(st.sampled_from(["en", "ko", "ja", "fr-CA"])),
        actors=actors,
        requirements=(Requirement(id="R1", text="x"),),
        entities=things,
        relations=draw(some(relations, 5)),
        operations=calls,
        scenarios=draw(some(scenarios, 3, 1)),
    )
