"""A client of a design's event stream in a thread of its own, which comes back as browsers do."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any, Self
from urllib.parse import urlsplit


class Watcher:
    """Collects a design's events: ``numbers`` of the stored ones in order of arrival, ``texts`` of live parts."""

    def __init__(self, url: str, design: str) -> None:
        self._address = urlsplit(url)
        self._path = f"/api/v1/designs/{design}/events"
        self.snapshot: dict[str, Any] | None = None
        self.numbers: list[int] = []
        self.types: list[str] = []
        self.texts: dict[tuple[str, str], str] = {}
        self.deltas = 0
        self.ended = threading.Event()
        self._leaving = False
        self._connection: http.client.HTTPConnection | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving = True
        self.drop()
        self._thread.join(5)

    def drop(self) -> None:
        """Break the connection; it is made again at once, after the last event that was seen."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            connection.sock.shutdown(2)

    def _run(self) -> None:
        while not self._leaving and not self.ended.is_set():
            self._connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=60)
            headers = {} if self.last is None else {"Last-Event-ID": str(self.last)}
            try:
                self._connection.request("GET", self._path, headers=headers)
                self._read(self._connection.getresponse())
            except (OSError, http.client.HTTPException):
                self.ended.wait(0.2)
            finally:
                self._connection.close()

    @property
    def last(self) -> int | None:
        if self.numbers:
            return self.numbers[-1]
        return self.snapshot["last_event_id"] if self.snapshot else None

    def _read(self, response: http.client.HTTPResponse) -> None:
        fields: dict[str, str] = {}
        for line in response:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif fields:
                self._take(fields)
                fields = {}
                if self.ended.is_set():
                    return

    def _take(self, fields: dict[str, str]) -> None:
        kind = fields.get("event")
        if kind is None:
            return
        data = json.loads(fields["data"])
        if kind == "snapshot":
            self.snapshot = data
        elif kind == "delta":
            self.deltas += 1
            key = (data["kind"], data["part"])
            if data["offset"] == 0:
                self.texts[key] = data["text"]
            elif data["offset"] == len(self.texts.get(key, "")):
                self.texts[key] += data["text"]
        else:
            self.numbers.append(int(fields["id"]))
            self.types.append(kind)
        if kind == "done" or (kind == "snapshot" and data["state"] in {"done", "partial", "failed", "cancelled"}):
            self.ended.set()
