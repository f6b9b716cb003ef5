"""Reads where a server is, as people write it into a variable. An address that is not understood is refused, never
guessed at: a key goes there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from designchord.addresses import is_loopback

#: What was written → an address with a scheme. What cannot be one is left as it is, to be refused by ``fault``.
ReadAddress = Callable[[str], str]

_NOT_IN_AN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f\\<>\"{}|^`]")
_COMPLETIONS = "/chat/completions"
_OLLAMA_PORT = 11434


def read_url(written: str) -> str:
    """An address as it stands; without a scheme https, but http on this very machine."""
    if "://" in written or written.lower().startswith(("http:", "https:")):
        return written
    bare = written.removeprefix("//")
    return f"{'http' if is_here('http://' + bare) else 'https'}://{bare}"


def read_ollama_host(written: str) -> str:
    """Ollama's own way to name its server: host, host:port or :port, where 0.0.0.0 means this machine."""
    if "://" in written:
        return written
    host, slash, path = written.removeprefix("//").partition("/")
    name, mark, port = host.rpartition(":")
    if not mark or not port.isdigit() or name.startswith("[") != name.endswith("]"):
        name, port = host, str(_OLLAMA_PORT)
    name = "127.0.0.1" if name in ("", "0.0.0.0") else name  # noqa: S104 - read, not bound
    return f"http://{name}:{port}{slash}{path}"


def complete(url: str, suffix: str) -> str:
    """The address with ``suffix`` at the end of its path, and without the path of the call itself."""
    parts = split(url)
    if parts is None:
        return url
    path = parts.path.rstrip("/").removesuffix(_COMPLETIONS)
    if suffix and not path.endswith(suffix):
        path += suffix
    return urlunsplit(parts._replace(path=path))


def fault(url: str, variable: str, key_variable: str) -> str:
    """Why nothing can be sent to this address, as a sentence; empty when it can."""
    parts = split(url)
    if parts is None or parts.scheme not in ("http", "https") or parts.fragment:
        return f"{variable} must be an http:// or https:// address."
    if "@" in parts.netloc:
        return f"{variable} must not hold a name or password; the key goes into {key_variable}."
    return ""


def clear_text_fault(written: str, url: str, variable: str) -> str:
    """Why a key must not go to an address that was written without a scheme: it would be readable on the way."""
    if "://" in written or not url.startswith("http://") or is_near(url):
        return ""
    host = urlsplit(url).hostname or ""
    return (
        f"A key would be sent to {host} in clear. Set {variable} to https://{host}, or write http:// if that is meant."
    )


def split(url: str) -> SplitResult | None:
    """The parts of an address that names a host and, if any, a port that can be; else ``None``."""
    if _NOT_IN_AN_ADDRESS.search(url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def is_here(url: str) -> bool:
    """Whether a server is on this very machine."""
    parts = split(url)
    host = (parts.hostname or "") if parts else ""
    return is_loopback(host) or host in {"0.0.0.0", "::"}  # noqa: S104 - said of a server, it means this machine


def is_near(url: str) -> bool:
    """Whether a server is on this machine or in a private network, where keys are seldom asked for."""
    parts = split(url)
    host = (parts.hostname or "") if parts else ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def shown(url: str) -> str:
    """An address without what may be secret in it."""
    parts = split(url)
    if parts is None:
        return "?"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
