"""How far a design is about its idea, in figures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.requirements import read_requirements
from designchord.drafter import draft
from designchord.evaluation.faithfulness import faithfulness
from tests.flows.apps import CLINIC, LIBRARY

SNAPSHOT: dict[str, Any] = {
    "created_at": "2026-11-01T10:00:00+00:00",
    "steps": [{"kind": "blueprint", "part": "", "finished_at": "2026-11-01T10:00:04.500000+00:00"}],
    "artifacts": [
        {"kind": "blueprint", "revision": {"provenance": {"output_tokens": 700, "refused": ["answer.echo"]}}},
        {"kind": "erd", "revision": {"provenance": {"output_tokens": 90}}},
    ],
}


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["en", "ko"])
def test_a_design_of_the_idea_keeps_its_language_and_requirements(brief: Brief) -> None:
    found = faithfulness(brief, draft(brief), SNAPSHOT)
    assert found.language
    assert found.kept == found.requirements == len(read_requirements(brief)) > 0
    assert found.said > 0
    assert (found.echoes, found.usable_seconds, found.usable_tokens) == (1, 4.5, 700)


def test_a_design_of_another_idea_shows_in_every_figure() -> None:
    found = faithfulness(LIBRARY, draft(CLINIC), SNAPSHOT)
    assert not found.language
    assert found.kept == 0
    own = faithfulness(LIBRARY, draft(LIBRARY), SNAPSHOT)
    assert found.said < own.said


def test_a_changed_word_of_the_authors_is_not_kept() -> None:
    raw = json.loads(draft(LIBRARY).model_dump_json())
    raw["requirements"][0]["text"] += " Perhaps."
    found = faithfulness(LIBRARY, Blueprint.model_validate(raw), SNAPSHOT)
    assert found.kept == found.requirements - 1


def test_where_there_is_no_blueprint_nothing_is_kept() -> None:
    found = faithfulness(LIBRARY, None, {**SNAPSHOT, "steps": [], "artifacts": []})
    assert (found.kept, found.language, found.usable_seconds) == (0, False, None)
