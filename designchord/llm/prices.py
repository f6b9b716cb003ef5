"""What calls cost, in US dollars. List prices of the providers, as known on ``PRICES_DATE``; anybody may override them.

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
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from designchord.errors import SettingsError
from designchord.llm.base import TokenUsage

PRICES_DATE = "2025-12-01"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens. Cached input is a part of the input that costs less."""

    input: float
    cached: float
    output: float


#: Pattern → price; the first that fits a model's full name counts.
LIST_PRICES: dict[str, Price] = {
    "openai:gpt-5.1*": Price(1.25, 0.125, 10.0),
    "openai:gpt-5-mini*": Price(0.25, 0.025, 2.0),
    "openai:gpt-5-nano*": Price(0.05, 0.005, 0.4),
    "openai:gpt-5*": Price(1.25, 0.125, 10.0),
    "openai:gpt-4.1-mini*": Price(0.4, 0.1, 1.6),
    "openai:gpt-4.1-nano*": Price(0.1, 0.025, 0.4),
    "openai:gpt-4.1*": Price(2.0, 0.5, 8.0),
    "openai:gpt-4o-mini*": Price(0.15, 0.075, 0.6),
    "openai:gpt-4o*": Price(2.5, 1.25, 10.0),
    "openai:o3-mini*": Price(1.1, 0.55, 4.4),
    "openai:o4-mini*": Price(1.1, 0.275, 4.4),
    "openai:o3*": Price(2.0, 0.5, 8.0),
    "deepseek:deepseek-chat": Price(0.28, 0.028, 0.42),
    "deepseek:deepseek-reasoner": Price(0.28, 0.028, 0.42),
    "ollama:*": Price(0.0, 0.0, 0.0),
    "vllm:*": Price(0.0, 0.0, 0.0),
    "lmstudio:*": Price(0.0, 0.0, 0.0),
    "offline*": Price(0.0, 0.0, 0.0),
}


class PriceTable:
    """The prices in force: a user's own first, then the list. ``PriceTable()`` is the list alone."""

    def __init__(self, own: Mapping[str, Price] | None = None) -> None:
        self._prices = {**(own or {}), **{key: value for key, value in LIST_PRICES.items() if key not in (own or {})}}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> PriceTable:
        """With the file that ``DESIGNCHORD_PRICES`` names. Raises ``SettingsError`` when it cannot be understood."""
        name = environ.get("DESIGNCHORD_PRICES", "").strip()
        return cls(_read(Path(name).expanduser())) if name else cls()

    def price(self, model: str) -> Price | None:
        """The price of a model by its full name (``openai:gpt-4o``), or ``None`` when nobody knows."""
        return next((price for pattern, price in self._prices.items() if fnmatchcase(model, pattern)), None)

    def cost_usd(self, model: str, usage: TokenUsage) -> float | None:
        """Dollars that a call cost, or ``None`` for a model without a known price."""
        price = self.price(model)
        if price is None:
            return None
        fresh = usage.input - usage.cached
        return (fresh * price.input + usage.cached * price.cached + usage.output * price.output) / _MILLION


def cost_usd(model: str, usage: TokenUsage) -> float | None:
    """Dollars by the list prices, or ``None`` for a model that is not in the list."""
    return _LIST.cost_usd(model, usage)


_LIST = PriceTable()


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
