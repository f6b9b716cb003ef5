"""The model server answers like a good model: every kind's answer passes that kind's own check, and names agree."""

from __future__ import annotations

import pytest

from bench import model_answers, model_faults
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.kinds import conversation
from designchord.kinds.registry import KINDS

BRIEFS = {
    "ko": Brief(
        "도서 대여 서비스",
        "동네 도서관의 회원이 책을 검색하고 빌리고 반납한다. 사서는 책을 등록하고 연체를 관리한다.",
        "- 회원은 책을 검색할 수 있다.\n- 회원은 책을 빌릴 수 있다.\n- 사서는 책을 등록할 수 있다.",
        "ko",
    ),
    "en": Brief(
        "Library",
        "Members search, borrow and return books. Librarians register books and watch overdue loans.",
        "- A member can borrow a book.\n- A librarian can register a book.",
        "en",
    ),
}


def messages(turns: tuple[conversation.Turn, ...]) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in turns]


@pytest.fixture(params=sorted(BRIEFS))
def brief(request: pytest.FixtureRequest) -> Brief:
    return BRIEFS[request.param]


def test_the_blueprint_is_read_as_it_stands(brief: Brief) -> None:
    asked = model_answers.understand(messages(conversation.blueprint_opening(brief)))
    assert (asked.kind, asked.language, asked.turn) == ("blueprint", brief.language, 1)
    found = answering.read(model_answers.answer(asked), brief)
    assert found.blueprint is not None, found.problems
    assert found.fixes == ()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_part_is_understood_and_valid_at_once(brief: Brief, name: str) -> None:
    opening = messages(conversation.blueprint_opening(brief))
    source = model_answers.answer(model_answers.understand(opening))
    blueprint, kind = answering.load(source), KINDS[name]
    answers = set()
    for part in kind.parts(blueprint):
        turns = conversation.part_opening(brief, answering.dump(blueprint), kind.prompt(brief, blueprint, part))
        asked = model_answers.understand(messages(turns))
        assert asked.kind == name
        answer = model_answers.answer(asked)
        answers.add(answer)
        found = kind.accept(answer, blueprint, part)
        assert found.acceptable, found.problems
        assert found.fixes == ()
    assert len(answers) == len(kind.parts(blueprint))


def test_a_re_ask_is_about_the_same_thing(brief: Brief) -> None:
    opening = conversation.blueprint_opening(brief)
    again = (*opening, ("assistant", "{"), ("user", conversation.reask((), "json")))
    asked = model_answers.understand(messages(again))
    assert (asked.kind, asked.turn) == ("blueprint", 2)


@pytest.mark.parametrize("spoiler", sorted(model_faults.SPOILERS))
def test_every_spoiler_spoils_something(spoiler: str) -> None:
    brief = BRIEFS["en"]
    opening = messages(conversation.blueprint_opening(brief))
    source = model_answers.answer(model_answers.understand(opening))
    blueprint = answering.load(source)
    answers = [source]
    for kind in KINDS.values():
        for part in kind.parts(blueprint):
            turns = conversation.part_opening(brief, source, kind.prompt(brief, blueprint, part))
            answers.append(model_answers.answer(model_answers.understand(messages(turns))))
    assert any(model_faults.SPOILERS[spoiler](answer) != answer for answer in answers)
