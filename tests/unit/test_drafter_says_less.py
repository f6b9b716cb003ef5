"""Without a model: what the text does not say is asked, not made up."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.model import Blueprint, Brief
from designchord.drafter import cautions, draft


def brief(text: str) -> Brief:
    idea = read_idea(text)
    return Brief(idea.title, idea.content or idea.requirements, idea.requirements, detect_language(text))


def drafted(text: str) -> Blueprint:
    return draft(brief(text))


def names(text: str) -> set[str]:
    return {entity.name for entity in drafted(text).entities}


def covering(blueprint: Blueprint, requirement: str) -> set[str]:
    return {operation.id for operation in blueprint.operations if requirement in operation.requirements}


def test_a_verb_before_a_pronoun_and_a_word_of_place_are_no_things() -> None:
    assert "Return" not in names("A walker fetches the dog and returns it.")
    assert names("Riders find a parking spot near them and book it.") >= {"ParkingSpot", "Booking"}
    assert "Near" not in names("Riders find a parking spot near them and book it.")


def test_who_would_like_something_does_not_like_it() -> None:
    made = names(
        "As a reader, I would like to be told when a lecture is moved. As a reader, I would like to see lectures."
    )
    assert not made & {"Like", "Told"}


def test_a_korean_word_without_a_known_english_name_is_a_question() -> None:
    blueprint = drafted("# 산책\n\n## 요구사항\n\n- 보호자는 산책꾼을 예약한다.")
    assert {entity.name for entity in blueprint.entities} <= {"Guardian", "Reservation", "Walk"}
    assert any("산책꾼" in question for question in blueprint.questions)


def test_fields_that_a_sentence_lists_are_attributes_and_no_entities() -> None:
    blueprint = drafted(
        "# Garage\n\n- A clerk can create a repair order. It has the following properties: car, fault, wished date."
    )
    order = blueprint.entity("RepairOrder")
    assert order is not None
    assert {"car", "fault", "wished_date"} <= {attribute.name for attribute in order.attributes}
    assert not {"Property", "Car", "Vehicle"} & {entity.name for entity in blueprint.entities}


def test_a_stated_data_model_is_the_data_model() -> None:
    model = "## Data model\n- Guest: name, phone\n- Suite (객실): number, floor\n- StayRecord: arrival, departure"
    text = f"# Inn\n\n{model}\n\n## Requirements\n- A clerk can print an invoice for a guest."
    assert names(text) == {"Guest", "Suite", "StayRecord"}
    suite = drafted(text).entity("Suite")
    assert suite is not None
    assert suite.label == "객실"
    assert {"number", "floor"} <= {attribute.name for attribute in suite.attributes}


def test_words_about_quality_make_no_entities() -> None:
    quality = "## Non-functional requirements\n- The team reviews each report and keeps backups of the tickets."
    text = f"# Inn\n\n## Requirements\n- A clerk can add a room.\n\n{quality}"
    assert not {"Team", "Report", "Ticket", "Review"} & names(text)


def test_the_verb_of_a_sentence_is_what_its_person_does_to_its_thing() -> None:
    blueprint = drafted(
        "# Club\n\n- A member can nominate a speaker.\n- A treasurer settles the bill.\n- A member can add a speaker."
    )
    assert {"nominateSpeaker"} <= covering(blueprint, "R1")
    assert any(operation.startswith("settle") for operation in covering(blueprint, "R2"))


def test_rejecting_is_something_that_people_do() -> None:
    blueprint = drafted("# Leave\n\n- An employee can add a leave request.\n- A manager can reject a leave request.")
    assert any(operation.startswith("reject") for operation in covering(blueprint, "R2"))
    assert not any(operation.startswith("create") for operation in covering(blueprint, "R2"))


def test_what_only_stands_beside_a_call_is_not_covered_by_it() -> None:
    blueprint = drafted("# Blood\n\n- A nurse can add a certificate.\n- The fridge reports its temperature every hour.")
    assert covering(blueprint, "R1")
    assert not covering(blueprint, "R2")
    assert any("R2" in question for question in blueprint.questions)


def test_an_unread_language_is_named_and_asked_about_first() -> None:
    text = "# Panadería\n\n## Requisitos\n\n- El cliente puede pedir pan.\n- El panadero registra cada pedido."
    blueprint = drafted(text)
    assert [requirement.text for requirement in blueprint.requirements] == [
        "El cliente puede pedir pan.",
        "El panadero registra cada pedido.",
    ]
    assert "Spanish" in blueprint.questions[0]
    assert [problem.code for problem in cautions(brief(text), blueprint)] == ["blueprint.language_unread"]
    bakery = "# Bakery\n\n- A clerk records an order."
    assert cautions(brief(bakery), drafted(bakery)) == ()


@pytest.mark.parametrize("text", ["Make me an app", "앱을 만들어줘"])
def test_one_line_that_names_nothing_leads_to_questions_and_says_that_it_is_no_design(text: str) -> None:
    blueprint = drafted(text)
    told = cautions(brief(text), blueprint)
    assert all(entity.assumed for entity in blueprint.entities)
    assert [problem.code for problem in told] == ["blueprint.placeholder"]
    assert blueprint.questions[0] in str(told[0].hint)


def test_who_logs_in_is_refused_with_wrong_credentials() -> None:
    blueprint = drafted("# Shop\n\n- Users log in with e-mail and password.\n- Users see products.")
    call = next(one for one in blueprint.operations if one.path == "/sessions")
    assert [status for status, _ in call.errors] == [401]


def test_people_are_called_as_the_author_calls_them_and_an_unknown_word_is_a_user() -> None:
    assert {actor.id for actor in drafted("# Bikes\n\n- A cyclist can order a repair.").actors} == {"Cyclist"}
    blueprint = drafted("# 공장\n\n## 요구사항\n- 압연원은 자재를 등록한다.")
    assert [(actor.id, actor.label) for actor in blueprint.actors] == [("User", "압연원")]
    assert {entity.name for entity in blueprint.entities} == {"User", "Material"}


def test_who_registers_for_an_account_signs_up() -> None:
    blueprint = drafted("# Shop\n\n- A customer can register for an account.\n- A customer can order a cake.")
    assert covering(blueprint, "R1") == {"signUp"}
    assert not {"Account", "Enrollment"} & {entity.name for entity in blueprint.entities}


def test_a_long_list_of_demands_is_drafted_whole() -> None:
    lines = "\n".join(f"- A clerk can print form {number}." for number in range(1, 701))
    blueprint = draft(Brief("Office", "Intro.", lines, "en"))
    assert [requirement.id for requirement in blueprint.requirements] == [f"R{number}" for number in range(1, 701)]


def test_prose_that_says_what_people_do_leads_to_calls_and_a_rule_hangs_on_the_one_it_speaks_of() -> None:
    prose = "A member borrows an item, returns it, and reports damage."
    rules = "- The system must refuse overlapping reservations.\n- An item must be returned within 14 days."
    blueprint = drafted(f"# Shed\n\n{prose}\n\n## Requirements\n- A member can reserve an item.\n{rules}")
    assert {"createLoan", "returnLoan"} <= {operation.id for operation in blueprint.operations if not operation.assumed}
    assert covering(blueprint, "R2") == {"createReservation"}
    assert covering(blueprint, "R3") == {"returnLoan"}


def test_lists_in_lists_without_end_are_read_in_time() -> None:
    nested = "\n".join("  " * depth + "- x:" for depth in range(400))
    assert draft(Brief("Nested", nested, "", "en")).entities


BESIDE = "# Shed\n\n- A clerk can add a provider, a room and an item.\n- Members borrow items and book rooms."


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("Configure global booking rules.", set()),
        ("The system supports configuration of how far in advance clients can book a room.", set()),
        ("Homepage with items you're currently borrowing.", set()),
        ("A member can view friends' libraries.", set()),
        ("Users fetch metadata of items.", set()),
        ("Order tickets are filled at a constant rate.", set()),
        ("A screen shows the customers waiting to book rooms.", set()),
        ("If the connection is lost, the Item Application shall inform the user.", set()),
        ("The goal is to make rooms easier to manage.", set()),
        ("Make borrowing and lending traceable.", set()),
        ("A guest can register to book a room.", set()),
        ("For example, members book a room at noon.", set()),
        ("Providers create their own time slots.", {"createTimeSlot"}),
        ("A clerk closes slots to stop new bookings.", {"closeSlot"}),
        ("Patients search for doctors so that they book the right room.", {"listDoctors"}),
        ("Request to borrow an item; the owner can accept or reject.", {"createLoan"}),
    ],
)
def test_only_what_a_sentence_does_is_covered_and_not_what_it_speaks_of(text: str, calls: set[str]) -> None:
    assert covering(drafted(f"{BESIDE}\n- {text}"), "R3") == calls


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("업무 이력을 관리할 수 있다.", set()),
        ("업무 템플릿을 저장한다.", set()),
        ("좋아요는 상품의 번호로 등록할 수 있다.", {"likeProduct"}),
        ("신고 횟수에 따른 자동 차단", set()),
        ("예: 회원은 상품을 신고한다.", set()),
        ("차단된 상품은 목록에 표시되지 않아야 한다.", set()),
    ],
)
def test_korean_words_that_only_stand_beside_an_act_are_not_what_it_is_done_to(text: str, calls: set[str]) -> None:
    beside = ["업무를 등록한다.", "상품에 좋아요를 남긴다.", "상품을 차단한다.", "상품을 신고한다."]
    lines = "\n".join(f"- 회원은 {line}" for line in beside)
    blueprint = drafted(f"# 업무\n\n## 요구사항\n{lines}\n- {text}")
    assert covering(blueprint, "R5") == calls
    assert "Like" not in {actor.id for actor in blueprint.actors}


def test_a_list_of_the_names_of_entities_is_the_data_model() -> None:
    names_of = "- User (사용자)\n- Task (업무)\n- TaskSubmission (업무 제출)\n- Comment (댓글)"
    demands = "## 요구사항\n- 사용자는 업무를 등록한다.\n- 사용자는 파일을 올린다.\n- 사용자는 알림을 받는다."
    text = f"# 업무\n\n{demands}\n\n## 데이터 모델\n\n### 주요 엔티티\n{names_of}"
    assert names(text) == {"User", "Task", "TaskSubmission", "Comment"}


def test_a_profile_of_somebody_is_no_record_beside_them_and_friends_are_a_friendship() -> None:
    made = names("# Club\n\n- Users edit their user profile.\n- Users befriend users.\n- Users see their friends.")
    assert made == {"User", "Friendship"}
