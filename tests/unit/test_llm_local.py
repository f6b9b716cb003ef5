"""Asking servers what they have, and models for one word."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.model_server import ModelServer
from designchord.errors import SettingsError
from designchord.llm.clients import open_asker, open_client, probe
from designchord.llm.local import list_models


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def test_a_server_tells_its_models(server: ModelServer) -> None:
    assert list_models(server.base_url) == ["designchord-test", "designchord-test-2"]


def test_a_closed_port_has_none() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        assert list_models(f"http://127.0.0.1:{taken.getsockname()[1]}/v1") is None


@pytest.mark.parametrize(
    "reply",
    [
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n<html>",
        b'HTTP/1.1 200 OK\r\n\r\n{"data": null}',
        b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000,
        b"",
    ],
)
def test_something_else_at_the_port_has_none(reply: bytes) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with closing(connection):
                connection.recv(10_000)
                connection.sendall(reply)

        thread = threading.Thread(target=answer)
        thread.start()
        assert list_models(f"http://127.0.0.1:{listener.getsockname()[1]}/v1") is None
        thread.join(5)


def test_a_probe_is_one_real_request(server: ModelServer) -> None:
    environ = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "sk-test"}
    found = asyncio.run(probe(open_client("openai:test", environ)))
    assert (found.model, found.error, server.count) == ("openai:test", None, 2)
    assert found.latency is not None
    server.script([{"fault": "401"}])
    found = asyncio.run(probe(open_client("openai:test", environ)))
    assert found.error is not None
    assert found.error.code == "model_auth"


def test_a_guard_needs_every_model_set_up() -> None:
    assert open_asker(["ollama:a", "vllm:b"], {}).model == "ollama:a"
    with pytest.raises(SettingsError):
        open_asker(["ollama:a", "openai:gpt-4o"], {})
