"""What a provider's model can do, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The dialect of OpenAI's protocol that one model speaks. All sizes are in tokens.

    ``json`` is the strongest way to get JSON: a strict schema, a mode, or only asking for it. ``max_tokens`` names the
    parameter that bounds the answer. ``thinking`` is added to that bound for models whose thinking counts towards it.
    ``context`` is what prompt and answer share; ``None`` when unknown. ``auth`` says which header takes the key.
    """

    json: Literal["schema", "mode", "none"] = "mode"
    stream_usage: bool = True
    max_tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    thinking: int = 0
    context: int | None = None
    auth: Literal["bearer", "api-key"] = "bearer"
