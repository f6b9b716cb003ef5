"""The breach of a rule: what has to be the case for a call to be refused, in the words of the rule.

``Members cannot borrow more than 3 tools`` says what holds, ``members try to borrow more than 3 tools`` when it is
broken. Only whole patterns of a sentence are turned; whatever is no rule in plain words comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

Turn = Callable[[re.Match[str]], str]

_CAN = r"(?:can|may|could|must|shall|should|will)"
_NOT = rf"(?:{_CAN} not|cannot|can't|mustn't|won't|shouldn't|can never|must never|may never)"
_MUST = r"(?:must|shall|has to|have to|needs to|need to)"
_BE = r"(?:is|are|will be|must be|shall be|should be|get|gets)"
_REFUSING = r"(?:refuse|reject|den|decline|prevent|block|disallow|forbid|prohibit)(?:s|es|ies|y)?"
# A locker that "is blocked" is no rule.
_REFUSED = r"(?:refused|rejected|denied|declined|prevented|forbidden|prohibited|not allowed)"
_WHO = r"(?P<who>.{2,160}?)"
_WHAT = r"(?P<what>.{2,160})"
_BEFORE = r"(?:at|by|for|from|in|of|on|per|to|with)"
_ARTICLE = r"(?:an?|each|the)"
# A phrase is taken whole: nobody offers more than 20 plants at a.
_PHRASE = rf" (?:{_BEFORE} )?(?:{_ARTICLE} )?(?!(?:{_BEFORE}|{_ARTICLE})\b)[\w-]+"
_NUMBER = rf"(?P<what>\S+(?:{_PHRASE}){{1,3}})(?: .*)?"


def _is_several(who: str) -> bool:
    """Whether a subject wants the verb of several: by its last word before anything that is said about it."""
    head = re.split(r"\b(?:with|of|from|in|on|at|who|that|which|whose|without)\b", who.strip(), maxsplit=1)[0].split()
    last = head[-1].lower() if head else ""
    return last in {"they", "people", "we", "you"} or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def _tries(match: re.Match[str]) -> str:
    who, what = match["who"].strip(), match["what"].strip()
    if what.startswith("be ") or what == "be":
        return f"{who} {'are' if _is_several(who) else 'is'} to {what}"
    return f"{who} {'try' if _is_several(who) else 'tries'} to {what}"


def _fails(match: re.Match[str]) -> str:
    who, what = match["who"].strip(), match["what"].strip()
    several = _is_several(who)
    if what.startswith("be "):
        return f"{who} {'are' if several else 'is'} not {what[3:]}"
    return f"{who} {'do' if several else 'does'} not {what}"


def _others(match: re.Match[str]) -> str:
    return f"somebody other than {match['who'].strip()} tries to {match['what'].strip()}"


def _by_others(match: re.Match[str]) -> str:
    what = match["what"].strip()
    be = "are" if _is_several(what) else "is"
    return f"{what} {be} to be {match['done']} by somebody other than {match['who'].strip()}"


def _beyond(match: re.Match[str]) -> str:
    return f"more than {match['what'].strip()}"


def _short(match: re.Match[str]) -> str:
    return f"fewer than {match['what'].strip()}"


def _itself(match: re.Match[str]) -> str:
    return match["what"].strip()


_ENGLISH: Final[tuple[tuple[re.Pattern[str], Turn], ...]] = tuple(
    (re.compile(rf"(?:(?:the )?system |it |we )?{pattern}[.!]*", re.IGNORECASE), turn)
    for pattern, turn in (
        (rf"(?:must |shall |should |will |has to )?{_REFUSING} {_WHAT}", _itself),
        (rf"(?P<what>.{{2,160}}?) {_BE} {_REFUSED}", _itself),
        (rf"only {_WHO} {_CAN} {_WHAT}", _others),
        (rf"who {_CAN} {_WHAT}\s*[:?,-]\s*only {_WHO}", _others),
        (rf"{_WHAT} {_CAN} (?:only )?be (?P<done>\w+ed|\w+en) (?:only )?by {_WHO}", _by_others),
        (rf"(?:nobody|no one) {_CAN} {_WHAT}", lambda match: f"somebody tries to {match['what'].strip()}"),
        (rf"{_WHO} {_NOT} {_WHAT}", _tries),
        (rf"{_WHO} (?:is|are) not allowed to {_WHAT}", _tries),
        (rf"(?:.{{2,160}} )?(?:at most|no more than|up to|a maximum of|not more than) {_NUMBER}", _beyond),
        (rf"{_WHO} {_MUST} (?:have )?at least {_NUMBER}", _short),
        (rf"{_WHO} {_MUST} {_WHAT}", _fails),
    )
)


def _without_l(syllable: str) -> str:
    """``빌`` of ``빌릴`` without its last ㄹ, as stems are: ``릴`` → ``리``; empty where there is none."""
    code = ord(syllable) - 0xAC00
    return chr(0xAC00 + code - 8) if 0 <= code < 11172 and code % 28 == 8 else ""


#: Syllables that verbs and adjectives have before -은 and -는: 같은 시간, 받은 사람.
_STEMS: Final = "같많작높낮받읽남넘찾적짧좋않없있하되오보쓰리이"


def _settled(before: str) -> str:
    """A topic as the subject or object that it is in front of ``-려는``: 회원은 책을 → 회원이 책을, 수업은 → 수업을."""
    match = re.match(rf"(.*?[가-힣])(?<![{_STEMS}])(은|는) (.*)", before)
    if match is None:
        return before
    word, rest = match[1], match[3]
    final = (ord(word[-1]) - 0xAC00) % 28
    acts = re.search(r"[가-힣](?:을|를) ", rest)
    particle = ("이" if final else "가") if acts else ("을" if final else "를")
    return f"{word}{particle} {rest}"


def _would(match: re.Match[str]) -> str:
    before, last = _settled(match["what"]), match["last"]
    if last == "있":
        return f"{before}있는 경우"
    if last == "없":
        return f"{before}없는 경우"
    if match["link"]:  # 먹을 수 없다
        return f"{before}{last}으려는 경우"
    stem = _without_l(last)
    return f"{before}{stem}려는 경우" if stem else ""


def _lacks(match: re.Match[str]) -> str:
    what, end = match["what"], match["end"]
    ends = {"해": "하지 않은 경우", "하여": "하지 않은 경우", "되어": "되지 않은 경우", "돼": "되지 않은 경우"}
    ends |= {"있어": "없는 경우", "이어": "이 아닌 경우", "여": "가 아닌 경우", "받아": "받지 않은 경우"}
    return f"{what}{ends[end]}"


_NUMBERS_KO = "한|두|세|네|다섯|여섯|일곱|여덟|아홉|열"
_END = r"(?:한다|합니다|함|하며|됩니다|된다)?[.!]?"
_KOREAN: Final[tuple[tuple[re.Pattern[str], Turn], ...]] = (
    (
        re.compile(
            r"(?P<what>.{2,160}?)(?P<last>[가-힣])(?P<link>을)? ?수 ?"
            r"없(?:다|습니다|음|으며|고|지만|어야 ?한다|도록 ?한다)[.!]?"
        ),
        _would,
    ),
    (
        re.compile(rf"(?P<what>.{{2,160}}?)(?P<end>하여|해|되어|돼|있어|이어|여|받아)야 ?{_END}"),
        _lacks,
    ),
    (
        re.compile(
            rf".{{0,160}}?최대 ?(?P<what>(?:[\d,]+|{_NUMBERS_KO}) ?[가-힣]{{1,2}}?)"
            r"(?:까지|만|을|를|의|로)?(?: .{0,120})?[.!]?"
        ),
        lambda match: f"{match['what']}{_object(match['what'])} 넘는 경우",
    ),
    (
        re.compile(
            r"(?P<what>.{2,160}?[가-힣])(?:은|는|이|가|을|를)? ?(?:거절|거부|차단|금지|제한)"
            r"(?:된다|됩니다|한다|합니다|되어야 한다|해야 한다|함|됨)[.!]?"
        ),
        lambda match: match["what"],
    ),
    (
        re.compile(r"(?P<what>.{2,160}?)하면 안 ?(?:된다|됩니다|됨)[.!]?"),
        lambda match: f"{_settled(match['what'])}하려는 경우",
    ),
)  # fmt: skip


def _object(word: str) -> str:
    code = ord(word[-1]) - 0xAC00
    return "을" if 0 <= code < 11172 and code % 28 else "를"


@lru_cache(maxsize=2048)
def breach_of(rule: str) -> str:
    """When a rule is broken, in its own words; the text itself where it is no rule that can be turned."""
    text = " ".join(rule.split()).rstrip(".!。 ")
    for pattern, turn in (*_KOREAN, *_ENGLISH):
        match = pattern.fullmatch(text)
        if match is not None:
            return turn(match).strip() or rule
    return rule


def is_rule(text: str) -> bool:
    """Whether a text says what holds instead of when it is broken."""
    return breach_of(text) != text
