"""Words of one thing in texts about it, exchanged for another's: plurals and Korean particles follow."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from designchord.blueprint.naming import pascal, snake, split_words

#: Particles after a syllable with a final consonant, and after one without.
_PARTICLES: Final = (
    ("이라는", "라는"),
    ("이라고", "라고"),
    ("으로", "로"),
    ("이나", "나"),
    ("이랑", "랑"),
    ("을", "를"),
    ("이", "가"),
    ("은", "는"),
    ("과", "와"),
)
_AFTER_RO: Final = ("", "서", "써", "부터", "만", "는", "의")
_HANGUL = re.compile(r"[가-힣]")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]|[^A-Za-z0-9]+")


def exchanged(text: str, old: str, new: str) -> str:
    """The text with one label instead of another: ``Members`` → ``Customers``, ``회원이`` → ``고객이``."""
    if not old or old.casefold() not in text.casefold():
        return text
    return _hangul(text, old, new) if _HANGUL.search(old) else _latin(text, old, new)


def plural(name: str) -> str:
    """The plural of an English word, in its case."""
    if re.search(r"[^aeiouAEIOU]y$", name):
        return name[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", name):
        return name + "es"
    return name + "s"


def segment(name: str) -> str:
    """How paths speak of the records of an entity: ``LoanItem`` → ``loan-items``."""
    return plural("-".join(split_words(name)))


def name_exchanged(name: str, old: str, new: str) -> str:
    """``listLoanItems`` → ``listOrderLines`` where a loan item became an order line."""
    parts, words = _PARTS.findall(name), split_words(old)
    for at in range(len(parts) - len(words) + 1):
        found = [part.lower() for part in parts[at : at + len(words)]]
        if not words or found[:-1] != words[:-1] or found[-1] not in (words[-1], plural(words[-1])):
            continue
        put = plural(pascal(new)) if found[-1] != words[-1] else pascal(new)
        if at == 0 and name[0].islower():
            put = put[:1].lower() + put[1:]
        return "".join((*parts[:at], put, *parts[at + len(words) :]))
    return name


def snake_exchanged(name: str, old: str, new: str) -> str:
    """``member_id`` → ``customer_id``; nothing else of a name."""
    return re.sub(rf"(?:(?<=^)|(?<=_)){re.escape(snake(old))}(?=_|$)", snake(new), name)


def _latin(text: str, old: str, new: str) -> str:
    for was, becomes in ((plural(old), plural(new)), (old, new)):
        pattern = re.compile(rf"(?<!\w){re.escape(was)}(?!\w)", re.IGNORECASE)
        text = pattern.sub(partial(_cased, becomes), text)
    return text


def _cased(put: str, found: re.Match[str]) -> str:
    if found[0][:1].isupper():
        return put[:1].upper() + put[1:]
    return put if not put[:1].isupper() or put[1:2].isupper() else put[:1].lower() + put[1:]


def _hangul(text: str, old: str, new: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        return new + _particle(match["rest"], old, new)

    return re.sub(rf"(?<![가-힣]){re.escape(old)}(?P<rest>[가-힣]*)", replaced, text)


def _particle(rest: str, old: str, new: str) -> str:
    """What followed one word, as it follows another."""
    for closed, opened in _PARTICLES:
        if closed == "으로":
            before, after = ("으로" if _closed(word) and not _rieul(word) else "로" for word in (old, new))
            if rest.startswith(before) and rest[len(before) :] in _AFTER_RO:
                return after + rest[len(before) :]
        elif rest == (closed if _closed(old) else opened):
            return closed if _closed(new) else opened
    return rest


def _closed(label: str) -> bool:
    """Whether a word ends with a final consonant; words in other letters count as if they did not."""
    last = label[-1:]
    return bool(_HANGUL.match(last)) and (ord(last) - 0xAC00) % 28 != 0


def _rieul(label: str) -> bool:
    return bool(_HANGUL.match(label[-1:])) and (ord(label[-1]) - 0xAC00) % 28 == 8
