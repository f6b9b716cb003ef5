"""Put foreign words into a diagram so that they are shown as they are and can never be syntax."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from designchord.notation.mermaid_syntax import KEYWORD_ID

#: Words that an ER diagram's lexer takes for its own where an entity's name stands, whatever their case.
_ER_WORDS: Final = frozenset(
    {
        "erdiagram", "er", "end", "class", "classdef", "style", "subgraph", "one", "many", "only", "zero", "to",
        "optionally", "title", "direction", "acctitle", "accdescr", "u", "pk", "fk", "uk",
    }
)  # fmt: skip

#: Words that begin a statement only with something behind them, such as ``title:``.
_STATEMENT_WORDS: Final = frozenset({"title", "links", "link", "properties", "details", "acctitle", "accdescr"})

#: Signs that would end or change a quoted text, and the nearest signs that do not.
_ER_STAND_INS: Final = str.maketrans({'"': "'", "<": "‹", ">": "›", "%": "％", "\\": "＼", "`": "'"})
_ENTITIES: Final = str.maketrans({"#": "#35;", ";": "#59;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "%": "#37;"})

_WRAP: Final = re.compile(r":?\s*(no)?wrap", re.IGNORECASE)
_STYLE: Final = re.compile(r"style|classDef|script|data", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(script|data)(\s*):", re.IGNORECASE)
_DIRECTION: Final = re.compile(r"(direction) +(TB|BT|RL|LR)", re.IGNORECASE)


def one_line(text: str) -> str:
    """The text without line breaks, control characters and lone surrogates, runs of blanks as one."""
    if text.isprintable() and "ﬂ" not in text and "¶" not in text:
        return " ".join(text.split())
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or (unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co") and char not in "ﬂ¶")
    )
    return " ".join(kept.split())


def free_text(text: str) -> str:
    """Words for a message, note, alias or block title of a sequence diagram; never empty."""
    words = one_line(text)
    escaped = words.translate(_ENTITIES).replace("#quot;", '"')
    if ":" in escaped and (_WRAP.match(escaped) or _STYLE.search(escaped)):
        escaped = escaped.replace(":", "#58;")  # Mermaid reads `wrap:` and `style x:#…;` anywhere; addresses stay text
    return escaped or "…"


def quoted(text: str) -> str:
    """Words in double quotes for a comment, label or alias of an ER diagram; may be empty.

    Entities such as ``#quot;`` are no way out here: without HTML labels Mermaid shows them as they are written.
    """
    words = one_line(text).translate(_ER_STAND_INS)
    if "#" in words:
        words = re.sub(r"#(?=\w+;)", "# ", words)
    if ":" in words:
        words = _ADDRESS.sub(r"\1\2：", words)
    words = _DIRECTION.sub(r"\1-\2", words)
    return f'"{words}"'


def participant_id(name: str) -> str:
    """An ASCII name as a participant's id: a word of the notation gets an underscore (``End_``)."""
    return f"{name}_" if KEYWORD_ID.fullmatch(name) or name.lower() in _STATEMENT_WORDS else name


def original_id(identifier: str) -> str:
    """The name that ``participant_id`` was given."""
    name = identifier.removesuffix("_")
    return name if name != identifier and participant_id(name) == identifier else identifier


def entity_name(name: str) -> str:
    """A name as an ER entity: quoted where the bare word would be read as something else."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) and name.lower() not in _ER_WORDS:
        return name
    return quoted(name) if one_line(name) else '"_"'


def attribute_name(name: str) -> str:
    """A snake_case name as an ER attribute: ``pk`` alone would be read as a key."""
    return f"{name}_" if name.lower() in ("pk", "fk", "uk") else name
