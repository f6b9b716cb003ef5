"""Names of other scripts get English names where anybody knows them; what is hardly meant is told."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from designchord import drafter
from designchord.blueprint.answering import BlueprintCandidate, read
from designchord.blueprint.model import Brief
from designchord.blueprint.plausibility import resources
from designchord.blueprint.requirements import read_requirements
from designchord.drafter import english_of, names_in

CLINIC = Brief(
    "병원 예약",
    "환자는 의사의 진료를 예약하고 온돌방에서 기다린다. 의사는 처방전을 쓴다.",
    "- 환자는 예약을 취소할 수 있다.",
    "ko",
)


def _read(entities: list[dict[str, Any]], calls: list[dict[str, Any]] | None = None, **more: Any) -> BlueprintCandidate:
    ids = [one.id for one in read_requirements(CLINIC)]
    first = {"id": "addOne", "call": "POST /records", "summary": "예약", "requirements": ids}
    answer = {
        "title": CLINIC.title,
        "actors": ["Patient: 환자"],
        "entities": [{"attributes": ["id: uuid pk"], **entity} for entity in entities],
        "operations": [first | call for call in calls or [{}]],
        "scenarios": [{"id": "s", "title": "예약", "actor": "Patient", "steps": ["Patient -> System: 예약"]}],
    } | more
    known = partial(names_in, CLINIC)
    return read(json.dumps(answer), CLINIC, read_requirements(CLINIC), known=known, translate=drafter.english_of)


def _names(candidate: BlueprintCandidate) -> list[str]:
    assert candidate.blueprint is not None, candidate.problems
    return [one.name for one in candidate.blueprint.entities]


def _codes(candidate: BlueprintCandidate) -> list[str]:
    return [one.code for one in candidate.wanting]


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("환자", "patient"),
        ("진료 예약", "reservation"),
        ("처방전", "prescription"),
        ("온돌방", ""),
        ("予約", "reservation"),
    ],
)
def test_the_drafters_dictionaries_know_words_and_compounds(word: str, english: str) -> None:
    assert english_of(word) == english or english_of(word).endswith(f" {english}")


def test_a_name_of_another_script_is_looked_up_wherever_it_is_used() -> None:
    entities = [
        {"name": "환자", "label": "환자"},
        {"name": "예약", "label": "예약", "attributes": ["환자_id: uuid fk 환자"]},
    ]
    candidate = _read(entities, [{"entity": "예약"}], relations=["환자 1--n 예약"])
    assert _names(candidate) == ["Patient", "Reservation"]
    assert candidate.blueprint is not None
    assert candidate.blueprint.operations[0].entity == "Reservation"
    assert (candidate.blueprint.relations[0].source, candidate.blueprint.relations[0].target) == (
        "Patient",
        "Reservation",
    )
    assert "blueprint.romanised" not in _codes(candidate)


def test_a_name_that_is_only_the_sound_of_its_label_is_looked_up_too() -> None:
    assert _names(_read([{"name": "Hwanja", "label": "환자"}])) == ["Patient"]


def test_an_english_label_gives_the_name() -> None:
    assert _names(_read([{"name": "온돌방", "label": "Heated room"}, {"name": "Patient", "label": "환자"}])) == [
        "HeatedRoom",
        "Patient",
    ]


def test_what_nobody_knows_is_spelled_told_and_listed() -> None:
    candidate = _read([{"name": "온돌방", "label": "온돌방"}, {"name": "Patient", "label": "환자"}])
    assert _names(candidate)[0] == "Ondolbang"
    told = next(one for one in candidate.wanting if one.code == "blueprint.romanised")
    assert "온돌방 (now Ondolbang)" in told.message
    assert candidate.blueprint is not None
    assert "name:Ondolbang" in {one.about for one in candidate.blueprint.assumptions}


def test_two_words_for_one_english_name_stay_two_entities() -> None:
    names = _names(
        _read(
            [
                {"name": "환자", "label": "환자"},
                {"name": "Patient", "label": "입원 환자"},
                {"name": "의사", "label": "의사"},
            ]
        )
    )
    assert names[0] == "Patient"
    assert len(names) == len(set(names))


def test_a_path_of_records_without_an_entity_is_told_with_its_count() -> None:
    calls = [{"id": "a", "call": "POST /appointments"}, {"id": "b", "call": "GET /appointments/{appointment_id}"}]
    candidate = _read([{"name": "Patient", "label": "환자"}], calls)
    told = next(one for one in candidate.wanting if one.code == "blueprint.resource_without_entity")
    assert told.message == "2 operations are about /appointments, but there is no such entity."
    assert told.hint is not None
    assert "Appointment" in told.hint


def test_an_operation_on_another_entity_than_its_path_says_is_told() -> None:
    entities = [{"name": "Patient", "label": "환자"}, {"name": "Prescription", "label": "처방전"}]
    wrong = [{"id": "a", "call": "GET /prescriptions/{prescription_id}", "entity": "Patient"}]
    right = [{"id": "a", "call": "POST /patients/{patient_id}/prescribe", "entity": "Prescription"}]
    assert "blueprint.wrong_entity" in _codes(_read(entities, wrong))
    joined = [*entities, {"name": "PatientPrescription", "label": "환자 처방전"}]
    own = [{"id": "a", "call": "GET /prescriptions/{prescription_id}", "entity": "Prescription"}]
    assert "blueprint.wrong_entity" not in _codes(_read(joined, own))
    assert "blueprint.wrong_entity" not in _codes(_read(entities, right))


def test_an_attribute_that_was_copied_to_every_entity_is_told_and_usual_ones_are_not() -> None:
    def three(*more: str) -> list[dict[str, Any]]:
        named = [("Patient", "환자"), ("Doctor", "의사"), ("Prescription", "처방전")]
        return [{"name": one, "label": label, "attributes": ["id: uuid pk", *more]} for one, label in named]

    copied = _read(three("medical_history: text", "status: string"))
    told = next(one for one in copied.wanting if one.code == "blueprint.copied_attribute")
    assert "medical_history stand" in told.message
    assert "blueprint.copied_attribute" not in _codes(_read(three("status: string", "created_at: datetime")))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/tools", ["tool"]),
        ("/tools/{tool_id}/loans/{loan_id}", ["tool", "loan"]),
        ("/tools/{tool_id}/return", ["tool"]),
        ("/auth/login", []),
        ("/api/v1/tools/{id}", ["tool"]),
        ("/me", []),
    ],
)
def test_the_words_of_a_path_that_stand_for_records(path: str, found: list[str]) -> None:
    assert resources(path) == found
