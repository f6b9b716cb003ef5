"""A blueprint is held against the text that it was made from, in any language."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from designchord.blueprint.answering import BlueprintCandidate, read
from designchord.blueprint.assumptions import settle
from designchord.blueprint.grounding import Grounding
from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.requirements import read_requirements
from designchord.drafter import draft, names_in
from designchord.drafter.grounds import find_grounds_of_answer
from designchord.ideas.matching import Searched
from tests.flows.apps import CLINIC, LIBRARY

GERMAN = Brief(
    "Werkzeugverleih",
    "Nachbarn leihen einander Werkzeuge. Ein Mitglied reserviert ein Werkzeug für einige Tage und bringt es zurück.",
    "- Mitglieder suchen Werkzeuge nach Kategorie.\n- Ein Mitglied reserviert ein Werkzeug.\n",
    "de",
)


def _blueprint(brief: Brief, things: list[tuple[str, str]], **more: Any) -> dict[str, Any]:
    """A small right answer that keeps these things, each made and listed for every requirement."""
    ids = [one.id for one in read_requirements(brief)]
    name, label = things[0]
    return {
        "title": brief.title,
        "summary": brief.content.split(".")[0],
        "actors": [f"Person: {label}"],
        "entities": [{"name": one, "label": text, "attributes": ["id: uuid pk"]} for one, text in things],
        "operations": [
            {
                "id": f"do{one}",
                "call": f"POST /things-{one.lower()}",
                "summary": label,
                "entity": name,
                "requirements": [one],
            }
            for one in ids
        ],
        "scenarios": [{"id": "story", "title": label, "actor": "Person", "steps": [f"Person -> System: {label}"]}],
    } | more


def _read(brief: Brief, answer: dict[str, Any], **more: Any) -> BlueprintCandidate:
    more = {"known": partial(names_in, brief), **more}
    return read(json.dumps(answer), brief, read_requirements(brief), **more)


def _grounding_codes(candidate: BlueprintCandidate) -> set[str]:
    return {one.code.removeprefix("grounding.") for one in candidate.problems if one.code.startswith("grounding.")}


THINGS = {
    "en": (LIBRARY, [("Item", "Item"), ("Reservation", "Reservation")]),
    "ko": (CLINIC, [("Patient", "환자"), ("Appointment", "진료 예약")]),
    "de": (GERMAN, [("Tool", "Werkzeug"), ("Reservation", "Reservierung")]),
}


@pytest.mark.parametrize("language", THINGS)
def test_a_design_of_the_idea_passes_in_any_language(language: str) -> None:
    brief, things = THINGS[language]
    candidate = _read(brief, _blueprint(brief, things))
    assert candidate.acceptable, candidate.problems
    assert _grounding_codes(candidate) == set()
    assert candidate.blueprint is not None
    assert not any(one.assumed for one in (*candidate.blueprint.entities, *candidate.blueprint.operations))


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["en", "ko"])
def test_what_rules_drafted_passes_what_models_must_pass(brief: Brief) -> None:
    found = Grounding(draft(brief), brief, known=partial(names_in, brief)).problems()
    assert {one.code for one in found} <= {"grounding.uncovered"}


@pytest.mark.parametrize(("thing", "looked"), [(("Reservation", "Reservation"), 0), (("Voucher", "Coupon"), 1)])
def test_other_words_for_a_thing_are_looked_for_once_where_its_own_do_not_stand_in_the_text(
    thing: tuple[str, str], looked: int
) -> None:
    asked: list[str] = []

    def known() -> tuple[str, ...]:
        asked.append(thing[0])
        return (thing[0],)

    candidate = _read(LIBRARY, _blueprint(LIBRARY, [("Item", "Item"), thing]), known=known)
    assert "ungrounded" not in _grounding_codes(candidate)
    assert len(asked) == looked


@pytest.mark.parametrize("language", THINGS)
def test_another_project_is_refused(language: str) -> None:
    brief, _ = THINGS[language]
    labels = {"en": ("Invoice", "Voucher"), "ko": ("송장", "쿠폰"), "de": ("Rechnung", "Gutschein")}[language]
    other = _blueprint(brief, [("Invoice", labels[0]), ("Voucher", labels[1])])
    other |= {"title": labels[0], "summary": labels[1]}
    candidate = _read(brief, other)
    assert not candidate.acceptable
    assert "other_project" in _grounding_codes(candidate)


def test_a_design_in_another_language_is_refused() -> None:
    candidate = _read(LIBRARY, _blueprint(CLINIC, THINGS["ko"][1]))
    assert not candidate.acceptable
    assert "language" in _grounding_codes(candidate)
    candidate = _read(CLINIC, _blueprint(LIBRARY, [("Patient", "The patient"), ("Doctor", "The doctor of the clinic")]))
    assert not candidate.acceptable
    assert "language" in _grounding_codes(candidate)


def test_one_line_of_an_idea_leaves_the_rest_to_the_model_and_marks_it() -> None:
    brief = Brief("Chat app", "An app to chat.", "", "en")
    candidate = _read(brief, _blueprint(brief, [("Room", "Room"), ("Message", "Message")], summary="Friends talk."))
    assert candidate.acceptable
    assert _grounding_codes(candidate) & {"ungrounded", "other_project"} == set()
    assert candidate.blueprint is not None
    assert candidate.blueprint.assumptions or not any(one.assumed for one in candidate.blueprint.entities)


def test_a_design_in_a_language_that_the_text_is_not_in_is_not_judged_by_its_words() -> None:
    brief = replace(GERMAN, language="en")
    candidate = _read(brief, _blueprint(brief, [("Tool", "Tool"), ("Hold", "Hold")]) | {"title": "Lending of tools"})
    assert candidate.acceptable
    assert _grounding_codes(candidate) <= {"language"}
    assert candidate.blueprint is not None
    assert not any(one.assumed for one in candidate.blueprint.entities)


def test_a_summary_in_another_language_is_told_of_and_no_reason_to_refuse_the_rest() -> None:
    candidate = _read(CLINIC, _blueprint(*THINGS["ko"]) | {"summary": "A clinic where patients book appointments."})
    assert candidate.acceptable
    assert _grounding_codes(candidate) == {"language"}
    assert "the summary" in candidate.wanting[0].message


def test_a_thing_without_ground_is_told_of_then_marked_and_can_be_struck() -> None:
    brief, things = THINGS["en"]
    answer = _blueprint(brief, [*things, ("Coupon", "Coupon")])
    answer["actors"] = ["Member: Member", "PaymentGateway external: Payment provider"]
    answer["scenarios"][0] |= {"actor": "Member", "steps": ["Member -> System: reserves"]}
    candidate = _read(brief, answer)
    assert _grounding_codes(candidate) == {"ungrounded"}
    assert "Coupon (Coupon), PaymentGateway" in candidate.wanting[0].message

    made = candidate.blueprint
    assert made is not None
    assert [one.name for one in made.entities if one.assumed] == ["Coupon"]
    listed = {one.about: one.id for one in made.assumptions}
    assert set(listed) == {"entity:Coupon", "actor:PaymentGateway"}
    assert settle(made, struck=list(listed.values())).entity("Coupon") is None


def test_what_says_itself_that_it_is_assumed_is_not_asked_about() -> None:
    brief, things = THINGS["en"]
    answer = _blueprint(brief, [*things, ("Coupon", "Coupon")])
    answer["entities"][-1]["assumed"] = True
    candidate = _read(brief, answer)
    assert _grounding_codes(candidate) == set()
    assert candidate.blueprint is not None
    assert candidate.blueprint.assumptions[0].about == "entity:Coupon"


def test_a_requirement_that_nothing_names_is_told_with_its_words() -> None:
    brief, things = THINGS["en"]
    answer = _blueprint(brief, things)
    left = answer["operations"].pop()
    candidate = _read(brief, answer)
    wanting = [one for one in candidate.wanting if one.code == "grounding.uncovered"]
    assert left["requirements"][0] in wanting[0].message
    assert read_requirements(brief)[-1].text in wanting[0].message


def test_naming_every_requirement_grounds_nothing() -> None:
    brief, things = THINGS["en"]
    ids = [one.id for one in read_requirements(brief)]
    answer = _blueprint(brief, [*things, ("Coupon", "Coupon")])
    answer["entities"][-1]["requirements"] = ids
    assert "ungrounded" in _grounding_codes(_read(brief, answer))
    answer["entities"][-1]["requirements"] = ids[:1]
    assert "ungrounded" not in _grounding_codes(_read(brief, answer))


def test_a_title_of_another_project_gives_way_to_the_authors() -> None:
    brief, things = THINGS["en"]
    candidate = _read(brief, _blueprint(brief, things) | {"title": "Acme invoicing suite"})
    assert _grounding_codes(candidate) == {"title"}
    assert candidate.blueprint is not None
    assert candidate.blueprint.title == brief.title


def test_a_design_far_too_small_for_its_text_is_told_of() -> None:
    lines = "\n".join(f"- A member can reserve item number {number} for a week." for number in range(1, 10))
    brief = replace(LIBRARY, requirements=lines)
    answer = _blueprint(brief, THINGS["en"][1])
    answer["operations"] = answer["operations"][:1]
    answer["operations"][0]["requirements"] = [one.id for one in read_requirements(brief)]
    assert "too_small" in _grounding_codes(_read(brief, answer))


def test_every_thing_of_a_models_blueprint_says_where_it_comes_from() -> None:
    brief, things = THINGS["ko"]
    candidate = _read(brief, _blueprint(brief, things))
    assert isinstance(candidate.blueprint, Blueprint)
    told = {(one.kind, one.name): one for one in find_grounds_of_answer(brief, candidate.blueprint)}
    patient = told["entity", "Patient"]
    assert (patient.rule, patient.word) == ("word", "환자")
    assert "환자" in patient.words
    assert (patient.field, patient.line) == ("content", 1)
    first = told["operation", "doR1"]
    assert (first.rule, first.word) == ("named", "R1")
    assert first.words


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("Members reserve tools.", "Reservation", True),
        ("Members reserve tools.", "ToolCategory", True),
        ("The bookings of a week", "Booking", True),
        ("A payment is made", "Pay", True),
        ("The art of cooking", "Cart", False),
        ("A repository of pages", "Report", False),
        ("환자는 예약을 취소한다", "진료 예약", True),
        ("환자는 예약을 취소한다", "쿠폰", False),
        ("会員は本を予約する", "予約", True),
        ("Mitglieder leihen Werkzeuge", "Werkzeug", True),
        ("Участник берёт книгу", "Книга", True),
    ],
)
def test_a_text_speaks_of_what_it_has_words_for(text: str, phrase: str, found: bool) -> None:
    assert (Searched(text).share(phrase) >= 0.5) is found
