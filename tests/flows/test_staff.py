"""The pages for staff: figures of everybody's work, ends to it, and not a word of what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.flows.people import PASSWORD, Person, bearing, operate, serving_people, signed_in
from tests.flows.serving import Client, serving

pytestmark = pytest.mark.slow

CANARY = "Skerryvore"
ON = {"DESIGNCHORD_ACCOUNTS": "on"}
LISTS = ("owner", "design", "step", "call", "apitoken")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    people = ("anna", "bert", "cara", "dora", "emil", "sam")
    with serving_people(home, *people) as address:
        assert operate(home, "user", "change", "sam", "--staff", **ON) == "sam: staff, active\n"
        yield address


@pytest.fixture
def staff(address: str) -> Iterator[Person]:
    with signed_in(address, "sam") as person:
        yield person


def make_secret(person: Client) -> str:
    idea = f"Keepers of {CANARY} polish lenses. Keepers add lenses of {CANARY}."
    return str(person.make(title=f"Lighthouse {CANARY}", content=idea, requirements=f"- {CANARY} shines")["id"])


def show(staff: Person, path: str, status: int = 200) -> str:
    answer = staff.http.get(f"{staff.address}/admin/{path}")
    assert answer.status_code == status, (path, answer.status_code)
    return str(answer.text)


def act(staff: Person, table: str, action: str, key: object, **more: str) -> httpx2.Response:
    page = staff.http.get(f"{staff.address}/admin/designs/{table}/")
    return staff.send(page, f"/admin/designs/{table}/", action=action, _selected_action=str(key), **more)


def key_of(staff: Person, name: str) -> str:
    found = re.search(r"/owner/(\d+)/change/", show(staff, f"designs/owner/?q={name}"))
    assert found
    return found[1]


def test_staff_see_how_much_there_is_of_everything(address: str, staff: Person) -> None:
    with signed_in(address, "anna") as anna:
        design = make_secret(anna)
        token = anna.make_token(name=f"robot of {CANARY}")
    owners = show(staff, "designs/owner/")
    row = re.search(r"<tr>(?:(?!</tr>).)*>anna<.*?</tr>", owners, re.DOTALL)
    assert row
    assert ">1</a>" in row[0]
    assert design in show(staff, "designs/design/?state=done&o=-7")
    assert design in show(staff, f"designs/design/?q={design}")
    assert show(staff, f"designs/step/?design__id__exact={design}").count("field-kind") > 5
    assert token["prefix"] in show(staff, "designs/apitoken/")


def test_staff_read_no_idea_no_artifact_and_no_name_of_a_token(address: str, staff: Person) -> None:
    with signed_in(address, "bert") as bert:
        design = make_secret(bert)
        token = bert.make_token(name=f"robot of {CANARY}")
        shared = bert.http.post(f"/designs/{design}/share").json()["path"].rpartition("/")[2]
        snapshot = bert.http.get(f"/designs/{design}").json()
    pages = "".join(
        show(staff, path)
        for path in (
            "", "designs/", *(f"designs/{table}/" for table in LISTS), f"designs/design/{design}/change/",
            f"designs/design/{design}/delete/", f"designs/owner/{key_of(staff, 'bert')}/change/",
            f"designs/owner/{key_of(staff, 'bert')}/delete/", f"designs/step/?design__id__exact={design}",
        )
    )  # fmt: skip
    assert design in pages
    assert CANARY.lower() not in pages.lower()
    assert shared not in pages
    assert token["text"] not in pages
    assert "pbkdf2" not in pages
    for part in {step["part"] for step in snapshot["steps"]} - {""}:
        assert part not in pages


@pytest.mark.parametrize(
    "asked",
    [
        "design/?content__contains=Skerryvore", "design/?title__startswith=L", "design/?report__isnull=True",
        "design/?share_token__startswith=a", "design/?owner__password__startswith=p", "owner/?password__contains=1",
        "owner/?email=a", "call/?raw__contains=x", "step/?part=a", "step/?design__title=a", "apitoken/?digest__gt=0",
        "apitoken/?name=robot",
    ],
)  # fmt: skip
def test_no_address_asks_about_what_is_not_shown(staff: Person, asked: str) -> None:
    show(staff, f"designs/{asked}", 400)


def test_a_search_does_not_look_into_designs(address: str, staff: Person) -> None:
    with signed_in(address, "bert") as bert:
        make_secret(bert)
    for table in LISTS:
        assert "0 results" in show(staff, f"designs/{table}/?q={CANARY}")


def test_nobody_else_learns_that_there_are_such_pages(address: str, staff: Person) -> None:
    paths = ("admin/", "admin/designs/owner/", "admin/nothing/", "admin/jsi18n/", "static/admin/css/base.css")
    with signed_in(address, "anna") as anna, bearing(address, staff.make_token()["text"]) as program:
        missing = anna.http.get(f"{address}/nothing/")
        for path in paths:
            for client in (anna, program):
                answer = client.http.get(f"{address}/{path}")
                assert (answer.status_code, answer.text) == (404, missing.text), path
        sent = program.http.post(f"{address}/admin/designs/owner/", data={"action": "lock", "_selected_action": "1"})
        assert sent.status_code == 404
    with Person(address) as stranger:
        for path in ("admin/", "static/admin/css/base.css"):
            assert stranger.http.get(f"{address}/{path}").headers["Location"].startswith("/sign-in/?next=/")


def test_nothing_is_added_or_edited(address: str, staff: Person) -> None:
    with signed_in(address, "anna") as anna:
        design = anna.make()["id"]
    page = staff.http.get(f"{address}/admin/designs/design/{design}/change/")
    for path in (f"design/{design}/change/", f"owner/{key_of(staff, 'anna')}/change/"):
        assert staff.send(page, f"/admin/designs/{path}", state="failed", is_staff="on").status_code == 404
    for table in LISTS:
        show(staff, f"designs/{table}/add/", 403)
    for path in (
        "login/",
        "logout/",
        "password_change/",
        "autocomplete/",
        "r/1/1/",
        f"designs/design/{design}/history/",
    ):
        show(staff, path, 404)


def test_a_form_without_the_token_of_its_page_does_nothing(address: str, staff: Person) -> None:
    del staff.http.headers["X-CSRFToken"]
    sent = {"action": "delete_selected", "_selected_action": "1", "post": "yes"}
    assert staff.http.post(f"{address}/admin/designs/owner/", data=sent).status_code == 403


def test_a_deleted_design_is_really_gone(address: str, home: Path, staff: Person) -> None:
    word = "Muckleflugga"
    with signed_in(address, "cara") as cara:
        design = cara.make(title="x", content=f"Keepers of {word} polish lenses.")["id"]
        page = staff.http.get(f"{address}/admin/designs/design/{design}/delete/")
        assert staff.send(page, f"/admin/designs/design/{design}/delete/", post="yes").status_code == 302
        assert cara.http.get(f"/designs/{design}").status_code == 404
        assert cara.http.post(f"/designs/{design}/undelete").status_code == 404
    assert word.encode() not in b"".join(file.read_bytes() for file in home.glob("designchord.sqlite3*"))


def test_a_deleted_owner_is_really_gone(address: str, home: Path, staff: Person) -> None:
    word = "Dhuheartach"
    with signed_in(address, "dora") as dora:
        dora.make(title="x", content=f"Keepers of {word} polish lenses.")
        key = key_of(staff, "dora")
        assert act(staff, "owner", "delete_selected", key, post="yes").status_code == 302
        assert dora.http.get("/designs").status_code == 401
    assert word.encode() not in b"".join(file.read_bytes() for file in home.glob("designchord.sqlite3*"))
    assert "dora" not in show(staff, "designs/owner/").replace(f"staff_acted {key}", "")


def test_nobody_deletes_or_locks_themselves_or_the_machine(staff: Person) -> None:
    for name in ("sam", "local"):
        key = key_of(staff, name)
        show(staff, f"designs/owner/{key}/delete/", 403)
        for action in ("delete_selected", "lock"):
            act(staff, "owner", action, key, post="yes")
        told = show(staff, "designs/owner/")
        assert "is left as it is" in told
        assert f"/owner/{key}/change/" in told


def test_a_locked_owner_comes_in_again_when_unlocked(address: str, staff: Person) -> None:
    with signed_in(address, "emil") as emil, bearing(address, emil.make_token()["text"]) as program:
        key = key_of(staff, "emil")
        act(staff, "owner", "lock", key)
        assert emil.http.get("/designs").status_code == 401
        assert program.http.get("/designs").status_code == 401
        assert emil.sign_in("emil", PASSWORD).status_code == 422
        act(staff, "owner", "unlock", key)
        assert program.http.get("/designs").status_code == 200


def test_a_deleted_token_opens_nothing(address: str, staff: Person) -> None:
    with signed_in(address, "anna") as anna, bearing(address, (token := anna.make_token())["text"]) as program:
        assert program.http.get("/designs").status_code == 200
        act(staff, "apitoken", "delete_selected", token["id"], post="yes")
        assert program.http.get("/designs").status_code == 401


def test_who_is_staff_no_more_sees_nothing_more(address: str, home: Path) -> None:
    operate(home, "user", "change", "anna", "--staff", **ON)
    with signed_in(address, "anna") as anna:
        show(anna, "")
        assert 'href="/admin/"' in anna.http.get(f"{address}/account/").text
        operate(home, "user", "change", "anna", "--no-staff", **ON)
        show(anna, "", 404)
        assert 'href="/admin/"' not in anna.http.get(f"{address}/account/").text


def test_the_command_says_what_it_needs(home: Path, address: str) -> None:
    assert "--staff" in operate(home, "user", "change", "anna", code=2, **ON)
    operate(home, "user", "change", "nobody", "--staff", code=2, **ON)
    operate(home, "user", "change", "local", "--staff", code=2, **ON)


def test_without_accounts_there_are_no_such_pages(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as address:
        for path in ("admin/", "admin/designs/owner/", "static/admin/css/base.css"):
            assert httpx2.get(f"{address}/{path}").status_code == 404
