"""Server-sent events from raw bytes: only their data, at little cost per chunk."""

from __future__ import annotations

import json
from typing import Any

import orjson


class TooLong(ValueError):
    """A line or an event without an end."""


class EventData:
    """Cuts a byte stream into the data of its events. Comments, ids and event names are dropped.

    An event should end with an empty line; data that is one whole JSON object is given out at once, because some
    servers leave the empty line out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest: list[bytes] = []
        self._open: list[bytes] = []
        self._open_size = 0
        self._held = 0

    @property
    def empty(self) -> bool:
        """Whether no event has begun."""
        return not self._held

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that this chunk completes. Raises ``TooLong``."""
        if b"\n" not in chunk and b"\r" in chunk[:-1]:  # lines may end with a carriage return alone
            chunk = chunk.replace(b"\r", b"\n")
        self._rest.append(chunk)
        self._held += len(chunk)
        if b"\n" not in chunk:
            if self._held > self._limit:
                raise TooLong
            return []
        *lines, last = b"".join(self._rest).split(b"\n")
        self._rest = [last]
        found = self._events(lines)
        self._held = len(last) + self._open_size
        if self._held > self._limit:
            raise TooLong
        return found

    def close(self) -> list[bytes]:
        """What an unfinished last event holds; some servers end without a line break."""
        lines = [*b"".join(self._rest).replace(b"\r", b"\n").split(b"\n"), b""]
        self._rest = []
        return self._events(lines)

    def _events(self, lines: list[bytes]) -> list[bytes]:
        found = []
        for line in lines:
            if line.startswith(b"data:"):
                value = line[5:].strip()
                if not self._open and value.endswith(b"}"):
                    found.append(value)
                elif value:
                    self._open.append(value)
                    self._open_size += len(value)
            elif self._open and line in (b"", b"\r"):
                found.append(b"\n".join(self._open))
                self._open, self._open_size = [], 0
        return found


def decode(data: bytes) -> Any:
    """JSON to values. Raises ``ValueError``. Lone surrogate escapes, which orjson refuses, are kept as they come."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            return json.loads(data)
        except RecursionError:
            raise ValueError("nested too deeply") from None
