"""How the drafter reads Korean and English: particles go, compounds stay, acts find their objects."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import read_idea
from designchord.blueprint.model import Brief
from designchord.drafter.drafting import draft
from designchord.drafter.refusals import condition_of, status_of
from designchord.drafter.structure.given import find_given, normal_path
from designchord.ideas.language import detect_language
from designchord.ideas.page import plain, read
from designchord.language import naming
from designchord.language.english import English
from designchord.language.korean import Korean
from designchord.language.words import Parse


def names(parse: Parse) -> list[str]:
    return [mention.name for mention in parse.mentions]


def acts(parse: Parse) -> list[tuple[str, str]]:
    """What is done to what; quiet verbs and conditions are left out."""
    said = [act for act in parse.acts if act.verb.act != "quiet" and act.mood in {"main", "trigger"}]
    return [(act.verb.name, act.object.name if act.object else "") for act in said]


@pytest.mark.parametrize(
    ("word", "noun"),
    [
        ("회원은", "회원"),
        ("회의를", "회의"),
        ("회의", "회의"),
        ("휴가", "휴가"),
        ("고양이가", "고양이"),
        ("결과", "결과"),
        ("상품들을", "상품"),
        ("예약으로부터", "예약"),
        ("벌통마다", "벌통"),
        ("드론을", "드론"),
        ("드론에서는", "드론"),
    ],
)
def test_korean_particles_leave_the_noun_whole(word: str, noun: str) -> None:
    assert Korean(word).split(word)[0] == noun


def test_an_unknown_noun_keeps_a_syllable_that_the_document_never_drops() -> None:
    korean = Korean("고속도로를 달린다. 고속도로")
    assert korean.split("고속도로")[0] == "고속도로"
    assert korean.split("고속도로를")[0] == "고속도로"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("사용자는 회의실을 예약하고 예약을 취소할 수 있다.", [("create", "MeetingRoom"), ("cancel", "Reservation")]),
        ("관리자는 과제를 등록하고 삭제할 수 있다.", [("create", "Assignment"), ("delete", "Assignment")]),
        ("팀장은 휴가 신청을 승인 또는 반려한다.", [("approve", "Leave"), ("reject", "Leave")]),
        ("로그인한 사용자는 상품에 ‘좋아요’를 등록할 수 있다.", [("create", "Like")]),
        ("결제에 실패하면 주문을 취소한다.", [("cancel", "Order")]),
    ],
)
def test_korean_acts_find_their_objects(text: str, expected: list[tuple[str, str]]) -> None:
    assert acts(Korean(text).parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Users can create, edit and delete recipes.",
            [("create", "Recipe"), ("edit", "Recipe"), ("delete", "Recipe")],
        ),
        ("User posts a tweet", [("post", "Tweet")]),
        ("WHEN a user creates an album THEN the app SHALL update the date", [("create", "Album")]),
        ("Members can book a room and cancel the booking.", [("book", "Room"), ("cancel", "Booking")]),
        ("Add new todos", [("add", "Todo")]),
        ("The member books a class or cancels it.", [("book", "Class"), ("cancel", "Class")]),
    ],
)
def test_english_acts_find_their_objects(text: str, expected: list[tuple[str, str]]) -> None:
    assert acts(English(text + " classes").parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("file a damage report", "DamageReport"),
        ("join the waiting list", "WaitingListEntry"),
        ("the start date", "starts_on"),
        ("order lines", "OrderItem"),
    ],
)
def test_english_compounds_are_one_thing(text: str, name: str) -> None:
    assert names(English(text).parse(text)) == [name]


def test_a_short_word_stands_for_the_compound_of_its_document() -> None:
    text = "A tenant files a maintenance request. The technician completes the request."
    assert names(English(text).parse("The technician completes the request."))[-1] == "MaintenanceRequest"


@pytest.mark.parametrize(
    "text", ["click the button on the page", "the React app uses Redis", "POST endpoint", "an error message"]
)
def test_interface_and_technology_name_nothing(text: str) -> None:
    assert names(English(text).parse(text)) == []


@pytest.mark.parametrize(
    ("hangul", "latin"), [("벌통", "beoltong"), ("점검", "jeomgeom"), ("한글", "hangeul"), ("꽃", "kkot")]
)
def test_hangul_is_spelled_by_the_revised_romanisation(hangul: str, latin: str) -> None:
    assert naming.romanise(hangul) == latin


@pytest.mark.parametrize(
    ("one", "many"), [("category", "categories"), ("box", "boxes"), ("person", "people"), ("order-item", "order-items")]
)
def test_plurals_and_singulars_mirror_each_other(one: str, many: str) -> None:
    assert naming.plural(one) == many
    assert naming.singular(many.rpartition("-")[2]) == one.rpartition("-")[2]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("로그인하지 않은 사용자라면, 오류를 반환한다.", 401),
        ("존재하지 않는 상품이라면, 오류를 반환한다.", 404),
        ("이미 예약된 시간에는 예약할 수 없다.", 409),
        ("Only the author may delete a comment.", 403),
        ("If the payload is invalid, then the API shall return a 422 error.", 422),
    ],
)
def test_a_rule_gets_the_status_that_fits_it(text: str, status: int) -> None:
    assert status_of(text) == status


def test_the_condition_of_a_rule_stands_without_its_outcome() -> None:
    assert condition_of("존재하지 않는 상품이라면, 오류를 반환한다.") == "존재하지 않는 상품이라면"
    assert condition_of("If the file is too large, then the app shall show an error.") == "the file is too large"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/orders/{orderId}", "/orders/{order_id}"),
        ("/users/:id/posts", "/users/{user_id}/posts"),
        ("/pets/<int:pk>", "/pets/{pk}"),
        ("/a/{x}/{x}", None),
    ],
)
def test_paths_come_into_one_form(path: str, expected: str | None) -> None:
    assert normal_path(path) == expected


def test_sql_tables_keep_their_keys() -> None:
    columns = "id uuid primary key, room_id uuid not null references rooms(id), code text unique"
    sql = f"```sql\nCREATE TABLE desks ({columns});\n```"
    (table,) = find_given(read(sql)).tables
    assert table.name == "Desk"
    assert [(column.name, column.references) for column in table.columns] == [
        ("id", ""),
        ("room_id", "Room"),
        ("code", ""),
    ]


def test_wrapped_items_are_one_line_and_markup_is_gone() -> None:
    page = read("# A\n\n-   [ ] User can see the **total**\n        of all items\n- second `one`")
    assert [line.text for line in page.lines] == ["A", "User can see the total of all items", "second one"]
    assert plain("[x](http://y) <b>z</b> _w_") == "x z w"


@pytest.mark.parametrize(
    ("text", "language"),
    [("회원은 Book을 빌린다", "ko"), ("Members borrow books", "en"), ("会員は本を借りる", "ja"), ("", "en")],
)
def test_the_language_of_a_text_is_found(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "# Biblioteca\n\n## Requisitos\n- O leitor reserva um livro.\n- O bibliotecário cadastra livros."),
        ("it", "# Orto\n\nI soci prenotano gli orti.\n\n## Funzionalità\n- Il socio può prenotare un orto."),
        ("nl", "# Fietsen\n\n## Eisen\n- Een lid kan een fiets lenen.\n- De beheerder ziet alle fietsen."),
    ],
)
def test_of_a_language_that_is_not_read_no_word_becomes_a_name(language: str, text: str) -> None:
    idea = read_idea(text)
    made = draft(Brief(idea.title, idea.content, idea.requirements, language))
    assert all(entity.assumed for entity in made.entities)


def test_what_is_entered_is_the_record_of_what_is_done() -> None:
    text = "점검원은 배관의 누수 검사를 등록한다. 점검원은 배관의 누수 검사를 수정한다."
    made = draft(Brief("배관 회사", text, "", "ko"))
    assert any(one.method == "POST" and one.path == "/inspections" and not one.assumed for one in made.operations)


def test_fields_told_in_a_sentence_are_no_things() -> None:
    text = "직원은 자전거를 등록한다. 항목은 이름, 길이, 보험 만료일이다. 직원은 자전거를 조회한다."
    made = draft(Brief("자전거 대여", text, "", "ko"))
    assert not {"Policy"} & {entity.name for entity in made.entities}


def test_a_feature_named_by_what_is_done_is_done() -> None:
    made = draft(Brief("분실물", "- 습득물 등록 기능\n- 습득물 검색 기능", "", "ko"))
    assert {(one.method, one.path) for one in made.operations if one.requirements} == {
        ("POST", "/lost-items"),
        ("GET", "/lost-items"),
    }
