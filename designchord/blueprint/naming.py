"""Names in the field's usual cases, and names compared as people mean them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_PLAIN_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")

# Romanisation of the three sounds of a Hangul syllable, in the order of Unicode.
INITIALS = "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" ")  # noqa: SIM905
VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(" ")  # noqa: SIM905
_FINALS = " k k k n n n t l k m p t t p t m p p t t ng t t k t p t".split(" ")  # noqa: SIM905

#: Plurals that do not follow from the last letters.
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "indices": "index",
    "statuses": "status",
    "addresses": "address",
    "media": "media",
    "news": "news",
    "series": "series",
    "data": "data",
}


def romanise(text: str) -> str:
    """Hangul syllable by syllable in Latin letters (``대여`` → ``daeyeo``); accents go; other scripts are left out."""
    if text.isascii():
        return text
    letters = []
    for letter in unicodedata.normalize("NFC", text):
        index = ord(letter) - 0xAC00
        if 0 <= index < 11172:
            letters.append(INITIALS[index // 588] + VOWELS[index % 588 // 28] + _FINALS[index % 28])
        else:
            letters.append(unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode())
    return "".join(letters)


def split_words(name: str) -> list[str]:
    """``LoanItem``, ``loan_items`` and ``Loan item`` are all made of words; in ASCII and lower case."""
    return [word.lower() for word in _BOUNDARY.split(romanise(name)) if word]


def pascal(name: str) -> str:
    """As entities and actors are named; empty when nothing of the name is left in ASCII."""
    return "".join(word[0].upper() + word[1:] for word in _from_letter(name))[:64]


def camel(name: str) -> str:
    """As operations are named."""
    joined = pascal(name)
    return joined[:1].lower() + joined[1:]


def snake(name: str) -> str:
    """As attributes and path parameters are named."""
    if _PLAIN_SNAKE.fullmatch(name):
        return name[:64].rstrip("_")
    return "_".join(_from_letter(name))[:64].rstrip("_")


def slug(name: str) -> str:
    """As scenarios and path segments are named."""
    return "-".join(split_words(name))[:64].rstrip("-")


def is_case(name: str, case: Callable[[str], str]) -> bool:
    """Whether a name is written as ``case`` would have it, acronyms (``APIKey``) included."""
    return _PATTERNS[case].fullmatch(name) is not None


_PATTERNS: dict[Callable[[str], str], re.Pattern[str]] = {
    pascal: re.compile("[A-Z][A-Za-z0-9]{0,63}"),
    camel: re.compile("[a-z][A-Za-z0-9]{0,63}"),
    snake: re.compile("[a-z][a-z0-9_]{0,63}"),
    slug: re.compile("[a-z0-9][a-z0-9-]{0,63}"),
}


def path_template(written: str) -> str:
    """``https://x/Loans/:loanId?a=1`` → ``/loans/{loan_id}``."""
    path = re.sub(r"^[a-z]+://[^/]*", "", written.strip()).split("?")[0]
    segments = []
    for segment in path.strip("/").split("/"):
        parameter = re.fullmatch(r"\{(.*?)\}|:(.+)|<(?:\w+:)?(.+)>|\[(.+)\]", segment)
        if parameter:
            inner = next(group for group in parameter.groups() if group is not None)
            segments.append("{" + (snake(inner) or "id") + "}")
        elif segment:
            segments.append(slug(segment) or "x")
    return "/" + "/".join(segments)


def singular(word: str) -> str:
    """``loans`` → ``loan``, ``boxes`` → ``box``; words that only look plural stay (``status``, ``address``)."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|zz)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def fold(name: str) -> str:
    """One spelling for all cases and numbers of a name: ``LoanItem`` = ``loan_items`` = ``loan-item``."""
    return _fold_known(name) if len(name) <= 64 else _fold(name)


def _fold(name: str) -> str:
    words = split_words(name)
    if words:
        words[-1] = singular(words[-1])
    return "".join(words)


#: Names stand in many places of a design, and each is compared with all others.
_fold_known = lru_cache(maxsize=4096)(_fold)


def _from_letter(name: str) -> list[str]:
    words = split_words(name)
    while words and not words[0][0].isalpha():
        words[0] = words[0].lstrip("0123456789")
        if not words[0]:
            words.pop(0)
    return words


def usual_returns(method: str, path: str) -> Literal["one", "page", "none"]:
    """What a call answers with where nothing else is said: a page is a GET of what is named in the plural."""
    last = path.rpartition("/")[2].split("-")[-1]
    if method == "GET" and not last.endswith("}") and singular(last) != last:
        return "page"
    return "none" if method == "DELETE" else "one"


def usual_entity(path: str, known: Mapping[str, str]) -> str | None:
    """Of ``known`` (folded spelling → entity) what a call is about where nothing else is said: the last one that its
    path names, ``Loan`` of ``/members/{member_id}/loans`` and of ``/loans/{loan_id}/extend``."""
    named = (known.get(fold(one)) for one in reversed(path.split("/")) if one and not one.startswith("{"))
    return next((one for one in named if one is not None), None)
