"""A model that says what a test tells it to, and a ledger that a test can read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from designchord.errors import ModelError
from designchord.llm.base import Answer, OnText, Request, TokenUsage
from designchord.llm.tokens import estimate_tokens

#: A text is answered, an error raised, a number waited for (seconds) before the next line is played.
Line = str | Answer | ModelError | float


@dataclass(slots=True)
class Scripted:
    """Plays ``script`` line by line, or asks it for each request. ``history`` holds the requests in order.

    When the lines run out it raises ``ModelError(code="model_bad_answer")``, final.
    """

    script: Iterable[Line] | Callable[[Request], Line]
    name: str = "scripted:test"
    history: list[Request] = field(default_factory=list)
    _lines: Iterator[Line] | None = None

    async def complete(self, request: Request, on_text: OnText | None = None) -> Answer:
        self.history.append(request)
        line = self._next(request)
        while isinstance(line, float | int):
            await asyncio.sleep(line)
            line = self._next(request)
        if isinstance(line, ModelError):
            raise line
        answer = line if isinstance(line, Answer) else Answer(line, self.name, _usage(request, line))
        if on_text is not None:
            on_text(answer.text)
        return answer

    async def aclose(self) -> None:
        """Nothing is open."""

    def _next(self, request: Request) -> Line:
        if callable(self.script):
            return self.script(request)
        if self._lines is None:
            self._lines = iter(self.script)
        line = next(self._lines, None)
        return ModelError("The script has no further line.", code="model_bad_answer") if line is None else line


@dataclass(slots=True)
class Entry:
    """One call in a ledger; without answer and error it is open, or was stopped when ``closed``."""

    model: str
    closed: bool = False
    answer: Answer | None = None
    error: ModelError | None = None


@dataclass(slots=True)
class MemoryLedger:
    """Keeps its entries in a list and refuses more than ``cap`` calls. Thread-safe."""

    cap: int | None = None
    entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, model: str) -> int:
        with self._lock:
            if self.cap is not None and len(self.entries) >= self.cap:
                raise ModelError("No more calls are allowed.", code="model_budget")
            self.entries.append(Entry(model))
            return len(self.entries) - 1

    def close(self, call: int, *, answer: Answer | None = None, error: ModelError | None = None) -> None:
        entry = self.entries[call]
        assert not entry.closed, "a call is closed once"  # noqa: S101 - for tests alone
        entry.closed, entry.answer, entry.error = True, answer, error


def _usage(request: Request, text: str) -> TokenUsage:
    asked = sum(estimate_tokens(message.content) for message in request.messages)
    return TokenUsage(input=asked, output=estimate_tokens(text), estimated=True)
