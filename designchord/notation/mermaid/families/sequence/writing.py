"""Put foreign words into a sequence diagram so that they are shown as they are and can never be syntax."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid.families.sequence.syntax import KEYWORD_ID
from designchord.notation.mermaid.text import one_line

#: Words that begin a statement only with something behind them, such as ``title:``.
_STATEMENT_WORDS: Final = frozenset({"title", "links", "link", "properties", "details", "acctitle", "accdescr"})

_ENTITIES: Final = str.maketrans({"#": "#35;", ";": "#59;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "%": "#37;"})

_WRAP: Final = re.compile(r":?\s*(no)?wrap", re.IGNORECASE)
_STYLE: Final = re.compile(r"style|classDef|script|data", re.IGNORECASE)


def free_text(text: str) -> str:
    """Words for a message, note, alias or block title of a sequence diagram; never empty."""
    words = one_line(text)
    escaped = words.translate(_ENTITIES).replace("#quot;", '"')
    if "$$" in escaped:
        escaped = escaped.replace("$$", "#36;#36;")  # the marks of a formula
    if ":" in escaped and (_WRAP.match(escaped) or _STYLE.search(escaped)):
        escaped = escaped.replace(":", "#58;")  # Mermaid reads `wrap:` and `style x:#…;` anywhere; addresses stay text
    return escaped or "…"


def participant_id(name: str) -> str:
    """An ASCII name as a participant's id: a word of the notation gets an underscore (``End_``)."""
    return f"{name}_" if KEYWORD_ID.fullmatch(name) or name.lower() in _STATEMENT_WORDS else name


def original_id(identifier: str) -> str:
    """The name that ``participant_id`` was given."""
    name = identifier.removesuffix("_")
    return name if name != identifier and participant_id(name) == identifier else identifier
