"""Plain requests for a change of a blueprint, in English and Korean, read by rules into operations.

A request is read whole or not at all: what is not plain needs a model, and that is said.
"""

from __future__ import annotations

import re
from typing import Any

from designchord.blueprint.changes import Operations
from designchord.blueprint.model import Blueprint
from designchord.drafter.requests.english import ENGLISH
from designchord.drafter.requests.korean import KOREAN, plain
from designchord.drafter.requests.writing import NotPlain, Writing
from designchord.errors import BadInput

#: More sentences in one request are no request.
_MOST = 50


def read_request(words: str, blueprint: Blueprint) -> Operations:
    """The operations that are plainly asked for. Raises ``BadInput``: ``needs_model`` where rules cannot tell what is
    meant, ``request_unknown`` and ``request_ambiguous`` where it is plain and no one thing answers to a name."""
    clauses = _clauses(words)
    if len(clauses) > _MOST:
        raise BadInput(f"A change is at most {_MOST} sentences.", code="too_large")
    writing = Writing(blueprint)
    operations: list[Any] = []
    for clause in clauses:
        found = _read(clause, writing)
        operations += found
        writing.carry_out(found)
    return tuple(operations)


def _read(clause: str, writing: Writing) -> list[Any]:
    korean = re.search("[가-힣]", clause) is not None
    told = plain(clause) if korean else _trimmed(clause)
    for pattern, write in (*KOREAN, *ENGLISH) if korean else ENGLISH:
        match = pattern.fullmatch(told)
        if match is not None:
            try:
                written = write(writing, match)
            except NotPlain:
                continue
            if written is not None:
                return list(written)
    raise BadInput(
        f"“{clause[:200]}” is no plain request that rules can read. Say one change a sentence (add, rename, remove, "
        "make required or unique, relate, only … may …), or choose a model for the design.",
        code="needs_model",
        clause=clause[:500],
    )


def _clauses(words: str) -> list[str]:
    """Sentences: by lines, semicolons, full stops."""
    parts = re.split(r"[\n;]+|(?<=[.!。])\s+", words)
    return [part for one in parts if (part := re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", one).strip(" \t.!。"))]


def _trimmed(clause: str) -> str:
    clause = re.sub(
        r"^(?:please|can you|could you|we (?:should|need to|want to)|let'?s|i want (?:you )?to)\s+",
        "",
        clause,
        flags=re.IGNORECASE,
    )
    return re.sub(r"\s+", " ", re.sub(r",?\s+please$|\?$", "", clause, flags=re.IGNORECASE)).strip()
