"""The whole check of an OpenAPI document: reading, metaschema, rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from designchord.notation.openapi.findings import Finding, place
from designchord.notation.openapi.reading import Document, read
from designchord.notation.openapi.rules import find_rule_errors
from designchord.notation.problems import Problem

MAX_PROBLEMS = 200
#: Rules that say what is wrong where the metaschema only says that something is.
_CLEARER = ("openapi.exclusive", "openapi.duplicate_tag")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``version`` is ``2.0``, ``3.0``, ``3.1``, or empty when it could not be told."""

    document: Document
    version: str
    problems: tuple[Problem, ...]


def check(text: str) -> Checked:
    """Everything that is wrong with a document. Fetches nothing; bounded by the limits of reading."""
    return check_document(read(text))


def check_document(document: Document) -> Checked:
    """The same for a document that was read."""
    value = document.value
    if value is None:
        return Checked(document, "", document.problems)
    version, findings = _version(value)
    if version:
        # Loading the validator takes longer than importing the rest: not for those who only read.
        from designchord.notation.openapi.metaschema import find_schema_errors

        rules = find_rule_errors(value, version)
        said = {finding.path for finding in findings}
        clear = {finding.path[:-1] for finding in rules if finding.code in _CLEARER}
        findings += [
            finding
            for finding in find_schema_errors(value, version)
            if finding.path not in said | clear
            and not (finding.code == "openapi.unknown_property" and finding.path[:-1] in clear)
        ]
        findings += rules
    placed = place(findings[:MAX_PROBLEMS], document)
    problems = sorted((*document.problems, *placed), key=lambda problem: problem.line or 0)
    return Checked(document, version, tuple(problems))


def _version(value: dict[str, Any]) -> tuple[str, list[Finding]]:
    """The version whose rules hold, and what is wrong with how it is written."""
    key = "openapi" if "openapi" in value else "swagger"
    written = value.get(key)
    if written is None:
        message = "The document does not say which version of OpenAPI it is written in."
        return "", [Finding("openapi.version", "error", (), message, 'Begin with `openapi: "3.1.0"`.')]
    version = _supported(key, str(written))
    if not version and re.fullmatch(r"3\.([2-9]|[1-9]\d)(\.\d+)?", str(written)):
        message = f"The document is written in OpenAPI {written}, whose rules are not known here; it was not checked."
        hint = "2.0, 3.0 and 3.1 are checked."
        return "", [Finding("openapi.newer_version", "error", (key,), message, hint)]
    if not version:
        message = f"The version `{str(written)[:40]}` is not one that can be checked (2.0, 3.0.x, 3.1.x)."
        return "", [Finding("openapi.version", "error", (key,), message, 'Write `openapi: "3.1.0"`.')]
    if not isinstance(written, str):
        full = "2.0" if key == "swagger" else f"{version}.0"
        message = "The version must be a text, but is a number."
        return version, [Finding("openapi.version", "error", (key,), message, f'Write `{key}: "{full}"`.')]
    return version, []


def _supported(key: str, written: str) -> str:
    if key == "swagger":
        return "2.0" if written == "2.0" else ""
    match = re.match(r"(3\.[01])(?:\.\d+.*)?\Z", written, re.DOTALL)
    return match[1] if match else ""
