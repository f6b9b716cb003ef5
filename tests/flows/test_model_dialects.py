"""Servers that refuse a parameter by name are asked again without; answers that end in other words are understood."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.model_server import ModelServer
from designchord.errors import ModelError
from designchord.llm import loop
from designchord.llm.base import Answer, Message, Request
from designchord.llm.capabilities import Capabilities
from designchord.llm.clients import probe
from designchord.llm.openai import OpenAICompatible
from designchord.llm.retrying import RetryingAsker, RetryPolicy
from designchord.llm.scripted import MemoryLedger

QUICK = RetryPolicy(pause=0.001, longest_pause=0.01)
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


@pytest.fixture(autouse=True, scope="module")
def _end_loop() -> Iterator[None]:
    yield
    loop.stop()


def ask(guard: RetryingAsker, **request: Any) -> tuple[Answer, MemoryLedger]:
    ledger = MemoryLedger()
    answer = guard.ask(
        Request((Message("user", "x"),), 16_000, **{"deadline": 10.0, **request}), ledger=ledger, owner="alice"
    )
    return answer, ledger


def guard_of(server: ModelServer, **capabilities: Any) -> RetryingAsker:
    return RetryingAsker(
        [OpenAICompatible("openai:test", server.base_url, None, Capabilities(**capabilities))], policy=QUICK
    )


@pytest.mark.parametrize(
    ("parameter", "rule", "request_", "error"),
    [
        ("max_tokens", {"above": 8192}, {},
         {"error": {"message": "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", "param": None}}),
        ("max_tokens", {"above": 4096}, {},
         {"error": {"message": "max_tokens is too large: 16000. This model supports at most 4096 completion tokens, "
                    "whereas you provided 16000.", "param": "max_tokens"}}),
        ("max_tokens", {"above": 6000}, {},
         {"object": "error", "message": "'max_tokens' is too large: 16000. This model's maximum context length is 8192 "
          "tokens and your request has 1500 input tokens (16000 > 8192 - 1500).", "code": 400}),
        ("max_tokens", {}, {},
         {"error": {"message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                    "'max_completion_tokens' instead.", "param": "max_tokens", "code": "unsupported_parameter"}}),
        ("max_tokens", {"above": 8192}, {},
         [{"error": {"code": 400, "message": "The maxOutputTokens value is 16000 but the supported range is from 1 "
                     "(inclusive) to 8193 (exclusive)."}}]),
        ("max_tokens", {"above": 8192}, {},
         {"error": {"message": "At most 8,192 new tokens are allowed: max_new_tokens is 16000", "code": 400}}),
        ("max_tokens", {"above": 4096}, {},
         {"message": "too many tokens: max tokens must be less than or equal to 4096 - received 16000."}),
        ("stream_options", {}, {}, {"error": {"message": "property 'streamOptions' is unsupported"}}),
        ("stream_options", {"status": 501}, {}, {"error": {"message": "stream_options is not implemented"}}),
        ("stream_options", {"status": 404}, {}, {"error": {"message": "No server takes stream_options", "code": 404}}),
        ("response_format", {"value": "json_object"}, {"output": "json"},
         {"error": {"message": "该模型不支持 JSON 格式输出"}}),
        ("response_format", {"value": "json_object"}, {"output": "json"},
         {"error": {"message": "guided decoding is not available", "type": "BadRequestError"}}),
        ("response_format", {"value": "json_schema"}, {"output": "json", "schema": SCHEMA},
         {"error": {"message": "Structured outputs are not supported for this model"}}),
        ("reasoning_effort", {}, {}, {"error": {"message": "Not supported by this model: reasoning.effort"}}),
        ("stream_options", {}, {},
         {"error": {"message": "Argument not supported: stream_options", "param": "stream_options"}}),
        ("stream_options", {"status": 422}, {},
         {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Not permitted"}]}),
        ("response_format", {"value": "json_object"}, {"output": "json"},
         {"error": "'response_format.type' must be 'json_schema' or 'text'"}),
        ("response_format", {"value": "json_schema"}, {"output": "json", "schema": SCHEMA},
         {"error": {"message": "This response_format type is unavailable now", "type": "invalid_request_error"}}),
        ("response_format", {"value": "json"}, {"output": "json", "schema": SCHEMA},
         {"error": {"message": "Unknown name \"response_format\": Cannot find field."}}),
        ("temperature", {}, {"temperature": 0.2},
         {"error": {"message": "Unsupported value: 'temperature' does not support 0.2 with this model.",
                    "param": "temperature"}}),
        ("reasoning_effort", {}, {},
         {"error": {"message": "Unrecognized request argument supplied: reasoning_effort", "param": None}}),
    ],
)  # fmt: skip
def test_a_refused_parameter_is_learned_from_the_refusal_and_remembered(
    parameter: str, rule: dict[str, Any], request_: dict[str, Any], error: dict[str, Any]
) -> None:
    scenario = [{"fault": "picky", "parameter": parameter, "error": error, "answer": "hello", **rule}]
    with ModelServer(scenario) as server:
        guard = guard_of(server, json=("schema", "mode"), extra={"reasoning_effort": "none"})
        answer, first = ask(guard, **request_)
        _, second = ask(guard, **request_)
        assert len(server.calls) == len(first.entries) + len(second.entries)
    assert answer.text == "hello"
    assert len(first.entries) in (2, 3)
    assert all(entry.error and entry.error.code == "model_bad_request" for entry in first.entries[:-1])
    assert len(second.entries) == 1, "what was learned once is remembered"


def test_a_server_that_wants_a_schema_gets_one_where_there_is_one() -> None:
    error = {"error": "'response_format.type' must be 'json_schema' or 'text'"}
    rule = {"fault": "picky", "parameter": "response_format", "value": "json_object", "error": error, "answer": "{}"}
    with ModelServer([rule]) as server:
        ask(guard_of(server, json=("mode",)), output="json", schema=SCHEMA)
        sent = [call.body.get("response_format", {}).get("type") for call in server.calls]
    assert sent == ["json_object", "json_schema"]


@pytest.mark.parametrize(
    ("answer", "held"),
    [('{"a": "b"}', True), ('{"b": 1}', False), ('```json\n{"a": "b"}\n```', False), ("Certainly!", False)],
)
def test_an_answer_that_breaks_the_schema_says_that_it_is_not_enforced(answer: str, held: bool) -> None:
    with ModelServer([{"fault": "answer", "answer": answer}]) as server:
        guard = guard_of(server, json=("schema", "mode"))
        assert ask(guard, output="json", schema=SCHEMA)[0].text == answer
        ask(guard, output="json", schema=SCHEMA)
        sent = [call.body["response_format"]["type"] for call in server.calls]
    assert sent == ["json_schema", "json_schema" if held else "json_object"]


def test_a_server_that_breaks_over_a_schema_is_asked_without_it() -> None:
    rule = {"fault": "picky", "parameter": "response_format", "value": "json_schema", "status": 500, "error": {}}
    with ModelServer([{**rule, "answer": "{}"}]) as server:
        answer, _ = ask(guard_of(server, json=("schema", "mode")), output="json", schema=SCHEMA)
        sent = [call.body["response_format"]["type"] for call in server.calls]
    assert (answer.text, sent) == ("{}", ["json_schema", "json_object"])


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([{"fault": "answer", "answer": '{"colour": "amber"}'}], "schema"),
        ([{"fault": "answer", "answer": "ready"}], "mode"),
        ([{"fault": "picky", "parameter": "response_format", "answer": "ready",
           "error": {"error": {"message": "response_format is not supported"}}}], "none"),
    ],
)  # fmt: skip
def test_a_probe_shows_how_json_can_be_had(rules: list[dict[str, Any]], found: str) -> None:
    with ModelServer(rules) as server:
        client = OpenAICompatible("openai:test", server.base_url, None, Capabilities(json=("schema", "mode")))
        shown = asyncio.run(probe(client))
    assert (shown.error, shown.json) == (None, found)


def test_a_refusal_that_names_nothing_of_ours_is_final() -> None:
    with ModelServer([{"fault": "400"}]) as server:
        ledger = MemoryLedger()
        with pytest.raises(ModelError) as caught:
            guard_of(server).ask(Request((Message("user", "x"),), 100), ledger=ledger, owner="alice")
    assert (caught.value.code, len(ledger.entries)) == ("model_bad_request", 1)


def test_a_server_that_refuses_everything_it_is_sent_is_asked_a_few_times_only() -> None:
    """Its complaint names all parameters, whatever was sent."""
    error = {
        "error": {"message": "bad: max_tokens 8192, stream_options, response_format, temperature, reasoning_effort"}
    }
    rule = {"fault": "picky", "parameter": "messages", "error": error}
    with ModelServer([rule]) as server:
        with pytest.raises(ModelError):
            ask(guard_of(server, json=("schema", "mode")), output="json", schema=SCHEMA, temperature=0.5)
        assert server.count < 10


def test_an_answer_fits_into_the_context_that_prompt_and_answer_share() -> None:
    with ModelServer() as server:
        guard_of(server, context=4000).ask(
            Request((Message("user", "word " * 2000),), 16_000), ledger=MemoryLedger(), owner="alice"
        )
        sent = server.calls[0].body["max_tokens"]
    assert 256 <= sent < 2000


def chunk(text: str = "", ending: str | None = None, index: int = 0) -> str:
    choice = {"index": index, "delta": {"content": text} if text else {}, "finish_reason": ending}
    return f"data: {json.dumps({'id': '1', 'choices': [choice]})}\n\n"


@pytest.mark.parametrize(
    "raw",
    [
        chunk("hello") + chunk() + "data: [DONE]\n\n",
        "\ufeff" + chunk("hello") + chunk(ending="stop") + "data: [DONE]\n\n",
        "\ufeff\r\n" + chunk("hello", "stop"),
        '\ufeff{"choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}]}',
        *(chunk("hello") + chunk(ending=word) for word in ("eos", "EOS_TOKEN", "end_turn", "STOP", "stop_sequence",
                                                             "stop_str", "completed", "FINISH_REASON_STOP", "<eos>")),
        *(chunk("hello") + f"data: {word}\n\n" for word in ("[done]", '"[DONE]"')),
        (chunk("hel") + chunk("lo", "stop") + "data: [DONE]\n\n").replace("\n", "\r"),
        '{"choices": [{"message": {"content": "hello"}, "finish_reason": null}]}',
        chunk("hello", index=1) + chunk(ending="stop", index=1) + "data: [DONE]\n\n",
        '{"choices": [{"index": 3, "message": {"content": "hello"}, "finish_reason": "eos"}]}',
    ],
)  # fmt: skip
def test_a_whole_answer_is_one_however_its_end_and_beginning_are_written(raw: str) -> None:
    with ModelServer([{"fault": "raw", "raw": raw}]) as server:
        answer, ledger = ask(guard_of(server))
    assert (answer.text, len(ledger.entries)) == ("hello", 1)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (chunk("hello"), "model_incomplete"),
        (chunk() + "data: [DONE]\n\n", "model_incomplete"),
        ("data: [DONE]\n\n", "model_bad_answer"),
        (chunk("hello") + chunk(ending="MAX_TOKENS") + "data: [DONE]\n\n", "model_truncated"),
        (chunk("hello") + chunk(ending="SAFETY") + "data: [DONE]\n\n", "model_content_filter"),
        (chunk("hello") + chunk(ending="abort"), "model_incomplete"),
        (chunk("hello") + chunk(ending="max_length") + "data: [DONE]\n\n", "model_truncated"),
        (chunk("hello") + chunk(ending="FINISH_REASON_MAX_TOKENS") + "data: [DONE]\n\n", "model_truncated"),
        (chunk("hello") + chunk(ending="ERROR_TOXIC") + "data: [DONE]\n\n", "model_content_filter"),
        (chunk("hello") + chunk(ending="pause_turn") + "data: [DONE]\n\n", "model_incomplete"),
        (chunk("hello") + chunk(ending="OTHER") + "data: [DONE]\n\n", "model_incomplete"),
    ],
)
def test_what_is_no_whole_answer_is_none(raw: str, code: str) -> None:
    with ModelServer([{"fault": "raw", "raw": raw}]) as server, pytest.raises(ModelError) as caught:
        ask(guard_of(server))
    assert caught.value.code == code


CASES = Path(__file__).parents[3] / "shared" / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="the reported cases are not here")
@pytest.mark.parametrize("file", sorted(CASES.glob("llm-*.txt")), ids=lambda file: file.name)
def test_reported_streams_are_whole_answers(file: Path) -> None:
    with ModelServer([{"fault": "raw", "raw": file.read_text(encoding="utf-8")}]) as server:
        answer, _ = ask(guard_of(server))
    assert answer.text.startswith("# Kiosk")


@pytest.mark.skipif(not CASES.is_dir(), reason="the reported cases are not here")
@pytest.mark.parametrize("file", sorted(CASES.glob("llm-*.json")), ids=lambda file: file.name)
def test_reported_refusals_are_asked_again(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    rule = {"fault": "picky", "error": case["body"], "status": case["status"], "answer": "{}"}
    wanted = {
        "llm-max-tokens-8192.json": {"parameter": "max_tokens", "above": 8192},
        "llm-json-object-refused.json": {"parameter": "response_format", "value": "json_object"},
        "llm-stream-options-refused.json": {"parameter": "stream_options"},
    }
    with ModelServer([{**rule, **wanted[file.name]}]) as server:
        answer, ledger = ask(guard_of(server), output="json")
    assert (answer.text, len(ledger.entries)) == ("{}", 2)
