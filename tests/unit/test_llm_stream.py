"""The body of an answer: the same text comes out of it whatever was gathered into one piece on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designchord.errors import ModelError
from designchord.llm.reading import AnswerReader
from designchord.llm.stream import AnswerStream


def event(delta: Any, ending: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": ending}
    return json.dumps({"id": "c-1", "choices": [choice], **more}, separators=(",", ":")).encode()


def framed(events: list[bytes]) -> list[bytes]:
    return [b"data: " + data + b"\n\n" for data in events]


def outcome(reader: AnswerReader) -> tuple[Any, ...]:
    try:
        text, usage, _ = reader.finish()
    except ModelError as error:
        return error.code, getattr(error, "partial", None)
    return text, usage


def read(pieces: list[bytes]) -> tuple[Any, ...]:
    """What came of it, and what was shown."""
    reader = AnswerReader("openai:test", 10)
    stream = AnswerStream(reader)
    shown = ""
    try:
        for piece in pieces:
            shown += stream.feed(piece)
        shown += stream.close()
    except ModelError as error:
        return error.code, getattr(error, "partial", None)
    return *outcome(reader), shown


def one_by_one(events: list[bytes]) -> tuple[Any, ...]:
    reader = AnswerReader("openai:test", 10)
    try:
        shown = "".join([reader.feed(data) for data in events])
    except ModelError as error:
        return error.code, getattr(error, "partial", None)
    return *outcome(reader), shown


TEXTS = st.text(st.sampled_from('ab"\\\n\t{}:,<>/think 한\U0001f600\ud83d'), max_size=6)
PLAIN = event({"content": "a"})
ODD = [
    event({"role": "assistant", "content": ""}),
    event({"content": None, "reasoning_content": "hm"}),
    event({"content": "a", "reasoning_content": "hm hm hm hm"}),
    event({"content": "a"}, "stop"),
    event({"content": "a"}, usage={"prompt_tokens": 3, "completion_tokens": 2}),
    event({"content": "a", "refusal": "no"}),
    event({"content": "a"}, error={"message": "down"}),
    event({"content": 'the "content":"field"'}),
    PLAIN.replace(b'"index":0', b'"index":1'),
    PLAIN.replace(b'"a"', b'"a\\"'),
    PLAIN.replace(b'"a"', b'"a","b"'),
    PLAIN.replace(b'"a"', b'"a\\ud83d"'),
    PLAIN.replace(b'"a"', b'"\\x"'),
    PLAIN.replace(b'"a"', b'["a"]'),
    PLAIN.replace(b'"a"', b"7"),
    b'{"choices":[],"content":"a"}',
]
TEXT_EVENTS = TEXTS.map(lambda text: event({"content": text}))
EVENTS = st.one_of(TEXT_EVENTS, TEXT_EVENTS, TEXT_EVENTS, st.sampled_from(ODD))


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_event_among_others_is_read_for_what_it_is(odd: bytes) -> None:
    events = [PLAIN, odd, PLAIN, odd, odd, event({}, "stop")]
    expected = one_by_one(events)

    assert read(framed(events))[: len(expected)] == expected
    assert read([b"".join(framed(events[:1])), b"".join(framed(events[1:]))])[: len(expected)] == expected
    assert read([b"".join(framed(events[:2])), b"".join(framed(events[2:]))])[: len(expected)] == expected


@given(events=st.lists(EVENTS, max_size=12), cuts=st.lists(st.integers(1, 400), max_size=12))
def test_what_comes_out_does_not_depend_on_how_the_bytes_are_gathered(events: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(framed(events))
    expected = one_by_one(events)

    pieces, at = [], 0
    for cut in cuts:
        pieces.append(whole[at : at + cut])
        at += cut
    pieces.append(whole[at:])

    assert read(pieces)[: len(expected)] == expected or not events
    assert read(framed(events))[: len(expected)] == expected or not events


@given(texts=st.lists(TEXTS, min_size=1), groups=st.lists(st.integers(1, 5), min_size=1))
def test_events_that_came_together_are_read_as_those_that_came_alone(texts: list[str], groups: list[int]) -> None:
    events = [*(event({"content": text}) for text in texts), event({}, "stop")]
    pieces, left = [], framed(events)
    for size in groups * len(events):
        pieces.append(b"".join(left[:size]))
        left = left[size:]

    assert read(pieces) == one_by_one(events)


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize("start", ["", "\n", ": hello\n\n", "event: x\r\n", "id: 7\nretry: 3\n"])
def test_a_stream_is_recognised_by_how_it_begins(start: str, size: int) -> None:
    body = start.encode() + b"".join(framed([event({"content": "yes"}), event({}, "stop"), b"[DONE]"])) + b"data: {}"
    assert read([body[at : at + size] for at in range(0, len(body), size)])[0] == "yes"


@pytest.mark.parametrize("body", [b"", b" ", b"dat", b"<html>", b"[]"])
def test_what_begins_like_no_answer_is_none(body: bytes) -> None:
    assert read([body])[0] == "model_bad_answer"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_one_object_is_an_answer_too(size: int) -> None:
    body = json.dumps({"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]}).encode()
    assert read([body[at : at + size] for at in range(0, len(body), size)])[0] == "yes"
