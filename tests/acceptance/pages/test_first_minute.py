"""The first minute of somebody who has nothing yet: no design, no model, half an idea."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.model_server import ModelServer
from tests.acceptance.pages.test_access import find_violations
from tests.acceptance.pages.visiting import COUNT_VIOLATIONS, PATIENCE_MS, Visit
from tests.acceptance.processes import Server, serving

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A designchord without a design, and without a model."""
    with serving(tmp_path_factory.mktemp("empty") / "home") as running:
        yield running


@pytest.fixture
def newcomer(browser: Browser, empty: Server) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def begin(**options: object) -> Visit:
        context = browser.new_context(**{"locale": "en-US", "viewport": LAPTOP, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(COUNT_VIOLATIONS)
        contexts.append(context)
        return Visit(context.new_page(), empty)

    yield begin
    for context in contexts:
        context.close()


IDEAS = {
    "en-US": (
        "# Tool library\n\n## Requirements\n\n- Members borrow a tool for 7 days\n- Keepers register tools\n",
        "Tool library",
        "Make the design",
        "Sheet music library",
    ),
    "ko-KR": (
        "# 공구 도서관\n\n## 요구사항\n\n- 회원은 공구를 7일 동안 빌릴 수 있다\n- 관리자는 공구를 등록할 수 있다\n",
        "공구 도서관",
        "설계 만들기",
        "동물병원 진료 예약",
    ),
}


@pytest.mark.parametrize("locale", IDEAS)
def test_one_box_is_read_as_it_is_typed_and_a_finished_design_is_one_click_away(
    newcomer: Callable[..., Visit], locale: str
) -> None:
    idea, title, button, example = IDEAS[locale]
    person = newcomer(locale=locale)
    person.start()
    page = person.page
    page.locator("#content").fill(idea + "\n".join(f"{number}" for number in range(60)))
    expect(page.get_by_role("button", name=button)).to_be_in_viewport()
    page.locator("#content").fill(idea)
    expect(page.locator(".recognised code")).to_have_text(["R1", "R2"])
    expect(page.locator("#title")).to_have_attribute("placeholder", title)
    assert find_violations(page) == []

    page.get_by_role("button", name=re.compile(example)).click()
    page.wait_for_url(re.compile("/designs/"))
    person.expect_state("done")
    expect(page.locator(".er-table").first).to_be_visible()
    page.go_back()
    expect(page.locator("#content")).to_have_value(idea)  # nothing was replaced
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile("/designs/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    person.expect_nothing_bad()


def connect(page: Page, address: str, key: str) -> None:
    page.get_by_label("Provider").select_option("openai")
    page.get_by_label("Key").fill(key)
    page.get_by_role("textbox", name="Model").fill("gpt-4o")
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Try it and connect").click()


def test_a_short_idea_is_asked_about_and_a_model_is_connected_without_a_restart(
    newcomer: Callable[..., Visit], empty: Server
) -> None:
    person = newcomer()
    person.start()
    page = person.page
    page.locator("#content").fill("An app where neighbours give away leftover food")
    expect(page.locator(".recognised li")).to_have_count(1)
    page.get_by_role("button", name="Make the design").click()
    expect(page.get_by_role("heading", name="A few questions first")).to_be_focused()
    assert find_violations(page) == []
    page.get_by_role("button", name="members").click()
    page.get_by_role("group", name="What does it keep?").get_by_role("textbox").fill("offers and pickups")
    page.get_by_role("button", name="Yes, by email").click()
    page.get_by_role("button", name="Make the design").click()
    page.wait_for_url(re.compile("/designs/"))
    design_id = page.url.rstrip("/").rpartition("/")[2]
    content = empty.wait_until_ended(design_id)["content"]
    assert "It is used by members." in content
    assert "It keeps offers and pickups." in content
    assert "sign in with their email address" in content

    with ModelServer() as model:
        person.start()
        page.get_by_role("button", name="Connect a model").click()
        model.script([{"fault": "401"}])
        connect(page, model.base_url, "sk-wrong")
        expect(page.get_by_role("dialog")).to_contain_text("does not accept the key")
        model.script([])
        connect(page, model.base_url, "sk-right")
        expect(page.get_by_role("dialog")).to_contain_text("openai:gpt-4o answered in")
        assert find_violations(page) == []
        assert "sk-right" not in page.content()
        page.keyboard.press("Escape")
        expect(page.locator("#model option").first).to_have_text(re.compile("openai:gpt-4o"))
        page.locator("#content").fill(IDEAS["en-US"][0])
        page.get_by_role("button", name="Make the design").click()
        page.wait_for_url(re.compile("/designs/"))
        person.expect_state("running|done")
        made = empty.wait_until_ended(page.url.rstrip("/").rpartition("/")[2])
        assert made["model"] == "openai:gpt-4o"
        assert model.count > 2
        person.start()
        page.get_by_role("button", name="Connect a model").click()
        page.get_by_role("button", name="Disconnect").click()
        expect(page.get_by_role("dialog")).to_contain_text("the key is forgotten")
    assert empty.call("GET", "/models")[1]["default"] == "offline"


def put_down(page: Page, *paths: Path) -> None:
    """Drop files and folders of this machine onto the form, as a person's hand does."""
    box = page.locator("#content").bounding_box()
    assert box is not None
    place = {"x": box["x"] + 20, "y": box["y"] + 20}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    hand = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        hand.send("Input.dispatchDragEvent", {"type": kind, "data": data, **place})


def test_a_folder_is_dropped_with_its_references_from_file_to_file(
    newcomer: Callable[..., Visit], tmp_path: Path
) -> None:
    folder = tmp_path / "system"
    for name, text in {
        "api/openapi.yaml": "openapi: 3.1.0\ninfo: {title: Lending, version: '1'}\npaths:\n  /loans/{id}:\n"
        "    $ref: paths/loan.yaml\n",
        "api/paths/loan.yaml": "get:\n  operationId: getLoan\n  responses:\n    '200':\n      description: OK\n"
        "      content: {application/json: {schema: {$ref: '../schemas/loan.yaml#/Loan'}}}\n",
        "api/schemas/loan.yaml": "Loan:\n  type: object\n  properties: {id: {type: string}, due_on: {type: string}}\n",
        "node_modules/other/schema.sql": "CREATE TABLE foreign_thing (id int PRIMARY KEY);\n",
        "logo.png": "no picture",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    person = newcomer()
    person.start()
    page = person.page
    put_down(page, folder)
    expect(page.get_by_text("1 entity, 1 operation", exact=False).first).to_be_visible()
    expect(page.get_by_text("Not understood")).to_have_count(0)
    expect(page.get_by_text("foreign_thing")).to_have_count(0)
    page.get_by_role("button", name="Back to the text").click()
    page.locator("input[name=folder]").set_input_files(folder)
    page.get_by_role("button", name="Make the design").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lending")
    person.expect_state("done")
    person.expect_nothing_bad()


def test_a_folder_with_nothing_to_read_is_said(newcomer: Callable[..., Visit], tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "logo.png").write_text("no picture")
    person = newcomer()
    person.start()
    put_down(person.page, tmp_path / "pictures")
    expect(person.page.get_by_text("Nothing in there is of a kind that is read.")).to_be_visible()


SYSTEM = [
    {
        "name": "schema.sql",
        "mimeType": "application/sql",
        "buffer": b"CREATE TABLE members (id uuid PRIMARY KEY, email text NOT NULL);\n"
        b"CREATE TABLE loans (id uuid PRIMARY KEY, member_id uuid NOT NULL REFERENCES members (id), due_on date);\n",
    },
    {
        "name": "openapi.yaml",
        "mimeType": "application/yaml",
        "buffer": b"openapi: 3.1.0\ninfo: {title: Lending, version: '1'}\npaths:\n  /loans:\n    get:\n"
        b"      operationId: listLoans\n      responses: {'200': {description: OK}}\n",
    },
]


@pytest.mark.parametrize(
    ("locale", "told", "make"),
    [("en-US", "2 entities, 1 operation", "Make the design"), ("ko-KR", "엔터티 2개, 동작 1개", "설계 만들기")],
)
def test_the_files_of_a_system_that_is_there_become_a_design(
    newcomer: Callable[..., Visit], locale: str, told: str, make: str
) -> None:
    person = newcomer(locale=locale, **({"viewport": {"width": 390, "height": 844}} if locale == "ko-KR" else {}))
    person.start()
    page = person.page
    page.locator("input[name=system]").set_input_files([{**SYSTEM[0], "name": "notes.rb", "buffer": b"puts 1"}])
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Back to the text" if locale == "en-US" else "글로 돌아가기").click()
    assert [one for one in person.observed.errors if "422" not in one] == []  # Chromium tells of the refusal, too
    person.observed.errors.clear()

    page.locator("input[name=system]").set_input_files(SYSTEM)
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_text("schema.sql:")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name=make).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lending")
    person.expect_state("done")
    person.expect_nothing_bad()
