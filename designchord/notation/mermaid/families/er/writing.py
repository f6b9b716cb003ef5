"""Put foreign words into an ER diagram so that they are shown as they are and can never be syntax."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid.text import one_line

#: Words that an ER diagram's lexer takes for its own where an entity's name stands, whatever their case.
_ER_WORDS: Final = frozenset(
    {
        "erdiagram", "er", "end", "class", "classdef", "style", "subgraph", "one", "many", "only", "zero", "to",
        "optionally", "title", "direction", "acctitle", "accdescr", "u", "pk", "fk", "uk",
    }
)  # fmt: skip

#: Signs that would end or change a quoted text, and the nearest signs that do not.
_ER_STAND_INS: Final = str.maketrans({'"': "'", "<": "‹", ">": "›", "%": "％", "\\": "＼", "`": "'"})
_ADDRESS: Final = re.compile(r"(script|data)(\s*):", re.IGNORECASE)
_DIRECTION: Final = re.compile(r"(direction) +(TB|BT|RL|LR)", re.IGNORECASE)


def quoted(text: str) -> str:
    """Words in double quotes for a comment, label or alias of an ER diagram; may be empty.

    Entities such as ``#quot;`` are no way out here: without HTML labels Mermaid shows them as they are written.
    """
    words = one_line(text).translate(_ER_STAND_INS)
    if "#" in words:
        words = re.sub(r"#(?=\w+;)", "# ", words)
    if ":" in words:
        words = _ADDRESS.sub(r"\1\2：", words)
    words = words.replace("$$", "＄＄")  # the marks of a formula
    words = _DIRECTION.sub(r"\1-\2", words)
    return f'"{words}"'


def entity_name(name: str) -> str:
    """A name as an ER entity: quoted where the bare word would be read as something else."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) and name.lower() not in _ER_WORDS:
        return name
    return quoted(name) if one_line(name) else '"_"'


def attribute_name(name: str) -> str:
    """A snake_case name as an ER attribute: ``pk`` alone would be read as a key."""
    return f"{name}_" if name.lower() in ("pk", "fk", "uk") else name
