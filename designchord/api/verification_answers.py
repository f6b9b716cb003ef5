"""What is answered about what was built."""

from __future__ import annotations

from typing import Literal

from designchord.api.answers import Answer

Standing = Literal["exists", "differs", "missing", "unchecked"]


class Spot(Answer):
    file: str
    line: int | None
    item: str


class Difference(Answer):
    """Something that is otherwise than designed, with both places and both ways to mend it."""

    code: str
    severity: Literal["error", "warning", "info"]
    thing: str
    message: str
    facts: str
    change_the_code: str
    change_the_design: str
    design: Spot | None
    built: Spot | None
    follows: list[str]
    note: str


class VerificationSummary(Answer):
    """``counts`` has the findings by severity, those that are ``accepted``, and the things of the blueprint by how they
    stand. ``stale``: the blueprint is another today; ``blueprint`` is the number of the one that was verified, null
    where that is none of this design. ``not_read``: remarks about what could not be read; ``left_out``: findings beyond
    those that are kept."""

    number: int
    revision: str
    blueprint: int | None
    who: str
    compared: dict[str, int]
    counts: dict[str, int]
    not_read: int
    left_out: int
    created_at: str
    stale: bool


class BuiltName(Answer):
    what: Literal["entity", "operation"]
    id: str


class BuiltThing(BuiltName):
    standing: Standing


class BuiltRequirement(Answer):
    """A requirement with what is there for it, by how it stands; ``standing`` is the worst, null without any."""

    id: str
    standing: Standing | None
    exists: list[BuiltName]
    differs: list[BuiltName]
    missing: list[BuiltName]
    unchecked: list[BuiltName]


class Verification(VerificationSummary):
    findings: list[Difference]
    accepted: list[Difference]
    things: list[BuiltThing]
    requirements: list[BuiltRequirement]


class Verifications(Answer):
    """Newest first, the last one also as a whole."""

    items: list[VerificationSummary]
    last: Verification | None
