"""The shared loop of model calls: lazy, one per process, also after a fork, and ended without a word."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from designchord.llm import loop


@pytest.fixture(autouse=True)
def _end_loop() -> Iterator[None]:
    yield
    loop.stop()


async def running_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_all_work_shares_one_loop() -> None:
    assert loop.run(running_loop()).result(5) is loop.run(running_loop()).result(5)


def test_stopping_cancels_what_runs_and_a_later_call_starts_anew() -> None:
    first = loop.run(running_loop()).result(5)
    waiting = loop.run(asyncio.sleep(60))
    loop.stop()
    with pytest.raises(CancelledError):
        waiting.result(5)
    assert first.is_closed()
    assert loop.run(running_loop()).result(5) is not first


def test_cancelling_the_future_cancels_the_work() -> None:
    cancelled = []

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    work = loop.run(wait())
    loop.run(asyncio.sleep(0.01)).result(5)
    work.cancel()
    loop.run(asyncio.sleep(0.01)).result(5)
    assert cancelled == [True]


def run_script(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "default", "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(script)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_a_forked_child_gets_a_loop_of_its_own() -> None:
    done = run_script("""
        import asyncio, os, sys
        from designchord.llm import loop
        loop.run(asyncio.sleep(0)).result(5)
        child = os.fork()
        if not child:
            loop.run(asyncio.sleep(0)).result(5)
            os._exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """)
    assert (done.stdout.strip(), done.stderr) == ("7", "")


def test_a_process_that_just_ends_leaves_nothing_open() -> None:
    done = run_script("""
        from bench.model_server import ModelServer
        from designchord.llm import loop
        from designchord.llm.base import Message, Request
        from designchord.llm.openai import OpenAICompatible
        with ModelServer() as server:
            client = OpenAICompatible("openai:test", server.base_url)
            print(loop.run(client.complete(Request((Message("user", "x"),), 10))).result(5).text)
    """)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "Ready.", "")
