"""A client for everything that speaks OpenAI's chat completions protocol.

Answers are always streamed and parsed from raw lines. Three clocks bound a call: ``connect``, the silence between two
pieces (``first``, then ``idle``; text and thinking are life, keep-alive comments and empty chunks are not), and the
total ``deadline``, which nothing extends. Only ``finish_reason == "stop"`` is an answer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import orjson

from designchord.errors import ModelError
from designchord.llm.addresses import is_near, shown
from designchord.llm.base import Answer, BrokenAnswer, OnText, ParameterRefused, Request
from designchord.llm.capabilities import Capabilities
from designchord.llm.dialect import answer_room, body_of, keeps_to, learned, sends_schema, without_schema
from designchord.llm.failures import failure, refusal
from designchord.llm.reading import AnswerReader, clean
from designchord.llm.receive_batching import ReceiveBatching
from designchord.llm.secret import Secret
from designchord.llm.sessions import release_session, session_for
from designchord.llm.sse import decode
from designchord.llm.stream import AnswerStream
from designchord.llm.tokens import estimate_tokens
from designchord.notation.repetition import is_circling

#: Bytes that one answer may have on the wire, where a token takes some 200.
WIRE_LIMIT = 64 * 1024 * 1024
_REFUSAL_LIMIT = 64 * 1024
#: Refusals that may be about a parameter. Routers say 404 where no server behind them takes one, others 501.
_MAYBE_OF_THE_DIALECT = ("model_bad_request", "model_context_length", "model_not_found", "model_bad_answer")
#: Characters that a token may stand for on average before we take it that a server does not keep to the limit it was
#: sent: a call that writes is bounded by what it writes, not by a clock.
_CHARS_A_TOKEN, _LEAST_CHARS = 16, 10_000
#: Tokens of a prompt that a computer without a graphics card reads in a second while it is busy with other work.
_NEAR_SPEED = 4.0
#: How much slower than ever before a server may get; how many calls are remembered; prompts from which one can tell.
_SLOWER, _SPEEDS, _TELLING_PROMPT = 3.0, 8, 200
#: Seconds to wait for the token counts after the last piece.
_AFTER_ENDING = 2.0
#: Seconds for which pieces may gather while nobody has said when the next text is wanted.
_FRAME = 0.05
#: Characters after which it is looked whether an answer goes round in circles.
_CIRCLE_EVERY = 4_000


class OpenAICompatible:
    """One model of one provider. ``name`` is ``provider:model``; ``base_url`` ends before ``/chat/completions`` and
    stands in the setting ``named_by``, which is told when nobody answers there.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        api_key: Secret | None = None,
        capabilities: Capabilities | None = None,
        *,
        named_by: str = "",
    ) -> None:
        self.name = name
        self.capabilities = capabilities or Capabilities()
        self._model = name.partition(":")[2] or name
        address, mark, query = base_url.partition("?")
        self._url = address.rstrip("/") + "/chat/completions" + mark + query
        self._api_key = Secret((api_key or "").strip())
        self.schema_held: bool | None = None  # by the last answer that a schema was sent for
        self._speeds = deque[float](maxlen=_SPEEDS)
        self._near = is_near(base_url)
        #: The calls that have begun to be answered, to be told when a new prompt is read.
        self.writing = set[_Call]()
        if self._near:
            self._speeds.append(_NEAR_SPEED)
        self._unreachable = f"{{who}} cannot be reached at {shown(base_url)}."
        if named_by:
            self._unreachable += f" Check {named_by}, and that the server runs."

    async def complete(self, request: Request, on_text: OnText | None = None) -> Answer:
        """Ask once. Raises ``ModelError`` and nothing else (but lets cancellation through)."""
        prompt_size = sum(estimate_tokens(message.content) for message in request.messages)
        context = self.capabilities.context
        if context is not None and prompt_size > context:
            raise failure("model_context_length", self.name)
        call = _Call(self, request, AnswerReader(self.name, prompt_size), on_text, prompt_size)
        try:
            async with asyncio.timeout(request.deadline):
                return await call.run()
        except TimeoutError:
            raise call.timed(call.reader.broken("model_timeout")) from None

    async def aclose(self) -> None:
        await release_session(self)

    def judge(self, request: Request, sent: Any, text: str) -> None:
        """Note whether an answer keeps to the schema that was sent. Some servers take one and do not enforce it: they
        are not sent another."""
        if not sends_schema(sent):
            return
        self.schema_held = keeps_to(request.schema, text)
        if not self.schema_held:
            self.capabilities = without_schema(self.capabilities)

    def silence_before(self, request: Request, prompt_size: int) -> float:
        """Seconds that the server may take until its first piece: longer for a prompt that it is known, or on a small
        machine bound, to read slowly."""
        long = self._speeds and prompt_size >= _TELLING_PROMPT
        reading = _SLOWER * prompt_size / min(self._speeds) if long else 0.0
        return min(max(request.first, reading), max(request.first, request.begun_by))

    def reads(self, seconds: float) -> None:
        """A prompt is sent that may take so long to be read. A small server writes nothing to anybody meanwhile."""
        if self._near:
            for call in self.writing:
                call.wait_for(seconds)

    def has_begun(self, prompt_size: int, seconds: float) -> None:
        """Note how fast the server reads. Short prompts tell more about the network."""
        if prompt_size >= _TELLING_PROMPT and seconds > 0:
            self._speeds.append(prompt_size / seconds)

    def unreachable(self) -> ModelError:
        return failure("model_unreachable", self.name, sentence=self._unreachable)

    def post(self, request: Request, body: Any) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send the body; redirects are not followed."""
        return session_for(self).post(
            self._url,
            data=orjson.dumps(body),
            headers=self._headers(),
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=request.connect),
        )

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "designchord",
        }
        if self._api_key:
            if not (self._api_key.isascii() and self._api_key.isprintable()):
                sentence = "The API key for {who} holds characters that no key has. Check how it is set."
                raise failure("model_auth", self.name, sentence=sentence)
            if self.capabilities.auth == "api-key":
                headers["api-key"] = str(self._api_key)
            else:
                headers["Authorization"] = f"Bearer {self._api_key}"
        return headers

    def body(self, request: Request) -> dict[str, Any]:
        """What is sent, in the dialect as far as it is known by now."""
        return body_of(request, self._model, self.capabilities)

    def refused(self, status: int, words: Any, headers: Mapping[str, str], request: Request, sent: Any) -> ModelError:
        """The error of a refusal; where it names a parameter, that is remembered and the error says to ask again."""
        error = refusal(status, words, headers, self.name)
        if status == 500 and sends_schema(sent) and self.schema_held is None:
            # Some servers break over a schema instead of refusing it.
            self.capabilities = without_schema(self.capabilities)
            return ParameterRefused(error.message, code=error.code, retryable=True)
        if status not in (400, 404, 422, 501) or error.code not in _MAYBE_OF_THE_DIALECT:
            return error
        self.capabilities = learned(self.capabilities, sent, words)
        # Another call may have learned the same meanwhile.
        if self.body(request) == sent:
            return error
        return ParameterRefused(error.message, code="model_bad_request", retryable=True)


class _Call:
    """One call from request to answer."""

    def __init__(
        self,
        client: OpenAICompatible,
        request: Request,
        reader: AnswerReader,
        on_text: OnText | None,
        prompt_size: int,
    ) -> None:
        self.reader = reader
        self._client = client
        self._request = request
        self._on_text = on_text
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._stream = AnswerStream(reader)
        self._size = 0
        self._rest = _FRAME
        self._first_token: float | None = None
        self._silence: asyncio.Timeout | None = None
        self._rearm_at = 0.0
        self._shown = 0
        self._look_at = _CIRCLE_EVERY
        self._sent: dict[str, Any] = {}
        self._prompt_size = prompt_size
        self._most_chars = _LEAST_CHARS + _CHARS_A_TOKEN * answer_room(request, client.capabilities)

    async def run(self) -> Answer:
        """Read to the end. Raises ``ModelError``, or ``TimeoutError`` when the caller's own deadline passes."""
        try:
            await self._talk()
        except ModelError as error:
            raise self.timed(error) from None
        except (aiohttp.ClientError, OSError) as error:
            if type(error) is TimeoutError:
                raise
            if self.reader.ending is None:
                raise self.timed(self._translate(error)) from None
        return self._answer()

    def _translate(self, error: aiohttp.ClientError | OSError) -> ModelError:
        who = self._client.name
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            return failure("model_unreachable", who, sentence="The certificate of {who} is not trusted.", final=True)
        if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
            return failure("model_not_found", who, sentence="The base URL of {who} is not a URL.")
        if isinstance(error, aiohttp.ClientResponseError):
            return self.reader.broken("model_bad_answer")
        if isinstance(error, aiohttp.ClientPayloadError) or self.reader.begun:
            return self.reader.broken("model_incomplete")
        return self._client.unreachable()

    def timed(self, error: ModelError) -> ModelError:
        if isinstance(error, BrokenAnswer):
            error.latency = self._loop.time() - self._started
        return error

    def _answer(self) -> Answer:
        try:
            text, usage, rest = self.reader.finish()
        except ModelError as error:
            raise self.timed(error) from None
        self._show(rest)
        self._client.judge(self._request, self._sent, text)
        return Answer(text, self._client.name, usage, self._loop.time() - self._started, self._first_token)

    async def _talk(self) -> None:
        try:
            first = self._client.silence_before(self._request, self._prompt_size)
            self._client.reads(first)
            async with asyncio.timeout(first) as silence:
                self._silence = silence
                sent = self._sent = self._client.body(self._request)
                async with self._client.post(self._request, sent) as response:
                    if response.status != 200:
                        raise await self._refusal(response, sent)
                    await self._read(response, silence)
        except TimeoutError:
            if not silence.expired():
                raise
            if self.reader.ending is None:
                raise self.reader.broken("model_timeout") from None
        finally:
            self._client.writing.discard(self)

    async def _refusal(self, response: aiohttp.ClientResponse, sent: Any) -> ModelError:
        body = await response.content.read(_REFUSAL_LIMIT)
        try:
            words = decode(body)
        except ValueError:
            words = None
        return self._client.refused(response.status, words, response.headers, self._request, sent)

    async def _read(self, response: aiohttp.ClientResponse, silence: asyncio.Timeout) -> None:
        """Take in the body, and let its pieces gather for as long as nobody waits for them."""
        batching = ReceiveBatching(response)
        async for data in response.content.iter_any():
            self._take(data, silence)
            if self._stream.done:
                break
            if self.reader.alive and self.reader.ending is None:
                batching.hold(min(self._rest, self._request.idle / 4))
        self._show(self._stream.close())

    def _take(self, data: bytes, silence: asyncio.Timeout) -> None:
        """Take in a piece of the body and reset the clock of silence."""
        reader, alive, ending = self.reader, self.reader.alive, self.reader.ending
        self._size += len(data)
        if self._size > WIRE_LIMIT:
            raise reader.broken("model_too_large")
        self._show(self._stream.feed(data))
        if reader.ending != ending:
            silence.reschedule(self._loop.time() + _AFTER_ENDING)
        elif ending is None and alive != reader.alive:
            if not alive:
                self._client.writing.add(self)
                self._client.has_begun(self._prompt_size, self._loop.time() - self._started)
            if reader.size > self._most_chars:
                raise reader.broken("model_too_large")
            self._keep_alive(silence)

    def wait_for(self, seconds: float) -> None:
        """Bear a silence of so many seconds from now, and of the usual length after the next piece."""
        silence = self._silence
        if silence is None or silence.expired() or self.reader.ending is not None:
            return
        self._rearm_at = self._loop.time()
        silence.reschedule(max(silence.when() or 0.0, self._rearm_at + seconds))

    def _keep_alive(self, silence: asyncio.Timeout) -> None:
        """Reset the clock of silence; not for every piece, because that costs more than reading one."""
        now = self._loop.time()
        if now >= self._rearm_at:
            self._rearm_at = now + self._request.idle * 0.05
            silence.reschedule(now + self._request.idle)

    def _show(self, text: str) -> None:
        if not text:
            return
        if self._first_token is None:
            self._first_token = self._loop.time() - self._started
        if self._on_text is not None:
            self._rest = self._on_text(clean(text)) or _FRAME
        self._shown += len(text)
        if self._shown >= self._look_at and self.reader.ending is None:
            self._look_at = self._shown + _CIRCLE_EVERY
            if is_circling(self.reader.text):
                raise self.reader.broken("model_circling")
