"""When two names, types or paths of different notations mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

from designchord.blueprint.naming import fold, split_words
from designchord.blueprint.vocabulary import SYSTEM_NAMES, TYPES

#: What schemas add to an entity's name when they show it for one purpose: ``LoanCreate``, ``NewLoan``, ``LoanPage``.
_AFFIXES: Final = frozenset(
    (
        *("add", "base", "body", "brief", "create", "created", "data", "detail", "details", "dto", "edit", "full"),
        *("get", "in", "info", "input", "list", "model", "new", "out", "output", "page", "paged", "partial", "patch"),
        *("payload", "public", "read", "ref", "reply", "req", "request", "res", "resource", "response", "result"),
        *("schema", "short", "summary", "update", "updated", "view", "vo", "write"),
    )
)
#: Words that mark a participant as a part of some system rather than somebody of the domain.
_INFRASTRUCTURE: Final = frozenset(
    (
        *("admin", "api", "app", "application", "auth", "backend", "batch", "broker", "browser", "cache", "client"),
        *("controller", "cron", "database", "db", "device", "email", "frontend", "gateway", "handler", "job", "mail"),
        *("mailer", "mobile", "module", "notifier", "page", "platform", "queue", "redis", "repo", "repository"),
        *("s3", "scheduler", "screen", "server", "service", "site", "sms", "storage", "store", "system", "ui", "web"),
        *("website", "worker"),
    )
)
_SECRET: Final = re.compile(r"password|passwd|secret|salt|hash|token|deleted|internal")

_JSON_TYPES: Final = {"number": "decimal", "any": "json", "null": "json"}
_TEXT: Final = frozenset({"string", "text", "email", "url", "enum", "uuid"})


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """The spelling under which a name is compared; names without a letter in ASCII stay as they are."""
    return fold(name) or name.strip().lower()


def entity_of_schema(schema: str, entities: Iterable[str]) -> str | None:
    """The folded entity that a schema shows: itself, or itself without the words that say what for."""
    known = set(entities)
    if fold_name(schema) in known:
        return fold_name(schema)
    words = split_words(schema)
    while len(words) > 1:
        if words[-1] in _AFFIXES:
            words = words[:-1]
        elif words[0] in _AFFIXES:
            words = words[1:]
        else:
            return None
        if fold_name("_".join(words)) in known:
            return fold_name("_".join(words))
    return None


def bare_schema(schema: str) -> str:
    """A schema's name without the words that say what for: ``ItemPublic`` → ``item``, ``LoanCreate`` → ``loan``."""
    words = split_words(schema)
    while len(words) > 1 and (words[-1] in _AFFIXES or words[0] in _AFFIXES):
        words = words[:-1] if words[-1] in _AFFIXES else words[1:]
    return "_".join(words)


def is_secret(attribute: str) -> bool:
    """Whether an API rightly keeps this attribute to itself."""
    return bool(_SECRET.search(attribute.lower()))


def is_infrastructure(participant: str) -> bool:
    words = split_words(participant)
    return fold_name(participant) in SYSTEM_NAMES or any(word in _INFRASTRUCTURE for word in words)


def is_own_system(participant: str) -> bool:
    """Whether a participant is plainly the system whose API this is."""
    return fold_name(participant) in SYSTEM_NAMES


def pointed_entity(attribute: str) -> str:
    """The folded name of what a foreign key points to by its own name: ``member_id`` → ``member``."""
    words = split_words(attribute)
    while len(words) > 1 and words[-1] in ("id", "ids", "uuid", "fk", "key", "no", "code", "ref"):
        words = words[:-1]
    return fold_name("_".join(words))


def compatible(one: str, other: str) -> bool:
    """Whether values of one type can be values of the other. Types nobody knows are compatible with all."""
    first, second = _type(one), _type(other)
    if first is None or second is None or first == second or "json" in (first, second) or "file" in (first, second):
        return True
    pair = {first, second}
    if pair <= _TEXT or pair == {"integer", "decimal"}:
        return True
    # JSON writes times and exact decimals as strings.
    return bool(pair & {"string", "text"}) and bool(pair & {"date", "datetime", "time", "decimal"})


def _type(written: str) -> str | None:
    if "[" in written:
        return "json"
    if known := TYPES.get(written):
        return known
    letters = re.sub(r"[^a-z]", "", written.split("(")[0].lower())
    return TYPES.get(letters) or _JSON_TYPES.get(letters)


Fit = Literal["exact", "literal"]
#: An operation as it is compared: its method and its path's shape.
CallKey = tuple[str, tuple[str, ...]]


def call_key(method: str, path: str) -> CallKey:
    """The same for all spellings of one operation: ``GET /api/v1/loans/:id`` and ``get /loans/{loan_id}``."""
    return method.upper(), path_shape(path)


@lru_cache(maxsize=4096)
def path_shape(path: str) -> tuple[str, ...]:
    """A path or template as its segments, each parameter as ``{}``, without a prefix such as ``/api/v1``."""
    path = re.sub(r"^[a-z]+://[^/]+", "", path.strip()).split("?")[0].split("#")[0]
    parts = ["{}" if _is_parameter(segment) else segment.lower() for segment in path.split("/") if segment]
    while len(parts) > 1 and re.fullmatch(r"api|rest|v[0-9]+(\.[0-9]+)?", parts[0]):
        parts = parts[1:]
    return tuple(parts)


def match_path(call: str, template: str) -> Fit | None:
    """How a called path fits a template: ``exact``, ``literal`` (a word where a parameter stands), or not at all.

    ``/loans/42``, ``/loans/:id`` and ``/loans/{loan_id}`` fit ``/loans/{id}`` exactly. A prefix such as ``/api/v1``
    on either side does not count.
    """
    called, wanted = path_shape(call), path_shape(template)
    if len(called) != len(wanted):
        return None
    literal = False
    for have, want in zip(called, wanted, strict=True):
        if have == want:
            continue
        if want != "{}":
            return None
        literal = literal or not _is_value(have)
    return "literal" if literal else "exact"


def _is_parameter(segment: str) -> bool:
    return bool(re.fullmatch(r"\{.*\}|:.+|<.+>|\[.+\]|\$\{?.+|\*+|\(.+\)", segment))


def _is_value(segment: str) -> bool:
    """Whether a literal segment looks like somebody's id: it has a digit, or it is the usual ``me``."""
    return any(letter.isdigit() for letter in segment) or segment in ("me", "self", "current", "{}")
