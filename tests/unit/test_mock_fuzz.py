"""Requests made up from a design's own description: the mock never fails and answers what the description allows."""

from __future__ import annotations

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
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)

    ask()
