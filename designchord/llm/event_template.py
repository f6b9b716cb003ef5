"""Most events of an answer differ in nothing but their text: they are read as one, by their template."""

from __future__ import annotations

import re

import orjson

_GAP = b"\n\n"
_TEXT_FIELD = re.compile(rb'"content": ?"')
_STRING_END = re.compile(rb'(?:[^"\\]|\\.)*+(?=")')


class EventTemplate:
    """What stands before and after the text in each event of a stream, byte by byte."""

    def __init__(self, before: bytes, after: bytes) -> None:
        self._before, self._after = before, after + _GAP
        self._between = self._after + before
        self._text = slice(len(before), -len(after))

    @classmethod
    def of(cls, data: bytes) -> tuple[EventTemplate, bytes] | None:
        """The template of an event's data, and data made by it with the text ``x``."""
        field = _TEXT_FIELD.search(data)
        text = _STRING_END.match(data, field.end()) if field else None
        if text is None:
            return None
        before, after = data[: text.start()], data[text.end() :]
        return cls(b"data: " + before, after), before + b"x" + after

    def texts(self, data: bytes) -> list[str] | None:
        """The texts of these events, where they are whole events and all made by this template."""
        *events, rest = data.split(_GAP)
        found = [event[self._text] for event in events]
        if rest or self._before + self._between.join(found) + self._after != data:
            return None
        try:
            texts: list[str] = orjson.loads(b'["' + b'","'.join(found) + b'"]')
        except orjson.JSONDecodeError:
            return None
        return texts if len(texts) == len(found) else None
