"""The client and the guard against a model server that nobody here wrote: aimock, where it is installed.

``npm install --global @copilotkit/aimock``, or set ``LLMOCK`` to the executable ``llmock`` that it brings.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from designchord.errors import ModelError
from designchord.llm import loop
from designchord.llm.base import Answer, Message, Request
from designchord.llm.openai import OpenAICompatible
from designchord.llm.retrying import RetryingAsker, RetryPolicy
from designchord.llm.scripted import MemoryLedger
from designchord.llm.secret import Secret

LLMOCK = os.environ.get("LLMOCK") or shutil.which("llmock")
TEXT = 'erDiagram\n  Loan {\n    uuid id PK "대출 번호"\n  }\n' * 30
FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "diagram"}, "response": {"content": TEXT}},
    {"match": {"userMessage": "lengthy"}, "response": {"content": "half", "finishReason": "length"}},
    {"match": {"userMessage": "was cut off"}, "response": {"content": " and half"}},
    {"match": {"userMessage": "filtered"}, "response": {"content": "half", "finishReason": "content_filter"}},
    {"match": {"userMessage": "tool"}, "response": {"toolCalls": [{"name": "search", "arguments": {"q": "x"}}]}},
    {"match": {"userMessage": "thinker"}, "response": {"content": "seen", "reasoning": "unseen"}},
    {"match": {"userMessage": "busy"}, "response": {"error": {"message": "secret words"}, "status": 429}},
    {"match": {"userMessage": "locked"}, "response": {"error": {"message": "secret words"}, "status": 401}},
    {"match": {"userMessage": "down"}, "response": {"error": {"message": "secret words"}, "status": 503}},
]

pytestmark = pytest.mark.skipif(LLMOCK is None, reason="aimock is not installed")


@pytest.fixture(scope="module", autouse=True)
def _end_loop() -> Iterator[None]:
    yield
    loop.stop()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Start an aimock with more arguments and give its base URL."""
    fixtures = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}))
    processes: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(LLMOCK), "--port", str(port), "--fixtures", str(fixtures), "--log-level", "silent", *arguments]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        base_url = f"http://127.0.0.1:{port}/v1"
        while processes[-1].poll() is None:
            try:
                urllib.request.urlopen(f"{base_url}/models", timeout=1).close()
            except urllib.error.HTTPError as error:
                error.close()
                return base_url
            except OSError:
                time.sleep(0.05)
            else:
                return base_url
        raise AssertionError("aimock did not start")

    yield run
    for process in processes:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def well(start: Callable[..., str]) -> str:
    return start()


def ask(base_url: str, text: str, shown: list[str] | None = None, ledger: MemoryLedger | None = None) -> Answer:
    client = OpenAICompatible("openai:gpt-4o", base_url, Secret("sk-test"))
    shown = [] if shown is None else shown
    return RetryingAsker(
        [client], policy=RetryPolicy(rate_limits=12, attempts=12, broken_answers=12, pause=0.001, longest_pause=0.01)
    ).ask(
        Request((Message("user", text),), 1000, deadline=20.0),
        ledger=ledger or MemoryLedger(),
        owner="alice",
        on_text=shown.append,
        on_retry=shown.clear,
    )


def test_an_answer_arrives_whole_with_its_tokens(well: str) -> None:
    shown: list[str] = []
    answer = ask(well, "diagram", shown)
    assert answer.text == TEXT == "".join(shown)
    assert not answer.usage.estimated


def test_thoughts_stay_out(well: str) -> None:
    shown: list[str] = []
    assert ask(well, "thinker", shown).text == "seen" == "".join(shown)


def test_a_cut_answer_is_continued(well: str) -> None:
    shown: list[str] = []
    assert ask(well, "lengthy", shown).text == "half and half" == "".join(shown)


@pytest.mark.parametrize(
    ("text", "code", "calls"),
    [
        ("filtered", "model_content_filter", 1),
        ("tool", "model_bad_answer", 12),
        ("locked", "model_auth", 1),
        ("nothing fits this", "model_not_found", 1),
    ],
)
def test_failures_are_told_apart(well: str, text: str, code: str, calls: int) -> None:
    ledger = MemoryLedger()
    with pytest.raises(ModelError) as caught:
        ask(well, text, ledger=ledger)
    assert (caught.value.code, len(ledger.entries)) == (code, calls)
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(("text", "code"), [("busy", "model_rate_limited"), ("down", "model_overloaded")])
def test_passing_failures_are_told_apart(well: str, text: str, code: str) -> None:
    client = OpenAICompatible("openai:gpt-4o", well, Secret("sk-test"))
    with pytest.raises(ModelError) as caught:
        loop.run(client.complete(Request((Message("user", text),), 100, deadline=10.0))).result(15)
    assert (caught.value.code, caught.value.retryable) == (code, True)


@pytest.mark.parametrize("chaos", ["drop", "malformed", "disconnect"])
def test_chaos_is_survived(start: Callable[..., str], chaos: str) -> None:
    base_url = start(f"--chaos-{chaos}", "0.4")
    for _ in range(5):
        shown: list[str] = []
        assert ask(base_url, "diagram", shown).text == TEXT == "".join(shown)
