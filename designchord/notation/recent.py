"""What was read lately, by its text: one text is checked, compared and shown in one go, often by several threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """Values that never change, by the texts they were made from: the latest, up to so many characters in all."""

    def __init__(self, characters: int) -> None:
        self._most = characters
        self._lock = Lock()
        self._kept: OrderedDict[str, V] = OrderedDict()
        self._characters = 0

    def get(self, text: str, make: Callable[[str], V]) -> V:
        """The value that was kept for a text, else a new one."""
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
                return self._kept[text]
        value = make(text)
        self.keep(text, value)
        return value

    def keep(self, text: str, value: V) -> None:
        with self._lock:
            if text not in self._kept:
                self._characters += len(text)
            self._kept[text] = value
            self._kept.move_to_end(text)
            while len(self._kept) > 1 and self._characters > self._most:
                self._characters -= len(self._kept.popitem(last=False)[0])
