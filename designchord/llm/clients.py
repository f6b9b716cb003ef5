"""Makes clients and guards out of model names. Imports the HTTP client, so import it where calls are really made."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from designchord.errors import ModelError
from designchord.llm.base import Message, Request
from designchord.llm.guarded import Guard, Patience, Traffic
from designchord.llm.openai import OpenAICompatible
from designchord.llm.providers import endpoint


def open_client(model: str, environ: Mapping[str, str]) -> OpenAICompatible:
    """A client for ``openai:gpt-4o`` and the like. Raises ``SettingsError`` when the provider is not set up."""
    found = endpoint(model, environ)
    return OpenAICompatible(found.name, found.base_url, found.api_key, found.capabilities)


def open_guard(
    models: Sequence[str],
    environ: Mapping[str, str],
    *,
    traffic: Traffic | None = None,
    patience: Patience | None = None,
) -> Guard:
    """A guard that asks ``models`` in order. Guards that are given one ``traffic`` share what they learn."""
    return Guard([open_client(model, environ) for model in models], traffic=traffic, patience=patience)


def list_models(base_url: str, timeout: float = 0.5) -> list[str] | None:
    """Names of the models that a local server has; ``None`` when it does not answer within ``timeout`` seconds."""
    request = urllib.request.Request(f"{base_url.rstrip('/')}/models", headers={"Accept": "application/json"})  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=timeout) as response:
            data = json.loads(response.read(1_000_000))
        return [str(model["id"]) for model in data["data"]]
    except (OSError, urllib.error.URLError, ValueError, KeyError, TypeError):
        return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


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
