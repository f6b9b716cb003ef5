"""A design held against what was built of it: the database by its tables, the API by its operations and fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from designchord.notation.problems import Severity
from designchord.readers.reading import Remark
from designchord.readers.system import System
from designchord.verification.fields import verify_fields
from designchord.verification.findings import Finding, Thing
from designchord.verification.merging import fields_once, values_once
from designchord.verification.operations import verify_operations
from designchord.verification.plan import Plan
from designchord.verification.tables import verify_tables

ORDER: Final[dict[Severity, int]] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Verification:
    """``compared`` says what was looked at, ``remarks`` what of it could not be read. Errors come first.

    ``seen`` are the things of the design that were looked for, ``unseen`` those that were not.
    """

    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...] = ()
    compared: tuple[tuple[str, int], ...] = ()
    accepted: tuple[Finding, ...] = ()
    seen: tuple[Thing, ...] = ()
    unseen: tuple[Thing, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {severity: sum(one.severity == severity for one in self.findings) for severity in ORDER}


def verify(plan: Plan, system: System) -> Verification:
    """Everything by which a system differs from its design. Pure, and the same for the same inputs."""
    findings: list[Finding] = []
    compared: list[tuple[str, int]] = []
    entities, operations = [one.thing for one in plan.entities], [one.thing for one in plan.calls]
    if system.stored:
        compared.append(("tables", len(system.all_tables)))
        findings += verify_tables(plan, system)
    if system.has_api:
        compared.append(("operations", len(system.calls)))
        findings += fields_once(plan, [*verify_operations(plan, system), *verify_fields(plan, system)])
    seen = [*(entities if system.stored else ()), *(operations if system.has_api else ())]
    unseen = [*(() if system.stored else entities), *(() if system.has_api else operations)]
    told = in_order(values_once(findings))
    return Verification(told, system.remarks, tuple(compared), (), tuple(seen), tuple(unseen))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings, each once, the worst first."""
    unique: dict[str, Finding] = {}
    for one in findings:
        unique.setdefault(one.key, one)
    return tuple(sorted(unique.values(), key=lambda one: (ORDER[one.severity], one.code, one.thing)))
