"""Asks servers of this machine what they have, without the HTTP client that real calls need (a third of a second)."""

from __future__ import annotations

import http.client
import json
import urllib.request

from designchord.llm.secret import Secret


def list_models(base_url: str, key: Secret | None = None, *, timeout: float = 0.5) -> list[str] | None:
    """Names of the models that a local server has; ``None`` when it does not answer within ``timeout`` seconds."""
    headers = {"Accept": "application/json", "User-Agent": "designchord"}
    if key and key.isascii() and key.isprintable():
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(f"{base_url.rstrip('/')}/models", headers=headers)  # noqa: S310 - the operator named it
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=timeout) as response:
            data = json.loads(response.read(1_000_000))
        names = [str(model["id"]) for model in data["data"]]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, RecursionError):
        return None
    return [name for name in names if "embed" not in name.lower()]  # those cannot write


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None
