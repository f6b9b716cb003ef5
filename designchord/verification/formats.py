"""A verification in the forms that people and other people's machines read: text, JSON, SARIF, JUnit, code quality."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from designchord import __version__
from designchord.notation.problems import Severity
from designchord.readers.reading import Remark
from designchord.readers.system import Spot
from designchord.verification.findings import Finding
from designchord.verification.standing import standings
from designchord.verification.verifying import Verification

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}
_QUALITY: Final[dict[Severity, str]] = {"error": "critical", "warning": "major", "info": "info"}
_GITHUB: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}
SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(verification: Verification) -> str:
    lines = [line for finding in verification.findings for line in _lines(finding)]
    lines += [f"{_place(remark)} not read: {remark.problem.message}" for remark in verification.remarks]
    return "\n".join(lines)


def _lines(finding: Finding) -> Iterator[str]:
    where = finding.built or finding.design
    yield f"{where} {finding.severity} {finding.code} {finding.message}"
    if finding.design and finding.built:
        yield f"    in the design: {finding.design}"
    if finding.note:
        yield f"    {finding.note}"
    for one in finding.follows:
        yield f"    also: {one}"
    yield f"    change the code: {finding.code_change}  or the design: {finding.design_change}"


def _place(remark: Remark) -> str:
    return f"{remark.name}:{remark.problem.line}" if remark.problem.line else remark.name


def as_json(verification: Verification) -> str:
    return json.dumps(to_dict(verification), ensure_ascii=False, indent=2)


def to_dict(verification: Verification) -> dict[str, Any]:
    return {
        "compared": dict(verification.compared),
        "counts": verification.counts,
        "findings": [finding.to_dict() for finding in verification.findings],
        "accepted": [finding.to_dict() for finding in verification.accepted],
        "things": [
            {"what": thing.what, "id": thing.id, "standing": standing}
            for thing, standing in standings(verification).items()
        ],
        "not_read": [
            {"file": one.name, "line": one.problem.line, "code": one.problem.code, "message": one.problem.message}
            for one in verification.remarks
        ],
    }


def as_sarif(verification: Verification) -> str:
    """SARIF 2.1.0, as GitHub's code scanning and others take it in."""
    codes = sorted({finding.code for finding in (*verification.findings, *verification.accepted)})
    results = [_result(one, codes) for one in verification.findings]
    results += [
        _result(one, codes) | {"suppressions": [{"kind": "external", "justification": one.note}]}
        for one in verification.accepted
    ]
    rules = [{"id": code, "shortDescription": {"text": code.partition(".")[2].replace("_", " ")}} for code in codes]
    driver = {"name": "designchord", "version": __version__, "semanticVersion": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    spots = [spot for spot in (finding.built, finding.design) if spot is not None]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {_mends(finding)}"},
        "locations": [_location(spots[0])],
        "partialFingerprints": {"designchord/v1": f"{finding.key}:{finding.facts}"},
    }
    if len(spots) > 1:
        result["relatedLocations"] = [_location(spots[1]) | {"id": 1, "message": {"text": "in the design"}}]
    return result


def _mends(finding: Finding) -> str:
    return f"Change the code: {finding.code_change} Or the design: {finding.design_change}"


def _location(spot: Spot) -> dict[str, Any]:
    address: dict[str, Any] = {"artifactLocation": {"uri": quote(spot.name)}}
    if spot.line:
        address["region"] = {"startLine": spot.line}
    return {"physicalLocation": address, "logicalLocations": [{"fullyQualifiedName": spot.item or spot.name}]}


def as_junit(verification: Verification) -> str:
    """JUnit's XML: a case for each finding, and one for each thing that was compared, so that a clean run shows one."""
    findings = verification.findings
    failing = [one for one in findings if one.severity != "info"]
    suite = ET.Element(
        "testsuite",
        name="designchord verify",
        tests=str(len(findings) + len(verification.compared)),
        failures=str(len(failing)),
        errors="0",
        skipped="0",
    )
    for what, count in verification.compared:
        ET.SubElement(suite, "testcase", classname="designchord", name=f"{count} {what} compared")
    for finding in findings:
        case = ET.SubElement(suite, "testcase", classname=finding.code, name=_xml(finding.thing))
        text = _xml("\n".join(_lines(finding)))
        if finding.severity == "info":
            ET.SubElement(case, "system-out").text = text
        else:
            ET.SubElement(case, "failure", type=finding.severity, message=_xml(finding.message)).text = text
    suites = ET.Element("testsuites", name="designchord verify")
    suites.append(suite)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _xml(text: str) -> str:
    """Without the characters that XML cannot hold at all."""
    return "".join(one for one in text if one in "\t\n" or (ord(one) >= 0x20 and not 0xD800 <= ord(one) <= 0xDFFF))


def as_codequality(verification: Verification) -> str:
    """The report that GitLab shows in merge requests."""
    items = []
    for finding in verification.findings:
        spot = finding.built or finding.design
        items.append(
            {
                "description": f"{finding.message} {_mends(finding)}",
                "check_name": finding.code,
                "fingerprint": finding.facts,
                "severity": _QUALITY[finding.severity],
                "location": {"path": spot.name if spot else "", "lines": {"begin": (spot.line if spot else 0) or 1}},
            }
        )
    return json.dumps(items, ensure_ascii=False, indent=2)


def as_github(verification: Verification) -> str:
    """Commands that GitHub Actions turns into annotations."""
    return "\n".join(_annotation(finding) for finding in verification.findings)


def _annotation(finding: Finding) -> str:
    spot = finding.built or finding.design
    where = f"file={_property(spot.name)},line={spot.line or 1}," if spot else ""
    text = f"{finding.message} {_mends(finding)}"
    message = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{_GITHUB[finding.severity]} {where}title={_property(finding.code)}::{message}"


def _property(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")


FORMATS: Final[dict[str, Callable[[Verification], str]]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "codequality": as_codequality,
    "github": as_github,
}
__all__ = ["FORMATS", "to_dict"]
