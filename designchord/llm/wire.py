"""HTTP/1.1 as far as a model call needs it: one connection, one request, one response, read in batches.

A provider sends an answer in thousands of tiny pieces, and waking up for each costs more than all the rest of a call.
So the reader may ``rest``: the kernel then gathers what comes and wakes us after a while, or as soon as the connection
ends. Because the end of the connection is what says at once that an answer is complete, each call has a connection of
its own and asks the server to close it; where a server will not, rests are short.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

#: Bytes that a response may have before its body.
_HEAD_LIMIT = 64 * 1024
#: Bytes that wake a resting reader before its time.
_LOW_WATER = 32 * 1024
#: Seconds that a reader rests at most when the end of the answer is not the end of the connection.
_KEPT_OPEN_REST = 0.025
#: Seconds for which the address that a host name was last reached at is tried first.
_ADDRESS_SECONDS = 60.0

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: |$)")
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?$", re.DOTALL)


class BadAddress(ValueError):
    """Not an address that HTTP could reach."""


class Unreachable(ConnectionError):
    """No connection, or one that ended before there was any response."""


class NotTrusted(Unreachable):
    """The server's certificate is not trusted."""


class BadResponse(ConnectionError):
    """Something that is not HTTP."""


class Cut(ConnectionError):
    """The connection ended in the middle of a response."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes."""

    secure: bool
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def parse_address(url: str) -> Address:
    """Raises ``BadAddress``."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii").decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadAddress from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme not in ("http", "https") or not host or not re.fullmatch(r"[!-~]+", host + target):
        raise BadAddress
    return Address(parts.scheme == "https", host, port, target)


async def post(address: Address, headers: Mapping[str, str], body: bytes, connect: float) -> Exchange:
    """Send a request and wait for the beginning of its response. Close what this gives, however it ends."""
    lines = [f"POST {address.target} HTTP/1.1", f"Host: {address.host_header}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    exchange = await _connect(address, connect)
    try:
        await exchange.ask("\r\n".join(lines).encode("latin-1") + body)
    except BaseException:
        exchange.close()
        raise
    return exchange


class _Shared:
    """What all exchanges on a loop use: one buffer to read into, and one timer for all that rest until then."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(2 * _LOW_WATER))
        self._resting: dict[float, list[Exchange]] = {}

    def wake_at(self, when: float, exchange: Exchange) -> None:
        resting = self._resting.get(when)
        if resting is None:
            self._resting[when] = [exchange]
            asyncio.get_running_loop().call_at(when, self._ring, when)
        else:
            resting.append(exchange)

    def _ring(self, when: float) -> None:
        for exchange in self._resting.pop(when, ()):
            exchange.wake()


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared] = WeakKeyDictionary()


class Exchange(asyncio.BufferedProtocol):
    """A request and its response on a connection of their own. The body goes to one callback, piece by piece."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self._loop = asyncio.get_running_loop()
        self._shared = _shared.get(self._loop) or _shared.setdefault(self._loop, _Shared())
        self._transport: Any = None
        self._socket: Any = None
        self._head: bytes | None = b""
        self._body: _Body | None = None
        self._early: list[bytes] = []
        self._lost = False
        self._take: Callable[[bytes], object] | None = None
        self._waiting: asyncio.Future[None] = self._loop.create_future()
        self._resting = False
        self._longest_rest = float("inf")

    @property
    def peer(self) -> str:
        """The address at the other end."""
        return str((self._transport.get_extra_info("peername") or ("",))[0])

    async def ask(self, request: bytes) -> None:
        """Send the request; returns when ``status`` and ``headers`` are there."""
        self._transport.write(request)
        await self._waiting

    async def read(self, take: Callable[[bytes], object]) -> None:
        """Pass the body to ``take`` as it comes, until its end or until ``stop``. What ``take`` raises ends this."""
        waiting = self._waiting = self._loop.create_future()
        self._take = take
        for data in self._early:
            self._read(data)
        if self._lost or (self._body is not None and self._body.ended):
            self._finish()
        await waiting

    def stop(self) -> None:
        """Read no further: nothing of interest follows."""
        self._end(None)

    def rest(self, seconds: float) -> None:
        """Let what comes gather for so long; the end of the connection is noticed at once all the same."""
        seconds = min(seconds, self._longest_rest)
        if not self._waiting.done() and not self._resting and self._set_low_water(_LOW_WATER):
            self._resting = True
            # All readers of a process wake at the same moments, because waking up is what costs.
            self._shared.wake_at((self._loop.time() // seconds + 1) * seconds, self)

    def wake(self) -> None:
        """Read now what has gathered; when there is nothing, the next piece is read as soon as it comes."""
        if self._resting:
            self._resting = False
            self._set_low_water(1)

    def _set_low_water(self, size: int) -> bool:
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
        except (OSError, AttributeError):
            return False
        return True

    def close(self) -> None:
        """Give up the connection."""
        self._resting = False
        if not self._waiting.cancel() and not self._waiting.cancelled():
            self._waiting.exception()  # nobody waits for it any more
        tls = self._transport.get_extra_info("ssl_object")
        if tls is not None and tls.session is not None:
            _trust().sessions[str(tls.server_hostname)] = tls.session
        self._transport.abort()

    # What the connection says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._socket = transport.get_extra_info("socket")

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._shared.buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self._shared.buffer[:nbytes])
        if self._head is not None:
            try:
                data = self._read_head(self._head + data)
            except ValueError:
                self._end(BadResponse())
                return
        if data and self._head is None:
            self._read(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost, self._resting = True, False
        if self._head is not None:
            self._end(Unreachable())
        elif self._take is not None:
            self._finish()

    def _end(self, error: Exception | None) -> None:
        if self._waiting.done():
            return
        if error is None:
            self._waiting.set_result(None)
        else:
            self._waiting.set_exception(error)

    def _read_head(self, data: bytes) -> bytes:
        """Take in the head; gives what follows it. Raises ``ValueError``."""
        while True:
            head, end, rest = data.partition(b"\r\n\r\n")
            if len(head) > _HEAD_LIMIT or not b"HTTP/1.".startswith(head[:7]):
                raise ValueError
            if not end:
                self._head = data
                return b""
            first, *lines = head.split(b"\r\n")
            found = _STATUS.match(first)
            if not found:
                raise ValueError
            if found[2][:1] != b"1":
                break
            data = rest  # an interim response; the real one follows
            if not data:
                self._head = b""
                return b""
        self.status = int(found[2])
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not name or name != name.strip():
                raise ValueError
            self.headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
        self._head = None
        self._body = _Body(self.status, self.headers)
        closes = found[1] == b"0" or "close" in self.headers.get("connection", "").lower()
        self._longest_rest = float("inf") if closes or self._body.until_end else _KEPT_OPEN_REST
        self._end(None)
        return rest

    def _read(self, data: bytes) -> None:
        if self._take is None:
            self._early.append(data)
            return
        body = self._body
        if body is None or self._waiting.done():
            return
        try:
            plain = body.feed(data)
        except (ValueError, zlib.error):
            self._end(BadResponse())
            return
        try:
            if plain:
                self._take(plain)
        except Exception as error:  # noqa: BLE001 - it is for whoever reads
            self._end(error)
        if body.ended:
            self._finish()

    def _finish(self) -> None:
        body = self._body
        whole = body is not None and (body.ended or (body.until_end and self._lost))
        self._end(None if whole else Cut())


class _Body:
    """Takes the body out of its transfer coding, and of its compression where a server compresses unasked."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        """Raises ``ValueError`` when the headers cannot be understood."""
        coding = headers.get("transfer-encoding", "").strip().lower()
        packing = headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("", "identity", "chunked") or packing not in ("", "identity", "gzip", "deflate"):
            raise ValueError
        self._chunks = _Chunks() if coding == "chunked" else None
        self._unpack = zlib.decompressobj(47) if packing in ("gzip", "deflate") else None
        self._missing: int | None = None
        if self._chunks is None and "content-length" in headers:
            if not re.fullmatch(r"\d{1,15}", headers["content-length"]):
                raise ValueError
            self._missing = int(headers["content-length"])
        if status in (204, 304):
            self._chunks, self._missing = None, 0
        self.until_end = self._chunks is None and self._missing is None
        self.ended = self._missing == 0

    def feed(self, data: bytes) -> bytes:
        """Raises ``ValueError`` or ``zlib.error``."""
        if self._chunks is not None:
            data = self._chunks.feed(data)
            self.ended = self._chunks.ended
        elif self._missing is not None:
            data = data[: self._missing]
            self._missing -= len(data)
            self.ended = self._missing == 0
        return data if self._unpack is None else self._unpack.decompress(data)


class _Chunks:
    """Takes a chunked body apart."""

    def __init__(self) -> None:
        self._rest = b""
        self._missing = 0  # bytes to the end of the chunk that has begun, with its line break
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        """Raises ``ValueError``."""
        if not self._missing and not self._rest:
            whole = _whole_chunks(data)
            if whole is not None:
                return whole
        data = self._rest + data
        self._rest = b""
        found = []
        at = 0
        while at < len(data) and not self.ended:
            if self._missing:
                end = min(len(data), at + self._missing)
                found.append(data[at : max(at, min(end, at + self._missing - 2))])
                self._missing -= end - at
                at = end
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                self._rest = data[at:]
                if len(self._rest) > 1024:
                    raise ValueError
                break
            size = _SIZE.match(data[at:end])
            if size is None:
                raise ValueError
            at, length = end + 2, int(size[1], 16)
            self.ended = length == 0  # what may follow are trailers, which say nothing to us
            self._missing = length + 2
        return b"".join(found)


def _whole_chunks(data: bytes) -> bytes | None:
    """The chunks' contents, where these are whole chunks without line breaks of the same sort in them."""
    lines = data.split(b"\r\n")
    if lines[-1] or not len(lines) % 2:
        return None
    found = lines[1::2]
    sizes = [_USUAL_SIZES.get(line, 0) for line in lines[:-1:2]]
    return b"".join(found) if 0 not in sizes and sizes == list(map(len, found)) else None


_USUAL_SIZES = {b"%x" % size: size for size in range(1, 4096)}


# Connecting.


class _Trust(ssl.SSLContext):
    """Verifies servers as the system does, and takes up earlier TLS sessions: each call is a connection of its own."""

    def __init__(self, _: int) -> None:
        self.sessions: dict[str | None, ssl.SSLSession] = {}
        self.load_default_certs()
        self.set_alpn_protocols(["http/1.1"])

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        session = session or self.sessions.get(str(server_hostname))
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


@cache
def _trust() -> _Trust:
    return _Trust(ssl.PROTOCOL_TLS_CLIENT)


def forget_trust() -> None:
    """Read the system's certificates anew at the next call."""
    _trust.cache_clear()


_reached: dict[tuple[str, int], tuple[str, float]] = {}


async def _connect(address: Address, seconds: float) -> Exchange:
    """Raises ``Unreachable``."""
    place = (address.host, address.port)
    known, until = _reached.get(place, ("", 0.0))
    try:
        async with asyncio.timeout(seconds):
            if known and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    return await _connect_to(known, address)
            exchange = await _connect_to(address.host, address)
    except ssl.SSLCertVerificationError:
        raise NotTrusted from None
    except (OSError, UnicodeError):
        raise Unreachable from None
    if exchange.peer != address.host:
        _reached[place] = (exchange.peer, time.monotonic() + _ADDRESS_SECONDS)
    return exchange


async def _connect_to(host: str, address: Address) -> Exchange:
    named = host[-1:].isalpha() and ":" not in host
    _, exchange = await asyncio.get_running_loop().create_connection(
        Exchange,
        host,
        address.port,
        ssl=_trust() if address.secure else None,
        server_hostname=address.host if address.secure else None,
        happy_eyeballs_delay=0.25 if named else None,
    )
    return exchange
