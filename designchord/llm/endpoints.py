"""How models are named, and where and how one is reached.

Nothing here reads the process environment: it is handed in. A key may stand in a variable or, with ``_FILE`` after the
variable's name, in a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from designchord.errors import SettingsError
from designchord.llm import providers
from designchord.llm.addresses import clear_text_fault, complete, fault, is_near, shown, split
from designchord.llm.capabilities import Capabilities
from designchord.llm.providers import OFFLINE, Provider, provider_of
from designchord.llm.secret import Secret

#: It is written into the database, logs and metrics as it is.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}")


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
    named_by: str  # the variable that holds the address, or could


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

#: Whether a base URL is our own address, where no model answers.
IsOwn = Callable[[str], bool]


def parse_model(text: str, *, allow_url: bool = False) -> ModelSpec:
    """``openai:gpt-6-luna``, ``openai`` (see ``named``), ``offline``; in an operator's settings (``allow_url``) also
    ``http://host/v1#model``, which is then known as ``custom:model``.

    Raises ``SettingsError`` with a sentence that says what would be right.
    """
    text = text.strip()
    if text.lower() == OFFLINE:
        return ModelSpec(OFFLINE)
    if allow_url and text.startswith(("http://", "https://")):
        address, _, model = text.partition("#")
        if not _NAME.fullmatch(model) or split(address) is None:
            raise SettingsError("A model named by a URL needs its name after a hash: http://127.0.0.1:8080/v1#llama-3.")
        return ModelSpec("custom", model, address)
    name, _, model = text.partition(":")
    provider = provider_of(re.sub(r"[\s_-]", "", name.lower()))  # `OpenAI`, `LM Studio`
    if provider is None:
        known = ", ".join(row.name for row in providers.PROVIDERS)
        raise SettingsError(f"There is no provider {name[:40]!r}. Known are {known} and {OFFLINE}: openai:gpt-6-luna.")
    model = model.strip()
    if model and not _NAME.fullmatch(model):
        raise SettingsError("A model's name has at most 100 letters, digits and . _ : / @ + - only.")
    return ModelSpec(provider.name, model)


def named(
    text: str, environ: Mapping[str, str], served: Callable[[], ListModels] | None = None, *, allow_url: bool = False
) -> str:
    """The full name of a model. A provider alone is the model that its variable (``OPENAI_MODEL``) names, else its
    default, else the first that its server serves; ``served`` asks the servers, where that is needed.
    """
    spec = parse_model(text, allow_url=allow_url)
    provider = provider_of(spec.provider)
    if provider is None or spec.model:
        return str(spec)
    chosen = environ.get(provider.model_variable, "").strip().removeprefix(f"{provider.name}:")
    if not chosen:
        chosen = provider.default_model if served is None else _default_of(provider, environ, served())
    if not chosen:
        raise SettingsError(
            f"Say which model of {provider.title}: {provider.name}:<model>, or set {provider.model_variable}."
        )
    return f"{provider.name}:{chosen}"


def _default_of(provider: Provider, environ: Mapping[str, str], list_models: ListModels) -> str:
    """The provider's default, but of a server of one's own that does not serve it the first that it serves."""
    url = _base_url(provider, environ)
    own = bool(url) and (url != provider.base_url or not provider.default_model)
    models = list_models(url) if own else None
    return models[0] if models and provider.default_model not in models else provider.default_model


def endpoint(model: str, environ: Mapping[str, str]) -> Endpoint:
    """Where and how to reach a model. Raises ``SettingsError`` when something is not set that is needed."""
    spec = parse_model(named(model, environ))
    provider = provider_of(spec.provider)
    if provider is None:
        raise SettingsError(f"{OFFLINE} is not a model that can be called.")
    url = _url_in_settings(spec, environ)
    named_by = "DESIGNCHORD_MODEL" if url else provider.url_variable
    url = url or _base_url(provider, environ)
    key = _key(provider, environ)
    missing = _missing(provider, url, key, environ)
    if missing:
        raise SettingsError(f"{provider.title} is not ready. {missing}")
    return Endpoint(str(spec), url, key, _capabilities(provider, spec.model, url, environ), named_by)


def provider_status(
    environ: Mapping[str, str], list_models: ListModels | None = None, is_own: IsOwn | None = None
) -> list[ProviderStatus]:
    """Each provider and whether it is ready. Local servers count as ready only when ``list_models`` reaches them."""
    return [_status(provider, environ, list_models, is_own) for provider in providers.PROVIDERS] + [
        ProviderStatus(OFFLINE, "No model", True, "Drafts by rules, without any model.", (OFFLINE,))
    ]


def default_model(environ: Mapping[str, str], list_models: ListModels | None = None) -> str:
    """What an empty choice means: ``DESIGNCHORD_MODEL``, else the first provider that is ready and has a default, else
    ``offline``. ``OPENAI_MODEL`` and the like (``<PROVIDER>_MODEL``) choose another default of a provider.
    """
    if chosen := environ.get("DESIGNCHORD_MODEL", "").strip():
        return named(chosen, environ, None if list_models is None else lambda: list_models, allow_url=True)
    for provider, status in zip(providers.PROVIDERS, provider_status(environ, list_models), strict=False):
        if status.ready:
            try:
                return named(provider.name, environ, None if list_models is None else lambda: list_models)
            except SettingsError:
                continue
    return OFFLINE


def is_set_up(model: str, environ: Mapping[str, str]) -> bool:
    """Whether the operator named the model's server: by its address, or by a key for the provider's own. A server that
    only might listen on this machine is not named by anybody."""
    provider = provider_of(model.partition(":")[0])
    if provider is None:
        return model == OFFLINE
    return (
        provider.key_needed
        or bool(environ.get(provider.url_variable, "").strip())
        or bool(_url_in_settings(parse_model(model), environ))
    )


def servers_to_ask(environ: Mapping[str, str]) -> dict[str, Secret | None]:
    """The base URLs (and keys) of servers that have to be asked before it is known whether they are ready."""
    found: dict[str, Secret | None] = {}
    for provider in providers.PROVIDERS:
        url = _base_url(provider, environ)
        try:
            key = _key(provider, environ)
        except SettingsError:
            continue
        if not _missing(provider, url, key, environ) and (is_near(url) or not provider.base_url):
            found[url] = key
    return found


def _status(
    provider: Provider, environ: Mapping[str, str], list_models: ListModels | None, is_own: IsOwn | None
) -> ProviderStatus:
    url = _base_url(provider, environ)
    try:
        missing = _missing(provider, url, _key(provider, environ), environ)
    except SettingsError as error:
        missing = error.message
    if not missing and is_own is not None and is_own(url):
        missing = f"At {shown(url)} is designchord itself; set {provider.url_variable} to the model's server."
    if missing:
        return ProviderStatus(provider.name, provider.title, False, missing)
    if not is_near(url) and provider.name != "custom":
        return ProviderStatus(provider.name, provider.title, True, f"{provider.key_variable} is set.")
    return _local_status(provider, url, list_models, told=bool(environ.get(provider.url_variable)))


def _local_status(provider: Provider, url: str, list_models: ListModels | None, *, told: bool) -> ProviderStatus:
    models = list_models(url) if list_models is not None else None
    if models:
        return ProviderStatus(provider.name, provider.title, True, f"Answers at {shown(url)}.", tuple(models))
    if models is not None:
        return ProviderStatus(provider.name, provider.title, False, f"Answers at {shown(url)}, but has no model yet.")
    if list_models is None and told:
        return ProviderStatus(provider.name, provider.title, True, f"{provider.url_variable} is set.")
    tried = "does not answer" if list_models is not None else "was not asked"
    return ProviderStatus(
        provider.name,
        provider.title,
        False,
        f"The server at {shown(url)} {tried}; start it or set {provider.url_variable}.",
    )


def _missing(provider: Provider, url: str, key: Secret | None, environ: Mapping[str, str]) -> str:
    """What has to be set first, as a sentence; empty when nothing."""
    if not url:
        return f"Set {provider.url_variable} to its address."
    if wrong := fault(url, provider.url_variable, provider.key_variable):
        return wrong
    if provider.key_needed and key is None and not is_near(url):
        return f"Set {provider.key_variable}, or {provider.key_variable}_FILE to a file that holds the key."
    written = environ.get(provider.url_variable, "").strip()
    return clear_text_fault(written, url, provider.url_variable) if key is not None and written else ""


def _base_url(provider: Provider, environ: Mapping[str, str]) -> str:
    written = environ.get(provider.url_variable, "").strip()
    if not written:
        return provider.base_url
    return complete(provider.read_address(written), provider.url_suffix)


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
    can = provider.known(model)
    if can is None:
        # A name of which nothing is known is a new one. But behind another address anything may live.
        elsewhere = bool(provider.base_url) and url != provider.base_url and provider.key_needed
        can = replace(providers.UNKNOWN, auth=provider.capabilities.auth) if elsewhere else provider.capabilities
    elif provider.base_url and url != provider.base_url and not can.thinking:
        can = replace(can, max_tokens="max_tokens")  # a stand-in speaks at least the oldest dialect
    if environ.get("DESIGNCHORD_THINKING", "").strip().lower() == "off" and can.thinking_off:
        can = replace(can, thinking=0, extra=can.thinking_off)
    context = environ.get(provider.context_variable, "").strip() if provider.context_variable else ""
    # A server that cuts longer prompts without a word: knowing its context, we refuse them with one.
    return replace(can, context=int(context)) if context.isdigit() else can
