"""A database of the first release, with designs in it, opens in this one and goes on where it was."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.model_server import ModelServer
from designchord.designs import selectors
from designchord.designs.models import Design, Owner, Step
from tests.flows.apps import artifact, running_app, wait_until_ended

FIRST_RELEASE = json.loads((Path(__file__).parents[1] / "data" / "release_0_1_0.json").read_text(encoding="utf-8"))
DESIGNS: dict[str, str] = FIRST_RELEASE["designs"]


@pytest.fixture(scope="module")
def upgraded(empty_database: str) -> str:
    """The tables of the first release, filled, and then brought to the present schema."""
    call_command("migrate", "designs", "0001", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        for table, rows in FIRST_RELEASE["rows"].items():
            _fill(cursor, table, rows)
    call_command("migrate", verbosity=0, interactive=False)
    Design.objects.filter(pk=DESIGNS["running"]).update(deadline_at=timezone.now() + timedelta(minutes=5))
    connection.close()
    return empty_database


def _fill(cursor: Any, table: str, rows: list[dict[str, Any]]) -> None:
    """Rows as SQLite keeps them, which has numbers for booleans."""
    described = connection.introspection.get_table_description(cursor, table)
    kinds = {column.name: connection.introspection.get_field_type(column.type_code, column) for column in described}
    for row in rows:
        values = [bool(value) if kinds[name] == "BooleanField" else value for name, value in row.items()]
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
        cursor.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', values)
    if connection.vendor == "postgresql" and rows and isinstance(rows[0].get("id"), int):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def opened(name: str) -> dict[str, Any]:
    return selectors.snapshot(owner=Owner.objects.get(), design_id=DESIGNS[name])


def origins(name: str, kind: str, part: str = "") -> list[str]:
    history = selectors.revisions_list(owner=Owner.objects.get(), design_id=DESIGNS[name], kind=kind, part=part)
    return [revision["origin"] for revision in reversed(history)]


def test_what_was_made_edited_and_restored_is_there_with_its_history(upgraded: str) -> None:
    design = opened("edited")

    assert design["state"] == "done"
    assert [a["kind"] for a in design["artifacts"]][:2] == ["blueprint", "document"]
    assert origins("edited", "erd") == ["offline", "edited", "restored", "restored"]
    assert origins("edited", "blueprint") == ["offline", "edited", "edited"]
    assert "Mine" in artifact(design, "erd")["revision"]["source"]
    assert design["shared"]


def test_what_was_out_of_date_or_gone_still_is(upgraded: str) -> None:
    design = opened("edited")
    scenarios = [s["id"] for s in json.loads(artifact(design, "blueprint")["revision"]["source"])["scenarios"]]

    assert artifact(design, "document")["stale"]["reason"] == "blueprint_changed"
    assert artifact(design, "erd")["stale"]
    assert [a["part"] for a in design["artifacts"] if a["kind"] == "sequence"] == scenarios
    assert [s["part"] for s in design["steps"] if s["kind"] == "sequence"] == scenarios
    assert [a["stale"] for a in design["artifacts"] if a["kind"] == "sequence"] == [None] * len(scenarios)


def test_events_of_the_first_release_can_be_read_again(upgraded: str) -> None:
    for name in DESIGNS:
        design = opened(name)
        events = selectors.events_after(design_id=design["id"], after=0)
        assert [event.id for event in events] == list(range(1, design["last_event_id"] + 1))
        revisions = [event.data["revision"]["number"] for event in events if event.type == "revision"]
        assert revisions, name


def test_a_design_that_was_under_way_is_finished_and_a_failed_part_can_be_retried(
    upgraded: str, tmp_path: Path
) -> None:
    Step.objects.filter(state="running").update(lease_until=timezone.now())
    with ModelServer() as server:
        environ = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_API_KEY": "sk-none", "OPENAI_BASE_URL": server.base_url}
        with running_app(tmp_path, **environ) as app:
            finished = wait_until_ended(DESIGNS["running"])
            app.verbs.retry(owner=Owner.objects.get(), design_id=DESIGNS["partial"])
            retried = wait_until_ended(DESIGNS["partial"])

    assert finished["state"] == "done"
    assert retried["state"] == "done"
    assert origins("partial", "erd") == ["skeleton", "regenerated"]


def test_a_hand_edit_restored_in_the_first_release_is_left_alone_by_refresh(upgraded: str, tmp_path: Path) -> None:
    with running_app(tmp_path) as app:
        app.verbs.refresh(owner=Owner.objects.get(), design_id=DESIGNS["edited"])
        after = wait_until_ended(DESIGNS["edited"])

    assert artifact(after, "document")["stale"] is None
    assert artifact(after, "erd")["stale"]
    assert "Mine" in artifact(after, "erd")["revision"]["source"]
