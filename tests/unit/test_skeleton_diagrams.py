"""Skeletons stand in when nothing else is valid, so they must be: for every blueprint there can be."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from designchord.blueprint.model import Actor, Blueprint, Brief, Entity, Operation, Scenario, ScenarioStep
from designchord.kinds.erd.kind import ErdKind
from designchord.kinds.sequence.kind import SequenceKind
from designchord.notation.problems import has_errors
from tests.unit.blueprints import blueprints

SEQUENCE, ERD = SequenceKind(), ErdKind()
CHECKS = settings(
    max_examples=40,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a diagram is read in milliseconds, but shrinking reads thousands
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@pytest.mark.slow
@CHECKS
@given(blueprints())
def test_every_blueprint_gives_valid_sequence_diagrams(blueprint: Blueprint) -> None:
    for part in SEQUENCE.parts(blueprint):
        source = SEQUENCE.skeleton(blueprint, part)
        assert not has_errors(SEQUENCE.check(source)), (SEQUENCE.check(source), source)
        assert SEQUENCE.fix(source) == (source, ())


@pytest.mark.slow
@CHECKS
@given(blueprints())
def test_every_blueprint_gives_a_valid_erd_with_all_entities(blueprint: Blueprint) -> None:
    (part,) = ERD.parts(blueprint)
    source = ERD.skeleton(blueprint, part)
    assert not has_errors(ERD.check(source)), (ERD.check(source), source)
    found = {entity.name for entity in ERD.facts(source).entities}
    assert len(found) == len({entity.name for entity in blueprint.entities}), (found, source)


def story(*steps: ScenarioStep) -> Blueprint:
    return Blueprint(
        title="Library",
        actors=(Actor(id="Member", label="회원"), Actor(id="Bank", label="Bank", kind="external")),
        entities=(Entity(name="Loan", label="Loan"),),
        operations=(
            Operation(id="borrowItem", method="POST", path="/loans", summary="Borrow", errors=((409, "taken"),)),
        ),
        scenarios=(Scenario(id="borrow", title="Borrow", actor="Member", steps=steps, requirements=("R1",)),),
    )


def drawn(*steps: ScenarioStep) -> str:
    blueprint = story(*steps)
    return SEQUENCE.skeleton(blueprint, SEQUENCE.parts(blueprint)[0])


CALL = ScenarioStep(source="Member", target="System", message="borrows", operation="borrowItem")
DONE = ScenarioStep(source="System", target="Member", message="loan", kind="reply")
TAKEN = ScenarioStep(source="System", target="Member", message="already taken", kind="reply", when="item is taken")


def test_a_call_names_method_path_and_operation_and_its_reply_the_status() -> None:
    source = drawn(CALL, DONE)
    assert "Member->>+System: POST /loans borrowItem<br/>borrows" in source
    assert "System-->>-Member: 201 loan" in source
    assert [(call.method, call.path) for call in SEQUENCE.facts(source).calls] == [("POST", "/loans")]
    assert SEQUENCE.facts(source).requirements == {"R1"}


def test_steps_with_a_condition_are_an_alternative_to_what_follows() -> None:
    lines = [line.strip() for line in drawn(CALL, TAKEN, DONE).splitlines()]
    middle = lines[lines.index("alt item is taken") :]
    assert middle == [
        "alt item is taken",
        "System-->>Member: 409 already taken",
        "else otherwise",
        "System-->>Member: 201 loan",
        "end",
        "deactivate System",
    ]


def test_a_condition_with_nothing_after_it_is_optional() -> None:
    assert "opt item is taken" in drawn(CALL, TAKEN)


def test_labels_are_shown_in_the_users_language_under_ascii_ids() -> None:
    source = drawn(CALL)
    assert "actor Member as 회원" in source
    assert SEQUENCE.facts(source).participants == ("Member", "System")


def test_reserved_ids_get_an_underscore_that_facts_do_not_show() -> None:
    source = drawn(ScenarioStep(source="End", target="System", message="x"))
    assert "End_->>System: x" in source
    assert "End" in SEQUENCE.facts(source).participants


def test_a_scenario_without_steps_still_says_what_it_is_about() -> None:
    assert "Member->>System: Borrow" in drawn()


def test_deep_alternatives_stay_within_the_nesting_limit() -> None:
    steps = []
    for number in range(60):
        steps += [
            ScenarioStep(source="System", target="Member", message="no", when=f"case {number}"),
            ScenarioStep(source="System", target="Member", message="yes"),
        ]
    blueprint = story(*steps)
    assert not SEQUENCE.check(SEQUENCE.skeleton(blueprint, SEQUENCE.parts(blueprint)[0]))


def test_prompts_name_scenario_and_language_and_leave_no_placeholder() -> None:
    blueprint = story(CALL)
    part = SEQUENCE.parts(blueprint)[0]
    text = SEQUENCE.prompt(Brief("t", "c", language="ko"), blueprint, part)
    assert "Korean (ko)" in text
    assert "`borrow`" in text
    assert "{language}" not in text + ERD.prompt(Brief("t", "c"), blueprint, ERD.parts(blueprint)[0])
