"""What a provider's model can and costs, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The dialect of OpenAI's protocol that one model speaks. All sizes are in tokens.

    ``json`` are the ways to get JSON beside asking for it, the strongest first: a schema that is enforced, a mode.
    ``max_tokens`` names the parameter that bounds the answer, if there is one, ``most_tokens`` the most it may say.
    ``thinking`` is added to that bound for models whose thinking counts towards it; ``thinking_off`` is what a request
    says so that they do not think, ``extra`` what every request says. ``context`` is what prompt and answer share.
    ``auth`` says which header takes the key. ``None`` is unknown.
    """

    json: tuple[Literal["schema", "mode"], ...] = ("mode",)
    stream_usage: bool = True
    max_tokens: Literal["max_tokens", "max_completion_tokens"] | None = "max_tokens"
    most_tokens: int | None = None
    temperature: bool = True
    thinking: int = 0
    thinking_off: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    context: int | None = None
    auth: Literal["bearer", "api-key"] = "bearer"


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens. Cached input is a part of the input that costs less."""

    input: float
    cached: float
    output: float


FREE = Price(0.0, 0.0, 0.0)

#: What follows a model's name in the names of its snapshots.
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{4,8}|latest)")


def fits(model: str, pattern: str) -> bool:
    """Whether a row is about a model: ``gpt-5`` is it and its dated snapshots, but not ``gpt-5-pro``, which costs ten
    times as much; ``gpt-5*`` are all that begin like it."""
    if "*" in pattern:
        return fnmatchcase(model, pattern)
    return model == pattern or (model.startswith(pattern) and _SNAPSHOT.fullmatch(model, len(pattern)) is not None)
