"""Data models that a text states as lists: entities with what they hold, under a heading or in a table that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from designchord.drafter import naming
from designchord.drafter.structure.given import Column, Table, entity_name
from designchord.ideas.page import Line, Page
from designchord.ideas.sections import is_wholly, says

# ``Order line (주문 상품): quantity, price`` or ``OrderLine - what is ordered``.
_DEFINED = re.compile(
    r"^(?P<name>[A-Z][A-Za-z0-9_]{1,30}(?: [A-Za-z]{2,20}){0,2})(?:\s*\((?P<label>[^()]{1,40})\))?"
    r"\s*(?:[:：]|\s[–—-])\s*(?P<rest>\S.*)$"
)
_NAMED = re.compile(r"^(?P<name>[A-Z][A-Za-z0-9_]{1,30}(?: [A-Za-z]{2,20})?)(?:\s*\((?P<label>[^()]{1,40})\))?$")
_IDENTIFIER = re.compile(r"^[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)*$|^[a-z]+(?:_[a-z]+)+$")
_FIELD = re.compile(
    r"^(?P<name>[A-Za-z][A-Za-z0-9_]*(?: [A-Za-z0-9]+){0,3})(?:\s*[:(-]\s*(?P<type>[A-Za-z0-9 ,)]{1,30}))?$"
)
_HEADER = re.compile(
    r"^(?:entit(?:y|ies)|tables?|models?|domain objects?|엔티티|테이블|모델|도메인 객체|エンティティ|テーブル|实体|表)"
    r"(?!\w)",
    re.IGNORECASE,
)
# Fewer than these are a remark, not a model.
_FEW = 2


def find_models(page: Page) -> list[Table]:
    """The entities of the lists and tables that state a data model, in the order of the page."""
    found: dict[str, Table] = {}
    lines = list(page.lines)
    for section in dict.fromkeys(
        line.section for line in lines if any(says("data", title) for title in line.section[-2:])
    ):
        inside = [line for line in lines if line.section == section and line.shape == "item"]
        depth = min((line.depth for line in inside), default=0)
        tables = [table for line in inside if line.depth == depth and (table := _defined(line, inside)) is not None]
        if len(tables) >= _FEW:
            for table in tables:
                found.setdefault(table.name, table)
    for line in lines:
        if line.shape == "row" and line.header and _HEADER.match(line.header[0]) and _IDENTIFIER.match(line.cells[0]):
            name = entity_name(line.cells[0])
            found.setdefault(name, Table(name, line.number, defined=True))
    return list(found.values())


def _defined(line: Line, inside: list[Line]) -> Table | None:
    below = list(_below(line, inside))
    match = _DEFINED.match(line.text) or (_NAMED.match(line.text.rstrip(":： ")) if below else None)
    if match is None or is_wholly("data", match.group("name")):
        return None
    table = Table(entity_name(match.group("name")), line.number, (match.group("label") or "").strip(), defined=True)
    if not table.name:
        return None
    rest = match.groupdict().get("rest") or ""
    texts = [row.text for row in below] or re.split(r"\s*[,、，]\s*", rest.rstrip(" ."))
    fields = [_FIELD.match(text.strip()) for text in texts]
    if len(fields) >= (1 if below else _FEW) and all(fields):
        for field in fields:
            if field is not None and (name := naming.snake(field.group("name"))):
                table.columns.append(Column(name))
    return table


def _below(line: Line, inside: list[Line]) -> Iterator[Line]:
    for row in inside[inside.index(line) + 1 :]:
        if row.depth <= line.depth:
            return
        yield row
