"""How lines of ER diagrams look: just enough for hints and repairs. The grammar alone decides validity."""

from __future__ import annotations

import re
from typing import Final

#: Words of SQL that stand after an attribute's name by mistake.
CONSTRAINT: Final = re.compile(
    r"\b(?:not\s+null|nullable|null|nn|unique|not_null|notnull|default\b.*|auto[_ ]?increment|autoincrement|identity|"
    r"generated\b.*|check\s*\(.*|references\b.*|on\s+(?:delete|update)\b.*|index(?:ed)?|primary\s+key|foreign\s+key|"
    r"required|optional|unsigned|ai)(?![\w(])",
    re.IGNORECASE,
)

RELATION: Final = re.compile(
    r"""^\s*(?P<source>"[^"]+"|[^\s"{}|:]+)\s+(?P<ends>[^\s"]*(?:--|\.\.)[^\s"]*)\s+(?P<target>"[^"]+"|[^\s"{}|:]+)\s*(?::|$)"""
)
#: What joins two entities, or is meant to.
JOINED: Final = re.compile(r"--|\.\.|—|–|->|<-|==|~~|[|}o][-=~.][|{o]")
_QUOTED: Final = re.compile(r'"[^"]*"')


def in_block(lines: list[str]) -> list[bool]:
    """For each line, whether it stands between the braces of an entity (the brace lines themselves do not)."""
    inside, result = False, []
    for line in lines:
        bare = line.split("%%", 1)[0]
        if '"' in bare:
            bare = _QUOTED.sub('""', bare)
        if not inside and RELATION.match(line):
            result.append(False)
            continue
        opens, closes = bare.rstrip().endswith("{"), bare.strip().startswith("}")
        if closes:
            inside = False
        result.append(inside)
        if opens:
            inside = True
    return result
