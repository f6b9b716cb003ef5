"""What parses but is wrong in an ER diagram: Mermaid draws something, only not what the author wrote."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from designchord.notation.mermaid.families.er.model import Entity, EntityRelations
from designchord.notation.mermaid.families.er.syntax import CONSTRAINT, in_block
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
            _found("error", "er.empty", "The diagram has no entities.", "Write at least one: `USER { uuid id PK }`.", 1)
        )
    lines = text.replace("\r\n", "\n").split("\n")
    inside = in_block(lines)
    problems += _names_of_several_words(lines, inside)
    for entity in er.entities:
        problems += _shifted(entity, lines, inside)
        problems += _repeated(entity)
        problems += _swapped(entity)
        problems += _comma_in_name(entity)
        if "." in entity.name and entity.blocks:
            problems.append(
                _found(
                    "warning",
                    "er.dotted_name",
                    f"`{entity.name}` has a dot, which other versions of Mermaid do not read.",
                    f'Write `"{entity.name}"` or `{entity.name.replace(".", "_")}`.',
                    entity.line,
                )
            )
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _found(severity: Severity, code: str, message: str, hint: str, line: int | None) -> Problem:
    return Problem(code=code, severity=severity, message=message, hint=hint, line=line)


_QUOTED: Final = re.compile(r'"[^"]*"')
_SEVERAL: Final = re.compile(
    r"^\s*(?!(?:subgraph|accDescr|accTitle|direction|classDef|class|style|end|erDiagram)\b)"
    r"((?:[^\s\"{}:|,;%\[\]]+\s+)+[^\s\"{}:|,;%\[\]]+)\s*(\{|$|(?:\|[|o]|\}[|o])(?:--|\.\.))",
    re.IGNORECASE,
)
_WORDY_ENDS: Final = re.compile(r"\b(?:one|many|zero|only|to|optionally)\b|--|\.\.", re.IGNORECASE)


def _names_of_several_words(lines: list[str], inside: list[bool]) -> list[Problem]:
    """``Order Item {`` is read as an entity ``Order`` and another one ``Item``; so is a sentence, word by word."""
    problems = []
    for number, (line, hidden) in enumerate(zip(lines, inside, strict=True), 1):
        found = None if hidden else _SEVERAL.match(line)
        if found and not _WORDY_ENDS.search(found.group(1)):
            problems.append(
                _found(
                    "error",
                    "er.entity_name",
                    f"Mermaid reads `{found.group(1)[:60]}` as several entities.",
                    'A name of several words stands in quotes: `"Order Item" {`. Remarks begin with `%%`.',
                    number,
                )
            )
    return problems


def _shifted(entity: Entity, lines: list[str], inside: list[bool]) -> list[Problem]:
    """``string name NOT NULL`` is read as two attributes; then everything after it may be off by one word."""
    on_line = Counter(attribute.line for attribute in entity.attributes)
    problems = []
    for number, count in on_line.items():
        if number is None or not inside[number - 1]:
            continue
        line = lines[number - 1].split("%%", 1)[0].strip()
        words = (_QUOTED.sub("", line) if '"' in line else line).split()
        whole = len(words) % 2 == 0 and count > 1 and all(_TYPES.match(word) for word in words[::2])
        if (count > 1 and not whole) or _runs_on(words):
            constraint = CONSTRAINT.search(" ".join(words[2:])) if len(words) > 2 else None
            what = constraint.group() if constraint else " ".join(words[2:]) or line
            problems.append(
                _found(
                    "error",
                    "er.attribute_shift",
                    f"Mermaid reads `{what[:40]}` as another attribute of `{entity.name}`.",
                    'Keep type, name and key, and put the rest into a comment: `string name "not null"`.',
                    number,
                )
            )
    return problems


def _runs_on(words: list[str]) -> bool:
    """A lone word, or a word after the name that is no key: it pairs with the first word of the next line."""
    keys = [word.strip(",").upper() for word in words[2:]]
    return len(words) == 1 or (
        any(part not in {"PK", "FK", "UK", ""} for word in keys for part in word.split(",")) and len(words) % 2 == 1
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
                entity.blocks[1],
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
