"""Events inside one process: a table of callbacks and a short memory of the live text."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping

from designchord.events.base import RESYNC, Event, OnEvent
from designchord.events.texts import LiveTexts


class MemoryStream:
    """``EventStream`` for the embedded mode: publishing calls the watchers in the publisher's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watchers: dict[str, list[OnEvent]] = defaultdict(list)
        self._live: dict[str, LiveTexts] = defaultdict(LiveTexts)
        #: The newest event of each watched design that its watchers were told of.
        self._told: dict[str, int] = {}

    def publish(self, event: Event) -> None:
        with self._lock:
            if event.id and event.design in self._watchers:
                self._told[event.design] = max(event.id, self._told.get(event.design, 0))
            if event.type == "delta" or event.design in self._live:
                self._remember(event)
            watchers = tuple(self._watchers.get(event.design, ()))
        for on_event in watchers:
            on_event(event)

    def subscribe(self, design: str, on_event: OnEvent) -> Callable[[], None]:
        with self._lock:
            missed = self._live[design].missed() if design in self._live else ()
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
                    self._told.pop(design, None)

        return unsubscribe

    def watched(self, design: str) -> bool:
        return design in self._watchers

    def designs(self) -> list[str]:
        """Those that are watched."""
        with self._lock:
            return list(self._watchers)

    def catch_up(self, stored: Mapping[str, int]) -> None:
        """Send to the database who watches a design with a newer event than they were told of: another process wrote
        it."""
        with self._lock:
            behind = [
                (design, tuple(self._watchers[design]))
                for design, last in stored.items()
                if design in self._watchers and last > self._told.get(design, 0)
            ]
            self._told |= {design: stored[design] for design, _ in behind}
        for design, watchers in behind:
            for on_event in watchers:
                on_event(Event(design, "design", RESYNC))

    def watchers(self) -> int:
        with self._lock:
            return sum(map(len, self._watchers.values()))

    def answers(self) -> bool:
        return True

    def close(self) -> None:
        with self._lock:
            self._watchers.clear()
            self._live.clear()

    def _remember(self, event: Event) -> None:
        texts = self._live[event.design]
        texts.note(event)
        if not texts:
            del self._live[event.design]
