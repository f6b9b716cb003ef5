"""The providers, as a table. A new one is a row and nothing else: where it lives, which variables name its address and
key, what its models can and cost. What is shown, documented, cleared from tests and checked is derived from the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from designchord.llm.addresses import ReadAddress, read_ollama_host, read_url
from designchord.llm.capabilities import FREE, Capabilities, Price, fits

#: The name of the model that is none: drafting by rules.
OFFLINE = "offline"

#: When the list prices below were compared with the providers' pages.
PRICES_DATE = "2026-11-28"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row. ``base_url`` and ``default_model`` may be empty where only the user knows them.

    ``read_address`` understands what ``url_variable`` holds; ``url_suffix`` is added to it, unless it is there.
    ``context_variable`` holds how many tokens the server's context has, where it cuts longer prompts without a word.
    ``models`` refines what the provider's models can, by name; the first that fits counts, and what fits none speaks
    the dialect of ``capabilities``, which is the newest. ``prices`` are by name, too; what fits none has no price. So
    are the dates on which models are ``leaving``.
    """

    name: str
    title: str
    base_url: str = ""
    url_variable: str
    read_address: ReadAddress = read_url
    url_suffix: str = ""
    key_variable: str
    key_needed: bool = True
    default_model: str = ""
    context_variable: str = ""
    capabilities: Capabilities = field(default_factory=Capabilities)
    models: tuple[tuple[str, Capabilities], ...] = ()
    prices: tuple[tuple[str, Price], ...] = ()
    leaving: tuple[tuple[str, str], ...] = ()

    @property
    def model_variable(self) -> str:
        """The variable that names another default model."""
        return f"{self.name.upper()}_MODEL"

    def known(self, model: str) -> Capabilities | None:
        """What is known of this very model."""
        return next((can for pattern, can in self.models if fits(model, pattern)), None)

    def leaves(self, model: str) -> str:
        """The date (ISO) after which a model is not answered any more, as far as that is known."""
        return next((date for pattern, date in self.leaving if fits(model, pattern)), "")

    def price(self, model: str) -> Price | None:
        return next((price for pattern, price in self.prices if fits(model, pattern)), None)


#: Of a server of which nothing is known: what it cannot do is learned from what it refuses or does not keep to.
UNKNOWN = Capabilities(json=("schema", "mode"))
_OPENAI = Capabilities(json=("schema", "mode"), context=128_000, max_tokens="max_completion_tokens")
_THINKING = replace(_OPENAI, temperature=False, thinking=16_000, context=200_000)
_GPT_5 = replace(_THINKING, context=400_000, thinking_off={"reasoning_effort": "minimal"})
_GPT_6 = replace(_THINKING, context=1_000_000, thinking_off={"reasoning_effort": "none"})
_OPENAI_MODELS = (
    ("gpt-5-chat*", _OPENAI),
    ("gpt-5.*", _GPT_6),
    ("gpt-5*", _GPT_5),
    ("o[1-9]*", _THINKING),
    ("gpt-4.1*", replace(_OPENAI, context=1_000_000)),
    ("gpt-4o*", _OPENAI),
)
_DEEPSEEK = Capabilities(
    context=1_000_000, temperature=False, thinking=32_000, thinking_off={"thinking": {"type": "disabled"}}
)

PROVIDERS: tuple[Provider, ...] = (
    Provider(
        name="openai",
        title="OpenAI",
        base_url="https://api.openai.com/v1",
        url_variable="OPENAI_BASE_URL",
        key_variable="OPENAI_API_KEY",
        default_model="gpt-6-luna",
        capabilities=_GPT_6,
        models=_OPENAI_MODELS,
        prices=(
            ("gpt-6.1-sol", Price(2.0, 0.1, 10.0)),
            ("gpt-6.1-terra", Price(1.0, 0.05, 5.0)),
            ("gpt-6-astra", Price(10.0, 1.0, 50.0)),
            ("gpt-6-sol", Price(2.0, 0.2, 10.0)),
            ("gpt-6-luna", Price(0.1, 0.01, 0.5)),
            ("gpt-5.6-sol", Price(4.0, 0.4, 20.0)),
            ("gpt-5.6-terra", Price(2.0, 0.2, 12.0)),
            ("gpt-5.6-luna", Price(0.2, 0.02, 1.2)),
            ("gpt-5.5-pro", Price(30.0, 30.0, 180.0)),
            ("gpt-5.5", Price(5.0, 0.5, 30.0)),
            ("gpt-5.4-pro", Price(30.0, 30.0, 180.0)),
            ("gpt-5.4-mini", Price(0.75, 0.075, 4.5)),
            ("gpt-5.4", Price(2.5, 0.25, 15.0)),
            ("gpt-5.2-pro", Price(21.0, 21.0, 168.0)),
            ("gpt-5.2", Price(1.75, 0.175, 14.0)),
            ("gpt-5.1", Price(1.25, 0.125, 10.0)),
            ("gpt-5-pro", Price(15.0, 15.0, 120.0)),
            ("gpt-5-mini", Price(0.25, 0.025, 2.0)),
            ("gpt-5-nano", Price(0.05, 0.005, 0.4)),
            ("gpt-5", Price(1.25, 0.125, 10.0)),
            ("gpt-4.1-mini", Price(0.4, 0.1, 1.6)),
            ("gpt-4.1-nano", Price(0.1, 0.025, 0.4)),
            ("gpt-4.1", Price(2.0, 0.5, 8.0)),
            ("gpt-4o-mini", Price(0.15, 0.075, 0.6)),
            ("gpt-4o", Price(2.5, 1.25, 10.0)),
            ("o3-mini", Price(1.1, 0.55, 4.4)),
            ("o4-mini", Price(1.1, 0.275, 4.4)),
            ("o3", Price(2.0, 0.5, 8.0)),
        ),
        leaving=(
            *((name, "2026-12-11") for name in ("gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5-pro", "o3")),
            *((name, "2027-01-14") for name in ("gpt-4o*", "gpt-4.1*")),
        ),
    ),
    Provider(
        name="deepseek",
        title="DeepSeek",
        base_url="https://api.deepseek.com/v1",
        url_variable="DEEPSEEK_BASE_URL",
        key_variable="DEEPSEEK_API_KEY",
        default_model="deepseek-flash",
        capabilities=_DEEPSEEK,
        leaving=(("deepseek-chat", "2026-07-24"), ("deepseek-reasoner", "2026-07-24")),
        prices=(  # of the peak hours; at others half as much
            ("deepseek-flash", Price(0.3, 0.006, 1.2)),
            ("deepseek-v4-flash", Price(0.3, 0.006, 1.2)),  # answered by deepseek-flash
            ("deepseek-v4-pro", Price(1.32, 0.044, 3.96)),
        ),
    ),
    Provider(
        name="openrouter",
        title="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        url_variable="OPENROUTER_BASE_URL",
        key_variable="OPENROUTER_API_KEY",
        default_model="openrouter/auto",
        capabilities=UNKNOWN,
    ),
    Provider(
        name="azure",
        title="Azure OpenAI",
        url_variable="AZURE_OPENAI_ENDPOINT",
        url_suffix="/openai/v1",
        key_variable="AZURE_OPENAI_API_KEY",
        capabilities=replace(_OPENAI, auth="api-key"),
        models=tuple((name, replace(can, auth="api-key")) for name, can in (("gpt-6*", _GPT_6), *_OPENAI_MODELS)),
    ),
    Provider(
        name="vllm",
        title="vLLM",
        base_url="http://127.0.0.1:8000/v1",
        url_variable="VLLM_BASE_URL",
        key_variable="VLLM_API_KEY",
        key_needed=False,
        capabilities=Capabilities(json=("schema", "mode")),
        prices=(("*", FREE),),
    ),
    Provider(
        name="lmstudio",
        title="LM Studio",
        base_url="http://127.0.0.1:1234/v1",
        url_variable="LMSTUDIO_BASE_URL",
        key_variable="LMSTUDIO_API_KEY",
        key_needed=False,
        capabilities=Capabilities(json=("schema",)),
        prices=(("*", FREE),),
    ),
    Provider(
        name="ollama",
        title="Ollama",
        base_url="http://127.0.0.1:11434/v1",
        url_variable="OLLAMA_HOST",
        read_address=read_ollama_host,
        url_suffix="/v1",
        key_variable="OLLAMA_API_KEY",
        key_needed=False,
        context_variable="OLLAMA_CONTEXT_LENGTH",
        capabilities=Capabilities(json=("schema", "mode"), thinking_off={"reasoning_effort": "none"}),
        prices=(("*", FREE),),
    ),
    Provider(
        name="custom",
        title="Any other compatible server",
        url_variable="DESIGNCHORD_BASE_URL",
        key_variable="DESIGNCHORD_API_KEY",
        key_needed=False,
        capabilities=UNKNOWN,
    ),
)


def provider_of(name: str) -> Provider | None:
    return next((provider for provider in PROVIDERS if provider.name == name), None)


def variables() -> Iterator[str]:
    """Every variable of the environment that a row reads."""
    for row in PROVIDERS:
        named = (row.url_variable, row.key_variable, f"{row.key_variable}_FILE", row.model_variable)
        yield from (*named, row.context_variable) if row.context_variable else named
