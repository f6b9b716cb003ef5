"""Requests made up from the served description: no answer that it does not describe, and no failure of ours.

A few for each operation and always the same ones; more by hand: ``DESIGNCHORD_FUZZ=200 make fuzz``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from designchord.api.root import api
from tests.flows.people import serving_people, signed_in

PATIENT = list(HealthCheck)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = int(os.environ.get("DESIGNCHORD_FUZZ", "4"))


@dataclass(frozen=True)
class Served:
    """The description, and something that is really there: paths of ``erd`` and of one ``sequence``."""

    schema: Any
    real: dict[str, str]

    def aim(self, case: schemathesis.Case) -> None:
        """Ask for what is there; made-up ids would only ever be missing."""
        found = case.path_parameters
        if "design_id" in found:
            found["design_id"] = self.real["design_id"]
        if "kind" in found:
            found["kind"] = "sequence" if "part" in found else "erd"
        if "part" in found:
            found["part"] = self.real["part"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    limits = {"DESIGNCHORD_STARTS_PER_MINUTE": "1000000", "DESIGNCHORD_DESIGNS_IN_FLIGHT": "1000000"}
    home = tmp_path_factory.mktemp("home")
    with serving_people(home, "anna", **limits) as address, signed_in(address, "anna") as anna:
        design = anna.make()
        part = next(artifact["part"] for artifact in design["artifacts"] if artifact["kind"] == "sequence")
        bearer = {"Authorization": f"Bearer {anna.make_token()['text']}"}
        schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", headers=bearer)
        yield Served(schema, {"design_id": design["id"], "part": part})


def operations(*, fallible: bool = False) -> list[str]:
    """Every operation but the event stream, which has no end; ``fallible``: those that take more than ids."""
    described = dict(api.get_openapi_schema())["paths"]
    found = {operation["operationId"]: operation for path in described.values() for operation in path.values()}
    return sorted(
        name
        for name, operation in found.items()
        if name != "watchDesign"
        and (
            not fallible
            or "requestBody" in operation
            or any(parameter["in"] == "query" for parameter in operation.get("parameters", ()))
        )
    )


def ask_many(served: Served, operation_id: str, mode: GenerationMode, *, aimed: bool) -> None:
    operation = served.schema.find_operation_by_id(operation_id)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=PATIENT)
    def ask(case: schemathesis.Case) -> None:
        if aimed:
            served.aim(case)
        case.call_and_validate(checks=CHECKS)

    ask()


@pytest.mark.slow
@pytest.mark.parametrize("operation_id", operations())
def test_every_answer_is_described(served: Served, operation_id: str) -> None:
    ask_many(served, operation_id, GenerationMode.POSITIVE, aimed=operation_id != "deleteDesign")


@pytest.mark.slow
@pytest.mark.parametrize("operation_id", operations(fallible=True))
def test_every_answer_to_a_wrong_request_is_described(served: Served, operation_id: str) -> None:
    ask_many(served, operation_id, GenerationMode.NEGATIVE, aimed=False)
