"""The containers' description, as far as it can be checked without an engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PINNED = re.compile(r"^[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*$")

SERVICES = sorted(COMPOSE["services"].items())


@pytest.mark.parametrize(("name", "service"), SERVICES, ids=[name for name, _ in SERVICES])
def test_every_service_is_pinned_checked_and_not_root(name: str, service: dict[str, Any]) -> None:
    if service.get("build"):
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"]
    else:
        assert PINNED.match(service["image"])
        assert service["user"] != "root"
    assert "healthcheck" in service or service["restart"] == "on-failure"


def test_only_the_web_is_published_and_to_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES if "ports" in service}

    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text()

    for name in ("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "DESIGNCHORD_SECRET_KEY"):
        assert set(re.findall(rf"\$\{{{name}[^}}]*\}}", text)) == {f"${{{name}:?set it in .env}}"}


def test_workers_get_the_time_they_need_to_leave() -> None:
    from designchord.settings import Limits
    from designchord.worker import EXIT_SECONDS

    grace = int(COMPOSE["services"]["worker"]["stop_grace_period"].rstrip("s"))
    assert grace > Limits().drain + EXIT_SECONDS


def test_the_image_is_pinned_and_ends_as_an_ordinary_user() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    instructions = [line.split()[0] for line in DOCKERFILE.splitlines() if re.match(r"[A-Z]+ ", line)]

    assert all(PINNED.match(base) for base in bases)
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    assert instructions.index("USER") < instructions.index("CMD")
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / path).exists() for path in copied.split())


def test_every_setting_that_is_described_is_one() -> None:
    described = set(re.findall(r"DESIGNCHORD_[A-Z_]*[A-Z]", (ROOT / "docs" / "operations.md").read_text()))
    settings = (ROOT / "designchord" / "settings.py").read_text()
    known = set(re.findall(r"DESIGNCHORD_[A-Z_]*[A-Z]", settings))
    known |= {f"DESIGNCHORD_{name}" for name in re.findall(r'"([A-Z_]+)"', settings)}
    known |= {name.replace("_URL", "_PASSWORD") for name in known if name.endswith("_URL")}

    assert described <= known
