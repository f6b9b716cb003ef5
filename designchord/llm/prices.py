"""What calls cost, in US dollars: by the list prices of the providers' rows, which anybody may override.

``DESIGNCHORD_PRICES`` names a TOML or JSON file that maps model patterns to dollars per million tokens::

    ["openai:my-tuned-*"]
    input = 3.0
    cached = 1.5
    output = 12.0
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designchord.errors import SettingsError
from designchord.llm.base import TokenUsage
from designchord.llm.capabilities import FREE, Price, fits
from designchord.llm.providers import OFFLINE, provider_of

_MILLION = 1_000_000


class PriceTable:
    """The prices in force: a user's own first, then the list. ``PriceTable()`` is the list alone."""

    def __init__(self, own: Mapping[str, Price] | None = None) -> None:
        self._own = dict(own or {})

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> PriceTable:
        """With the file that ``DESIGNCHORD_PRICES`` names. Raises ``SettingsError`` when it cannot be understood."""
        name = environ.get("DESIGNCHORD_PRICES", "").strip()
        return cls(_read(Path(name).expanduser())) if name else cls()

    def price(self, model: str) -> Price | None:
        """The price of a model by its full name (``openai:gpt-6-luna``), or ``None`` when nobody knows."""
        for pattern, price in self._own.items():
            if fits(model, pattern):
                return price
        if model.partition(":")[0] == OFFLINE:
            return FREE
        name, _, rest = model.partition(":")
        provider = provider_of(name)
        return provider.price(rest) if provider is not None else None

    def cost_usd(self, model: str, usage: TokenUsage) -> float | None:
        """Dollars that a call cost, or ``None`` for a model without a known price."""
        price = self.price(model)
        if price is None:
            return None
        fresh = usage.input - usage.cached
        return (fresh * price.input + usage.cached * price.cached + usage.output * price.output) / _MILLION


def _read(path: Path) -> dict[str, Price]:
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError:
        raise SettingsError("DESIGNCHORD_PRICES names a file that cannot be read.") from None
    except ValueError:
        raise SettingsError("The file of DESIGNCHORD_PRICES is neither TOML nor (as *.json) JSON.") from None
    if not isinstance(data, dict):
        raise SettingsError("The file of DESIGNCHORD_PRICES must map model names to prices.")
    return {str(model): _price(str(model), row) for model, row in data.items()}


def _price(model: str, row: Any) -> Price:
    try:
        price = Price(float(row["input"]), float(row.get("cached", row["input"])), float(row["output"]))
    except (TypeError, KeyError, ValueError, AttributeError):
        price = Price(-1, -1, -1)
    if not all(0 <= value < _MILLION for value in (price.input, price.cached, price.output)):
        raise SettingsError(f"The price of {model} needs input and output in dollars per million tokens.")
    return price
