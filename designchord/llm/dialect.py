"""The request body in a model's dialect, and what a refusal teaches about that dialect. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

import jsonschema_rs

from designchord.llm.base import Request
from designchord.llm.capabilities import Capabilities
from designchord.llm.reading import clean
from designchord.llm.sse import decode
from designchord.llm.tokens import most_tokens

#: Tokens that an answer needs at least to be worth a call.
LEAST_ANSWER = 256
#: Tokens that a chat template adds to each message, at most.
_TEMPLATE = 16

_NUMBER = re.compile(r"(?<![\w.])\d{3,8}(?![\w.])")


def body_of(request: Request, model: str, can: Capabilities) -> dict[str, Any]:
    """What is sent to ask ``request``."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": clean(message.content)} for message in request.messages],
        "stream": True,
        **can.extra,
    }
    if can.max_tokens is not None:
        body[can.max_tokens] = answer_room(request, can)
    if can.stream_usage:
        body["stream_options"] = {"include_usage": True}
    if request.temperature is not None and can.temperature:
        body["temperature"] = request.temperature
    if (form := _response_format(request, can)) is not None:
        body["response_format"] = form
    return body


def answer_room(request: Request, can: Capabilities) -> int:
    """Tokens that the answer may have: what was asked for and what thinking takes, within the model's own limits."""
    room = request.max_tokens + can.thinking
    if can.most_tokens is not None:
        room = min(room, can.most_tokens)
    if can.context is not None:
        asked = sum(most_tokens(message.content) + _TEMPLATE for message in request.messages)
        room = min(room, max(LEAST_ANSWER, can.context - asked))
    return room


def _response_format(request: Request, can: Capabilities) -> dict[str, Any] | None:
    if request.output != "json":
        return None
    if request.schema is not None and "schema" in can.json:
        form = {"name": "answer", "strict": True, "schema": request.schema}
        return {"type": "json_schema", "json_schema": form}
    return {"type": "json_object"} if "mode" in can.json else None


def sends_schema(body: Mapping[str, Any]) -> bool:
    return bool(body.get("response_format", {}).get("type") == "json_schema")


def without_schema(can: Capabilities) -> Capabilities:
    return replace(can, json=tuple(form for form in can.json if form != "schema"))


def keeps_to(schema: Any, text: str) -> bool:
    """Whether an answer is what a schema asks for. A server that enforces it cannot write anything else, not even a
    fence around it."""
    try:
        return jsonschema_rs.is_valid(schema, decode(text.encode()))
    except ValueError:  # among them what is no schema
        return False


def learned(can: Capabilities, sent: Mapping[str, Any], refusal: Any) -> Capabilities:
    """What the model turns out to be able to do, after it refused ``sent`` with these words; the same where they name
    nothing that was sent and could be left out."""
    words = json.dumps(refusal, ensure_ascii=False)[:8000].lower()
    named = _named(refusal, words, sent, can)
    if named in ("max_tokens", "max_completion_tokens"):
        return _another_bound(can, named, int(sent[named]), " ".join(_texts(refusal)).lower())
    if named == "stream_options":
        return replace(can, stream_usage=False)
    if named == "temperature":
        return replace(can, temperature=False)
    if named == "response_format":
        return replace(can, json=_other_forms(can, sent["response_format"]["type"], words))
    if named in can.extra:
        return replace(can, extra={name: value for name, value in can.extra.items() if name != named})
    return can


def _texts(value: Any, depth: int = 8) -> Iterator[str]:
    """The texts of a refusal, without numbers such as its status."""
    if isinstance(value, str):
        yield value[:8000]
    elif isinstance(value, dict | list) and len(value) < 100 and depth:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, depth - 1)


def _named(refusal: Any, words: str, sent: Mapping[str, Any], can: Capabilities) -> str:
    """The parameter that was sent and is complained of; what the refusal names as such counts before its prose."""
    optional = ["response_format", "stream_options", "max_completion_tokens", "max_tokens", "temperature", *can.extra]
    candidates = [name for name in optional if name in sent]
    error = refusal.get("error", refusal) if isinstance(refusal, dict) else None
    param = str(error.get("param") or "").lower() if isinstance(error, dict) else ""
    for name in candidates:
        if param == name or param.startswith(f"{name}."):
            return name
    for name in candidates:
        written = name.replace("_", "[ _.-]?")  # also `streamOptions`, `reasoning.effort`, `max tokens`
        if re.search(rf"(?<![a-z_])({written}|{_ALSO.get(name, written)})(?![a-z])", words):
            return name
    return ""


#: What refusals call a parameter beside its name; they are in small letters.
_ALSO = {
    "stream_options": "include.?usage",
    "response_format": "structured.?outputs?|guided.?(decoding|json)|grammar|json.?(mode|schema|object|output|format|"
    "格式|模式|형식|모드|出力|モード)",
    "max_tokens": "max.?(output|new|generated).?tokens",
    "max_completion_tokens": "max.?(output|new|generated).?tokens",
}


def _another_bound(can: Capabilities, named: str, sent: int, words: str) -> Capabilities:
    other: Literal["max_tokens", "max_completion_tokens"]
    other = "max_completion_tokens" if named == "max_tokens" else "max_tokens"
    if other in words and re.search(rf"use\W+{other}|{other}\W+instead", words):
        return replace(can, max_tokens=other)
    written = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", words)  # 8,192
    written = re.sub(r"(\d+) ?\(exclusive\)", lambda found: str(int(found[1]) - 1), written)
    smaller = [number for number in map(int, _NUMBER.findall(written)) if LEAST_ANSWER <= number < sent]
    if (context := re.search(r"context length is\D{1,20}(\d+)", words)) and int(context[1]) in smaller:
        return replace(can, context=int(context[1]))
    if smaller:
        return replace(can, most_tokens=max(smaller))
    return replace(can, max_tokens=None)


def _other_forms(can: Capabilities, refused: str, words: str) -> tuple[Any, ...]:
    """The ways to ask for JSON that are left, and the one that the refusal offers."""
    dropped, offered = ("schema", "mode") if refused == "json_schema" else ("mode", "schema")
    left = tuple(form for form in can.json if form != dropped)
    offers = {"schema": "json_schema", "mode": "json_object"}[offered]
    return left if offered in left or offers not in words else (*left, offered)
