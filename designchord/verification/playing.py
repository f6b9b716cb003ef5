"""A service that runs against its design: what its answers to the stories' calls are, and what they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from designchord.notation import arazzo
from designchord.notation.problems import Problem, Severity
from designchord.readers.reading import Remark
from designchord.readers.system import Spot
from designchord.rehearsal.budget import NO_TIME, Spent, never
from designchord.rehearsal.described import Endpoint
from designchord.rehearsal.rehearsing import MOST_WORKFLOWS
from designchord.rehearsal.runner import Runner, StepResult, Transport
from designchord.rehearsal.stage import API_FILE, Stage
from designchord.rehearsal.validating import Validator
from designchord.verification.findings import Finding, Thing
from designchord.verification.plan import Plan, PlannedCall
from designchord.verification.verifying import Verification, in_order

#: Refusals that stand for each other: frameworks choose between them by convention.
_ALIKE: Final = ({400, 422}, {401, 403}, {403, 404}, {409, 422}, {400, 409}, {400, 404}, {404, 422})
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that was played. ``turned_away``: it was refused since the token that it needs was not given."""

    result: StepResult
    turned_away: bool


@dataclass(frozen=True, slots=True)
class Played:
    """The results of a service's stories: every step that was played, and what could not be."""

    name: str
    steps: tuple[Asked, ...]
    remarks: tuple[Remark, ...] = ()


def play(stage: Stage, send: Transport, name: str, *, inputs: Mapping[str, str], spent: Spent = never) -> Played:
    """Play the stories of a stage against the service that is called ``name``; what only a mock can be asked for is
    left out. ``spent`` ends it between two steps."""
    steps: list[Asked] = []
    remarks: list[Remark] = []
    workflows = [flow for told in stage.told if told.story.workflows for flow in _workflows(told.story)]
    for workflow in workflows[:MOST_WORKFLOWS]:
        runner = Runner(stage.description, send, inputs, spent)
        unsigned = set((workflow.get("inputs") or {}).get("properties") or ()) - set(inputs)
        steps += [Asked(one, bool(unsigned) and _is_refused(one)) for one in runner.run(workflow).steps]
    left = len(workflows) - MOST_WORKFLOWS
    if left > 0:
        remarks.append(_remark(name, "verify.not_played", f"{left} more branches of stories were not played."))
    if any(step.result.fault == NO_TIME for step in steps):
        remarks.append(
            _remark(name, "verify.not_played", "The stories took too long and were not played to their end.")
        )
    remarks += _unable(stage, steps, name)
    return Played(name, tuple(steps), tuple(remarks))


def _workflows(story: arazzo.Story) -> Iterator[dict[str, Any]]:
    written: list[dict[str, Any]] = arazzo.document(story, API_FILE)["workflows"]
    yield from (one for one in written if not one.get(arazzo.ASKED))


def _remark(name: str, code: str, message: str) -> Remark:
    return Remark(name, Problem(code=code, severity="info", message=message))


def _unable(stage: Stage, steps: Sequence[Asked], name: str) -> Iterator[Remark]:
    """What was not played for want of a token or of something that is there."""
    wanting = dict.fromkeys(step.result.operation for step in steps if step.turned_away)
    if wanting:
        shown = ", ".join(wanting)
        message = (
            f"Who calls {shown} has to sign in: give the tokens with --input, such as {_token_name(stage)}=env:NAME."
        )
        yield _remark(name, "verify.not_signed_in", message)
    results = [step.result for step in steps]
    empty = dict.fromkeys(one.operation for one in results if one.fault == "no_field" and _has_nothing(one))
    if empty:
        message = f"{', '.join(empty)} gave nothing to go on with, so what would be asked of it was not."
        yield _remark(name, "verify.nothing_there", message)


def _token_name(stage: Stage) -> str:
    names = (name for told in stage.told for one in told.story.workflows for name, _ in one.inputs)
    return next(names, "user_token")


def _is_refused(step: StepResult) -> bool:
    """Whether a call was refused for who calls, and should not have been."""
    return step.fault == "status" and step.status in (401, 403) and step.expected != 401


def _has_nothing(step: StepResult) -> bool:
    """Whether a list was empty."""
    body = step.answered
    lists = body.values() if isinstance(body, dict) else [body]
    return any(one == [] for one in lists)


def with_played(verification: Verification, plan: Plan, stage: Stage, played: Played) -> Verification:
    """A verification with what the service's answers say. Where an operation is known to differ already, its answers
    are told with that and are no finding of their own."""
    calls = {one.operation.id: one for one in plan.calls}
    findings = list(verification.findings)
    new: list[Finding] = []
    asked: dict[Thing, None] = {}
    validator = Validator(masked=True)
    for asking in played.steps:
        step = asking.result
        endpoint = stage.description.by_id.get(step.operation)
        call = calls.get(step.operation) or _by_place(plan, endpoint)
        if endpoint is None or not step.method or call is None or asking.turned_away:
            continue
        asked[call.thing] = None
        found = _finding(played.name, call, endpoint, step, validator)
        if found is not None and not _told_already(findings, found):
            new.append(found)
    new = _by_cause(new)
    count = sum(bool(one.result.method) for one in played.steps)
    return replace(
        verification,
        findings=in_order([*findings, *new]),
        remarks=(*verification.remarks, *played.remarks),
        compared=(*verification.compared, ("calls", count)),
        seen=tuple(dict.fromkeys((*verification.seen, *asked))),
        unseen=tuple(one for one in verification.unseen if one not in asked),
    )


def _by_place(plan: Plan, endpoint: Endpoint | None) -> PlannedCall | None:
    found = (
        one
        for one in plan.calls
        if endpoint and (one.operation.method, one.operation.path) == (endpoint.method, endpoint.template)
    )
    return next(found, None)


def _told_already(findings: list[Finding], new: Finding) -> bool:
    for at, one in enumerate(findings):
        if one.severity != "info" and set(new.about) & set(one.about):
            findings[at] = replace(one, follows=tuple(dict.fromkeys((*one.follows, new.message))))
            return True
    return False


def _by_cause(findings: Sequence[Finding]) -> list[Finding]:
    """What is not there answers every call alike: other answers than expected of one operation that are the same are
    one finding."""
    causes: dict[tuple[object, ...], Finding] = {}
    for one in sorted(in_order(findings), key=lambda one: not one.absent):
        key = (one.about, one.said) if one.code == "verify.answer_status" else (one.key,)
        first = causes.setdefault(key, one)
        if first is not one:
            causes[key] = replace(first, follows=(*first.follows, one.message))
    return list(causes.values())


def _finding(
    name: str, call: PlannedCall, endpoint: Endpoint, step: StepResult, validator: Validator
) -> Finding | None:
    written = f"{call.operation.method} {call.operation.path}"
    if step.fault == "status":
        return _status(name, call, step, written)
    schema = endpoint.responses.get(str(step.expected))
    if step.expected >= 400 or schema is None:
        return None
    faults = validator.faults(schema, step.answered)
    if not faults:
        return None
    shown = "; ".join(faults)[:_SHOWN]
    return Finding(
        code="verify.answer_body",
        severity="warning",
        thing=written,
        message=f"What {written} answers is not as described: {shown}.",
        said=shown,
        code_change="Answer as the design describes.",
        design_change="Describe what is answered.",
        design=call.spot,
        built=Spot(name, None, written),
        about=(call.thing,),
    )


def _status(name: str, call: PlannedCall, step: StepResult, written: str) -> Finding:
    gone = step.status in (405, 501) or (step.status == 404 and "{" not in call.operation.path)
    absent = gone and step.expected < 400
    return Finding(
        code="verify.answer_status",
        severity=_severity(step),
        thing=f"{written} {step.expected}",
        message=f"{written} answers {step.status}, and by the design {step.expected}.",
        said=str(step.status),
        code_change=f"Answer {step.expected} there.",
        design_change=f"Let it answer {step.status}.",
        design=call.spot,
        built=Spot(name, None, written),
        about=(call.thing,),
        absent=absent,
    )


def _severity(step: StepResult) -> Severity:
    """Another refusal, or another success, is less than one in place of the other."""
    if step.status // 100 != step.expected // 100:
        return "error"
    return "info" if {step.status, step.expected} in _ALIKE else "warning"
