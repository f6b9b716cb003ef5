"""Which language a text is written in: by its letters, and in Latin letters by the small words that every text needs.

Thirty words a language tell the European languages apart from one sentence on; `docs/decisions.md` has the figures
beside the libraries that were measured.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Final, Literal

import yaml

#: English names of the languages that are told apart.
NAMES: Final = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}

#: What nobody reads as language: code, tags of HTML, addresses, also those behind links and pictures.
_UNREAD: Final = re.compile(
    r"`[^`\n]*`|<[^<>\n]{1,300}>|(?<=\])\([^()\n]{0,500}\)|\b\w{1,20}://\S+|\bwww\.\S+",
)
# Of ten words of prose in Latin letters at least one is a small word; where hardly any is, they are names.
_NAMES_ALONE: Final = 0.08
_OF_NAMES: Final = 1 / 3

# A letter of a script that packs a syllable or a word counts for more than one of an alphabet.
_SCRIPTS: Final = (
    ("ko", 3, "\uac00", "\ud7a3"),
    ("ko", 3, "\u3131", "\u318e"),
    ("ja", 3, "\u3040", "\u30ff"),
    ("zh", 2, "\u4e00", "\u9fff"),
    ("ru", 1, "\u0400", "\u04ff"),
    ("el", 1, "\u0370", "\u03ff"),
    ("he", 1, "\u0590", "\u05ff"),
    ("ar", 1, "\u0600", "\u06ff"),
    ("hi", 1, "\u0900", "\u097f"),
    ("th", 1, "\u0e00", "\u0e7f"),
)


def detect_language(text: str) -> str:
    """The code of the language that most of a text is in: ``ko``, ``de``, ``zh`` …; ``en`` where nothing tells."""
    text = _UNREAD.sub(" ", _unfenced(text[:20_000]))
    if text.isascii():
        return _latin(text)
    counts: Counter[str] = Counter()
    for char in text:
        if char.isascii():
            counts["latin"] += char.isalpha()
        else:
            found = next(((code, weight) for code, weight, low, high in _SCRIPTS if low <= char <= high), None)
            if found is not None:
                counts[found[0]] += found[1]
            elif char.isalpha():
                counts["latin"] += 1
    if len(counts) > 1 and _are_names(text):
        counts["latin"] = int(counts["latin"] * _OF_NAMES)
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    best = max(counts, key=lambda code: counts[code], default="latin")
    if best == "latin" or not counts[best]:
        return _latin(text)
    if best == "ru":
        return "uk" if re.search("[іїєґ]", text) else "bg" if "ъ" in text and not re.search("[ыэё]", text) else "ru"
    return "fa" if best == "ar" and re.search("[پچژگ]", text) else best


def _unfenced(text: str) -> str:
    """A text without its blocks of code."""
    kept: list[str] = []
    fence = ""
    for row in text.split("\n"):
        mark = row.lstrip()[:3]
        if mark in {"```", "~~~"} and fence in {"", mark}:
            fence = "" if fence else mark
        elif not fence:
            kept.append(row)
    return "\n".join(kept)


def language_name(code: str) -> str:
    """``Spanish`` for ``es`` or ``es-MX``; the code itself where the language is not among those told apart."""
    return NAMES.get(code.split("-")[0].lower(), code)


def sentence_language(text: str) -> Literal["ko", "en", "other"]:
    """Which of the analysers reads a sentence, by its letters."""
    hangul = sum("가" <= char <= "힣" for char in text)
    other = sum(char > "\u02ff" and not "가" <= char <= "힣" and char.isalpha() for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    if other > hangul and other * 3 > latin:
        return "other"
    return "ko" if hangul * 3 >= latin and hangul else "en"


def _are_names(text: str) -> bool:
    """Whether the words in Latin letters are names of products and the like, and no language."""
    words = re.findall(r"[^\W\d_]+", "".join(char if char < "\u0250" else " " for char in text.lower()))
    return sum(word in _languages() for word in words) < _NAMES_ALONE * len(words)


def _latin(text: str) -> str:
    """A word counts less the more languages have it; a letter of one language alone counts like half a word."""
    scores: defaultdict[str, float] = defaultdict(float)
    low = text.lower()
    for word in re.findall(r"[^\W\d_]+", low):
        languages = _languages().get(word, ())
        for language in languages:
            scores[language] += 1 / len(languages)
    if not low.isascii():
        for language, row in _small_words().items():
            scores[language] += sum(low.count(letter) for letter in row.get("letters", "")) / 2
    best = max(scores, key=lambda code: (scores[code], code == "en"), default="en")
    return best if scores[best] > scores["en"] else "en"


@cache
def _small_words() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "data" / "small_words.yaml").open("rb") as file:
        table: dict[str, dict[str, str]] = yaml.load(file, Loader=yaml.CSafeLoader)
    return table


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, row in _small_words().items():
        for word in row["words"].split():
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}
