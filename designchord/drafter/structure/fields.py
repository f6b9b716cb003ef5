"""Sentences that end in a list of fields: ``it has the following properties: bike, fault, wished date``."""

from __future__ import annotations

import re

_LIST = re.compile(
    r"\b(?:following|these|own|has|have|includes?|including|contains?|with)?\s*"
    r"(?:properties|property|fields?|attributes?|columns?|information|details|data)\s*:\s*(?P<en>[^:]{3,400})$"
    r"|(?:속성|항목|필드|정보|컬럼)\S*\s*[:：]\s*(?P<ko>[^:：]{2,400})$"
    r"|(?:속성|항목|필드|컬럼)(?:은|는|에는|으로는)\s+(?P<told>[^:：]{2,400}?)(?:이다|다|입니다|[이가] 있다)\.?$",
    re.IGNORECASE,
)


def find_fields(text: str) -> tuple[int, list[str]]:
    """Where the list begins with the word that announces it, and the fields; -1 and none where there is no list."""
    match = _LIST.search(text)
    if match is None:
        return -1, []
    listed = match.group("en") or match.group("ko") or match.group("told")
    fields = [re.sub(r"^(?:and|및|그리고)\s+", "", part).strip(" .") for part in re.split(r"[,、，/;]|\band\b", listed)]
    fields = [field for field in fields if field]
    short = all(len(field) <= 40 and len(field.split()) <= 4 for field in fields)
    return (match.start(), fields) if short and len(fields) >= 2 else (-1, [])
