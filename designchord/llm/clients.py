"""Makes clients and guards out of model names. Imports the HTTP client, so import it where calls are really made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from designchord.errors import ModelError
from designchord.llm.base import Message, Request
from designchord.llm.endpoints import endpoint
from designchord.llm.guarded import Guard, Patience, Traffic
from designchord.llm.openai import OpenAICompatible


def open_client(model: str, environ: Mapping[str, str]) -> OpenAICompatible:
    """A client for ``openai:gpt-6-luna`` and the like. Raises ``SettingsError`` when the provider is not set up."""
    found = endpoint(model, environ)
    return OpenAICompatible(found.name, found.base_url, found.api_key, found.capabilities, named_by=found.named_by)


def open_guard(
    models: Sequence[str],
    environ: Mapping[str, str],
    *,
    traffic: Traffic | None = None,
    patience: Patience | None = None,
) -> Guard:
    """A guard that asks ``models`` in order. Guards that are given one ``traffic`` share what they learn."""
    return Guard([open_client(model, environ) for model in models], traffic=traffic, patience=patience)


@dataclass(frozen=True, slots=True)
class Probe:
    """What one real request showed: ``latency`` in seconds, or the error that came instead of an answer."""

    model: str
    latency: float | None = None
    error: ModelError | None = None


async def probe(client: OpenAICompatible, deadline: float = 30.0) -> Probe:
    """Ask one model for one word."""
    request = Request((Message("user", "Answer with the single word: ready"),), max_tokens=64, deadline=deadline)
    try:
        answer = await client.complete(request)
    except ModelError as error:
        return Probe(client.name, error=error)
    finally:
        await client.aclose()
    return Probe(client.name, latency=answer.latency)
