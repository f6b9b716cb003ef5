"""A blueprint while it is written: what is complete is read, once, wherever the text happens to be cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.compact_writing import write_compact
from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.incremental import CompactReader, GrowingBlueprint
from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.requirements import read_requirements
from designchord.kinds import registry
from designchord.pipeline.growing import Growth


def briefs() -> Iterator[Brief]:
    folder = resources.files("designchord.api").joinpath("examples")
    for file in sorted((one for one in folder.iterdir() if one.name.endswith(".md")), key=lambda one: one.name):
        text = file.read_text(encoding="utf-8")
        title, content, requirements = read_idea(text)
        yield Brief(title, content, requirements, detect_language(text))


BRIEFS = list(briefs())
DRAFTS = [drafter.draft(brief) for brief in BRIEFS]


def reader_of(brief: Brief) -> GrowingBlueprint:
    return GrowingBlueprint(brief, read_requirements(brief), drafter.english_of, drafter.steps_of)


def pieces(text: str, sizes: list[int]) -> Iterator[str]:
    at = turn = 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        yield text[at : at + size]
        at, turn = at + size, turn + 1


LISTS = ("actors", "entities", "relations", "operations", "scenarios")


@pytest.mark.parametrize(("brief", "draft"), list(zip(BRIEFS, DRAFTS, strict=True)))
@pytest.mark.parametrize("written", [answering.dump, write_compact], ids=["canonical", "compact"])
def test_at_the_last_character_everything_is_there_as_the_whole_answer_has_it(brief, draft, written) -> None:
    answer = f"Here it is:\n```json\n{written(draft)}\n```\n"
    growing = reader_of(brief)
    for piece in pieces(answer, [1, 7, 30]):
        growing.feed(piece)
    whole = answering.read(answer, brief, read_requirements(brief), translate=drafter.english_of).blueprint
    assert whole is not None
    so_far = growing.read()
    assert {name: len(getattr(so_far, name)) for name in LISTS} == {name: len(getattr(whole, name)) for name in LISTS}
    assert [one.name for one in so_far.entities] == [one.name for one in whole.entities]
    assert [(one.id, one.path) for one in so_far.operations] == [(one.id, one.path) for one in whole.operations]
    assert so_far.scenarios == whole.scenarios


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_where_the_text_is_cut_makes_no_difference(sizes: list[int]) -> None:
    text = write_compact(DRAFTS[0])
    reader = CompactReader()
    for piece in pieces(text, sizes):
        reader.feed(piece)
    assert reader.fields == json.loads(text)


JSON = st.recursive(st.text(max_size=8) | st.integers() | st.booleans(), lambda inner: st.lists(inner, max_size=3))


@given(st.dictionaries(st.text(max_size=6), st.lists(st.text(max_size=8) | st.dictionaries(st.text(max_size=4), JSON))))
def test_any_object_of_lists_is_read_as_it_is(value: dict[str, list[object]]) -> None:
    reader = CompactReader()
    for piece in pieces(json.dumps(value), [3]):
        reader.feed(piece)
    assert reader.fields == value


@given(st.text(alphabet='{}[]",:\\ab\n', max_size=200))
def test_whatever_comes_nothing_is_refused(text: str) -> None:
    reader = CompactReader()
    for piece in pieces(text, [2]):
        reader.feed(piece)


def test_an_entity_is_there_with_its_last_character_and_not_before() -> None:
    brief, draft = BRIEFS[0], DRAFTS[0]
    text = write_compact(draft)
    ends = text.index("}", text.index('"entities":['))
    growing = reader_of(brief)
    growing.feed(text[:ends])
    assert growing.read().entities == ()
    assert growing.feed(text[ends : ends + 1])
    assert [one.name for one in growing.read().entities] == [draft.entities[0].name]


@pytest.mark.parametrize("draft", DRAFTS)
def test_what_is_written_in_the_compact_form_is_read_again(draft: Blueprint) -> None:
    brief = BRIEFS[DRAFTS.index(draft)]
    read = answering.read(write_compact(draft), brief, None, translate=drafter.english_of)
    assert read.blueprint is not None, read.problems
    unsaid = {"assumed": True, "required": True, "attributes": {"__all__": {"assumed"}}}
    for name in LISTS:
        told = [
            [one.model_dump(exclude=unsaid | {"description": name == "actors"}) for one in getattr(made, name)]
            for made in (draft, read.blueprint)
        ]
        assert told[0] == told[1]


@pytest.mark.parametrize("draft", DRAFTS)
def test_what_a_model_need_not_write_is_made_of_what_it_writes(draft: Blueprint) -> None:
    brief = BRIEFS[DRAFTS.index(draft)]
    written = write_compact(draft, terse=True)
    assert len(written) < 0.8 * len(write_compact(draft))
    asked = draft.requirements
    read = answering.read(written, brief, asked, translate=drafter.english_of, tell=drafter.steps_of).blueprint
    assert read is not None
    for made, wanted in zip(read.entities, draft.entities, strict=True):
        assert made.name == wanted.name
        assert {(one.name, one.type, one.key, one.references) for one in made.attributes} == {
            (one.name, one.type, one.key, one.references) for one in wanted.attributes
        }
    assert [one.model_copy(update={"assumed": False}) for one in read.operations] == [
        one.model_copy(update={"assumed": False}) for one in draft.operations
    ]
    for told, drafted in zip(read.scenarios, draft.scenarios, strict=True):
        assert [one.operation for one in told.steps if one.operation] == [
            one.operation for one in drafted.steps if one.operation
        ]
        assert {one.when for one in told.steps} == {one.when for one in drafted.steps}


def grown(brief: Brief, text: str, *, upto: float = 1.0) -> dict[tuple[str, str], str]:
    """What a watcher has after that share of a text, by place."""
    shown: dict[tuple[str, str], str] = {}

    def send(data) -> None:
        place = (data["kind"], data["part"])
        assert data["offset"] in (0, len(shown.get(place, "")))
        shown[place] = shown.get(place, "")[: data["offset"]] + data["text"]

    growth = Growth(kinds=list(registry.KINDS), begin=lambda: reader_of(brief), send=send)
    growth.add(text[: round(len(text) * upto)])
    growth.flush()
    return shown


def test_a_watcher_sees_views_of_as_much_as_is_written() -> None:
    brief, text = BRIEFS[0], write_compact(DRAFTS[0], terse=True)
    early, whole = grown(brief, text, upto=0.25), grown(brief, text)
    assert "{" in early["erd", ""], "the first entity is drawn before a quarter of the blueprint is written"
    draft = DRAFTS[0]
    assert early.get(("api", ""), "").count("\n") < len(draft.operations)
    assert whole["erd", ""] == registry.kind("erd").skeleton(draft, registry.kind("erd").parts(draft)[0])
    assert whole["api", ""].count("\n") == len(draft.operations)
    assert {part for kind, part in whole if kind == "sequence"} == {one.id for one in draft.scenarios}
    lines = [json.loads(line) for line in whole["report", ""].splitlines()]
    assert {line["id"] for line in lines if "text" in line} == {one.id for one in draft.requirements}
    assert {line["grade"] for line in lines if "grade" in line} <= {"said", "inferred", "undecided"}
    assert lines[-1]["counts"]["entities"] == len(draft.entities)


def test_an_answer_that_begins_anew_takes_nothing_away_until_as_much_is_there() -> None:
    brief, text = BRIEFS[0], write_compact(DRAFTS[0], terse=True)
    sent: list[dict[str, object]] = []
    growth = Growth(kinds=["erd", "api"], begin=lambda: reader_of(brief), send=lambda data: sent.append(dict(data)))
    growth.add(text)
    growth.flush()
    before = len(sent)
    growth.restart()
    for piece in pieces(text, [50]):
        growth.add(piece)
    growth.flush()
    assert len(sent) == before
