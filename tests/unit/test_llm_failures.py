"""What providers' refusals mean."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from designchord.llm.failures import SENTENCES, classify, failure, refusal, retry_after, stream_failure


def error(code: str = "", kind: str = "", message: str = "") -> dict[str, Any]:
    return {"error": {"code": code, "type": kind, "message": message}}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, error(), "model_bad_request"),
        (400, error("context_length_exceeded"), "model_context_length"),
        (400, error(message="This model's maximum context length is 8192 tokens"), "model_context_length"),
        (400, {"error": "the prompt is too long: 9 > 8"}, "model_context_length"),
        (400, error("content_filter"), "model_content_filter"),
        (
            400,
            {"error": {"innererror": {"code": "content_filter"}}},
            "model_content_filter",
        ),
        (400, error(message="API key not valid. Please pass a valid API key."), "model_auth"),
        (400, error("model_not_found"), "model_not_found"),
        (400, {"object": "error", "message": "maximum context length"}, "model_context_length"),
        (401, error("invalid_api_key"), "model_auth"),
        (402, error(), "model_quota"),
        (403, None, "model_auth"),
        (403, error(message="flagged by moderation"), "model_content_filter"),
        (404, error("model_not_found"), "model_not_found"),
        (408, None, "model_timeout"),
        (409, None, "model_overloaded"),
        (413, None, "model_context_length"),
        (418, "teapot", "model_bad_request"),
        (422, {"detail": [{"loc": ["body"]}]}, "model_bad_request"),
        (429, error("rate_limit_exceeded"), "model_rate_limited"),
        (429, error("insufficient_quota"), "model_quota"),
        (429, error(message="You exceeded your current quota, please check your plan"), "model_quota"),
        (429, None, "model_rate_limited"),
        (500, error("context_length_exceeded"), "model_overloaded"),
        (503, "<html>", "model_overloaded"),
        (529, error(kind="overloaded_error"), "model_overloaded"),
        (204, None, "model_bad_answer"),
        (302, None, "model_bad_answer"),
    ],
)
def test_status_and_error_code_name_the_failure(status: int, body: Any, code: str) -> None:
    assert classify(status, body) == code


def test_what_the_provider_said_is_never_repeated() -> None:
    said = "sk-secret-key and the whole prompt"
    for status in (302, 400, 401, 402, 403, 404, 413, 422, 429, 500):
        found = refusal(status, error(said, said, said), {}, "openai:gpt-4o")
        assert "secret" not in f"{found.message} {found.details} {found!r}"
        assert "openai:gpt-4o" in found.message


def test_only_failures_that_may_pass_are_retryable() -> None:
    retryable = {code for code in SENTENCES if failure(code, "x").retryable}
    assert retryable == {
        "model_unreachable", "model_timeout", "model_overloaded", "model_rate_limited", "model_incomplete",
        "model_bad_answer",
    }  # fmt: skip
    assert not refusal(307, None, {"Location": "http://elsewhere"}, "x").retryable


def test_errors_inside_a_stream_are_told_apart() -> None:
    assert stream_failure({"code": 429, "message": "slow down"}, "x").code == "model_rate_limited"
    assert stream_failure({"code": "502"}, "x").code == "model_overloaded"
    assert stream_failure({"type": "insufficient_quota"}, "x").code == "model_quota"
    assert stream_failure({"code": "context_length_exceeded"}, "x").code == "model_context_length"
    assert stream_failure({"message": "The server had an error"}, "x").code == "model_overloaded"
    assert stream_failure("overloaded", "x").code == "model_overloaded"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": formatdate(1_000_030, usegmt=True)}, 30.0),
        ({"Retry-After": formatdate(999_000, usegmt=True)}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=1_000_000) == seconds
