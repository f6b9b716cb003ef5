"""Makes clients and askers out of model names. Imports the HTTP client, so import it where calls are really made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from designchord.errors import ModelError
from designchord.llm.base import Answer, Message, ParameterRefused, Request
from designchord.llm.endpoints import endpoint
from designchord.llm.openai import OpenAICompatible
from designchord.llm.retrying import LimitRegistry, RetryingAsker, RetryPolicy


def open_client(model: str, environ: Mapping[str, str]) -> OpenAICompatible:
    """A client for ``openai:gpt-6-luna`` and the like. Raises ``SettingsError`` when the provider is not set up."""
    found = endpoint(model, environ)
    return OpenAICompatible(found.name, found.base_url, found.api_key, found.capabilities, named_by=found.named_by)


def open_asker(
    models: Sequence[str],
    environ: Mapping[str, str],
    *,
    registry: LimitRegistry | None = None,
    policy: RetryPolicy | None = None,
) -> RetryingAsker:
    """Whoever asks ``models`` in order. Askers that are given one ``registry`` share what they learn."""
    return RetryingAsker([open_client(model, environ) for model in models], registry=registry, policy=policy)


_PROBED = {
    "type": "object",
    "properties": {"colour": {"enum": ["green", "amber"]}},
    "required": ["colour"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Probe:
    """What real requests showed: ``latency`` in seconds, or the error that came instead of an answer; and how JSON can
    be had: ``schema`` (enforced), ``mode`` or ``none``."""

    model: str
    latency: float | None = None
    error: ModelError | None = None
    json: Literal["schema", "mode", "none"] = "none"


async def probe(client: OpenAICompatible, deadline: float = 120.0) -> Probe:
    """Ask one model for one word, and once more for JSON by a schema that the question alone would not lead to."""
    word = Request((Message("user", "Answer with the single word: ready"),), max_tokens=64, deadline=deadline)
    try:
        answer = await _asked(client, word)
        asked = replace(word, output="json", schema=_PROBED)
        try:
            await _asked(client, asked)
        except ModelError as error:
            if error.code != "model_bad_answer":
                raise
    except ModelError as error:
        return Probe(client.name, error=error)
    finally:
        await client.aclose()
    return Probe(client.name, latency=answer.latency, json=next(iter(client.capabilities.json), "none"))


async def _asked(client: OpenAICompatible, request: Request) -> Answer:
    """The answer, also of a server that first refuses parameters: each refusal leaves one fewer to refuse."""
    while True:
        try:
            return await client.complete(request)
        except ParameterRefused:
            continue
