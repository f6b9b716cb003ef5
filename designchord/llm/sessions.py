"""One aiohttp session per event loop, shared by all clients on it and opened when first needed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary, WeakSet

import aiohttp


@dataclass(slots=True)
class _Shared:
    session: aiohttp.ClientSession
    users: WeakSet[object] = field(default_factory=WeakSet)  # who was forgotten has given it back, too


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared] = WeakKeyDictionary()


def session_for(user: object) -> aiohttp.ClientSession:
    """The running loop's session; stays open until everybody who took it has given it back."""
    loop = asyncio.get_running_loop()
    shared = _by_loop.get(loop)
    if shared is None or shared.session.closed:
        shared = _by_loop[loop] = _Shared(_open())
    shared.users.add(user)
    return shared.session


async def release_session(user: object) -> None:
    """Give the running loop's session back; the last one out closes it."""
    loop = asyncio.get_running_loop()
    shared = _by_loop.get(loop)
    if shared is None:
        return
    shared.users.discard(user)
    if not shared.users:
        del _by_loop[loop]
        await shared.session.close()


async def close_sessions() -> None:
    """Close the running loop's session whoever uses it: the loop is about to end."""
    shared = _by_loop.pop(asyncio.get_running_loop(), None)
    if shared is not None:
        await shared.session.close()


def _open() -> aiohttp.ClientSession:
    """No environment proxies, no cookies, no limit of connections: how many calls may run is the asker's matter.

    Each call has a connection of its own: its end tells at once that an answer is complete, see ``gathering``.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=True, ttl_dns_cache=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),
        read_bufsize=2**17,
    )
