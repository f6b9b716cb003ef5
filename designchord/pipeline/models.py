"""The models that can be asked, as the operator's environment makes them ready."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from designchord.errors import BadInput, ModelError
from designchord.llm.base import Asker, TokenUsage

OFFLINE = "offline"


class ConfiguredModels:
    """``pipeline.ports.Models`` over the table of providers. Clients are made when first asked for."""

    def __init__(self, *, environ: Mapping[str, str], default: str, fallbacks: Sequence[str]) -> None:
        self._environ, self._default, self._fallbacks = environ, default, fallbacks
        self._lock = threading.Lock()
        self._askers: dict[str, Asker] = {}

    def resolve(self, name: str) -> str:
        wish = name.strip() or self._default
        if wish == OFFLINE:
            return OFFLINE
        raise BadInput(f"There is no model {wish!r}.", code="unknown_model")

    def asker(self, name: str) -> Asker | None:
        if name == OFFLINE:
            return None
        raise ModelError("This model is not ready.", code="model_not_found")

    def price(self, name: str, usage: TokenUsage) -> float | None:
        return None
