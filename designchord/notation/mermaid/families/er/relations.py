"""Repairs of an ER diagram's relation lines: entity, ends, entity, label."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid.families.er.writing import entity_name, quoted

_NAME: Final = r'"[^"]+"|[\w.\-\u00c0-\uffff]+(?: [\w.\-\u00c0-\uffff]+)*?'
_ENDS: Final = r"[|oO0}{<>*u\"']*\s?(?:-{1,4}|\.{2,3}|-\.+-?|=+|[—–−]+)\s?[|oO0}{<>*\"']*"
_RELATION: Final = re.compile(rf"^(\s*)({_NAME})\s+({_ENDS})\s+({_NAME})\s*(?::\s*(.*?))?\s*;?\s*$")
#: Numbers at the ends, as UML and other tools write them.
_NUMBER: Final = r"\"?(?:0\.\.1|1\.\.1|[01]\.\.[*nNmM]|0\+|1\+|[01*nNmM])\"?"
_NUMBERED: Final = re.compile(
    rf"^(\s*)({_NAME})\s+({_NUMBER})\s*(-->?|<?--|\.\.>?|-)\s*({_NUMBER})\s+({_NAME})\s*(?::\s*(.*?))?\s*;?\s*$"
)
_VALID_ENDS: Final = re.compile(
    r"(?:\|\||\|o|o\||\}o|o\{|\}\||\|\{|u)(?:--|\.\.|\.-|-\.)(?:\|\||o\||\|o|o\{|\}o|\|\{|\}\|)"
)
_LEFT: Final = {"one": "||", "optional": "|o", "some": "}|", "any": "}o"}
_RIGHT: Final = {"one": "||", "optional": "o|", "some": "|{", "any": "o{"}
_WORDS: Final = {"1": "one", "1..1": "one", "0": "optional", "0..1": "optional", "1+": "some", "0+": "any"}


def repaired(text: str, names: frozenset[str]) -> tuple[str, str, str] | None:
    """The line with ends, names and label that Mermaid reads; ``None`` where it is no relation or says too little.

    ``names`` are those of known entities: an end of several words is one of them, or its words are no name.
    """
    numbered = _NUMBERED.match(text)
    if numbered:
        indent, source, left, line, right, target, label = numbered.groups()
        ends = f"{_LEFT[_counted(left)]}{'..' if '.' in line else '--'}{_RIGHT[_counted(right)]}"
    else:
        plain = _RELATION.match(text)
        if plain is None:
            return None
        indent, source, written, target, label = plain.groups()
        found = written if _VALID_ENDS.fullmatch(written) else _ends(written)
        if found is None:
            return None
        ends = found
    if label is None and " " in target and not target.startswith('"') and target not in names:
        first, _, rest = target.partition(" ")  # a label without its colon
        if first not in names:
            return None
        target, label = first, rest
    if not _is_name(source, names) or not _is_name(target, names) or _INNER.search(label or ""):
        return None
    changed = f"{indent}{_entity(source)} {ends} {_entity(target)} : {_label(label)}"
    if changed == text.rstrip():
        return None
    return changed, "er.relation", "Wrote the relation with ends and label that Mermaid reads."


#: In a label: the sign of a class, or quotes inside quotes.
_INNER: Final = re.compile(r"^::|^[^\"]+\"|\"[^\"]*\".*\"")


def _is_name(name: str, names: frozenset[str]) -> bool:
    return name.startswith('"') or " " not in name or name in names


def plain_ends(text: str) -> tuple[str, ...]:
    """The single words at the ends of a relation that has a colon."""
    found = _RELATION.match(text)
    if found is None or ":" not in text:
        return ()
    return tuple(
        name.strip('"') for name in (found.group(2), found.group(4)) if name.startswith('"') or " " not in name
    )


def is_relation(text: str) -> bool:
    found = _RELATION.match(text)
    return bool((found and re.search(r"[|oO{}]", found.group(3))) or _NUMBERED.match(text))


def _ends(written: str) -> str | None:
    bare = re.sub(r"[\"'\s]", "", written)
    found = re.match(r"^([^.=—–−-]*)([.=—–−-]+)(.*)$", bare)
    if found is None:
        return None
    left, line, right = found.groups()
    left_end, right_end = _marked(left), _marked(right)
    if left_end is None or right_end is None:
        return None
    return f"{_LEFT[left_end]}{'..' if '.' in line else '--'}{_RIGHT[right_end]}"


def _marked(end: str) -> str | None:
    """What the signs at one end mean; ``None`` where there are none, or only an arrow head."""
    signs = end.lower().replace("0", "o")
    if not signs or set(signs) <= {">"}:
        return None
    if set(signs) & set("{}<*") or (">" in signs and "|" in signs):
        return "some" if "|" in signs and "o" not in signs else "any"
    return "optional" if "o" in signs else "one"


def _counted(number: str) -> str:
    number = number.strip('"').lower()
    return _WORDS.get(number, "some" if number.startswith("1..") else "any")


def _entity(name: str) -> str:
    bare = name.startswith('"') or (not name.isascii() and re.fullmatch(r"[\w-]+", name))
    return name if bare else entity_name(name)


def _label(label: str | None) -> str:
    words = (label or "").strip()
    if re.fullmatch(r'"[^"]*"', words) or re.fullmatch(r"[\w-]+", words):
        return words
    return quoted(words.strip("\"'"))
