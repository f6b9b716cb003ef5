"""What a model call costs in CPU: our client beside a bare HTTP client, and the OpenAI SDK where it is installed.

    python bench/llm_cpu.py

Starts the model server as a process of its own and counts only this process's CPU time. A call is a short answer after
0.2 s; a stream is an answer of 300 pieces in 2 s, each sent on its own. A design is eight calls at once, each answered
in 1,000 pieces within 10 s, several designs at the same time; their live text goes to a stream of events that nobody
watches, that somebody in this process watches, or that somebody watches through Redis, where that is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designchord.events.base import EventStream
from designchord.events.memory import MemoryStream
from designchord.events.redis import RedisStream
from designchord.llm.base import Message, OnText, Request
from designchord.llm.openai import OpenAICompatible
from designchord.runtime.live_text import LiveText
from tests.servers import Redis

PIECES = 300
DESIGN_CALLS, DESIGN_PIECES, DESIGN_SECONDS = 8, 1000, 10.0
_PROMPT = "Describe the loan of a book. " * 100

Ask = Callable[[OnText], Awaitable[str]]


@contextmanager
def server(*arguments: str, answer: str) -> Iterator[str]:
    """The model server in a process of its own; gives its base URL."""
    script = Path(__file__).with_name("model_server.py")
    with NamedTemporaryFile(suffix=".json") as scenario:
        scenario.write(orjson.dumps([{"fault": "answer", "answer": answer}]))
        scenario.flush()
        command = [sys.executable, str(script), "--scenario", scenario.name, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(10)


async def ours(base_url: str) -> tuple[Ask, Callable[[], Awaitable[Any]]]:
    client = OpenAICompatible("openai:test", base_url)

    async def ask(on_text: OnText) -> str:
        return (await client.complete(Request((Message("user", _PROMPT),), 1000), on_text)).text

    return ask, client.aclose


async def bare(base_url: str) -> tuple[Ask, Callable[[], Awaitable[Any]]]:
    """The least that gets the text: no deadline, no cap, no check."""
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    body = {"model": "test", "messages": [{"role": "user", "content": _PROMPT}], "stream": True}

    async def ask(_: OnText) -> str:
        pieces = []
        async with session.post(f"{base_url}/chat/completions", json=body) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    for choice in orjson.loads(line[6:])["choices"]:
                        pieces.append(choice["delta"].get("content", ""))
        return "".join(pieces)

    return ask, session.close


async def sdk(base_url: str) -> tuple[Ask, Callable[[], Awaitable[Any]]]:
    from openai import AsyncOpenAI  # type: ignore[import-not-found]

    client = AsyncOpenAI(base_url=base_url, api_key="test", max_retries=0)

    async def ask(_: OnText) -> str:
        pieces = []
        messages = [{"role": "user", "content": _PROMPT}]
        async for chunk in await client.chat.completions.create(model="test", messages=messages, stream=True):
            if chunk.choices and chunk.choices[0].delta.content:
                pieces.append(chunk.choices[0].delta.content)
        return "".join(pieces)

    return ask, client.close


async def measure(ask: Ask, calls: int, at_once: int) -> tuple[float, float]:
    """CPU milliseconds a call, and calls a second."""
    places = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with places:
            assert await ask(lambda _: None)

    await asyncio.gather(*(one() for _ in range(at_once)))  # connections are open now
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(calls)))
    return (time.process_time() - cpu) * 1000 / calls, calls / (time.perf_counter() - wall)


async def stream_designs(ask: Ask, number: int, stream: EventStream, name: str) -> tuple[float, float]:
    """CPU milliseconds of a design's streaming, and the median seconds of a call."""
    seconds: list[float] = []

    async def one(design: str, part: str) -> None:
        live = LiveText(stream=stream, design=design, kind="sequence", part=part, run=1)
        began = time.perf_counter()
        assert await ask(live.add)
        live.flush()
        seconds.append(time.perf_counter() - began)

    cpu = time.process_time()
    await asyncio.gather(*(one(f"{name}{n}", str(part)) for n in range(number) for part in range(DESIGN_CALLS)))
    return (time.process_time() - cpu) * 1000 / number, statistics.median(seconds)


def watch(url: str, designs: list[str]) -> None:
    """Listen to these designs until the standard input ends: what a web process does."""
    stream = RedisStream(url=url)
    heard = count()
    for design in designs:
        stream.subscribe(design, lambda _: next(heard) and None)
    sys.stdin.read()
    print(next(heard))
    stream.close()


@contextmanager
def watched(stream: EventStream, url: str, designs: list[str]) -> Iterator[None]:
    """Somebody watches these designs through Redis, from another process."""
    command = [sys.executable, __file__, "--watch", url, *designs]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        while not all(stream.watched(design) for design in designs):
            time.sleep(0.1)
        yield
    finally:
        heard = process.communicate()[0].strip()
        print(f"{'':34}{heard} events were heard there")


async def whole_designs(number: int) -> None:
    """A table of what a whole design's worth of streaming costs."""
    print(f"\n{f'{number} designs of 8 calls at once':34}{'ms/design':>12}{'median s/call':>16}")

    async def row(title: str, make: Any, url: str, stream: EventStream, name: str) -> None:
        ask, close = await make(url)
        cost, seconds = await stream_designs(ask, number, stream, name)
        await close()
        print(f"{title:34}{cost:12.1f}{seconds:16.3f}", flush=True)

    pace = ("--ttft", "0.2", "--latency", str(DESIGN_SECONDS))
    with ExitStack() as stack:
        url = stack.enter_context(server(*pace, answer="x" * 16 * DESIGN_PIECES))
        memory = MemoryStream()
        await row("bare aiohttp", bare, url, memory, "bare")
        await row("ours, not watched", ours, url, memory, "unwatched")
        for n in range(number):
            memory.subscribe(f"watched{n}", lambda _: None)
        await row("ours, watched in the process", ours, url, memory, "watched")
        if shutil.which("redis-server"):
            redis_url = stack.enter_context(Redis()).url
            stream = RedisStream(url=redis_url)
            stack.callback(stream.close)
            await row("ours, not watched, Redis", ours, url, stream, "unwatched")
            stack.enter_context(watched(stream, redis_url, [f"watched{n}" for n in range(number)]))
            await row("ours, watched through Redis", ours, url, stream, "watched")


async def single_calls(calls: int, streams: int) -> None:
    """A table of what one call and 100 pieces cost."""
    clients = {"ours": ours, "bare aiohttp": bare}
    if importlib.util.find_spec("openai"):
        clients["openai SDK"] = sdk
    print(f"{'':14}{'ms/call, 20':>12}{'calls/s':>9}{'ms/call, 200':>14}{'calls/s':>9}{'ms/100 pieces':>15}")
    short: dict[str, list[float]] = {}
    with server("--latency", "0.2", answer="hello") as url:
        for name, make in clients.items():
            ask, close = await make(url)
            short[name] = [*await measure(ask, calls // 4, 20), *await measure(ask, calls, 200)]
            await close()
    with server("--ttft", "0", "--latency", "2", answer="x" * 16 * PIECES) as url:
        for name, make in clients.items():
            ask, close = await make(url)
            stream, _ = await measure(ask, streams, 20)
            await close()
            row = short[name]
            per_pieces = (stream - row[0]) * 100 / PIECES
            print(f"{name:14}{row[0]:12.2f}{row[1]:9.0f}{row[2]:14.2f}{row[3]:9.0f}{per_pieces:15.2f}", flush=True)


async def main(calls: int, streams: int, designs: int) -> None:
    if calls:
        await single_calls(calls, streams)
    if designs:
        await whole_designs(designs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="CPU cost of model calls.")
    parser.add_argument("--calls", type=int, default=2000, help="0 leaves this part out")
    parser.add_argument("--streams", type=int, default=60)
    parser.add_argument("--designs", type=int, default=4, help="0 leaves this part out")
    parser.add_argument("--watch", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.watch:
        watch(arguments.watch[0], arguments.watch[1:])
    else:
        asyncio.run(main(arguments.calls, arguments.streams, arguments.designs))
