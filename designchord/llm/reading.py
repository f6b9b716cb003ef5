"""Reads an answer out of the events of OpenAI's chat completions protocol. Knows no network and no clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from designchord.errors import ModelError
from designchord.llm.base import BrokenAnswer, TokenUsage
from designchord.llm.failures import failure, stream_failure
from designchord.llm.sse import decode
from designchord.llm.thinking import VisibleText, drop_orphan_block
from designchord.llm.tokens import estimate_tokens

#: Characters of text and thinking that one answer may have.
TEXT_LIMIT = 4 * 1024 * 1024

#: Tokens of one call beyond which a provider's count is not believed.
_MOST_TOKENS = 10_000_000

_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
#: What the words of an ending mean, the most telling first: providers say ``end_turn``, ``stop_str``, ``MAX_TOKENS`` …
_ENDINGS = (
    ("model_bad_answer", frozenset({"tool", "tools", "function"})),
    (
        "model_content_filter",
        frozenset(
            {"filter", "filtered", "contentfilter", "safety", "sensitive", "blocked", "blocklist", "prohibited"}
            | {"recitation", "toxic", "spii", "moderation", "policy"}
        ),
    ),
    ("model_truncated", frozenset({"length", "max", "limit", "truncated", "maxtokens"})),
    ("model_refused", frozenset({"refusal", "refused"})),
    ("model_overloaded", frozenset({"error", "failed", "failure", "insufficient", "overloaded"})),
    ("model_incomplete", frozenset({"cancel", "cancelled", "canceled", "abort", "aborted", "timeout", "pause"})),
    (
        "",
        frozenset(
            {"stop", "stopped", "eos", "eot", "end", "ended", "endofturn", "im", "complete", "completed", "done"}
            | {"finish", "finished", "normal", "success"}
        ),
    ),
)


def _meaning(ending: str) -> str:
    """The code of an error that an ending means; empty where the answer is whole."""
    words = set(re.split("[^a-z]+", ending.removeprefix("finish_reason_")))
    return next((code for code, known in _ENDINGS if words & known), "model_incomplete")


class AnswerReader:
    """Takes in one answer, as stream chunks or as one object, and says what is wrong with it at the end."""

    def __init__(self, who: str, prompt_size: int, *, index: int | None = None) -> None:
        self._who = who
        self._prompt_size = prompt_size
        self._visible = VisibleText()
        self._pieces: list[str] = []
        self.size = 0  # characters of text and thinking so far
        self._thought = 0
        self._choices = False
        self._refused = False
        self._usage: TokenUsage | None = None
        self.index = index  # of the choice that is read; the first that comes, whatever its number
        self.ending: str | None = None
        self.done = False  # the stream said that nothing follows
        self.alive = 0  # grows with every piece of text or thinking

    @property
    def begun(self) -> bool:
        return bool(self._pieces) or self._thought > 0

    def feed(self, data: bytes) -> str:
        """Take in one event and return the text that may be shown. Raises ``ModelError``."""
        try:
            event = decode(data)
        except ValueError:
            raise self.broken("model_bad_answer") from None
        return self.take(event)

    def take(self, event: Any) -> str:
        """Take in one decoded chunk or whole answer."""
        if not isinstance(event, dict):
            raise self.broken("model_bad_answer")
        if event.get("error"):
            raise self._attach(stream_failure(event["error"], self._who))
        if isinstance(event.get("usage"), dict):
            self._usage = _usage(event["usage"]) or self._usage
        choices = event.get("choices")
        if not isinstance(choices, list) or not choices:
            return ""
        choice = choices[0]
        if not isinstance(choice, dict) or not self._is_ours(choice.get("index")):
            return ""
        self._choices = True
        message = choice.get("delta") or choice.get("message")
        shown = self._take_message(message) if isinstance(message, dict) else ""
        if isinstance(choice.get("finish_reason"), str) and choice["finish_reason"]:
            self.ending = choice["finish_reason"].lower()
        return shown

    def _is_ours(self, index: Any) -> bool:
        index = index if isinstance(index, int) else 0
        if self.index is None:
            self.index = index
        return bool(index == self.index)

    def take_texts(self, texts: Sequence[str]) -> str:
        """Take in chunks that are known to hold nothing but these texts."""
        self._choices = True
        return self._take_text("".join(texts))

    def is_text(self, data: bytes, text: str) -> bool:
        """Whether an event is nothing but this text, asked of a reader that has read nothing yet."""
        try:
            shown = self.feed(data)
        except ModelError:
            return False
        plain = self.alive == 1 and self.ending is None and self._usage is None and not self._refused
        return plain and shown == text

    def _take_message(self, message: dict[str, Any]) -> str:
        if message.get("refusal"):
            self._refused = True
        for name in _THOUGHTS:
            thought = message.get(name)
            if isinstance(thought, str) and thought:
                self._count(len(thought))
                self._thought += estimate_tokens(thought)
                break
        return self._take_text(_text(message.get("content")))

    def _take_text(self, text: str) -> str:
        if not text:
            return ""
        self._count(len(text))
        shown = self._visible.feed(text)
        if shown:
            self._pieces.append(shown)
        return shown

    def _count(self, size: int) -> None:
        self.alive += 1
        self.size += size
        if self.size > TEXT_LIMIT:
            raise self.broken("model_too_large")

    def finish(self) -> tuple[str, TokenUsage, str]:
        """The complete text, its usage and the last piece to show. Raises ``ModelError`` when it is not complete."""
        rest = self._visible.close()
        if rest:
            self._pieces.append(rest)
        if self._refused:
            raise self.broken("model_refused")
        if self.ending is None and not (self.done and self._pieces):
            raise self.broken("model_incomplete" if self._choices else "model_bad_answer")
        if self.ending is not None and (code := _meaning(self.ending)):
            raise self.broken(code)
        text = drop_orphan_block(self.text)
        if not text.strip():
            raise self.broken("model_bad_answer")
        return text, self.usage, rest

    @property
    def text(self) -> str:
        return clean("".join(self._pieces))

    @property
    def usage(self) -> TokenUsage:
        """As the provider counted, else an estimate."""
        if self._usage is not None:
            return self._usage
        return TokenUsage(input=self._prompt_size, output=estimate_tokens(self.text) + self._thought, estimated=True)

    def broken(self, code: str) -> ModelError:
        """The error of this code, with what had come so far."""
        return self._attach(failure(code, self._who))

    def _attach(self, error: ModelError) -> ModelError:
        # A prompt that was sent and not answered in time was probably read, and billed, all the same.
        if not self.begun and self._usage is None and error.code != "model_timeout":
            return error
        return BrokenAnswer(
            error.message,
            code=error.code,
            retryable=error.retryable,
            retry_after=error.retry_after,
            partial=self.text,
            usage=self.usage,
        )


def clean(text: str) -> str:
    """Join surrogate halves that came apart, replace lone ones, drop NUL: what no database or browser would take."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _text(content: Any) -> str:
    """Text of a ``content`` field, which a few providers send as a list of typed parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text")
        return "".join(text for text in texts if isinstance(text, str))
    return ""


def _usage(counts: dict[str, Any]) -> TokenUsage | None:
    details = counts.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else counts.get("prompt_cache_hit_tokens")
    prompt, completion = _count(counts.get("prompt_tokens")), _count(counts.get("completion_tokens"))
    if not 0 < prompt + completion <= _MOST_TOKENS:
        return None
    return TokenUsage(input=prompt, cached=min(_count(cached), prompt), output=completion)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
