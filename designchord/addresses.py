"""Addresses of servers as operators write them: URLs, with passwords in them or better apart from them.

A password pasted into a URL may hold characters that end the part it stands in. Then its rest is taken for a host,
looked up at a name server, and logged. What looks like that is refused, by a sentence that repeats nothing of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from designchord.errors import SettingsError

#: What PostgreSQL's clients understand in a URL and we pass on.
POSTGRES_OPTIONS = frozenset(
    (
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "gssencmode"),
        *("target_session_attrs", "application_name", "connect_timeout"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
    )
)

_HOST = re.compile(r"[\w.:%-]*", re.ASCII)
_PATHS = {
    "postgres": re.compile(r"/[^/@]+"),
    "amqp": re.compile(r"(//?|/[^/@]+)?"),
    "redis": re.compile(r"(/\d*)?"),
}
_OPTION = re.compile(r"[a-z_]+")


def is_loopback(host: str) -> bool:
    """Whether a host, by name or number, is this very machine and nobody else can be meant."""
    name = host.lower().strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where the data is: for ``sqlite`` the ``name`` is a path and the rest is empty."""

    scheme: str
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    options: tuple[tuple[str, str], ...] = ()


def server_url(variable: str, url: str, *, password: str | None) -> str:
    """A URL with its password in it, escaped. Raises ``SettingsError`` naming the ``variable`` alone."""
    stem = variable.removesuffix("_URL")
    parts = _parts(url)
    if parts is None or "://" not in url:
        raise SettingsError(_refusal(variable, stem))
    family = {"postgresql": "postgres", "amqps": "amqp", "rediss": "redis"}.get(parts.scheme, parts.scheme)
    if family not in _PATHS:  # sqlite, embedded, memory: no server, no password
        if password is not None:
            raise SettingsError(f"{stem}_PASSWORD is for a server, and {variable} names none.")
        return url
    if not _is_sound(url, parts, family):
        raise SettingsError(_refusal(variable, stem))
    if password is None:
        return url
    if parts.password is not None:
        raise SettingsError(f"The password stands in {variable} and in {stem}_PASSWORD: leave it out of the address.")
    return parts._replace(netloc=_with_password(parts, password)).geturl()


def database_of(url: str) -> Database:
    """The parts of a database's URL, unescaped."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return Database(scheme="sqlite", name=unquote(url.removeprefix("sqlite:///")))
    return Database(
        scheme="postgres",
        name=unquote(parts.path.lstrip("/")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=unquote(parts.hostname or ""),
        port=str(parts.port or ""),
        options=tuple(parse_qsl(parts.query)),
    )


def _parts(url: str) -> SplitResult | None:
    """The parts, or None when it is no URL; what the library says about it would repeat it."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def _is_sound(url: str, parts: SplitResult, family: str) -> bool:
    options = parse_qsl(parts.query, keep_blank_values=True)
    known = all(name in POSTGRES_OPTIONS if family == "postgres" else _OPTION.fullmatch(name) for name, _ in options)
    return bool(
        not re.search(r"[\s\x00-\x1f\x7f]", url)  # the library leaves some of them out
        and "#" not in url
        and "@" not in parts.query
        and known
        and (options or not parts.query)
        and _PATHS[family].fullmatch(parts.path)
        and _HOST.fullmatch(parts.hostname or "")
        and (parts.hostname or family == "postgres")  # without a host PostgreSQL is asked by its socket
    )


def _with_password(parts: SplitResult, password: str) -> str:
    user, at, place = parts.netloc.rpartition("@")
    return f"{user if at else ''}:{quote(password, safe='')}@{place}"


def _refusal(variable: str, stem: str) -> str:
    return (
        f"{variable} is no address of a server that can be understood. Does a password in it hold # / ? @ or a space? "
        f"Leave it out and set {stem}_PASSWORD or {stem}_PASSWORD_FILE, where it may hold anything. Is a parameter "
        "after ? misspelt, or one that is not passed on?"
    )
