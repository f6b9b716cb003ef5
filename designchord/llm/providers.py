"""The providers, as a table. A new one is a row: where it lives, which variables name its key, what its models can."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from designchord.llm.addresses import ReadAddress, read_ollama_host, read_url
from designchord.llm.capabilities import Capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row. ``base_url`` and ``default_model`` may be empty where only the user knows them.

    ``read_address`` understands what ``url_variable`` holds; ``url_suffix`` is added to it, unless it is there.
    ``context_variable`` holds how many tokens the server's context has, where it cuts longer prompts without a word.
    ``models`` refines what the provider's models can, by name pattern; the first that fits counts.
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

    def capabilities_of(self, model: str) -> Capabilities:
        return next((can for pattern, can in self.models if fnmatchcase(model, pattern)), self.capabilities)


_OPENAI = Capabilities(json="schema", context=128_000, max_tokens="max_completion_tokens")
_THINKING = replace(_OPENAI, temperature=False, thinking=16_000, context=200_000)

PROVIDERS: tuple[Provider, ...] = (
    Provider(
        name="openai",
        title="OpenAI",
        base_url="https://api.openai.com/v1",
        url_variable="OPENAI_BASE_URL",
        key_variable="OPENAI_API_KEY",
        default_model="gpt-4o",
        # Behind another base URL may live anything, so names that OpenAI does not use get the plain dialect.
        capabilities=Capabilities(),
        models=(
            ("gpt-5-chat*", _OPENAI),
            ("gpt-5*", replace(_THINKING, context=400_000)),
            ("o[1-9]*", _THINKING),
            ("gpt-4.1*", replace(_OPENAI, context=1_000_000)),
            ("gpt-4o*", _OPENAI),
        ),
    ),
    Provider(
        name="deepseek",
        title="DeepSeek",
        base_url="https://api.deepseek.com/v1",
        url_variable="DEEPSEEK_BASE_URL",
        key_variable="DEEPSEEK_API_KEY",
        default_model="deepseek-chat",
        capabilities=Capabilities(context=128_000),
        models=(("deepseek-reasoner*", Capabilities(context=128_000, temperature=False, thinking=32_000)),),
    ),
    Provider(
        name="openrouter",
        title="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        url_variable="OPENROUTER_BASE_URL",
        key_variable="OPENROUTER_API_KEY",
        default_model="openrouter/auto",
    ),
    Provider(
        name="azure",
        title="Azure OpenAI",
        url_variable="AZURE_OPENAI_ENDPOINT",
        url_suffix="/openai/v1",
        key_variable="AZURE_OPENAI_API_KEY",
        capabilities=replace(_OPENAI, auth="api-key"),
        models=(("o[1-9]*", replace(_THINKING, auth="api-key")), ("gpt-5*", replace(_THINKING, auth="api-key"))),
    ),
    Provider(
        name="vllm",
        title="vLLM",
        base_url="http://127.0.0.1:8000/v1",
        url_variable="VLLM_BASE_URL",
        key_variable="VLLM_API_KEY",
        key_needed=False,
        capabilities=Capabilities(json="schema"),
    ),
    Provider(
        name="lmstudio",
        title="LM Studio",
        base_url="http://127.0.0.1:1234/v1",
        url_variable="LMSTUDIO_BASE_URL",
        key_variable="LMSTUDIO_API_KEY",
        key_needed=False,
        capabilities=Capabilities(json="none"),
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
        capabilities=Capabilities(json="schema"),
    ),
    Provider(
        name="custom",
        title="Any other compatible server",
        url_variable="DESIGNCHORD_BASE_URL",
        key_variable="DESIGNCHORD_API_KEY",
        key_needed=False,
    ),
)


def provider_of(name: str) -> Provider | None:
    return next((provider for provider in PROVIDERS if provider.name == name), None)
