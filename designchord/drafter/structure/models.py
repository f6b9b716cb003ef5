"""Data models that a text states as lists: entities with what they hold, under a heading or in a table that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from designchord.blueprint.model import AttributeType
from designchord.drafter.structure.given import Column, Table, entity_name, is_route, type_of
from designchord.ideas.page import Line, Page
from designchord.ideas.sections import is_aside, is_wholly, states_data
from designchord.language import naming

# ``Order line (주문 상품): quantity, price``, ``회원: 이름, 이메일`` or ``OrderLine - what is ordered``.
_NAME = r"(?P<name>[A-Z][A-Za-z0-9_]{1,30}(?: [A-Za-z]{2,20}){0,2}|[가-힣][가-힣 ]{0,15})"
_DEFINED = re.compile(rf"^{_NAME}(?:\s*\((?P<label>[^()]{{1,40}})\))?\s*(?:[:：]|\s[–—-])\s*(?P<rest>\S.*)$")
_NAMED = re.compile(rf"^{_NAME}(?:\s*\((?P<label>[^()]{{1,40}})\))?$")
_IDENTIFIER = re.compile(r"^[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)*$|^[a-z]+(?:_[a-z]+)+$")
_FIELD = re.compile(
    r"^(?P<name>[A-Za-z][A-Za-z0-9_]*(?: [A-Za-z0-9]+){0,3}|[가-힣][가-힣 ]{0,15})"
    r"(?:\s*\((?P<inside>[^()]{1,120})\)|\s*[:：]\s*(?P<after>[^:：]{1,80})|\s+-\s+(?P<told>.{1,80}))?$"
)
# What is said of a field besides its type and its values.
_FLAGS: Final = {
    "unique": re.compile(r"^(?:unique|uk|고유|유일)$", re.IGNORECASE),
    "primary": re.compile(r"^(?:pk|primary key|key|기본 ?키)$", re.IGNORECASE),
    "foreign": re.compile(r"^(?:fk|foreign key|외래 ?키)$", re.IGNORECASE),
    "optional": re.compile(r"^(?:optional|nullable|선택)$", re.IGNORECASE),
    "required": re.compile(r"^(?:required|mandatory|not null|필수)$", re.IGNORECASE),
}
# What a field's name says of its type.
_BY_NAME: Final[tuple[tuple[re.Pattern[str], AttributeType], ...]] = (
    (re.compile(r"_at$|^timestamp$"), "datetime"),
    (re.compile(r"_(?:on|date|from|until)$|^(?:date|birthday|valid_to)$"), "date"),
    (re.compile(r"^(?:is|has)_"), "boolean"),
    (re.compile(r"(?:^|_)email$"), "email"),
    (re.compile(r"(?:^|_)(?:url|link|website)$"), "url"),
    (re.compile(r"(?:^|_)(?:price|amount|cost|fee|total)$"), "decimal"),
    (re.compile(r"(?:^|_)(?:count|quantity|capacity|age|year)$"), "integer"),
    (re.compile(r"(?:^|_)(?:description|content|body|note|notes|comment)$"), "text"),
)
_TYPED = re.compile(
    r"^(?:uuid|u?int\w*|integer|long|number|decimal|numeric|float|double|money|bool\w*|date|time|datetime|timestamp\w*"
    r"|string|str|text|varchar|char|json|email|url|file|image|enum)\b",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^(?:entit(?:y|ies)|tables?|models?|domain objects?|엔티티|테이블|모델|도메인 객체|エンティティ|テーブル|实体|表)"
    r"(?!\w)",
    re.IGNORECASE,
)
# A heading under which the bare names of records stand.
_LISTS = re.compile(
    r"\b(?:entit(?:y|ies)|tables|models|domain objects)\b|엔[티터]티|테이블|도메인 ?객체", re.IGNORECASE
)
# Fewer than these are a remark, not a model.
_FEW = 2


#: The English of a phrase in another script, empty where it is not known.
English = Callable[[str], str]


def find_models(page: Page, english: English) -> list[Table]:
    """The entities of the lists and tables that state a data model, in the order of the page."""
    found: dict[str, Table] = {}
    lines = list(page.lines)
    for section in dict.fromkeys(line.section for line in lines if _is_model(line.section)):
        inside = [line for line in lines if line.section == section and line.shape == "item"]
        depth = min((line.depth for line in inside), default=0)
        at_top = [line for line in inside if line.depth == depth]
        tables = [table for line in at_top if (table := _defined(line, inside, english)) is not None]
        if _LISTS.search(section[-1]) and not tables:
            tables = _named(at_top, english)
        if len(tables) >= _FEW:
            for table in tables:
                found.setdefault(table.name, table)
    for line in lines:
        if line.shape == "row" and line.header and _HEADER.match(line.header[0]) and _IDENTIFIER.match(line.cells[0]):
            name = entity_name(line.cells[0])
            found.setdefault(name, Table(name, line.number, defined=True))
    return list(found.values())


def _is_model(section: tuple[str, ...]) -> bool:
    """Whether one of the two innermost headings says so, and none is about what the program is built with."""
    return any(states_data(title) for title in section[-2:]) and not any(is_aside(title) for title in section)


def _named(lines: list[Line], english: English) -> list[Table]:
    """The records of a list of nothing but names: ``User (사용자)``, ``TaskComment``."""
    tables = []
    for line in lines:
        match = _NAMED.match(line.text.strip("`* "))
        if match is None:
            return []
        name, label = match["name"].strip(), (match["label"] or "").strip()
        if not name.isascii():
            name, label = (label if label.isascii() and label else english(name)), name
        if entity_name(name):
            tables.append(Table(entity_name(name), line.number, label, defined=True))
    return tables if len(tables) > _FEW else []


def _defined(line: Line, inside: list[Line], english: English) -> Table | None:
    below = list(_below(line, inside))
    match = _DEFINED.match(line.text) or (_NAMED.match(line.text.rstrip(":： ")) if below else None)
    if match is None or is_wholly("data", match["name"]) or is_route(line.text):
        return None
    name = match["name"].strip()
    label = (match["label"] or "").strip()
    if not name.isascii():
        name, label = (label if label.isascii() and label else english(name)), name
    table = Table(entity_name(name), line.number, label, defined=True)
    if not table.name:
        return None
    rest = match.groupdict().get("rest") or ""
    fields = [_FIELD.match(text.strip()) for text in ([row.text for row in below] or _split(rest.rstrip(" .")))]
    if label and len(fields) < _FEW and not below and not match["name"].isascii():
        return None  # `상품 : product` gives a word's English, not what it holds
    if len(fields) >= (1 if below else _FEW) and all(fields):
        for field in fields:
            if field is not None:
                _add_column(table, field, english)
    return table


def _add_column(table: Table, match: re.Match[str], english: English) -> None:
    """``status (requested, approved)``, ``number (unique)``, ``price: decimal``, ``이메일``."""
    written = match["name"].strip()
    name = naming.snake(written if written.isascii() else english(written))
    if not name:
        table.unnamed.append(written)
        return
    column = Column(name, next((kind for pattern, kind in _BY_NAME if pattern.search(name)), "string"))
    column.label = "" if written.isascii() else written
    said = [part.strip(" '\"`") for part in re.split(r"[,/|·、]", match["inside"] or match["after"] or "")]
    _say(column, [part for part in said if part], english)
    table.columns.append(column)


def _say(column: Column, said: list[str], english: English) -> None:
    values = []
    for part in said:
        flag = next((name for name, pattern in _FLAGS.items() if pattern.match(part)), "")
        if flag in ("unique", "primary", "foreign"):
            setattr(column, flag, True)
        elif flag:
            column.required = flag == "required"
        elif _TYPED.match(part):
            column.type = type_of(part)
        else:
            values.append(naming.snake(part if part.isascii() else english(part)))
    if len(values) > 1 and all(value and value.count("_") < 3 for value in values):
        column.type, column.values = "enum", tuple(dict.fromkeys(values))


def _split(text: str) -> list[str]:
    """The parts between commas, but not between those in brackets."""
    return [part for part in re.split(r"\s*[,、，;]\s*(?![^()]*\))", text) if part]


def _below(line: Line, inside: list[Line]) -> Iterator[Line]:
    for row in inside[inside.index(line) + 1 :]:
        if row.depth <= line.depth:
            return
        yield row
