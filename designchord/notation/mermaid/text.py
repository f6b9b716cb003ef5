"""Text of diagrams: as a reader sees it, and made fit for a line."""

from __future__ import annotations

import html
import unicodedata


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
