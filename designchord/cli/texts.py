"""Text files as people have them: UTF-8, UTF-16, and the Korean and Western code pages of Windows."""

from __future__ import annotations

import codecs
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from designchord.notation.problems import Problem

#: Larger files are not read: what one of this size holds is checked in some seconds and some hundred megabytes.
MAX_BYTES: Final = 20_000_000

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Two bytes of a Hangul syllable as they stand in nearly every Korean file of before UTF-8 (KS X 1001).
_HANGUL: Final = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
_NOT_ASCII: Final = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as text. ``text`` is ``None`` where it could not be read; ``problem`` says why, or how it was read."""

    text: str | None
    problem: Problem | None = None


def read_file(path: Path) -> TextFile:
    """A file as text, however it is encoded. Never raises: whoever reads a folder goes on with the next file."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _unread("unreadable", "This is not a file that can be read.")
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size:,} bytes; at most {MAX_BYTES:,} are read"
            return _unread("too_large", f"The file has {size}, so it was not checked.", "Check its parts one by one.")
        data = path.read_bytes()
    except OSError:
        return _unread("unreadable", "The file cannot be read.", "Check its permissions.")
    return decode(data)


def decode(data: bytes) -> TextFile:
    """Bytes as text: by their mark, else UTF-8, else the one old code page that they make sense in."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return TextFile(data.decode(encoding))
            except UnicodeDecodeError:
                return _unread("encoding", f"The file begins as {encoding.upper()[:6]} and is not.", _AS_UTF8)
    if b"\0" in data:
        return _without_mark(data)
    try:
        return TextFile(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _decode_old(data)


_AS_UTF8: Final = "Save it as UTF-8."
#: How many characters in a hundred of a text in UTF-16 are signs, digits, blanks or Latin letters, at least.
_LEAST_LATIN: Final = 25
_NO_TEXT: Final = re.compile(r"[^\t\n\f\r -\x7e\x85\xa0-\ud7ff\uf900-\ufffd\U00010000-\U0001ffff]")


def _without_mark(data: bytes) -> TextFile:
    """Bytes with NUL among them: UTF-16 whose mark is missing, where the first or the second of two is often NUL."""
    zeros = {"utf-16-be": data[::2].count(0), "utf-16-le": data[1::2].count(0)}
    encoding = max(zeros, key=lambda name: zeros[name])
    if 100 * zeros[encoding] >= _LEAST_LATIN * (len(data) // 2):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text = "\0"
        if not _NO_TEXT.search(text):
            return _guessed(text, "UTF-16 without its mark")
    return _unread("not_text", "The file is not text: it holds NUL bytes.")


def _decode_old(data: bytes) -> TextFile:
    korean = 2 * len(_HANGUL.findall(data)) > len(_NOT_ASCII.findall(data)) / 2
    for encoding, name in (("cp949", "CP949 (Korean)"), ("cp1252", "Windows-1252"))[0 if korean else 1 :]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _guessed(text, name)
    return _unread("encoding", "The file is not UTF-8, and no other encoding fits.", _AS_UTF8)


def _guessed(text: str, name: str) -> TextFile:
    message = f"The file is not UTF-8; it was read as {name}."
    return TextFile(text, Problem(code="file.encoding", severity="warning", message=message, hint=_AS_UTF8))


def _unread(code: str, message: str, hint: str | None = None) -> TextFile:
    return TextFile(None, Problem(code=f"file.{code}", severity="warning", message=message, hint=hint))
