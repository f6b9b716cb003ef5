"""Pictures in an exported document: its own diagrams drawn where they stand, and those of the design where it speaks of
them. The page does the same (``web/static/js/design/document_pictures.js``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from designchord.notation.mermaid import parse

_BLOCK: Final = re.compile(r'<pre><code class="language-mermaid">(.*?)</code></pre>', re.DOTALL)
_HEADING: Final = re.compile(r"<h([2-4])[^>]*>(.*?)</h\1>", re.DOTALL)
_TABLE: Final = re.compile(r"<table>.*?</table>", re.DOTALL)
_FIRST_CELL: Final = re.compile(r"<tr>\s*<td>(.*?)</td>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")
_NUMBER: Final = re.compile(r"^[\d.\s]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A picture of the design, by what a document may call it: the title of a part, or the entities of a model."""

    title: str
    source: str
    picture: SafeString


def with_pictures(read: str, places: Iterable[Place], draw: Callable[[str], SafeString]) -> SafeString:
    """``read`` is a document as safe HTML; ``draw`` makes a figure of Mermaid text."""
    text = _BLOCK.sub(lambda block: draw(unescape(block[1])), read)
    for place in places:
        found = next((one for one in _HEADING.finditer(text) if _words(one[2]) == place.title), None)
        at = found.end() if found else _table(text, place.source)
        if at is not None:
            text = text[:at] + place.picture + text[at:]
    return mark_safe(text)  # noqa: S308 (safe before, and so is what was put in)


def _words(markup: str) -> str:
    return _NUMBER.sub("", unescape(_TAG.sub("", markup))).strip()


def _table(text: str, source: str) -> int | None:
    """Where the table begins that lists the entities of a model, whatever it is called."""
    model = parse(source).er
    names = {entity.name for entity in model.entities} if model else set()
    for table in _TABLE.finditer(text) if names else ():
        listed = names.intersection(_words(cell) for cell in _FIRST_CELL.findall(table[0]))
        if 2 * len(listed) >= len(names):
            return table.start()
    return None
