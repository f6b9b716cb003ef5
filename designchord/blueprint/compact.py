"""The short lines in which a model writes a blueprint, each read into the fields of its model.

    Member external: label                         an actor
    R1 must quality: the author's words            a requirement
    due_on: date? unique | label                   an attribute
    Member 1--n Loan | label                       a relation
    POST /loans                                    an operation's call
    Member -> System: message [createLoan]         a scenario's step

A line that does not fit gives ``None``; the caller says so. Nothing here judges names or types.
"""

from __future__ import annotations

import re
from typing import Any

Fields = dict[str, Any]

_ACTOR = re.compile(r"\s*([^:|]+?)(?:\s+\(?(person|external)\)?)?\s*(?:[:|]\s*(.*))?", re.DOTALL)
_REQUIREMENT = re.compile(r"\s*((?:[A-Za-z]{1,4}[-_ ]?)?[0-9]{1,4})((?:[\s,]+[A-Za-z-]+)*)\s*[:.)]\s*(.+)", re.DOTALL)
_ATTRIBUTE = re.compile(r"\s*([^:|\s]+)\s*(?::\s*([^|]*))?(?:\|\s*(.*))?", re.DOTALL)
_TYPE = re.compile(r"\s*([A-Za-z_]+)\s*(?:[(\[{]([^)\]}]*)[)\]}])?(.*)", re.DOTALL)
_RELATION = re.compile(
    r"\s*(\w[\w ]*?)\s+([01nNmM*.|o{}]+\s*(?:--|\.\.|-|:|to)\s*[01nNmM*.|o{}]+)\s+(\w[\w ]*?)\s*(?:[:|]\s*(.*))?"
)
_CALL = re.compile(r"\s*([A-Za-z]+)\s+(/\S*)\s*")
_STEP = re.compile(
    r"\s*(\w[\w ]*?)\s*(-?->>?|-->>?|=>|→|⇢)\s*(\w[\w ]*?)\s*:\s*(.*?)\s*(?:\[\s*(\w+)(?:\(\))?\s*\])?\s*", re.DOTALL
)


def read_actor(line: str) -> Fields | None:
    match = _ACTOR.fullmatch(line)
    if match is None:
        return None
    name, kind, label = match.groups()
    return {"id": name, "kind": kind, "label": label or name}


def read_requirement(line: str) -> Fields | None:
    match = _REQUIREMENT.fullmatch(line)
    if match is None:
        return None
    fields: Fields = {"id": match[1], "text": match[3]}
    for word in re.findall(r"[a-z-]+", match[2].lower()):
        fields["kind" if word in _REQUIREMENT_KINDS else "priority"] = word
    return fields


_REQUIREMENT_KINDS = {"functional", "quality", "constraint", "non-functional", "nonfunctional"}


def read_attribute(line: str) -> Fields | None:
    match = _ATTRIBUTE.fullmatch(line)
    if match is None:
        return None
    fields: Fields = {"name": match[1].rstrip("?!"), "label": match[3] or ""}
    described = _TYPE.fullmatch(match[2] or "")
    if described is None:
        return fields
    fields["type"] = described[1]
    if described[2] and "enum" in described[1].lower():
        fields["values"] = [value.strip(" '\"") for value in re.split(r"[,|/]", described[2]) if value.strip(" '\"")]
    rest = described[3]
    fields["required"] = "?" not in rest and not match[1].endswith("?")
    fields["unique"] = bool(re.search(r"\b(unique|uk)\b", rest, re.IGNORECASE))
    primary = re.search(r"\b(pk|primary)\b", rest, re.IGNORECASE)
    foreign = re.search(r"(?:\bfk\b|\bforeign\b|\breferences\b|->)\s*(?:key\s*)?\(?([A-Za-z]\w*)?", rest, re.IGNORECASE)
    if foreign:
        fields["key"] = "primary_foreign" if primary else "foreign"
        fields["references"] = foreign[1]
    elif primary:
        fields["key"] = "primary"
    return fields


def read_relation(line: str) -> Fields | None:
    match = _RELATION.fullmatch(line)
    if match is None:
        return None
    return {"source": match[1], "cardinality": match[2], "target": match[3], "label": match[4] or ""}


def read_call(line: str) -> Fields | None:
    match = _CALL.fullmatch(line)
    return {"method": match[1], "path": match[2]} if match else None


def read_step(line: str) -> Fields | None:
    match = _STEP.fullmatch(line)
    if match is None:
        return None
    source, arrow, target, message, operation = match.groups()
    reply = arrow.startswith("--") or arrow == "⇢"
    return {
        "source": source,
        "target": target,
        "message": message or operation or "…",
        "kind": "reply" if reply else "self" if source == target else "call",
        "operation": operation,
    }
