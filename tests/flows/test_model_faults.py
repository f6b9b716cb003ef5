"""Everything that can go wrong with a model, through the guard, against a real server.

After each story: the calls that the server saw are the calls in the ledger, each closed once; what was shown live is
what was answered; and neither the key, the prompt nor the provider's own words are in an error or a log.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from bench.model_faults import CANARY
from bench.model_server import ModelServer, Pace
from designchord.errors import DesignchordError, ModelError, Stopped
from designchord.llm import loop, openai
from designchord.llm.base import Answer, BrokenAnswer, Message, Request
from designchord.llm.breaker import Breaker
from designchord.llm.capabilities import Capabilities
from designchord.llm.openai import OpenAICompatible
from designchord.llm.retrying import LimitRegistry, ModelLimits, RetryingAsker, RetryPolicy
from designchord.llm.scripted import MemoryLedger
from designchord.llm.secret import Secret
from designchord.llm.stop import Stop

KEY = "sk-key-canary-77aa"
PROMPT = "prompt-canary-c0de: a library where members borrow books"
QUICK = RetryPolicy(pause=0.001, longest_pause=0.01)
SHORT = {"deadline": 0.8, "first": 0.25, "idle": 0.25}


@pytest.fixture(autouse=True, scope="module")
def _end_loop() -> Iterator[None]:
    yield
    loop.stop()


@dataclass
class Story:
    """One question to one or more local servers, and all that came of it."""

    servers: list[ModelServer]
    capabilities: Capabilities = field(default_factory=Capabilities)
    registry: LimitRegistry = field(default_factory=LimitRegistry)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    shown: list[str] = field(default_factory=list)
    answer: Answer | None = None
    error: DesignchordError | None = None

    def ask(self, *, stop_after: int | None = None, policy: RetryPolicy = QUICK, **request: Any) -> Story:
        stop = Stop()

        def show(text: str) -> None:
            self.shown.append(text)
            if len(self.shown) == stop_after:
                stop.say()

        clients = [
            OpenAICompatible(f"provider{number}:test", server.base_url, Secret(KEY), self.capabilities)
            for number, server in enumerate(self.servers)
        ]
        try:
            self.answer = RetryingAsker(clients, registry=self.registry, policy=policy).ask(
                Request((Message("user", PROMPT),), 1000, **{"deadline": 10.0, **request}),
                ledger=self.ledger,
                owner="alice",
                on_text=show,
                on_retry=self.shown.clear,
                stop=stop,
            )
        except DesignchordError as error:
            self.error = error
        return self

    @property
    def code(self) -> str:
        return self.error.code if self.error else "answered"

    def calls(self) -> list[str | None]:
        """The ledger's outcomes, after it was compared with what the servers saw."""
        assert len(self.ledger.entries) == sum(server.count for server in self.servers)
        assert all(entry.closed for entry in self.ledger.entries)
        return [entry.error.code if entry.error else "answered" for entry in self.ledger.entries]


@pytest.fixture
def tell(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[..., Story]]:
    """Start a server for each list of rules and give the story that begins there."""
    caplog.set_level(logging.DEBUG)
    servers: list[ModelServer] = []
    stories: list[Story] = []

    def start(*scenarios: list[dict[str, Any]], pace: Pace | None = None, **more: Any) -> Story:
        mine = [ModelServer(rules, pace=pace).__enter__() for rules in scenarios or ([],)]
        servers.extend(mine)
        stories.append(Story(mine, **more))
        return stories[-1]

    yield start
    for server in servers:
        server.__exit__()
        assert server.trapped == 0
    for story in stories:
        told = repr([caplog.text, *(entry.error for entry in story.ledger.entries), story.error])
        told += "".join(f"{entry.error.message}{entry.error.details}" for entry in story.ledger.entries if entry.error)
        assert not any(canary in told for canary in (KEY, PROMPT, CANARY))
        if story.answer is not None:
            assert "".join(story.shown) == story.answer.text


def test_a_good_answer_takes_one_call(tell: Callable[..., Story]) -> None:
    story = tell([{"fault": "answer", "answer": "hello", "cached": 3}]).ask()
    assert story.answer is not None
    assert story.answer.text == "hello"
    assert story.answer.usage.cached == 3
    assert not story.answer.usage.estimated
    assert story.calls() == ["answered"]
    assert story.servers[0].calls[0].key == KEY


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("400", "model_bad_request"),
        ("401", "model_auth"),
        ("bad_key_400", "model_auth"),
        ("403", "model_auth"),
        ("402", "model_quota"),
        ("insufficient_quota", "model_quota"),
        ("404", "model_not_found"),
        ("413", "model_context_length"),
        ("context_length", "model_context_length"),
        ("422", "model_bad_request"),
        ("content_filter_400", "model_content_filter"),
        ("content_filter", "model_content_filter"),
        ("refusal", "model_refused"),
        ("redirect", "model_bad_answer"),
        ("flood", "model_too_large"),
        ("long_line", "model_too_large"),
    ],
)
def test_final_failures_take_one_call(tell: Callable[..., Story], fault: str, code: str) -> None:
    story = tell([{"fault": fault}]).ask()
    assert (story.code, story.calls()) == (code, [code])
    assert story.error is not None
    assert story.error.message.endswith(".")


def test_what_is_no_text_is_bounded_too(tell: Callable[..., Story], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "WIRE_LIMIT", 100_000)
    story = tell([{"fault": "empty_deltas", "pause": 0}]).ask()
    assert (story.code, story.calls()) == ("model_too_large", ["model_too_large"])


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"fault": "408"}, "model_timeout"),
        ({"fault": "409"}, "model_overloaded"),
        ({"fault": "429"}, "model_rate_limited"),
        ({"fault": "500"}, "model_overloaded"),
        ({"fault": "502"}, "model_overloaded"),
        ({"fault": "503", "retry_after": 0}, "model_overloaded"),
        ({"fault": "529"}, "model_overloaded"),
        ({"fault": "reset"}, "model_incomplete"),
        ({"fault": "reset", "at_once": True}, "model_unreachable"),
        ({"fault": "no_finish"}, "model_incomplete"),
        ({"fault": "html"}, "model_bad_answer"),
        ({"fault": "null_choices"}, "model_bad_answer"),
        ({"fault": "empty_choices"}, "model_bad_answer"),
        ({"fault": "empty"}, "model_bad_answer"),
        ({"fault": "json_debris"}, "model_bad_answer"),
        ({"fault": "tool_calls"}, "model_bad_answer"),
        ({"fault": "error_in_stream"}, "model_overloaded"),
        ({"fault": "error_in_stream", "error": {"code": 429, "message": "slow"}}, "model_rate_limited"),
        ({"fault": "plain_broken", "body": '{"choices": null}'}, "model_bad_answer"),
        ({"fault": "plain_broken", "body": '"text"'}, "model_bad_answer"),
        ({"fault": "plain_broken", "body": '{"choices": [{"mess'}, "model_bad_answer"),
        ({"fault": "plain_broken", "body": ""}, "model_bad_answer"),
        ({"fault": "plain_broken", "body": "[" * 100_000}, "model_bad_answer"),
        ({"fault": "ending", "ending": "error"}, "model_overloaded"),
        ({"fault": "ending", "ending": "load"}, "model_incomplete"),
    ],
)
def test_passing_failures_are_asked_again(tell: Callable[..., Story], rule: dict[str, Any], code: str) -> None:
    story = tell([{**rule, "times": 1}]).ask()
    assert (story.code, story.calls()) == ("answered", [code, "answered"])


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": "plain", "ending": None},
        {"fault": "plain"},
        {"fault": "crumbs"},
        {"fault": "think"},
        {"fault": "reasoning"},
        {"fault": "reasoning", "field": "reasoning"},
        {"fault": "held_open", "done": True},
        {"fault": "no_finish", "done": True},
        {"fault": "no_usage"},
        {"fault": "answer", "headers": {"Content-Type": "text/plain"}},
        {"fault": "raw", "raw": 'data: {"choices":[{"delta":{"content":"hello"},"finish_reason":"stop"}]}'},
    ],
)
def test_odd_but_complete_answers_are_answers(tell: Callable[..., Story], rule: dict[str, Any]) -> None:
    story = tell([{"answer": "hello", **rule}]).ask()
    assert story.calls() == ["answered"]
    assert story.answer is not None
    assert story.answer.text == "hello"
    assert story.answer.usage.output > 0


def test_thinking_alone_is_no_answer(tell: Callable[..., Story]) -> None:
    story = tell([{"fault": "answer", "answer": "<think>I wonder"}]).ask()
    assert (story.code, story.shown) == ("model_bad_answer", [])


@pytest.mark.parametrize("fault", ["hang", "hang_midway", "keep_alive", "empty_deltas"])
def test_silence_is_cut_and_asked_again_once(tell: Callable[..., Story], fault: str) -> None:
    story = tell([{"fault": fault, "pause": 0.02}]).ask(**SHORT)
    assert story.calls() == ["model_timeout", "model_timeout"]
    assert tell([{"fault": fault, "pause": 0.02, "times": 1}]).ask(**SHORT).calls() == ["model_timeout", "answered"]


@pytest.mark.parametrize("piece", ["content", "reasoning_content"])
def test_an_endless_drip_is_cut_by_the_total_deadline(tell: Callable[..., Story], piece: str) -> None:
    story = tell([{"fault": "drip", "pause": 0.05, "field": piece}]).ask(**SHORT)
    assert (story.code, story.calls()) == ("model_timeout", ["model_timeout"])
    error = story.ledger.entries[0].error
    assert isinstance(error, BrokenAnswer)
    assert error.usage.output > 0
    assert error.latency >= SHORT["deadline"]


def test_what_still_writes_is_not_cut_by_the_time_in_which_it_had_to_begin(tell: Callable[..., Story]) -> None:
    text = "word " * 60
    story = tell([{"fault": "answer", "answer": text}], pace=Pace(latency=1.5, ttft=0.1, piece=10)).ask(begun_by=0.5)
    assert story.calls() == ["answered"]
    assert story.answer is not None
    assert story.answer.text == text


def test_what_has_brought_nothing_when_it_had_to_begin_is_not_asked_again(tell: Callable[..., Story]) -> None:
    assert tell([{"fault": "hang"}]).ask(begun_by=0.5).calls() == ["model_timeout"]


def test_a_server_that_writes_far_beyond_what_it_was_allowed_is_cut(tell: Callable[..., Story]) -> None:
    story = tell([{"fault": "flood"}]).ask()
    assert (story.code, story.calls()) == ("model_too_large", ["model_too_large"])
    error = story.ledger.entries[0].error
    assert isinstance(error, BrokenAnswer)
    assert len(error.partial) < 200_000, "long before anything else would bound it"


def test_a_server_of_ones_own_may_take_long_to_read_a_long_prompt(tell: Callable[..., Story]) -> None:
    """As a laptop does: minutes for what a provider reads in a second. A short prompt is no excuse."""
    client = OpenAICompatible("custom:test", "http://127.0.0.1:9/v1")
    far = OpenAICompatible("custom:test", "https://models.example/v1")
    request = Request((Message("user", "x"),), 1000)
    assert client.silence_before(request, 1500) > 300
    assert client.silence_before(request, 100) == far.silence_before(request, 1500) == request.first
    for _ in range(10):
        client.has_begun(1500, 1.0)
    assert client.silence_before(request, 1500) == request.first, "it has turned out to be fast"


def test_a_call_cut_by_us_is_cut_at_the_server(tell: Callable[..., Story]) -> None:
    story = tell([{"fault": "drip", "pause": 0.02}]).ask(**SHORT)
    server = story.servers[0]
    for _ in range(100):
        if server.calls[0].outcome == "cut":
            break
        threading.Event().wait(0.02)
    assert server.calls[0].outcome == "cut"


@pytest.mark.parametrize("wait", [{"retry_after": 1}, {"retry_after_date": 1.5}])
def test_the_wait_that_a_provider_asks_for_is_kept(tell: Callable[..., Story], wait: dict[str, float]) -> None:
    story = tell([{"fault": "429", "times": 1, **wait}]).ask()
    assert story.calls() == ["model_rate_limited", "answered"]
    error = story.ledger.entries[0].error
    assert error is not None
    assert error.retry_after is not None
    first, second = (call.arrived for call in story.servers[0].calls)
    assert second - first >= error.retry_after


def test_a_wait_beyond_the_deadline_is_told_and_not_waited_for(tell: Callable[..., Story]) -> None:
    story = tell([{"fault": "429", "retry_after": 3600}]).ask()
    assert story.calls() == ["model_rate_limited"]
    assert isinstance(story.error, ModelError)
    assert story.error.retry_after == 3600


@pytest.mark.parametrize("overlap", [0, 30])
def test_a_cut_answer_is_continued(tell: Callable[..., Story], overlap: int) -> None:
    text = "erDiagram\n" + "".join(f"  Entity{number} {{\n    uuid id PK\n  }}\n" for number in range(40))
    rules = [
        {"fault": "length", "answer": text, "times": 1},
        {"fault": "rest", "answer": text, "overlap": overlap},
    ]
    story = tell(rules).ask()
    assert story.calls() == ["model_truncated", "answered"]
    assert story.answer is not None
    assert story.answer.text == text


def test_an_answer_that_never_fits_ends(tell: Callable[..., Story]) -> None:
    story = tell([{"fault": "length"}]).ask()
    assert story.calls() == ["model_truncated"] * 3
    assert story.code == "model_truncated"


@pytest.mark.parametrize("fault", ["401", "402", "404", "429", "500", "hang", "drip", "html", "no_finish", "reset"])
def test_the_second_provider_steps_in(tell: Callable[..., Story], fault: str) -> None:
    story = tell([{"fault": fault, "pause": 0.05}], []).ask(deadline=4.0, first=0.5, idle=0.5)
    story.calls()
    assert story.answer is not None
    assert story.answer.model == "provider1:test"


def test_a_provider_that_is_not_there_is_told_as_such(tell: Callable[..., Story]) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        story = tell([])
        story.servers[0].base_url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        story.ask()
    assert story.code == "model_unreachable"
    assert [entry.error and entry.error.code for entry in story.ledger.entries] == ["model_unreachable"] * 4


@pytest.mark.parametrize(
    "url", ["http://no-such-host.invalid/v1", "nonsense", "http://", "http://[::1/v1", "ftp://x/v1"]
)
def test_an_address_that_cannot_work_is_a_model_error(tell: Callable[..., Story], url: str) -> None:
    story = tell([])
    story.servers[0].base_url = url
    story.ask()
    assert story.code in ("model_unreachable", "model_not_found")


@pytest.mark.parametrize("key", ["sk-key\nX-Other: 1", "ключ", "sk key\x00"])
def test_a_key_that_cannot_be_one_is_not_sent(tell: Callable[..., Story], key: str) -> None:
    server = tell([]).servers[0]
    client = OpenAICompatible("openai:test", server.base_url, Secret(key))
    with pytest.raises(ModelError) as caught:
        loop.run(client.complete(Request((Message("user", "x"),), 10))).result(5)
    assert caught.value.code == "model_auth"
    assert server.count == 0


def test_environment_proxies_are_not_used(tell: Callable[..., Story], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert tell([]).ask().calls() == ["answered"]


def test_a_prompt_longer_than_the_context_is_refused_before_the_call(tell: Callable[..., Story]) -> None:
    story = tell([], capabilities=Capabilities(context=5)).ask()
    assert story.code == "model_context_length"
    assert story.servers[0].count == 0
    assert len(story.ledger.entries) == 1


def test_the_dialect_follows_the_capabilities(tell: Callable[..., Story]) -> None:
    can = Capabilities(
        json=("mode",), max_tokens="max_completion_tokens", temperature=False, thinking=500, auth="api-key"
    )
    story = tell([], capabilities=can).ask(output="json", temperature=0.2)
    body = story.servers[0].calls[0].body
    assert body["max_completion_tokens"] == 1500
    assert body["response_format"] == {"type": "json_object"}
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}
    assert not {"temperature", "max_tokens"} & body.keys()
    assert story.servers[0].calls[0].key == KEY
    plain = Capabilities(json="none", stream_usage=False)
    body = tell([], capabilities=plain).ask(output="json", temperature=0.2).servers[0].calls[0].body
    assert body["max_tokens"] == 1000
    assert body["temperature"] == 0.2
    assert not {"response_format", "stream_options"} & body.keys()


def test_a_stop_cuts_a_running_call(tell: Callable[..., Story]) -> None:
    story = tell([{"fault": "drip", "pause": 0.02}])
    story.ask(stop_after=4)
    assert isinstance(story.error, Stopped)
    heard = len(story.shown)
    assert story.calls() == ["answered"]
    assert story.ledger.entries[0].answer is None
    assert len(story.shown) == heard


def test_an_outage_opens_the_circuit_and_recovery_closes_it(tell: Callable[..., Story]) -> None:
    now = [0.0]
    registry = LimitRegistry(lambda: ModelLimits(breaker=Breaker(failures=3, rest=100, clock=lambda: now[0])))
    story = tell([{"fault": "503", "times": 3}], registry=registry)
    once = RetryPolicy(attempts=1)

    def ask() -> str:
        return Story(story.servers, registry=registry, ledger=story.ledger).ask(policy=once).code

    assert [ask() for _ in range(5)] == ["model_overloaded"] * 3 + ["model_circuit_open"] * 2
    now[0] = 101
    assert [ask() for _ in range(2)] == ["answered"] * 2
    assert story.calls() == ["model_overloaded"] * 3 + ["answered"] * 2


def _client(story: Story) -> OpenAICompatible:
    return OpenAICompatible("provider0:test", story.servers[0].base_url)


def test_fifty_threads_share_one_loop_and_keep_within_the_gate(tell: Callable[..., Story]) -> None:
    story = tell([], pace=Pace(latency=0.05))
    story.registry.limits_of(_client(story)).concurrency.limit = 8
    done: list[str] = []
    others = [Story(story.servers, registry=story.registry, ledger=story.ledger) for _ in range(50)]
    threads = [threading.Thread(target=lambda other=other: done.append(other.ask().code)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert done == ["answered"] * 50
    assert story.calls() == ["answered"] * 50
    assert story.servers[0].most_at_once <= 12


def test_calls_work_on_any_loop_and_leave_no_session_open(tell: Callable[..., Story]) -> None:
    server = tell([]).servers[0]
    client = OpenAICompatible("openai:test", server.base_url)

    async def twice() -> list[str]:
        request = Request((Message("user", "x"),), 10)
        texts = [(await client.complete(request)).text for _ in range(2)]
        await client.aclose()
        return texts

    assert asyncio.run(twice()) == asyncio.run(twice())
