"""Accounts as people and operators meet them."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from designchord.kinds.registry import KINDS
from tests.flows.people import PASSWORD, Person, bearing, operate, serving_people, signed_in

pytestmark = pytest.mark.slow

NEW_PASSWORD = "four yellow lanterns"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    people = ("anna", "bert", "cara", "dora", "emil", "finn", "gita", "hana")
    with serving_people(home, *people, DESIGNCHORD_REGISTRATION="invitation") as address:
        yield address


def code_of(answer: httpx2.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_a_page_without_a_session_leads_to_the_sign_in_page_and_back(address: str) -> None:
    with Person(address) as anna:
        sent = anna.http.get(f"{address}/designs/3f0c4e0e-0000-4000-8000-000000000000/")
        assert sent.headers["Location"].startswith("/sign-in/?next=/designs/3f0c")
        answer = anna.form(sent.headers["Location"], username="anna", password=PASSWORD)
        assert answer.headers["Location"] == "/designs/3f0c4e0e-0000-4000-8000-000000000000/"
        back = anna.form("/sign-in/?next=/account/", username="anna", password=PASSWORD, next="/account/")
        assert back.headers["Location"] == "/account/"
        elsewhere = anna.form("/sign-in/", username="anna", password=PASSWORD, next="https://evil.example/")
        assert elsewhere.headers["Location"] == "/"


def test_a_wrong_password_says_no_more_than_a_wrong_name(address: str) -> None:
    with Person(address) as anna:
        wrong = [anna.sign_in(name, "not the password") for name in ("anna", "nobody")]
    assert [answer.status_code for answer in wrong] == [422, 422]
    alerts = [answer.text.partition('role="alert"')[2][:100] for answer in wrong]
    assert alerts[0] == alerts[1] != ""


def test_the_sign_in_page_speaks_korean_and_needs_no_script(address: str) -> None:
    page = httpx2.get(f"{address}/sign-in/", headers={"Accept-Language": "ko-KR,ko;q=0.9"})
    assert '<html lang="ko">' in page.text
    assert "비밀번호" in page.text
    assert page.text.count("<script") == 1  # the theme
    english = httpx2.get(f"{address}/sign-in/?lang=en", headers={"Accept-Language": "ko-KR"})
    assert "Password" in english.text


def test_a_request_with_a_cookie_needs_the_token_of_our_page(address: str) -> None:
    with signed_in(address, "anna") as anna:
        del anna.http.headers["X-CSRFToken"]
        answers = [
            anna.http.post("/designs", json={"title": "x", "content": "Members borrow books."}),
            anna.http.post("/check", json={"kind": "erd", "source": "erDiagram"}),
            anna.http.request("DELETE", "/account", json={"password": PASSWORD}),
        ]
        page = anna.http.post(f"{address}/sign-out/")
    assert [(answer.status_code, code_of(answer)) for answer in answers] == [(403, "csrf_failed")] * 3
    assert page.status_code == 403


def test_session_cookies_are_out_of_reach_of_scripts_and_other_sites(address: str) -> None:
    with signed_in(address, "anna") as anna:
        answer = anna.form("/sign-in/", username="anna", password=PASSWORD)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if "designchord_session" in value)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_new_password_ends_every_other_session(address: str) -> None:
    with signed_in(address, "bert") as here, signed_in(address, "bert") as there:
        account = here.http.get(f"{address}/account/")
        weak = here.send(account, "/account/password/", old=PASSWORD, password="1234567890")
        assert weak.status_code == 422
        wrong = here.send(account, "/account/password/", old="wrong", password=NEW_PASSWORD)
        assert wrong.status_code == 422
        assert there.http.get("/designs").status_code == 200
        assert here.send(account, "/account/password/", old=PASSWORD, password=NEW_PASSWORD).status_code == 200
        assert here.http.get("/designs").status_code == 200
        assert there.http.get("/designs").status_code == 401


def test_a_password_is_changed_with_or_without_the_tokens(address: str) -> None:
    with signed_in(address, "finn") as finn, bearing(address, finn.make_token()["text"]) as program:
        account = finn.http.get(f"{address}/account/")
        kept = finn.send(account, "/account/password/", old=PASSWORD, password=NEW_PASSWORD)
        assert kept.status_code == 200
        assert program.http.get("/designs").status_code == 200
        revoked = finn.send(kept, "/account/password/", old=NEW_PASSWORD, password=PASSWORD, tokens="revoke")
        assert revoked.status_code == 200
        assert program.http.get("/designs").status_code == 401


def test_the_page_proposes_to_revoke_tokens_with_a_new_password(address: str) -> None:
    with signed_in(address, "anna") as anna:
        page = anna.http.get(f"{address}/account/").text
    assert re.search(r'<input[^>]* name="tokens" value="revoke" checked', page)


def test_signing_out_everywhere_ends_every_session_and_leaves_tokens(address: str) -> None:
    with signed_in(address, "gita") as here, signed_in(address, "gita") as there, signed_in(address, "anna") as anna:
        token = here.make_token()["text"]
        account = here.http.get(f"{address}/account/")
        sent = here.send(account, "/account/sign-out-everywhere/")
        assert (sent.status_code, sent.headers["Location"]) == (302, "/sign-in/")
        assert [person.http.get("/designs").status_code for person in (here, there, anna)] == [401, 401, 200]
        with bearing(address, token) as program:
            assert program.http.get("/designs").status_code == 200


def test_an_operator_throws_somebody_out_everywhere(address: str, home: Path) -> None:
    with signed_in(address, "hana") as hana:
        token = hana.make_token()["text"]
        said = operate(home, "user", "sign-out", "hana", DESIGNCHORD_ACCOUNTS="on")
        assert said == "hana is signed out: sessions 1, tokens 1.\n"
        assert hana.http.get("/designs").status_code == 401
    with bearing(address, token) as program:
        assert program.http.get("/designs").status_code == 401


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_is_refused_on_the_pages_of_the_account(address: str, scope: str) -> None:
    with signed_in(address, "anna") as anna:
        token = anna.make_token(scope=scope)["text"]
    with bearing(address, token) as program:
        shown = [program.http.get(f"{address}/account/{page}") for page in ("", "export/")]
        sent = [
            program.http.post(
                f"{address}/account/{page}", data={"name": "more", "scope": "write", "password": PASSWORD}
            )
            for page in ("tokens/", "tokens/1/revoke/", "password/", "sign-out-everywhere/", "delete/")
        ]
    assert {answer.status_code for answer in (*shown, *sent)} == {403}
    with signed_in(address, "anna") as anna:
        assert "more" not in [each["name"] for each in anna.http.get("/tokens").json()["items"]]


def test_signing_out_ends_the_session_on_the_server(address: str) -> None:
    with signed_in(address, "anna") as anna:
        stolen = dict(anna.http.cookies)
        anna.sign_out()
    assert httpx2.get(f"{address}/api/v1/designs", cookies=stolen).status_code == 401


def test_an_invitation_makes_one_account(address: str, home: Path) -> None:
    environ = {"DESIGNCHORD_ACCOUNTS": "on", "DESIGNCHORD_REGISTRATION": "invitation"}
    path = operate(home, "invite", **environ).strip()
    with Person(address) as first, Person(address) as second:
        assert first.http.get(f"{address}/register/").status_code == 422
        taken = first.form(path, username="ANNA", password=NEW_PASSWORD)
        assert taken.status_code == 422
        assert first.form(path, username="fritz", password=NEW_PASSWORD).status_code == 302
        first.read_token()
        assert first.http.get("/account").json()["name"] == "fritz"
        assert second.form(path, username="gerd", password=NEW_PASSWORD).status_code == 422
        assert first.http.request("DELETE", "/account", json={"password": NEW_PASSWORD}).status_code == 204
        assert second.form(path, username="gerd", password=NEW_PASSWORD).status_code == 422
        assert second.http.get(f"{address}{path[:-3]}xyz").status_code == 422


def test_an_operator_can_let_somebody_choose_a_new_password(address: str, home: Path) -> None:
    path = operate(home, "user", "reset", "cara", DESIGNCHORD_ACCOUNTS="on").strip()
    with signed_in(address, "cara") as thief:
        stolen = thief.make_token(days=None)["text"]
    with Person(address) as cara, bearing(address, stolen) as program:
        assert cara.form(path, password=NEW_PASSWORD).status_code == 302
        assert cara.http.get(f"{address}{path}").status_code == 422
        assert cara.sign_in("cara", NEW_PASSWORD).status_code == 302
        assert program.http.get("/designs").status_code == 401


@pytest.mark.parametrize("name", ["аnna", "ＡＮＮＡ", "ɑnna", "annа", "IocaI"])
def test_nobody_registers_under_a_name_that_looks_like_another(address: str, home: Path, name: str) -> None:
    told = operate(
        home, "user", "add", name, "--password-stdin", told=f"{NEW_PASSWORD}\n", code=2, DESIGNCHORD_ACCOUNTS="on"
    )
    assert "looks like" in told or "taken" in told


@pytest.mark.parametrize("name", ["анна", "안나", "あんな", "anne", "ana"])
def test_names_of_every_script_are_welcome(address: str, home: Path, name: str) -> None:
    told = operate(home, "user", "add", name, "--password-stdin", told=f"{NEW_PASSWORD}\n", DESIGNCHORD_ACCOUNTS="on")
    assert told == f"{name} can sign in.\n"


def test_a_token_does_what_its_scope_allows_and_no_more(address: str) -> None:
    with signed_in(address, "anna") as anna:
        reading, writing = anna.make_token(scope="read"), anna.make_token(scope="write")
        listed = anna.http.get("/tokens").json()["items"]
        assert "text" not in listed[0]
        assert reading["text"].startswith(reading["prefix"])
    with bearing(address, reading["text"]) as program:
        assert program.http.get("/designs").status_code == 200
        refused = program.http.post("/designs", json={"title": "x", "content": "Members borrow books."})
        assert (refused.status_code, code_of(refused)) == (403, "read_only_token")
    with bearing(address, writing["text"]) as program:
        assert program.make()["state"] == "done"
        for method, path in (("GET", "/tokens"), ("GET", "/account"), ("GET", "/account/export")):
            assert code_of(program.http.request(method, path)) == "session_needed"
        assert code_of(program.http.post("/tokens", json={"name": "more"})) == "session_needed"
    with signed_in(address, "anna") as anna:
        used = {token["id"]: token["last_used_at"] for token in anna.http.get("/tokens").json()["items"]}
        assert used[writing["id"]] is not None
        assert anna.http.delete(f"/tokens/{writing['id']}").status_code == 204
    with bearing(address, writing["text"]) as program:
        answer = program.http.get("/designs")
        assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")


def test_tokens_are_made_and_revoked_on_the_page(address: str) -> None:
    with signed_in(address, "anna") as anna:
        account = anna.http.get(f"{address}/account/")
        made = anna.send(account, "/account/tokens/", name="<b>build</b>", scope="read", days="30")
        text = made.text.partition("<code>dc_")[2].partition("<")[0]
        assert "<b>build" not in made.text
        assert f"dc_{text}" not in anna.http.get(f"{address}/account/").text
        with bearing(address, f"dc_{text}") as program:
            assert program.http.get("/designs").status_code == 200
            token = next(token for token in anna.http.get("/tokens").json()["items"] if token["name"] == "<b>build</b>")
            assert anna.send(made, f"/account/tokens/{token['id']}/revoke/").status_code == 200
            assert program.http.get("/designs").status_code == 401


def test_an_account_is_taken_away_and_then_really_deleted(address: str, home: Path) -> None:
    title, secret = "Lighthouse rota", "The keeper of Skerryvore polishes lenses."
    with signed_in(address, "dora") as dora, signed_in(address, "dora") as elsewhere:
        design = dora.make(title=title, content=secret)
        token = dora.make_token()["text"]
        archive = zipfile.ZipFile(io.BytesIO(dora.http.get("/account/export").content))
        kept = json.loads(archive.read(f"designs/{design['id']}.json"))
        assert kept["content"] == secret
        assert {row["kind"] for row in kept["revisions"]} == {"blueprint", *KINDS}
        assert json.loads(archive.read("account.json"))["name"] == "dora"

        assert code_of(dora.http.request("DELETE", "/account", json={"password": "wrong"})) == "wrong_password"
        assert dora.http.request("DELETE", "/account", json={"password": PASSWORD}).status_code == 204

        assert dora.http.get("/designs").status_code == 401
        assert elsewhere.http.get("/designs").status_code == 401
        with bearing(address, token) as program:
            assert program.http.get("/designs").status_code == 401
        assert dora.sign_in("dora").status_code == 422
    files = b"".join(file.read_bytes() for file in home.glob("designchord.sqlite3*"))
    assert b"Skerryvore" not in files


def test_an_operator_lists_exports_and_deletes(address: str, home: Path, tmp_path: Path) -> None:
    with signed_in(address, "emil") as emil:
        emil.make()
    environ = {"DESIGNCHORD_ACCOUNTS": "on"}
    assert "emil  1 designs" in operate(home, "user", "list", **environ)
    operate(home, "user", "export", "emil", "--out", str(tmp_path / "emil.zip"), **environ)
    assert len(zipfile.ZipFile(tmp_path / "emil.zip").namelist()) == 2
    operate(home, "user", "delete", "emil", "--yes", **environ)
    assert "emil" not in operate(home, "user", "list", **environ)
    operate(home, "user", "delete", "local", "--yes", code=2, **environ)


_SESSIONS = """
import sys
from datetime import timedelta
from designchord import wiring
wiring.setup()
from django.contrib.sessions.models import Session
from django.utils import timezone
if sys.argv[1:] == ["one is over"]:
    over = Session.objects.values_list("pk", flat=True)[:1]
    Session.objects.filter(pk__in=list(over)).update(expire_date=timezone.now() - timedelta(seconds=1))
print(Session.objects.count())
"""


def test_sessions_that_are_over_are_forgotten(tmp_path: Path) -> None:
    def sessions(*told: str) -> str:
        command, environ = [sys.executable, "-c", _SESSIONS, *told], {"DESIGNCHORD_HOME": str(tmp_path)}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout

    with serving_people(tmp_path, "anna", DESIGNCHORD_SWEEP_EVERY="3600") as address:
        with signed_in(address, "anna"), signed_in(address, "anna"):
            assert sessions("one is over") == "2\n"
        operate(tmp_path, "sweep")
        assert sessions() == "1\n"


def test_guessing_passwords_is_limited(tmp_path: Path) -> None:
    with serving_people(tmp_path, "anna", DESIGNCHORD_SIGN_INS_PER_MINUTE="4") as address, Person(address) as anna:
        answers = [anna.sign_in("anna", f"guess {number}") for number in range(6)]
        assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 2
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert anna.sign_in("anna").status_code == 429
