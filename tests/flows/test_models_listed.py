"""Which models there are, as faces tell it: local servers are asked seldom, side by side, and never we ourselves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

from bench.model_server import ModelServer
from designchord.llm.configured import ConfiguredModels
from tests.flows.serving import serving


@contextmanager
def local_server(*models: str, together: threading.Barrier | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server's base URL and the paths that it was asked for; it answers when all of ``together`` are being asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if together is not None:
                together.wait(5)
            body = json.dumps({"data": [{"id": name} for name in models]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Not into the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def listed(address: str) -> dict[str, dict[str, object]]:
    items = httpx2.get(f"{address}/api/v1/models", timeout=10).raise_for_status().json()["items"]
    return {item["provider"]: item for item in items}


def test_asking_again_and_again_asks_each_local_server_once(tmp_path: Path) -> None:
    with (
        local_server("qwen") as (url, asked),
        serving(tmp_path, LMSTUDIO_BASE_URL=url, VLLM_BASE_URL="http://127.0.0.1:1/v1") as address,
    ):
        found = [listed(address) for _ in range(5)]
    assert all(item["lmstudio"]["models"] == ["qwen"] for item in found)
    assert asked == ["/v1/models"]


def test_local_servers_are_asked_side_by_side(tmp_path: Path) -> None:
    together = threading.Barrier(2)
    with (
        local_server("a", together=together) as (one, _),
        local_server("b", together=together) as (other, _),
        serving(tmp_path, LMSTUDIO_BASE_URL=one, VLLM_BASE_URL=other) as address,
    ):
        found = listed(address)
    assert (found["lmstudio"]["models"], found["vllm"]["models"]) == (["a"], ["b"])


def test_a_server_does_not_ask_itself(tmp_path: Path) -> None:
    with serving(tmp_path, VLLM_BASE_URL="http://127.0.0.1:1/v1") as address:
        port = address.rsplit(":", 1)[1]
    with serving(tmp_path, port=port, LMSTUDIO_BASE_URL=f"http://localhost:{port}/v1") as address:
        lmstudio = listed(address)["lmstudio"]
    assert not lmstudio["ready"]
    assert "designchord itself" in str(lmstudio["reason"])


def models_here(**environ: str) -> dict[str, Any]:
    return ConfiguredModels(environ=environ, fallbacks=()).overview(probe="PROBE" in environ)


def test_a_provider_behind_an_address_of_ones_own_means_what_is_served_there() -> None:
    with local_server("first", "second") as (url, _):
        assert models_here(OPENAI_BASE_URL=url)["default"] == "openai:first"
        assert models_here(OPENAI_BASE_URL=url, OPENAI_MODEL="mine")["default"] == "openai:mine"
        assert models_here(DESIGNCHORD_BASE_URL=url)["default"] == "custom:first"
    with local_server("other", "gpt-6-luna") as (url, _):
        assert models_here(OPENAI_BASE_URL=url)["default"] == "openai:gpt-6-luna"


def test_a_chosen_model_that_leaves_is_warned_of() -> None:
    key = {"OPENAI_API_KEY": "sk-x"}
    (warning,) = models_here(DESIGNCHORD_MODEL="openai:gpt-4o", **key)["warnings"]
    assert "openai:gpt-4o" in warning
    assert "2027-01-14" in warning
    assert models_here(DESIGNCHORD_MODEL="openai:gpt-6-luna", **key)["warnings"] == []


def test_a_probe_tells_the_date_that_a_server_announces() -> None:
    with ModelServer() as server:
        server.shutdown_date = "2027-03-01"
        found = models_here(
            PROBE="", OPENAI_BASE_URL=server.base_url, OPENAI_MODEL="designchord-test", OPENAI_API_KEY="k"
        )
    assert "2027-03-01" in next(item for item in found["items"] if item["provider"] == "openai")["reason"]
