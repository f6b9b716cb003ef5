"""A script as its statements, in one pass: quotes, comments and bodies of functions are stepped over.

Of a dump of megabytes only what shapes tables is worth a parser; the rest is never looked at. Nothing here is
quadratic, whatever is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

#: Where something begins in which a semicolon does not end a statement.
_OPENERS: Final = re.compile(
    r";|--|/\*|'|\"|`|\$(?:[A-Za-z_]\w*)?\$|^[ \t]*GO[ \t\r]*$|^\\[^\n]*|^[ \t]*DELIMITER[ \t]+\S+",
    re.MULTILINE | re.IGNORECASE,
)
_STRING: Final = re.compile(r"(?:[^'\\]+|''|\\.)*'", re.DOTALL)
_STRING_WITHOUT_ESCAPES: Final = re.compile(r"(?:[^']+|'')*'")
_CLOSERS: Final = {'"': '"', "`": "`", "--": "\n", "/*": "*/"}
_COPY: Final = re.compile(r"\s*COPY\s[^;]*\sFROM\s+stdin", re.IGNORECASE)
_COPY_END: Final = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_DELIMITER_BACK: Final = re.compile(r"^[ \t]*DELIMITER[ \t]+;", re.MULTILINE | re.IGNORECASE)
#: What the undoing half of a migration begins with, in the tools that write both halves into one file.
_UNDO: Final = re.compile(
    r"^[ \t]*(?:--|\#)[ \t]*(?:\+(?:goose|migrate|micrate)[ \t]+down|migrate:down|-*[ \t]*!downs|//@undo"
    r"|rambler[ \t]+down)",
    re.MULTILINE | re.IGNORECASE,
)


class Statement(NamedTuple):
    """``line`` is that of its first character that is neither blank nor comment, counted from 1."""

    text: str
    line: int


def split(script: str, *, escapes: bool = False) -> Iterator[Statement]:
    """The statements of a script, without comments around them. ``escapes``: a backslash in a text escapes."""
    undo = _UNDO.search(script)
    if undo is not None:
        script = script[: undo.start()]
    string = _STRING if escapes else _STRING_WITHOUT_ESCAPES
    line, counted = 1, 0
    for start, end in _spans(script, string):
        begin = _skip_blank(script, start, end)
        if begin < end:
            line += script.count("\n", counted, begin)
            counted = begin
            yield Statement(script[begin:end], line)


def _spans(script: str, string: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each statement."""
    start = position = 0
    while (opener := _OPENERS.search(script, position)) is not None:
        sign = opener[0]
        position = opener.end()
        if sign == ";":
            end = opener.start()
            if _COPY.match(script, start, end):
                closing = _COPY_END.search(script, position)
                position = closing.end() if closing else len(script)
            yield start, end
            start = position
        elif sign == "'":
            closing = string.match(script, position)
            position = closing.end() if closing else len(script)
        elif sign in _CLOSERS:
            found = script.find(_CLOSERS[sign], position)
            position = found + len(_CLOSERS[sign]) if found >= 0 else len(script)
        elif sign.startswith("$"):
            found = script.find(sign, position)
            position = found + len(sign) if found >= 0 else len(script)
        else:  # a line of its own: a batch's end, a command of the client, a change of the sign that ends statements
            yield start, opener.start()
            if sign.strip()[:9].upper() == "DELIMITER" and not sign.rstrip().endswith(";"):
                closing = _DELIMITER_BACK.search(script, position)
                position = closing.end() if closing else len(script)
            start = position
    yield start, len(script)


_BLANK: Final = re.compile(r"(?:\s+|--[^\n]*|/\*(?!!).*?\*/|\#[^\n]*)+", re.DOTALL)


def _skip_blank(script: str, start: int, end: int) -> int:
    blank = _BLANK.match(script, start, end)
    return blank.end() if blank else start
