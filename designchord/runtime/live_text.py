"""Live text of one part: pieces from the model gathered into frames, sent only while somebody watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

import structlog

from designchord.errors import outcome_of
from designchord.events.base import Event, EventStream

log = structlog.get_logger("designchord.live_text")

#: Seconds between two frames of one part: often enough to read along.
FRAME_SECONDS = 0.1

#: Seconds between two looks whether anybody watches, by how long nobody did: somebody who is about to comes soon.
LOOKS = ((0.5, FRAME_SECONDS), (5.0, 0.5), (float("inf"), 1.0))


class Follower(Protocol):
    """Makes something of a text as it comes."""

    def add(self, piece: str) -> None: ...

    def flush(self) -> None:
        """The text is complete."""
        ...

    def restart(self) -> None:
        """The text begins anew."""
        ...


class LiveText:
    """Takes pieces on the client's event loop, publishes ``delta`` events. Never blocks, never raises.

    ``follower`` is told the same text at the same moments, and only while somebody watches.
    """

    def __init__(
        self, *, stream: EventStream, design: str, kind: str, part: str, run: int, follower: Follower | None = None
    ) -> None:
        self._stream, self._design, self._follower = stream, design, follower
        self._where = {"kind": kind, "part": part, "run": run}
        self._lock = threading.Lock()
        self._pending: list[str] = []
        self._sent = 0
        self._last = 0.0
        self._watched_at: float | None = None
        stream.watched(design)  # so that it is known when the first piece comes

    def add(self, text: str) -> float:
        """Take a piece; the result is for how many seconds the next ones may gather first."""
        watched = self._stream.watched(self._design)
        now = time.monotonic()
        if watched or self._watched_at is None:
            self._watched_at = now
        with self._lock:
            self._pending.append(text)
            # A client that gathers pieces comes at each frame, give or take a little; others come at any time.
            if watched and now - self._last > FRAME_SECONDS / 2:
                self._last = now
                self._send_pending()
        return next(seconds for age, seconds in LOOKS if now - self._watched_at < age)

    def flush(self) -> None:
        """Send what the last frame left over: the answer is complete."""
        with self._lock:
            if self._stream.watched(self._design):
                if self._pending:
                    self._send_pending()
                self._tell(lambda follower: follower.flush())

    def restart(self) -> None:
        """Forget what was sent: the call begins anew."""
        with self._lock:
            self._pending.clear()
            if self._sent:
                self._sent = 0
                self._send("")
                self._tell(lambda follower: follower.restart())

    def _send_pending(self) -> None:
        text = "".join(self._pending)
        self._pending.clear()
        self._send(text)
        self._tell(lambda follower: follower.add(text))

    def _tell(self, what: Callable[[Follower], None]) -> None:
        """What a follower fails on is its end, not the text's."""
        if self._follower is None:
            return
        outcome = outcome_of(partial(what, self._follower))
        if isinstance(outcome, Exception):
            log.error("following_failed", error=type(outcome).__name__, exc_info=outcome)
            self._follower = None

    def _send(self, text: str) -> None:
        data = {**self._where, "offset": self._sent, "text": text}
        self._sent += len(text)
        self._stream.publish(Event(self._design, "delta", 0, data))
