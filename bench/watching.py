"""What a person sees and when: a page's event stream, from outside, over HTTP.

python -m bench.watching --clients 1000     the crowd alone, in half a minute
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench import loads
from bench.comparison import settings_of
from bench.processes import Model, Talker, cpu_seconds, resident_mb

#: Designs that the clients of the crowd watch between them.
WATCHED = 10

#: Live text of ``bench.host`` is the time when it was published.
_STAMP = re.compile(rb'"text": ?"(\d{9}\.\d{6})"')


def p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def first_content(folder: Path, model: Model, designs: int) -> dict[str, float]:
    """Seconds from the model's first token to the first live text in the client's hands, designs all at once."""
    with Talker("bench.host", env=settings_of(folder / "content", model), log=folder / "content.log") as host:
        url = host.hear()["url"]
        seen = asyncio.run(_first_texts(url, designs))
        spoke = asyncio.run(_spoke(model.url))
    delays = [moment - spoke[title] for title, moment in seen.items()]
    return {"designs": designs, "median": sorted(delays)[len(delays) // 2], "p95": p95(delays), "most": max(delays)}


async def _first_texts(url: str, designs: int) -> dict[str, float]:
    """When the first live text of each design was there, by its title."""

    async def watch(session: aiohttp.ClientSession, number: int) -> tuple[str, float]:
        design = await _start(session, url, number)
        async with _events(session, url, design) as events:
            async for kind, _ in events:
                if kind == "delta":
                    return loads.idea(number).title, time.monotonic()
        raise RuntimeError("a stream ended before there was any text")

    async with _client() as session:
        return dict(await asyncio.gather(*(watch(session, number) for number in range(designs))))


async def _spoke(model_url: str) -> dict[str, float]:
    """When the model server said the first piece of each design's blueprint, by title."""
    async with _client() as session, session.get(model_url.removesuffix("/v1") + "/_calls") as response:
        calls = (await response.json())["calls"]
    return {call["title"]: call["spoke"] for call in calls if call["kind"] == "blueprint" and call["spoke"]}


def crowd(folder: Path, model: Model, clients: int, seconds: float) -> dict[str, float]:
    """Clients that watch through one process: the delay of live text, memory of a client, CPU of an event sent."""
    settings = settings_of(folder / "crowd", model) | {"DESIGNCHORD_MODEL": "offline"}
    with Talker("bench.host", env=settings, log=folder / "crowd.log") as host:
        url = host.hear()["url"]
        return asyncio.run(_crowd(host, url, clients, seconds))


async def _crowd(host: Talker, url: str, clients: int, seconds: float) -> dict[str, float]:
    async with _client() as session:
        designs = [await _start(session, url, number) for number in range(WATCHED)]
        for design in designs:
            await _ended(session, url, design)
    watchers: list[Watcher] = []

    async def connect(count: int) -> None:
        """In groups, as many people do not come in the same instant."""
        while count:
            group = [await Watcher.connect(url, designs[number % WATCHED]) for number in range(min(20, count))]
            for watcher in group:
                await asyncio.wait_for(watcher.welcome, 60)
            watchers.extend(group)
            count -= len(group)

    first = clients // 5
    await connect(first)  # what the process needs once, however many watch
    await asyncio.to_thread(host.ask, designs=designs, seconds=1.0, every=0.5)
    before, used = resident_mb(host.pid), cpu_seconds(host.pid)
    await connect(clients - first)
    used = cpu_seconds(host.pid) - used
    for watcher in watchers:
        watcher.delays.clear()
    said = await asyncio.to_thread(host.ask, designs=designs, seconds=seconds, every=0.5)
    memory = resident_mb(host.pid) - before
    for watcher in watchers:
        watcher.leave()
    delays = [delay for watcher in watchers for delay in watcher.delays]
    return {
        "clients": clients,
        "heard": len(delays),
        "expected": said["published"] * clients / WATCHED,
        "median": sorted(delays)[len(delays) // 2],
        "p95": p95(delays),
        "kb_per_client": memory * 1000 / (clients - first),
        "cpu_ms_per_event": said["cpu"] * 1000 / len(delays),
        "cpu_ms_per_client": used * 1000 / (clients - first),
    }


class Watcher(asyncio.Protocol):
    """A client that does next to nothing, so that a thousand of them measure the server and not themselves."""

    def __init__(self, request: bytes) -> None:
        self.welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.delays: list[float] = []
        self._request = request
        self._rest = b""
        self._transport: asyncio.WriteTransport | None = None

    @classmethod
    async def connect(cls, url: str, design: str) -> Watcher:
        host, port = url.removeprefix("http://").split(":")
        request = f"GET /api/v1/designs/{design}/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
        _, watcher = await asyncio.get_running_loop().create_connection(lambda: cls(request), host, int(port))
        return watcher

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        frames, end, self._rest = (self._rest + data).rpartition(b"\n\n")
        if end and not self.welcome.done() and b"\nevent: snapshot\n" in frames:
            self.welcome.set_result(None)
        self.delays.extend(now - float(text) for text in _STAMP.findall(frames))

    def leave(self) -> None:
        assert self._transport is not None
        self._transport.abort()


def _client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None))


async def _start(session: aiohttp.ClientSession, url: str, number: int) -> str:
    brief = loads.idea(number)
    body = {"title": brief.title, "content": brief.content, "requirements": brief.requirements, "language": "en"}
    async with session.post(f"{url}/api/v1/designs", json=body) as response:
        answer = await response.json()
        if response.status != 202:
            raise RuntimeError(answer)
        return str(answer["id"])


async def _ended(session: aiohttp.ClientSession, url: str, design: str) -> None:
    async with _events(session, url, design) as events:
        async for kind, data in events:
            if kind == "done" or (kind == "snapshot" and data["state"] in {"done", "partial"}):
                return


@asynccontextmanager
async def _events(
    session: aiohttp.ClientSession, url: str, design: str
) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    """The events of a design as (type, data)."""
    async with session.get(f"{url}/api/v1/designs/{design}/events", read_bufsize=1 << 20) as response:
        if response.status != 200:
            raise RuntimeError(f"no event stream: {response.status}")

        async def read() -> AsyncIterator[tuple[str, Any]]:
            kind = ""
            async for raw in response.content:
                line = raw.rstrip(b"\r\n")
                if line.startswith(b"event: "):
                    kind = line[7:].decode()
                elif line.startswith(b"data: "):
                    yield kind, json.loads(line[6:])

        yield read()


def main() -> None:
    parser = argparse.ArgumentParser(description="Many clients that watch designs through one process.")
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        nobody = Model(url="http://127.0.0.1:9/v1", pid=0)  # the drafter needs no model
        for name, value in crowd(Path(folder), nobody, wanted.clients, wanted.seconds).items():
            print(f"{name:>18} {value:,.3f}")


if __name__ == "__main__":
    main()
