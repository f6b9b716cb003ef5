"""The live text of one design so far: what a late watcher has missed."""

from __future__ import annotations

from designchord.events.base import Event

#: Live text is remembered up to this many characters a part; a late watcher of a longer one waits for the revision.
REMEMBERED_CHARS = 200_000


class LiveTexts:
    """Folds events into one ``delta`` a part, as long as there is no revision that makes it worthless."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, str], _Text] = {}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def missed(self) -> tuple[Event, ...]:
        """One event a part that is being written."""
        return tuple(text.whole() for text in self._parts.values())

    def note(self, event: Event) -> None:
        if event.type == "delta":
            self._note_text(event)
        elif event.type == "revision" or (event.type == "step" and event.data.get("state") != "running"):
            self._parts.pop((event.data.get("kind", ""), event.data.get("part", "")), None)
        elif event.type == "done":
            self._parts.clear()

    def _note_text(self, event: Event) -> None:
        key = (event.data["kind"], event.data["part"])
        known = self._parts.get(key)
        if event.data["offset"] == 0:
            self._parts[key] = _Text(event)
        elif known is None or not known.goes_on(event):
            self._parts.pop(key, None)


class _Text:
    """The live text of one part, from its first piece."""

    def __init__(self, first: Event) -> None:
        self._first = first
        self._pieces = [first.data["text"]]
        self._size = len(first.data["text"])

    def goes_on(self, event: Event) -> bool:
        """Add the next piece; false when it is not the next one, or one too many."""
        if not self._size == event.data["offset"] <= REMEMBERED_CHARS:
            return False
        self._pieces.append(event.data["text"])
        self._size += len(event.data["text"])
        return True

    def whole(self) -> Event:
        self._pieces = ["".join(self._pieces)]
        return Event(self._first.design, "delta", 0, {**self._first.data, "text": self._pieces[0]})
