"""A model that a person connects while the program runs: kept in memory or, when they say so, in the home folder.

What is connected is nothing but further settings: the provider's own variables for its key and address, and the one
that names the default. The key stands in a file of its own that its owner alone can read, and is never told again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designchord.errors import SettingsError
from designchord.home import write_secret
from designchord.llm import endpoints
from designchord.llm.providers import PROVIDERS, Provider, provider_of
from designchord.llm.secret import Secret

_MODEL, _SETTINGS, _KEY = "DESIGNCHORD_MODEL", "connection.json", "connection.key"


@dataclass(frozen=True, slots=True)
class Connection:
    """A provider, by name; ``model`` and ``url`` may be empty where the provider has its own. ``key_file`` instead of
    ``key`` where it was kept."""

    provider: str
    model: str = ""
    url: str = ""
    key: Secret | None = None
    key_file: str = ""

    def over(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The settings with this connection in force. Raises ``SettingsError`` where there is no such provider."""
        provider = _provider(self.provider)
        own = {_MODEL: f"{provider.name}:{self.model}" if self.model else provider.name}
        if self.url:
            own[provider.url_variable] = self.url
        if self.key is not None or self.key_file:
            own[provider.key_variable] = str(self.key or "")
            own[f"{provider.key_variable}_FILE"] = self.key_file
        return {**environ, **own}


class Connections:
    """The settings as an operator gave them, with what a person has connected over them."""

    def __init__(self, environ: Mapping[str, str], home: Path | None = None) -> None:
        """What was kept in ``home`` counts where the operator names no model; without one nothing can be kept."""
        self._given, self._home = dict(environ), home
        self.connected: Connection | None = None
        self.environ: Mapping[str, str] = self._given
        kept = self._read(home) if home is not None and not environ.get(_MODEL, "").strip() else None
        if kept is not None:
            self._put(kept)

    def proposed(self, wish: Connection) -> dict[str, str]:
        """The settings as they would be; nothing changes yet. A key that is kept already need not be said again."""
        return self._with_known_key(wish).over(self._given)

    def connect(self, wish: Connection, *, remember: bool) -> None:
        wish = self._with_known_key(wish)
        if remember and self._home is not None:
            wish = self._keep(wish, self._home)
        else:
            self._forget()
        self._put(wish)

    def disconnect(self) -> None:
        self._forget()
        self.connected, self.environ = None, self._given

    def to_dict(self) -> dict[str, Any]:
        """What may be told of it: never the key."""
        now = self.connected
        connected = now and {
            "provider": now.provider,
            "model": now.model,
            "url": now.url,
            "has_key": bool(now.key or now.key_file),
            "remembered": bool(self._home is not None and (self._home / _SETTINGS).is_file()),
        }
        return {"connected": connected, "providers": [_described(provider) for provider in PROVIDERS]}

    def _with_known_key(self, wish: Connection) -> Connection:
        now = self.connected
        if wish.key is not None or now is None or now.provider != wish.provider or now.url != wish.url:
            return wish
        return Connection(wish.provider, wish.model, wish.url, now.key, now.key_file)

    def _put(self, connection: Connection) -> None:
        self.environ = connection.over(self._given)
        self.connected = connection

    def _keep(self, wish: Connection, home: Path) -> Connection:
        key_file = wish.key_file
        if wish.key is not None:
            key_file = str(home / _KEY)
            write_secret(home / _KEY, str(wish.key))
        said = {"provider": wish.provider, "model": wish.model, "url": wish.url, "key": bool(key_file)}
        write_secret(home / _SETTINGS, json.dumps(said))
        return Connection(wish.provider, wish.model, wish.url, None, key_file)

    def _forget(self) -> None:
        if self._home is not None:
            for name in (_SETTINGS, _KEY):
                with suppress(FileNotFoundError):
                    (self._home / name).unlink()

    def _read(self, home: Path) -> Connection | None:
        """What was kept; nothing where it cannot be read any more."""
        try:
            said = json.loads((home / _SETTINGS).read_text(encoding="utf-8"))
            key_file = str(home / _KEY) if said["key"] else ""
            found = Connection(str(said["provider"]), str(said["model"]), str(said["url"]), None, key_file)
            endpoints.endpoint(found.provider, found.over(self._given))
        except (OSError, ValueError, KeyError, TypeError, SettingsError):
            return None
        return found


def _provider(name: str) -> Provider:
    provider = provider_of(name)
    if provider is None:
        raise SettingsError(f"There is no provider {name[:40]!r}.")
    return provider


def _described(provider: Provider) -> dict[str, Any]:
    price = provider.price(provider.default_model) if provider.default_model else None
    return {
        "provider": provider.name,
        "title": provider.title,
        "model": provider.default_model,
        "address": provider.base_url,
        "key_needed": provider.key_needed,
        "price": None if price is None else [price.input, price.output],
    }
