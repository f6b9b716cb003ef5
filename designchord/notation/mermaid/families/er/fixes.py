"""Repairs of ER diagrams that need no guessing, each built from what goes wrong in practice."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid.families.er import attributes, relations
from designchord.notation.mermaid.families.er.writing import entity_name
from designchord.notation.mermaid.fixing import (
    SHARED,
    Line,
    Lines,
    NotUnderstood,
    Repair,
    commented,
    reads,
    repair,
    with_header,
    without_broken_end,
)
from designchord.notation.problems import Fix

_NAME: Final = r'"[^"]+"(?:\[[^\]]*\])?|[\w.\-\u00c0-\uffff]+(?:\s+[\w.\-\u00c0-\uffff]+)*?(?:\[[^\]]*\])?'
_OPENING: Final = re.compile(
    rf"^(\s*)(?:(class|entity|table|enum)\s+)?({_NAME})\s*(?::\s*|\(\s*)?\{{\s*(.*)$", re.IGNORECASE
)
_WORDS: Final = frozenset(
    {"erdiagram", "end", "class", "classdef", "style", "subgraph", "direction", "title", "one", "many"}
)


def fix(source: str) -> tuple[str, tuple[Fix, ...]]:
    return repair(source, _REPAIRS)


def _opens(text: str) -> bool:
    return (
        bool(_OPENING.match(text)) and not relations.is_relation(text) and not re.search(r"[|}o]--|--[|o{]|\.\.", text)
    )


def _is_statement(text: str) -> bool:
    return _opens(text) or relations.is_relation(text)


def _is_whole(text: str) -> bool:
    """Whether a line says all that its statement needs; what is cut in an entity is an attribute's business."""
    return _is_statement(text) or not re.search(r"--|\.\.|\|", text)


def _bare(text: str) -> str:
    """A line without quoted texts and remarks."""
    return re.sub(r'"[^"]*"', '""', text.split("%%", 1)[0]) if '"' in text or "%%" in text else text


def _closes(text: str) -> bool:
    """Whether a line in an entity holds the brace that closes it."""
    return not relations.is_relation(text) and bool(re.match(r"\s*\}|[^{]*\}\s*;?\s*$", _bare(text)))


def _inside(lines: Lines) -> list[bool]:
    """For each line, whether it holds an attribute: it stands between an entity's braces, the closing one included."""
    inside, result = False, []
    for line in lines:
        if inside and _is_statement(line.text):
            inside = False
        closes = inside and _closes(line.text)
        result.append(inside and not (closes and line.text.strip().startswith("}")))
        if closes:
            inside = False
        elif _opens(line.text) and not re.search(r"\}\s*;?\s*$", _bare(line.text)):
            inside = True
    return result


def _reads_alone(text: str) -> bool:
    return reads(f"erDiagram\n{text}")


def _reads_in_entity(text: str) -> bool:
    return reads(f"erDiagram\nX {{\n{text}\n}}")


def _understood(lines: Lines) -> tuple[Lines, list[Fix]]:
    """A brace where none is known, such as in ``{NAME} {``, could mean anything; nothing is made of that."""
    inside = _inside(lines)
    for line, is_attribute in zip(lines, inside, strict=True):
        stands_alone = line.text.strip() == "{" or is_attribute or _is_statement(line.text)
        bare = re.sub(r"(?:--|\.\.|-\.|\.-)[|o]\{", "", _bare(line.text))
        if "{" in bare and not stands_alone and not re.match(r"\s*accDescr", line.text):
            raise NotUnderstood
    return lines, []


def _openings(lines: Lines) -> tuple[Lines, list[Fix]]:
    """``Order Item {``, ``class X {``, ``X`` with ``{`` on the next line, and whole entities on one line."""
    result: Lines = []
    fixes: list[Fix] = []
    for line in lines:
        if line.text.strip() == "{" and result and re.match(rf"^\s*(?:{_NAME})\s*$", result[-1].text):
            result[-1] = result[-1].become(f"{result[-1].text.rstrip()} {{")
            fixes.append(Fix("er.opening", "Joined `{` to the entity's name.", line.number))
            continue
        found = _OPENING.match(line.text) if _opens(line.text) else None
        if found is None:
            result.append(line)
            continue
        made = [line] if _reads_alone(f"{line.text}\n}}") or _reads_alone(line.text) else _opening(line, found)
        if "\n".join(each.text for each in made) != line.text:
            fixes.append(Fix("er.opening", "Wrote an entity's opening as `Name {`.", line.number))
        result += made
    return result, fixes


def _opening(line: Line, found: re.Match[str]) -> Lines:
    indent, keyword, name, rest = found.groups()
    if not name.startswith('"') and "[" not in name and (" " in name or "." in name or name.lower() in _WORDS):
        name = entity_name(re.sub(r"\s+", " ", name))
    if not rest.strip() and not keyword and found.group().rstrip().endswith(f"{name} {{"):
        return [line]
    made = [line.become(f"{indent}{name} {{")]
    closed = rest.rstrip(" ;").endswith("}")
    inner = rest.rstrip(" ;").removesuffix("}") if closed else rest
    pieces = re.split(r"[;,](?![^(]*\))(?!\s*(?:PK|FK|UK)\b)", inner)
    made += [line.become(f"{indent}    {piece.strip()}") for piece in pieces if piece.strip()]
    return [*made, line.become(f"{indent}}}")] if closed else made


def _braces(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Close an entity before the next statement and at the end; remove a brace that closes nothing."""
    result: Lines = []
    fixes: list[Fix] = []
    opened: str | None = None
    for line in lines:
        starts_closing = line.text.strip().startswith("}") and not relations.is_relation(line.text)
        closes = starts_closing or (opened is not None and _closes(line.text))
        if opened is not None and not closes and _is_statement(line.text):
            result.append(Line(line.number, f"{opened}}}"))
            fixes.append(Fix("mermaid.unclosed_block", "Closed an entity's `{`.", line.number))
            opened = None
        if starts_closing and opened is None:
            fixes.append(Fix("mermaid.stray_end", "Removed a `}` that closes nothing.", line.number))
            continue
        if closes:
            opened = None
        elif _opens(line.text) and not re.search(r"\}\s*;?\s*$", _bare(line.text)):
            opened = re.sub(r"\S.*", "", line.text)
        result.append(line)
    if opened is not None:
        while result and not result[-1].text.strip():
            result.pop()
        result.append(Line(lines[-1].number, f"{opened}}}"))
        fixes.append(Fix("mermaid.unclosed_block", "Closed an entity's `{`.", lines[-1].number))
    return (result, fixes) if fixes else (lines, [])


def _attributes(lines: Lines) -> tuple[Lines, list[Fix]]:
    result: Lines = []
    fixes: list[Fix] = []
    for line, inside in zip(lines, _inside(lines), strict=True):
        if inside and re.fullmatch(r"\s*(<<.*>>|\.{2,}|…)\s*", line.text):
            fixes.append(Fix("mermaid.comment", "Kept a line as a comment that is no attribute.", line.number))
            line = line.become(re.sub(r"^(\s*)", r"\1%% ", line.text))
        elif inside and line.text.strip() and not line.text.lstrip().startswith("%%"):
            body, brace = re.match(r"^(.*?)(\s*\}\s*;?\s*)?$", line.text).groups()  # type: ignore[union-attr]
            is_right = _reads_in_entity(body) and not body.endswith(",")
            changed = None if is_right else attributes.repaired(body)
            if changed is not None:
                line = line.become(changed[0] + (brace or "").replace(";", ""))
                fixes.append(Fix(changed[1], changed[2], line.number))
        result.append(line)
    return result, fixes


def _relations(lines: Lines) -> tuple[Lines, list[Fix]]:
    result: Lines = []
    fixes: list[Fix] = []
    names = _names(lines)
    for line, inside in zip(lines, _inside(lines), strict=True):
        is_right = inside or not line.text.strip() or _reads_alone(line.text)
        changed = None if is_right else relations.repaired(line.text, names)
        if changed is not None:
            line = line.become(changed[0])
            fixes.append(Fix(changed[1], changed[2], line.number))
        result.append(line)
    return result, fixes


def _names(lines: Lines) -> frozenset[str]:
    """The names of entities that are plain to see: what lists attributes, and single words at the ends of relations."""
    names: set[str] = set()
    for line in lines:
        found = _OPENING.match(line.text) if _opens(line.text) else None
        if found:
            names.add(re.sub(r"\[.*", "", found.group(3)).strip().strip('"'))
        names.update(relations.plain_ends(line.text))
    return frozenset(names)


def _strays(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Lines that are no statements become comments, a few at most: more would be another text, not a repair."""
    inside = _inside(lines)
    wrong = [
        index
        for index, line in enumerate(lines)
        if line.text.strip()
        and not inside[index]
        and not _is_statement(line.text)
        and not re.search(r"[{}]", _bare(line.text))
        and not _reads_alone(line.text)
        and not re.match(r'^\s*(erDiagram\b|%%|\}|direction\s|[\w.-]+\s*$|"[^"]+"\s*$|accTitle|accDescr)', line.text)
    ]
    wrong += [i for i, line in enumerate(lines) if re.match(r"^\s*title\s", line.text) and i not in wrong]
    statements = sum(_is_statement(line.text) for line in lines)
    if len(wrong) > max(2, statements // 2) or not statements:
        return lines, []
    return commented(lines, wrong, "er.no_statement", "Kept a line as a comment that is no statement.")


_REPAIRS: Final[tuple[Repair, ...]] = (
    *SHARED,
    with_header("erDiagram", _is_statement),
    _understood,
    _openings,
    _attributes,
    _relations,
    without_broken_end(_is_whole),
    _braces,
    _attributes,
    _strays,
)
