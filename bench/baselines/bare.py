"""The practical limit: all calls of all designs at once on one event loop, nothing read, checked, shown or kept.

python -m bench.baselines.bare MODEL_URL DESIGNS WORKLOAD
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import aiohttp

from bench import loads


async def make(session: aiohttp.ClientSession, url: str, stages: tuple[tuple[loads.Messages, ...], ...]) -> float:
    """One design; when it ended."""

    async def ask(messages: loads.Messages) -> None:
        async with session.post(url, json={"model": "any", "messages": messages}) as response:
            response.raise_for_status()
            await response.read()

    for stage in stages:
        await asyncio.gather(*map(ask, stage))
    return time.time()


async def main(model_url: str, designs: int, workload: str) -> None:
    plans = [loads.stages(workload, number) for number in range(designs)]
    used, began = time.process_time(), time.time()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        ended = await asyncio.gather(*(make(session, f"{model_url}/chat/completions", plan) for plan in plans))
    cpu = time.process_time() - used
    print(json.dumps({"seconds": max(ended) - began, "each": sorted(end - began for end in ended), "cpu": cpu}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
