"""Where a model's blueprint leaves requirements unnamed, what rules read in the text makes it whole."""

from __future__ import annotations

import json
from functools import partial

import pytest

from designchord import drafter
from designchord.blueprint.answering import complete, dump, read
from designchord.blueprint.joining import join
from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.requirements import read_requirements
from designchord.drafter import draft
from tests.flows.apps import CLINIC, LIBRARY


def _half(brief: Brief) -> Blueprint:
    """The draft with its first operation alone, and nothing named for what the others did."""
    raw = json.loads(draft(brief).model_dump_json())
    kept = raw["operations"][0]
    raw["operations"] = [kept]
    for scenario in raw["scenarios"]:
        scenario["requirements"] = [one for one in scenario["requirements"] if one in kept["requirements"]]
        for step in scenario["steps"]:
            step["operation"] = kept["id"] if step["operation"] == kept["id"] else None
    return Blueprint.model_validate(raw)


@pytest.mark.parametrize("brief", [LIBRARY, CLINIC], ids=["en", "ko"])
def test_requirements_that_nothing_names_get_the_operations_that_rules_read(brief: Brief) -> None:
    half = _half(brief)
    known = partial(drafter.names_in, brief)
    candidate = read(dump(half), brief, read_requirements(brief), known=known)
    assert "grounding.uncovered" in {one.code for one in candidate.wanting}

    whole = complete(candidate, draft(brief, assume="none"), brief, known=known)

    assert whole.blueprint is not None
    assert "grounding.uncovered" not in {one.code for one in whole.wanting}
    assert "grounding.uncovered" not in {one.code for one in whole.problems}
    told = [fix.message for fix in whole.fixes if fix.code == "blueprint.joined"]
    assert len(told) >= len(whole.blueprint.operations) - 1 > 0


def test_a_thing_that_the_model_calls_otherwise_keeps_the_models_name() -> None:
    half = _half(CLINIC)
    raw = json.loads(half.model_dump_json())
    names = {one["label"]: one["name"] for one in raw["entities"]}
    label, old = next(iter(names.items()))
    text = json.dumps(raw, ensure_ascii=False).replace(f'"{old}"', '"ModelsOwnName"')
    joined, _ = join(Blueprint.model_validate_json(text), draft(CLINIC))
    assert [one.name for one in joined.entities if one.label == label] == ["ModelsOwnName"]
    assert old not in {one.entity for one in joined.operations}


def test_a_blueprint_that_names_everything_is_left_as_it_is() -> None:
    whole = draft(LIBRARY)
    assert join(whole, whole) == (whole, ())
