"""Live text of one part: pieces from the model gathered into frames, sent only while somebody watches."""

from __future__ import annotations

import threading
import time

from designchord.events.base import Event, EventStream

#: Seconds between two frames of one part: what an eye can tell apart.
FRAME_SECONDS = 0.05

#: Seconds between two looks whether anybody watches.
LOOK_SECONDS = 0.25


class LiveText:
    """Takes pieces on the client's event loop, publishes ``delta`` events. Never blocks, never raises."""

    def __init__(self, *, stream: EventStream, design: str, kind: str, part: str, run: int) -> None:
        self._stream, self._design = stream, design
        self._where = {"kind": kind, "part": part, "run": run}
        self._lock = threading.Lock()
        self._pending: list[str] = []
        self._sent = 0
        self._last = 0.0
        self._looked = 0.0
        self._watched = False

    def add(self, text: str) -> None:
        now = time.monotonic()
        with self._lock:
            self._pending.append(text)
            if now - self._last < FRAME_SECONDS:
                return
            if now - self._looked >= LOOK_SECONDS or not self._watched:
                self._looked, self._watched = now, self._stream.watched(self._design)
            if self._watched:
                self._send("".join(self._pending))
                self._pending.clear()
                self._last = now

    def flush(self) -> None:
        """Send what the last frame left over: the answer is complete."""
        with self._lock:
            if self._pending and self._stream.watched(self._design):
                self._send("".join(self._pending))
                self._pending.clear()

    def restart(self) -> None:
        """Forget what was sent: the call begins anew."""
        with self._lock:
            self._pending.clear()
            if self._sent:
                self._sent = 0
                self._send("")

    def _send(self, text: str) -> None:
        data = {**self._where, "offset": self._sent, "text": text}
        self._sent += len(text)
        self._stream.publish(Event(self._design, "delta", 0, data))
