"""Why a drafted blueprint holds what it holds."""

from __future__ import annotations

from designchord.blueprint.idea import find_lines, joined_rows, read_idea
from designchord.blueprint.model import Brief
from designchord.drafter.drafting import draft
from designchord.drafter.grounds import Ground, find_grounds

BRIEF = Brief(
    title="Lending",
    content="Neighbours share things.\n\nMembers borrow tools. A tool has a name and a deposit.",
    requirements="- A member can search tools.\n- A member can return a tool.",
)


def grounds(brief: Brief = BRIEF) -> tuple[Ground, ...]:
    return find_grounds(brief, draft(brief))


def test_the_words_of_a_ground_stand_on_the_line_that_it_names() -> None:
    fields = {"title": BRIEF.title, "content": BRIEF.content, "requirements": BRIEF.requirements}
    placed = [ground for ground in grounds() if ground.line]
    assert {ground.field for ground in placed} >= {"content", "requirements"}
    for ground in placed:
        assert ground.words in fields[ground.field].split("\n")[ground.line - 1]


def test_everything_in_the_blueprint_has_a_ground_or_is_said_to_be_assumed() -> None:
    blueprint = draft(BRIEF)
    told = {(ground.kind, ground.name): ground for ground in grounds()}
    for entity in blueprint.entities:
        assert entity.assumed == (told["entity", entity.name].rule in {"assumed", "brought"})
    for operation in blueprint.operations:
        assert operation.assumed == (told["operation", operation.id].rule in {"assumed", "brought"})
        assert ("operation", operation.id) in told
    assert {actor.id for actor in blueprint.actors} <= {name for kind, name in told if kind == "actor"}


def test_a_korean_idea_is_explained_by_its_own_words() -> None:
    brief = Brief("공구 도서관", "회원은 공구를 빌린다.", "- 회원은 공구를 검색할 수 있다.", "ko")
    tool = next(ground for ground in grounds(brief) if ground.kind == "entity" and ground.name == "Tool")
    assert tool.word == "공구"
    assert tool.because == "the word “공구”"


def test_a_brief_is_read_as_one_text_whose_lines_know_where_they_come_from() -> None:
    rows = joined_rows(BRIEF)
    assert rows[0] == ("# Lending", "title", 1)
    assert ("- A member can return a tool.", "requirements", 2) in rows
    assert [row.text for row in rows if not row.field] == ["", "", "## Requirements", ""]


def test_a_title_that_the_content_begins_with_is_not_read_twice() -> None:
    rows = joined_rows(Brief("Members borrow tools", "Members borrow tools. They return them."))
    assert [row.field for row in rows] == ["content"]


def test_the_lines_of_a_brief_are_found_in_the_file_it_came_from() -> None:
    text = "\n".join(
        [
            "# Tool *library*",
            "",
            "Members lend.",
            "",
            "## Requirements",
            "",
            "- Lend",
            "- Return",
            "",
            "## Notes",
            "",
            "End.",
        ]
    )
    found = read_idea(text)
    places = find_lines(text, Brief(found.title, found.content, found.requirements))
    assert places["title", 1] == 1
    assert places["content", 1] == 3
    assert (places["requirements", 1], places["requirements", 2]) == (7, 8)
    assert places["content", len(found.content.split("\n"))] == 12


def test_a_word_that_the_text_only_means_is_told_apart() -> None:
    rules = {ground.rule for ground in grounds() if (ground.kind, ground.name) == ("entity", "Loan")}
    assert rules == {"meant"}
