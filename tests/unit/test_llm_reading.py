"""How answers are read from raw bytes: events, thinking, endings, token counts."""

from __future__ import annotations

import json
import time

import pytest

from designchord.errors import ModelError
from designchord.llm import reading
from designchord.llm.base import BrokenAnswer
from designchord.llm.reading import AnswerReader, clean
from designchord.llm.sse import EventData, TooLong, decode
from designchord.llm.stream import AnswerStream
from designchord.llm.thinking import VisibleText, drop_orphan_block

STREAM = (
    b': hi\r\n\r\nevent: x\r\nid: 3\r\ndata: {"a":1}\r\n\r\ndata:{"b":2}\n\n'
    b'data: {\ndata: "c": 3\ndata: }\n\ndata: [DONE]\n\n'
)
DATA = [{"a": 1}, {"b": 2}, {"c": 3}]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_come_out_the_same_however_the_bytes_are_cut(size: int) -> None:
    events = EventData(1000)
    found = [data for at in range(0, len(STREAM), size) for data in events.feed(STREAM[at : at + size])]
    assert found[-1] == b"[DONE]"
    assert [decode(data) for data in found[:-1]] == DATA


def test_a_last_event_without_a_line_break_is_found() -> None:
    events = EventData(1000)
    assert events.feed(b'data: {"a":') == []
    assert events.feed(b"1}") == []
    assert events.close() == [b'{"a":1}']


def test_a_line_without_end_is_refused_at_the_limit() -> None:
    events = EventData(100)
    for _ in range(10):
        events.feed(b"x" * 10)
    with pytest.raises(TooLong):
        events.feed(b"x")


def test_deeply_nested_json_is_a_value_error() -> None:
    with pytest.raises(ValueError):
        decode(b"[" * 200_000)


def test_surrogate_halves_are_joined_and_lone_ones_replaced() -> None:
    assert decode(b'"\\ud83d"') == "\ud83d"
    assert clean("\ud83d" + "\ude00 a\x00b \ud800!") == "\U0001f600 ab \ufffd!"


@pytest.mark.parametrize("size", [1, 3, 5, 100])
@pytest.mark.parametrize(
    ("raw", "visible"),
    [
        ("<think>hidden </thin k> ```x```</think>\n\nshown", "shown"),
        ("\n <Thinking>hidden</thinking>shown", "shown"),
        ("<think>one</think><think>two</think>shown <think>kept</think>", "shown <think>kept</think>"),
        ("shown <think>kept</think>", "shown <think>kept</think>"),
        ("  <thin line", "  <thin line"),
        ("<think>never closed", ""),
        ("", ""),
        ("<", "<"),
    ],
)
def test_a_thinking_block_at_the_start_is_never_shown(raw: str, visible: str, size: int) -> None:
    text = VisibleText()
    shown = "".join(text.feed(raw[at : at + size]) for at in range(0, len(raw), size))
    assert shown + text.close() == visible


def test_an_orphan_closing_tag_ends_thinking_that_the_template_opened() -> None:
    assert drop_orphan_block("let me see\n</think>\n\nerDiagram\n") == "erDiagram\n"
    assert drop_orphan_block("a line with </think> inside") == "a line with </think> inside"
    assert drop_orphan_block("the tags\n<think>\n</think>\n") == "the tags\n<think>\n</think>\n"


def chunk(text: str | None = None, ending: str | None = None, **delta: object) -> bytes:
    if text is not None:
        delta["content"] = text
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": ending}]}).encode()


def read(*events: bytes) -> AnswerReader:
    reader = AnswerReader("openai:test", 10)
    for event in events:
        reader.feed(event)
    return reader


def test_only_stop_makes_an_answer() -> None:
    text, usage, _ = read(chunk("a"), chunk("b"), chunk(ending="stop")).finish()
    assert text == "ab"
    assert usage.estimated


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("length", "model_truncated"),
        ("content_filter", "model_content_filter"),
        ("tool_calls", "model_bad_answer"),
        ("insufficient_system_resource", "model_overloaded"),
        ("something_new", "model_incomplete"),
        (None, "model_incomplete"),
    ],
)
def test_every_other_ending_is_an_error_that_keeps_the_text(ending: str | None, code: str) -> None:
    with pytest.raises(BrokenAnswer) as caught:
        read(chunk("half"), chunk(ending=ending)).finish()
    assert (caught.value.code, caught.value.partial) == (code, "half")
    assert caught.value.usage.output > 0


def test_thoughts_count_as_life_and_as_tokens_but_not_as_text() -> None:
    for name in ("reasoning_content", "reasoning", "thinking"):
        reader = AnswerReader("openai:test", 10)
        assert reader.feed(chunk(**{name: "hm " * 100})) == ""
        assert reader.alive == 1
        reader.feed(chunk("yes", "stop"))
        text, usage, _ = reader.finish()
        assert text == "yes"
        assert usage.output > 50


def test_typed_parts_give_their_text_only() -> None:
    parts = [{"type": "thinking", "thinking": "no"}, {"type": "text", "text": "yes"}]
    reader = AnswerReader("openai:test", 10)
    reader.take({"choices": [{"delta": {"content": parts}, "finish_reason": "stop"}]})
    assert reader.finish()[0] == "yes"


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}}, (9, 4, 3)),
        ({"prompt_tokens": 9, "completion_tokens": 3, "prompt_cache_hit_tokens": 5}, (9, 5, 3)),
        ({"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": None}, (9, 0, 3)),
        ({"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 99}}, (9, 9, 3)),
    ],
)
def test_tokens_are_taken_as_the_provider_counts_them(usage: dict[str, object], expected: tuple[int, ...]) -> None:
    reader = read(chunk("x", "stop"), json.dumps({"choices": [], "usage": usage}).encode())
    found = reader.finish()[1]
    assert (found.input, found.cached, found.output) == expected
    assert not found.estimated


@pytest.mark.parametrize("usage", [{}, {"prompt_tokens": None}, {"prompt_tokens": "9"}, {"prompt_tokens": -1}, None])
def test_odd_token_counts_are_replaced_by_an_estimate(usage: object) -> None:
    reader = read(chunk("x", "stop"), json.dumps({"choices": [], "usage": usage}).encode())
    assert reader.finish()[1].estimated


@pytest.mark.parametrize(
    "event",
    [b"[]", b'"x"', b"null", b"7", b'{"choices": [{"delta": {"con', b'{"choices": "x"}', b'{"choices": [7]}', b"{}"],
)
def test_what_is_not_the_protocol_is_a_bad_answer(event: bytes) -> None:
    with pytest.raises(ModelError) as caught:
        read(event).finish()
    assert caught.value.code == "model_bad_answer"


def test_text_and_thoughts_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TEXT_LIMIT", 100)
    reader = read(chunk("x" * 50), chunk(reasoning="y" * 50))
    with pytest.raises(BrokenAnswer) as caught:
        reader.feed(chunk("z"))
    assert caught.value.code == "model_too_large"


def test_second_choices_are_not_mixed_in() -> None:
    other = json.dumps({"choices": [{"index": 1, "delta": {"content": "no"}, "finish_reason": "stop"}]}).encode()
    reader = read(chunk("yes"), other)
    assert reader.ending is None
    assert reader.text == "yes"


def work(size: int) -> float:
    """CPU seconds to take in an event that is never closed, of so many pieces, after as much white space."""
    stream = AnswerStream(AnswerReader("openai:test", 0))
    began = time.process_time()
    for _ in range(size):
        stream.feed(b" \n" * 20)
    for _ in range(size):
        stream.feed(b"data: x\n" * 20)
    return time.process_time() - began


def test_an_event_that_is_never_closed_costs_in_proportion_to_its_length() -> None:
    """Twice as much takes twice as long; with a search from the start at each piece it would be four times."""
    small, large = min(work(1000) for _ in range(3)), min(work(4000) for _ in range(3))
    assert large < 8 * small


def test_an_event_that_is_never_closed_is_refused_at_the_limit() -> None:
    events = EventData(limit=10_000)
    for _ in range(1000):
        events.feed(b"data: xxxxxxxx\n")
    with pytest.raises(TooLong):
        events.feed(b"data: xxxxxxxx\n" * 1000)
