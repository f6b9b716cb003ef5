"""JSON in a model's answer: where it may begin, and how it is mended when it is damaged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from designchord.notation.answer_fences import fences_of

MAX_REPAIR_CHARS = 500_000
MAX_REPAIR_DEPTH = 64


def strings(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < 4:
        for item in value.values():
            yield from strings(item, depth + 1)
    elif isinstance(value, list) and depth < 4:
        for item in value:
            yield from strings(item, depth + 1)


#: A bracket that opens a value, not a word in brackets that opens a sentence (``[Note] …``).
_JSON_BEGIN = re.compile(r"\{|\[(?!\w+\]\s)")


def candidates(text: str) -> Iterator[str]:
    """Texts that may be JSON as a whole, the likeliest first."""
    stripped = text.strip()
    begins = bool(_JSON_BEGIN.match(stripped))
    if begins:
        yield stripped
    fences = [fence for fence in fences_of(text) if fence.language in ("json", "json5", "jsonc", "")]
    for fence in reversed(fences):
        if is_json(fence.text):
            yield fence.text.strip()
    start = re.search(r"[{\[](?!\w+\]\s)", text)
    if start and not fences and not begins:
        yield text[start.start() :]


def is_json(text: str) -> bool:
    start = re.sub(r"\A(?:\s+|//[^\n]*\n|/\*.*?\*/|#[^\n]*\n)*", "", text, flags=re.DOTALL)[:1]
    return start in ("{", "[")


def parse_json(text: str) -> Any | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def bare_json(text: str) -> Any | None:
    """A value among prose, read strictly."""
    decoder = json.JSONDecoder()
    best: Any | None = None
    size = 0
    position = 0
    attempts = 0
    while attempts < 200 and (start := re.compile(r"[{\[]").search(text, position)):
        attempts += 1
        try:
            value, end = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            position = start.end()
            if attempts == 1 and _JSON_BEGIN.match(text.strip()):
                return None  # the whole answer is one damaged value; its parts are not what was asked for
            continue
        if best is None or end - start.start() >= 2 * size:
            best, size = value, end - start.start()
        position = end
    return best


def repair_json(text: str) -> Any | None:
    from json_repair import repair_json as repair  # slow to import, and rarely needed

    if len(text) > MAX_REPAIR_CHARS or _depth(text) > MAX_REPAIR_DEPTH:
        return None
    try:
        value = repair(text, return_objects=True, skip_json_loads=True)
    except (ValueError, RecursionError, IndexError):
        return None
    return value if isinstance(value, dict | list) and (value or len(text) < 10) else None


def balanced_end(text: str) -> int | None:
    """Where the first bracket is closed again, strings told apart; ``None`` when it never is."""
    depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', text, re.DOTALL):
        if token[0] in ("{", "["):
            depth += 1
        elif token[0] in ("}", "]"):
            depth -= 1
            if depth <= 0:
                return token.end()
    return None


def _depth(text: str) -> int:
    """How deep brackets nest, strings not told apart: an upper bound, for the repair takes quadratic time in it."""
    deepest = depth = 0
    for sign in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if sign in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest
