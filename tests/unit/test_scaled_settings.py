"""Combinations of servers that cannot work are refused at the start, with a sentence that says what to change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import designchord
from designchord.errors import SettingsError
from designchord.settings import Settings, nobody_reads

SCALED = {
    "DESIGNCHORD_DATABASE_URL": "postgres://u:p@db:5432/d",
    "DESIGNCHORD_ENGINE_URL": "amqp://u:p@mq:5672//",
    "DESIGNCHORD_EVENTS_URL": "redis://r:6379/0",
}


def test_the_scaled_mode_is_three_addresses() -> None:
    settings = Settings.from_environ(SCALED)

    assert not settings.embedded
    assert settings.pubsub_channel is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"DESIGNCHORD_DATABASE_URL": "sqlite:///d.sqlite3"}, "DESIGNCHORD_DATABASE_URL"),
        ({"DESIGNCHORD_EVENTS_URL": "memory://"}, "DESIGNCHORD_EVENTS_URL"),
        ({"DESIGNCHORD_ENGINE_URL": "kafka://k"}, "DESIGNCHORD_ENGINE_URL"),
        ({"DESIGNCHORD_EVENTS_URL": "nats://n"}, "DESIGNCHORD_EVENTS_URL"),
        ({"DESIGNCHORD_DATABASE_URL": "mysql://m"}, "DESIGNCHORD_DATABASE_URL"),
        ({"DESIGNCHORD_LEASE": "10", "DESIGNCHORD_HEARTBEAT": "6"}, "DESIGNCHORD_LEASE"),
        ({"DESIGNCHORD_DRAIN": "soon"}, "DESIGNCHORD_DRAIN"),
    ],
)
def test_what_cannot_work_is_refused_by_name(change: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        Settings.from_environ(SCALED | change)


def test_a_channel_for_operators_needs_redis() -> None:
    with pytest.raises(SettingsError, match="DESIGNCHORD_EVENTS_URL"):
        Settings.from_environ({"DESIGNCHORD_PUBSUB_CHANNEL": "progress"})


def test_no_address_with_its_password_shows_in_a_printed_setting() -> None:
    key = "canary-of-a-key-3f0c4e0e-51aa-4c1b"
    assert key not in repr(Settings.from_environ({"DESIGNCHORD_SECRET_KEY": key}))
    assert "s3cret" not in repr(Settings.from_environ({**SCALED, "DESIGNCHORD_ENGINE_URL": "amqp://u:s3cret@mq//"}))


def test_every_variable_that_the_code_names_is_known_to_the_doctor() -> None:
    package = Path(designchord.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    named = set(re.findall(r"DESIGNCHORD_[A-Z_]*[A-Z]", text)) - {"DESIGNCHORD_HOME"}
    assert nobody_reads(dict.fromkeys(named, "")) == []
