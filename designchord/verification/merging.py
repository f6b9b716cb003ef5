"""A field that is sent in several calls and shown in answers is one field: its differences have one cause. So have the
values of an enum that table and API have both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from designchord.readers.conventions import column_key
from designchord.verification.findings import Finding
from designchord.verification.plan import Plan
from designchord.verification.values import value_key

_BODY: Final = {
    "verify.body_missing": "missing",
    "verify.body_unknown": "unknown",
    "verify.body_renamed": "renamed",
}
_FIELD: Final = {
    "verify.field_missing": "missing",
    "verify.field_unknown": "unknown",
    "verify.field_renamed": "renamed",
}


def fields_once(plan: Plan, findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each field of an entity that is gone, or new, in all that is sent and shown; the rest follows."""
    entity_of = {call.thing: call.operation.entity or "" for call in plan.calls}
    told: list[Finding] = []
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        sense = (_BODY | _FIELD).get(one.code)
        entity = ""
        if sense is not None:
            entity = one.about[0].id if one.code in _FIELD else entity_of.get(one.about[0], "")
        if sense is not None and entity:
            groups.setdefault((sense, entity, column_key(one.attribute)), []).append(one)
        else:
            told.append(one)
    return told + [_merged(group) for group in groups.values()]


def _merged(group: list[Finding]) -> Finding:
    first, *others = sorted(group, key=lambda one: one.code not in _FIELD)
    if not others:
        return first
    about = dict.fromkeys(thing for one in group for thing in one.about)
    said = ";".join([first.said, *sorted(one.thing for one in others)])
    return replace(first, said=said, follows=tuple(one.thing for one in others), about=tuple(about))


def values_once(findings: Iterable[Finding]) -> list[Finding]:
    """The API's values of an attribute follow the table's, where both differ from the design in the same way."""
    told = list(findings)
    for kept in [one for one in told if one.code == "verify.enum_values"]:
        same = [one for one in told if one.code == "verify.field_values" and _say_the_same(one, kept)]
        for shown in same:
            told.remove(shown)
            told[told.index(kept)] = replace(kept, follows=(*kept.follows, _place(shown)))
    return told


def _say_the_same(shown: Finding, kept: Finding) -> bool:
    one, other = ({value_key(value) for value in finding.said.split(",")} for finding in (shown, kept))
    return shown.thing == kept.thing and one == other


def _place(finding: Finding) -> str:
    return finding.built.item if finding.built else finding.thing
