"""Findings that a team has accepted, in a file of its own repository: with a reason, by whom, and until when.

    accepted:
      - finding: verify.column_unknown loans.legacy_code
        facts: 3f9a1c0d2b7e
        reason: the old importer still writes it
        by: kim
        until: 2027-03-31

``facts`` is the fingerprint of what both sides said then: when that changes, the finding is back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import yaml

from designchord.errors import BadInput
from designchord.verification.findings import Finding
from designchord.verification.verifying import Verification

FILE: Final = "designchord-accepted.yaml"
MAX_CHARS: Final = 1_000_000
_FIELDS: Final = ("finding", "facts", "reason", "by", "until")


@dataclass(frozen=True, slots=True)
class Acceptance:
    finding: str
    facts: str
    reason: str
    by: str
    until: date | None = None

    def plain(self) -> dict[str, Any]:
        told = {"finding": self.finding, "facts": self.facts, "reason": self.reason, "by": self.by}
        return told | ({"until": self.until} if self.until else {})


def read(text: str, name: str = FILE) -> tuple[Acceptance, ...]:
    """The acceptances of a file; ``BadInput`` says which of them cannot be used."""
    if len(text) > MAX_CHARS:
        raise BadInput(f"{name} has more than {MAX_CHARS:,} characters.", code="accepted_file")
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise BadInput(f"{name} is not YAML.", code="accepted_file") from None
    listed = value.get("accepted") if isinstance(value, dict) else None if value is not None else []
    if not isinstance(listed, list):
        raise BadInput(f"{name} must hold a list `accepted:`.", code="accepted_file")
    return tuple(_acceptance(one, at, name) for at, one in enumerate(listed, 1))


def _acceptance(value: Any, at: int, name: str) -> Acceptance:
    if not isinstance(value, dict) or set(value) - set(_FIELDS):
        raise BadInput(f"{name}, entry {at}: it has {', '.join(_FIELDS)} and nothing else.", code="accepted_file")
    missing = [field for field in ("finding", "facts", "reason", "by") if not str(value.get(field) or "").strip()]
    if missing:
        raise BadInput(f"{name}, entry {at}: {', '.join(missing)} is missing.", code="accepted_file")
    until = value.get("until")
    if until is not None and type(until) is not date:
        raise BadInput(f"{name}, entry {at}: until is a date like 2027-03-31.", code="accepted_file")
    finding, facts, reason, by = (str(value[field]).strip() for field in _FIELDS[:4])
    return Acceptance(finding, facts, reason, by, until)


def write(acceptances: Sequence[Acceptance]) -> str:
    plain = {"accepted": [one.plain() for one in acceptances]}
    head = (
        "# Differences between the design and the system that are known and wanted. See `designchord verify --help`.\n"
    )
    return head + yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=120)


def accept(verification: Verification, acceptances: Sequence[Acceptance], today: date) -> Verification:
    """Take accepted findings out; one whose facts have changed, or whose time is over, is back and says so."""
    known = {one.finding: one for one in acceptances}
    left: list[Finding] = []
    accepted: list[Finding] = []
    for finding in verification.findings:
        one = known.get(finding.key)
        if one is None:
            left.append(finding)
        elif one.facts != finding.facts:
            left.append(replace(finding, note=f"{one.by} accepted it when it was something else: {one.reason}"))
        elif one.until is not None and one.until < today:
            left.append(replace(finding, note=f"{one.by} accepted it until {one.until}: {one.reason}"))
        else:
            accepted.append(replace(finding, note=f"accepted by {one.by}: {one.reason}"))
    return replace(verification, findings=tuple(left), accepted=tuple(accepted))


def spent(verification: Verification, acceptances: Sequence[Acceptance]) -> tuple[str, ...]:
    """Acceptances of findings that are there no more."""
    there = {one.key for one in (*verification.findings, *verification.accepted)}
    return tuple(one.finding for one in acceptances if one.finding not in there)
