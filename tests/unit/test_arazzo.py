"""Stories are written as Arazzo documents that the standard's own schema takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint, Scenario
from designchord.rehearsal.rehearsing import yaml_of
from tests.unit.test_rehearsal import LENDING, call, library, refuse, stage

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests" / "vendor" / "arazzo-1.0" / "schema.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((ROOT / "designchord" / "api" / "examples").glob("**/*.json"))
HOSTILE = Scenario(
    id="hostile",
    title="'\"; DROP TABLE loan; -- \u202e {$inputs.x}",
    description="$steps.nothing.outputs.id: &anchor *alias !!tag",
    actor="Member",
    requirements=("R1",),
    steps=(call("lend"), refuse("{$response.body#/x} 한국어 'quoted'", 409), call("giveBack")),
)


def faults(plan: Blueprint) -> list[str]:
    """What the schema finds in the files of a design's stories, as they are written and read again."""
    found = []
    validator = jsonschema_rs.Draft202012Validator(SCHEMA)
    for name, document in stage(plan).documents().items():
        read: Any = yaml.safe_load(yaml_of(document))
        found += [f"{name} {error.instance_path}: {error.message}" for error in validator.iter_errors(read)]
    return found


def test_the_stories_of_a_design_are_valid() -> None:
    assert faults(library(LENDING, HOSTILE)) == []
    assert len(stage(library(LENDING, HOSTILE)).documents()) == 2


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: str(one.stem))
def test_the_stories_of_every_worked_example_are_valid(example: Path) -> None:
    assert faults(answering.load(example.read_text(encoding="utf-8"))) == []


def test_the_schema_refuses_what_is_no_story() -> None:
    (document,) = stage(library()).documents().values()
    spoiled = json.loads(json.dumps(document))
    del spoiled["workflows"][0]["steps"][0]["stepId"]
    assert not jsonschema_rs.Draft202012Validator(SCHEMA).is_valid(spoiled)
