"""Stories as a model may write them: a line that names their calls, of which code makes the rest."""

from __future__ import annotations

import json
from typing import Any

from designchord import drafter
from designchord.blueprint.answering import read
from tests.unit.test_blueprint_answering import EN, SMALL


def _with_stories(*stories: str) -> Any:
    operations = [
        {"id": "listLoans", "call": "GET /loans", "summary": "Look at loans", "requirements": ["R1"]},
        {"id": "extendLoan", "call": "POST /loans/{loan_id}/extend", "summary": "Extend a loan", "actor": "Member"},
        {"id": "logIn", "call": "POST /sessions", "summary": "Log in", "actor": "Member", "entity": "Member"},
    ]
    requirements = ["R1 must: Members borrow books.", "R2 must: Loans can be extended."]
    raw = SMALL | {"operations": operations, "requirements": requirements, "scenarios": list(stories)}
    return read(json.dumps(raw), EN, tell=drafter.steps_of)


def test_what_a_call_is_about_is_read_from_its_path_where_nothing_else_is_said() -> None:
    blueprint = _with_stories("logIn").blueprint
    assert [one.entity for one in blueprint.operations] == ["Loan", "Loan", "Member"]
    assert [one.section for one in blueprint.operations] == ["Loan", "Loan", "Member"]


def test_a_story_in_a_line_is_told_by_its_calls() -> None:
    candidate = _with_stories("listLoans, extendLoan R2 | Keep a book longer", "logIn")
    assert not candidate.problems
    longer, log_in = candidate.blueprint.scenarios
    assert (longer.id, longer.title, longer.actor) == ("list-loans", "Keep a book longer", "Member")
    assert longer.requirements == ("R1", "R2")
    assert [step.operation for step in longer.steps if step.operation] == ["listLoans", "extendLoan"]
    assert (log_in.id, log_in.title) == ("log-in", "Log in")


def test_a_story_in_a_line_says_which_of_its_calls_there_is_not() -> None:
    candidate = _with_stories("listLoans burnLoan | Burn it", "No call at all")
    burnt, titled = candidate.blueprint.scenarios
    assert [step.operation for step in burnt.steps if step.operation] == ["listLoans"]
    assert any("burnLoan" in one.message for one in candidate.problems if one.severity == "warning")
    assert titled.title == "No call at all"
