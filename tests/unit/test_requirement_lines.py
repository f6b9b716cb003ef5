"""What counts as a requirement: the author's lines, numbered in order, whatever the language and the form."""

from __future__ import annotations

import pytest

from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.model import Brief, Requirement
from designchord.blueprint.requirements import read_requirements


def requirements(text: str) -> tuple[Requirement, ...]:
    idea = read_idea(text)
    return read_requirements(
        Brief(idea.title, idea.content or idea.requirements, idea.requirements, detect_language(text))
    )


def texts(text: str) -> list[str]:
    return [requirement.text for requirement in requirements(text)]


def test_requirements_that_are_all_there_is_are_read_once() -> None:
    text = "# Bakery\n\n## Requirements\n\n- A baker can bake bread.\n- A clerk can sell bread."
    assert [(r.id, r.text) for r in requirements(text)] == [
        ("R1", "A baker can bake bread."),
        ("R2", "A clerk can sell bread."),
    ]


def test_a_sentence_that_stands_twice_is_one_and_a_few_words_mean_what_their_heading_says() -> None:
    both = "- List\n- A clerk can cancel an order."
    text = f"# Shop\n\n## Features\n\n### Orders\n{both}\n\n### Bills\n{both}"
    assert texts(text) == ["List", "A clerk can cancel an order.", "List"]


def test_a_short_sentence_is_one_demand_wherever_it_stands() -> None:
    assert texts("# 工具借用\n\n会员可以借用工具。\n\n## 需求\n- 会员可以借用工具") == ["会员可以借用工具。"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("What problem does it solve?", "Neighbours lose track of ladders."),
        ("Who is it for?", "Neighbours and the caretaker."),
        ("How will you test it?", "With unit tests."),
        ("왜 만드나요?", "이웃들이 사다리를 잃어버린다."),
        ("누가 사용하나요?", "이웃과 관리인이 사용한다."),
        ("어떻게 테스트하나요?", "단위 테스트를 작성한다."),
    ],
)
def test_answers_to_other_questions_of_a_template_than_what_it_does_demand_nothing(asked: str, answer: str) -> None:
    text = f"# Proposal\n\n## {asked}\n{answer}\n\n## What will it do?\n- A neighbour borrows one.\n- One returns it."
    assert texts(text) == ["A neighbour borrows one.", "One returns it."]


def test_labels_and_lines_about_the_file_or_a_route_are_none() -> None:
    text = (
        "# 주문\n\n## 주문 생성\n- 회원은 상품을 주문할 수 있다.\n- NFR\n    - 주문 요청은 멱등하다\n"
        "- 연관 도메인: Member\n- API 엔드포인트: POST /api/v1/orders\n"
    )
    assert texts(text) == ["회원은 상품을 주문할 수 있다.", "주문 요청은 멱등하다"]


def test_what_is_wished_in_short_and_what_a_page_must_do_are_requirements_and_what_is_struck_out_is_none() -> None:
    text = (
        "# Garden\n\n## Requirements\n- As a gardener I'd like to see plots.\n- The page loads in 2 s.\n"
        "- ~~Log in with a phone number.~~\n- This document describes a garden.\n"
    )
    assert texts(text) == ["As a gardener I'd like to see plots.", "The page loads in 2 s."]
    prose = "# Garden\n\nAs a gardener I’d like to be reminded.\nAs treasurer, I want to charge fees.\nI need a list."
    assert len(texts(prose)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "동네 도서관 예약 서비스를 만들고 싶다. 회원은 방을 예약할 수 있다.",
        "회원 관리 앱을 개발하려고 합니다. 회원은 방을 예약할 수 있다.",
        "We want to build a booking app. A member can book a room.",
    ],
)
def test_the_wish_for_the_whole_thing_is_no_demand_on_it(text: str) -> None:
    assert len(texts(text)) == 1
    assert len(texts(text.split(". ")[0])) == 1  # where nothing else is said, it is all there is


@pytest.mark.parametrize(
    "text",
    [
        "회원이 방을 예약하고 관리자가 방을 등록하는 서비스를 만들고 싶다. 회원은 방을 취소할 수 있다.",
        "방을 예약할 수 있는 앱을 만들고 싶다. 회원은 방을 취소할 수 있다.",
        "We want to build an app that lets members book rooms. A member can cancel a booking.",
        "We want to build a booking app where members book rooms. A member can cancel a booking.",
    ],
)
def test_a_wish_that_says_what_is_done_is_a_demand(text: str) -> None:
    assert len(texts(text)) == 2


def test_hundreds_of_lines_are_all_kept() -> None:
    lines = [f"- A clerk can print form {number}." for number in range(1, 301)]
    assert len(texts("# Office\n\n## Requirements\n\n" + "\n".join(lines))) == 300


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "| No. | 내용 | 비고 |\n|---|---|---|\n| 1. | 회원은 방을 예약할 수 있다. 이때 날짜를 고른다. | 예약 |",
            ["회원은 방을 예약할 수 있다. 이때 날짜를 고른다."],
        ),
        (
            "| ID | Feature | Description | Priority |\n|---|---|---|---|\n| F-1 | Login | A clerk logs in. | High |",
            ["Login: A clerk logs in."],
        ),
        (
            "| 번호 | 기능 | 설명 |\n|---|---|---|\n| FR-1 | 예약 | 학생이 강의실을 예약한다. |",
            ["예약: 학생이 강의실을 예약한다."],
        ),
        ("| Feature | Description |\n|---|---|\n| Rent | Owners rent a kennel |", ["Rent: Owners rent a kennel"]),
        ("| Term | Meaning |\n|---|---|\n| Kennel | A place where a dog sleeps. |", []),
        ("| Status code | Description |\n|---|---|\n| 404 | There is no such bread. |", []),
        (
            "| # | Details |\n|---|---|\n| 1 | 1. A clerk can pay.<br>2. It fails.<br> - no money<br> - no card |",
            ["A clerk can pay.", "It fails. - no money - no card"],
        ),
    ],
)
def test_of_a_table_the_column_that_demands_is_taken(table: str, expected: list[str]) -> None:
    assert texts(f"# Bakery\n\n## Requirements\n\n{table}") == expected


def test_questions_of_a_template_and_answers_of_one_word_are_none() -> None:
    answer = "Bakers throw bread away. A baker can offer bread."
    text = f"# Idea\n\n- What is the problem?\n\n    {answer}\n\n- Do you pay for it?\n\n    No"
    assert texts(text) == ["Bakers throw bread away.", "A baker can offer bread."]


def test_checkboxes_entities_of_html_and_numbers_in_boxes_are_form_and_not_words() -> None:
    boxes = "- [ ] A clerk can sell.\n- [x] A baker can bake."
    keycap = "1️⃣ Bills &amp; taxes:<br>\n&nbsp;&nbsp; A clerk can print a bill.<br>"
    text = f"# Bakery\n\n## Requirements\n\n{boxes}\n\n{keycap}"
    assert texts(text) == ["A clerk can sell.", "A baker can bake.", "A clerk can print a bill."]
    assert requirements(text)[-1].section.endswith("Bills & taxes")


@pytest.mark.parametrize(
    "aside",
    ["## Tech stack\n- Python 3.12\n- PostgreSQL 16.1", "## 日程\n- 4月2日 会議", "## Changelog\n- Added a logo."],
)
def test_versions_schedules_and_histories_are_none(aside: str) -> None:
    assert texts(f"# Bakery\n\n## Features\n- Bread list\n\n{aside}") == ["Bread list"]


def test_noun_phrases_of_a_list_are_requirements_and_so_are_headings_with_nothing_below() -> None:
    assert texts("# 店\n\n## 機能一覧\n- パン一覧表示機能\n- 注文機能") == ["パン一覧表示機能", "注文機能"]
    assert texts("# Shop\n\n## Features\n\n### Bread list\n\n### Order book\n") == ["Bread list", "Order book"]


def test_a_label_over_nested_items_is_their_section_and_a_sentence_with_a_colon_takes_its_fields_along() -> None:
    fields = "- An order has the following fields:\n  - bread\n  - day"
    text = f"# Shop\n\n## Features\n- Orders:\n  - A clerk can take an order.\n{fields}"
    assert texts(text) == ["A clerk can take an order.", "An order has the following fields: bread, day"]


@pytest.mark.parametrize(
    "heading",
    [
        "Anforderungen",
        "Fonctionnalités",
        "Requisitos",
        "Funcionalidades",
        "Funzionalità",
        "Требования",
        "Chức năng",
        "功能",
        "機能要件",
        "User stories",
        "주요 기능",
    ],
)
def test_sections_are_known_by_many_names(heading: str) -> None:
    assert texts(f"# X\n\nIntro.\n\n## {heading}\n- abc def\n- ghi jkl mno") == ["abc def", "ghi jkl mno"]


def test_prose_counts_where_it_demands_and_all_of_it_where_there_is_no_list() -> None:
    assert texts("# Shop\n\nOurs is old. A clerk must sign each bill.\n\n## Requirements\n- A clerk can sell.") == [
        "A clerk must sign each bill.",
        "A clerk can sell.",
    ]
    assert texts("# Boutique\n\nLe boulanger vend du pain. Les clients commandent.") == [
        "Le boulanger vend du pain.",
        "Les clients commandent.",
    ]


def test_what_is_said_of_quality_and_of_limits_is_of_that_kind() -> None:
    text = (
        "# Shop\n\n## Non-functional requirements\n- It is fast.\n\n## Constraints\n- Cash only.\n\n"
        "## Requirements of the shop\n- Bills are printed within 2 seconds."
    )
    assert [r.kind for r in requirements(text)] == ["quality", "constraint", "quality"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Bread shop\ntags: [a]\n---\n\n# README\n\nText.", "Bread shop"),
        ("<!-- made\nby a tool -->\n\n# Bread shop\n\nText.", "Bread shop"),
        ("# README\n\n## パン屋\n\n### 機能\n- 注文", "パン屋"),
        ("[![build](https://a/b.svg)](https://a)\n\n# Bread shop\n\nText.", "Bread shop"),
        ('<h1 align="center">\n  <img src="logo.png">\n  Bread shop\n</h1>\n\nText.', "Bread shop"),
        ("# Requirements\n\n## 1. Purpose\n\nText.", "Requirements"),
    ],
)
def test_the_title_says_what_it_is_about(text: str, title: str) -> None:
    assert read_idea(text).title == title


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Bäcker verkauft Brot, und die Kunden können es bestellen."),
        ("fr", "Le boulanger vend du pain et les clients peuvent le commander."),
        ("es", "El panadero vende pan y los clientes pueden pedirlo."),
        ("pt", "O padeiro vende pão e os clientes podem encomendá-lo."),
        ("it", "Il panettiere vende il pane e i clienti possono ordinarlo."),
        ("nl", "De bakker verkoopt brood en klanten kunnen het bestellen."),
        ("sv", "Bagaren säljer bröd och kunderna kan beställa det."),
        ("pl", "Piekarz sprzedaje chleb, a klienci mogą go zamówić."),
        ("vi", "Thợ bánh bán bánh mì và khách hàng có thể đặt hàng."),
        ("tr", "Fırıncı ekmek satar ve müşteriler bunu sipariş edebilir."),
        ("ru", "Пекарь продаёт хлеб, а клиенты могут его заказать."),
        ("uk", "Пекар продає хліб, а клієнти можуть його замовити."),
        ("zh", "面包师卖面包，顾客可以订购。"),
        ("ja", "パン屋はパンを売り、客は注文できる。"),
        ("ko", "제빵사는 빵을 팔고 손님은 주문할 수 있다."),
        ("en", "A baker sells bread."),
        ("en", "Bread shop"),
    ],
)
def test_a_sentence_is_enough_to_name_its_language(language: str, text: str) -> None:
    assert detect_language(text) == language


def test_columns_of_bookkeeping_beside_the_requirements_take_nothing_away() -> None:
    table = (
        "# 장비 대장\n\n| 번호 | 요구사항 | 담당 | 일정 |\n|---|---|---|---|\n"
        "| 1 | 직원은 장비를 찾을 수 있다 | 최 | 3월 |\n| 2 | 고장이 나면 대여가 멈춘다 | 한 | 4월 |\n"
    )
    assert texts(table) == ["직원은 장비를 찾을 수 있다", "고장이 나면 대여가 멈춘다"]
    english = "# Desk\n\n| ID | Requirement | Owner | Version |\n|---|---|---|---|\n| A-1 | Lend a desk | Ann | 1.2 |\n"
    assert texts(english) == ["Lend a desk"]
    changes = "# Desk\n\nStaff lend desks.\n\n| Version | Description |\n|---|---|\n| 1.2 | You can lend desks |\n"
    assert texts(changes) == ["Staff lend desks."]


def test_a_title_and_its_sentence_in_two_columns_are_one_requirement() -> None:
    table = "# D\n\n| Requirement | Description |\n|---|---|\n| Lending | A clerk can lend a desk for a day. |\n"
    assert texts(table) == ["Lending: A clerk can lend a desk for a day."]


def test_what_describes_a_record_demands_nothing() -> None:
    text = (
        "# 공방\n\n## 데이터\n- 작업대: 이름, 상태(사용 가능, 사용 중)\n- 예약: 시작일, 종료일\n\n"
        "## 요구사항\n- 회원은 작업대를 예약한다.\n"
    )
    assert texts(text) == ["회원은 작업대를 예약한다."]


@pytest.mark.parametrize("empty", ["1. ![](screen.png)", "1. <br>", "2. ** **", "3. ` `"])
def test_a_numbered_line_that_says_nothing_is_passed_over(empty: str) -> None:
    assert texts(f"# Office\n\n## Requirements\n\n{empty}\n\n- A clerk can print a form.") == [
        "A clerk can print a form."
    ]
