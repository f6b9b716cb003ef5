"""What a provider's refusal means: status and error code in, a ``ModelError`` a person understands out.

The provider's own words are read to classify them and never passed on: they may echo the key or the prompt.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from designchord.errors import ModelError

#: code → (sentence, whether the same call may succeed later). ``{who}`` is the provider and model.
SENTENCES: dict[str, tuple[str, bool]] = {
    "model_unreachable": ("{who} cannot be reached.", True),
    "model_timeout": ("{who} did not finish in time.", True),
    "model_overloaded": ("{who} is overloaded or has a fault of its own at the moment.", True),
    "model_rate_limited": ("{who} asks for fewer requests at the moment (rate limit).", True),
    "model_auth": ("{who} does not accept the API key, or the key may not use this model. Check the key.", False),
    "model_quota": ("The account at {who} has no credit left or its quota is used up.", False),
    "model_not_found": ("There is no {who} at this address. Check the model's name and the base URL.", False),
    "model_bad_request": ("{who} does not accept the request as it stands.", False),
    "model_context_length": ("The text is longer than {who} can read at once. Shorten it or choose a model with a "
                             "larger context.", False),
    "model_refused": ("{who} declined to answer this.", False),
    "model_content_filter": ("The content filter of {who} stopped the answer.", False),
    "model_truncated": ("The answer of {who} was cut off at the limit of its length.", False),
    "model_circling": ("The answer of {who} repeats itself without end.", False),
    "model_incomplete": ("The answer of {who} broke off before its end.", True),
    "model_bad_answer": ("{who} sent something that is not an answer.", True),
    "model_too_large": ("The answer of {who} is larger than any artifact may be.", False),
}  # fmt: skip

_QUOTA = re.compile(r"insufficient_quota|billing|insufficient.{0,3}(balance|credit|fund)|exceeded your current quota")
_CONTEXT = re.compile(
    r"context.?length|context.?window|maximum context|prompt is too long|too many (input )?tokens"
    r"|string_above_max_length"
)
_FILTER = re.compile(r"content.?filter|content_policy|content management policy|moderation")
_KEY = re.compile(r"invalid.{0,3}api.?key|incorrect api key|api key not valid")
_MODEL = re.compile(
    r"model_not_found|(unknown|invalid) model|model .{0,80}(not found|does not exist)|not a valid model"
)


def failure(
    code: str, who: str, *, retry_after: float | None = None, sentence: str = "", final: bool = False
) -> ModelError:
    """The error of this code, in words; ``sentence`` replaces the usual one, ``final`` forbids to try again."""
    usual, retryable = SENTENCES[code]
    return ModelError(
        (sentence or usual).replace("{who}", who),
        code=code,
        retryable=retryable and not final,
        retry_after=retry_after,
    )


def refusal(status: int, body: Any, headers: Mapping[str, str], who: str) -> ModelError:
    """The error of an HTTP status other than 200; ``body`` is its decoded JSON, or anything else."""
    code = classify(status, body)
    if 300 <= status < 400:
        sentence = "The address of {who} redirects, which is not followed. Set the base URL to the final address."
        return failure(code, who, sentence=sentence, final=True)
    return failure(code, who, retry_after=retry_after(headers))


def classify(status: int, body: Any) -> str:
    """The code of an HTTP status and the provider's error object."""
    words = _words(body)
    if status in (401, 403):
        return "model_content_filter" if status == 403 and _FILTER.search(words) else "model_auth"
    if status == 402:
        return "model_quota"
    if status == 429:
        return "model_quota" if _QUOTA.search(words) else "model_rate_limited"
    if status == 404:
        return "model_not_found"
    if status == 408:
        return "model_timeout"
    if status == 413:
        return "model_context_length"
    if status in (409, 425) or (status >= 500 and status not in (501, 505)):
        return "model_overloaded"
    if 400 <= status < 500:
        for pattern, code in ((_CONTEXT, "model_context_length"), (_FILTER, "model_content_filter"),
                              (_QUOTA, "model_quota"), (_KEY, "model_auth"), (_MODEL, "model_not_found")):  # fmt: skip
            if pattern.search(words):
                return code
        return "model_bad_request"
    return "model_bad_answer"


def stream_failure(error: Any, who: str) -> ModelError:
    """The error object that came inside a stream. Where it carries no status, the provider is taken to have a fault."""
    status = error.get("code") if isinstance(error, dict) else None
    if isinstance(status, str) and status.isdigit():
        status = int(status)
    if isinstance(status, int) and not isinstance(status, bool) and 400 <= status < 600:
        return failure(classify(status, {"error": error}), who)
    words = _words({"error": error})
    if _QUOTA.search(words):
        return failure("model_quota", who)
    if "rate_limit" in words:
        return failure("model_rate_limited", who)
    code = classify(400, {"error": error})
    return failure("model_overloaded" if code == "model_bad_request" else code, who)


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds that the provider asks to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as a date."""
    for name, scale in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = headers.get(name, "").strip()
        if not value:
            continue
        try:
            seconds = float(value) * scale
        except ValueError:
            seconds = _until(value, time.time() if now is None else now)
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _until(date: str, now: float) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return math.nan


def _words(body: Any) -> str:
    """The provider's error code, type and message in lower case, to be searched and thrown away."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(error, dict):
        inner = error.get("innererror")
        fields = [error.get("code"), error.get("type"), error.get("message")]
        fields.append(inner.get("code") if isinstance(inner, dict) else None)
        return " ".join(str(field) for field in fields if field is not None)[:4000].lower()
    return error[:4000].lower() if isinstance(error, str) else ""
