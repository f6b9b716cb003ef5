"""A known word counts only in the sense in which it is known, and a language only by what people read."""

from __future__ import annotations

import pytest

from designchord.blueprint.model import Brief
from designchord.drafter.drafting import names_in
from designchord.ideas.language import detect_language


def named(text: str, language: str) -> set[str]:
    return set(names_in(Brief(title="", content=text, requirements="", language=language)))


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("손님이 사이트에서 화분을 주문한다. 사이트는 모바일에서도 열린다.", "ko", "Campsite"),
        ("검사원은 부품의 수입 검사를 등록한다. 팀장은 수입 검사를 승인한다.", "ko", "Income"),
        ("관리자가 상단 메뉴를 수정한다. 관리자가 메뉴를 삭제한다.", "ko", "MenuItem"),
        ("The tuner has properties such as a name. A clerk edits the properties of a tuner.", "en", "Property"),
        ("A user creates a pitch for investors. Users rate a pitch.", "en", "Campsite"),
        ("As a gardener I'd like to be reminded. As a clerk I'd like to plan.", "en", "Like"),
        ("Members log in with a PIN. A PIN is changed by the member.", "en", "Pin"),
        ("프로젝트 소개. 회원은 프로젝트를 진행하면서 글을 작성한다. 관리자가 글을 삭제한다.", "ko", "Project"),
        ("회원은 프로필 유효성 검사를 등록한다. 회원은 유효성 검사를 수정한다.", "ko", "Inspection"),
        ("관리자는 일정 시간을 수정한다. 관리자는 일정 비율을 등록한다.", "ko", "Schedule"),
        ("A developer edits the .env file. The developer uploads config files.", "en", "File"),
        ("Then run following commands. Open a terminal and execute following commands.", "en", "Follow"),
        ("The admin deletes error messages. An error message is shown.", "en", "Message"),
        ("Users create user journeys. A user edits a user journey.", "en", "Trip"),
        ("An admin installs database drivers. The admin updates a database driver.", "en", "Driver"),
    ],
)
def test_a_word_in_another_sense_is_not_what_the_catalogue_knows(text: str, language: str, name: str) -> None:
    assert name not in named(text, language)


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("캠핑 손님이 사이트를 예약한다. 관리자가 사이트를 등록한다.", "ko", "Campsite"),
        ("회원은 수입과 지출을 기록한다. 회원은 수입을 수정한다.", "ko", "Income"),
        ("회원은 프로젝트를 등록한다. 관리자가 프로젝트를 삭제한다.", "ko", "Project"),
        ("회원은 일정을 등록한다. 회원은 일정을 수정한다.", "ko", "Schedule"),
        ("Members upload a file. A member deletes a file.", "en", "File"),
        ("Members follow other members. A member follows a member.", "en", "Follow"),
        ("손님이 메뉴를 주문한다. 점장이 메뉴를 등록한다.", "ko", "MenuItem"),
        ("A tenant rents a property. The landlord creates a property.", "en", "Property"),
        ("Guests book a pitch for their tent. The warden creates a pitch.", "en", "Pitch"),
        ("A member sends a message. An error message is shown. Members delete a message.", "en", "Message"),
        ("A driver delivers parcels. The dispatcher registers a driver.", "en", "Driver"),
    ],
)
def test_a_word_in_its_sense_is(text: str, language: str, name: str) -> None:
    assert name in named(text, language)


def test_a_name_beside_a_label_is_no_word_for_a_thing() -> None:
    text = "- 프로젝트 명 : Grow Story\n- 배포 링크 : Side Quest\n\n회원은 글을 작성한다. 회원은 글을 수정한다."
    assert not {"GrowStory", "SideQuest"} & named(text, "ko")
    assert "Article" in named("- 게시글 : Article\n\n회원은 게시글을 작성한다. 회원은 게시글을 수정한다.", "ko")


def test_what_nobody_reads_says_nothing_of_the_language() -> None:
    readme = (
        '<p align="center"><img src="https://img.example/badge/a-com.svg" alt="badge"></p>\n\n'
        "# 모임 찾기\n\n동네 모임을 찾는 서비스입니다. [데모](https://demo.example.com/de/a)\n\n"
        "```js\nconst o = new Server(); o.a(do, de, que, por, com);\n```\n"
        "- Backend: Java 11, Spring Boot 2.7, Spring Data JPA, Spring Security, MySQL, Redis Cloud\n"
        "- Frontend: React, Redux Toolkit, Styled Components, Axios, Webpack, Storybook\n"
    )
    assert detect_language(readme) == "ko"
    assert detect_language("# Meetings\n\nMembers find a meeting near them and join it. 모임") == "en"
