"""A design rehearses itself: its mock keeps what it is told, its stories are played, and what broke is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from designchord.blueprint.model import (
    Actor,
    Attribute,
    Blueprint,
    Entity,
    Operation,
    Relation,
    Requirement,
    Scenario,
    ScenarioStep,
)
from designchord.kinds.registry import KINDS
from designchord.rehearsal.described import Description
from designchord.rehearsal.mock import Answer, Mock
from designchord.rehearsal.rehearsing import rehearse, rehearsed
from designchord.rehearsal.stage import Stage, stage_of
from designchord.rehearsal.tables import tables_of
from designchord.rehearsal.validating import Validator

ID = Attribute(name="id", type="uuid", key="primary")


def step(source: str, target: str, message: str, **more: Any) -> ScenarioStep:
    return ScenarioStep(source=source, target=target, message=message, **more)


def call(operation: str, actor: str = "Member") -> ScenarioStep:
    return step(actor, "System", operation, operation=operation)


def refuse(reason: str, status: int) -> ScenarioStep:
    return step("System", "Member", f"{reason} ({status})", kind="reply", when=reason)


TAKEN = (409, "The tool is already reserved at that time")
USUAL = (
    Operation(
        id="signUp", method="POST", path="/members", summary="Sign up", entity="Member", actor="Member",
        request=("email", "name", "password"),
    ),
    Operation(
        id="logIn", method="POST", path="/sessions", summary="Log in", entity="Member", actor="Member",
        request=("email", "password"),
    ),
    Operation(
        id="addTool", method="POST", path="/tools", summary="Add a tool", entity="Tool", actor="Clerk",
        request=("name",),
    ),
    Operation(
        id="listTools", method="GET", path="/tools", summary="List tools", entity="Tool", actor="Member",
        returns="page", filters=("name", "keyword", "sort"),
    ),
    Operation(
        id="removeTool", method="DELETE", path="/tools/{tool_id}", summary="Remove a tool", entity="Tool",
        actor="Clerk", returns="none",
    ),
    Operation(
        id="lend", method="POST", path="/loans", summary="Lend a tool", entity="Loan", actor="Member",
        request=("tool_id", "starts_at", "ends_at"), errors=(TAKEN,), requirements=("R1",),
    ),
    Operation(
        id="getLoan", method="GET", path="/loans/{loan_id}", summary="Get a loan", entity="Loan", actor="Member"
    ),
    Operation(
        id="giveBack", method="POST", path="/loans/{loan_id}/return", summary="Return", entity="Loan",
        actor="Member", errors=((409, "It is returned already"),),
    ),
)  # fmt: skip


def library(*scenarios: Scenario, operations: tuple[Operation, ...] = (), language: str = "en") -> Blueprint:
    """Members lend tools; a clerk keeps the tools."""
    member = Entity(
        name="Member",
        label="member",
        attributes=(
            ID,
            Attribute(name="email", type="email", unique=True),
            Attribute(name="password_hash"),
            Attribute(name="name"),
        ),
    )
    tool = Entity(name="Tool", label="tool", attributes=(ID, Attribute(name="name", unique=True)))
    loan = Entity(
        name="Loan",
        label="loan",
        attributes=(
            ID,
            Attribute(name="member_id", type="uuid", key="foreign", references="Member"),
            Attribute(name="tool_id", type="uuid", key="foreign", references="Tool"),
            Attribute(name="status", type="enum", values=("open", "returned", "lost")),
            Attribute(name="starts_at", type="datetime"),
            Attribute(name="ends_at", type="datetime"),
        ),
    )
    return Blueprint(
        title="Library",
        language=language,
        actors=(Actor(id="Member", label="member"), Actor(id="Clerk", label="clerk")),
        requirements=(Requirement(id="R1", text="Members lend tools"),),
        entities=(member, tool, loan),
        relations=(Relation(source="Member", target="Loan", cardinality="one_to_many"),),
        operations=operations or USUAL,
        scenarios=scenarios or (LENDING,),
    )


LENDING = Scenario(
    id="lend-a-tool",
    title="Lend a tool",
    actor="Member",
    requirements=("R1",),
    steps=(
        call("lend"),
        refuse("The tool is already reserved at that time", 409),
        step("System", "Member", "Lent", kind="reply"),
        call("giveBack"),
        refuse("It is returned already", 409),
    ),
)


def sources(plan: Blueprint) -> dict[tuple[str, str], str]:
    return {("api", ""): KINDS["api"].skeleton(plan, KINDS["api"].parts(plan)[0])}


def stage(plan: Blueprint) -> Stage:
    made = stage_of(sources(plan), plan)
    assert made is not None
    return made


Mocking = Callable[..., Mock]


@pytest.fixture
def mock() -> Iterator[Mocking]:
    """Makes mocks, of the library unless a plan is given."""
    with ExitStack() as made:
        yield lambda plan=None, **more: made.enter_context(closing(Mock(stage(plan or library()), **more)))


def ask(server: Mock, method: str, target: str, body: Any = None, token: str = "mock-Member", **headers: str) -> Answer:
    sent = {"authorization": f"Bearer {token}"} if token else {}
    return server.handle(method, target, sent | headers, None if body is None else json.dumps(body).encode())


# The mock


def test_a_mock_remembers_what_it_was_told_and_refuses_a_duplicate(mock: Mocking) -> None:
    server = mock()
    made = ask(server, "POST", "/tools", {"name": "drill"}, "mock-Clerk")
    assert made.status == 201
    assert ask(server, "GET", "/tools?name=drill").body["items"] == [made.body]
    again = ask(server, "POST", "/tools", {"name": "drill"}, "mock-Clerk")
    assert (again.status, again.body["code"]) == (409, "conflict")


def test_lists_are_paged_searched_and_sorted(mock: Mocking) -> None:
    server = mock()
    for name in ("axe", "saw", "spade"):
        ask(server, "POST", "/tools", {"name": name}, "mock-Clerk")
    page = ask(server, "GET", "/tools?page=2&size=2").body
    assert (len(page["items"]), page["page"], page["total"]) == (2, 2, 6)
    assert [one["name"] for one in ask(server, "GET", "/tools?keyword=SPA").body["items"]] == ["spade"]
    names = [one["name"] for one in ask(server, "GET", "/tools?sort=-name").body["items"]]
    assert names == sorted(names, reverse=True)


def test_a_fault_in_a_request_is_said_in_a_sentence(mock: Mocking) -> None:
    server = mock()
    assert (
        ask(server, "POST", "/members", {"email": "x", "name": "A", "password": "p"})
        .body["message"]
        .startswith("body email:")
    )
    for body in (None, {"name": "A"}, [], "x", {"email": 1}):
        assert ask(server, "POST", "/members", body).status == 400
    assert server.handle("POST", "/members", {}, b"{").status == 400
    assert ask(server, "GET", "/tools?size=many").status == 400


def test_only_who_signed_in_may_call_and_only_whose_role_it_is(mock: Mocking) -> None:
    server = mock()
    assert ask(server, "GET", "/tools", token="").status == 401
    assert ask(server, "POST", "/tools", {"name": "saw"}, "mock-Member").status == 403
    ask(server, "POST", "/members", {"email": "a@x.org", "name": "A", "password": "right"}, "")
    assert ask(server, "POST", "/sessions", {"email": "a@x.org", "password": "wrong"}, "").status == 401
    signed_in = ask(server, "POST", "/sessions", {"email": "a@x.org", "password": "right"}, "")
    assert ask(server, "GET", "/tools", token=signed_in.body["access_token"]).status == 200


def test_what_others_need_is_kept_and_what_is_not_there_is_not_found(mock: Mocking) -> None:
    server = mock()
    tool = ask(server, "POST", "/tools", {"name": "saw"}, "mock-Clerk").body["id"]
    times = {"starts_at": "2026-05-01T09:00:00Z", "ends_at": "2026-05-01T10:00:00Z"}
    assert ask(server, "POST", "/loans", {"tool_id": tool} | times).status == 201
    assert ask(server, "DELETE", f"/tools/{tool}", token="mock-Clerk").status == 409
    nobody = "00000000-0000-4000-8000-000000000000"
    assert ask(server, "GET", f"/loans/{nobody}").status == 404
    assert ask(server, "POST", "/loans", {"tool_id": nobody} | times).status == 400


def test_periods_may_touch_and_not_overlap(mock: Mocking) -> None:
    server = mock()
    tool = ask(server, "POST", "/tools", {"name": "saw"}, "mock-Clerk").body["id"]

    def lend(begin: str, end: str) -> int:
        times = {"starts_at": f"2026-05-01T{begin}:00:00Z", "ends_at": f"2026-05-01T{end}:00:00Z"}
        return ask(server, "POST", "/loans", {"tool_id": tool} | times).status

    assert [lend("09", "11"), lend("10", "12"), lend("11", "12")] == [201, 409, 201]


def test_a_status_is_reached_once(mock: Mocking) -> None:
    server = mock()
    loan = ask(server, "GET", "/tools").body["items"][0]["id"]
    times = {"starts_at": "2027-05-01T09:00:00Z", "ends_at": "2027-05-01T10:00:00Z"}
    made = ask(server, "POST", "/loans", {"tool_id": loan} | times).body
    assert made["status"] == "open"
    assert ask(server, "POST", f"/loans/{made['id']}/return").body["status"] == "returned"
    assert ask(server, "POST", f"/loans/{made['id']}/return").status == 409


def test_a_refusal_that_no_rule_decides_can_be_asked_for_if_it_is_described(mock: Mocking) -> None:
    server = mock()
    assert ask(server, "GET", "/tools", prefer="code=403").status == 403
    assert ask(server, "GET", "/tools", prefer="code=418").status == 200


def test_samples_are_the_same_for_one_seed_and_in_the_language_of_the_design(mock: Mocking) -> None:
    first, same, other = mock(seed=1), mock(seed=1), mock(seed=2)
    assert ask(first, "GET", "/tools").body == ask(same, "GET", "/tools").body
    assert ask(first, "GET", "/tools").body != ask(other, "GET", "/tools").body


@pytest.mark.parametrize(
    "target", ["/", "//", "/tools/", "/tools/%00", "/tools/\ud800", "/x" * 500, "/tools?sort=%27;--", "/loans/%2e%2e"]
)
def test_odd_paths_are_answered_without_a_fault_of_the_server(mock: Mocking, target: str) -> None:
    for method in ("GET", "DELETE", "PATCH"):
        assert ask(mock(), method, target, token="mock-Clerk").status < 500


def test_answers_are_those_that_the_description_allows(mock: Mocking) -> None:
    server, validator = mock(), Validator()
    description: Description = server.description
    for endpoint in description.endpoints:
        path = endpoint.template.replace("{tool_id}", "x").replace("{loan_id}", "x")
        for body in ({}, {"name": "n", "email": "e@x.org", "password": "p"}, {"tool_id": "y"}):
            answer = ask(server, endpoint.method, path, body, "mock-Clerk")
            assert str(answer.status) in endpoint.responses, (endpoint.id, answer)
            schema = endpoint.responses[str(answer.status)]
            assert schema is None or validator.fits(schema, answer.body)


# The stories


def test_a_story_runs_with_its_refusals_and_shows_that_a_requirement_runs() -> None:
    plan = library()
    rehearsal = rehearse(sources(plan), plan)
    (story,) = rehearsal.stories
    assert story.ran, rehearsal.to_dict(bodies=True)
    assert [one.workflow for one in story.workflows] == [
        "lend-a-tool",
        "lend-a-tool-refused-1",
        "lend-a-tool-refused-2",
    ]
    assert not any(one.asked_for for one in story.workflows)
    report = {"problems": [], "counts": {}, "matrix": {"rows": [{"id": "R1"}]}}
    assert rehearsed(report, sources(plan), plan, "en")["matrix"]["rows"] == [{"id": "R1", "runs": ["lend-a-tool"]}]


def test_a_rehearsal_counts_until_something_changes_that_it_played() -> None:
    plan = library()
    made = {**sources(plan), ("document", ""): "# Lending\n"}
    report: dict[str, Any] = {"problems": [], "matrix": {"rows": [{"id": "R1"}]}, "counts": {}}
    first = rehearsed(report, made, plan, "en")
    kept = first | {"rehearsal": first["rehearsal"] | {"stories": []}}  # so that one sees whether it was played again

    reworded = {**made, ("document", ""): "# Lending\n\nOne more sentence.\n"}
    assert rehearsed(report, reworded, plan, "en", before=kept)["rehearsal"]["stories"] == []

    def drop(api: dict[str, Any]) -> None:
        api["paths"].pop(next(iter(api["paths"])))

    assert rehearsed(report, edited(plan, drop), plan, "en", before=kept)["rehearsal"]["stories"]
    again = rehearsed(report, made, library(language="ko"), "ko", before=kept)
    assert again["rehearsal"]["stories"]


def test_a_story_makes_ready_what_it_needs() -> None:
    (workflow, *_) = stage(library()).documents()["stories/lend-a-tool.arazzo.yaml"]["workflows"]
    assert [one["operationId"] for one in workflow["steps"]] == ["addTool", "lend", "giveBack"]
    assert workflow["steps"][1]["requestBody"]["payload"]["tool_id"] == "$steps.addTool.outputs.id"


def test_a_log_in_is_played_with_the_right_and_with_a_wrong_password() -> None:
    story = Scenario(
        id="log-in", title="Log in", actor="Member", steps=(call("logIn"), refuse("The password is wrong", 401))
    )
    plan = library(story)
    (told,) = rehearse(sources(plan), plan).stories
    assert [(one.steps[-1].operation, one.steps[-1].status) for one in told.workflows] == [
        ("logIn", 200),
        ("logIn", 401),
    ]


def without(plan: Blueprint, *names: str) -> Blueprint:
    return plan.model_copy(update={"operations": tuple(one for one in plan.operations if one.id not in names)})


def test_what_nobody_creates_or_lists_stops_a_story_and_is_said() -> None:
    plan = without(library(), "addTool", "listTools")
    rehearsal = rehearse(sources(plan), plan)
    assert not rehearsal.stories[0].ran
    (problem,) = [one for one in rehearsal.problems if one.code == "rehearsal.no_source"]
    assert (problem.kind, problem.part) == ("sequence", "lend-a-tool")
    assert "tool" in problem.message


def test_what_nobody_puts_there_cannot_be_taken_away_and_that_is_said() -> None:
    wish = Entity(
        name="Wish",
        label="wish",
        attributes=(
            ID,
            Attribute(name="member_id", type="uuid", key="foreign", references="Member"),
            Attribute(name="tool_id", type="uuid", key="foreign", references="Tool"),
        ),
    )
    path = "/tools/{tool_id}/wishes"
    make = Operation(id="wish", method="POST", path=path, summary="Wish", entity="Wish", actor="Member")
    unmake = Operation(
        id="unwish", method="DELETE", path=path, summary="Unwish", entity="Wish", actor="Member", returns="none"
    )
    plan = library(Scenario(id="unwish", title="Unwish", actor="Member", steps=(call("unwish"),)))
    plan = plan.model_copy(update={"entities": (*plan.entities, wish), "operations": (*plan.operations, make, unmake)})
    assert rehearse(sources(plan), plan).ran == 1
    assert [one.code for one in rehearse(sources(without(plan, "wish")), without(plan, "wish")).problems][:1] == [
        "rehearsal.no_source"
    ]


def test_a_barcode_is_no_password() -> None:
    plan = library()
    tool = plan.entities[1].model_copy(update={"attributes": (ID, Attribute(name="barcode", unique=True))})
    add = plan.operations[2].model_copy(update={"request": ("barcode",)})
    plan = plan.model_copy(
        update={
            "entities": (plan.entities[0], tool, plan.entities[2]),
            "operations": (*plan.operations[:2], add, *plan.operations[3:]),
        }
    )
    assert rehearse(sources(plan), plan).ran == 1


def test_what_is_only_listed_is_taken_from_the_samples_and_that_is_said() -> None:
    plan = without(library(), "addTool")
    rehearsal = rehearse(sources(plan), plan)
    assert rehearsal.stories[0].ran
    assert "rehearsal.lent" in {one.code for one in rehearsal.problems}


def edited(plan: Blueprint, change: Any) -> dict[tuple[str, str], str]:
    document = json.loads(sources(plan)["api", ""])
    change(document)
    return {("api", ""): json.dumps(document)}


def test_an_operation_that_the_api_lost_is_said() -> None:
    plan = library()
    rehearsal = rehearse(edited(plan, lambda api: api["paths"].pop("/loans/{loan_id}/return")), plan, "ko")
    assert [one.code for one in rehearsal.problems if one.severity == "error"] == ["rehearsal.no_operation"]


def test_a_reply_without_what_a_later_step_sends_is_said() -> None:
    plan = library()

    def change(api: dict[str, Any]) -> None:
        api["paths"]["/loans"]["post"]["responses"]["201"]["content"]["application/json"]["schema"] = {
            "type": "object",
            "properties": {"status": {"type": "string"}},
        }

    codes = {one.code for one in rehearse(edited(plan, change), plan).problems}
    assert codes & {"rehearsal.no_field", "rehearsal.no_source"}


def test_a_log_in_without_a_token_is_said() -> None:
    plan = library()

    def change(api: dict[str, Any]) -> None:
        api["paths"]["/sessions"]["post"]["responses"]["200"].pop("content")

    assert "rehearsal.no_token" in {one.code for one in rehearse(edited(plan, change), plan).problems}


def test_a_status_that_nothing_reaches_is_said() -> None:
    plan = library()
    (problem,) = [one for one in rehearse(sources(plan), plan).problems if one.code == "rehearsal.status_unreached"]
    assert "lost" in problem.message


def test_a_story_without_a_call_and_a_design_without_an_api_are_said() -> None:
    plan = library(Scenario(id="x", title="Talk", actor="Member", steps=(step("Member", "Clerk", "hello"),)))
    assert [one.code for one in rehearse(sources(plan), plan).problems if one.severity == "warning"] == [
        "rehearsal.no_calls"
    ]
    for source in ("", "{", "[]", '{"openapi": "3.1.0"}', '{"openapi": "3.1.0", "paths": {"/": 7}}'):
        rehearsal = rehearse({("api", ""): source}, plan)
        assert not any(story.ran for story in rehearsal.stories)


def test_entities_that_need_each_other_end_in_a_sentence() -> None:
    plan = library()
    tool = plan.entities[1]
    held = tool.model_copy(
        update={
            "attributes": (
                *tool.attributes,
                Attribute(name="loan_id", type="uuid", key="foreign", references="Loan"),
            )
        }
    )
    circular = plan.model_copy(update={"entities": (plan.entities[0], held, plan.entities[2])})
    operations = tuple(
        one.model_copy(update={"request": (*one.request, "loan_id")}) if one.id == "addTool" else one
        for one in circular.operations
    )
    circular = circular.model_copy(update={"operations": operations})
    rehearsal = rehearse(sources(circular), circular)
    assert not rehearsal.stories[0].ran
    assert rehearsal.problems


def test_every_idea_of_the_corpus_is_played(corpus: Any) -> None:
    from designchord.blueprint.model import Brief
    from designchord.drafter.drafting import draft

    broken = []
    for idea in corpus("ideas"):
        plan = draft(Brief(title=idea["id"], content=idea["text"], language=idea["lang"]))
        rehearsal = rehearse(sources(plan), plan, idea["lang"])
        broken += [(idea["id"], story.id) for story in rehearsal.stories if not story.ran and not story.gaps]
        assert tables_of(plan).tables
    assert broken == []


def test_callers_send_neither_what_is_hidden_nor_what_is_computed() -> None:
    plan = library()
    extra = (
        Attribute(name="margin", type="decimal", visibility="hidden"),
        Attribute(name="days", type="integer", visibility="computed"),
    )
    loan = plan.entities[2].model_copy(update={"attributes": (*plan.entities[2].attributes, *extra)})
    lend = plan.operations[5].model_copy(update={"request": ()})
    plan = plan.model_copy(
        update={
            "entities": (*plan.entities[:2], loan),
            "operations": (*plan.operations[:5], lend, *plan.operations[6:]),
        }
    )
    body = stage(plan).description.by_id["lend"].body
    assert body is not None
    assert set(body["properties"]) == {"tool_id", "status", "starts_at", "ends_at"}
    assert rehearse(sources(plan), plan).ran == 1
