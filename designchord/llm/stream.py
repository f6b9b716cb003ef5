"""Reads an answer out of the body of a response: events, or one object from servers that cannot stream."""

from __future__ import annotations

from designchord.llm.event_template import EventTemplate
from designchord.llm.reading import TEXT_LIMIT, AnswerReader
from designchord.llm.sse import EventData, TooLong

_DONE = b"[DONE]"
_BOM = b"\xef\xbb\xbf"
_FIELDS = (b"data:", b":", b"event:", b"id:", b"retry:")


class AnswerStream:
    """Takes in a body piece by piece, whatever its content type claims; the pieces may be cut anywhere."""

    def __init__(self, reader: AnswerReader) -> None:
        self.done = False  # the last event was there
        self._reader = reader
        self._start: bytes | None = b""
        self._object: list[bytes] | None = None
        self._events = EventData(TEXT_LIMIT)
        self._template: EventTemplate | None = None

    def feed(self, data: bytes) -> str:
        """Take in a piece and give the text that may be shown. Raises ``ModelError``."""
        if self._start is not None:
            data = self._begin(self._start + data)
        if self._object is not None:
            self._object.append(data)
            return ""
        if self.done or not data:
            return ""
        return self._feed_events(data)

    def close(self) -> str:
        """The body has ended: the last text to show. Raises ``ModelError``."""
        if self._object is not None:
            self._reader.done = True  # an object that can be read has its end
            return self._reader.feed(b"".join(self._object))
        if self._start is not None:
            raise self._reader.broken("model_bad_answer")
        rest = [] if self.done else self._events.close()
        self._reader.done = self.done or any(map(_is_done, rest))
        return "".join([self._reader.feed(data) for data in rest if not _is_done(data)])

    def _begin(self, data: bytes) -> bytes:
        """Find out what this is; nothing comes back until that is known."""
        if data in (_BOM[:1], _BOM[:2]):
            self._start = data
            return b""
        data = start = data.removeprefix(_BOM).lstrip()
        if start.startswith(b"{"):
            self._object = []
        elif not start.startswith(_FIELDS):
            if any(field.startswith(start) for field in _FIELDS):
                self._start = data
                return b""
            raise self._reader.broken("model_bad_answer")
        self._start = None
        return data

    def _feed_events(self, data: bytes) -> str:
        if self._template is not None and self._events.empty:
            texts = self._template.texts(data)
            if texts is not None:
                return self._reader.take_texts(texts)
        try:
            found = self._events.feed(data)
        except TooLong:
            raise self._reader.broken("model_too_large") from None
        shown = []
        for event in found:
            if _is_done(event):
                self.done = self._reader.done = True
                break
            shown.append(self._reader.feed(event))
        else:
            if found:
                self._learn(found[-1])
        return "".join(shown)

    def _learn(self, event: bytes) -> None:
        """Read events like this one faster, if all that they hold is a text."""
        template = EventTemplate.of(event)
        if template is not None and AnswerReader("", 0, index=self._reader.index).is_text(template[1], "x"):
            self._template = template[0]


def _is_done(event: bytes) -> bool:
    """Whether an event says that nothing follows; some servers quote it or write it small."""
    return len(event) <= len(_DONE) + 2 and event.strip(b'"').upper() == _DONE
