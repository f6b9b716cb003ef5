"""A sentence that does something and refuses something says both; a rule hangs only on what it forbids."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.model import Blueprint, Brief, Operation, Scenario, ScenarioStep
from designchord.consistency.report import cross_check
from designchord.drafter import draft
from designchord.kinds import registry
from designchord.language.deeds import undone


def drafted(text: str) -> Blueprint:
    idea = read_idea(text)
    return draft(Brief(idea.title, idea.content, idea.requirements, detect_language(text)))


def carrying(blueprint: Blueprint, requirement: str) -> set[str]:
    return {one.id for one in blueprint.operations if requirement in one.requirements}


def row(text: str, requirement: str) -> dict[str, object]:
    blueprint = drafted(text)
    sources = {
        (name, part.key): kind.skeleton(blueprint, part)
        for name, kind in registry.KINDS.items()
        for part in kind.parts(blueprint)
    }
    rows = cross_check(sources, blueprint).to_dict()["matrix"]["rows"]
    return next(one for one in rows if one["id"] == requirement)


def test_what_is_done_and_what_is_refused_in_one_sentence_are_both_read() -> None:
    blueprint = drafted(
        "# Harbour\n\n## Requirements\n- A harbour master assigns each boat to a berth; two boats cannot be in one "
        "berth.\n- A harbour master can add a berth.\n- A skipper registers a boat."
    )
    call = next(one for one in blueprint.operations if "R1" in one.requirements)
    assert call.id == "assignBoat"
    assert call.request == ("berth_id",)
    assert [status for status, _ in call.errors] == [409]


def test_a_rule_is_no_matter_of_the_call_that_happens_to_speak_of_the_same_thing() -> None:
    text = (
        "# 창고\n\n## 요구사항\n- 회원은 자전거를 등록한다.\n"
        "- 자전거는 밤 10시 이후에 세워 둘 수 없으며, 어기면 경고를 보낸다."
    )
    assert "createBike" not in carrying(drafted(text), "R2")


def test_a_refusal_that_repeats_a_rule_on_another_call_gives_no_tick() -> None:
    rule = "A pallet cannot be unloaded at night."
    register = Operation(
        id="createPallet",
        method="POST",
        path="/pallets",
        summary="Register a pallet",
        errors=((409, "A pallet is to be unloaded at night"),),
    )
    unload = register.model_copy(update={"id": "unloadPallet", "path": "/pallets/{id}/unload", "summary": "Unload"})
    assert undone(rule, [register]) == (rule.rstrip("."),)
    assert undone(rule, [unload]) == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The foreman dispatches mechanics to ramps.", "dispatch"),
        ("A caretaker sees how many lockers are taken per week.", "see"),
        ("A caretaker sees which lockers are broken.", "see"),
        ("The caretaker is told when a locker is opened.", "tell"),
        ("관리인은 월별 이용 건수를 조회한다.", "조회"),
    ],
)
def test_a_single_deed_that_the_call_does_not_do_is_missing(text: str, missing: str) -> None:
    opening = Operation(id="openLocker", method="POST", path="/lockers/{id}/open", summary="Open a locker")
    listing = Operation(id="listLockers", method="GET", path="/lockers", summary="List lockers 이용 조회")
    assert any(missing in one for one in undone(text, [opening, listing]))


def test_which_things_are_in_a_state_is_seen_where_the_state_is_a_filter() -> None:
    text = "A caretaker sees which lockers are broken."
    listing = Operation(id="listLockers", method="GET", path="/lockers", summary="List lockers", filters=("status",))
    assert undone(text, [listing]) == ()


def test_half_of_a_demand_gets_no_tick_and_the_rule_that_nothing_keeps_is_named() -> None:
    text = (
        "# Nursery\n\n## Requirements\n- A gardener registers a vehicle; while a vehicle is broken it cannot be sold.\n"
        "- A gardener can see vehicles."
    )
    found = row(text, "R1")
    assert found["grade"] == "inferred"
    assert any("cannot be sold" in one for one in found["missing"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ("A suspended climber cannot reserve a rope.", 403),
        ("A suspended rope cannot be reserved.", 409),
        ("A climber who owes more than 450 euros cannot reserve a rope.", 409),
        ("The warden rejects a reservation when the weight limit is exceeded.", 409),
        ("A climber reserves at most four ropes.", 409),
    ],
)
def test_who_is_shut_out_is_forbidden_and_what_stands_in_the_way_is_a_conflict(rule: str, status: int) -> None:
    blueprint = drafted(f"# Hut\n\n## Requirements\n- A climber reserves a rope.\n- {rule}")
    call = blueprint.operation("createReservation")
    assert call is not None
    assert [found for found, _ in call.errors] == [status]
    assert "R2" in call.requirements


def test_a_status_is_a_number_that_is_called_so() -> None:
    text = (
        "# Hut\n\n## Requirements\n- A climber reserves a rope.\n- A reservation for a lost rope is refused with 410."
    )
    call = drafted(text).operation("createReservation")
    assert call is not None
    assert [status for status, _ in call.errors] == [410]


@pytest.mark.parametrize(
    "reminder",
    [
        "- A climber gets a reminder three days before the reservation.",
        "- 예약하지 않은 산악인에게 알림을 보낸다.",
    ],
)
def test_what_the_clock_brings_about_is_no_calls_doing(reminder: str) -> None:
    known = "- A climber reserves a rope." if reminder.isascii() else "- 산악인은 장비를 예약한다."
    assert not carrying(drafted(f"# Hut\n\n## Requirements\n{known}\n{reminder}"), "R2")


def test_whose_leave_is_needed_gives_it() -> None:
    blueprint = drafted(
        "# 연구소\n\n## 요구사항\n- 연구원은 시약을 등록한다.\n- 외부 차량은 관리자의 승인을 받아야 들어올 수 있다.\n"
        "- 관리자는 차량을 조회한다."
    )
    call = next(one for one in blueprint.operations if "R2" in one.requirements)
    assert (call.id, call.actor) == ("approveVehicle", "Admin")


def test_what_nobody_does_in_a_description_is_no_rule_and_a_message_to_somebody_tells_them() -> None:
    text = "A parcel that nobody accepts is kept, and the sender is told."
    steps = (ScenarioStep(source="System", target="Sender", message="Your parcel comes back"),)
    story = Scenario(id="s", title="A parcel comes back", actor="Sender", steps=steps)
    listing = Operation(id="listParcels", method="GET", path="/parcels", summary="See what became of my parcels")
    assert undone(text, [listing], [story]) == ()
    assert undone(text, [listing]) == ("tell",)


@pytest.mark.parametrize(
    "text",
    [
        "# 합주실\n\n- 회원은 합주실을 예약한다.\n- 회원은 예약을 취소한다.\n- 한 시간에 두 예약이 있을 수 없다.",
        "# Rehearsal rooms\n\n- A member books a room.\n- A member cancels a booking.\n- Two bookings cannot overlap.",
    ],
)
def test_what_there_may_not_be_is_refused_where_it_would_come_to_be(text: str) -> None:
    blueprint = drafted(text)
    (carrier,) = (one for one in blueprint.operations if "R3" in one.requirements)
    assert "R1" in carrier.requirements
    assert len(carrier.errors) == 1
