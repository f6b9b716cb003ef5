"""Asks servers what they have, without the HTTP client that real calls need (a third of a second to import)."""

from __future__ import annotations

import http.client
import json
import urllib.request

from designchord.llm.addresses import complete
from designchord.llm.secret import Secret


def list_models(base_url: str, key: Secret | None = None, *, timeout: float = 0.5) -> list[str] | None:
    """Names of the models that a server has; ``None`` when it does not answer within ``timeout`` seconds."""
    models = shutdown_dates(base_url, key, timeout=timeout)
    return None if models is None else list(models)


def shutdown_dates(base_url: str, key: Secret | None = None, *, timeout: float = 3.0) -> dict[str, str] | None:
    """The models that a server has, by name, each with the date on which it leaves (``""`` where it tells none)."""
    headers = {"Accept": "application/json", "User-Agent": "designchord"}
    if key and key.isascii() and key.isprintable():
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(complete(base_url, "/models"), headers=headers)  # noqa: S310 - the operator named it
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=timeout) as response:
            data = json.loads(response.read(1_000_000))
        models = {str(model["id"]): str(model.get("shutdown_date") or "")[:40] for model in data["data"]}
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return {name: date for name, date in models.items() if "embed" not in name.lower()}  # those cannot write


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None
