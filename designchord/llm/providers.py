"""The providers, as a table. A new one is a row: where it lives, which variables name its key, what its models can.

Nothing here reads the process environment: it is handed in. A key may stand in a variable or, with ``_FILE`` after the
variable's name, in a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from designchord.errors import SettingsError
from designchord.llm.capabilities import Capabilities
from designchord.llm.secret import Secret

OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One row. ``base_url`` and ``default_model`` may be empty where only the user knows them.

    ``url_suffix`` is added to the address that ``url_variable`` holds, unless it is there. ``models`` refines what the
    provider's models can, by name pattern; the first that fits counts.
    """

    name: str
    title: str
    base_url: str = ""
    url_variable: str
    url_suffix: str = ""
    key_variable: str
    key_needed: bool = True
    default_model: str = ""
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
        url_suffix="/v1",
        key_variable="OLLAMA_API_KEY",
        key_needed=False,
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


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model by name; ``base_url`` only where a setting names it by its URL. ``str()`` is its full name."""

    provider: str
    model: str = ""
    base_url: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" if self.model else self.provider


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Everything that a client needs to know."""

    name: str
    base_url: str
    api_key: Secret | None
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """Whether a provider can be used. ``reason`` is one sentence, also when it is ready."""

    name: str
    title: str
    ready: bool
    reason: str
    models: tuple[str, ...] = ()


#: Given a provider's base URL, the names of the models it serves; ``None`` when it does not answer.
ListModels = Callable[[str], "list[str] | None"]


def parse_model(text: str, *, allow_url: bool = False) -> ModelSpec:
    """``openai:gpt-4o``, ``openai`` (its default model), ``offline``; in an operator's settings (``allow_url``) also
    ``http://host/v1#model``, which is then known as ``custom:model``.

    Raises ``SettingsError`` with a sentence that says what would be right.
    """
    text = text.strip()
    if text == OFFLINE:
        return ModelSpec(OFFLINE)
    if allow_url and text.startswith(("http://", "https://")):
        address, _, model = text.partition("#")
        if not model or not urlsplit(address).hostname:
            raise SettingsError("A model named by a URL needs its name after a hash: http://127.0.0.1:8000/v1#llama-3.")
        return ModelSpec("custom", model, address)
    name, _, model = text.partition(":")
    provider = _row(name)
    if provider is None:
        known = ", ".join(row.name for row in PROVIDERS)
        raise SettingsError(f"There is no provider {name[:40]!r}. Known are {known} and {OFFLINE}: openai:gpt-4o.")
    model = model.strip() or provider.default_model
    if not model:
        raise SettingsError(f"Say which model of {provider.title}: {name}:<model>.")
    return ModelSpec(name, model)


def endpoint(model: str, environ: Mapping[str, str]) -> Endpoint:
    """Where and how to reach a model. Raises ``SettingsError`` when something is not set that is needed."""
    spec = parse_model(model)
    provider = _row(spec.provider)
    if provider is None:
        raise SettingsError(f"{OFFLINE} is not a model that can be called.")
    url = _url_in_settings(spec, environ) or _base_url(provider, environ)
    key = _key(provider, environ)
    missing = _missing(provider, url, key)
    if missing:
        raise SettingsError(f"{provider.title} is not ready. {missing}")
    return Endpoint(str(spec), url, key, _capabilities(provider, spec.model, url, environ))


def provider_status(environ: Mapping[str, str], list_models: ListModels | None = None) -> list[ProviderStatus]:
    """Each provider and whether it is ready. Local servers count as ready only when ``list_models`` reaches them."""
    return [_status(provider, environ, list_models) for provider in PROVIDERS] + [
        ProviderStatus(OFFLINE, "No model", True, "Drafts by rules, without any model.", (OFFLINE,))
    ]


def default_model(environ: Mapping[str, str], list_models: ListModels | None = None) -> str:
    """What an empty choice means: ``DESIGNCHORD_MODEL``, else the first provider that is ready and has a default, else
    ``offline``. ``OPENAI_MODEL`` and the like (``<PROVIDER>_MODEL``) choose another default of a provider.
    """
    if chosen := environ.get("DESIGNCHORD_MODEL", "").strip():
        return str(parse_model(chosen, allow_url=True))
    for provider, status in zip(PROVIDERS, provider_status(environ, list_models), strict=False):
        chosen = environ.get(f"{provider.name.upper()}_MODEL", "").strip() or provider.default_model
        if status.ready and (chosen or status.models):
            return f"{provider.name}:{chosen or status.models[0]}"
    return OFFLINE


def _row(name: str) -> Provider | None:
    return next((provider for provider in PROVIDERS if provider.name == name), None)


def _status(provider: Provider, environ: Mapping[str, str], list_models: ListModels | None) -> ProviderStatus:
    url = _base_url(provider, environ)
    try:
        missing = _missing(provider, url, _key(provider, environ))
    except SettingsError as error:
        missing = error.message
    if missing:
        return ProviderStatus(provider.name, provider.title, False, missing)
    if not _is_local(url) and provider.name != "custom":
        return ProviderStatus(provider.name, provider.title, True, f"{provider.key_variable} is set.")
    return _local_status(provider, url, list_models, told=bool(environ.get(provider.url_variable)))


def _local_status(provider: Provider, url: str, list_models: ListModels | None, *, told: bool) -> ProviderStatus:
    models = list_models(url) if list_models is not None else None
    if models:
        return ProviderStatus(provider.name, provider.title, True, f"Answers at {_shown(url)}.", tuple(models))
    if models is not None:
        return ProviderStatus(provider.name, provider.title, False, f"Answers at {_shown(url)}, but has no model yet.")
    if list_models is None and told:
        return ProviderStatus(provider.name, provider.title, True, f"{provider.url_variable} is set.")
    tried = "does not answer" if list_models is not None else "was not asked"
    return ProviderStatus(
        provider.name,
        provider.title,
        False,
        f"The server at {_shown(url)} {tried}; start it or set {provider.url_variable}.",
    )


def _missing(provider: Provider, url: str, key: Secret | None) -> str:
    """What has to be set first, as a sentence; empty when nothing."""
    if not url:
        return f"Set {provider.url_variable} to its address."
    if not urlsplit(url).hostname or urlsplit(url).scheme not in ("http", "https"):
        return f"{provider.url_variable} must be an http:// or https:// address."
    if "@" in urlsplit(url).netloc:
        return f"{provider.url_variable} must not hold a name or password; the key goes into {provider.key_variable}."
    if provider.key_needed and key is None and not _is_local(url):
        return f"Set {provider.key_variable}, or {provider.key_variable}_FILE to a file that holds the key."
    return ""


def _base_url(provider: Provider, environ: Mapping[str, str]) -> str:
    url = environ.get(provider.url_variable, "").strip().rstrip("/")
    if not url:
        return provider.base_url
    if "://" not in url:
        url = _from_host(url)
    if provider.url_suffix and not url.endswith(provider.url_suffix):
        url += provider.url_suffix
    return url


def _from_host(host: str) -> str:
    """Ollama's way to name a server: host, host:port or :port, where 0.0.0.0 means this machine."""
    name, mark, port = host.rpartition(":")
    if not mark or not port.isdigit():
        name, port = host, "11434"
    name = "127.0.0.1" if name in ("", "0.0.0.0") else name  # noqa: S104 - read, not bound
    return f"http://{name}:{port}"


def _key(provider: Provider, environ: Mapping[str, str]) -> Secret | None:
    variable = provider.key_variable
    if file := environ.get(f"{variable}_FILE", "").strip():
        try:
            key = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{variable}_FILE names a file that cannot be read.") from None
    else:
        key = environ.get(variable, "").strip()
    return Secret(key) if key else None


def _url_in_settings(spec: ModelSpec, environ: Mapping[str, str]) -> str:
    """The address of a ``custom`` model that the settings name by its URL."""
    named = [environ.get("DESIGNCHORD_MODEL", ""), *environ.get("DESIGNCHORD_FALLBACK_MODELS", "").split(",")]
    for text in named:
        if text.strip().startswith(("http://", "https://")):
            found = parse_model(text, allow_url=True)
            if (found.provider, found.model) == (spec.provider, spec.model):
                return found.base_url
    return ""


def _capabilities(provider: Provider, model: str, url: str, environ: Mapping[str, str]) -> Capabilities:
    can = provider.capabilities_of(model)
    if provider.base_url and url != provider.base_url and not can.thinking:
        # A stand-in for the provider speaks at least the oldest dialect.
        can = replace(can, max_tokens="max_tokens")
    context = environ.get("OLLAMA_CONTEXT_LENGTH", "").strip()
    if provider.name == "ollama" and context.isdigit():
        # Ollama cuts longer prompts without a word; knowing its context, we refuse them with one.
        return replace(can, context=int(context))
    return can


def _is_local(url: str) -> bool:
    """Whether a server is on this machine or network, where keys are seldom asked for."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal"))


def _shown(url: str) -> str:
    """A URL without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
