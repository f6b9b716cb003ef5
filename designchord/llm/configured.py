"""The models that can be asked, as the operator's environment makes them ready."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designchord.errors import BadInput, ModelError, SettingsError
from designchord.llm import endpoints
from designchord.llm.base import Asker, TokenUsage
from designchord.llm.prices import PriceTable
from designchord.llm.providers import OFFLINE
from designchord.llm.served import ServedModels

if TYPE_CHECKING:
    from designchord.llm.guarded import Traffic


class ConfiguredModels:
    """``runtime.ports.Models`` over the table of providers. What makes calls is imported when first needed."""

    def __init__(self, *, environ: Mapping[str, str], fallbacks: Sequence[str]) -> None:
        self._environ, self._fallbacks = environ, tuple(fallbacks)
        self._prices = PriceTable.from_environ(environ)
        self._lock = threading.Lock()
        self._askers: dict[str, Asker] = {}
        self._served = ServedModels()
        self._traffic: Traffic | None = None

    def resolve(self, name: str) -> str:
        try:
            if not name.strip():
                return self._vetted(self.default())
            return self._vetted(endpoints.named(name, self._environ, self._list_models))
        except SettingsError as error:
            raise BadInput(error.message, code="model_not_ready", field="model") from None

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
            return self._askers[name]

    def price(self, name: str, usage: TokenUsage) -> float | None:
        return self._prices.cost_usd(name, usage)

    def overview(self, *, probe: bool = False) -> dict[str, Any]:
        """Providers with their models, whether they are ready and why not, and what an empty choice means.

        ``probe`` makes one real, tiny request to the default model of each provider that seems ready.
        """
        statuses = endpoints.provider_status(self._environ, self._list_models(), self._served.is_excluded)
        items: list[dict[str, Any]] = [
            {
                "provider": status.name,
                "title": status.title,
                "ready": status.ready,
                "reason": status.reason,
                "models": list(status.models),
            }
            for status in statuses
        ]
        if probe:
            for item in items:
                if item["ready"] and item["provider"] != OFFLINE:
                    item.update(self._probed(item["provider"], item["models"]))
        return {"items": items, "default": self.default()}

    def _probed(self, provider: str, models: list[str]) -> dict[str, Any]:
        from designchord.llm import loop
        from designchord.llm.clients import open_client, probe

        try:
            name = endpoints.named(provider, self._environ, lambda: lambda _: models)
            result = loop.run(probe(open_client(name, self._environ))).result()
        except SettingsError as error:
            return {"ready": False, "reason": error.message}
        if result.error is not None:
            return {"ready": False, "reason": result.error.message}
        return {"reason": f"{name} answered in {result.latency or 0:.1f} s."}

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
        from designchord.llm.clients import open_guard
        from designchord.llm.guarded import Traffic

        if self._traffic is None:
            self._traffic = Traffic()
        try:
            known = [name, *(other for other in self._fallback_names() if other not in (name, OFFLINE))]
            return open_guard(known, self._environ, traffic=self._traffic)
        except SettingsError as error:
            raise ModelError(error.message, code="model_not_found") from None
