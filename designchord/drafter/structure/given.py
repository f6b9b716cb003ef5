"""Schemas and routes that the text brings along: Mermaid ERDs, SQL tables, lists of routes, glossaries.

They are taken as given: nothing is guessed about an entity whose attributes the author has written down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from designchord.blueprint.model import AttributeType
from designchord.ideas.page import Line, Page
from designchord.language import naming
from designchord.language.lexicon import lexicon

_IDENTIFIER = r"[`\"\[]?([A-Za-z_][A-Za-z0-9_.]{0,60})[`\"\]]?"
_TABLE = re.compile(rf"\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?{_IDENTIFIER}\s*\(", re.IGNORECASE)
_ER_ENTITY = re.compile(r"^\s*\"?([A-Za-z_][\w-]{0,60})\"?(?:\[\"?([^\]\"]{1,60})\"?\])?\s*\{\s*$")
_ER_RELATION = re.compile(
    r"^\s*\"?([A-Za-z_][\w-]{0,60})\"?\s+([|}{o]{2})(?:--|\.\.)([|}{o]{2})\s+\"?([A-Za-z_][\w-]{0,60})\"?\s*(?::\s*\"?([^\"]{0,80}))?"
)
_ER_ATTRIBUTE = re.compile(
    r"^\s*([A-Za-z][\w()\[\],-]{0,40})\s+([A-Za-z_]\w{0,60})\s*((?:(?:PK|FK|UK)[,\s]*)*)(?:\"([^\"]{0,100})\")?"
)
_ROUTE = re.compile(r"(?:^|[\s|`(])(GET|POST|PUT|PATCH|DELETE)[\s|`*:–—-]+`?(/[A-Za-z0-9_\-/{}:.<>]{1,150})")
_PAIR = re.compile(r"^([가-힣][가-힣 ]{0,14})\s*[:：=(]\s*([A-Za-z][A-Za-z_ ]{1,30})\)?\s*$")
_TYPES: tuple[tuple[str, AttributeType], ...] = (
    ("uuid", "uuid"),
    ("timestamp", "datetime"),
    ("datetime", "datetime"),
    ("date", "date"),
    ("time", "time"),
    ("bool", "boolean"),
    ("tinyint(1)", "boolean"),
    ("numeric", "decimal"),
    ("decimal", "decimal"),
    ("float", "decimal"),
    ("double", "decimal"),
    ("real", "decimal"),
    ("money", "decimal"),
    ("json", "json"),
    ("text", "text"),
    ("clob", "text"),
    ("blob", "file"),
    ("bytea", "file"),
    ("enum", "enum"),
    ("int", "integer"),
    ("serial", "integer"),
    ("long", "integer"),
    ("number", "integer"),
    ("email", "email"),
    ("url", "url"),
)


@dataclass(slots=True)
class Column:
    name: str
    type: AttributeType = "string"
    primary: bool = False
    references: str = ""
    foreign: bool = False
    required: bool = True
    unique: bool = False
    values: tuple[str, ...] = ()
    label: str = ""


@dataclass(slots=True)
class Table:
    name: str
    line: int
    label: str = ""
    columns: list[Column] = field(default_factory=list)
    #: Fields that have no English name.
    unnamed: list[str] = field(default_factory=list)
    defined: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation of a Mermaid ERD: ``many`` tells which ends may be many."""

    source: str
    target: str
    source_many: bool
    target_many: bool
    optional: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    summary: str
    line: int


@dataclass(slots=True)
class Given:
    tables: list[Table] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    glossary: list[tuple[str, str, int]] = field(default_factory=list)


def find_given(page: Page) -> Given:
    """Everything of that kind on a page, in its order, bounded to 60 tables, 200 ties and 120 routes."""
    given = Given()
    loose = "\n".join(line.text for line in page.lines)
    for block in page.blocks:
        if "erdiagram" in block.text[:400].lower():
            _read_mermaid(block.text, block.number, given)
        _read_sql(block.text, block.number, given)
        for offset, row in enumerate(block.text.split("\n")):
            _read_route(row, block.number + offset + 1, "", given)
    for line in page.lines:
        summary = line.text if line.shape != "row" else line.cells[-1]
        _read_route(" ".join(line.cells) if line.shape == "row" else line.text, line.number, summary, given)
        _read_term(line, loose, given)
    _name_by_routes(given)
    if "create table" in loose.lower() and not given.tables:
        _read_sql(loose, 1, given)
    given.tables, given.ties, given.routes = given.tables[:60], given.ties[:200], given.routes[:120]
    return given


def entity_name(word: str) -> str:
    """``order_lines`` → ``OrderLine``; schema prefixes and table prefixes go."""
    words = naming.split_words(word.split(".")[-1])
    if words and words[0].lower() in {"tbl", "tb", "t"} and len(words) > 1:
        words = words[1:]
    if words:
        words[-1] = naming.singular(words[-1].lower())
    return naming.pascal(" ".join(words))


def type_of(spec: str) -> AttributeType:
    spec = spec.lower().strip()
    return next((kind for start, kind in _TYPES if start in spec), "string")


def _read_sql(text: str, number: int, given: Given) -> None:
    for match in _TABLE.finditer(text):
        body = _inside(text, match.end())
        table = Table(entity_name(match.group(1)), number + text.count("\n", 0, match.start()) + 1)
        for part in _split(body):
            _read_column(part, table)
        if table.name and table.columns:
            given.tables.append(table)
    pattern = (
        rf"alter\s+table\s+(?:only\s+)?{_IDENTIFIER}\s+add\s+(?:constraint\s+\S+\s+)?"
        rf"foreign\s+key\s*\(\s*{_IDENTIFIER}\s*\)\s*references\s+{_IDENTIFIER}"
    )
    for match in re.finditer(pattern, text, re.IGNORECASE):
        owner = next((table for table in given.tables if table.name == entity_name(match.group(1))), None)
        column = next((c for c in owner.columns if c.name == naming.snake(match.group(2))), None) if owner else None
        if column is not None:
            column.references = entity_name(match.group(3))


def _inside(text: str, start: int) -> str:
    depth = 1
    for index in range(start, min(len(text), start + 20_000)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return text[start:index]
    return text[start : start + 20_000]


def _split(body: str) -> list[str]:
    parts, depth, current = [], 0, ""
    for char in re.sub(r"--[^\n]*", "", body):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [part.strip() for part in [*parts, current] if part.strip()]


def _read_column(part: str, table: Table) -> None:
    if match := re.match(r"(?:constraint\s+\S+\s+)?primary\s+key\s*\(([^)]*)\)", part, re.IGNORECASE):
        keys = {naming.snake(name) for name in match.group(1).split(",")}
        for column in table.columns:
            column.primary = column.primary or column.name in keys
        return
    foreign = rf"(?:constraint\s+\S+\s+)?foreign\s+key\s*\(\s*{_IDENTIFIER}\s*\)\s*references\s+{_IDENTIFIER}"
    if match := re.match(foreign, part, re.IGNORECASE):
        for column in table.columns:
            if column.name == naming.snake(match.group(1)):
                column.references = entity_name(match.group(2))
        return
    if re.match(r"(?:unique|key|index|check|constraint|exclude)\b", part, re.IGNORECASE):
        return
    column_match = re.match(rf"{_IDENTIFIER}\s+(.+)$", part, re.DOTALL)
    if column_match is None:
        return
    name, rest = naming.snake(column_match.group(1)), column_match.group(2)
    if not name:
        return
    reference = re.search(rf"\breferences\s+{_IDENTIFIER}", rest, re.IGNORECASE)
    values = re.search(r"\b(?:enum\s*\(|in\s*\()([^)]*)\)", rest, re.IGNORECASE)
    primary = bool(re.search(r"\bprimary\s+key\b", rest, re.IGNORECASE))
    table.columns.append(
        Column(
            name,
            "enum" if values else type_of(rest.split()[0] if "(" not in rest.split()[0] else rest[:24]),
            primary=primary,
            references=entity_name(reference.group(1)) if reference else "",
            required=primary or bool(re.search(r"\bnot\s+null\b", rest, re.IGNORECASE)),
            unique=bool(re.search(r"\bunique\b", rest, re.IGNORECASE)),
            values=tuple(filter(None, (naming.snake(v) for v in values.group(1).split(",")))) if values else (),
        )
    )


def _read_mermaid(text: str, number: int, given: Given) -> None:
    table: Table | None = None
    text = re.sub(r"(?m)^(\s*[\w\"\[\]-]+\s*\{)[ \t]*(\S.*)$", r"\1\n\2", text)
    for offset, row in enumerate(text.split("\n"), 1):
        if table is not None:
            if row.strip() == "}":
                table = None
            elif match := _ER_ATTRIBUTE.match(row):
                keys = match.group(3) or ""
                name = naming.snake(match.group(2))
                if name:
                    column = Column(name, type_of(match.group(1)), "PK" in keys, "", "FK" in keys, unique="UK" in keys)
                    column.label = match.group(4) or ""
                    table.columns.append(column)
        elif match := _ER_ENTITY.match(row):
            table = Table(entity_name(match.group(1)), number + offset, match.group(2) or "")
            given.tables.append(table)
        elif match := _ER_RELATION.match(row):
            left, right = match.group(2), match.group(3)
            source, target = entity_name(match.group(1)), entity_name(match.group(4))
            given.ties.append(
                Tie(
                    source,
                    target,
                    "}" in left or "{" in left,
                    "}" in right or "{" in right,
                    "o" in left,
                    (match.group(5) or "").strip(),
                )
            )
    known = {table.name for table in given.tables}
    for tie in given.ties:
        for name in (tie.source, tie.target):
            if name and name not in known:
                known.add(name)
                given.tables.append(Table(name, number))


def is_route(text: str) -> bool:
    """Whether a line states a route rather than a demand."""
    match = _ROUTE.search(text)
    return match is not None and match.start() < 12


def _read_route(row: str, number: int, summary: str, given: Given) -> None:
    match = _ROUTE.search(row)
    if match is None:
        return
    path = normal_path(match.group(2))
    if path is None or any((route.method, route.path) == (match.group(1), path) for route in given.routes):
        return
    text = summary.replace(match.group(2), " ").replace(match.group(1), " ") if summary else ""
    text = re.sub(r"^[\s\-–—:|.`*()]+|[\s\-–—:|`*()]+$", "", text)
    given.routes.append(Route(match.group(1), path, text, number))


_SAID_OF_ONE = re.compile(
    r"([가-힣]{2,10})\s*(?:목록|상세|정보|단건|전체)?\s*(?:조회|등록|생성|추가|작성|수정|변경|삭제|목록|상세)(?:하기|한다)?"
)
_OF_ONE = re.compile(r"/([a-z0-9-]+)(?:/\{[a-z0-9_]+\})?")


def _name_by_routes(given: Given) -> None:
    """``GET /scores | 악보 목록``: the author's English for what is called 악보."""
    names = resource_names(given.routes)
    said: dict[str, dict[str, int]] = {}
    for route in given.routes:
        about, path = _SAID_OF_ONE.fullmatch(route.summary.strip()), _OF_ONE.fullmatch(route.path)
        if about is not None and path is not None:
            said.setdefault(about.group(1), {}).setdefault(names[path.group(1)], route.line)
    stated = {term.replace(" ", "") for term, _, _ in given.glossary}
    for term, found in said.items():
        if len(found) == 1 and term not in stated:
            ((name, line),) = found.items()
            given.glossary.append((term, name, line))


def resource_names(routes: list[Route]) -> dict[str, str]:
    """The entity of each path segment; a parameter after it tells where its words part (``pettypes`` → PetType)."""
    names: dict[str, str] = {}
    for route in routes:
        parts = route.path.strip("/").split("/")
        for part, after in zip(parts, [*parts[1:], ""], strict=True):
            if part.startswith("{"):
                continue
            names.setdefault(part, entity_name(part))
            stem = after.strip("{}").removesuffix("_id")
            if after.startswith("{") and stem.replace("_", "") == naming.singular(part.replace("-", "")):
                names[part] = naming.pascal(stem)
    return names


def normal_path(path: str) -> str | None:
    """A path in the blueprint's form: kebab-case segments, ``{snake_case}`` parameters, no ``/api/v1`` before it."""
    path = re.sub(r"^/(?:api/)?(?:v\d+/)?(?=[a-z{:<])", "/", path.split("?")[0].rstrip("/.,"))
    path = re.sub(r"^/api(?=/)", "", path)
    segments: list[str] = []
    for segment in path.strip("/").split("/"):
        if parameter := re.fullmatch(r"[{:<](?:\w+:)?([A-Za-z_]\w*)[}>]?", segment):
            name = naming.snake(parameter.group(1))
            before = (
                naming.snake(naming.singular(segments[-1])) if segments and not segments[-1].startswith("{") else ""
            )
            segments.append("{" + (f"{before}_id" if name == "id" and before else name) + "}")
            continue
        word = (
            "-".join(w.lower() for w in naming.split_words(segment))
            if not segment.islower()
            else segment.replace("_", "-")
        )
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", word):
            return None
        segments.append(word)
    parameters = [segment for segment in segments if segment.startswith("{")]
    found = "/" + "/".join(segments)
    if not segments or len(set(parameters)) != len(parameters) or len(found) > 190:
        return None
    return found


def _read_term(line: Line, text: str, given: Given) -> None:
    """``상품 : product`` in a list, of a word that is used, or a row of a table that pairs Korean with English."""
    if line.shape == "row" and len(line.cells) >= 2 and len(line.cells) <= 5:
        korean, english = line.cells[0], line.cells[1]
        head = " ".join(line.header)
        paired = re.fullmatch(r"[가-힣][가-힣A-Za-z ]{0,20}", korean) and re.fullmatch(
            r"[A-Za-z][A-Za-z _]{1,40}", english
        )
        if paired and re.search(r"영어|영문|english", head, re.IGNORECASE):
            given.glossary.append((korean.strip(), naming.pascal(english), line.number))
    elif line.shape == "item" and (match := _PAIR.match(line.text)):
        term, english = match.group(1).strip(), match.group(2).strip()
        # ``프로젝트 명: Side Quest`` is said once, ``작성자: nickname`` is what is shown of somebody.
        if text.count(term) > 1 and english.lower() not in lexicon().attributes_en:
            given.glossary.append((term, naming.pascal(english), line.number))
