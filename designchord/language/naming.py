"""Names: from words to the field's usual case, plurals, slugs, and Latin letters for Hangul."""

from __future__ import annotations

import re
import unicodedata

from designchord.blueprint.naming import INITIALS, VOWELS

# Words after which generators stumble: the ids of Mermaid and of most programming languages.
_RESERVED = {"System", "Database", "End", "Actor"}

_FINALS = " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" ")  # noqa: SIM905

#: Nouns without a singular.
ONLY_PLURAL = ("goods", "clothes", "groceries", "belongings", "premises", "savings", "earnings", "headquarters")

_IRREGULAR = {
    "person": "people",
    "child": "children",
    "staff": "staff",
    "equipment": "equipment",
    "stock": "stocks",
    "feedback": "feedback",
    "news": "news",
    "series": "series",
    "species": "species",
    "leave": "leaves",
    "shelf": "shelves",
    "quiz": "quizzes",
    "analysis": "analyses",
    "maintenance": "maintenance",
    "attendance": "attendance",
    **{word: word for word in ONLY_PLURAL},
    "payroll": "payrolls",
}
_SINGULAR = {plural: word for word, plural in _IRREGULAR.items()} | {
    **{f"{word}s": word for word in ("mechanic", "topic", "clinic", "critic", "comic", "lyric", "fabric", "picnic")},
    "men": "man",
    "women": "woman",
    "knives": "knife",
    "lives": "life",
    "leaves": "leaf",
    "wives": "wife",
    "criteria": "criterion",
    "data": "data",
    **{word: word for word in ONLY_PLURAL},
    "media": "media",
    "movies": "movie",
    "cookies": "cookie",
    "menus": "menu",
    "buses": "bus",
    "hives": "hive",
    "archives": "archive",
    "series": "series",
    "caches": "cache",
    "beehives": "beehive",
    "ties": "tie",
    "selfies": "selfie",
    "smoothies": "smoothie",
}
_NO_PLURAL = re.compile(r"(?:ss|us|is|ics|ness|ous|as|news|always|address|canvas|lens|series|species)$")


def romanise(text: str) -> str:
    """Hangul in the letters of the revised romanisation, syllable by syllable; other letters are left out."""
    out: list[str] = []
    for char in text:
        code = ord(char) - 0xAC00
        if 0 <= code < 11172:
            initial, rest = divmod(code, 588)
            out.append(INITIALS[initial] + VOWELS[rest // 28] + _FINALS[rest % 28])
        elif char.isascii() and (char.isalnum() or char == " "):
            out.append(char)
    return "".join(out)


def split_words(text: str) -> list[str]:
    """The words of a phrase or of an identifier in any case: ``order_line``, ``OrderLine``, ``order-line``."""
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    return re.findall(r"[A-Za-z]+|[0-9]+", text)


def pascal(text: str) -> str:
    words = split_words(text)
    while words and words[0].isdigit():
        words = words[1:]
    name = "".join(word[0].upper() + word[1:].lower() for word in words)[:40]
    return f"{name}Record" if name in _RESERVED else name


def snake(text: str) -> str:
    words = split_words(text)
    while words and words[0].isdigit():
        words = words[1:]
    return "_".join(word.lower() for word in words)[:60].strip("_")


def camel(*parts: str) -> str:
    name = "".join(word[0].upper() + word[1:].lower() for part in parts for word in split_words(part))[:60]
    return name[:1].lower() + name[1:]


def slug(text: str) -> str:
    return "-".join(word.lower() for word in split_words(text))[:60].strip("-")


def plural(word: str) -> str:
    """The plural of the last word of a snake_case, kebab-case or lower-case phrase."""
    head = re.match(r"^(.*[^a-z])?([a-z0-9]+)$", word)
    if not head:
        return word
    before, last = head.group(1) or "", head.group(2)
    if last in _IRREGULAR:
        return before + _IRREGULAR[last]
    if re.search(r"(?:s|x|z|ch|sh)$", last):
        return before + last + "es"
    if re.search(r"[^aeiou]y$", last):
        return before + last[:-1] + "ies"
    return before + last + "s"


def singular(word: str) -> str:
    """The singular of a lower-case English noun; what is no plural comes back as it is."""
    if word in _SINGULAR:
        return _SINGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or _NO_PLURAL.search(word):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(?:ss|x|zz|ch|sh|tus|bus)es$", word):
        return word[:-2]
    return word[:-1]
