"""Events inside one process: a table of callbacks and a short memory of the live text."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable

from designchord.events.base import Event, OnEvent

#: Live text is remembered up to this many characters a part; a late watcher of a longer one waits for the revision.
REMEMBERED_CHARS = 200_000


class MemoryStream:
    """``EventStream`` for the embedded mode: publishing calls the watchers in the publisher's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: dict[str, list[OnEvent]] = defaultdict(list)
        self._live: dict[str, dict[tuple[str, str], Event]] = defaultdict(dict)

    def publish(self, event: Event) -> None:
        with self._lock:
            self._remember(event)
            watchers = tuple(self._watchers.get(event.design, ()))
        for on_event in watchers:
            on_event(event)

    def subscribe(self, design: str, on_event: OnEvent) -> Callable[[], None]:
        with self._lock:
            missed = tuple(self._live.get(design, {}).values())
            self._watchers[design].append(on_event)
            for event in missed:  # inside the lock, so that no newer piece overtakes them
                on_event(event)

        def unsubscribe() -> None:
            with self._lock:
                watchers = self._watchers.get(design, [])
                if on_event in watchers:
                    watchers.remove(on_event)
                if not watchers:
                    self._watchers.pop(design, None)

        return unsubscribe

    def watched(self, design: str) -> bool:
        return design in self._watchers

    def close(self) -> None:
        with self._lock:
            self._watchers.clear()
            self._live.clear()

    def _remember(self, event: Event) -> None:
        """Keep a part's live text until its revision or its end makes it worthless."""
        if event.type == "delta":
            self._remember_text(event)
        elif event.type == "revision" or (event.type == "step" and event.data["state"] != "running"):
            self._live.get(event.design, {}).pop((event.data["kind"], event.data["part"]), None)
        elif event.type == "done":
            self._live.pop(event.design, None)

    def _remember_text(self, event: Event) -> None:
        parts = self._live[event.design]
        key = (event.data["kind"], event.data["part"])
        known = parts.get(key)
        if event.data["offset"] == 0:
            parts[key] = event
        elif known is not None and len(known.data["text"]) == event.data["offset"] <= REMEMBERED_CHARS:
            parts[key] = Event(event.design, "delta", 0, {**known.data, "text": known.data["text"] + event.data["text"]})
        else:
            parts.pop(key, None)
