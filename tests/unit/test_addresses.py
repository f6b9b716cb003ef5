"""Passwords with any characters reach their server; pasted into an address they are refused, and never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kombu.utils.url import parse_url
from redis.connection import parse_url as parse_redis

from designchord.addresses import database_of
from designchord.errors import SettingsError
from designchord.settings import Settings

SERVERS = {
    "DESIGNCHORD_DATABASE_URL": "postgres://u@db:5432/d",
    "DESIGNCHORD_ENGINE_URL": "amqp://u@mq:5672//",
    "DESIGNCHORD_EVENTS_URL": "redis://r:6379/0",
}

#: Without NUL, which no variable of an environment can hold.
PASSWORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


def chosen(**changes: str) -> Settings:
    return Settings.from_environ(SERVERS | changes)


@given(PASSWORDS)
@example("#/?@: %41[")
def test_a_password_of_its_own_may_hold_any_characters(password: str) -> None:
    names = ("DATABASE", "ENGINE", "EVENTS")
    found = chosen(**{f"DESIGNCHORD_{name}_PASSWORD": password for name in names})

    database = database_of(found.database_url)
    assert (database.user, database.password, database.host, database.port, database.name) == (
        ("u", password, "db", "5432", "d")
    )
    assert parse_url(found.engine_url)["password"] == password
    assert parse_url(found.engine_url)["hostname"] == "mq"
    assert parse_redis(found.events_url)["password"] == password
    assert parse_redis(found.events_url)["host"] == "r"


def test_a_password_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret/#?\n")
    found = chosen(DESIGNCHORD_DATABASE_PASSWORD_FILE=str(file))
    assert database_of(found.database_url).password == "s3cret/#?"


@pytest.mark.parametrize("variable", SERVERS)
@pytest.mark.parametrize(
    "password",
    ["SECRET/REST", "SECRET#REST", "SECRET?REST", "a@SECRET/REST", "12/34", "SECRET?x=REST", "SE[CRET", "a b"],
)
def test_a_password_that_ends_its_part_of_an_address_is_refused_and_not_repeated(variable: str, password: str) -> None:
    url = SERVERS[variable].replace("://u@", "://").replace("://", f"://u:{password}@")
    with pytest.raises(SettingsError, match=f"{variable.removesuffix('_URL')}_PASSWORD_FILE") as raised:
        chosen(**{variable: url})
    assert raised.value.__cause__ is None
    assert not [piece for piece in ("SECRET", "REST", "12", "34", "CRET") if piece in raised.value.message]


@given(PASSWORDS)
def test_whatever_password_is_pasted_it_never_becomes_another_host(password: str) -> None:
    """It is understood as it was meant, or refused; ``%41`` alone can mean two things."""
    try:
        found = chosen(DESIGNCHORD_DATABASE_URL=f"postgres://u:{password}@db:5432/d")
    except SettingsError:
        return
    database = database_of(found.database_url)
    assert (database.host, database.port, database.name) == ("db", "5432", "d")
    assert "%" in password or database.password == password


@given(PASSWORDS)
def test_a_refusal_is_the_same_whatever_the_password(password: str) -> None:
    said = []
    for pasted in ("#", f"{password}#"):
        with pytest.raises(SettingsError) as raised:
            chosen(DESIGNCHORD_DATABASE_URL=f"postgres://u:{pasted}@db:5432/d")
        said.append(raised.value.message)
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@db:port/d",
        "postgres://u:p@db:99999/d",
        "postgres://u:p@db:0/d",
        "postgres://u:p@db",
        "postgres:x",
    ],
)
def test_an_address_that_cannot_be_asked_is_refused_at_once(url: str) -> None:
    with pytest.raises(SettingsError, match="DESIGNCHORD_DATABASE_URL"):
        chosen(DESIGNCHORD_DATABASE_URL=url)


def test_a_password_in_two_places_is_refused() -> None:
    twice = {"DESIGNCHORD_ENGINE_URL": "amqp://u:one@mq//", "DESIGNCHORD_ENGINE_PASSWORD": "two"}
    with pytest.raises(SettingsError, match="DESIGNCHORD_ENGINE_PASSWORD"):
        chosen(**twice)


def test_a_password_without_a_server_is_refused() -> None:
    with pytest.raises(SettingsError, match="DESIGNCHORD_EVENTS_URL"):
        Settings.from_environ({"DESIGNCHORD_EVENTS_PASSWORD": "left over"})


def test_how_a_database_is_to_be_reached_is_said_in_its_address() -> None:
    from designchord.djangoconf import database_settings

    said = "sslmode=verify-full&sslrootcert=/ca.pem&application_name=designs&connect_timeout=9"
    url = chosen(DESIGNCHORD_DATABASE_URL=f"postgres://u:p@db/d?{said}").database_url
    options = database_settings(url)["OPTIONS"]
    assert "&".join(f"{name}={options[name]}" for name in said.replace("&", "=").split("=")[::2]) == said
    with pytest.raises(SettingsError, match="DESIGNCHORD_DATABASE_URL"):
        chosen(DESIGNCHORD_DATABASE_URL="postgres://u:p@db/d?sslmood=verify-full")


@pytest.mark.parametrize("text", ["", "\n", "too short"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(SettingsError, match="DESIGNCHORD_SECRET_KEY") as raised:
        Settings.from_environ({"DESIGNCHORD_SECRET_KEY_FILE": str(file)})
    assert "too short" not in raised.value.message
