"""What describes a thing is that thing's, once; and what the text says is of a thing is that thing's, too."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.model import Attribute, Blueprint, Brief
from designchord.drafter import draft


def drafted(text: str) -> Blueprint:
    idea = read_idea(text)
    return draft(Brief(idea.title, idea.content, idea.requirements, detect_language(text)))


def attribute(blueprint: Blueprint, entity: str, name: str) -> Attribute | None:
    found = blueprint.entity(entity)
    return next((one for one in found.attributes if one.name == name), None) if found is not None else None


VINES = (
    "# Vineyard\n\n## Requirements\n- A grower registers a plot with an address and the number of rows.\n"
    "- A grower records an inspection of a plot with date, leaf colour (green, yellow, brown), sugar content and a "
    "harvest year.\n- A grower can see plots."
)


def test_values_in_brackets_belong_to_the_noun_in_front_of_them_and_to_nothing_else() -> None:
    blueprint = drafted(VINES)
    colour = attribute(blueprint, "Inspection", "leaf_colour")
    assert colour is not None
    assert (colour.type, colour.values) == ("enum", ("green", "yellow", "brown"))
    others = [one for entity in blueprint.entities if entity.name != "Inspection" for one in entity.attributes]
    assert not any("leaf" in one.name or one.values == colour.values for one in others)


@pytest.mark.parametrize(
    ("entity", "name", "type_"),
    [
        ("Inspection", "sugar_content", "decimal"),
        ("Inspection", "harvest_year", "integer"),
        ("Inspection", "date", "date"),
        ("Plot", "row_count", "integer"),
    ],
)
def test_an_attribute_of_several_words_is_one_and_of_what_the_sentence_is_about(
    entity: str, name: str, type_: str
) -> None:
    found = attribute(drafted(VINES), entity, name)
    assert found is not None
    assert found.type == type_


def test_korean_values_are_an_enum_where_their_english_is_known_and_else_words_of_the_label() -> None:
    text = "# 정원\n\n## 요구사항\n- 관리자는 장비를 등록한다. 장비에는 이름과 상태({})가 있다."
    known = attribute(drafted(text.format("정상, 고장")), "Equipment", "status")
    unknown = attribute(drafted(text.format("쌩쌩함, 비실비실")), "Equipment", "status")
    assert known is not None
    assert known.values == ("normal", "broken")
    assert unknown is not None
    assert unknown.type == "string"
    assert "비실비실" in unknown.label


def references(blueprint: Blueprint, entity: str) -> set[str]:
    found = blueprint.entity(entity)
    return {one.references for one in found.attributes if one.references} if found is not None else set()


def test_what_is_said_to_be_of_a_thing_is_that_things() -> None:
    blueprint = drafted(
        "# Brewery\n\n## Requirements\n- A brewer inspects equipment.\n- A brewer registers a barrel.\n"
        "- A chemist enters the test result of a barrel.\n- A brewer can see barrels."
    )
    assert references(blueprint, "TestResult") == {"Barrel"}


def test_a_word_of_the_shop_has_little_of_a_shop_where_there_is_none() -> None:
    blueprint = drafted(
        "# Dairy\n\nThe dairy buys milk.\n\n## Requirements\n- A farmer delivers a churn.\n"
        "- The clerk sees deliveries.\n"
        "- A farmer can register a churn."
    )
    names = {entity.name for entity in blueprint.entities}
    delivery = blueprint.entity("Delivery")
    assert "Order" not in names
    assert delivery is not None
    assert not {"tracking_number", "status", "order_id"} & {one.name for one in delivery.attributes}


@pytest.mark.parametrize(
    ("demand", "entity", "refers_to"),
    [
        ("A member borrows a telescope for at most two nights.", "Loan", "Telescope"),
        ("A ranger reports a fire of a forest plot.", "Fire", "Plot"),
        ("After the shift the ranger writes a memorandum about a vehicle.", "Memorandum", "Vehicle"),
    ],
)
def test_what_is_lent_or_written_about_is_kept_and_referred_to(demand: str, entity: str, refers_to: str) -> None:
    more = "- A ranger can add a plot.\n- A ranger can see vehicles.\n- A ranger can add a vehicle."
    blueprint = drafted(f"# Park\n\n## Requirements\n- {demand}\n{more}")
    found = blueprint.entity(entity)
    assert found is not None
    told = {one.references for one in found.attributes}
    assert any(name is not None and name.endswith(refers_to) for name in told)


def test_people_of_whom_the_demands_speak_again_and_again_are_kept() -> None:
    blueprint = drafted(
        "# Rescue\n\n## Requirements\n- The coordinator assigns divers to boats.\n- Each diver confirms an alarm.\n"
        "- The bursar sees the hours of each diver.\n- A boat may only leave when it has fuel."
    )
    names = {entity.name for entity in blueprint.entities}
    assert {"Diver", "Boat"} <= names
    pair = next(entity for entity in blueprint.entities if references(blueprint, entity.name) >= {"Diver", "Boat"})
    call = next(one for one in blueprint.operations if "R1" in one.requirements)
    assert call.entity == pair.name
    assert set(call.request) == {"diver_id", "boat_id"}
    assert call.summary == "Assign a diver to a boat"


def test_whoever_is_charged_owes_the_bill_and_a_sum_is_no_record() -> None:
    blueprint = drafted(
        "# 기숙사\n\n## 요구사항\n- 학생은 방을 신청한다.\n- 사감은 난방 비용을 학생에게 청구한다.\n"
        "- 학생은 청구된 비용을 조회하고 결제한다."
    )
    names = {entity.name for entity in blueprint.entities}
    assert {"Invoice", "Payment"} <= names
    assert "Expense" not in names
    assert "Student" in references(blueprint, "Invoice")
    assert {one.id for one in blueprint.operations if "R3" in one.requirements} == {"listInvoices", "createPayment"}


def test_nobody_is_asked_for_their_own_id() -> None:
    blueprint = drafted(
        "# Choir\n\n## Requirements\n- Members see rehearsals.\n- Members sign up.\n"
        "- A teacher creates a lesson with a title and a date.\n- A teacher is added by members."
    )
    call = next(one for one in blueprint.operations if one.actor == "Teacher" and one.method == "POST")
    assert "teacher_id" not in call.request


def test_what_a_record_is_made_with_is_kept_in_it() -> None:
    blueprint = drafted(
        "# Workshop\n\n## Requirements\n- A luthier catalogues an instrument of a customer with tuning, wood, a string "
        "gauge and number of people.\n- A customer can see instruments."
    )
    found = blueprint.entity("Instrument")
    assert found is not None
    assert {"tuning", "wood", "person_count"} <= {one.name for one in found.attributes}
    call = next(one for one in blueprint.operations if "R1" in one.requirements)
    assert "person_count" in call.request


def test_a_body_that_acts_is_an_actor_and_no_record() -> None:
    blueprint = drafted(
        "# Parish\n\n## Requirements\n- A member registers a stall.\n- The board approves a stall.\n"
        "- The board inspects a stall.\n- The board archives a stall."
    )
    assert "Board" in {actor.id for actor in blueprint.actors}
    assert "Board" not in {entity.name for entity in blueprint.entities}
    assert {one.actor for one in blueprint.operations if "R2" in one.requirements} == {"Board"}


@pytest.mark.parametrize(
    ("demand", "call"),
    [
        ("A clerk checks saddles out to a rider.", "createLoan"),
        ("A clerk checks a saddle in again.", "checkInSaddle"),
        ("After the ride a clerk inspects a saddle.", "createInspection"),
        ("A rider needs a licence, which the warden approves before the ride.", "approveLicence"),
    ],
)
def test_the_words_of_a_verb_may_stand_apart(demand: str, call: str) -> None:
    more = "- A rider can add a saddle.\n- A rider can add a licence.\n- A rider can see licences."
    blueprint = drafted(f"# Stable\n\n## Requirements\n- {demand}\n{more}")
    assert call in {one.id for one in blueprint.operations if "R1" in one.requirements}


@pytest.mark.parametrize(
    ("demand", "calls"),
    [
        ("간호사는 다른 간호사에게 근무 교대를 요청한다.", {"swapShift"}),
        ("간호사는 시각을 적어 근무를 등록한다.", {"createShift"}),
        ("병동이 바뀌면 간호사는 근무마다 결과를 기록한다.", {"updateShift"}),
    ],
)
def test_a_korean_verb_that_only_leads_to_the_next_or_asks_for_an_act_makes_nothing(
    demand: str, calls: set[str]
) -> None:
    blueprint = drafted(
        f"# 병동\n\n## 요구사항\n- {demand}\n- 수간호사는 근무를 조회한다.\n- 간호사는 근무를 등록한다."
    )
    assert {one.id for one in blueprint.operations if "R1" in one.requirements} == calls


def test_routes_with_a_dash_are_routes_and_name_their_resources() -> None:
    routes = [
        "POST - /ferry",
        "GET - /ferry/{ferryId}",
        "DELETE- /ferry/{ferryId}",
        "POST - /crew",
        "PUT – /crew/{crewId}",
    ]
    listed = "\n".join(f"+ ✅ {route} (편집)" for route in routes)
    blueprint = drafted(f"# Ferries\n\n## API\n{listed}\n\n## Requirements\n- A captain sees a ferry.")
    assert {entity.name for entity in blueprint.entities} >= {"Ferry", "Crew"}
    assert not {"Post", "Get", "Delete", "Put"} & {entity.name for entity in blueprint.entities}
    assert ("DELETE", "/ferry/{ferry_id}") in {(one.method, one.path) for one in blueprint.operations}


def test_where_a_demand_is_kept_is_no_issue_that_is_reported() -> None:
    blueprint = drafted(
        "# Rooms\n\n## Requirements\n- (Issue #7) A tutor books a studio.\n"
        "- A tutor adds a studio - see gitlab issue 8\n- A tutor can see studios - Issue [issue:9]"
    )
    assert "Issue" not in {entity.name for entity in blueprint.entities}


@pytest.mark.parametrize(
    ("demand", "call"),
    [
        ("A dean reviews a permit request and approves it.", "listPermitRequests"),
        ("A guest reviews a restaurant.", "createReview"),
    ],
)
def test_who_reviews_what_is_to_be_decided_looks_at_it(demand: str, call: str) -> None:
    more = "- A guest can see restaurants.\n- A student submits a permit request."
    blueprint = drafted(f"# Campus\n\n## Requirements\n- {demand}\n{more}")
    assert call in {one.id for one in blueprint.operations if "R1" in one.requirements}


def test_it_is_what_was_done_something_to_and_not_whoever_acts() -> None:
    blueprint = drafted(
        "# Court\n\n## Requirements\n- A bailiff fetches xylem and approves it.\n- A bailiff adds a file.\n"
        "- A bailiff is told."
    )
    assert not any(one.id == "approveBailiff" for one in blueprint.operations)
