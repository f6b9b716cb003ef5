"""A whole designchord in the test's process: real pipeline, real database, real HTTP to a local model server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from designchord import wiring
from designchord.blueprint.model import Brief
from designchord.designs import selectors
from designchord.designs.services.designs import local_owner
from designchord.logs import configure_logs
from designchord.settings import Settings
from designchord.wiring import App

ENDED = {"done", "partial", "failed", "cancelled"}

LIBRARY = Brief(
    title="Library of things",
    content=(
        "Neighbours lend tools to each other. A member borrows an item, returns it, and reports damage. "
        "An item can be reserved for a period; overlapping reservations are refused."
    ),
    requirements=(
        "- Members can search items by category.\n"
        "- A member can reserve an item for a period.\n"
        "- The system must refuse overlapping reservations.\n"
        "- An item must be returned within 14 days.\n"
    ),
    language="en",
)

CLINIC = Brief(
    title="동네 병원 예약",
    content="환자는 의사의 진료 시간을 조회하고 예약한다. 의사는 예약 목록을 확인하고 진료 기록을 작성한다.",
    requirements=(
        "- 환자는 진료를 예약할 수 있다.\n- 같은 시간에 두 예약을 할 수 없다.\n- 환자는 예약을 취소할 수 있다.\n"
    ),
    language="ko",
)


@contextmanager
def running_app(home: Path, *, engine: bool = True, **environ: str) -> Iterator[App]:
    """An app with settings from ``environ``. Where there is a model, it makes every part unless a story says less."""
    settings = Settings.from_environ(
        {
            "DESIGNCHORD_HOME": str(home),
            "DESIGNCHORD_SWEEP_EVERY": "0.5",
            "DESIGNCHORD_MODEL": "offline",
            "DESIGNCHORD_EFFORT": "thorough",
            **environ,
        }
    )
    configure_logs("ERROR")
    app = wiring.build(settings)
    if engine:
        app.run()
    try:
        yield app
    finally:
        app.close(grace=5)


def submit(app: App, brief: Brief = LIBRARY, **options: Any) -> str:
    design, _ = app.verbs.start(owner=local_owner(), brief=brief, **options)
    return str(design.pk)


def look(design_id: str) -> dict[str, Any]:
    return selectors.snapshot(owner=local_owner(), design_id=design_id)


def wait_until_ended(design_id: str, *, seconds: float = 30.0) -> dict[str, Any]:
    """The snapshot after the design has ended; fails when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        snapshot = look(design_id)
        if snapshot["state"] in ENDED:
            return snapshot
        time.sleep(0.02)
    raise AssertionError(f"not ended in {seconds} s: {[(s['kind'], s['part'], s['state']) for s in snapshot['steps']]}")


def artifact(snapshot: dict[str, Any], kind: str, part: str | None = None) -> dict[str, Any]:
    """The first artifact of a kind, or the one of a part."""
    return next(a for a in snapshot["artifacts"] if a["kind"] == kind and part in (None, a["part"]))


def step(snapshot: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(s for s in snapshot["steps"] if s["kind"] == kind)
