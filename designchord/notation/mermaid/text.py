"""Text of diagrams: as a reader sees it, and made fit for a line."""

from __future__ import annotations

import html
import unicodedata
from typing import Final


def one_line(text: str) -> str:
    """The text without line breaks, control characters and lone surrogates, runs of blanks as one."""
    if text.isprintable() and "ﬂ" not in text and "¶" not in text:
        return " ".join(text.split())
    kept = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or (unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co") and char not in "ﬂ¶")
    )
    return " ".join(kept.split())


def plain(text: str) -> str:
    """Text as a reader sees it: Mermaid parses ``#59;`` and ``#quot;`` in a disguise of its own."""
    if "ﬂ" not in text:
        return text
    return html.unescape(text.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";"))


def visible(text: str) -> str:
    """A name without the signs that nobody sees, its letters composed."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(char for char in composed if unicodedata.category(char) not in ("Cf", "Cc"))


#: Cyrillic and Greek letters, and the Latin ones that look like them.
_LOOK_ALIKE: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХасеіјорѕухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABESIJKMHOPCTYXaceijopsyxABEZHIKMNOPTYXo",
)


def seen(text: str) -> str:
    """A name as the eye takes it: two that look alike are the same."""
    return " ".join(unicodedata.normalize("NFKC", visible(text)).split()).translate(_LOOK_ALIKE)
