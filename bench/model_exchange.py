"""One call to the model server being answered: at its pace, or with the fault that the scenario chose for it."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import orjson
from aiohttp import web

from bench import model_answers, model_faults

Rule = dict[str, Any]

_STREAM = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}


@dataclass(slots=True)
class Pace:
    """How fast answers come, in seconds: ``latency`` for the whole, or ``ttft`` until the first piece and ``tps``.

    Pieces that come due within ``every`` seconds are sent together, as a busy network delivers them.
    """

    latency: float = 0.0
    ttft: float | None = None
    tps: float | None = None
    piece: int = 16
    every: float = 0.0

    def schedule(self, pieces: int, tokens: int) -> tuple[float, float]:
        """Seconds before the first piece, and between two pieces."""
        first = self.ttft if self.ttft is not None else self.latency * 0.25
        rest = tokens / self.tps if self.tps else max(0.0, self.latency - first)
        return first, rest / max(1, pieces - 1)

    def seconds(self, text: str) -> float:
        """How long a whole answer takes."""
        pieces = max(1, -(-len(text) // self.piece))
        first, between = self.schedule(pieces, len(text) // 4)
        return first + between * pieces


@dataclass(slots=True)
class Received:
    """One call as the server saw it. ``outcome`` is ``answered``, a fault's name, or ``cut`` by the client.

    It ``arrived`` and the server ``spoke`` its first piece at times of the machine's monotonic clock, in seconds.
    """

    number: int
    kind: str
    model: str
    turn: int
    stream: bool
    key: str
    fault: str | None
    outcome: str = "running"
    title: str = ""
    arrived: float = field(default_factory=time.monotonic)
    spoke: float | None = None
    written: int = 0  # characters of the answer that were sent
    body: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        names = ("number", "kind", "title", "model", "turn", "stream", "fault", "outcome", "arrived", "spoke")
        return {name: getattr(self, name) for name in names}


def json_response(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(data), status=status, headers=headers, content_type="application/json")


class Exchange:
    """One call being answered."""

    def __init__(
        self,
        request: web.Request,
        call: Received,
        asked: model_answers.Asked,
        rule: Rule,
        pace: Pace,
        luck: random.Random,
    ) -> None:
        self.request, self.call, self.asked, self.rule, self.pace, self.luck = request, call, asked, rule, pace, luck
        self.fault = rule.get("fault", "")
        self.stream: web.StreamResponse | None = None
        self.bytes_at_once = 1 << 20

    async def play(self) -> web.StreamResponse:
        if self.fault in model_faults.REFUSALS:
            await asyncio.sleep(self.rule.get("after", 0.0))
            return self.refuse()
        act = getattr(self, f"fault_{self.fault}", None)
        if act is not None:
            response = await act()
            return response if response is not None else await self.close()
        return await self.answer(self.text())

    def text(self) -> str:
        """The answer, spoiled where the scenario says so."""
        text = self.rule["answer"] if "answer" in self.rule else model_answers.answer(self.asked)
        if self.fault == "mixed":
            return model_faults.mixed(text, self.luck)
        spoil = model_faults.SPOILERS.get(self.fault)
        if self.fault and spoil is None and self.fault not in _WAYS and not hasattr(self, f"fault_{self.fault}"):
            raise ValueError(f"there is no fault {self.fault}")
        return spoil(text) if spoil else text

    def refuse(self) -> web.Response:
        status, body = model_faults.REFUSALS[self.fault]
        prompt = self.call.body.get("messages", [{}])[-1].get("content", "")[:200]
        error = dict(body["error"])
        error["message"] = error["message"].replace("{key}", self.call.key).replace("{prompt}", prompt)
        headers = {}
        if "retry_after" in self.rule:
            headers["Retry-After"] = str(self.rule["retry_after"])
        if "retry_after_date" in self.rule:
            headers["Retry-After"] = formatdate(time.time() + self.rule["retry_after_date"], usegmt=True)
        return json_response({"error": error}, status, headers)

    async def send(self, data: bytes) -> None:
        if self.stream is None:
            self.stream = web.StreamResponse(headers=self.rule.get("headers") or _STREAM)
            await self.stream.prepare(self.request)
            self.call.spoke = time.monotonic()
        for start in range(0, len(data), self.bytes_at_once):
            await self.stream.write(data[start : start + self.bytes_at_once])
            if self.bytes_at_once < 1 << 20:
                await asyncio.sleep(0)

    async def close(self) -> web.StreamResponse:
        assert self.stream is not None
        await self.stream.write_eof()
        return self.stream

    def event(self, choice: dict[str, Any] | None, **more: Any) -> bytes:
        choices = [] if choice is None else [{"index": 0, "finish_reason": None, **choice}]
        data = {"id": f"chatcmpl-{self.call.number}", "object": "chat.completion.chunk", "model": self.call.model}
        return b"data: " + orjson.dumps({**data, "choices": choices, **more}) + b"\n\n"

    def piece(self, text: str) -> bytes:
        return self.event({"delta": {"content": text}})

    def usage(self, text: str) -> dict[str, Any]:
        prompt = sum(len(str(message.get("content"))) for message in self.call.body.get("messages", ())) // 4
        return {
            "prompt_tokens": prompt,
            "completion_tokens": len(text) // 4,
            "prompt_tokens_details": {"cached_tokens": self.rule.get("cached", 0)},
        }

    async def answer(self, text: str, ending: str | None = "stop", *, done: bool = True) -> web.StreamResponse:
        """Answer at the server's pace, in a stream or whole."""
        size = self.pace.piece
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        first, between = self.pace.schedule(len(pieces), len(text) // 4)
        if not self.call.stream:
            await asyncio.sleep(first + between * len(pieces))
            return self.whole(text, ending)
        began = time.monotonic()
        await asyncio.sleep(first)
        if not between:
            await self.send(b"".join(map(self.piece, pieces)))
        else:
            sent = 0
            while sent < len(pieces):
                due = max(sent + 1, 1 + int((time.monotonic() - began - first) / between))
                await self.send(b"".join(map(self.piece, pieces[sent:due])))
                sent = min(due, len(pieces))
                self.call.written = min(sent * size, len(text))
                wait = began + first + sent * between - time.monotonic()
                if (wait := max(wait, self.pace.every) if sent < len(pieces) else wait) > 0.001:
                    await asyncio.sleep(wait)
        await self.end(text, ending, done=done)
        return await self.close()

    async def end(self, text: str, ending: str | None, *, done: bool = True) -> None:
        last = self.event({"delta": {}, "finish_reason": ending}) if ending else b""
        options = self.call.body.get("stream_options") or {}
        if options.get("include_usage") and ending and self.fault != "no_usage":
            last += self.event(None, usage=self.usage(text))
        await self.send(last + (b"data: [DONE]\n\n" if done else b""))

    def whole(self, text: str, ending: str | None) -> web.Response:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": ending}
        return json_response({"object": "chat.completion", "choices": [choice], "usage": self.usage(text)})

    # Faults of the connection

    async def fault_hang(self) -> None:
        await asyncio.sleep(3600)

    async def fault_hang_midway(self) -> None:
        await self.send(self.piece("The beginning"))
        await asyncio.sleep(3600)

    async def fault_reset(self) -> web.StreamResponse:
        """Cut the connection, after the first piece unless ``at_once``."""
        if not self.rule.get("at_once"):
            await self.send(self.piece("The beginning"))
            await asyncio.sleep(0.02)
        assert self.request.transport is not None
        self.request.transport.abort()
        return self.stream or web.Response()

    async def fault_drip(self) -> None:
        """A piece every ``pause`` seconds for ever."""
        while True:
            await self.send(self.event({"delta": {self.rule.get("field", "content"): "drop "}}))
            await asyncio.sleep(self.rule.get("pause", 2.0))

    async def fault_keep_alive(self) -> None:
        """Comment lines for ever, as providers send them while a call waits in their queue."""
        while True:
            await self.send(b": keep-alive\n\n")
            await asyncio.sleep(self.rule.get("pause", 0.05))

    async def fault_empty_deltas(self) -> None:
        while True:
            await self.send(self.event({"delta": {"role": "assistant", "content": ""}}))
            await asyncio.sleep(self.rule.get("pause", 0.05))

    async def fault_flood(self) -> None:
        """Text without end."""
        while True:
            await self.send(self.piece("".join(self.luck.choices("abcdefgh ", k=10_000))))

    async def fault_long_line(self) -> None:
        await self.send(b'data: {"choices": "')
        while True:
            await self.send(b"x" * 100_000)

    async def fault_held_open(self) -> None:
        """A complete answer on a connection that then stays open."""
        text = self.text()
        await self.send(self.piece(text))
        await self.end(text, "stop", done=bool(self.rule.get("done")))
        await asyncio.sleep(3600)

    async def fault_redirect(self) -> web.Response:
        return web.Response(status=307, headers={"Location": "/v1/trap"})

    # Faults of the protocol

    async def fault_no_finish(self) -> None:
        """A stream that ends cleanly in the middle."""
        await self.send(self.piece(self.text()[:40]) + (b"data: [DONE]\n\n" if self.rule.get("done") else b""))

    async def fault_length(self) -> web.StreamResponse:
        """Cut off at the limit after ``share`` of the text; asked to go on, the rest follows."""
        text = self.text()
        return await self.answer(text[: int(len(text) * self.rule.get("share", 0.5))], "length")

    async def fault_rest(self) -> web.StreamResponse:
        """What ``length`` left out, beginning ``overlap`` characters too early."""
        text = self.text()
        start = int(len(text) * self.rule.get("share", 0.5)) - self.rule.get("overlap", 0)
        return await self.answer(text[start:], self.rule.get("ending", "stop"))

    async def fault_ending(self) -> web.StreamResponse:
        """Any other ``finish_reason``, named by ``ending``."""
        return await self.answer(self.text(), self.rule["ending"])

    async def fault_content_filter(self) -> web.StreamResponse:
        return await self.answer(self.text()[:40], "content_filter")

    async def fault_refusal(self) -> None:
        await self.send(self.event({"delta": {"refusal": "I cannot help with that."}}))
        await self.end("", "stop")

    async def fault_tool_calls(self) -> None:
        await self.send(self.event({"delta": {"tool_calls": [{"index": 0, "function": {"name": "search"}}]}}))
        await self.end("", "tool_calls")

    async def fault_html(self) -> web.Response:
        return web.Response(text="<!doctype html><title>Sign in</title>", content_type="text/html")

    async def fault_null_choices(self) -> None:
        await self.send(b'data: {"choices": null}\n\ndata: [DONE]\n\n')

    async def fault_empty_choices(self) -> None:
        await self.send(b'data: {"choices": []}\n\ndata: [DONE]\n\n')

    async def fault_empty(self) -> None:
        await self.end("", "stop")

    async def fault_json_debris(self) -> None:
        await self.send(self.piece("The beginning") + b'data: {"choices": [{"delta": {"con\n\n')

    async def fault_error_in_stream(self) -> None:
        error = self.rule.get("error", {"message": model_faults.CANARY, "type": "server_error"})
        await self.send(self.piece("The beginning") + b"data: " + orjson.dumps({"error": error}) + b"\n\n")

    async def fault_usage(self) -> None:
        """A whole answer, with these token counts."""
        text = self.text()
        await self.send(self.piece(text) + self.event({"delta": {}, "finish_reason": "stop"}))
        await self.send(self.event(None, usage=self.rule["usage"]) + b"data: [DONE]\n\n")

    async def fault_plain(self) -> web.Response:
        """One JSON object though a stream was asked for."""
        return self.whole(self.text(), self.rule.get("ending", "stop"))

    async def fault_plain_broken(self) -> web.Response:
        return web.Response(body=self.rule.get("body", "[]"), content_type="application/json")

    # Odd, but right

    async def fault_crumbs(self) -> web.StreamResponse:
        """Byte by byte, so that lines and characters come apart, with CRLF and comments between."""
        self.bytes_at_once = 1
        await self.send(b": hello\r\n\r\nevent: message\r\nid: 7\r\n")
        return await self.answer(self.text())

    async def fault_reasoning(self) -> web.StreamResponse:
        """Thinking in the field ``field`` before the answer."""
        for _ in range(3):
            await self.send(self.event({"delta": {self.rule.get("field", "reasoning_content"): "secret thought "}}))
        return await self.answer(self.text())

    async def fault_picky(self) -> web.StreamResponse:
        """Refuse requests that carry a ``parameter`` (more than ``above``, or with ``value`` in it), answer others."""
        sent = self.call.body.get(self.rule["parameter"])
        unwanted = sent is not None and self.rule.get("value", "") in str(sent)
        if unwanted and ("above" not in self.rule or sent > self.rule["above"]):
            return json_response(self.rule["error"], self.rule.get("status", 400))
        return await self.answer(self.text())

    async def fault_raw(self) -> None:
        """Exactly these bytes."""
        await self.send(self.rule["raw"].encode())


#: Faults that are played by the usual answer.
_WAYS = {"mixed", "no_usage", "answer"}
