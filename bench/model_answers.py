"""What the model server answers: plausible, consistent artifacts made from the messages by the offline drafter.

It reads the messages as a model would: the idea and the blueprint stand between marked lines, the instruction after
them says what is asked for.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_ENCLOSED = r"\[{name} (\w+) begins\]\n(.*?)\n\[{name} \1 ends\]"
_IDEA = re.compile(_ENCLOSED.format(name="idea"), re.DOTALL)
_BLUEPRINT = re.compile(_ENCLOSED.format(name="blueprint"), re.DOTALL)
_LANGUAGE = re.compile(r"^Output language: (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a conversation asks for. ``kind`` is ``blueprint``, a kind's name, or ``other``; ``turn`` counts from 1."""

    kind: str
    idea: str
    blueprint: str
    instruction: str
    language: str
    turn: int


def understand(messages: Sequence[dict[str, Any]]) -> Asked:
    """Find out what is asked for, from the first question; later turns are re-asks of the same."""
    texts = [str(message.get("content") or "") for message in messages if message.get("role") == "user"]
    first = texts[0] if texts else ""
    idea, blueprint = _IDEA.search(first), _BLUEPRINT.search(first)
    after = max((match.end() for match in (idea, blueprint) if match), default=0)
    instruction = first[after:].strip()
    language = _LANGUAGE.search(first)
    return Asked(
        kind=_kind(instruction, blueprint is not None),
        idea=idea.group(2) if idea else first,
        blueprint=blueprint.group(2) if blueprint else "",
        instruction=instruction,
        language="ko" if language and language.group(1).startswith(("Korean", "한국")) else "en",
        turn=len(texts),
    )


def answer(asked: Asked) -> str:
    """The text that a good model would give."""
    if asked.kind == "blueprint":
        return _draft(asked.idea, asked.language)
    if asked.kind == "other":
        return "Ready."
    return _elaborate(asked.kind, asked.blueprint, asked.instruction)


def _kind(instruction: str, has_blueprint: bool) -> str:
    if not has_blueprint:
        return "blueprint" if "blueprint" in instruction.lower() else "other"
    head = instruction[:600]
    marks = {"sequence": "sequenceDiagram", "erd": "erDiagram"}
    for kind, mark in marks.items():
        if mark in instruction and not any(other in head for other in marks.values() if other != mark):
            return kind
    return "api" if re.search(r"\bAPI\b", head) else "document"


@lru_cache(maxsize=4096)
def _draft(idea: str, language: str) -> str:
    draft = _offline("designchord.blueprint.offline", "draft")
    if draft is None:
        return _FIXED["blueprint"]
    from designchord.blueprint.model import Brief

    title = re.match(r"Title: (.*)", idea)
    content, _, requirements = idea.partition("\n\nRequirements:\n\n")
    brief = Brief(
        title=title.group(1) if title else "Untitled",
        content=content.partition("\n\n")[2] or content,
        requirements=requirements,
        language=language,
    )
    text: str = draft(brief).model_dump_json(exclude_defaults=True)
    return text


@lru_cache(maxsize=4096)
def _elaborate(kind: str, blueprint_json: str, instruction: str) -> str:
    kinds = _offline("designchord.kinds.registry", "KINDS")
    read = _offline("designchord.blueprint.model", "Blueprint").model_validate_json
    if kinds is None:
        return _FIXED[kind]
    blueprint = read(blueprint_json)
    parts = kinds[kind].parts(blueprint)
    named = [part for part in parts if part.key and (part.key in instruction or part.title in instruction)]
    part = max(named, key=lambda part: len(part.key)) if named else parts[0]
    text: str = kinds[kind].skeleton(blueprint, part)
    return f"```mermaid\n{text.strip()}\n```" if kind in ("sequence", "erd") else text


def _offline(module: str, name: str) -> Any:
    try:
        return getattr(importlib.import_module(module), name, None)
    except ModuleNotFoundError:
        return None


_FIXED = {
    "blueprint": (
        '{"title":"Library","summary":"Lends books","actors":[{"id":"Member","label":"Member"}],'
        '"requirements":[{"id":"R1","text":"A member can borrow a book."}],'
        '"entities":[{"name":"Book","label":"Book","attributes":[{"name":"id","type":"uuid","key":"primary"},'
        '{"name":"title","type":"string"}]},{"name":"Loan","label":"Loan","attributes":['
        '{"name":"id","type":"uuid","key":"primary"},'
        '{"name":"book_id","type":"uuid","key":"foreign","references":"Book"}]}],'
        '"relations":[{"source":"Book","target":"Loan","cardinality":"one_to_many"}],'
        '"operations":[{"id":"createLoan","method":"POST","path":"/loans","summary":"Borrow","entity":"Loan",'
        '"request":["book_id"],"requirements":["R1"]}],'
        '"scenarios":[{"id":"borrow-book","title":"Borrow a book","actor":"Member","steps":['
        '{"source":"Member","target":"System","message":"Borrow","operation":"createLoan"},'
        '{"source":"System","target":"Member","message":"Loan","kind":"reply"}],"requirements":["R1"]}]}'
    ),
    "sequence": "```mermaid\nsequenceDiagram\n  actor Member\n  participant System\n  Member->>System: POST /loans\n"
    "  System-->>Member: 201 Loan\n```",
    "erd": "```mermaid\nerDiagram\n  Book ||--o{ Loan : has\n  Book {\n    uuid id PK\n    string title\n  }\n"
    "  Loan {\n    uuid id PK\n    uuid book_id FK\n  }\n```",
    "document": "# Library\n\n## Purpose\n\nLends books.\n\n## Functional requirements\n\n- R1: A member can borrow.\n",
    "api": "# Loans\n\nPOST /loans createLoan: Borrow\n",
}
