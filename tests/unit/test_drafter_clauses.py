"""Who does what in sentences of several clauses, and what a refusal is answered with."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import read_idea
from designchord.blueprint.model import Blueprint, Brief
from designchord.drafter.drafting import draft


def drafted(text: str, language: str = "en") -> Blueprint:
    idea = read_idea(text)
    return draft(Brief(idea.title, idea.content, idea.requirements, language))


def actors(blueprint: Blueprint) -> dict[str, str | None]:
    return {one.id: one.actor for one in blueprint.operations if not one.assumed}


@pytest.mark.parametrize(
    ("text", "language", "doing"),
    [
        (
            "# 병원\n- 의사는 처방을 등록하고 환자는 예약을 취소한다.",
            "ko",
            {"createPrescription": "Doctor", "cancelReservation": "Patient"},
        ),
        (
            "# 강좌\n- 교사가 강좌를 개설하며 학생이 신청한다.",
            "ko",
            {"createCourse": "Teacher", "createApplication": "Student"},
        ),
        ("# 강좌\n- 학생은 교사가 개설한 강좌를 신청한다.", "ko", {"createApplication": "Student"}),
        (
            "# Bikes\n- A mechanic registers a bike and a customer rents it.",
            "en",
            {"createBike": "Mechanic", "createRental": "Customer"},
        ),
    ],
)
def test_each_verb_takes_the_subject_of_its_own_clause(text: str, language: str, doing: dict[str, str]) -> None:
    assert doing.items() <= actors(drafted(text, language)).items()


def test_who_does_it_by_a_requirement_goes_before_who_does_it_in_the_prose() -> None:
    text = "# Clinic\n\nDoctors book appointments.\n\n## Requirements\n\n- Patients book appointments.\n"
    assert actors(drafted(text))["createAppointment"] == "Patient"


@pytest.mark.parametrize(
    ("rule", "language", "status"),
    [
        ("A member with an unpaid bill cannot reserve a room.", "en", 409),
        ("A blocked room cannot be reserved.", "en", 409),
        ("A reservation with a wrong date is refused.", "en", 400),
        ("The note of a reservation must not be longer than 200 characters.", "en", 400),
        ("연체 중인 회원은 회의실을 예약할 수 없다.", "ko", 409),
        ("형식이 올바르지 않은 날짜로는 회의실을 예약할 수 없다.", "ko", 400),
    ],
)
def test_a_refusal_for_how_things_stand_is_a_conflict_and_a_bad_request_is_bad_in_itself(
    rule: str, language: str, status: int
) -> None:
    act = "회원은 회의실을 예약한다." if language == "ko" else "A member reserves a room."
    call = drafted(f"# Rooms\n- {act}\n- {rule}", language).operation("createReservation")
    assert call is not None
    assert [found for found, _ in call.errors] == [status]


def test_how_something_is_done_is_no_thing_to_keep_records_of() -> None:
    made = drafted("# 예약\n- 회원은 방을 검색하고 시간대를 골라 예약한다.", "ko")
    assert "골라" not in " ".join(made.questions)
