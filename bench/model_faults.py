"""What can go wrong with a model, as data: refusals by status, broken bodies, and spoiled artifact texts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

#: The prompt's echo and the key's echo that real providers put into their errors; tests look for them in ours.
CANARY = "provider-canary-5e1f"


def _error(code: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": f"{CANARY}: {{key}} {{prompt}}", "type": kind, "code": code}}


#: fault → (status, body). ``{key}`` and ``{prompt}`` in the message are filled in with what the client sent.
REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "400": (400, _error("bad_request")),
    "401": (401, _error("invalid_api_key")),
    "402": (402, _error("insufficient_balance")),
    "403": (403, _error("permission_denied")),
    "404": (404, _error("model_not_found")),
    "408": (408, _error("timeout")),
    "409": (409, _error("conflict")),
    "413": (413, _error("request_too_large")),
    "422": (422, _error("unprocessable")),
    "429": (429, _error("rate_limit_exceeded", "requests")),
    "insufficient_quota": (429, _error("insufficient_quota", "insufficient_quota")),
    "500": (500, _error("server_error", "server_error")),
    "502": (502, _error("bad_gateway", "server_error")),
    "503": (503, _error("overloaded", "server_error")),
    "529": (529, _error("overloaded_error", "overloaded_error")),
    "context_length": (400, _error("context_length_exceeded")),
    "content_filter_400": (400, _error("content_filter")),
    "bad_key_400": (400, {"error": {"message": "API key not valid.", "status": "INVALID_ARGUMENT", "code": 400}}),
}

_RESERVED = re.compile(r"^(\s*)(?:participant|actor) (\w+)(?: as (.*))?$", re.MULTILINE)
_ATTRIBUTE = re.compile(r"^(\s+)(\w+) (\w+)(?! PK)\b.*$", re.MULTILINE)


def semicolons(text: str) -> str:
    """Semicolons in message texts, which end a statement in Mermaid."""
    return re.sub(r"(-?->>[^:\n]+: )([^\n]+)", r"\1\2; then go on", text, count=2)


def reserved_words(text: str) -> str:
    """A participant whose id is a reserved word."""
    match = _RESERVED.search(text)
    if match is None:
        return text
    name = match.group(2)
    return re.sub(rf"\b{re.escape(name)}\b(?!\w)", "End", text)


def not_null(text: str) -> str:
    """SQL constraint words after the attributes of an ERD."""
    return _in_erd(text, lambda match: f"{match.group(1)}{match.group(2)} {match.group(3)} NOT NULL")


def missing_types(text: str) -> str:
    """Attributes of an ERD without a type."""
    return _in_erd(text, lambda match: f"{match.group(1)}{match.group(3)}")


def missing_keys(text: str) -> str:
    """JSON whose first names lost their quotes, or an ERD without keys."""
    return re.sub(r'"(\w+)":', r"\1:", text, count=3).replace(" PK", "").replace(" FK", "")


def _in_erd(text: str, spoil: Callable[[re.Match[str]], str]) -> str:
    return _ATTRIBUTE.sub(spoil, text, count=2) if "erDiagram" in text else text


def dangling_refs(text: str) -> str:
    """A reference to something that does not exist."""
    text = re.sub(r'"references":"\w+"', '"references":"Nowhere"', text, count=1)
    return re.sub(r"^(  -> (?:page )?)[A-Z]\w+$", r"\1Nowhere", text, count=1, flags=re.MULTILINE)


def half(text: str) -> str:
    """The first half, as if complete."""
    return text[: len(text) // 2]


def unclosed_fence(text: str) -> str:
    return f"```\n{text.strip().removesuffix('```')}"


def prose(text: str) -> str:
    return f"Sure! Here is what you asked for:\n\n{text}\n\nLet me know if you want changes; I am glad to help."


def think(text: str) -> str:
    return f"<think>\nFirst I consider ```mermaid\nsequenceDiagram\nA->>B: wrong\n``` but no.\n</think>\n\n{text}"


def nonsense(_: str) -> str:
    return "I could not decide what to write, so here is a poem about rivers.\n\nRivers run."


SPOILERS: dict[str, Callable[[str], str]] = {
    spoil.__name__: spoil
    for spoil in (
        semicolons, reserved_words, not_null, missing_types, missing_keys, dangling_refs, half, unclosed_fence, prose,
        think, nonsense,
    )
}  # fmt: skip


def mixed(text: str, luck: random.Random) -> str:
    """Spoil a text in one of all ways that change it."""
    ways = [spoiled for spoil in SPOILERS.values() if (spoiled := spoil(text)) != text]
    return luck.choice(ways)
