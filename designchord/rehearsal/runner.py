"""Plays Arazzo documents against a server: each step's call, its criteria, its outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from designchord.rehearsal.budget import NO_TIME, Spent, never
from designchord.rehearsal.described import Description, Endpoint
from designchord.rehearsal.mock import Answer

#: Method, target (path and query), headers in lower case, body.
Transport = Callable[[str, str, Mapping[str, str], bytes | None], Answer]
_EMBEDDED: Final = re.compile(r"\{(\$[^{}]+)\}")
_CONDITION: Final = re.compile(r"\$statusCode == ([0-9]{3})")
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step asked and was answered. ``fault`` is empty where it went as told: else a code of the messages."""

    step: str
    operation: str
    description: str
    method: str = ""
    target: str = ""
    sent: Any = None
    status: int = 0
    answered: Any = None
    expected: int = 0
    fault: str = ""
    detail: str = ""

    def to_dict(self) -> dict[str, Any]:
        told = {
            "step": self.step,
            "operation": self.operation,
            "description": self.description,
            "request": f"{self.method} {self.target}"[:_LONGEST] if self.method else "",
            "sent": _short(self.sent),
            "status": self.status,
            "expected": self.expected,
            "answered": _short(self.answered),
            "fault": self.fault,
            "detail": self.detail[:_LONGEST],
        }
        return {name: value for name, value in told.items() if value not in ("", None, 0)}


@dataclass(frozen=True, slots=True)
class WorkflowResult:
    workflow: str
    summary: str
    asked_for: bool
    steps: tuple[StepResult, ...]

    @property
    def ran(self) -> bool:
        return bool(self.steps) and not any(step.fault for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        return {
            "workflow": self.workflow,
            "summary": self.summary,
            "ran": self.ran,
            "asked_for": self.asked_for,
            "steps": [step.to_dict() for step in self.steps],
        }


def _short(value: Any) -> Any:
    """A body as it was, or its beginning where it is long."""
    if value is None:
        return None
    written = json.dumps(value, ensure_ascii=False)
    return value if len(written) <= _LONGEST else written[:_LONGEST] + "…"


class _Unresolved(Exception):
    """An expression that leads nowhere."""


class Runner:
    """Plays workflows of one API. ``inputs`` stand before the defaults of a workflow; ``spent`` ends it between two
    steps."""

    def __init__(
        self,
        description: Description,
        send: Transport,
        inputs: Mapping[str, str] | None = None,
        spent: Spent = never,
    ) -> None:
        self._description = description
        self._send = send
        self._inputs = dict(inputs or {})
        self._spent = spent

    def run(self, workflow: Mapping[str, Any]) -> WorkflowResult:
        """Play a workflow until a step fails."""
        properties = ((workflow.get("inputs") or {}).get("properties") or {}).items()
        inputs = {name: one.get("default", "") for name, one in properties} | self._inputs
        outputs: dict[str, dict[str, Any]] = {}
        results = []
        for step in workflow.get("steps") or ():
            result, given = self._step(step, inputs, outputs)
            results.append(result)
            if result.fault:
                break
            outputs[step["stepId"]] = given
        return WorkflowResult(
            str(workflow.get("workflowId")),
            str(workflow.get("summary") or ""),
            bool(workflow.get("x-asked-for")),
            tuple(results),
        )

    def _step(
        self, step: Mapping[str, Any], inputs: Mapping[str, Any], outputs: Mapping[str, Mapping[str, Any]]
    ) -> tuple[StepResult, dict[str, Any]]:
        begun = StepResult(str(step.get("stepId")), str(step.get("operationId")), str(step.get("description") or ""))
        if self._spent():
            return _with(begun, fault=NO_TIME), {}
        endpoint = self._description.by_id.get(begun.operation)
        if endpoint is None:
            return _with(begun, fault="no_operation", detail=begun.operation), {}

        def value_of(written: Any) -> Any:
            return _resolved(written, inputs, outputs)

        try:
            target, headers, body = _request(step, endpoint, value_of)
        except _Unresolved as unresolved:
            return _with(begun, fault="no_output", detail=str(unresolved)), {}
        expected = next(
            (
                int(found[1])
                for one in step.get("successCriteria") or ()
                if (found := _CONDITION.fullmatch(str(one.get("condition", "")).strip()))
            ),
            endpoint.success,
        )
        answer = self._send(endpoint.method, target, headers, None if body is None else json.dumps(body).encode())
        asked = _with(
            begun, method=endpoint.method, target=target, sent=body, status=answer.status, answered=answer.body,
            expected=expected,
        )  # fmt: skip
        if answer.status != expected:
            return _with(asked, fault="status", detail=_message(answer.body)), {}
        given = {}
        for name, expression in (step.get("outputs") or {}).items():
            pointer = str(expression).partition("#")[2]
            try:
                given[name] = _pointed(answer.body, pointer)
            except _Unresolved:
                return _with(asked, fault="no_field", detail=pointer.lstrip("/")), {}
        return asked, given


def _with(result: StepResult, **changes: Any) -> StepResult:
    return replace(result, **changes)


def _request(
    step: Mapping[str, Any], endpoint: Endpoint, value_of: Callable[[Any], Any]
) -> tuple[str, dict[str, str], Any]:
    path, query = endpoint.template, {}
    headers = {"accept": "application/json"}
    for parameter in step.get("parameters") or ():
        name, place, value = parameter["name"], parameter["in"], value_of(parameter["value"])
        if place == "path":
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        elif place == "query":
            query[name] = value
        elif place == "header":
            headers[name.lower()] = str(value)
    body = None
    if "requestBody" in step:
        body = value_of(step["requestBody"].get("payload"))
        headers["content-type"] = str(step["requestBody"].get("contentType") or "application/json")
    return path + (f"?{urlencode(query)}" if query else ""), headers, body


def _resolved(written: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(written, dict):
        return {name: _resolved(value, inputs, outputs) for name, value in written.items()}
    if isinstance(written, list):
        return [_resolved(value, inputs, outputs) for value in written]
    if not isinstance(written, str):
        return written
    if written.startswith("$"):
        return _evaluated(written, inputs, outputs)
    return _EMBEDDED.sub(lambda found: str(_evaluated(found[1], inputs, outputs)), written)


def _evaluated(expression: str, inputs: Mapping[str, Any], outputs: Mapping[str, Mapping[str, Any]]) -> Any:
    parts = expression.split(".")
    if parts[0] == "$inputs" and len(parts) == 2 and parts[1] in inputs:
        return inputs[parts[1]]
    if parts[0] == "$steps" and len(parts) == 4 and parts[3] in outputs.get(parts[1], {}):
        return outputs[parts[1]][parts[3]]
    if parts[0] in ("$inputs", "$steps"):
        raise _Unresolved(expression)
    return expression


def _pointed(value: Any, pointer: str) -> Any:
    for part in pointer.strip("/").split("/"):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise _Unresolved(pointer)
    if value is None:
        raise _Unresolved(pointer)
    return value


def _message(body: Any) -> str:
    return str(body.get("message") or body.get("detail") or "") if isinstance(body, dict) else ""
