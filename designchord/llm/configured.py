"""The models that can be asked, as the operator's environment makes them ready."""

from __future__ import annotations

import socket
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designchord.errors import BadInput, ModelError, SettingsError
from designchord.llm import endpoints
from designchord.llm.addresses import split
from designchord.llm.base import Asker, TokenUsage
from designchord.llm.capabilities import fits
from designchord.llm.connecting import Connection, Connections
from designchord.llm.prices import PriceTable
from designchord.llm.providers import OFFLINE, provider_of
from designchord.llm.served import ServedModels

if TYPE_CHECKING:
    from designchord.llm.retrying import LimitRegistry


#: Names of models are users' own, so only so many of their askers are kept.
_ASKERS_KEPT = 500


#: How JSON can be had, in words.
_JSON = {
    "schema": "keeps to a JSON schema",
    "mode": "has a JSON mode, and no schema that it keeps to",
    "none": "writes JSON only when asked in words",
}


class ConfiguredModels:
    """``runtime.ports.Models`` over the table of providers. What makes calls is imported when first needed."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        fallbacks: Sequence[str],
        priced_only: bool = False,
        home: Path | None = None,
    ) -> None:
        """``priced_only`` where dollars are capped: a model without a price would not be bounded. In ``home`` is what a
        person connected and had kept."""
        self._connections = Connections(environ, home)
        self._fallbacks, self._priced_only = tuple(fallbacks), priced_only
        self._allowed = tuple(filter(None, map(str.strip, environ.get("DESIGNCHORD_MODELS", "").split(","))))
        self._prices = PriceTable.from_environ(environ)
        self._lock = threading.Lock()
        self._askers = OrderedDict[str, Asker]()
        self._served = ServedModels()
        self._registry: LimitRegistry | None = None

    @property
    def _environ(self) -> Mapping[str, str]:
        return self._connections.environ

    def resolve(self, name: str) -> str:
        try:
            default = not name.strip()
            model = self.default() if default else endpoints.named(name, self._environ, self._list_models)
            self._vetted(model)
            if not default and not endpoints.is_set_up(model, self._environ):
                status = self._status(model.partition(":")[0])
                if not status.ready:
                    raise SettingsError(status.reason)
        except SettingsError as error:
            raise BadInput(error.message, code="model_not_ready", field="model") from None
        if not self.allows(model):
            allowed = ", ".join(self._allowed)
            raise BadInput(
                f"{model} may not be used here. Choose from: {allowed}.", code="model_not_allowed", field="model"
            )
        if self._priced_only and self.price(model, TokenUsage()) is None:
            raise BadInput(
                f"Nobody here knows the price of {model}, and dollars are limited here. Choose another model, "
                "or have its price put into the file of DESIGNCHORD_PRICES.",
                code="model_unpriced",
                field="model",
            )
        return model

    def allows(self, model: str) -> bool:
        """Whether the operator lets people choose this model; the default and its fallbacks are chosen already."""
        if not self._allowed or model == OFFLINE or any(_is_among(model, pattern) for pattern in self._allowed):
            return True
        return model in (self.default(), *self._fallback_names())

    def default(self) -> str:
        """What an empty choice means. Raises ``SettingsError`` when the setting names no model."""
        return endpoints.default_model(self._environ, self._list_models())

    def vet(self) -> None:
        try:
            for name in self._fallback_names():
                self._vetted(name)
        except SettingsError as error:
            raise SettingsError(f"DESIGNCHORD_FALLBACK_MODELS: {error.message}") from None

    def _fallback_names(self) -> list[str]:
        return [endpoints.named(name, self._environ, self._list_models, allow_url=True) for name in self._fallbacks]

    def asker(self, name: str) -> Asker | None:
        if name == OFFLINE:
            return None
        with self._lock:
            if name not in self._askers:
                self._askers[name] = self._open(name)
            while len(self._askers) > _ASKERS_KEPT:
                self._askers.popitem(last=False)
            self._askers.move_to_end(name)
            return self._askers[name]

    def price(self, name: str, usage: TokenUsage) -> float | None:
        return self._prices.cost_usd(name, usage)

    def unpriced(self) -> list[str]:
        """The models that an operator chose (the default, fallbacks, those on the list by name) and that have no price.

        Asks no server.
        """
        named = [self._environ.get("DESIGNCHORD_MODEL", ""), *self._fallbacks, *self._allowed]
        found: list[str] = []
        for text in named:
            if text.strip() and "*" not in text:
                try:
                    name = endpoints.named(text, self._environ, allow_url=True)
                except SettingsError:
                    continue
                if self.price(name, TokenUsage()) is None and name not in found:
                    found.append(name)
        return found

    def answers(self, name: str) -> bool:
        try:
            parts = split(endpoints.endpoint(name, self._environ).base_url)
        except SettingsError:
            return False
        if parts is None or parts.hostname is None:
            return False
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            socket.create_connection((parts.hostname, port), timeout=1.0).close()
        except OSError:
            return False
        return True

    def overview(self, *, probe: bool = False) -> dict[str, Any]:
        """Providers with their models, whether they are ready and why not, and what an empty choice means.

        ``probe`` makes one real, tiny request to the default model of each provider that seems ready.
        """
        items: list[dict[str, Any]] = [
            {
                "provider": status.name,
                "title": status.title,
                "ready": status.ready,
                "reason": status.reason,
                "models": list(status.models),
            }
            for status in self._statuses()
        ]
        if probe:
            for item in items:
                if item["ready"] and item["provider"] != OFFLINE:
                    item.update(self._probed(item["provider"], item["models"]))
        return {"items": items, "default": self.default(), "warnings": self.warnings()}

    def connection(self) -> dict[str, Any]:
        """What a person has connected, without its key, and what can be."""
        return self._connections.to_dict()

    def connect(self, wish: Connection, *, remember: bool) -> dict[str, Any]:
        """Ask the model of a connection for one word; when it answers, it is the default from now on.

        Raises ``BadInput`` with the code of what went wrong; then everything is as before.
        """
        from designchord.llm import loop
        from designchord.llm.clients import open_client, probe

        try:
            proposed = self._connections.proposed(wish)
            if served := endpoints.servers_to_ask(proposed):
                self._served.refresh(served)
            name = endpoints.default_model(proposed, self._served.models)
            result = loop.run(probe(open_client(name, proposed))).result()
        except SettingsError as error:
            raise BadInput(error.message, code="model_not_ready", field="provider") from None
        if result.error is not None:
            raise BadInput(result.error.message, code=result.error.code, field="key")
        self._connections.connect(replace(wish, model=name.partition(":")[2]), remember=remember)
        self._renew()
        return {"model": name, "seconds": result.latency, "form": result.json, **self.connection()}

    def disconnect(self) -> None:
        """Forget what was connected, and its key."""
        self._connections.disconnect()
        self._renew()

    def _renew(self) -> None:
        with self._lock:
            self._askers.clear()

    def warnings(self) -> list[str]:
        """What is to be said of the models that an operator chose: which of them leave, and when."""
        found = []
        for name in dict.fromkeys((self.default(), *self._fallback_names())):
            provider = provider_of(name.partition(":")[0])
            date = provider.leaves(name.partition(":")[2]) if provider is not None else ""
            if date:
                found.append(f"{name} is no longer answered from {date} on. Choose another model.")
        return found

    def _probed(self, provider: str, models: list[str]) -> dict[str, Any]:
        from designchord.llm import loop
        from designchord.llm.clients import open_client, probe
        from designchord.llm.local import shutdown_dates

        try:
            name = endpoints.named(provider, self._environ, lambda: lambda _: models)
            result = loop.run(probe(open_client(name, self._environ))).result()
        except SettingsError as error:
            return {"ready": False, "reason": error.message}
        if result.error is not None:
            return {"ready": False, "reason": result.error.message}
        found = endpoints.endpoint(name, self._environ)
        dates = shutdown_dates(found.base_url, found.api_key) or {}
        leaving = dates.get(name.partition(":")[2], "")
        words = f"{_JSON[result.json]}; leaves on {leaving}" if leaving else _JSON[result.json]
        return {"reason": f"{name} answered in {result.latency or 0:.1f} s; {words}.", "json": result.json}

    def _statuses(self) -> list[endpoints.ProviderStatus]:
        return endpoints.provider_status(self._environ, self._list_models(), self._served.is_excluded)

    def _status(self, provider: str) -> endpoints.ProviderStatus:
        return next(status for status in self._statuses() if status.name == provider)

    def serving_at(self, port: int) -> None:
        """This process itself answers at that port, so no model does."""
        self._served.exclude(port)

    def _list_models(self) -> endpoints.ListModels:
        self._served.refresh(endpoints.servers_to_ask(self._environ))
        return self._served.models

    def _vetted(self, name: str) -> str:
        if name != OFFLINE:
            endpoints.endpoint(name, self._environ)
        return name

    def _open(self, name: str) -> Asker:
        from designchord.llm.clients import open_asker
        from designchord.llm.retrying import LimitRegistry

        if self._registry is None:
            self._registry = LimitRegistry()
        try:
            known = [name, *(other for other in self._fallback_names() if other not in (name, OFFLINE))]
            return open_asker(known, self._environ, registry=self._registry)
        except SettingsError as error:
            raise ModelError(error.message, code="model_not_found") from None


def _is_among(model: str, pattern: str) -> bool:
    """Whether a model is named by an operator's pattern; a provider alone stands for all its models."""
    return fits(model, pattern if ":" in pattern else f"{pattern}:*")
