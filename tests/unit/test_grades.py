"""A requirement is covered by what says so, not by what stands beside it."""

from __future__ import annotations

import pytest

from designchord.blueprint.model import (
    Actor,
    Attribute,
    Blueprint,
    Entity,
    Operation,
    Requirement,
    Scenario,
    ScenarioStep,
)
from designchord.consistency.grades import grade_entity, grade_operation, grade_scenario
from designchord.consistency.report import cross_check
from designchord.export.labels import labels_in
from designchord.export.report import matrix_rows
from designchord.kinds import registry
from designchord.language.deeds import undone
from designchord.language.meaning import meant_by


def _entity(name: str, label: str) -> Entity:
    return Entity(name=name, label=label, attributes=(Attribute(name="id", type="uuid", key="primary"),))


@pytest.mark.parametrize(
    ("text", "call", "summary", "thing", "grade"),
    [
        ("Members borrow tools.", "POST /loans createLoan", "Borrow a tool", "Loan", "said"),
        ("Members borrow tools.", "POST /loans createLoan", "Create a loan", "Loan", "said"),
        ("Members see their loans.", "GET /loans/{id} getLoan", "Loan", "Loan", "said"),
        ("Members borrow tools.", "DELETE /tools/{id} deleteTool", "Remove a tool", "Tool", "inferred"),
        (
            "Telemetry is kept for a year.",
            "POST /certificates createCertificate",
            "Issue it",
            "Certificate",
            "undecided",
        ),
        (
            "The order total includes the tax.",
            "POST /products/{id}/like likeProduct",
            "Like it",
            "Product",
            "undecided",
        ),
        ("환자는 진료를 예약할 수 있다.", "POST /reservations createReservation", "예약 생성", "Reservation", "said"),
        (
            "환자는 예약을 취소할 수 있다.",
            "POST /reservations/{id}/cancel cancelReservation",
            "예약 취소",
            "Reservation",
            "said",
        ),
        ("재고가 부족하면 알린다.", "POST /likes likeProduct", "좋아요 등록", "Like", "undecided"),
    ],
)
def test_an_operation_fulfils_what_speaks_of_the_thing_and_of_the_act(
    text: str, call: str, summary: str, thing: str, grade: str
) -> None:
    method, path, name = call.split()
    operation = Operation(id=name, method=method, path=path, summary=summary, entity=thing)  # type: ignore[arg-type]
    assert grade_operation(Requirement(id="R1", text=text), operation, _entity(thing, thing)) == grade


def test_a_refusal_fulfils_the_rule_that_it_states_unless_the_call_only_reads() -> None:
    rule = Requirement(id="R1", text="Overlapping reservations are refused.")
    writing = Operation(
        id="addIt", method="POST", path="/it", summary="Send", errors=((409, "The reservations overlap"),)
    )
    reading = writing.model_copy(update={"method": "GET"})
    assert grade_operation(rule, writing, None) == "said"
    assert grade_operation(rule, reading, None) == "undecided"


def test_a_story_fulfils_what_one_of_its_messages_says() -> None:
    steps = (ScenarioStep(source="Member", target="System", message="pays the deposit"),)
    story = Scenario(id="s", title="Pick a tool up", actor="Member", steps=steps)
    assert grade_scenario(Requirement(id="R1", text="A deposit is paid first."), story) == "said"
    assert grade_scenario(Requirement(id="R2", text="Photos show damage."), story) == "undecided"


def test_an_entity_is_there_for_what_speaks_of_it() -> None:
    assert grade_entity(Requirement(id="R1", text="Members borrow tools."), _entity("Loan", "Loan")) == "said"
    assert grade_entity(Requirement(id="R1", text="The list is fast."), _entity("Loan", "Loan")) == "undecided"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Members borrowed tools", {"member", "tool", "borrow", "create", "loan"}),
        ("환자는 예약을 취소할 수 있다", {"patient", "reservation", "cancel"}),
        ("Xyzzy frobnicates", set()),
    ],
)
def test_words_are_taken_for_what_they_mean(text: str, words: set[str]) -> None:
    assert words <= meant_by(text)
    assert bool(meant_by(text)) == bool(words)


def _design(operation: Operation, text: str) -> Blueprint:
    step = ScenarioStep(source="Member", target="System", message="asks", operation=operation.id)
    return Blueprint(
        title="Certificates",
        actors=(Actor(id="Member", label="Member"),),
        requirements=(Requirement(id="R1", text=text),),
        entities=(_entity("Certificate", "Certificate"),),
        operations=(operation.model_copy(update={"requirements": ("R1",), "entity": "Certificate"}),),
        scenarios=(Scenario(id="story", title="A story", actor="Member", steps=(step,)),),
    )


def _report(blueprint: Blueprint, **changed: str):
    sources = {
        (name, part.key): changed.get(name) or kind.skeleton(blueprint, part)
        for name, kind in registry.KINDS.items()
        for part in kind.parts(blueprint)
    }
    return cross_check(sources, blueprint)


ISSUE = Operation(id="createCertificate", method="POST", path="/certificates", summary="Issue a certificate")


def test_a_neighbour_that_is_named_gets_no_tick_and_a_finding() -> None:
    report = _report(_design(ISSUE, "Telemetry is kept for a year."))
    cell = report.to_dict()["matrix"]["rows"][0]["cells"]["api"]
    assert (cell["covered"], cell["grade"], cell["how"]) == (False, "undecided", "POST /certificates")
    assert "cross.requirement_unsure" in {problem.code for problem in report.problems}
    row = matrix_rows(report.to_dict(), {})[0]
    assert "? POST /certificates" in row.cells
    assert not any("✓ POST" in one for one in row.cells)


def test_what_is_said_gets_its_tick() -> None:
    report = _report(_design(ISSUE, "A member is issued a certificate."))
    cell = report.to_dict()["matrix"]["rows"][0]["cells"]["api"]
    assert (cell["covered"], cell["grade"]) == (True, "said")
    assert "cross.requirement_unsure" not in {problem.code for problem in report.problems}


@pytest.mark.parametrize(
    ("text", "reason", "grade", "missing"),
    [
        ("A member is issued a certificate within 9 days.", "", "inferred", "9 days"),
        ("A member is issued a certificate within nine days.", "More than 9 days went by", "said", ""),
        ("회원에게 9일 이내에 certificate 발급.", "9 days", "said", ""),
        ("A member is issued a certificate within 2 weeks.", "More than 14 days went by", "said", ""),
    ],
)
def test_a_period_that_nothing_carries_is_missing(text: str, reason: str, grade: str, missing: str) -> None:
    operation = ISSUE.model_copy(update={"errors": ((409, reason),) if reason else ()})
    row = _report(_design(operation, text)).to_dict()["matrix"]["rows"][0]
    assert missing in row["missing"] if missing else not row["missing"]
    if text.isascii():
        assert row["cells"]["api"]["grade"] == grade


def test_an_entity_whose_word_is_there_and_to_which_nothing_is_done_gets_no_tick() -> None:
    key = Attribute(name="member_id", type="uuid", key="foreign", references="Member")
    blueprint = _design(ISSUE, "A member with a permit is issued a certificate.")
    named = [_entity(name, name).model_copy(update={"requirements": ("R1",)}) for name in ("Member", "Permit")]
    certificate = blueprint.entities[0].model_copy(update={"attributes": (*blueprint.entities[0].attributes, key)})
    cell = _report(blueprint.model_copy(update={"entities": (certificate, *named)})).to_dict()["matrix"]["rows"][0]
    assert cell["cells"]["erd"]["how"] == "Member, Certificate"


def test_what_a_story_refuses_the_api_must_refuse_and_a_call_that_reads_refuses_no_change() -> None:
    blueprint = _design(ISSUE, "A member is issued a certificate.")
    story = "sequenceDiagram\nactor Member\nparticipant System\nMember->>System: POST /certificates\n"
    codes = {problem.code for problem in _report(blueprint, sequence=f"{story}System-->>Member: 409 no\n").problems}
    assert "cross.refusal_unknown" in codes
    refusing = _design(ISSUE.model_copy(update={"errors": ((409, "It was issued"),)}), "A member is issued one.")
    codes = {problem.code for problem in _report(refusing, sequence=f"{story}System-->>Member: 409 no\n").problems}
    assert "cross.refusal_unknown" not in codes

    reading = ISSUE.model_copy(update={"method": "GET", "errors": ((409, "It is taken"),)})
    assert "cross.get_refuses" in {problem.code for problem in _report(_design(reading, "x is issued")).problems}


def test_a_refusal_of_the_blueprint_that_the_api_lacks_is_told() -> None:
    refusing = ISSUE.model_copy(update={"errors": ((409, "It was issued already"),)})
    api = registry.kind("api").skeleton(_design(ISSUE, "x"), registry.kind("api").parts(_design(ISSUE, "x"))[0])
    report = _report(_design(refusing, "A certificate is issued once."), api=api)
    told = next(problem for problem in report.problems if problem.code == "cross.refusal_missing")
    assert "POST /certificates with 409" in told.message


RESERVE = Operation(id="createReservation", method="POST", path="/reservations", summary="Reserve a seat")
REFUSING = RESERVE.model_copy(update={"errors": ((409, "Members try to reserve a seat and cancel it within an hour"),)})
PAY = Operation(id="createPayment", method="POST", path="/payments", summary="Pay")


@pytest.mark.parametrize(
    ("text", "operations", "missing"),
    [
        ("Members reserve and pay for a seat.", [RESERVE], ("pay",)),
        ("Members reserve and pay for a seat.", [RESERVE, PAY], ()),
        ("Members reserve a seat, which they have paid for.", [RESERVE], ()),
        ("Members search and filter seats.", [RESERVE.model_copy(update={"method": "GET"})], ()),
        ("Members cannot reserve a seat and cancel it within an hour.", [REFUSING], ()),
        (
            "Members cannot reserve a seat and cancel it within an hour.",
            [RESERVE],
            ("Members cannot reserve a seat and cancel it within an hour",),
        ),
        ("회원은 좌석을 예약하고 결제한다.", [RESERVE.model_copy(update={"summary": "좌석 예약"})], ("결제",)),
        ("회원은 좌석을 예약하고 결제한다.", [RESERVE, PAY], ()),
    ],
)
def test_of_two_things_that_are_asked_for_each_must_be_done(
    text: str, operations: list[Operation], missing: tuple[str, ...]
) -> None:
    assert undone(text, operations) == missing


def test_what_is_done_by_half_gets_no_tick_and_the_rest_is_named() -> None:
    text = "Members reserve a certificate and pay for it."
    reserve = ISSUE.model_copy(update={"summary": "Reserve a certificate"})
    report = _report(_design(reserve, text))
    row = report.to_dict()["matrix"]["rows"][0]
    assert (row["grade"], row["missing"]) == ("inferred", ["pay"])
    assert (row["cells"]["api"]["covered"], row["cells"]["api"]["grade"]) == (False, "inferred")
    told = next(problem for problem in report.problems if problem.code == "cross.requirement_partly")
    assert "POST /certificates" in told.message
    assert "nothing does this: pay" in told.message
    shown = matrix_rows(report.to_dict(), labels_in("en"))[0]
    assert shown.text == f"{text} (nothing does this: pay)"


def test_a_document_that_repeats_a_requirement_does_not_carry_it_out() -> None:
    row = _report(_design(ISSUE, "Telemetry is kept for a year.")).to_dict()["matrix"]["rows"][0]
    assert row["cells"]["document"]["grade"] == "said"
    assert row["grade"] == "undecided"
