"""What a small real model answered in stages about an idea, and what a blueprint comes of it with what rules read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.idea import read_idea
from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.requirements import read_requirements
from designchord.drafter.staged import StagedBlueprint

IDEA = """# 동네 의원 예약

환자가 전화 대신 앱으로 진료를 예약하고, 의원은 하루 일정을 한눈에 본다. 의사는 진료가 끝나면 처방전을 남긴다.

## 요구사항

- 환자는 의사와 시간을 골라 진료를 예약한다.
- 환자는 예약을 하루 전까지 취소할 수 있다. 그 뒤에는 취소가 거절된다.
- 같은 시간에 한 의사에게 두 예약이 있을 수 없다.
- 접수 직원은 오늘의 예약 목록을 조회한다.
- 의사는 진료가 끝난 예약에 처방전을 작성한다.
- 환자는 이름이나 진료과로 의사를 검색한다.
- 검색 결과는 1초 안에 보여야 한다.
"""


def _call(summary: str, actor: str, does: str, entity: str, verb: str, refused_when: str = "") -> list[dict[str, str]]:
    call = {"summary": summary, "actor": actor, "does": does, "entity": entity, "verb": verb}
    return [call | {"refused_when": refused_when}]


# As Qwen2.5-Coder-1.5B answered.
SAID: dict[str, dict[str, Any]] = {
    "things": {
        "summary": "동네 의원 예약 시스템은 환자와 의사, 접수 직원, 의사 모두에게 정보를 제공합니다.",
        "actors": [
            {"label": "환자", "name": "환자"},
            {"label": " 의사", "name": "의사"},
            {"label": "접수 직원", "name": "접수직원"},
        ],
        "entities": [
            {"label": "환자", "name": "환자"},
            {"label": " 의사", "name": "의사"},
            {"label": "접수 직원", "name": "접수직원"},
            {"label": "환자 이름", "name": "환자이름"},
            {"label": "의사 처방전", "name": "의사처방전"},
        ],
    },
    "operations": {
        "R1": _call(
            "환자는 의사와 시간을 골라 진료를 예약한다.",
            "Patient",
            "create",
            "Appointment",
            "book",
            "예약 시간이 이미 예약되어 있거나, 같은 시간에 한 의사에게 두 예약이 있을 때",
        ),
        "R2": _call("환자는 예약을 하루 전까지 취소할 수 있다.", "Patient", "create", "Appointment", "cancel"),
        "R3": _call(
            "같은 시간에 한 의사에게 두 예약이 있을 수 없다.",
            "Doctor",
            "create",
            "Appointment",
            "create",
            "같은 시간에 한 의사에게 두 예약이 있을 때",
        ),
        "R4": _call("접수 직원은 오늘의 예약 목록을 조회한다.", "Employee", "read", "Appointment", "list"),
        "R5": _call("의사는 진료가 끝난 예약에 처방전을 작성한다.", "Doctor", "change", "Prescription", "write"),
        "R6": _call("환자는 이름이나 진료과로 의사를 검색한다.", "Patient", "create", "Doctor", "의사를 찾는다"),
    },
    "relations": {
        "relations": [
            {"one": "Patient", "many": "Appointment"},
            {"one": "Appointment", "many": "Doctor"},
            {"one": "Appointment", "many": "Prescription"},
            {"one": "Employee", "many": "Appointment"},
        ]
    },
    "attributes": {
        "Doctor": [
            {"name": "의사", "type": "string"},
            {"name": "의사 이름", "type": "string"},
            {"name": "의사 진료과", "type": "string"},
        ],
        "Prescription": [{"name": "처방전", "type": "string"}, {"name": "처방전 작성 날짜", "type": "string"}],
        "Employee": [{"name": "직원 이름", "type": "string"}],
    },
    "stories": {"stories": [{"title": "환자 예약", "actor": "Patient", "calls": ["createAppointment"]}]},
}


@pytest.fixture(scope="module")
def made() -> Blueprint:
    idea = read_idea(IDEA)
    brief = Brief(idea.title, idea.content, idea.requirements, "ko")
    requirements = read_requirements(brief)
    staged = StagedBlueprint(brief, requirements, drafter.draft(brief, assume="none"))
    for stage in staged.stages():
        stage.take(SAID[stage.name])
    source = json.dumps(staged.fields(), ensure_ascii=False)
    blueprint = answering.read(source, brief, requirements, translate=drafter.english_of).blueprint
    assert blueprint is not None
    return blueprint


def test_the_things_are_the_models_and_the_rules_without_doubles(made: Blueprint) -> None:
    assert {one.name for one in made.entities} == {"Patient", "Doctor", "Appointment", "Prescription", "Employee"}


def test_a_verb_that_says_what_a_call_does_overrules_the_models_choice(made: Blueprint) -> None:
    calls = {one.requirements: (one.method, one.path) for one in made.operations}
    assert calls["R2",] == ("POST", "/appointments/{appointment_id}/cancel")
    assert calls["R4",] == ("GET", "/appointments")
    assert calls["R5",] == ("POST", "/prescriptions")
    assert calls["R6",] == ("GET", "/doctors")


def test_a_refusal_counts_where_the_demand_gives_it_and_is_of_the_call_that_rules_read(made: Blueprint) -> None:
    booking = next(one for one in made.operations if one.path == "/appointments" and one.method == "POST")
    assert booking.errors == ((409, "같은 시간에 한 의사에게 두 예약이 있는 경우"),)
    assert {number for one in made.operations if "R3" in one.requirements for number in one.requirements} == {
        "R1",
        "R3",
    }


def test_rules_know_better_which_side_has_several(made: Blueprint) -> None:
    ends = {(one.source, one.target) for one in made.relations}
    assert ("Appointment", "Doctor") not in ends
    assert ("Patient", "Appointment") in ends


def test_properties_are_named_in_english_and_never_for_a_thing(made: Blueprint) -> None:
    for entity in made.entities:
        names = {one.name for one in entity.attributes if one.key == "none"}
        assert not names & {"patient", "doctor", "prescription", "employee"}
    doctor = made.entity("Doctor")
    assert doctor is not None
    assert "name" in {one.name for one in doctor.attributes}


def test_every_functional_requirement_is_named_by_a_call(made: Blueprint) -> None:
    named = {number for one in made.operations for number in one.requirements}
    assert named == {"R1", "R2", "R3", "R4", "R5", "R6"}


def test_in_a_language_without_fixed_sentences_stories_are_in_the_models_words() -> None:
    brief = Brief("Bäckerei", "Kunden bestellen Brot.", "- Kunden bestellen Brot.", "de")
    requirements = read_requirements(brief)
    staged = StagedBlueprint(brief, requirements, drafter.draft(brief, assume="none"))
    said: dict[str, dict[str, Any]] = {
        "things": {
            "summary": "Kunden bestellen Brot.",
            "actors": [{"label": "Kunde", "name": "Customer"}],
            "entities": [{"label": "Kunde", "name": "Customer"}, {"label": "Brot", "name": "Bread"}],
        },
        "operations": {"R1": _call("Brot bestellen", "Customer", "create", "Bread", "order")},
        "relations": {"relations": [{"one": "Customer", "many": "Bread"}]},
        "attributes": {"Bread": [{"name": "weight", "type": "decimal"}]},
        "stories": {"stories": [{"title": "Bestellung", "actor": "Customer", "calls": ["createBread"]}]},
    }
    for stage in staged.stages():
        stage.take(said[stage.name])
    source = json.dumps(staged.fields(), ensure_ascii=False)
    blueprint = answering.read(source, brief, requirements, translate=drafter.english_of).blueprint
    assert blueprint is not None
    assert {step.message for one in blueprint.scenarios for step in one.steps} == {"Brot bestellen", "Brot"}


def test_what_only_says_how_a_thing_is_is_none() -> None:
    brief = Brief(
        "Tool library",
        "Members borrow tools for a period. The keeper sees all overdue loans.",
        "- A tool that came back damaged cannot be reserved.\n- A member with an overdue tool cannot borrow another.\n",
        "en",
    )
    requirements = read_requirements(brief)
    staged = StagedBlueprint(brief, requirements, drafter.draft(brief, assume="none"))
    said = {"entities": [{"label": one, "name": one} for one in ("Tool", "Overdue", "Damaged", "Period")]}
    next(stage for stage in staged.stages() if stage.name == "things").take(said)
    names = {one["name"] for one in staged.fields()["entities"]}
    assert {"Tool", "Period"} <= names
    assert not {"Overdue", "Damaged"} & names
