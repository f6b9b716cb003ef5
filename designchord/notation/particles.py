"""Korean particles follow the sound before them: 쿠폰을, 예약을, 코드를."""

from __future__ import annotations

import re
from typing import Final

#: By what is written where the word is not known yet: after a consonant, after a vowel.
_FORMS: Final = {
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)라고": ("이라고", "라고"),
}
_PARTICLE: Final = re.compile(r"(\S*?)(이\(가\)|을\(를\)|은\(는\)|와\(과\)|\(으\)로|\(이\)라고)")
#: What may stand between a word and its particle.
_AROUND: Final = "\"'`)]}”’.*_"
#: Latin letters and digits that are said with a consonant at their end (툴, 아이템, 엘, 알, but 멤버), and those
#: of them that end in a ㄹ, after which it is 로 all the same. As the page has them (``particles.js``).
_CLOSED: Final = re.compile(r"(?:[lmn013678]|ng|[LMNR])$")
_RIEUL: Final = re.compile(r"(?:[l178]|[LR])$")
_FIRST, _LAST = 0xAC00, 0xD7A3
_FINAL_RIEUL: Final = 8


def settle_particles(text: str) -> str:
    """Choose the form of each particle that its word wants: ``상품을(를)`` → ``상품을``."""

    def choose(match: re.Match[str]) -> str:
        word, particle = match.groups()
        closed, opened = _FORMS[particle]
        if particle == "(으)로" and _ends(word, _FINAL_RIEUL):
            return word + opened
        return word + (closed if _ends(word) else opened)

    return _PARTICLE.sub(choose, text)


def _ends(word: str, final: int | None = None) -> bool:
    """Whether a word ends in a consonant, or in that of this number among Hangul's finals."""
    letters = word.rstrip(_AROUND)
    code = ord(letters[-1]) if letters else 0
    if _FIRST <= code <= _LAST:
        found = (code - _FIRST) % 28
        return found > 0 if final is None else found == final
    return bool((_CLOSED if final is None else _RIEUL).search(letters))
