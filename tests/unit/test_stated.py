"""What a text states outright is told to the model before it answers, and looked for in its answer."""

from __future__ import annotations

import json

import pytest

from designchord.blueprint.answering import dump, read
from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from designchord.blueprint.stated import Stated, find_missing
from designchord.drafter import draft, stated_in
from designchord.kinds import conversation
from tests.flows.apps import LIBRARY

BRIEF = Brief(
    "Tool library",
    "Members borrow tools.\n\n```sql\nCREATE TABLE tools (id uuid PRIMARY KEY, name text);\n"
    "CREATE TABLE loans (id uuid PRIMARY KEY, tool_id uuid REFERENCES tools(id), due_on date);\n```\n\n"
    "- GET /api/v1/tools lists the tools\n- POST /api/v1/loans borrows one\n",
    "- A member borrows a tool.",
    "en",
)


def test_data_models_and_routes_are_read_and_told() -> None:
    stated = stated_in(BRIEF)
    assert [name for name, _ in stated.records] == ["Tool", "Loan"]
    assert ("GET", "/tools") in stated.routes
    text = conversation.blueprint_opening(BRIEF, read_requirements(BRIEF), tuple(stated.lines()))[1][1]
    assert "\nrecord Loan: id, tool_id, due_on\n" in text
    assert "\nroute POST /loans\n" in text


def test_where_nothing_is_stated_nothing_is_told() -> None:
    stated = stated_in(LIBRARY)
    assert not stated
    text = conversation.blueprint_opening(LIBRARY, read_requirements(LIBRARY), tuple(stated.lines()))[1][1]
    assert "[stated" not in text


def test_what_is_missing_in_an_answer_is_asked_for_by_name() -> None:
    made = json.loads(dump(draft(BRIEF)))
    made["operations"] = [one for one in made["operations"] if one["method"] != "GET"]
    candidate = read(json.dumps(made), BRIEF, read_requirements(BRIEF), stated=stated_in(BRIEF))
    told = next(one for one in candidate.wanting if one.code == "grounding.stated_missing")
    assert "route GET /tools" in told.message
    assert "record" not in told.message


def test_prefixes_and_names_of_parameters_make_no_other_route() -> None:
    blueprint = draft(BRIEF)
    same = Stated(routes=(("GET", "/tools"), ("GET", "/api/v1/tools")))
    assert list(find_missing(same, blueprint)) == []


def test_lists_of_fields_are_told_too() -> None:
    text = "## Data\n- Desk: name, floor\n- Loan: starts_on, ends_on\n\nClerks lend desks."
    assert stated_in(Brief("Desks", text, "", "en")).records == (
        ("Desk", ("name", "floor")),
        ("Loan", ("starts_on", "ends_on")),
    )


@pytest.mark.parametrize(
    ("above", "parts"),
    [
        ("# Huts\n\n## API structure", "- Repository: what reads huts and what writes them\n- EventBus: tells others"),
        ("# Hut API module\n\n## Use cases", "- Weekend Trips: plan a night or two\n- School Classes: book all beds"),
        ("# Huts\n\n## Technologies used\n\n### Database", "- Containers: Docker, Podman\n- Build Tool: Maven, npm"),
        ("# Huts\n\n## API 명세\n\n### 시험 계정", "- Username: warden\n- Password: edelweiss"),
    ],
)
def test_what_stands_under_calls_and_tools_is_no_data_model(above: str, parts: str) -> None:
    text = f"{above}\n\n{parts}\n\n## Requirements\n\n- A guest can book a bed in a hut."
    assert not stated_in(Brief("Huts", text, "", "en")).records


def test_routes_for_figures_for_staff_and_for_what_is_mine_name_no_other_thing() -> None:
    routes = "\n".join(
        f"- GET /{path}" for path in ("huts", "bookings", "my-bookings", "my/bookings", "admin/huts", "stats")
    )
    made = draft(Brief("Huts", f"Guests book huts.\n\n## Routes\n\n{routes}", "", "en"))
    assert {entity.name for entity in made.entities} - {"User", "Guest"} == {"Hut", "Booking"}
