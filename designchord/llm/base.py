"""The port to language models: what the pipeline may ask, what an adapter must answer.

Adapters are asynchronous and speak to one provider; the asker is synchronous, lives in the step's thread, and alone
retries. All times are in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from designchord.errors import ModelError
from designchord.llm.stop import Stop

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One question.

    ``schema`` is the JSON schema of a ``json`` answer, sent where the server may enforce it: every field required, no
    lengths or patterns, at most three levels, because some servers give up on more without saying so.
    ``deadline`` bounds everything: one client's whole call, and in the asker all attempts with all models together.
    ``begun_by`` bounds what brings nothing: after it no attempt begins any more, and a call that has not begun to
    answer is cut off; one that writes goes on. ``first`` bounds the silence before the first piece, for as long as a
    server is not known to need more for such a prompt; ``idle`` the silence between two pieces. A piece is text or
    thinking; keep-alive lines are silence.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    output: Literal["text", "json"] = "text"
    schema: Mapping[str, Any] | None = None
    temperature: float | None = None
    deadline: float = 3600.0
    begun_by: float = 600.0
    first: float = 120.0
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
    """A complete answer (``finish_reason == "stop"``); thinking text of reasoning models is never in ``text``.

    ``model`` is the full name of what answered. ``latency`` and ``first_token`` are seconds since
    the request was sent.
    """

    text: str
    model: str
    usage: TokenUsage = field(default_factory=TokenUsage)
    latency: float = 0.0
    first_token: float | None = None


class BrokenAnswer(ModelError):
    """A call that failed after the answer had begun: what had come (``partial``) and what it cost (``usage``)."""

    def __init__(
        self,
        message: str = "",
        *,
        code: str,
        retryable: bool = False,
        retry_after: float | None = None,
        partial: str = "",
        usage: TokenUsage | None = None,
        latency: float = 0.0,
    ) -> None:
        super().__init__(message, code=code, retryable=retryable, retry_after=retry_after)
        self.partial = partial
        self.usage = usage or TokenUsage()
        self.latency = latency


class ParameterRefused(ModelError):
    """The server refused a parameter by name, and the client will not send it any more: ask again at once."""


#: Called with each new piece of text, on the client's event loop: must return at once. May say for how many seconds no
#: more is wanted; what comes until then may come in one piece.
OnText = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pause before the next call to ``model``: how long (seconds), and the code of the failure that it is for."""

    model: str
    seconds: float
    code: str


#: Called when a question begins to wait, and with None when it goes on.
OnWait = Callable[[Waiting | None], None]


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
        """Note how it ended. Stores the raw answer before anybody parses it.

        An ``error`` that is a ``BrokenAnswer`` carries what the call cost all the same. When an answer was cut and
        continued, the second call's ``answer`` holds the joined text and that second call's own usage.
        """


class Away(Protocol):
    """What the thread that asks is inside of while it only waits; ``calling`` when a call follows, not an answer."""

    def __call__(self, *, calling: bool) -> AbstractContextManager[None]: ...


class Asker(Protocol):
    """What the pipeline sees of models: one blocking call that either gives a complete answer or raises.

    ``model`` names the model that is asked first, and after an answer the one that gave it; ``Answer.model`` is
    exact for its call. ``Answer.usage`` is the sum over all calls that this answer took.
    """

    model: str

    def ask(
        self,
        request: Request,
        *,
        ledger: Ledger,
        owner: str,
        on_text: OnText | None = None,
        on_retry: Callable[[], None] | None = None,
        stop: Stop | None = None,
        away: Away | None = None,
        on_wait: OnWait | None = None,
    ) -> Answer:
        """Ask until there is a complete answer, a final error, or the deadline.

        ``on_retry`` is called when text already passed to ``on_text`` must be forgotten because the call starts
        anew. When ``stop`` is said, a call is cut off at once and ``errors.Stopped`` is raised. Raises ``ModelError``
        otherwise.
        """
