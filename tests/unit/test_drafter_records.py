"""Records of acts: what they are about, what ends them, when they are due."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import read_idea
from designchord.blueprint.model import Blueprint, Brief
from designchord.drafter.drafting import draft


def drafted(text: str, language: str = "en") -> Blueprint:
    idea = read_idea(text)
    return draft(Brief(idea.title, idea.content, idea.requirements, language))


def asked(blueprint: Blueprint) -> set[tuple[str, str]]:
    return {(one.method, one.path) for one in blueprint.operations if not one.assumed}


@pytest.mark.parametrize(
    ("text", "language", "record", "about"),
    [
        ("# Bikes\n- A mechanic registers a bike.\n- A customer reports damage of a bike.", "en", "Report", "Bike"),
        ("# Rooms\n- A clerk registers a room.\n- A guest files a report about a room.", "en", "Report", "Room"),
        ("# 상점\n- 관리자는 상품을 등록한다.\n- 회원은 상품에 대한 문의를 등록한다.", "ko", "Inquiry", "Product"),
        ("# 상점\n- 관리자는 숙소를 등록한다.\n- 회원은 숙소의 후기를 작성한다.", "ko", "Review", "Accommodation"),
    ],
)
def test_a_record_made_about_a_thing_refers_to_it(text: str, language: str, record: str, about: str) -> None:
    entity = drafted(text, language).entity(record)
    assert entity is not None
    assert about in {attribute.references for attribute in entity.attributes}


@pytest.mark.parametrize(
    ("text", "language", "ends", "thing"),
    [
        ("# Books\n- A reader borrows a book and returns it.", "en", "/loans/{loan_id}/return", "Book"),
        (
            "# Bikes\n- A customer rents a bike.\n- A customer gives back the bike.",
            "en",
            "/rentals/{rental_id}/return",
            "Bike",
        ),
        ("# 도서관\n- 회원은 장비를 빌리고 반납한다.", "ko", "/loans/{loan_id}/return", "Equipment"),
        (
            "# Yoga\n- Teachers register lessons.\n- A student books a lesson and cancels it.",
            "en",
            "/bookings/{booking_id}/cancel",
            "Lesson",
        ),
    ],
)
def test_what_undoes_an_act_is_done_to_its_record(text: str, language: str, ends: str, thing: str) -> None:
    blueprint = drafted(text, language)
    assert ("POST", ends) in asked(blueprint)
    entity = blueprint.entity(thing)
    assert entity is not None
    values = {value for attribute in entity.attributes for value in attribute.values}
    assert not values & {"returned", "cancelled"}


def test_whoever_holds_lessons_cancels_the_lesson_itself() -> None:
    blueprint = drafted("# Yoga\n- Teachers create lessons and cancel them.\n- A student books a lesson.")
    assert ("POST", "/lessons/{lesson_id}/cancel") in asked(blueprint)


@pytest.mark.parametrize(
    ("text", "language", "figure"),
    [
        ("# Books\n- A reader borrows a book and returns it within 10 days.", "en", "within 10 days"),
        ("# Books\n- A reader borrows a book for at most 3 weeks.", "en", "for at most 3 weeks"),
        ("# 도서관\n- 회원은 장비를 빌리고 10일 이내에 반납한다.", "ko", "10일 이내"),
    ],
)
def test_nobody_chooses_when_it_is_due_where_the_text_sets_the_period(text: str, language: str, figure: str) -> None:
    blueprint = drafted(text, language)
    call = blueprint.operation("createLoan")
    assert call is not None
    assert "due_on" not in call.request
    assert [one for one in blueprint.assumptions if figure in one.text and one.about == "attribute:Loan.due_on"]


CRATES = """# Cold store

{prose}

## Requirements

- A driver deposits a crate on a free pallet.
- A clerk opens the pallet with a key.
- A clerk sees which pallets are loaded.
- A driver moves the pallet to another hall.
"""


def test_a_noun_that_nobody_knows_is_kept_and_asked_about_where_several_demands_are_about_it() -> None:
    prose = "Drivers bring crates into a cold store that many farms of the valley use. " * 6
    blueprint = drafted(CRATES.format(prose=prose))
    pallet = blueprint.entity("Pallet")
    assert pallet is not None
    assert pallet.assumed
    assert any("pallet" in question for question in blueprint.questions)
    assert any(one.about == "entity:Pallet" for one in blueprint.assumptions)
    by_path = {f"{one.method} {one.path}": one for one in blueprint.operations}
    assert by_path["POST /pallets/{pallet_id}/open"].requirements == ("R2",)
    assert by_path["GET /pallets"].actor == "Clerk"


def test_a_noun_of_one_demand_is_only_asked_about() -> None:
    text = (
        "# Store\n\n" + "Drivers bring boxes into a store. " * 20 + "\n\n## Requirements\n\n- A clerk sees a pallet.\n"
    )
    assert drafted(text).entity("Pallet") is None


def test_one_act_in_two_words_is_one_call_by_the_word_of_the_requirement() -> None:
    text = "# Lockers\n\nCouriers leave parcels.\n\n## Requirements\n\n- A courier deposits a parcel."
    assert asked(drafted(text)) == {("POST", "/parcels/{parcel_id}/deposit")}
