"""What a rehearsal cannot play ends in a sentence: endless stories, crowds of entities, callers that nobody knows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designchord.blueprint.model import Operation, Scenario
from designchord.rehearsal.rehearsing import rehearse
from designchord.rehearsal.requests import Tried
from designchord.rehearsal.stage import stage_of
from designchord.rehearsal.trying import tried
from tests.unit.test_rehearsal import LENDING, call, edited, library, refuse, sources, stage, without


def test_what_belongs_to_nobody_known_cannot_be_taken_away_and_that_is_said() -> None:
    plan = without(library(Scenario(id="s", title="Stop", actor="Member", steps=(call("stop"),))), "logIn")
    stop = Operation(
        id="stop", method="DELETE", path="/tools/{tool_id}/loans", summary="Stop", entity="Loan", actor="Member",
        returns="none",
    )  # fmt: skip
    plan = plan.model_copy(update={"operations": (*plan.operations, stop)})
    assert "rehearsal.no_caller" in {one.code for one in rehearse(sources(plan), plan).problems}
    known = stop.model_copy(update={"errors": ((401, "Nobody is signed in"),)})
    asking = plan.model_copy(update={"operations": (*plan.operations[:-1], known)})
    assert stage(asking).description.by_id["stop"].secured
    assert rehearse(sources(asking), asking).ran == 1


def test_a_rehearsal_that_runs_away_ends_with_a_sentence() -> None:
    many = [one for number in range(400) for one in (call("lend"), refuse(f"No {number}", 409))]
    endless = Scenario(id="endless", title="Endless", actor="Member", steps=tuple(many))
    plan = library(LENDING, endless)
    asked = iter(range(1_000_000))
    rehearsal = rehearse(sources(plan), plan, spent=lambda: next(asked) > 300)
    assert [one.unfinished for one in rehearsal.stories].count(True) > 0
    (problem,) = [one for one in rehearsal.problems if one.code == "rehearsal.no_time"]
    assert "took too long" in problem.message
    assert rehearse(sources(plan), plan, only="lend-a-tool", spent=lambda: False).ran == 1
    assert "rehearsal.no_time" in {one.code for one in rehearse(sources(plan), plan, spent=lambda: True).problems}


def test_a_thousand_drawn_entities_are_left_to_the_check_of_the_diagram() -> None:
    plan = library()
    crowd = "".join(f"  T{number} {{\n    uuid id PK\n  }}\n" for number in range(1000))
    rehearsal = rehearse(sources(plan) | {("erd", ""): f"erDiagram\n{crowd}"}, plan)
    assert rehearsal.tables == len(plan.entities)
    assert rehearsal.ran == 1
    assert "rehearsal.not_drawn" in {one.code for one in rehearsal.problems}


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(?=((a|aa)+)$)\1b", r"(a*)*\1c"])
def test_a_pattern_that_would_never_be_done_is_given_up_by_the_mock(pattern: str) -> None:
    plan = library()

    def spoil(api: dict[str, Any]) -> None:
        for schema in api["components"]["schemas"].values():
            if "name" in schema.get("properties", {}):
                schema["properties"]["name"] = {"type": "string", "pattern": pattern}

    played = stage_of(edited(plan, spoil), plan)
    assert played is not None
    body = json.dumps({"name": "a" * 19_000 + "!"})
    assert tried(played, [], Tried("POST", "/tools", "mock-Clerk", body), language="en").status == 400
