"""What a model call costs in CPU: our client beside a bare HTTP client, and the OpenAI SDK where it is installed.

    python bench/llm_cpu.py

Starts the model server as a process of its own and counts only this process's CPU time. A call is a short answer after
0.2 s; a stream is an answer of 300 pieces in 2 s, each sent on its own.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from designchord.llm.base import Message, Request
from designchord.llm.openai import OpenAICompatible

PIECES = 300
_PROMPT = "Describe the loan of a book. " * 100

Ask = Callable[[], Awaitable[str]]


@contextmanager
def server(*arguments: str, answer: str) -> Iterator[str]:
    """The model server in a process of its own; gives its base URL."""
    script = Path(__file__).with_name("model_server.py")
    scenario = Path(__file__).with_name(".scenario.json")
    scenario.write_bytes(orjson.dumps([{"fault": "answer", "answer": answer}]))
    command = [sys.executable, str(script), "--scenario", str(scenario), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        scenario.unlink()


async def ours(base_url: str) -> tuple[Ask, Callable[[], Awaitable[Any]]]:
    client = OpenAICompatible("openai:test", base_url)

    async def ask() -> str:
        return (await client.complete(Request((Message("user", _PROMPT),), 1000), lambda _: None)).text

    return ask, client.aclose


async def bare(base_url: str) -> tuple[Ask, Callable[[], Awaitable[Any]]]:
    """The least that gets the text: no deadline, no cap, no check."""
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    body = {"model": "test", "messages": [{"role": "user", "content": _PROMPT}], "stream": True}

    async def ask() -> str:
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

    async def ask() -> str:
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
            assert await ask()

    await asyncio.gather(*(one() for _ in range(at_once)))  # connections are open now
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(calls)))
    return (time.process_time() - cpu) * 1000 / calls, calls / (time.perf_counter() - wall)


async def main(calls: int, streams: int) -> None:
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
            print(f"{name:14}{row[0]:12.2f}{row[1]:9.0f}{row[2]:14.2f}{row[3]:9.0f}{per_pieces:15.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="CPU cost of model calls.")
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--streams", type=int, default=60)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.calls, arguments.streams))
