"""Repairs of an ER diagram's attribute lines: type, name, keys, comment, in this order and nothing else."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid.families.er.syntax import CONSTRAINT
from designchord.notation.mermaid.families.er.writing import quoted

_WORD: Final = r"[*A-Za-z_\u00c0-\uffff][A-Za-z0-9\-_\[\]().,\u00c0-\uffff*]*\??|[^\s\"]*~[^\s\"]*~[^\s\"]*|`[^`]+`"
_KEYS: Final = r"(?:PK|FK|UK)(?:\s*,\s*(?:PK|FK|UK))*"
_RIGHT: Final = re.compile(
    rf"^\s*(?!(?:PK|FK|UK)\b)(?:{_WORD})\s+(?!(?:PK|FK|UK)\b)(?:{_WORD})(?<!,)(?:\s+{_KEYS})?(?:\s+\"[^\"]*\")?\s*$",
    re.IGNORECASE,
)
#: Types of several words, longest first; they are joined with underscores.
_LONG_TYPES: Final = re.compile(
    r"^(timestamp|time)( with(?:out)? time zone)|^(double) (precision)|^(character) (varying)|^(unsigned) (\w+)|"
    r"^(long) (text|int|integer)|^(\w*int\w*) (unsigned)",
    re.IGNORECASE,
)
_KEY_WORDS: Final = (
    (re.compile(r"[\[(]?\bprimary[\s_]+key\b[\])]?", re.IGNORECASE), "PK"),
    (re.compile(r"[\[(]?\bforeign[\s_]+key\b[\])]?", re.IGNORECASE), "FK"),
    (re.compile(r"[\[(]?\bunique(?:[\s_]+key)?\b[\])]?", re.IGNORECASE), "UK"),
    (re.compile(r"(?<![\w.])[\[(<]*\b(PK|FK|UK)(?![\w.])[\])>]*", re.IGNORECASE), ""),
)
_TYPE_NAMES: Final = re.compile(
    r"(?:big|small|tiny)?(?:int|integer)\d*|string|text|(?:n?var)?char|bool(?:ean)?|date|datetime|timestamp|time|uuid|"
    r"float|double|decimal|numeric|number|json|enum",
    re.IGNORECASE,
)


def is_right(text: str) -> bool:
    """Whether a line holds one attribute as it should be."""
    return bool(_RIGHT.match(text))


def repaired(text: str) -> tuple[str, str, str] | None:
    """The line as a right one, code and message; ``None`` where it is right or could mean more than one thing.

    A lone word gets no type: it may be a value of an enumeration, the rest of a comment or anything else. With a key it
    is an attribute.
    """
    if is_right(text) or not re.search(r"\w", text):
        return None
    indent = text[: len(text) - len(text.lstrip())]
    body = re.sub(r"^([\w()]+\s+)\"([^\"]+)\"", lambda m: m[1] + re.sub(r"\W+", "_", m[2]), text.strip())
    body = re.sub(r"<([^<>]*)>", lambda m: f"~{re.sub(r'[^0-9A-Za-z_,]', '', m[1])}~", body)
    body, comments = _comments(body)
    body = re.sub(r"^[-+#*•]\s*(?=\w)", "", body).rstrip(",; ")
    body, keys = _keys(body)
    type_, rest, values = _type(body)
    comments = values + comments
    if not rest:
        if not type_ or not keys:
            return None
        type_, rest, code = "string", type_, "er.attribute_type"
        message = "Gave an attribute without a type the type `string`."
    else:
        code, message = "er.attribute", "Wrote the attribute as type, name, keys, comment."
    name, *words = rest.split()
    if words and not _TYPE_NAMES.match(type_) and not CONSTRAINT.fullmatch(" ".join(words)):
        return None  # which of the words is the name?
    comments = ([" ".join(words)] if words else []) + comments
    parts = [_type_word(type_), _name_word(name)]
    if keys:
        parts.append(", ".join(dict.fromkeys(keys)))
    if comments:
        parts.append(quoted(", ".join(comments)))
    changed = f"{indent}{' '.join(parts)}"
    return (changed, code, message) if is_right(changed) else None


def _comments(body: str) -> tuple[str, list[str]]:
    """The line without its quoted texts and remarks, and those."""
    quotes: list[str] = []
    remarks: list[str] = []
    remark = re.search(r"\s(?://|--|#|%%)\s?(.*)$|\s/\*(.*?)\*/", body)
    if remark and '"' not in remark.group():
        remarks.append((remark.group(1) or remark.group(2) or "").strip())
        body = body[: remark.start()]

    def take(match: re.Match[str]) -> str:
        quotes.append((match.group(1) or match.group(2) or "").strip())
        return " "

    head, text = re.match(r"^(\S+\s+[\"'`]?[\w.\-\u00c0-\uffff]+[\"'`]?|\S*)(.*)$", body, re.DOTALL).groups()  # type: ignore[union-attr]
    text = re.sub(r"\"([^\"]*)\"?|(?<![\w])'([^']*)'(?!\w)", take, text)
    return f"{head}{text}".strip(), [words for words in quotes + remarks if words]


def _keys(body: str) -> tuple[str, list[str]]:
    head, _, tail = body.partition(" ")
    lead = re.match(r"^(PK|FK|UK)(?=[\s,:])[\s,:]*", body, re.IGNORECASE)
    keys: list[str] = []
    if lead:  # the key in front of the type
        keys.append(lead.group(1).upper())
        head, _, tail = body[lead.end() :].partition(" ")
    for pattern, key in _KEY_WORDS:
        for match in pattern.finditer(tail):
            keys.append(key or match.group(1).upper())
        tail = pattern.sub(" ", tail)
    tail = re.sub(r"(?<=\s)[,/|&+]+(?=\s|$)", " ", f" {tail} ").strip()
    return f"{head} {tail}".strip(), keys


def _type(body: str) -> tuple[str, str, list[str]]:
    """Type, what follows it, and what stood in its brackets in quotes."""
    long = _LONG_TYPES.match(body)
    if long:
        joined = re.sub(r"\s+", "_", long.group().strip())
        return joined, body[long.end() :].strip(), []
    named = re.match(r"^([\w\u00c0-\uffff]+)\s*:\s*(.+)$", body)
    if named:  # `name: type`
        type_, rest, values = _type(f"{named.group(2)}")
        return type_, f"{named.group(1)} {rest}".strip(), values
    brackets = re.match(r"^(\w+)\s*\(([^()]*)\)\s*(.*)$", body)
    if brackets and brackets.group(3):
        word, inner, rest = brackets.groups()
        values = re.findall(r"['\"]([^'\"]*)['\"]", inner)
        if values or word.lower() in ("enum", "set"):
            return word, rest, [", ".join(values or [part.strip() for part in inner.split(",")])]
        return f"{word}({re.sub(r'[^0-9A-Za-z,_]', '', inner)})", rest, []
    first, _, rest = body.partition(" ")
    second = rest.split()[0] if rest.split() else ""
    if second and _TYPE_NAMES.fullmatch(second.rstrip(",")) and not _TYPE_NAMES.match(first) and rest.strip() == second:
        return second, first, []  # name, then type
    return first, rest.strip(), []


def _type_word(word: str) -> str:
    word = word.replace("<", "~").replace(">", "~").replace("'", "").replace('"', "")
    word = re.sub(r"[^\w\-\[\]().,~*?\u00c0-\uffff]", "_", word)
    return word if not word[:1].isdigit() else f"_{word}"


def _name_word(word: str) -> str:
    word = re.sub(r"[^\w\-\[\]().,\u00c0-\uffff]", "_", word.strip("\"'`,;:?"))
    word = word if word and not word[0].isdigit() and word[0] not in "-[]()." else f"_{word}"
    return f"{word}_" if word.upper() in ("PK", "FK", "UK") else word
