"""The port to language models: what the pipeline may ask, what an adapter must answer.

Adapters are asynchronous and speak to one provider; the guard is synchronous, lives in the step's thread, and is the
only thing that retries. All times are in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from designchord.errors import ModelError

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One question. ``deadline`` bounds the whole call, ``idle`` the silence between two pieces of text."""

    messages: tuple[Message, ...]
    max_tokens: int
    output: Literal["text", "json"] = "text"
    temperature: float | None = None
    deadline: float = 180.0
    idle: float = 45.0
    connect: float = 10.0


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens as the provider counted them; ``estimated`` when it did not say and we counted characters."""

    input: int = 0
    cached: int = 0
    output: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer (``finish_reason == "stop"``); thinking text of reasoning models is never in ``text``."""

    text: str
    model: str
    usage: TokenUsage = field(default_factory=TokenUsage)
    latency: float = 0.0
    first_token: float | None = None


#: Called with each new piece of text, on the client's event loop: must return at once.
OnText = Callable[[str], None]


class ModelClient(Protocol):
    """One provider's model. Raises ``ModelError`` and nothing else; never retries by itself."""

    name: str

    async def complete(self, request: Request, on_text: OnText | None = None) -> Answer: ...

    async def aclose(self) -> None: ...


class Ledger(Protocol):
    """Where each call is written down before it is made, and its outcome (with the raw answer) after it."""

    def open(self, model: str) -> int:
        """Note that a call starts; raises ``ModelError(code="model_budget")`` when a cap does not allow it."""

    def close(self, call: int, *, answer: Answer | None = None, error: ModelError | None = None) -> None:
        """Note how it ended. Stores the raw answer before anybody parses it."""


class Asker(Protocol):
    """What the pipeline sees of models: one blocking call that either gives a complete answer or raises."""

    model: str

    def ask(
        self,
        request: Request,
        *,
        ledger: Ledger,
        owner: str,
        on_text: OnText | None = None,
        on_retry: Callable[[], None] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> Answer:
        """Ask until there is a complete answer, a final error, or the deadline.

        ``on_retry`` is called when text already passed to ``on_text`` must be forgotten because the call starts
        anew; ``stopped`` is polled at least once a second, and ``errors.Stopped`` is raised when it answers true.
        Raises ``ModelError`` otherwise.
        """
