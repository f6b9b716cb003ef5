"""The tables of providers and prices, and how models are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designchord.errors import SettingsError
from designchord.llm.base import TokenUsage
from designchord.llm.endpoints import default_model, endpoint, named, parse_model, provider_status
from designchord.llm.prices import PriceTable
from designchord.llm.providers import PROVIDERS
from designchord.llm.secret import Secret


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("openai:gpt-4o", "openai:gpt-4o"),
        (" openai ", "openai"),
        ("deepseek:deepseek-flash", "deepseek:deepseek-flash"),
        ("ollama:qwen3:8b", "ollama:qwen3:8b"),
        ("openrouter:meta-llama/llama-3:free", "openrouter:meta-llama/llama-3:free"),
        ("offline", "offline"),
    ],
)
def test_models_are_named_by_provider_and_model(text: str, full: str) -> None:
    assert str(parse_model(text)) == full


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "gpt-4o",
            "nobody:x",
            "http://127.0.0.1/v1#m",
            "offline:x",
            ":",
            "vllm:x\r\nX: y",
            "vllm:a b",
            "vllm:<b>",
        ),
        *("vllm:<b>", f"vllm:{'x' * 121}", "openai:\u0430"),
    ],
)
def test_other_names_are_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_model(text)
    assert caught.value.message.endswith(".")


def test_only_settings_may_name_a_model_by_its_url() -> None:
    spec = parse_model("https://models.example/v1#llama-3", allow_url=True)
    assert (str(spec), spec.base_url) == ("custom:llama-3", "https://models.example/v1")
    environ = {"DESIGNCHORD_FALLBACK_MODELS": "offline, https://models.example/v1#llama-3"}
    assert endpoint("custom:llama-3", environ).base_url == "https://models.example/v1"
    with pytest.raises(SettingsError):
        parse_model("https://models.example/v1", allow_url=True)
    with pytest.raises(SettingsError):
        endpoint("custom:other", environ)


def test_keys_come_from_variables_or_files_and_are_masked(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-from-file\n")
    found = endpoint("openai:gpt-4o", {"OPENAI_API_KEY_FILE": str(file), "OPENAI_API_KEY": "sk-other"})
    assert found.api_key == "sk-from-file"
    assert "sk-" not in repr(found)
    assert "sk-" not in repr([Secret("sk-x"), {"key": Secret("sk-x")}])
    with pytest.raises(SettingsError) as caught:
        endpoint("openai:gpt-4o", {"OPENAI_API_KEY_FILE": str(tmp_path / "none")})
    assert str(tmp_path) not in caught.value.message


@pytest.mark.parametrize(
    ("environ", "model"),
    [
        ({}, "offline"),
        ({"OPENAI_API_KEY": "k"}, "openai:gpt-6-luna"),
        ({"OPENAI_API_KEY": " "}, "offline"),
        ({"DEEPSEEK_API_KEY": "k"}, "deepseek:deepseek-flash"),
        ({"DEEPSEEK_API_KEY": "k", "OPENAI_API_KEY": "k"}, "openai:gpt-6-luna"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "openai:gpt-6-luna"),
        ({"OPENAI_BASE_URL": "http://models:9/v1", "OPENAI_MODEL": "any"}, "openai:any"),
        ({"OPENAI_BASE_URL": "https://api.example.com/v1"}, "offline"),
        ({"OPENAI_BASE_URL": "ftp://127.0.0.1"}, "offline"),
        ({"OPENAI_BASE_URL": "http://me:pw@127.0.0.1/v1"}, "offline"),
        ({"OLLAMA_HOST": "0.0.0.0:11434", "OLLAMA_MODEL": "qwen3"}, "ollama:qwen3"),
        ({"AZURE_OPENAI_ENDPOINT": "https://a.b", "AZURE_OPENAI_API_KEY": "k", "AZURE_MODEL": "d"}, "azure:d"),
        ({"DESIGNCHORD_MODEL": "http://127.0.0.1:9/v1#m", "OPENAI_API_KEY": "k"}, "custom:m"),
    ],
)  # fmt: skip
def test_an_empty_choice_means_the_first_that_is_ready(environ: dict[str, str], model: str) -> None:
    assert default_model(environ) == model


def test_a_local_server_that_answers_is_ready_with_its_models() -> None:
    def only_ollama(url: str) -> list[str] | None:
        return ["qwen3:8b"] if ":11434" in url else None

    assert default_model({}, only_ollama) == "ollama:qwen3:8b"
    statuses = {status.name: status for status in provider_status({}, only_ollama)}
    assert statuses["ollama"].ready
    assert not statuses["vllm"].ready
    assert not {s.name: s for s in provider_status({}, lambda _: [])}["ollama"].ready


def test_every_status_says_why_in_one_sentence_without_secrets() -> None:
    environ = {"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": "https://me:pw-secret@host/v1"}
    for status in provider_status(environ) + provider_status({}):
        assert status.reason.endswith(".")
        assert status.reason[0].isupper()
        assert "secret" not in status.reason


def test_addresses_are_completed() -> None:
    azure = {"AZURE_OPENAI_ENDPOINT": "https://a.openai.azure.com/", "AZURE_OPENAI_API_KEY": "k"}
    assert endpoint("azure:d", azure).base_url == "https://a.openai.azure.com/openai/v1"
    assert endpoint("azure:d", azure).capabilities.auth == "api-key"
    assert endpoint("ollama:x", {"OLLAMA_HOST": "box"}).base_url == "http://box:11434/v1"
    assert endpoint("ollama:x", {}).base_url == "http://127.0.0.1:11434/v1"


def test_capabilities_follow_the_model() -> None:
    key = {"OPENAI_API_KEY": "k"}
    for name in ("gpt-4o", "o3", "gpt-5-mini", "gpt-6-luna", "gpt-9-unheard-of"):
        assert endpoint(f"openai:{name}", key).capabilities.max_tokens == "max_completion_tokens"
    for name in ("o3", "gpt-5-mini", "gpt-6-luna", "gpt-9-unheard-of"):
        assert endpoint(f"openai:{name}", key).capabilities.thinking > 0
        assert not endpoint(f"openai:{name}", key).capabilities.temperature
    assert endpoint("deepseek:deepseek-next", {"DEEPSEEK_API_KEY": "k"}).capabilities.thinking > 0
    stand_in = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    assert endpoint("openai:gpt-4o", stand_in).capabilities.max_tokens == "max_tokens"
    assert endpoint("ollama:x", {"OLLAMA_CONTEXT_LENGTH": "4096"}).capabilities.context == 4096


@pytest.mark.parametrize(
    ("model", "environ", "said"),
    [
        ("openai:gpt-6-luna", {"OPENAI_API_KEY": "k"}, {"reasoning_effort": "none"}),
        ("deepseek:deepseek-flash", {"DEEPSEEK_API_KEY": "k"}, {"thinking": {"type": "disabled"}}),
        ("ollama:qwen3", {}, {"reasoning_effort": "none"}),
        ("openai:gpt-4o", {"OPENAI_API_KEY": "k"}, {}),
    ],
)
def test_thinking_can_be_switched_off_where_the_provider_has_a_switch(model, environ, said) -> None:
    assert endpoint(model, environ).capabilities.extra == {}
    off = endpoint(model, {**environ, "DESIGNCHORD_THINKING": "off"}).capabilities
    assert (off.extra, off.thinking) == (said, 0)


@pytest.mark.parametrize(
    ("text", "environ", "full"),
    [
        ("openai", {"OPENAI_MODEL": "mine"}, "openai:mine"),
        ("openai", {}, "openai:gpt-6-luna"),
        ("openai", {"OPENAI_MODEL": "openai:mine"}, "openai:mine"),
        ("OpenAI:mine", {}, "openai:mine"),
        ("LM Studio", {"LMSTUDIO_MODEL": "mine"}, "lmstudio:mine"),
        ("AZURE", {"AZURE_MODEL": "deployed"}, "azure:deployed"),
        ("Offline", {}, "offline"),
        ("azure", {"AZURE_MODEL": "deployed"}, "azure:deployed"),
        ("vllm", {}, "vllm:first"),
        ("vllm", {"VLLM_MODEL": "mine"}, "vllm:mine"),
        ("custom", {"DESIGNCHORD_BASE_URL": "http://127.0.0.1:9/v1"}, "custom:first"),
    ],
)
def test_a_provider_alone_means_its_variable_its_default_or_what_it_serves(text, environ, full) -> None:
    assert named(text, environ, lambda: lambda _: ["first", "second"]) == full


@pytest.mark.parametrize("text", ["vllm", "azure", "custom"])
def test_a_provider_alone_that_serves_nothing_is_asked_for_a_name(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        named(text, {}, lambda: lambda _: None)
    assert f"{text.upper()}_MODEL" in caught.value.message


def test_the_table_has_no_two_rows_of_one_name() -> None:
    names = [provider.name for provider in PROVIDERS]
    assert len(set(names)) == len(names)


def test_a_price_is_of_a_model_and_its_snapshots_and_not_of_its_dearer_kin() -> None:
    price = PriceTable().price
    assert price("openai:gpt-5") == price("openai:gpt-5-2025-08-07") != price("openai:gpt-5-mini")
    assert price("openai:gpt-5-pro") != price("openai:gpt-5")
    for unknown in ("openai:gpt-5-ultra", "openai:o3-pro", "openai:gpt-4", "openrouter:any", "azure:gpt-5", "nobody:x"):
        assert price(unknown) is None


def test_cost_counts_cached_tokens_once() -> None:
    usage = TokenUsage(input=1_000_000, cached=400_000, output=100_000)
    table = PriceTable()
    assert table.cost_usd("openai:gpt-4o", usage) == pytest.approx(0.6 * 2.5 + 0.4 * 1.25 + 0.1 * 10)
    assert table.cost_usd("ollama:any", usage) == 0
    assert table.cost_usd("custom:any", usage) is None


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_own_prices_come_before_the_list(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"prices{suffix}"
    row = {"openai:gpt-4o": {"input": 1, "output": 2}}
    file.write_text(json.dumps(row) if suffix == ".json" else '["openai:gpt-4o"]\ninput = 1\noutput = 2\n')
    table = PriceTable.from_environ({"DESIGNCHORD_PRICES": str(file)})
    assert table.cost_usd("openai:gpt-4o", TokenUsage(1_000_000, 500_000, 1_000_000)) == pytest.approx(3.0)
    assert table.cost_usd("openai:gpt-4o-mini", TokenUsage(1_000_000)) == pytest.approx(0.15)


@pytest.mark.parametrize(
    "text", ["nonsense", "[x]\ninput=1", "[x]\ninput=-1\noutput=1", "x = 3", "[x]\ninput='a'\noutput=1"]
)
def test_a_price_file_that_makes_no_sense_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(SettingsError):
        PriceTable.from_environ({"DESIGNCHORD_PRICES": str(file)})
    with pytest.raises(SettingsError):
        PriceTable.from_environ({"DESIGNCHORD_PRICES": str(tmp_path / "none.toml")})
