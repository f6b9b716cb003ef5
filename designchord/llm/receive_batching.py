"""Lets the kernel gather the pieces of an answer, because waking up for each costs more than all the rest of a call."""

from __future__ import annotations

import asyncio
import socket
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp

#: Bytes that end a hold before its time.
_LOW_WATER = 64 * 1024
#: Seconds to hold at most where the server keeps the connection open: its end is then not the end of the answer.
_KEPT_OPEN = 0.025


class ReceiveBatching:
    """The connection of one response. ``hold`` is advice to the kernel: where it is not taken, pieces come as ever."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        transport = response.connection.transport if response.connection is not None else None
        self._socket: Any = transport.get_extra_info("socket") if transport is not None else None
        closes = "close" in response.headers.get("Connection", "").lower()
        self._longest = float("inf") if closes else _KEPT_OPEN
        self._holding = False

    def hold(self, seconds: float) -> None:
        """Let what comes gather for so long. The end of the connection is noticed at once all the same."""
        seconds = min(seconds, self._longest)
        if not self._holding and self._set_low_water(_LOW_WATER):
            self._holding = True
            _release_together(self, seconds)

    def release(self) -> None:
        """Have what has gathered read now, and the next piece as soon as it comes."""
        if self._holding:
            self._holding = False
            self._set_low_water(1)

    def _set_low_water(self, size: int) -> bool:
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
        except (OSError, AttributeError):  # closed by now, or not to be had here
            return False
        return True


#: Who is released when, by loop: all readers of a process at the same moments, because waking up is what costs.
_holding: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[float, list[ReceiveBatching]]] = WeakKeyDictionary()


def _release_together(batching: ReceiveBatching, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    moments = _holding.setdefault(loop, {})
    moment = (loop.time() // seconds + 1) * seconds
    if moment not in moments:
        moments[moment] = []
        loop.call_at(moment, _release, moments, moment)
    moments[moment].append(batching)


def _release(moments: dict[float, list[ReceiveBatching]], moment: float) -> None:
    for batching in moments.pop(moment):
        batching.release()
