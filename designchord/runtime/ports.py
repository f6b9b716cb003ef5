"""What the pipeline is given by the wiring: adapters and limits, never settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from designchord.engines.base import Engine
from designchord.events.base import Event, EventStream
from designchord.llm.base import Asker, TokenUsage
from designchord.llm.connecting import Connection
from designchord.runtime.admission import Admission
from designchord.runtime.clock import Clock
from designchord.settings import Limits


class Models(Protocol):
    """The models that can be asked here."""

    def resolve(self, name: str) -> str:
        """The full name that a wish means (``""``: the default; ``offline``: none).

        Raises ``BadInput`` when there is no such model or it is not ready, saying what to do.
        """

    def vet(self) -> None:
        """Raises ``SettingsError`` when the operator named a model to fall back on that is not ready."""

    def asker(self, name: str) -> Asker | None:
        """Whoever asks the model of that full name; None for ``offline``. Raises ``ModelError`` when not ready."""

    def price(self, name: str, usage: TokenUsage) -> float | None:
        """US dollars for these tokens, or None when nobody knows."""

    def answers(self, name: str) -> bool:
        """Whether somebody listens at the address of the model of that full name."""

    def overview(self, *, probe: bool = False) -> dict[str, Any]:
        """Providers with their models, whether they are ready and why not, and what an empty choice means."""

    def connection(self) -> dict[str, Any]:
        """What a person has connected, without its key, and what can be connected."""

    def connect(self, wish: Connection, *, remember: bool) -> dict[str, Any]:
        """Try a model with one word and make it the default. Raises ``BadInput`` when it does not answer."""

    def disconnect(self) -> None:
        """Forget what was connected."""

    def serving_at(self, port: int) -> None:
        """This process itself answers at that port, so no model does."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that steps and verbs need. ``holder`` names this process in leases; all threads that run its
    steps pass ``admission``; ``effort`` is that of designs for which none was chosen."""

    engine: Callable[[], Engine]
    stream: EventStream
    models: Models
    limits: Limits
    holder: str
    admission: Admission
    effort: str = "standard"
    clock: Clock = field(default_factory=Clock)

    def publish(self, events: list[Event]) -> None:
        for event in events:
            self.stream.publish(event)
