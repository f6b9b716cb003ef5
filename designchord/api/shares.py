"""Turns and shares in front of the threads that answer requests: nobody's flood stands before anybody else's request.

Whoever asks has a share of what there is (threads for all requests, fewer for costly ones, bytes of bodies). Beyond it
their requests wait on the event loop, where waiting costs neither a thread nor a body, take turns with those of others,
and are refused with 503 when their turn has not come in time. Everything here belongs to the event loop.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from designchord.errors import Busy

#: Seconds that a request waits for its turn.
WAIT = 10.0

#: Requests of one caller that may wait at the same time for the same thing.
QUEUE = 100


class Share:
    """So much of something in all, and of that so much for each caller."""

    def __init__(self, *, total: int, each: int, wait: float = WAIT, queue: int = QUEUE) -> None:
        self._total = self._free = total
        self._each = each
        self._wait = wait
        self._queue = queue
        self._used: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[_Wish]] = OrderedDict()  # by caller; whose turn it is comes first

    @property
    def idle(self) -> bool:
        """Whether nobody has or wants anything."""
        return self._free == self._total and not self._waiting

    @asynccontextmanager
    async def hold(self, caller: str, amount: int = 1) -> AsyncIterator[None]:
        """Have ``amount`` for the block. Raises ``Busy`` when it could not be had in time."""
        await self.take(caller, amount)
        try:
            yield
        finally:
            self.give_back(caller, amount)

    async def take(self, caller: str, amount: int = 1) -> None:
        """As ``hold``, until ``give_back`` of the same amount."""
        amount = min(amount, self._each)
        if caller not in self._waiting and self._fits(caller, amount):
            self._note(caller, amount)
            return
        queue = self._waiting.setdefault(caller, deque())
        if sum(not wish.granted.done() for wish in queue) >= self._queue:
            raise Busy
        wish = _Wish(amount, asyncio.get_running_loop().create_future())
        queue.append(wish)
        try:
            async with asyncio.timeout(self._wait):
                await wish.granted
        except (TimeoutError, asyncio.CancelledError) as error:
            if wish.granted.done() and not wish.granted.cancelled():
                self.give_back(caller, amount)  # it came at the same moment
            else:
                wish.granted.cancel()
                self._serve()
            if isinstance(error, TimeoutError):
                raise Busy from None
            raise

    def give_back(self, caller: str, amount: int = 1) -> None:
        amount = min(amount, self._each)
        self._free += amount
        self._used[caller] -= amount
        if not self._used[caller]:
            del self._used[caller]
        self._serve()

    def _serve(self) -> None:
        """Grant what can be granted, one of each caller after another."""
        served = True
        while served:
            served = False
            for caller in tuple(self._waiting):
                queue = self._waiting[caller]
                while queue and queue[0].granted.done():  # whoever waited has gone
                    queue.popleft()
                if queue and self._fits(caller, queue[0].amount):
                    wish = queue.popleft()
                    self._note(caller, wish.amount)
                    wish.granted.set_result(None)
                    self._waiting.move_to_end(caller)
                    served = True
                if not queue:
                    del self._waiting[caller]

    def _fits(self, caller: str, amount: int) -> bool:
        return amount <= self._free and self._used[caller] + amount <= self._each

    def _note(self, caller: str, amount: int) -> None:
        self._free -= amount
        self._used[caller] += amount


@dataclass(eq=False, slots=True)
class _Wish:
    amount: int
    granted: asyncio.Future[None]


class Callers:
    """Who sends a request, as far as that is known before it is looked at: the owner whom a session or a token proved
    to belong to the last time, else the network address. Only ever used to share things out."""

    def __init__(self, *, at_most: int = 10_000) -> None:
        self._at_most = at_most
        self._owners: OrderedDict[str, int] = OrderedDict()

    def of(self, credential: str | None, address: str) -> str:
        owner = self._owners.get(credential) if credential else None
        return f"address {address}" if owner is None else f"owner {owner}"

    def is_known(self, credential: str | None) -> bool:
        """Whether a credential belonged to an owner the last time."""
        return credential in self._owners

    def learn(self, credential: str | None, owner: int | None) -> None:
        """What has come out about a credential."""
        if credential is None:
            return
        self._owners.pop(credential, None)
        if owner is not None:
            self._owners[credential] = owner
            if len(self._owners) > self._at_most:
                self._owners.popitem(last=False)


_COSTLY = re.compile(
    r"""
    POST \s /api/v1/(check|estimate|imports(/preview)?)
    | \w+ \s /api/v1/designs/[^/]+/(export|explain|rehearsal|mock|changes(/.*)?|assumptions(/.*)?|verifications(/.*)?)
    | (PUT|POST|DELETE|PATCH) \s /api/v1/designs/[^/]+/artifacts/.*
    | \w+ \s /api/v1/designs/[^/]+/artifacts/.*/svg
    | \w+ \s (/api/v1)?/account/export/?
    | \w+ \s /share/.*
    """,
    re.VERBOSE,
)


def is_costly(method: str, path: str, query: str) -> bool:
    """Whether a request takes much of the interpreter or the memory: it parses, draws or packs."""
    return bool(_COSTLY.fullmatch(f"{method} {path}")) or ("format=html" in query and "/artifacts/" in path)
