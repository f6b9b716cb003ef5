"""Which language a text is written in, by its letters."""

from __future__ import annotations

from collections import Counter
from typing import Literal


def detect_language(text: str) -> str:
    """The language that most letters of a text belong to: ``ko``, ``ja``, ``zh``, ``ru`` … or ``en``."""
    counts: Counter[str] = Counter()
    for char in text[:20_000]:
        code = ord(char)
        if 0xAC00 <= code <= 0xD7A3 or 0x3131 <= code <= 0x318E:
            counts["ko"] += 3
        elif 0x3040 <= code <= 0x30FF:
            counts["ja"] += 3
        elif 0x4E00 <= code <= 0x9FFF:
            counts["zh"] += 2
        elif 0x0400 <= code <= 0x04FF:
            counts["ru"] += 1
        elif 0x0600 <= code <= 0x06FF:
            counts["ar"] += 1
        elif 0x0E00 <= code <= 0x0E7F:
            counts["th"] += 1
        elif char.isascii() and char.isalpha():
            counts["en"] += 1
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    best = counts.most_common(1)
    return best[0][0] if best else "en"


def sentence_language(text: str) -> Literal["ko", "en", "other"]:
    hangul = sum("가" <= char <= "힣" for char in text)
    other = sum(char > "\u02ff" and not "가" <= char <= "힣" and char.isalpha() for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    if other > hangul and other * 3 > latin:
        return "other"
    return "ko" if hangul * 3 >= latin and hangul else "en"
