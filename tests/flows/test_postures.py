"""With accounts or on one machine alone: the two are never mixed by accident, and what is unsafe is said."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from django.test import Client as Visitor

from designchord.cli import run
from designchord.cli.doctor import examine
from designchord.errors import SettingsError
from designchord.settings import Settings
from tests.flows.people import Person, serving_people


def settings_of(home: Path, **environ: str) -> Settings:
    home.chmod(0o700)
    named = {f"DESIGNCHORD_{name}": value for name, value in environ.items() if not name.startswith("OPENAI")}
    return Settings.from_environ({"DESIGNCHORD_HOME": str(home), **named, **dict(_foreign(environ))})


def _foreign(environ: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in environ.items() if name.startswith("OPENAI")]


SCALED = {
    "DATABASE_URL": "postgres://u:p@127.0.0.1/d",
    "ENGINE_URL": "amqp://u:p@127.0.0.1//",
    "EVENTS_URL": "redis://127.0.0.1",
}


def test_accounts_are_off_on_one_machine_and_on_with_workers(tmp_path: Path) -> None:
    assert not settings_of(tmp_path).accounts
    assert settings_of(tmp_path).limits.designs_in_flight is None
    assert settings_of(tmp_path, **SCALED).accounts
    assert settings_of(tmp_path, **SCALED).limits.designs_in_flight == 20
    assert not settings_of(tmp_path, **SCALED, ACCOUNTS="off").accounts


@pytest.mark.parametrize(
    "wrong",
    [{"ALLOWED_HOSTS": "*"}, {"REGISTRATION": "open"}, {"ACCOUNTS": "perhaps"}, {"HTTPS": "yes"}, {"SECRET_KEY": "x"}],
)
def test_settings_that_mix_the_postures_are_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        settings_of(tmp_path, **wrong)


@pytest.mark.parametrize("environ", [{}, {"DESIGNCHORD_ACCOUNTS": "on"}])
def test_other_machines_are_served_only_with_accounts_and_a_name(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert run(["serve", "--host", "0.0.0.0", "--port", "0", "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert ("DESIGNCHORD_ALLOWED_HOSTS" if environ else "DESIGNCHORD_ACCOUNTS=on") in said


@pytest.mark.parametrize("address", ["10.1.2.3", "fe80::1", "203.0.113.9"])
def test_without_accounts_other_machines_are_not_answered_whoever_serves(address: str) -> None:
    answer = Visitor(REMOTE_ADDR=address).get("/healthz", HTTP_HOST="localhost")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "not_local"
    assert Visitor(REMOTE_ADDR="127.0.0.1").get("/healthz", HTTP_HOST="localhost").status_code == 200


def test_another_name_for_this_machine_is_not_answered() -> None:
    answer = Visitor().get("/api/v1/designs", HTTP_HOST="rebound.example")
    assert (answer.status_code, answer.json()["error"]["code"]) == (421, "wrong_host")


@pytest.mark.slow
def test_behind_a_proxy_cookies_are_for_encrypted_connections_alone(tmp_path: Path) -> None:
    environ = {"DESIGNCHORD_HTTPS": "proxy", "DESIGNCHORD_ALLOWED_HOSTS": "designs.example,127.0.0.1"}
    with serving_people(tmp_path / "home", "anna", **environ) as address, Person(address) as anna:
        proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Host": "designs.example"}
        page = anna.http.get(f"{address}/sign-in/", headers=proxied)
        plain = anna.http.get(f"{address}/sign-in/")
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in plain.headers
    cookies = page.headers.get_list("Set-Cookie")
    assert cookies
    assert all(re.match(r"__Host-\w+=[^;]+;.*Path=/;.*Secure", cookie) for cookie in cookies)
    assert "Domain" not in page.headers["Set-Cookie"]


@pytest.mark.slow
def test_a_page_of_another_site_gets_no_permission_to_read(tmp_path: Path) -> None:
    with serving_people(tmp_path / "home", "anna") as address:
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answers = [httpx2.options(f"{address}/api/v1/designs", headers=asked), httpx2.get(f"{address}/", headers=asked)]
    assert not [name for answer in answers for name in answer.headers if name.lower().startswith("access-control")]


def told(home: Path, **environ: str) -> tuple[list[str], list[str]]:
    """What is unsafe, and what is odd."""
    found = list(examine(settings_of(home, **environ)))
    return [each.what for each in found if each.unsafe], [each.what for each in found if not each.unsafe]


def test_the_doctor_finds_nothing_in_the_defaults(tmp_path: Path) -> None:
    assert told(tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("environ", "word"),
    [
        ({"ALLOWED_HOSTS": "designs.local"}, "same owner"),
        ({"ACCOUNTS": "on", "ALLOWED_HOSTS": "*"}, "any name"),
        ({"ACCOUNTS": "on", "ALLOWED_HOSTS": "designs.example"}, "without encryption"),
        ({"ACCOUNTS": "on", "REGISTRATION": "open"}, "Anybody"),
        ({"ACCOUNTS": "on", "OPENAI_API_KEY": "sk-x"}, "any amount"),
        ({**SCALED, "EVENTS_URL": "redis://cache.example"}, "no password"),
    ],
)
def test_the_doctor_says_what_is_unsafe(tmp_path: Path, environ: dict[str, str], word: str) -> None:
    unsafe, _ = told(tmp_path, **environ)
    assert any(word in what for what in unsafe)


def test_the_doctor_sees_a_home_folder_that_others_can_read(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    tmp_path.chmod(0o755)
    assert ["chmod" in finding.mend for finding in examine(settings)] == [True]


def test_the_doctor_notes_what_looks_like_a_mistake(tmp_path: Path) -> None:
    _, odd = told(tmp_path, ACCOUNTS="on", HTTPS="proxy")
    assert len(odd) == 1
    _, odd = told(tmp_path, **SCALED)
    assert any("secret key" in what for what in odd)


def test_the_doctor_fails_only_for_what_is_unsafe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("DESIGNCHORD_HOME", str(tmp_path))
    assert run(["doctor"]) == 0
    monkeypatch.setenv("DESIGNCHORD_ALLOWED_HOSTS", "designs.local")
    assert run(["doctor"]) == 1
    assert "DESIGNCHORD_ACCOUNTS=on" in capsys.readouterr().out


def test_the_doctor_looks_at_what_lies_in_the_home_folder(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("half-a-key")
    (tmp_path / "designchord.sqlite3").write_bytes(b"no database")
    unsafe, odd = told(tmp_path)
    assert [str(tmp_path / "secret_key") in what for what in unsafe] == [True]
    assert [str(tmp_path / "designchord.sqlite3") in what for what in odd] == [True]
    assert not any("half-a-key" in what for what in unsafe)


def test_the_doctor_says_when_a_disk_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    _, odd = told(tmp_path)
    assert any("5 MB left" in what for what in odd)


@pytest.mark.parametrize(("query", "noted"), [("", True), ("?sslmode=prefer", True), ("?sslmode=verify-full", False)])
def test_the_doctor_asks_for_encryption_to_a_database_elsewhere(tmp_path: Path, query: str, noted: bool) -> None:
    elsewhere = {**SCALED, "DATABASE_URL": f"postgres://u:p@db.example/d{query}"}
    _, odd = told(tmp_path, **elsewhere)
    assert any("DATABASE_URL" in what for what in odd) == noted


def test_the_doctor_names_a_setting_that_is_none(tmp_path: Path) -> None:
    _, odd = told(tmp_path, USD_PERDAY="5", USD_PER_DESIGN="1", SECRET_KEY="k" * 50)
    assert odd == ["DESIGNCHORD_USD_PERDAY is no setting, so it changes nothing."]


def test_the_doctor_names_prices_that_cannot_be_read(tmp_path: Path) -> None:
    _, odd = told(tmp_path, PRICES=str(tmp_path / "nowhere.toml"))
    assert odd == ["DESIGNCHORD_PRICES names a file that cannot be read."]
