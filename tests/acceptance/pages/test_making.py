"""Stories: a design is asked for and watched while it appears."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.pages.visiting import BRIEF, Visit
from tests.acceptance.processes import Server

pytestmark = pytest.mark.browser

STORIES = {
    "ko-KR": (
        "동네 공구 도서관",
        "이웃끼리 공구를 빌려 쓰는 서비스입니다. 회원은 공구를 검색하고 빌린다. 관리자는 공구를 등록한다.",
        "- 회원은 공구를 최대 7일 동안 빌릴 수 있다\n- 빌려 간 공구는 예약할 수 있다",
        "설계 만들기",
        ("청사진", "설계 문서", "ERD", "API", "교차 검증"),
    ),
    "en-US": (
        BRIEF["title"],
        BRIEF["content"],
        BRIEF["requirements"],
        "Make the design",
        ("Blueprint", "Document", "ERD", "API", "Cross-check"),
    ),
}


@pytest.mark.parametrize("locale", STORIES)
def test_somebody_submits_an_idea_and_watches_all_parts_appear(visit: Callable[..., Visit], locale: str) -> None:
    title, idea, requirements, button, parts = STORIES[locale]
    person = visit(locale=locale)
    person.start()
    person.submit(title, idea, requirements, button)

    expect(person.page.get_by_role("heading", level=1)).to_have_text(title)
    person.expect_state("running")
    expect(person.page.locator(".fall-row[data-state=running]").first).to_be_visible()
    expect(person.page.locator("pre.snippet").first).to_have_text(re.compile(r"\w{3}"))
    person.expect_state("done")
    for part in parts:
        expect(person.card(part)).to_be_visible()
        expect(person.card(part)).not_to_have_attribute("data-standing", re.compile("waiting|running|failed"))
    person.expect_picture(person.card("ERD").locator("svg.er"))
    person.expect_picture(person.page.locator(".card[data-kind=sequence] img").first)
    person.expect_nothing_bad()


@pytest.mark.parametrize("part", ["%", "%E0%A4%A", "%@3", "erd%"])
def test_an_address_that_nobody_can_read_opens_the_design(visit: Callable[..., Visit], part: str) -> None:
    person = visit()
    person.start()
    design = person.submit(BRIEF["title"], BRIEF["content"], BRIEF["requirements"], "Make the design")
    person.open(design, part)
    expect(person.page.get_by_role("heading", level=1)).to_have_text(BRIEF["title"])
    person.expect_nothing_bad()


def test_the_form_keeps_what_was_typed_and_says_in_place_what_is_missing(visit: Callable[..., Visit]) -> None:
    person = visit(viewport={"width": 1440, "height": 900})
    person.start()
    expect(person.page.locator(".effort").first).to_be_visible()
    expect(person.page.get_by_role("button", name="Make the design")).to_be_in_viewport(ratio=1)
    person.page.get_by_role("button", name="Make the design").click()
    expect(person.page.locator("#content")).to_have_attribute("aria-invalid", "true")
    expect(person.page.locator("#content")).to_be_focused()

    person.page.locator("#content").fill("Something with tools")
    person.page.reload()
    expect(person.page.locator("#content")).to_have_value("Something with tools")


def test_a_file_becomes_the_text_and_what_it_replaced_is_taken_back(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.start()
    person.page.locator("#content").fill("What I had typed")
    idea = "# Tool library\n\nNeighbours lend tools.\n\n## Requirements\n\n- Members keep a tool for seven days\n"
    person.page.locator("input[name=idea]").set_input_files(
        {"name": "idea.md", "mimeType": "text/markdown", "buffer": idea.encode()}
    )

    expect(person.page.locator("#content")).to_have_value(idea)
    expect(person.page.locator("#title")).to_have_attribute("placeholder", "Tool library")
    expect(person.page.locator(".recognised li")).to_have_text(["R1Members keep a tool for seven days"])
    person.page.get_by_role("button", name="Undo").click()
    expect(person.page.locator("#content")).to_have_value("What I had typed")


def test_what_holds_no_words_is_refused_where_it_is_given(visit: Callable[..., Visit]) -> None:
    person = visit(locale="ko-KR")
    person.start()
    page = person.page
    page.locator("#content").fill("🦊🎉🚀")
    page.locator("button[type=submit]").click()
    expect(page.locator("#content-error")).to_contain_text("낱말이 없습니다")

    file = {"name": "idea.md", "mimeType": "text/markdown"}
    page.locator("input[name=idea]").set_input_files({**file, "buffer": bytes(range(256))})
    expect(page.get_by_role("alert")).to_contain_text("글이 아닌 것")
    expect(page.locator("#content")).to_have_value("🦊🎉🚀")
    page.locator("input[name=idea]").set_input_files({**file, "buffer": "회원은 공구를 빌린다".encode("euc-kr")})
    expect(page.locator("#content")).to_have_value("회원은 공구를 빌린다")


def test_reloading_and_a_second_tab_in_the_middle_show_the_same(visit: Callable[..., Visit], server: Server) -> None:
    design_id = server.submit(**BRIEF)
    person = visit()
    person.open(design_id)
    expect(person.page.locator(".card[data-standing=running]").first).to_be_visible()

    person.page.reload()
    other = visit()
    other.open(design_id)

    for window in (person, other):
        window.expect_state("done")
        expect(window.page.locator(".card[data-standing=waiting], .card[data-standing=running]")).to_have_count(0)
    assert person.page.locator(".card-title").all_inner_texts() == other.page.locator(".card-title").all_inner_texts()


def test_the_page_looks_by_itself_when_streams_are_blocked(visit: Callable[..., Visit], server: Server) -> None:
    design_id = server.submit(**BRIEF)
    person = visit()
    person.page.route("**/events?**", lambda route: route.abort())
    person.open(design_id)

    expect(person.page.locator(".freshness")).to_have_attribute("data-status", "polling")
    person.expect_state("done")


def test_the_page_says_that_it_is_offline_and_catches_up_afterwards(
    visit: Callable[..., Visit], server: Server
) -> None:
    design_id = server.submit(**BRIEF)
    person = visit()
    person.open(design_id)
    expect(person.page.locator(".card").first).to_be_visible()

    person.page.context.set_offline(True)
    expect(person.page.locator(".freshness")).to_have_attribute("data-status", "offline")
    person.page.context.set_offline(False)

    person.expect_state("done")
    expect(person.page.locator(".freshness")).to_have_attribute("data-status", "live")


#: A browser whose stream opens late, as one may while the network goes away.
_OPENS_LATE = """
const Stream = window.EventSource;
window.EventSource = class extends Stream {
  set onopen(open) {
    const late = () => { open(); document.documentElement.dataset.opened = "yes"; };
    super.onopen = () => setTimeout(late, 1500);
  }
};
"""


def test_a_stream_that_opens_while_the_network_goes_away_is_not_taken_for_being_there(
    visit: Callable[..., Visit], server: Server
) -> None:
    design_id = server.submit(**BRIEF)
    person = visit()
    person.page.add_init_script(_OPENS_LATE)
    person.open(design_id)
    expect(person.page.locator(".card").first).to_be_visible()

    person.page.context.set_offline(True)
    expect(person.page.locator("html")).to_have_attribute("data-opened", "yes")
    expect(person.page.locator(".freshness")).to_have_attribute("data-status", "offline")


def test_work_can_be_stopped_and_taken_up_again(
    visit: Callable[..., Visit], server: Server, model_says: Callable[..., None]
) -> None:
    # By its own title: designs of others may still be under way.
    model_says({"fault": "hang", "kind": "document", "times": 1, "text": "Title: Stopped"})
    design_id = server.submit(**BRIEF | {"title": "Stopped"})
    person = visit()
    person.open(design_id)
    expect(person.card("Document")).to_have_attribute("data-standing", "running")
    expect(person.card("API")).to_have_attribute("data-standing", "done")
    person.page.get_by_role("button", name="Stop").click()
    person.expect_state("cancelled")

    person.page.get_by_role("button", name="Go on").click()
    person.expect_state("done")


def test_a_design_is_found_deleted_and_taken_back(visit: Callable[..., Visit], new_design: Callable[..., str]) -> None:
    new_design(title="A needle in the haystack")
    person = visit()
    person.start()
    person.page.get_by_role("searchbox").fill("needle")
    row = person.page.get_by_role("link", name="A needle in the haystack")
    expect(person.page.locator(".design-row")).to_have_count(1)

    person.page.get_by_role("button", name="Delete “A needle in the haystack”").click()
    expect(row).to_have_count(0)
    person.page.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()


def test_a_design_that_is_not_there_says_so(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.open("00000000-0000-4000-8000-000000000000")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("There is no such design")


@pytest.mark.parametrize(
    ("title", "idea", "language"),
    [
        ("図書館", "会員は本を借りて返す。職員は本を登録する。", "ja"),
        ("Библиотека", "Читатели берут книги и возвращают их. Сотрудники добавляют книги.", "ru"),
        ("Tool library 공구", "Neighbours lend tools to each other. Members search tools and borrow them.", "en"),
    ],
)
def test_a_design_is_in_the_language_of_the_idea_unless_another_is_chosen(
    visit: Callable[..., Visit], server: Server, title: str, idea: str, language: str
) -> None:
    person = visit()
    person.start()
    design_id = person.submit(title, idea, "", "Make the design", asked=language == "en")
    assert server.call("GET", f"/designs/{design_id}")[1]["language"] == language


def test_of_a_language_that_rules_do_not_read_it_is_said_at_the_top(
    visit: Callable[..., Visit], new_design: Callable[..., str]
) -> None:
    person = visit()
    person.open(
        new_design(language="es", model="offline", requirements="- El cliente puede pedir pan.", content="Pan.")
    )
    expect(person.page.locator(".design-head .notice")).to_contain_text("Rules do not read Spanish")
    person.expect_nothing_bad()


def test_while_the_model_is_waited_for_it_is_said_for_what_and_until_when(
    visit: Callable[..., Visit], server: Server, model_says: Callable[..., None]
) -> None:
    model_says({"fault": "429", "kind": "blueprint", "retry_after": 20, "times": 1})
    person = visit()
    person.open(server.submit(**BRIEF))
    waiting = person.page.locator(".fall-row", has_text="waiting for the model")
    expect(waiting).to_contain_text("asks us to slow down")
    expect(waiting).to_contain_text(re.compile(r"until \d+:\d\d"))
    person.page.get_by_role("button", name="Stop").click()
    person.expect_state("cancelled")
    person.expect_nothing_bad()
