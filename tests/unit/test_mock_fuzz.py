"""Requests made up from a design's own description: the mock never fails and answers what the description allows."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from designchord.rehearsal.mock import Mock
from designchord.rehearsal.serving import MockServer
from tests.unit.test_rehearsal import library, stage

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MADE = stage(library())
SCHEMA: Any = schemathesis.openapi.from_asgi("/openapi.json", MockServer(Mock(MADE, document_at="/openapi.json")))


@pytest.mark.parametrize("endpoint", MADE.description.endpoints, ids=lambda one: str(one.id))
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_whatever_is_asked_the_answer_is_one_that_the_api_describes(endpoint: Any, mode: GenerationMode) -> None:
    operation = SCHEMA[endpoint.template][endpoint.method]
    token = f"Bearer mock-{endpoint.roles[0] if endpoint.roles else 'Member'}"

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=12, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)

    ask()


def linked() -> Any:
    """The API with what leads from a row that was made to the calls about it, as links that a state machine follows."""
    document = deepcopy(MADE.document)
    deeds = MADE.acting.deeds.values()
    for made in deeds:
        if made.act != "create" or made.table is None:
            continue
        links = {}
        for deed in deeds:
            keys = [name for name, column in deed.bound.items() if column in made.table.primary_key]
            if deed.table is made.table and keys:
                parameters = dict.fromkeys(keys, "$response.body#/id")
                links[deed.endpoint.id] = {"operationId": deed.endpoint.id, "parameters": parameters}
        operation = document["paths"][made.endpoint.template][made.endpoint.method.lower()]
        operation["responses"][str(made.endpoint.success)]["links"] = links
    return document


def test_whatever_is_done_one_after_another_the_answers_are_those_that_the_api_describes() -> None:
    document = linked()
    played = replace(MADE, document=document)
    asked: Counter[tuple[str, int]] = Counter()
    served = Mock(played, document_at="/openapi.json")
    machine: Any = schemathesis.openapi.from_asgi("/openapi.json", MockServer(served)).as_state_machine()

    class Workflow(machine):  # type: ignore[misc]
        def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
            roles = MADE.description.by_id[case.operation.definition.raw["operationId"]].roles
            return {"headers": {"Authorization": f"Bearer mock-{roles[0] if roles else 'Member'}"}}

        def validate_response(self, response: Any, case: schemathesis.Case, *_: Any, **kwargs: Any) -> None:
            asked[case.operation.definition.raw["operationId"], response.status_code] += 1
            case.validate_response(response, checks=CHECKS, transport_kwargs=kwargs)

    with closing(served):
        Workflow.run(
            settings=settings(
                max_examples=10,
                stateful_step_count=8,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
            )
        )
    assert any(status < 300 and "{" in MADE.description.by_id[name].template for name, status in asked), asked
