"""Where a provider's server is, as people write it into a variable."""

from __future__ import annotations

import pytest

from designchord.errors import SettingsError
from designchord.llm.endpoints import endpoint, provider_status
from designchord.llm.providers import PROVIDERS

KEY = "sk-canary-41aa"


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({"DEEPSEEK_BASE_URL": "api.deepseek.com/v1"}, "https://api.deepseek.com/v1"),
        ({"DEEPSEEK_BASE_URL": "proxy.example:8443/v1/"}, "https://proxy.example:8443/v1"),
        ({"DEEPSEEK_BASE_URL": "//proxy.example/v1"}, "https://proxy.example/v1"),
        ({"DEEPSEEK_BASE_URL": "localhost:8080/v1"}, "http://localhost:8080/v1"),
        ({"DEEPSEEK_BASE_URL": "127.0.0.1:8080/v1"}, "http://127.0.0.1:8080/v1"),
        ({"DEEPSEEK_BASE_URL": "[::1]:8080/v1"}, "http://[::1]:8080/v1"),
        ({"DEEPSEEK_BASE_URL": "192.168.1.20:8080/v1"}, "https://192.168.1.20:8080/v1"),
        ({"DEEPSEEK_BASE_URL": "http://192.168.1.20:8080/v1"}, "http://192.168.1.20:8080/v1"),
        ({"DEEPSEEK_BASE_URL": "https://proxy.example/v1/chat/completions"}, "https://proxy.example/v1"),
    ],
)
def test_without_a_scheme_a_remote_host_is_asked_over_tls_alone(environ: dict[str, str], address: str) -> None:
    assert endpoint("deepseek:any", {"DEEPSEEK_API_KEY": KEY, **environ}).base_url == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("mine.openai.azure.com", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.openai.azure.com/", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.openai.azure.com/openai/v1/", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.openai.azure.com/?api-version=preview",
         "https://mine.openai.azure.com/openai/v1?api-version=preview"),
    ],
)  # fmt: skip
def test_an_address_is_completed_before_its_query(written: str, address: str) -> None:
    environ = {"AZURE_OPENAI_API_KEY": KEY, "AZURE_OPENAI_ENDPOINT": written}
    assert endpoint("azure:d", environ).base_url == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("box", "http://box:11434/v1"),
        ("box:8080", "http://box:8080/v1"),
        (":8080", "http://127.0.0.1:8080/v1"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("[::1]", "http://[::1]:11434/v1"),
        ("box/ollama", "http://box:11434/ollama/v1"),
        ("https://ollama.example", "https://ollama.example/v1"),
    ],
)
def test_ollama_alone_reads_its_host_as_ollama_does(written: str, address: str) -> None:
    assert endpoint("ollama:x", {"OLLAMA_HOST": written}).base_url == address
    others = [row for row in PROVIDERS if row.name != "ollama"]
    for row in others:
        environ = {row.url_variable: written, row.key_variable: KEY}
        try:
            assert ":11434" not in endpoint(f"{row.name}:x", environ).base_url
        except SettingsError:
            continue  # refused, which is safe as well


def test_a_key_for_ollama_does_not_leave_the_private_network_in_clear() -> None:
    with pytest.raises(SettingsError) as caught:
        endpoint("ollama:x", {"OLLAMA_HOST": "ollama.example", "OLLAMA_API_KEY": KEY})
    assert "https://ollama.example" in caught.value.message


@pytest.mark.parametrize(
    "written",
    [
        "ftp://host/v1", "http://", "https:///v1", "http://[::1/v1", "http://host:port/v1", "http://host:99999/v1",
        "host:port", ":8080", "http://ho st/v1", "http://host/v1#m", "http://host\n/v1", "???", "http:/host/v1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("row", [row for row in PROVIDERS if row.name != "ollama"], ids=lambda row: row.name)
def test_what_is_no_address_is_told_in_a_sentence_that_names_the_variable(row, written: str) -> None:
    environ = {row.url_variable: written, row.key_variable: KEY}
    with pytest.raises(SettingsError) as caught:
        endpoint(f"{row.name}:x", environ)
    assert row.url_variable in caught.value.message
    status = next(status for status in provider_status(environ) if status.name == row.name)
    assert not status.ready
    assert status.reason.endswith(".")
    assert KEY not in status.reason + caught.value.message
