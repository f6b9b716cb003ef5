"""Verbs that make records, rules that refuse them, and the calls that flows need."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import find_lines, read_idea
from designchord.blueprint.model import Blueprint, Brief, Operation
from designchord.drafter.drafting import draft


def drafted(text: str, language: str = "en") -> Blueprint:
    idea = read_idea(text)
    return draft(Brief(idea.title, idea.content, idea.requirements, language))


def demanded(blueprint: Blueprint) -> list[Operation]:
    return [operation for operation in blueprint.operations if not operation.assumed]


def keys(blueprint: Blueprint, name: str) -> set[str | None]:
    entity = blueprint.entity(name)
    assert entity is not None, f"no {name} in {[e.name for e in blueprint.entities]}"
    return {attribute.references for attribute in entity.attributes if attribute.key == "foreign"}


@pytest.mark.parametrize(
    ("text", "record", "parents", "title"),
    [
        ("A member can reserve a tool for a date.", "Reservation", {"Tool", "Member"}, "Reserve a tool"),
        ("Clients can book a class.", "Booking", {"Class", "Customer"}, "Book a class"),
        ("Users can message each other.", "Message", {"User"}, "Send a message"),
        ("Students enrol in a course.", "Enrollment", {"Course", "Student"}, "Enrol in a course"),
        ("Applicants apply for a job.", "Application", {"Job", "Applicant"}, "Apply for a job"),
        ("Users order books from a shop.", "Order", {"User"}, "Order a book"),
        ("Users comment on posts.", "Comment", {"Post", "User"}, "Comment on a post"),
        ("Users like photos.", "Like", {"Photo", "User"}, "Like a photo"),
        ("Members check out a book for two weeks.", "Loan", {"Book", "Member"}, "Check out a book"),
        ("Patients pay the bill.", "Payment", {"Bill"}, "Pay for a bill"),
        ("Students submit an assignment.", "Submission", {"Assignment", "Student"}, "Submit an assignment"),
    ],
)
def test_a_verb_that_makes_a_record_is_heard_without_its_noun(
    text: str, record: str, parents: set[str], title: str
) -> None:
    blueprint = drafted(text)
    assert parents <= keys(blueprint, record)
    call = next(operation for operation in demanded(blueprint) if operation.entity == record)
    assert call.method == "POST"
    assert call.requirements == ("R1",)
    assert title in [scenario.title for scenario in blueprint.scenarios]


def test_a_limit_of_places_refuses_whoever_takes_one() -> None:
    blueprint = drafted("Clients can book a class. A class holds at most 12 people.")
    refused = {operation.id: operation.errors for operation in blueprint.operations if operation.errors}
    assert refused.keys() == {"createBooking", "signUp", "logIn"}
    assert refused["createBooking"] == ((409, "more than 12 people"),)


def test_a_bid_below_the_highest_is_refused_where_bids_are_placed() -> None:
    blueprint = drafted(
        "Sellers list items for auction. Bidders place bids. A bid must be higher than the current highest bid."
    )
    bid = blueprint.operation("createBid")
    assert bid is not None
    assert [status for status, _ in bid.errors] == [409]
    assert blueprint.operation("createItem") in demanded(blueprint)


def test_what_cannot_be_done_under_a_condition_can_be_done_otherwise() -> None:
    blueprint = drafted("Users order meals. A user cannot cancel an order after it was delivered.")
    cancel = blueprint.operation("cancelOrder")
    assert cancel is not None
    assert cancel.errors
    assert not cancel.assumed


def test_figures_that_are_logged_are_attributes_of_a_log() -> None:
    blueprint = drafted("Users log sets and reps for each exercise in a workout.")
    log = blueprint.entity("ExerciseLog")
    assert log is not None
    assert {"sets", "reps"} <= {attribute.name for attribute in log.attributes if not attribute.assumed}
    assert {"Rep", "Set"}.isdisjoint(entity.name for entity in blueprint.entities)


def test_a_notification_is_told_after_what_caused_it_and_is_not_posted() -> None:
    text = "- 교사는 출석을 기록한다.\n- 학생이 결석하면 학부모에게 알림을 보낸다.\n- 학부모는 자녀의 출석을 조회한다."
    blueprint = drafted(f"# 출결 관리\n{text}", "ko")
    assert "Child" not in {entity.name for entity in blueprint.entities}
    assert not [o for o in blueprint.operations if o.entity == "Notification" and o.method == "POST"]
    story = next(
        s for s in blueprint.scenarios if "R2" in s.requirements and s.steps[0].operation == "createAttendance"
    )
    assert any(step.target == "Parent" for step in story.steps)


def test_assumed_calls_do_not_add_the_details_that_no_flow_asks_for() -> None:
    blueprint = drafted("# Tools\n- A member can reserve a tool.\n- A museum is near the shop.")
    assumed = {operation.id for operation in blueprint.operations if operation.assumed}
    assert {"createTool", "listTools"} <= assumed
    assert "getTool" not in assumed


def test_a_name_before_a_dash_is_the_title_and_no_part_of_the_first_sentence() -> None:
    text = "Blood drive - Donors book appointments at a centre and cancel them."
    idea = read_idea(text)
    assert idea.title == "Blood drive"
    assert idea.content.startswith("Donors book")
    brief = Brief(idea.title, idea.content, idea.requirements)
    assert find_lines(text, brief)["content", 1] == 1


def test_counted_words_are_no_nouns() -> None:
    blueprint = drafted("# 헌혈\n- 헌혈자는 헌혈을 예약한다.\n- 8주가 지나지 않으면 예약할 수 없다.", "ko")
    assert {"Juga", "Ju"}.isdisjoint(entity.name for entity in blueprint.entities)
    call = blueprint.operation("createReservation")
    assert call is not None
    assert [status for status, _ in call.errors] == [409]


@pytest.mark.parametrize("said", ["빌릴 수 있다", "빌립니다", "빌렸다", "빌려 간다", "빌린다"])
def test_every_form_of_a_verb_is_the_verb(said):
    blueprint = drafted(f"# 공구 대여\n\n회원은 공구를 {said}.", "ko")
    assert [(one.method, one.path) for one in demanded(blueprint)] == [("POST", "/loans")]
    assert "Bilril" not in {entity.name for entity in blueprint.entities}


FIELDS = """# Parking permits

## Data
- Resident: name, email, address
- Permit: number (unique), valid_from, price: decimal, status (requested, approved, expired)
- Vehicle: plate, colour (optional)

## Requirements
- A resident books a vehicle.
"""


def test_lists_of_fields_are_taken_at_their_word():
    blueprint = drafted(FIELDS)
    assert {entity.name for entity in blueprint.entities} >= {"Resident", "Permit", "Vehicle"}
    permit = blueprint.entity("Permit")
    assert permit is not None
    fields = {one.name: (one.type, one.unique, one.values) for one in permit.attributes if one.key != "primary"}
    assert fields == {
        "number": ("string", True, ()),
        "valid_from": ("date", False, ()),
        "price": ("decimal", False, ()),
        "status": ("enum", False, ("requested", "approved", "expired")),
    }
    vehicle = blueprint.entity("Vehicle")
    assert vehicle is not None
    assert {one.name: one.required for one in vehicle.attributes}["colour"] is False
    assert [actor.id for actor in blueprint.actors] == ["Resident"], "called as the data model calls them"


def test_fields_without_an_english_name_are_asked_for():
    text = (
        "# 공방\n\n## 데이터\n- 회원: 이름, 이메일\n- 공구: 이름, 상태, 뀀대\n\n## 요구사항\n- 회원은 공구를 빌린다.\n"
    )
    blueprint = drafted(text, "ko")
    tool = blueprint.entity("Tool")
    assert tool is not None
    assert {one.name for one in tool.attributes} == {"id", "name", "status"}
    assert any("뀀대" in question for question in blueprint.questions)


def fulfilling(blueprint: Blueprint, requirement: str) -> set[str]:
    return {operation.id for operation in blueprint.operations if requirement in operation.requirements}


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Authors publish chapters.", "POST /chapters"),
        ("Authors publish plumflakes.", "POST /plumflakes"),
        ("Editors issue a warning to a reader.", "POST /warnings"),
        ("Readers follow authors.", "POST /authors/{author_id}/follows"),
        ("Cashiers refund an order.", "POST /refunds"),
        ("Members book a seat for an event.", "POST /bookings"),
        ("A member can appeal a warning.", "POST /appeals"),
        ("Admins suspend users.", "POST /users/{user_id}/suspend"),
        ("Loans are approved by a clerk.", "POST /loans/{loan_id}/approve"),
    ],
)
def test_who_does_something_to_a_thing_does_it_to_that_thing(text: str, call: str) -> None:
    assert [f"{one.method} {one.path}" for one in demanded(drafted(f"# T\n\n- {text}"))] == [call]


@pytest.mark.parametrize("text", ["A senior developer reviews code.", "Users post content."])
def test_a_verb_whose_object_is_not_known_makes_nothing_else_and_is_asked_about(text: str) -> None:
    blueprint = drafted(f"# Archive\n\n- A clerk can add a box.\n- {text}\n- A clerk can write a post.")
    assert not fulfilling(blueprint, "R2")
    assert any("R2" in question for question in blueprint.questions)
    assert "Review" not in {entity.name for entity in blueprint.entities}


def test_a_word_of_documents_names_a_thing_where_somebody_makes_one_and_only_there() -> None:
    written = drafted("# Serials\n\n- Authors write chapters.\n- Readers read a chapter.")
    assert "Chapter" in {entity.name for entity in written.entities}
    assert fulfilling(written, "R2") == {"listChapters"}
    described = drafted("# Serials\n\nThis chapter lists the goals.\n\n- A clerk can add a book.")
    assert {entity.name for entity in described.entities} == {"Book"}


def test_a_number_and_its_bounds_are_no_part_of_a_name_and_the_bound_refuses() -> None:
    blueprint = drafted("# Library\n\n- Members can borrow up to 5 books.\n- Members read at most 2 books a day.")
    loan = blueprint.operation("createLoan")
    assert loan is not None
    assert [status for status, _ in loan.errors] == [409]
    assert not fulfilling(blueprint, "R2"), "who only reads is refused nothing"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("Only editors may publish a chapter.", "somebody other than editors tries to publish a chapter"),
        ("Who may publish a chapter: only editors.", "somebody other than editors tries to publish a chapter"),
        ("Chapters can only be published by editors.", "Chapters are to be published by somebody other than editors"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_who_may_do_something_is_a_refusal_of_the_call_that_does_it(rule: str, reason: str, *, first: bool) -> None:
    lines = [f"- {rule}", "- Authors publish chapters."]
    blueprint = drafted("# Serials\n\n" + "\n".join(lines if first else reversed(lines)))
    calls = demanded(blueprint)
    assert [(one.id, one.actor, one.errors) for one in calls] == [("createChapter", "Author", ((403, reason),))]
    assert calls[0].requirements == ("R1", "R2")


def test_a_rule_about_what_somebody_reads_does_not_refuse_what_others_write() -> None:
    blueprint = drafted("# Serials\n\n- Authors write chapters.\n- A reader can download up to 5 chapters a day.")
    write = blueprint.operation("createChapter")
    assert write is not None
    assert write.errors == ()
    assert any("R2" in question for question in blueprint.questions)


def test_where_people_work_is_no_record_and_goods_have_no_singular() -> None:
    blueprint = drafted("# Depot\n\n- Warehouse staff pack goods.\n- The hotel manager approves goods.")
    assert {entity.name for entity in blueprint.entities} == {"Goods"}
    assert {actor.id for actor in blueprint.actors} == {"Staff", "Manager"}
    assert fulfilling(blueprint, "R1") == {"packGoods"}


def test_with_a_stated_data_model_verbs_are_done_to_what_it_holds() -> None:
    more = "- A resident applies for a permit.\n- A clerk refunds a permit.\n- A resident pays for the permit.\n"
    blueprint = drafted(FIELDS + more)
    assert fulfilling(blueprint, "R1") == {"bookVehicle"}
    assert fulfilling(blueprint, "R2") == {"createPermit"}
    assert fulfilling(blueprint, "R3") == {"refundPermit"}


def test_who_specifies_how_long_others_take_does_not_do_their_work() -> None:
    blueprint = drafted(
        "# Diner\n\n- A cook can add an order.\n- A guest specifies how long a cook takes to cancel an order."
    )
    assert not fulfilling(blueprint, "R2")


def test_inspectors_inspect_and_goods_are_sent_back() -> None:
    lines = [
        "검사자는 자재를 검사한다.",
        "고객은 상품을 반품한다.",
        "직원은 상품을 출고한다.",
        "관리자만 반품을 취소할 수 있다.",
    ]
    text = "\n".join(f"- {line}" for line in lines)
    blueprint = drafted(f"# 입고\n\n## 요구사항\n{text}", "ko")
    assert "Inspector" in {actor.id for actor in blueprint.actors}
    assert not {"Inspector"} & {entity.name for entity in blueprint.entities}
    calls = {one: fulfilling(blueprint, one) for one in ("R1", "R2", "R3", "R4")}
    assert calls == {
        "R1": {"createInspection"},
        "R2": {"createReturn"},
        "R3": {"shipProduct"},
        "R4": {"cancelReturn"},
    }
    cancel = blueprint.operation("cancelReturn")
    assert cancel is not None
    assert [status for status, _ in cancel.errors] == [403]


def test_what_only_half_of_a_demand_became_is_asked_about() -> None:
    blueprint = drafted("# Office\n\n- A clerk can add an album.\n- A clerk prints a plumflake and archives an album.")
    assert fulfilling(blueprint, "R2") == {"closeAlbum"}
    assert any("R2" in question and "print" in question for question in blueprint.questions)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("A lecturer uploads slides and grades submissions.", {"createSlide", "gradeSubmission"}),
        ("The cashier scans items and prints a receipt.", {"scanItem", "listReceipts"}),
        ("A user sees orders and returns of a shop.", {"listOrders"}),
    ],
)
def test_verbs_that_are_joined_are_all_verbs(text: str, calls: set[str]) -> None:
    assert fulfilling(drafted(f"# T\n\n- {text}"), "R1") == calls


def test_a_verb_that_nobody_knows_is_not_done_by_what_its_neighbour_does() -> None:
    blueprint = drafted("# T\n\n- Admins can ban users and unban them.")
    assert fulfilling(blueprint, "R1") == {"blockUser"}
    assert any("R1" in question and "unban" in question for question in blueprint.questions)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("Patient management", {"createPatient", "listPatients", "updatePatient", "deletePatient"}),
        ("Visit scheduling (create, edit, cancel)", {"createVisit", "updateVisit", "cancelVisit"}),
        ("Create and delete: members, membership types, and rooms",
         {"createMembershipType", "createRoom", "deleteMembershipType", "deleteRoom"}),
    ],
)  # fmt: skip
def test_names_of_features_and_lists_say_what_is_done(text: str, calls: set[str]) -> None:
    assert calls <= fulfilling(drafted(f"# Clinic\n\n## Features\n\n- {text}\n- A clerk can see a plan."), "R1")


def test_what_is_put_where_nothing_is_kept_is_not_made_by_that_and_reasons_refuse_nothing() -> None:
    story = "As a customer, I want to remove items from the cart, because I may not need them."
    blueprint = drafted(f"# Shop\n\n- A clerk can add an item.\n- {story}")
    assert not fulfilling(blueprint, "R2")
