"""Ideas to measure with, one JSON object a line (``docs/evaluation.md``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.model import Brief
from designchord.errors import BadInput

#: One thing that is expected, by each name it may have.
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Idea:
    """One line of the file. Without gold there is nothing to compare names with; the rest is measured all the same."""

    id: str
    line: int
    brief: Brief
    entities: tuple[Names, ...] = ()
    operations: tuple[Names, ...] = ()


def read_ideas(text: str, name: str) -> tuple[Idea, ...]:
    """The ideas of a file called ``name``. Raises ``BadInput`` with the line that cannot be used, and why."""
    ideas: dict[str, Idea] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            idea = _idea(line, number)
        except BadInput as error:
            raise BadInput(f"{name}, line {number}: {error.message}", code="bad_line", line=number) from None
        if idea.id in ideas:
            message = f'{name}, line {number}: the id "{idea.id}" is that of line {ideas[idea.id].line} already.'
            raise BadInput(message, code="bad_line", line=number)
        ideas[idea.id] = idea
    if not ideas:
        raise BadInput(f"{name} holds no ideas: write one JSON object a line.", code="empty")
    return tuple(ideas.values())


def _idea(line: str, number: int) -> Idea:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("this is not JSON; each line is one whole JSON object.") from None
    if not isinstance(value, dict):
        raise BadInput("this is not a JSON object.")
    gold = _gold(value)
    given = value.get("id")
    if given is not None and (isinstance(given, bool) or not isinstance(given, str | int)):
        raise BadInput('"id" must be a text or a number.')
    identifier = str(given).strip() if given is not None else ""
    operations = _names(gold, "operations")
    for names in operations:
        for operation in names:
            if len(operation.split()) != 2 or not operation.split()[1].startswith("/"):
                raise BadInput(f'"{operation[:80]}" is no operation; write it like "GET /loans/{{id}}".')
    return Idea(identifier or f"line-{number}", number, _brief(value), _names(gold, "entities"), operations)


def _brief(value: Mapping[str, Any]) -> Brief:
    """The brief, from ``text`` as from an idea file; the other fields win over what it says."""
    title, content, requirements = read_idea(_text(value, "text"))
    title = _text(value, "title") or title
    content = _text(value, "content") or content
    requirements = _text(value, "requirements") or requirements
    if not (content or requirements or title):
        raise BadInput('there is no idea: give "text", or "title" and "content".')
    if not title:
        title = read_idea(content or requirements).title
    language = _text(value, "lang") or _text(value, "language")
    body = content or requirements or title
    return Brief(title, body, requirements, language or detect_language(f"{title}\n{body}\n{requirements}"))


def _text(value: Mapping[str, Any], field: str) -> str:
    found = value.get(field)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise BadInput(f'"{field}" must be a text.')
    return found.strip()


def _gold(value: Mapping[str, Any]) -> Mapping[str, Any]:
    label = value.get("label")
    gold = value.get("gold")
    if gold is None and isinstance(label, dict):
        gold = label.get("gold")
    if gold is None:
        return {}
    if not isinstance(gold, dict):
        raise BadInput('"gold" must be an object with "entities" or "operations".')
    return gold


def _names(gold: Mapping[str, Any], field: str) -> tuple[Names, ...]:
    found = gold.get(field)
    if found is None:
        return ()
    message = f'"{field}" of the gold must be a list of names; a list in it holds the names of one and the same thing.'
    if not isinstance(found, list):
        raise BadInput(message)
    listed = []
    for entry in found:
        names = entry if isinstance(entry, list) else [entry]
        if not names or not all(isinstance(name, str) and name.strip() for name in names):
            raise BadInput(message)
        listed.append(tuple(name.strip() for name in names))
    return tuple(listed)
