"""How many steps a process runs: each call has an open file."""

from __future__ import annotations

import resource

import pytest

from designchord.settings import Settings
from designchord.wiring import OTHER_FILES, room_for


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The soft and the hard limit of open files, as the system says and is told."""
    now = [1024, 20_000]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(now))
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: now.__setitem__(slice(None), wanted))
    return now


def test_a_process_lets_itself_have_the_files_that_its_calls_need(limits: list[int]) -> None:
    assert room_for(4096) == 4096
    assert limits == [4096 + OTHER_FILES, 20_000]


def test_a_limit_that_cannot_be_raised_bounds_the_steps(limits: list[int]) -> None:
    limits[1] = 2048
    assert room_for(4096) == 2048 - OTHER_FILES
    assert limits == [2048, 2048]


def test_a_limit_that_is_high_enough_is_left_alone(limits: list[int]) -> None:
    limits[0] = 10_000
    assert room_for(4096) == 4096
    limits[0] = resource.RLIM_INFINITY
    assert room_for(4096) == 4096
    assert limits == [resource.RLIM_INFINITY, 20_000]


def test_more_steps_work_at_once_where_they_wait_for_a_database_server() -> None:
    scaled = {"DESIGNCHORD_DATABASE_URL": "postgres://db/designs"}
    assert Settings.from_environ({}).at_work < Settings.from_environ(scaled).at_work
