"""Thinking text of reasoning models: kept out of answers and out of live text."""

from __future__ import annotations

import re

_TAGS = ("think", "thinking", "thought", "reasoning")
_OPEN = tuple(f"<{tag}>" for tag in _TAGS)
_LONGEST = max(len(tag) for tag in _OPEN)
_ORPHAN = re.compile(r"\A.*?^[ \t]*</(?:think|thinking|thought|reasoning)>[ \t]*$\s*", re.DOTALL | re.MULTILINE)


class VisibleText:
    """Passes an answer through, without the ``<think>`` block it may begin with. Fed piece by piece."""

    def __init__(self) -> None:
        self._start = ""
        self._close = ""
        self._deciding = True
        self._left_block = False

    def feed(self, piece: str) -> str:
        """The part of the text so far that may now be shown."""
        if not self._deciding:
            return piece
        self._start += piece
        if self._close:
            return self._leave_block()
        head = self._start.lstrip()
        lowered = head[:_LONGEST].lower()
        for tag in _OPEN:
            if lowered.startswith(tag):
                self._close = f"</{tag[1:]}"
                self._start = head[len(tag) :]
                return self._leave_block()
        if any(tag.startswith(lowered) for tag in _OPEN):
            return ""
        return self._settle(self._start)

    def close(self) -> str:
        """What was held back and turned out to be text; nothing when the text ended inside a block."""
        return "" if self._close or not self._deciding else self._settle(self._start)

    def _leave_block(self) -> str:
        end = self._start.lower().find(self._close)
        if end < 0:
            self._start = self._start[-len(self._close) :]  # enough to see a tag cut in two
            return ""
        rest = self._start[end + len(self._close) :]
        self._start, self._close, self._left_block = "", "", True
        return self.feed(rest)

    def _settle(self, text: str) -> str:
        self._deciding, self._start = False, ""
        return text.lstrip() if self._left_block else text


def drop_orphan_block(text: str) -> str:
    """Drop what stands before a closing tag without an opening one: some templates open the block in the prompt."""
    if "</" not in text or any(tag in text for tag in _OPEN):
        return text
    return _ORPHAN.sub("", text, count=1)
