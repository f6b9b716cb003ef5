"""The short lines in which a model writes a blueprint, each read into the fields of its model.

    Member external: label                         an actor
    R1 must quality: the author's words            a requirement; without words, one that is numbered already
    due_on: date? unique | label                   an attribute
    Member 1--n Loan | label                       a relation
    POST /loans                                    an operation's call
    getTool createLoan R3 | title                  a story: its calls, and what it meets beyond them
    Member -> System: message [createLoan]         a scenario's step
    when reason | System --> Member: message       a step of a branch

A line that does not fit gives ``None``; the caller says so. Nothing here judges names or types.
"""

from __future__ import annotations

import re
from typing import Any

from designchord.blueprint.vocabulary import PRIORITIES, REQUIREMENT_KINDS

Fields = dict[str, Any]

_REQUIREMENT = re.compile(
    r"\s*((?:[A-Za-z]{1,4}[-_ ]?)?[0-9]{1,4})((?:[\s,]+[A-Za-z-]+)*)\s*(?:[:.)]\s*(.+)?)?", re.DOTALL
)
_ATTRIBUTE = re.compile(r"\s*([^:|\s]+)\s*(?::\s*([^|]*))?(?:\|\s*(.*))?", re.DOTALL)
_TYPE = re.compile(r"\s*([A-Za-z_]+)\s*(?:[(\[{]([^)\]}]*)[)\]}])?(.*)", re.DOTALL)
# The signs between two names; the names are what stands on either side.
_CARDINALITY = re.compile(r"\s([01nNmM*.|o{}]{1,6} ?(?:--|\.\.|-|:|to) ?[01nNmM*.|o{}]{1,6})\s")
_ARROW = re.compile(r"-->>?|->>?|=>|→|⇢")
_OPERATION = re.compile(r"\[\s*(\w+)(?:\(\))?\s*\]\s*$")
_BRANCH = re.compile(r"\s*when\s*:?\s+([^|]+?)\s*\|\s*(.+)", re.DOTALL | re.IGNORECASE)
_CALL = re.compile(r"\s*([A-Za-z]+)\s+(/\S*)\s*")


def read_actor(line: str) -> Fields | None:
    name, label = _split_label(line)
    words = name.replace("(", " ").replace(")", " ").split()
    kind = words.pop().lower() if len(words) > 1 and words[-1].lower() in ("person", "external") else None
    if not words:
        return None
    return {"id": " ".join(words), "kind": kind, "label": label or " ".join(words)}


def read_requirement(line: str) -> Fields | None:
    match = _REQUIREMENT.fullmatch(line)
    if match is None:
        return None
    words = re.findall(r"[a-z-]+", match[2].lower())
    if not match[3] and not all(_plain(word) in PRIORITIES or _plain(word) in REQUIREMENT_KINDS for word in words):
        return None
    fields: Fields = {"id": match[1], "text": match[3] or ""}
    for word in words:
        fields["kind" if _plain(word) in REQUIREMENT_KINDS else "priority"] = word
    return fields


def _plain(word: str) -> str:
    return word.replace("-", "")


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
    signs = _CARDINALITY.search(line)
    if signs is None:
        return None
    target, label = _split_label(line[signs.end() :])
    source = line[: signs.start()].strip()
    if not _is_name(source) or not _is_name(target):
        return None
    return {"source": source, "cardinality": signs[1], "target": target, "label": label}


def read_call(line: str) -> Fields | None:
    match = _CALL.fullmatch(line)
    return {"method": match[1], "path": match[2]} if match else None


def read_story(line: str) -> Fields:
    words, _, title = line.partition("|")
    return {"words": re.findall(r"[^\s,]+", words), "title": title.strip()}


def read_step(line: str) -> Fields | None:
    branch = _BRANCH.match(line)
    if branch is not None:
        fields = read_step(branch[2])
        return fields and {**fields, "when": branch[1]}
    arrow = _ARROW.search(line)
    if arrow is None:
        return None
    source = line[: arrow.start()].strip()
    target, message = _split_label(line[arrow.end() :])
    if not _is_name(source) or not _is_name(target):
        return None
    operation = _OPERATION.search(message)
    if operation:
        message = message[: operation.start()].rstrip()
    reply = arrow[0].startswith("--") or arrow[0] == "⇢"
    name = operation[1] if operation else None
    return {
        "source": source,
        "target": target,
        "message": message or name or "…",
        "kind": "reply" if reply else "self" if source == target else "call",
        "operation": name,
    }


def _split_label(text: str) -> tuple[str, str]:
    """What stands before the first ``:`` or ``|``, and what after it."""
    name, *label = re.split(r"[:|]", text, maxsplit=1)
    return name.strip(), "".join(label).strip()


def _is_name(text: str) -> bool:
    return bool(text) and len(text) <= 100 and re.fullmatch(r"[\w \-]+", text) is not None
