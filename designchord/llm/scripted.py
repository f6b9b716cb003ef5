"""A model that says what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from designchord.errors import ModelError
from designchord.llm.base import Answer, OnText, Request, TokenUsage

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


def _usage(request: Request, text: str) -> TokenUsage:
    return TokenUsage(
        input=sum(len(message.content) for message in request.messages) // 4, output=len(text) // 4, estimated=True
    )
