"""What parses but is wrong in an ER diagram: Mermaid draws something, only not what the author wrote."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from designchord.notation.mermaid.causes import FULL_WIDTH, narrow
from designchord.notation.mermaid.families.er.model import Attribute, Entity, EntityRelations, Statement
from designchord.notation.mermaid.families.er.syntax import CONSTRAINT
from designchord.notation.mermaid.text import seen
from designchord.notation.problems import Problem, Severity

_TYPES: Final = re.compile(
    r"(?:big|small|tiny|medium)?(?:int|integer|serial)\d*|u?int\d*|string|str|text|(?:n?var)?char\d*|nvarchar|bool(?:ean)?|"
    r"date|datetime2?|timestamp(?:tz)?|time|uuid|guid|float\d*|double|decimal|numeric|number|money|long|short|byte\w*|"
    r"blob|binary|varbinary|jsonb?|enum|email|url|file|object(?:id)?|array|bit|real|char|xml|longtext",
    re.IGNORECASE,
)


def find_mistakes(er: EntityRelations, text: str) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    if not er.entities:
        problems.append(
            _found(
                "warning", "er.empty", "The diagram has no entities.", "Write at least one: `USER { uuid id PK }`.", 1
            )
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    loose = list(_loose_words(er, lines))
    problems += loose
    problems += _swallowed(er, lines)
    if not loose:  # else words of a label would be compared with the entities that it is about
        problems += _similar_names(er)
    for entity in er.entities:
        problems += _shifted(entity)
        problems += _repeated(entity)
        problems += _swapped(entity)
        problems += _comma_in_name(entity)
        problems += _dotted(entity, lines)
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _found(severity: Severity, code: str, message: str, hint: str, line: int | None) -> Problem:
    return Problem(code=code, severity=severity, message=message, hint=hint, line=line)


# --- words that become entities -----------------------------------------------------------------------------------


def _loose_words(er: EntityRelations, lines: list[str]) -> Iterator[Problem]:
    """Names that share a line with another statement: words of a label, a title, a remark, a name of several words.

    Statements of an ER diagram need nothing between them, so whatever is no other statement is an entity each.
    """
    on_line: dict[int, list[Statement]] = defaultdict(list)
    for statement in er.statements:
        for line in {statement.line, statement.end} - {None}:
            on_line[line or 0].append(statement)
    for line, statements in on_line.items():
        loose = [one for one in statements if one.bare]
        if not loose or len(statements) == 1:
            continue
        has_relation = any(one.name is None for one in statements)
        names = ", ".join(f"`{one.name}`" for one in loose[:4])
        is_likely_meant = len(loose) == 1 and not has_relation and not _opens(statements, line)
        yield _found(
            "warning" if is_likely_meant else "error",
            "er.loose_words" if has_relation else "er.entity_name",
            f"Mermaid reads {names} as {'an entity of its own' if len(loose) == 1 else 'entities of their own'}.",
            _hint(loose, lines[line - 1], has_relation=has_relation),
            line,
        )


def _opens(statements: Iterable[Statement], line: int) -> bool:
    return any(one.line == line and one.end is not None and one.end > line for one in statements)


def _hint(loose: list[Statement], line: str, *, has_relation: bool) -> str:
    words = [(one.name or "").lower() for one in loose]
    first = re.match(r"\s*(\w+)", line)
    begins = first.group(1) if first else ""
    if begins.lower() in ("acctitle", "accdescr"):
        return f"A colon is missing: `{begins}: {line.strip()[len(begins) :].strip()[:60]}`."
    if begins.lower() == "direction":
        return "A direction is one of `TB`, `BT`, `LR`, `RL`."
    if begins.lower() == "title":
        return "A title stands in the front matter, `title: …` between two lines of `---` above the diagram."
    if begins.lower() in ("click", "link", "linkstyle"):
        return "An ER diagram has no links and no styles of lines. Remove the line."
    if begins.lower() == "note":
        return "An ER diagram has no notes. Write a comment: `%% …`."
    if "as" in words:
        return 'Another name for an entity stands in brackets: `order["Customer order"]`.'
    wide = next((char for one in loose for char in one.name or "" if ord(char) in FULL_WIDTH), None)
    if wide is not None:
        return f"`{wide}` is not `{wide.translate(FULL_WIDTH)}`: write `{narrow(line).strip()[:60]}`."
    if has_relation and line.count('"') > 2:
        return "A label cannot hold double quotes. Write single ones, and the whole label in double ones."
    if has_relation:
        return f'A label of several words stands in quotes: `A ||--o{{ B : "has many"`. {_COMMENTS}'
    return f'A name of several words stands in quotes: `"Order Item" {{`. {_COMMENTS}'


_COMMENTS: Final = "Comments stand on lines of their own and begin with `%%`."


_DIRECTION: Final = re.compile(r"^(.*?)\bdirection[ \t]+(?:TB|BT|RL|LR)(.*)$", re.IGNORECASE)


def _swallowed(er: EntityRelations, lines: list[str]) -> Iterator[Problem]:
    """A line that holds ``direction LR`` is that and nothing else, whatever else stands on it."""
    in_blocks = {
        line for entity in er.entities for first, last in entity.blocks for line in range((first or 0) + 1, last or 0)
    }
    for number, line in enumerate(lines, 1):
        found = _DIRECTION.match(line) if "irection" in line.lower() and number not in in_blocks else None
        if found and (found.group(1).strip() or found.group(2).strip()) and not line.lstrip().startswith(("%%", "acc")):
            yield _found(
                "error",
                "er.direction",
                "Mermaid reads nothing of this line but the direction.",
                "Let a direction stand on a line of its own, and write other words for it elsewhere.",
                number,
            )


def _similar_names(er: EntityRelations) -> Iterator[Problem]:
    """``Tree`` in a relation and ``TREE { … }`` are two boxes, and so are ``Leaf`` and ``Leaves``."""
    known: dict[str, Entity] = {}
    for entity in er.entities:
        other = known.setdefault(_plain_name(entity.name), entity)
        if other is not entity:
            how = "differ only in how they are written"
            if seen(entity.name) == seen(other.name):
                how = "differ only in characters that one does not see"
            yield _similar(entity, other, how)
    by_name = {entity.name.casefold(): entity for entity in er.entities}
    told: set[str] = set()
    for entity in er.entities:
        for name in _other_numbers(entity.name.casefold()):
            twin = by_name.get(name)
            if twin is None or (twin.blocks and entity.blocks) or {twin.name, entity.name} <= told:
                continue  # who lists the attributes of both means both
            told |= {twin.name, entity.name}
            yield _similar(entity, twin, "differ only in number")


def _plain_name(name: str) -> str:
    """A name without what one does not see in it: case, separators, invisible signs, how its letters are composed."""
    return re.sub(r"[\W_]", "", seen(name)).casefold() or name


def _similar(entity: Entity, other: Entity, how: str) -> Problem:
    return _found(
        "warning",
        "er.similar_names",
        f"`{other.name}` and `{entity.name}` {how} and are two boxes.",
        "Write the name alike everywhere.",
        max(entity.line or 0, other.line or 0) or None,
    )


#: Plurals that no ending tells.
_IRREGULAR: Final = (
    *(("person", "people"), ("man", "men"), ("woman", "women"), ("child", "children"), ("mouse", "mice")),
    *(("foot", "feet"), ("tooth", "teeth"), ("goose", "geese"), ("datum", "data"), ("medium", "media")),
    *(("criterion", "criteria"), ("quiz", "quizzes")),
)
#: Endings of plurals and of their singulars, English and Korean.
_ENDINGS: Final = (
    *(("ies", "y"), ("ves", "f"), ("ves", "fe"), ("ices", "ex"), ("ices", "ix"), ("ses", "sis"), ("es", "")),
    *(("s", ""), ("\ub4e4", "")),
)


def _other_numbers(name: str) -> Iterator[str]:
    """Plurals and singulars of a name in small letters."""
    for one, other in (*_IRREGULAR, *_ENDINGS):
        for ending, instead in ((one, other), (other, one)):
            if (name.endswith(ending) and len(name) > len(ending) + 1) or name == ending:
                yield f"{name.removesuffix(ending)}{instead}"


def _dotted(entity: Entity, lines: list[str]) -> Iterator[Problem]:
    if "." not in entity.name or not entity.blocks or entity.line is None:
        return
    if f'"{entity.name}"' not in lines[entity.line - 1]:
        yield _found(
            "warning",
            "er.dotted_name",
            f"`{entity.name}` has a dot, which other versions of Mermaid do not read.",
            f'Write `"{entity.name}"` or `{entity.name.replace(".", "_")}`.',
            entity.line,
        )


# --- attributes ---------------------------------------------------------------------------------------------------


def _shifted(entity: Entity) -> Iterator[Problem]:
    """``string name NOT NULL`` is read as two attributes; then everything after it may be off by one word."""
    on_line = Counter(attribute.line for attribute in entity.attributes)
    whole_lines = {first for first, last in entity.blocks if first == last}
    told: set[int | None] = set()
    for before, attribute in zip((None, *entity.attributes), entity.attributes, strict=False):
        if attribute.line != attribute.end:
            yield _shift(entity, f"{attribute.type} {attribute.name}", attribute.line)
            return  # every attribute after it may be a word off
        is_further = before is not None and before.line == attribute.line
        if is_further and attribute.line not in told and on_line[attribute.line] > 1:
            if _stands_for_itself(attribute, in_one_line=attribute.line in whole_lines):
                continue
            told.add(attribute.line)
            yield _shift(entity, f"{attribute.type} {attribute.name}", attribute.line)


def _stands_for_itself(attribute: Attribute, *, in_one_line: bool) -> bool:
    """Whether a further attribute on a line is meant as one, rather than words behind the one before it."""
    if CONSTRAINT.match(f"{attribute.type} {attribute.name}") or CONSTRAINT.fullmatch(attribute.type):
        return False
    return in_one_line or bool(_TYPES.match(attribute.type))


def _shift(entity: Entity, words: str, line: int | None) -> Problem:
    return _found(
        "error",
        "er.attribute_shift",
        f"Mermaid reads `{words[:40]}` as another attribute of `{entity.name}`.",
        'Keep type, name and key on one line, and put the rest into a comment: `string name "not null"`.',
        line,
    )


def _repeated(entity: Entity) -> list[Problem]:
    problems = []
    if len(entity.blocks) > 1:
        problems.append(
            _found(
                "warning",
                "er.entity_twice",
                f"The attributes of `{entity.name}` are listed in {len(entity.blocks)} places.",
                "List them once.",
                entity.blocks[1][0],
            )
        )
    seen: set[str] = set()
    for attribute in entity.attributes:
        if attribute.name in seen:
            problems.append(
                _found(
                    "warning",
                    "er.attribute_twice",
                    f"`{entity.name}` has the attribute `{attribute.name}` twice.",
                    "Remove one.",
                    attribute.line,
                )
            )
        seen.add(attribute.name)
    return problems


def _comma_in_name(entity: Entity) -> list[Problem]:
    return [
        _found(
            "warning",
            "er.comma_in_name",
            f"The comma is read as part of the name `{attribute.name}`.",
            "Attributes stand on lines of their own, without commas.",
            attribute.line,
        )
        for attribute in entity.attributes
        if attribute.name.endswith(",")
    ]


def _swapped(entity: Entity) -> list[Problem]:
    return [
        _found(
            "warning",
            "er.swapped_type",
            f"`{attribute.type} {attribute.name}` reads as name, then type.",
            f"Write `{attribute.name} {attribute.type}`.",
            attribute.line,
        )
        for attribute in entity.attributes
        if _TYPES.fullmatch(attribute.name)
        and not _TYPES.match(attribute.type)
        and re.fullmatch(r"[a-z]\w*", attribute.type)
        and attribute.name.lower()
        not in {"date", "time", "timestamp", "number", "text", "email", "url", "file", "long", "short"}
    ]
